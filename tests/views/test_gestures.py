"""Taps and drags in pictures: whom they select, and in which way by the keys held."""

from __future__ import annotations

import pytest
from bokeh.events import PanStart, SelectionGeometry, Tap
from bokeh.models import BoxSelectTool, TapTool
from states_shown import six

from segdash.state import Segmentation
from segdash.views import VIEWS
from segdash.views.more_pictures import Pictures

KEYS = {"": {}, "shift": {"shift": True}, "ctrl": {"ctrl": True}, "both": {"shift": True, "ctrl": True}}


@pytest.fixture
def state():
    """Gold a and b, Silver c and d, Bronze e and f."""
    return Segmentation(six())


def figure(view):
    view.__panel__().get_root()
    return drawn(view)


def drawn(view):
    (plot,) = view.plot.plots
    return plot.state


def tap(fig, x, y, keys=""):
    fig._trigger_event(Tap(fig, x=x, y=y, modifiers={"shift": False, "ctrl": False, "alt": False, **KEYS[keys]}))


def drag(fig, keys="", **ends):
    fig._trigger_event(PanStart(fig, modifiers={"shift": False, "ctrl": False, "alt": False, **KEYS[keys]}))
    ends = {"y0": -1.0, "y1": 9.0, **ends}
    fig._trigger_event(SelectionGeometry(fig, geometry={"type": "rect", **ends}, final=False))
    fig._trigger_event(SelectionGeometry(fig, geometry={"type": "rect", **ends}, final=True))


# ---------------------------------------------------------------------- bars

# With one customer of each selected, each has a third of the upper bar, that of customers.
SHARE = {"Gold": (0.2, 1.0), "Silver": (0.5, 1.0)}
# Pale bars from the bottom: Bronze 30, Silver 380, Gold 1,750.
REVENUE = {"Gold": (1000.0, 2.5), "Silver": (300.0, 1.5)}
BARS = [("SegmentShare", SHARE), ("SegmentRevenue", REVENUE)]
WAYS = [
    ("", "Gold", ["a", "b"]),
    ("shift", "Gold", ["a", "c", "e", "b"]),
    ("ctrl", "Silver", ["c"]),
    ("both", "Silver", ["a", "e"]),
]


@pytest.mark.parametrize(("keys", "segment", "expected"), WAYS)
@pytest.mark.parametrize(("name", "bars"), BARS)
def test_a_tapped_bar_selects_in_the_way_of_the_keys(state, name, bars, keys, segment, expected):
    state.select(["a", "c", "e"])
    fig = figure(VIEWS[name](state))
    tap(fig, *bars[segment], keys)
    assert state.selected == expected


@pytest.mark.parametrize(("name", "bars"), BARS)
def test_keys_go_before_the_page_s_choice(state, name, bars):
    state.change(selected=["a", "c", "e"], selecting="subtract")
    fig = figure(VIEWS[name](state))
    tap(fig, *bars["Gold"], "shift")
    assert state.selected == ["a", "c", "e", "b"]
    tap(fig, *bars["Gold"])
    assert state.selected == ["c", "e"]


def test_both_bars_of_the_shares_select_and_a_second_tap_clears(state):
    fig = figure(VIEWS["SegmentShare"](state))
    tap(fig, 0.5, 0.0)  # of revenue Gold has 1,750 of 2,160
    assert state.selected == ["a", "b"]
    tap(fig, 0.5, 0.0)
    assert state.selected == []
    tap(fig, 0.5, 1.0)  # of customers Silver has the middle third
    assert state.selected == ["c", "d"]


@pytest.mark.parametrize(("name", "beside"), [("SegmentShare", (0.5, 0.5)), ("SegmentRevenue", (1000.0, 0.5))])
def test_a_tap_beside_the_bars_selects_nobody(state, name, beside):
    fig = figure(VIEWS[name](state))
    state.select(["a"])
    tap(fig, *beside)
    assert state.selected == ["a"]


def test_the_browser_lights_no_bar_of_its_own(state):
    fig = figure(VIEWS["SegmentShare"](state))
    assert not [tool for tool in fig.toolbar.tools if isinstance(tool, TapTool)]
    (tool,) = (t for t in figure(VIEWS["BoxPlot"](state)).toolbar.tools if isinstance(t, BoxSelectTool))
    assert (tool.renderers, tool.dimensions) == ([], "width")


# ---------------------------------------------------------------------- box plots


def test_a_range_dragged_in_a_box_plot_selects_who_is_in_it_whatever_their_segment(state):
    fig = figure(VIEWS["BoxPlot"](state))
    drag(fig, x0=15.0, x1=190.0)
    assert state.selected == ["d", "e"]  # 180 of Silver, 20 of Bronze
    drag(fig, x0=860.0, x1=100.0, keys="shift")
    assert state.selected == ["d", "e", "b", "c"]  # 850 of Gold, 200 and 180 of Silver
    drag(fig, x0=100.0, x1=190.0, keys="both")
    assert state.selected == ["e", "b", "c"]
    drag(fig, x0=100.0, x1=860.0, keys="ctrl")
    assert state.selected == ["b", "c"]
    drag(fig, x0=300.0, x1=400.0)
    assert state.selected == []


def test_the_same_figure_stays_and_selects_again(state):
    view = VIEWS["BoxPlot"](state)
    fig = figure(view)
    drag(fig, x0=15.0, x1=190.0)
    state.selecting = "append"
    drag(fig, x0=195.0, x1=210.0)
    assert state.selected == ["d", "e", "c"]
    assert [plot.state for plot in view.plot.plots] == [fig]


def test_a_range_to_the_end_of_the_axis_takes_those_beyond_it():
    # 2,000 is more than 8 times the median, 190, so the axis is logarithmic. The lowest whisker begins at 10.5 (f is
    # below), the highest ends at 850 + 0.95 * 1,150 (a is above).
    state = Segmentation(six().assign(monetary=[2000.0, 850.0, 200.0, 180.0, 20.0, 10.0]))
    view = VIEWS["BoxPlot"](state)
    fig = figure(view)
    low, high = view.limits
    assert view.log
    assert low == pytest.approx(10.5 * (1942.5 / 10.5) ** -0.04)
    drag(fig, x0=500.0, x1=1950.0)
    assert state.selected == ["b"]
    drag(fig, x0=500.0, x1=high * 0.9999)
    assert state.selected == ["a", "b"]
    # On a linear axis 13 would be at its beginning; among logarithms it is not.
    drag(fig, x0=13.0, x1=25.0)
    assert state.selected == ["e"]
    drag(fig, x0=low * 1.0001, x1=25.0)
    assert state.selected == ["e", "f"]
    view = VIEWS["BoxPlot"](state, metric_name="recency")
    drag(figure(view), x0=view.limits[0], x1=2.0)
    assert state.selected == ["a", "b"]


def test_a_filter_and_missing_values_are_heeded(state):
    state.segment_filter = ["Silver", "Gold"]
    view = VIEWS["BoxPlot"](state, metric_name="age")
    drag(figure(view), x0=view.limits[0], x1=view.limits[1])
    assert state.selected == ["a", "c", "d"]  # b has no age


# ---------------------------------------------------------------------- more pictures


def shown(state, name):
    view = Pictures(state)
    view.__panel__().get_root()
    view.chooser.value = name
    return view


def test_cells_and_areas_answer_to_taps_and_keys(state):
    fig = drawn(shown(state, "treemap").picture)
    state.change(selected=["a", "c", "e"])
    data = fig.renderers[0].data_source.data
    middles = [((data["left"][i] + data["right"][i]) / 2, (data["bottom"][i] + data["top"][i]) / 2) for i in range(3)]
    tap(fig, *middles[1], "both")
    assert state.selected == ["a", "e"]


def test_a_box_over_cells_answers_to_keys(state):
    view = shown(state, "score_grid")
    fig = drawn(view.picture)
    drag(fig, x0=0.6, x1=5.4, y0=0.6, y1=5.4)
    assert sorted(state.selected) == list("abcdef")
    own = view.picture.scores.loc[state.filtered.index]
    x, y = float(own["r"].iloc[0]), float(own["f"].iloc[0])  # of customer a
    drag(fig, "both", x0=x - 0.1, x1=x + 0.1, y0=y - 0.1, y1=y + 0.1)
    alike = (own["r"] == x) & (own["f"] == y)
    assert set(state.selected) == set(state.filtered["customer_id"][~alike])


def test_a_range_of_a_distribution_answers_to_keys(state):
    fig = drawn(shown(state, "distributions").picture)
    drag(fig, x0=100.0, x1=300.0)
    drag(fig, "shift", x0=800.0, x1=860.0)
    assert state.selected == ["c", "d", "b"]
