"""The scatter as it stands on a page: patched in place, selecting, following."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from bokeh.events import SelectionGeometry
from bokeh.models import LinearScale, LogScale
from states_shown import six

from segdash import views
from segdash.state import Segmentation


@pytest.fixture
def state():
    return Segmentation(six())


def placed(state):
    """The view and its Bokeh figure."""
    view = views.Scatter(state)
    root = view.__panel__().get_root()
    return view, root.select_one({"name": "scatter"})


def source(fig):
    return fig.renderers[0].data_source


def chip(view):
    return view.chip.object


def ids(fig):
    return list(source(fig).data["customer_id"])


def test_the_figure_can_be_found_by_its_name(state):
    _, fig = placed(state)
    assert fig is not None
    assert sorted(ids(fig)) == list("abcdef")


def test_an_axis_is_changed_in_place(state):
    view, fig = placed(state)
    element = view.plot.pane.object
    state.x = "frequency"
    assert fig.xaxis[0].axis_label == "Frequency (orders)"
    assert fig.renderers[0].glyph.x == "frequency"
    assert (fig.x_range.start, fig.x_range.end) == pytest.approx((9**-0.04, 9**1.04))
    assert view.plot.pane.object is element
    assert view.__panel__().get_root() is not None


def test_an_axis_with_a_metric_that_was_not_drawn_gets_its_values(state):
    _, fig = placed(state)
    state.y = "age"
    by_id = dict(zip(ids(fig), source(fig).data["age"], strict=True))
    assert by_id["c"] == 50
    assert np.isnan(by_id["b"])


def test_the_figure_tells_the_browser_what_a_choice_of_axis_will_show(state):
    _, fig = placed(state)
    state.y = "age"  # now with the points
    said = fig.tags[0]["y"]["Frequency"]
    assert fig.tags[0]["y"].keys() == {"Recency", "Frequency", "Monetary", "Age"}
    state.y = "frequency"
    assert fig.renderers[0].glyph.y == said["field"]
    assert fig.yaxis[0].axis_label == said["label"]
    assert [fig.y_range.start, fig.y_range.end] == said["range"]
    assert isinstance(fig.y_scale, LogScale) == said["log"]
    state.log_y = False
    assert fig.tags[0]["y"]["Frequency"]["log"] is False


def test_a_log_axis_is_switched_in_place(state):
    _, fig = placed(state)
    assert isinstance(fig.x_scale, LogScale)
    state.log_x = False
    assert isinstance(fig.x_scale, LinearScale)
    assert fig.x_range.start < 0
    state.log_x = True
    assert isinstance(fig.x_scale, LogScale)


def test_a_metric_that_reaches_zero_is_drawn_linear_and_the_card_says_so():
    view, fig = placed(Segmentation(six().assign(monetary=[900.0, 0.0, 200.0, 180.0, 20.0, 10.0])))
    assert isinstance(fig.y_scale, LinearScale)
    assert "Monetary is 0 or less for 1, so its axis is linear" in view.heading.object


def test_selected_points_are_selected_customers(state):
    view, fig = placed(state)
    wanted = {"b", "e"}
    source(fig).selected.indices = [i for i, one in enumerate(ids(fig)) if one in wanted]
    assert set(state.selected) == wanted
    assert set(state.shown["customer_id"]) == wanted
    assert "2 of 6 customers selected" in chip(view)
    assert "segdash-selected-count" in chip(view)


def test_customers_selected_elsewhere_light_up(state):
    _, fig = placed(state)
    state.selected = ["d"]
    assert [ids(fig)[i] for i in source(fig).selected.indices] == ["d"]
    state.selected = []
    assert source(fig).selected.indices == []


def test_a_selection_made_before_the_picture_lights_up():
    _, fig = placed(Segmentation(six(), selected=["d", "a"]))
    assert {ids(fig)[i] for i in source(fig).selected.indices} == {"a", "d"}


def test_the_selection_survives_other_axes(state):
    _, fig = placed(state)
    state.selected = ["d", "a"]
    state.param.update(x="frequency", y="age", log_y=False)
    assert {ids(fig)[i] for i in source(fig).selected.indices} == {"a", "d"}
    assert set(state.selected) == {"a", "d"}


def test_a_selection_made_elsewhere_is_not_written_back_by_the_picture(state):
    placed(state)
    heard = []
    state.param.watch(lambda event: heard.append(event.new), "selected")
    state.selected = ["d", "a"]
    assert heard == [["d", "a"]]


def test_the_button_clears_the_selection(state):
    view, fig = placed(state)
    state.selected = ["d"]
    assert not view.clear.disabled
    view.clear.clicks += 1
    assert state.selected == []
    assert source(fig).selected.indices == []
    assert "No selection" in chip(view)


def test_a_filter_takes_points_away_and_keeps_the_axes(state):
    _, fig = placed(state)
    ends = (fig.x_range.start, fig.x_range.end)
    state.segment_filter = ["Gold"]
    assert sorted(ids(fig)) == ["a", "b"]
    assert (fig.x_range.start, fig.x_range.end) == ends
    state.segment_filter = []
    assert sorted(ids(fig)) == list("abcdef")


def test_a_selection_under_a_filter_keeps_those_outside_it(state):
    # The points that left the picture are not unselected by that.
    _, fig = placed(state)
    state.selected = ["a", "e"]
    state.segment_filter = ["Gold"]
    assert [ids(fig)[i] for i in source(fig).selected.indices] == ["a"]
    assert state.selected == ["a", "e"]


def test_selecting_after_a_filter_selects_the_customers_that_are_drawn(state):
    _, fig = placed(state)
    state.segment_filter = ["Silver", "Bronze"]
    source(fig).selected.indices = [ids(fig).index("e")]
    assert state.selected == ["e"]


def test_points_grow_with_spend(state):
    _, fig = placed(state)
    assert len(set(source(fig).data["point_size"])) == 1
    state.size_by_monetary = True
    by_id = dict(zip(ids(fig), source(fig).data["point_size"], strict=True))
    assert by_id["a"] > by_id["c"] > by_id["f"]
    state.size_by_monetary = False
    assert len(set(source(fig).data["point_size"])) == 1


def test_another_table_draws_its_customers(state):
    view, _ = placed(state)
    state.x = "age"
    state.load(six().iloc[:3].drop(columns="age"))
    fig = view.__panel__().get_root().select_one({"name": "scatter"})
    assert sorted(ids(fig)) == ["a", "b", "c"]
    assert fig.xaxis[0].axis_label == "Recency (days since last order)"


def test_colours_follow_the_segments(state):
    view, _ = placed(state)
    state.segments = {"Gold": {"color": "#B00000"}}
    fig = view.__panel__().get_root().select_one({"name": "scatter"})
    mapper = fig.renderers[0].glyph.fill_color.transform
    assert dict(zip(mapper.factors, mapper.palette, strict=True))["Gold"].upper() == "#B00000"


def test_both_places_of_one_scatter_follow(state):
    view = views.Scatter(state)
    figs = [view.__panel__().get_root().select_one({"name": "scatter"}) for _ in range(2)]
    state.param.update(x="frequency", selected=["d"])
    for fig in figs:
        assert fig.xaxis[0].axis_label == "Frequency (orders)"
        assert [ids(fig)[i] for i in source(fig).selected.indices] == ["d"]


# ---------------------------------------------------------------------- many customers


@pytest.fixture
def crowd():
    n = 16_000
    rng = np.random.default_rng(0)
    return Segmentation(
        pd.DataFrame(
            {
                "customer_id": np.arange(n).astype(str),
                "recency": np.arange(n) % 100 + 1,
                "frequency": rng.integers(1, 9, n),
                "monetary": np.arange(n) + 1.0,
                "cluster": np.where(np.arange(n) < 8000, "Gold", "Silver"),
            }
        ),
        log_x=False,
        log_y=False,
    )


def geometry(fig, **box):
    event = SelectionGeometry(fig, geometry={"type": "rect", **box}, final=True)
    fig._trigger_event(event)


def test_very_many_customers_are_a_picture(crowd):
    view, fig = placed(crowd)
    assert "image" in source(fig).data
    assert "shaded" in view.heading.object


def test_a_box_in_the_picture_selects_the_customers_in_it(crowd):
    _, fig = placed(crowd)
    geometry(fig, x0=0.5, x1=10.5, y0=0, y1=100.5)
    # Customers 0 to 99 spend up to 100; ten of them have a recency of up to 10.
    assert crowd.selected == [str(i) for i in range(10)]


def test_the_picture_follows_axes_selection_and_filter(crowd):
    _, fig = placed(crowd)
    before = np.array(source(fig).data["image"][0])
    crowd.selected = ["1"]
    lit = np.array(source(fig).data["image"][0])
    assert (before.shape != lit.shape) or (before != lit).any()
    crowd.x = "frequency"
    assert fig.xaxis[0].axis_label == "Frequency (orders)"
    assert source(fig).data["x"][0] == pytest.approx(fig.x_range.start)


def test_a_filter_that_leaves_few_draws_points_and_back(crowd):
    view, _ = placed(crowd)
    crowd.segment_filter = ["Gold"]
    fig = view.__panel__().get_root().select_one({"name": "scatter"})
    assert len(source(fig).data["customer_id"]) == 8000
    crowd.segment_filter = []
    fig = view.__panel__().get_root().select_one({"name": "scatter"})
    assert "image" in source(fig).data
