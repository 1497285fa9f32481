"""What pictures are drawn from is the same, to the last customer, whether all are in memory or in the engine."""

from __future__ import annotations

from pathlib import Path

import datashader
import numpy as np
import pandas as pd
import pytest

import segdash as sd
from segdash.charts.figure import is_skewed
from segdash.histogram import bin_edges, edges_between, histogram, uncounted
from segdash.metrics.periods import by_segment, purchases_by_period
from segdash.population.pictures import View
from segdash.rules.cell_table import cell_table
from segdash.scoring import score
from segdash.scoring.scores import Scores
from segdash.state import Segmentation

SAMPLE = Path(__file__).parents[2] / "data" / "orders.csv"
FILTERS = [{}, {"ranges": {"monetary": (50.0, 400.5)}}, {"attribute_filter": {"Country": ["France"]}}]


@pytest.fixture(scope="module")
def both():
    """A thousand customers in memory, and all of them with the same model."""
    orders = sd.read_orders(SAMPLE)
    part = Segmentation(orders=orders, max_rows_in_memory=1000)
    how = {"method": "frozen", "method_settings": {"model": part.model.to_dict()}}
    whole = Segmentation(orders=orders, **how)
    label_of = dict(zip(part.segment_table["cluster"], part.segment_table["segment"], strict=True))
    whole.segments = {cluster: {"name": name} for cluster, name in label_of.items()}
    return part, whole


@pytest.fixture(params=range(len(FILTERS)), ids=["all", "range", "country"])
def pair(both, request):
    for state in both:
        state.clear_filters()
        state.change(**FILTERS[request.param])
    return both


@pytest.mark.parametrize("metric", ["recency", "frequency", "monetary", "days_between_orders"])
def test_extents_and_histograms_are_those_of_all_in_memory(pair, metric):
    part, whole = pair
    values = whole.customers[metric].to_numpy(dtype="float64")
    values = values[np.isfinite(values)]
    extent = part.everyone.extent(metric)
    assert (extent.low, extent.high, extent.median) == (values.min(), values.max(), np.median(values))
    assert extent.is_skewed == is_skewed(values)
    log = extent.is_skewed
    edges = edges_between(extent.low, extent.high, whole=extent.is_whole, log=log)
    assert edges.tolist() == bin_edges(values, log=log).tolist()
    found, left_out = part.everyone.histogram(metric, part.filters, edges=edges)
    wanted = histogram(whole.shown, metric, edges=edges, log=log)
    pd.testing.assert_frame_equal(found, wanted, check_dtype=False, check_column_type=False)
    assert left_out == uncounted(whole.shown, metric, log=log)
    assert found["customers"].sum() + left_out == len(whole.shown)


@pytest.mark.parametrize(("log_x", "log_y"), [(False, False), (True, True), (False, True)])
def test_pixels_are_those_of_datashader(pair, log_x, log_y):
    part, whole = pair
    shown = whole.shown
    view = View("recency", "monetary", (3.0, 500.0), (20.0, 4000.5), log_x, log_y, (301, 97))
    scales = {f"{d}_axis_type": "log" if log else "linear" for d, log in (("x", log_x), ("y", log_y))}
    canvas = datashader.Canvas(*view.size, x_range=view.x_range, y_range=view.y_range, **scales)
    points = shown[["recency", "monetary", "segment"]].astype({"recency": "float64", "monetary": "float64"})
    wanted = canvas.points(points, "recency", "monetary", datashader.by("segment", datashader.count())).data
    found = part.everyone.pixels(view, part.filters)
    np.testing.assert_array_equal(found, wanted)
    assert found.sum() > 100


def test_ends_of_axes_belong_to_their_pixels(both):
    part, whole = both
    part.clear_filters()
    low, high = (float(end) for end in (whole.customers["recency"].min(), whole.customers["recency"].max()))
    found = part.everyone.pixels(View("recency", "recency", (low, high), (low, high), size=(7, 5)))
    assert found.sum() == len(whole.customers)
    assert found[0, 0].sum() > 0
    assert found[-1, -1].sum() > 0


def test_score_cells_are_those_of_all_in_memory(pair):
    part, whole = pair
    thresholds = score(part.features, "quantiles").thresholds
    table = thresholds.score(whole.shown)
    wanted = cell_table(whole.shown, Scores(table, thresholds, pd.DataFrame()), axes=("r", "f"), metrics=("monetary",))
    found = part.everyone.score_cells(thresholds, ("r", "f"), part.filters)
    assert found["customers"].tolist() == wanted["customers"].tolist()
    pd.testing.assert_frame_equal(found[wanted.columns], wanted, check_dtype=False, rtol=1e-12)


@pytest.mark.parametrize("every", ["month", "week"])
def test_orders_over_time_are_those_of_all_in_memory(pair, every):
    part, whole = pair
    purchases = purchases_by_period(whole.orders, every)
    ids = pd.Index(whole.features["customer_id"])
    wanted = by_segment(purchases.assign(row=ids.get_indexer(pd.Index(purchases["customer_id"]))), whole.shown)
    found = part.everyone.periods(every, part.filters)
    assert found["orders"].tolist() == wanted["orders"].tolist()
    pd.testing.assert_frame_equal(found, wanted, check_dtype=False, check_column_type=False, rtol=1e-12)


def test_other_names_are_other_names_of_the_same_answers(both):
    part, _ = both
    part.clear_filters()
    edges = np.array([0.0, 100.0, 1e9])
    before = part.everyone.histogram("monetary", edges=edges)[0]
    months = part.everyone.periods("month")
    names = [f"New {name}" for name in part.everyone.segments]
    other = part.everyone.renamed(names)
    assert other.histogram("monetary", edges=edges)[0]["segment"].drop_duplicates().tolist() == names
    assert other.histogram("monetary", edges=edges)[0]["customers"].tolist() == before["customers"].tolist()
    assert set(other.periods("month")["segment"]) == {f"New {name}" for name in months["segment"]}


def test_the_shaded_scatter_of_everyone_is_that_of_all_in_memory(pair):
    from segdash.charts.shades import shade
    from segdash.views.scatter import Scatter

    part, whole = pair
    view = Scatter(part)
    fig = view.__panel__().get_root().select_one({"name": "scatter"})
    assert view.heading.object.count(f"{part.sizes[0]:,} customers, shaded") == 1
    (source,) = (one.data_source for one in fig.renderers if "image" in one.data_source.data)
    ends = [(axis.start, axis.end) for axis in (fig.x_range, fig.y_range)]
    values = whole.customers["recency"]
    assert ends[0][0] < values.min()
    assert ends[0][1] > values.max()  # the axes are those of everybody
    axes = {"log_x": True, "log_y": True, "size": (900, 380)}
    wanted = shade(whole.shown, part.colours, "recency", "monetary", *ends, **axes)
    np.testing.assert_array_equal(source.data["image"][0], wanted)
    part.selected = part.filtered["customer_id"].head(5).tolist()
    ids = part.filtered["customer_id"].isin(part.selected).to_numpy()
    wanted = shade(part.filtered, part.colours, "recency", "monetary", *ends, **axes, lit=ids)
    np.testing.assert_array_equal(source.data["image"][0], wanted)  # of the sample, in which they are selected
    part.selected = []


def pictures(state, name):
    from segdash.views.more_pictures import Pictures

    view = Pictures(state)
    view.__panel__()
    view.chooser.value = name
    return view


@pytest.mark.parametrize("name", ["distributions", "score_grid", "over_time"])
def test_the_room_shows_everyone(pair, name):
    _, whole = pair
    shown = [pictures(state, name) for state in pair]
    assert "of the sample" not in shown[0].heading.object
    if name == "score_grid":  # scored by the thresholds of the sample
        assert shown[0].picture.table()[0]["customers"].sum() == len(whole.shown)
        return
    (found, titles), (wanted, same_titles) = (view.picture.table() for view in shown)
    pd.testing.assert_frame_equal(found, wanted, check_dtype=False, check_column_type=False, rtol=1e-12)
    assert titles == same_titles
    assert shown[0].heading.object == shown[1].heading.object


def test_orders_over_time_of_a_selection_are_added_up_in_the_engine_too(both):
    part, _ = both
    for state in both:
        state.clear_filters()
        state.selected = part.features["customer_id"][::7].tolist()
    shown = [pictures(state, "over_time") for state in both]
    assert "Of the 143 selected customers of the sample" in shown[0].heading.object
    (found, _), (wanted, _) = (view.picture.table() for view in shown)
    pd.testing.assert_frame_equal(found, wanted, check_dtype=False, check_column_type=False, rtol=1e-12)
    for state in both:
        state.selected = []
    assert len(shown[0].picture.table()[0]) > len(found)
