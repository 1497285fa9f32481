"""What the shaded scatter says of the customers under the pointer, and whom a tap there selects."""

from __future__ import annotations

import pytest
from bokeh.events import MouseMove, Tap
from bokeh.models import HoverTool
from states_shown import HOSTILE, six

from segdash.state import Segmentation
from segdash.views import VIEWS, pointer
from segdash.views import scatter as scatter_module
from segdash.views.pointer import around, of_several


@pytest.fixture
def state():
    """Six customers, shaded, on linear axes: recency 1 to 99, spend 10 to 900."""
    return Segmentation(six(), log_x=False, log_y=False)


@pytest.fixture
def view(state, monkeypatch):
    monkeypatch.setattr(scatter_module, "MOST_POINTS", 0)
    view = VIEWS["Scatter"](state)
    view.__panel__().get_root()
    return view


def plot(view):
    (plot,) = view.plot.plots
    return plot


def rest(view, *at):
    """The pointer rests there, or has left."""
    told = plot(view).handles["pointer"]
    told.asked.data = {"x": list(at[:1]), "y": list(at[1:])}
    return [{name: values[0] for name, values in s.data.items() if len(values)} for s in (told.one, told.several)]


def test_around_by_hand():
    assert around(50.0, (0.0, 100.0), 100, log=False) == (47.0, 53.0)
    # Two decades on 200 pixels: 3 pixels are 0.03 of a decade.
    assert around(10.0, (1.0, 100.0), 200, log=True) == pytest.approx((10**0.97, 10**1.03))


def test_a_customer_alone_is_told_as_over_a_point(view):
    one, several = rest(view, 90, 20)
    assert several == {}
    assert (one["id"], one["segment"], one["metric_0"]) == ("e", "Bronze", 90.0)
    hover = next(tool for tool in plot(view).state.tools if isinstance(tool, HoverTool))
    assert [label for label, _ in hover.tooltips][:3] == ["Customer", "Segment", "Recency (days since last order)"]
    assert one["attribute_0"] == "SE"
    # The frame is taken to be 900 x 380 pixels until a browser has told: 3 of them are 0.35 days and 7.6 of spend.
    assert (one["left"], one["right"]) == pytest.approx((90 - 3 * 98 * 1.08 / 900, 90 + 3 * 98 * 1.08 / 900))


def test_several_are_counted_by_segment_and_named_while_they_are_few(view, state):
    # Zoomed out so far that the pointer covers all who spent 150 to 250, then everybody.
    fig = plot(view).state
    fig.x_range.update(start=-9000, end=9000)
    fig.y_range.update(start=0, end=380 / 6 * 100)
    one, several = rest(view, 50, 200)
    assert one == {}
    assert {name: several[name] for name in ("customers", "segments", "ids")} == {
        "customers": "2",
        "segments": "Silver 2",
        "ids": "c, d",
    }
    fig.y_range.update(start=0, end=380 / 6 * 2000)
    state.select(["a", "f"])
    fig.x_range.update(start=-9000, end=9000)
    _, several = rest(view, 50, 500)
    assert several["customers"] == "6, 2 of them selected"
    assert several["segments"] == "Gold 2, Silver 2, Bronze 2"
    assert several["ids"] == pointer.TOO_MANY


def test_nobody_and_a_pointer_that_left_clear_what_was_told(view, state):
    assert rest(view, 90, 20)[0]
    assert rest(view, 50, 500) == [{}, {}]
    assert rest(view, 90, 20)[0]
    assert rest(view) == [{}, {}]
    assert rest(view, 90, 20)[0]
    state.x = "frequency"  # what was under the pointer is elsewhere
    told = plot(view).handles["pointer"]
    assert list(told.one.data["left"]) == []


def test_only_customers_that_pass_the_filters_are_under_the_pointer(view, state):
    state.segment_filter = ["Gold"]
    assert rest(view, 90, 20) == [{}, {}]
    assert rest(view, 2, 850)[0]["id"] == "b"


def test_logarithmic_axes(view, state):
    state.change(log_x=True, log_y=True)
    fig = plot(view).state
    assert rest(view, 90, 20)[0]["id"] == "e"
    # 3 pixels are 3 / 900 of the axis' decades.
    reach = (fig.x_range.end / fig.x_range.start) ** (3 / 900)
    assert rest(view, 90 * reach * 1.001, 20) == [{}, {}]
    assert rest(view, 90 * reach * 0.999, 20)[0]["id"] == "e"


def test_the_browser_asks_when_the_pointer_rests(view):
    fig = plot(view).state
    assert set(fig.js_event_callbacks) >= {MouseMove.event_name, "mouseleave"}


def test_many_segments_are_cut_short():
    many = six().assign(segment=list("ABCDEF"))
    assert of_several(many)["segments"] == "A 1, B 1, C 1, D 1, E 1, 1 in 1 other segment"
    assert of_several(many.assign(segment=HOSTILE))["segments"] == f"{HOSTILE} 6"  # Bokeh writes it as text


def test_a_tap_selects_as_over_points(view, state):
    fig = plot(view).state

    def tap(x, y, **keys):
        fig._trigger_event(Tap(fig, x=x, y=y, modifiers={"shift": False, "ctrl": False, "alt": False, **keys}))

    tap(90, 20)
    assert state.selected == ["e"]
    tap(2, 850)  # points toggle
    assert state.selected == ["e", "b"]
    tap(90, 20)
    assert state.selected == ["b"]
    tap(99, 10, shift=True)
    assert state.selected == ["b", "f"]
    tap(50, 500)
    assert state.selected == ["b", "f"]
    tap(99, 10, ctrl=True)
    assert state.selected == ["f"]
