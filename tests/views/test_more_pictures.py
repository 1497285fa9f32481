"""Pictures: numbers by hand, whom a tap or a drag selects, and nothing done while nobody looks."""

from __future__ import annotations

import numpy as np
import pandas as pd
import panel as pn
import pytest
from bokeh.events import Tap
from states_shown import STATES, six

from segdash.errors import ScoringError
from segdash.intake.orders import read_orders
from segdash.reports.csv_file import csv_file
from segdash.state import Segmentation
from segdash.views.more_pictures import Pictures
from segdash.views.pictures import PICTURES, score_grid
from segdash.views.pictures.over_time import ADDING_UP, NO_ORDERS, NOT_YET

pn.extension("tabulator")


def shown(state, name="score_grid"):
    view = Pictures(state)
    view.__panel__().get_root()
    view.chooser.value = name
    return view


def with_orders():
    rows = [("a", "2024-01-01", 10.0), ("a", "2024-02-05", 5.5), ("b", "2024-01-02", 200.0), ("c", "2024-01-09", 7.0)]
    log = pd.DataFrame(rows, columns=["customer", "date", "amount"])
    return Segmentation(orders=read_orders(log), n_segments=2)


@pytest.fixture
def state():
    return Segmentation(six(), currency="£")


@pytest.mark.parametrize("name", PICTURES)
def test_every_picture_has_a_title_a_sentence_and_its_numbers_as_a_file(state, name):
    view = shown(state, name)
    if name == "over_time":
        assert NO_ORDERS.replace("'", "&#x27;") in view.lacking.object
        assert not view.saves[name].row.visible
        return
    assert view.picture.title
    assert "Of all 6 customers. " in view.heading.object
    assert view.lacking.object == ""
    frame, headings = view.picture.table()
    written = pd.read_csv(csv_file(frame, headings=headings))
    assert len(written) == len(frame) > 0
    assert list(written.columns) == [headings.get(column, column) for column in frame.columns]


@pytest.mark.parametrize("case", ["empty", "hostile names", "a filter that leaves nobody"])
@pytest.mark.parametrize("name", PICTURES)
def test_every_picture_shows_every_state_or_says_why_not(name, case):
    view = shown(STATES[case](), name)
    there = len(view.state.shown) > 0 and name != "over_time"
    assert bool(view.lacking.object) != there
    assert view.places[name].visible == view.saves[name].row.visible == there
    assert "<img" not in view.lacking.object + view.found.object + view.key.object


@pytest.mark.parametrize("name", ["score_grid", "distributions", "over_time"])
def test_a_picture_follows_selection_filters_and_theme(name, state):
    view = shown(state, name)
    state.change(selected=["a", "c"], dark=True)
    state.change(selected=[], ranges={"recency": (5000, None)})
    assert "Nobody passes" in view.lacking.object
    state.change(ranges={}, segment_filter=["Gold"], compared=["age"])
    assert ("Of the 2 customers" in view.heading.object) == (name != "over_time")


def test_only_the_chosen_picture_is_made(state):
    view = shown(state)
    assert list(view.made) == ["score_grid"]
    first = view.picture
    view.chooser.value = "treemap"
    view.chooser.value = "score_grid"
    assert list(view.made) == ["score_grid", "treemap"]
    assert view.picture is first


def test_asleep_it_draws_nothing_and_awake_it_catches_up(state, monkeypatch):
    view = shown(state, "treemap")
    drawn = []
    draw = view.picture.draw
    monkeypatch.setattr(view.picture, "draw", lambda: drawn.append(len(state.shown)) or draw())
    view.awake = False
    state.change(selected=["a"])
    state.change(selected=["a", "b"])
    assert drawn == []
    view.awake = True
    assert drawn == [2]
    view.awake = False
    view.awake = True
    assert drawn == [2]


def test_a_cell_selects_its_customers_and_lets_them_go():
    # Each customer has a fifth of its own: the most recent has recency score 5, who ordered most frequency score 5.
    table = six().iloc[:5].assign(recency=[10, 20, 30, 40, 50], frequency=[1, 2, 3, 4, 5]).drop(columns="cluster")
    view = shown(Segmentation(table, n_segments=2))
    grid = view.picture
    assert grid.cells.set_index(["r", "f"])["customers"].loc[[(5, 1), (1, 5), (5, 5)]].tolist() == [1, 1, 0]
    grid.choose([4])  # the lowest row, its last cell
    assert view.state.selected == ["a"]
    assert grid.cells["customers"].sum() == 1
    grid.choose([4])
    assert view.state.selected == []
    grid.choose([4, 20])
    assert view.state.selected == ["a", "e"]


def test_a_tap_in_the_browser_selects_a_cell(state):
    view = shown(state)
    (plot,) = view.picture.plot.plots
    source = next(iter(plot.subplots.values())).handles["source"]
    full = list(source.data["counted"]).index("1")
    x, y = (float(source.data[name][full]) + 0.4 for name in ("left", "bottom"))
    plot.state._trigger_event(Tap(plot.state, x=x, y=y))
    assert len(state.selected) == 1


def test_cells_are_scored_among_all_whatever_is_selected(state):
    view = shown(state)
    scores = view.picture.scores
    state.change(selected=["a"])
    assert view.picture.scores is scores


def test_customers_that_cannot_be_scored_are_a_sentence(state, monkeypatch):
    def refuse(*_args):
        raise ScoringError("Recency is missing for 2 customers.")

    monkeypatch.setattr(score_grid, "score", refuse)
    view = shown(state)
    assert "Recency is missing for 2 customers." in view.lacking.object
    monkeypatch.undo()
    state.change(selected=["a"])
    assert view.lacking.object == ""


def test_a_dragged_range_selects_who_is_in_it(state):
    view = shown(state, "distributions")
    picture = view.picture
    assert picture.metric.value == "monetary"
    picture.choose(20.0, 200.0)
    assert state.selected == ["c", "d", "e"]
    assert picture.counts["customers"].sum() == 3
    # The bins stay those of all.
    assert (picture.counts["left"].min(), picture.counts["right"].max()) == (9.5, 909.5)
    state.change(selected=[])
    picture.metric.value = "age"
    assert "1 customer without a value" in view.heading.object
    state.load(six().drop(columns="age"))
    assert picture.metric.value == "monetary"


def test_concentration_in_words_by_hand(state):
    view = shown(state, "concentration")
    assert "The top 1 % (1 customer) bring 41.7 % of revenue" in view.found.object
    view.picture.leaving.value = 2
    # 1,750 of 2,160.
    expected = "If the top 2 customers left, £1,750.00 of revenue would be missing, 81.0 % of it"
    assert expected in view.found.object
    assert "the last of them brings £850.00" in view.found.object
    view.picture.choose()
    assert state.selected == ["a", "b"]
    view.picture.leaving.value = 1000
    assert "If the top 2 customers left, £1,750.00 of revenue would be missing, 100.0 % of it" in view.found.object


def test_a_drawn_curve_is_fed_what_another_drawing_would_have(state):
    view = shown(state, "concentration")
    figure = view.picture.plot.plots[0].state
    state.change(selected=["a", "c", "f"])
    assert view.picture.plot.plots[0].state is figure
    fresh = shown(state, "concentration").picture.plot.plots[0].state
    for fed, drawn in zip(figure.renderers, fresh.renderers, strict=True):
        for name, column in drawn.data_source.data.items():
            assert np.allclose(*map(_numbers, (fed.data_source.data[name], column)), equal_nan=True)


def _numbers(column):
    flat = np.asarray(column)
    return (
        flat.astype(float).ravel() if flat.dtype != object and flat.dtype.kind in "fiu" else [hash(str(list(column)))]
    )


def test_nobody_who_brings_anything_is_said():
    view = shown(Segmentation(six().assign(monetary=0.0)), "concentration")
    assert "None of the customers shown brings revenue above zero" in view.lacking.object
    view.chooser.value = "treemap"
    assert "Choose customers as area" in view.lacking.object
    view.picture.area.value = "customers"
    assert view.lacking.object == ""


def test_an_area_selects_its_segment(state):
    view = shown(state, "treemap")
    view.picture.choose([list(state.colours).index("Silver")])
    assert state.selected == ["c", "d"]
    view.picture.choose([list(state.colours).index("Silver")])
    assert state.selected == []


def test_the_profile_is_in_spreads_of_all(state):
    view = shown(state, "parallel_profile")
    rows = view.picture.standing.set_index(["segment", "metric"])
    # Mean 360 of all; spread by hand: sqrt(((540^2 + 490^2 + 160^2 + 180^2 + 340^2 + 350^2) / 6).
    spread = ((540**2 + 490**2 + 160**2 + 180**2 + 340**2 + 350**2) / 6) ** 0.5
    assert rows.loc[("Gold", "monetary"), "standing"] == pytest.approx((875 - 360) / spread)
    state.compared = []
    assert "No metric is compared" in view.lacking.object


def test_orders_over_time_follow_the_selection():
    view = shown(with_orders(), "over_time")
    periods = view.picture.periods.groupby("period")[["orders", "revenue"]].sum()
    assert periods["orders"].tolist() == [3, 1]
    assert periods["revenue"].tolist() == [217.0, 5.5]
    view.state.change(selected=["a"])
    assert view.picture.periods["revenue"].tolist() == [10.0, 5.5]
    view.picture.every.value = "week"
    assert view.picture.periods["period"].dt.strftime("%m-%d").tolist() == ["01-01", "02-05"]
    view.picture.value.value = "orders"
    view.picture.stacked.value = True
    assert "Orders per week, one segment on top of the other" in view.heading.object
    view.state.load(six())
    assert view.lacking.object != ""


def test_orders_are_added_up_beside_the_page_once():
    state = with_orders()
    waiting = []
    state.work.later = waiting.append
    view = shown(state, "over_time")
    assert ADDING_UP in view.lacking.object
    title = state.work.title
    assert title == "Adding up the orders by month"
    state.work.cancel()
    state.change(selected=["a"])  # what was stopped is not begun again
    assert state.work.title == ""
    assert NOT_YET in view.lacking.object
    view.picture.every.value = "week"
    assert state.work.title == "Adding up the orders by week"
    state.work.param.update(title="Something else")
    state.change(selected=[])
    assert NOT_YET in view.lacking.object
    assert view.picture.ask.visible
    state.work.later = None
    view.picture.ask.clicks += 1
    assert view.lacking.object == ""
    assert view.picture.periods["orders"].sum() == 4
