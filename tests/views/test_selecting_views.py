"""Every view writes the one selection."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from bokeh.events import PanStart, SelectionGeometry
from bokeh.models import BoxSelectTool, TapTool
from states_shown import six

from segdash.profile import against_the_rest
from segdash.state import Segmentation
from segdash.views import VIEWS
from segdash.views import scatter as scatter_module

NAMES = {"0": {"name": "Top"}, "1": {"name": "Middle"}, "2": {"name": "Low"}}


@pytest.fixture
def state():
    """Top a and b, Middle c and d, Low e and f."""
    return Segmentation(six().drop(columns="cluster"), method="k_means", n_segments=3, segments=NAMES)


def shown(name, state):
    view = VIEWS[name](state)
    view.__panel__().get_root()
    return view


def test_a_name_in_the_comparison_table_selects_its_segment(state):
    view = shown("ProfileTable", state)
    click = view.table._on_click_callbacks["segment"][0]
    click(SimpleNamespace(row=1))
    assert state.selected == ["c", "d"]
    state.selecting = "append"
    state.select(["e"])
    assert state.selected == ["c", "d", "e"]


def test_an_id_in_the_list_selects_or_takes_away(state):
    view = shown("CustomerTable", state)
    click = view.table._on_click_callbacks["customer_id"][0]
    state.select(["a", "b", "c"])
    state.selecting = "subtract"
    click(SimpleNamespace(row=1))
    assert state.selected == ["a", "c"]
    state.selecting = "replace"
    click(SimpleNamespace(row=1))
    assert state.selected == ["c"]


def test_the_insights_select_a_segment_and_once_more_clears(state):
    view = shown("Insights", state)
    view.segments.value = "Low"
    assert state.selected == ["e", "f"]
    view.segments.value = "Low"
    assert state.selected == []
    assert view.segments.value == view.segments.options[0]


def test_the_tools_of_the_picture_follow_the_choice(state):
    view = shown("Scatter", state)
    (plot,) = view.plot.plots
    tools = {type(tool): tool for tool in plot.state.toolbar.tools}
    assert (tools[BoxSelectTool].mode, tools[TapTool].mode) == ("replace", "toggle")
    state.selecting = "subtract"
    assert (tools[BoxSelectTool].mode, tools[TapTool].mode) == ("subtract", "subtract")


def test_a_shaded_picture_knows_the_keys_that_were_held(state, monkeypatch):
    monkeypatch.setattr(scatter_module, "MOST_POINTS", 0)
    view = shown("Scatter", state)
    state.select(["a"])
    everybody = {"type": "rect", "x0": 0, "x1": 1e9, "y0": 0, "y1": 1e9}
    fig = view.plot.plots[0].state
    fig._trigger_event(PanStart(fig, modifiers={"shift": True, "ctrl": True, "alt": False}))
    fig._trigger_event(SelectionGeometry(fig, geometry=everybody, final=True))
    assert state.selected == []
    fig._trigger_event(SelectionGeometry(fig, geometry=everybody, final=True))
    assert len(state.selected) == 6


def test_undo_and_its_button(state):
    view = shown("Scatter", state)
    assert view.undo.disabled
    state.select(["a"])
    assert not view.undo.disabled
    view.undo.clicks += 1
    assert state.selected == []
    assert view.undo.disabled


def test_the_selection_is_saved_as_a_segment_and_removed(state):
    view = shown("Selection", state)
    assert not view.saving.visible
    state.select(["b", "f"])
    assert view.saving.visible
    view.called.value = "7"
    view.save.clicks += 1
    assert "numbers" in state.problem
    view.called.value = "Friends"
    view.save.clicks += 1
    assert state.problem == ""
    assert view.called.value == ""
    assert state.own_segments == {"Friends": ["b", "f"]}
    assert view.saved.visible
    view.remove.clicks += 1
    assert state.own_segments == {}
    assert not view.saved.visible


def test_against_the_rest_by_hand(state):
    customers = state.customers
    found = against_the_rest(customers, customers["customer_id"].isin(["a", "b"]).to_numpy(), ["monetary"])
    # 900 and 850 against 200, 180, 20, 10 (sum 2,160 of six: mean 360).
    assert found.iloc[0].tolist() == ["monetary", 875.0, 100.0, 775.0, pytest.approx(100 * 875 / 360)]
    view = shown("Selection", state)
    state.select(["a", "b"])
    assert "the rest" in view.bars.object
    assert ">243<" in view.bars.object


def test_everybody_and_nobody_against_the_rest(state):
    table = state.customers
    assert against_the_rest(table, table["monetary"].to_numpy() > 0, ["monetary"])["rest"].isna().all()
    assert against_the_rest(table, table["monetary"].to_numpy() < 0, ["monetary"])["index"].isna().all()


def test_those_found_by_a_part_of_an_id_are_selected(state):
    view = shown("CustomerTable", state)
    assert not view.pick.visible
    view.search.value = "A"
    assert (view.pick.visible, view.pick.label) == (True, "Select this customer")
    state.select(["e"])
    assert not view.pick.visible  # nobody of those shown
    state.selected = []
    view.pick.clicks += 1
    assert state.selected == ["a"]


def test_the_page_says_which_filters_are_in_force_and_clears_them(state):
    view = shown("Selection", state)
    assert not view.filters.visible
    lowest = float(state.customers["monetary"].min())
    state.param.update(segment_filter=["Top", "Low"], ranges={"monetary": (lowest, None)}, selected=["e"])
    assert view.filters.visible
    assert "<li>Segment Top or Low</li>" in view.force.object
    assert f"<li>Monetary from {lowest:,.2f}</li>" in view.force.object
    view.unfilter.clicks += 1
    assert (state.segment_filter, state.ranges, state.selected) == ([], {}, ["e"])
    assert not view.filters.visible
    state.segments = {"0": {"name": "<b>Bold"}}
    state.segment_filter = ["<b>Bold"]
    assert "<b>Bold" not in view.force.object
    state.borderline_only = True
    assert "<li>Only borderline customers</li>" in view.force.object
