"""Names, colours, places and advice by hand, on the page."""

from __future__ import annotations

import re

import panel as pn
import pytest
from states_shown import HOSTILE, STATES, six

from segdash.colour_vision import PALETTES
from segdash.state import Segmentation
from segdash.views.segment_editor import CLOSE, OPEN, SegmentEditor

pn.extension()

GOLD, SILVER, BRONZE = "Gold", "Silver", "Bronze"


@pytest.fixture
def view():
    return opened(Segmentation(six()))


def opened(state):
    """An open editor, drawn as for a page: some widgets take a value of their own only then."""
    editor = SegmentEditor(state)
    editor.__panel__().get_root()
    editor.edit()
    return editor


def names(view):
    return view.state.segment_table["segment"].tolist()


def test_the_widgets_are_made_when_it_is_first_opened_and_it_closes_again():
    view = SegmentEditor(Segmentation(six()))
    view.__panel__()
    assert (view.editor.objects, view.editor.visible, view.open.label) == ([], False, OPEN)
    view.edit()
    assert (view.editor.visible, view.open.label, view.called.value) == (True, CLOSE, GOLD)
    view.edit()
    assert (view.editor.visible, view.open.label) == (False, OPEN)


def test_a_segment_is_renamed_and_named_by_its_numbers_again_when_emptied(view):
    view.which.value = SILVER
    view.called.value = "  Friends "
    assert view.state.segments == {SILVER: {"name": "Friends"}}
    assert names(view) == [GOLD, "Friends", BRONZE]
    assert view.which.options == [GOLD, "Friends", BRONZE]
    assert (view.which.value, view.edited, view.called.value) == ("Friends", SILVER, "Friends")
    assert "1 of 3 segments changed by hand" in view.heading.object
    view.called.value = ""
    assert (view.state.segments, view.called.value) == ({}, SILVER)


def test_a_name_that_another_has_is_refused_and_all_stays(view):
    view.called.value = "silver"
    assert "would both be named" in view.refused.object
    assert (names(view), view.called.value, view.state.segments) == ([GOLD, SILVER, BRONZE], GOLD, {})
    view.which.value = BRONZE
    assert view.refused.object == ""


def test_a_swatch_and_a_code_give_the_colour(view):
    view.swatches.value = "#5F7C5C"
    assert view.state.colours[GOLD] == "#5F7C5C"
    assert view.colour.value == "#5F7C5C"
    view.colour.value = "Sienna"
    assert view.state.colours[GOLD] == "#A0522D"
    assert (view.swatches.value, view.colour.value) == ("", "#A0522D")
    view.colour.value = ""
    assert view.state.segments == {}


@pytest.mark.parametrize(
    ("colour", "said"),
    [("blurple", "&#x27;blurple&#x27; is not a colour"), ("of Silver", "&#x27;Gold&#x27; have the same colour")],
)
def test_no_colour_and_a_colour_that_another_has_are_refused(view, colour, said):
    before = dict(view.state.colours)
    view.colour.value = before[SILVER] if colour == "of Silver" else colour
    assert said in view.refused.object
    assert view.state.colours == before
    assert view.colour.value == view.swatches.value == before[GOLD]


def test_a_palette_is_offered_marked_and_used_for_all(view):
    title, palette = "Six, furthest apart", list(PALETTES["Six, furthest apart"].values())
    view.palette.value = title
    assert list(view.swatches.options.values()) == ["", *palette]
    assert view.state.segments == {}
    view.use.clicks += 1
    assert list(view.state.colours.values()) == palette[:3]
    assert view.swatches.value == palette[0]
    dotted = [i for i in range(2, 8) if "&::after" in view.swatches.sx[f"& .MuiToggleButton-root:nth-of-type({i})"]]
    assert dotted == [3, 4]
    assert "whatever the colour vision" in view.eyes.object
    view.palette.value = next(iter(PALETTES))
    view.use.clicks += 1
    assert view.state.segments == {}


def test_a_palette_with_too_few_colours_is_not_offered_for_all():
    view = opened(STATES["ten segments"]())
    view.palette.value = "Eight, far apart"
    assert view.use.disabled
    view.palette.value = "Twelve, far apart"
    assert not view.use.disabled


def test_colours_that_some_eyes_take_for_one_are_told_not_refused(view):
    view.colour.value = "#B65139"
    view.which.value = BRONZE
    view.colour.value = "#6B6B20"
    assert view.state.colours[BRONZE] == "#6B6B20"
    assert "Gold and Bronze look alike with deuteranopia." in view.eyes.object
    view.colour.value = "yellow"
    assert "#FFFF00 is hard to see on the light page." in view.eyes.object


def test_segments_are_moved_up_and_down_and_the_ends_are_ends(view):
    assert (view.up.disabled, view.down.disabled) == (True, False)
    view.down.clicks += 1
    assert names(view) == [SILVER, GOLD, BRONZE]
    view.down.clicks += 1
    assert names(view) == [SILVER, BRONZE, GOLD]
    assert (view.up.disabled, view.down.disabled) == (False, True)
    view.up.clicks += 1
    assert names(view) == [SILVER, GOLD, BRONZE]


def test_advice_is_edited_and_taken_back(view):
    before = view.advice.value
    view.advice.value = "Call them <b>first</b>.\nThen wait."
    assert view.state.segment_table["strategy"][0] == "Call them <b>first</b>.\nThen wait."
    view.advice.value = " "
    assert (view.advice.value, view.state.segments) == (before, {})


def test_one_segment_or_all_are_reset(view):
    view.called.value = "VIP"
    view.which.value = BRONZE
    view.called.value = "Others of ours"
    view.which.value = "VIP"
    view.reset.clicks += 1
    assert view.state.segments == {BRONZE: {"name": "Others of ours"}}
    view.reset_all.clicks += 1
    assert view.state.segments == {}
    assert view.reset.disabled
    assert view.reset_all.disabled


def test_names_that_were_kept_can_be_given_up(view):
    state = view.state
    assert not view.afresh.visible
    state.remembered = {GOLD: {"color": "#112233"}}
    view.palette.value = "Eight, far apart"  # a look at it changes nothing
    assert state.colours[GOLD] == "#112233"
    assert view.afresh.visible
    view.afresh.clicks += 1
    assert state.remembered == {}
    assert not view.afresh.visible


def test_a_name_kept_for_a_segment_that_is_not_there_gives_way_with_a_sentence(view):
    view.state.segments = {"Lost": {"name": "VIP"}}
    view.called.value = "VIP"
    assert names(view)[0] == "VIP"
    assert view.state.segments == {GOLD: {"name": "VIP"}}
    assert "The name &#x27;VIP&#x27;, kept for &#x27;Lost&#x27;" in view.refused.object


@pytest.mark.parametrize("case", [case for case in STATES if case != "empty"])
def test_an_open_editor_shows_every_state_and_changes_nothing_by_itself(case):
    state = STATES[case]()
    view = opened(state)
    before = dict(state.param.values())
    for name in list(view.which.options):
        view.which.value = name
        assert view.called.value == view._row["segment"]
    assert [name for name, value in before.items() if getattr(state, name) is not value] == []
    assert not [pane.object for pane in view.__panel__().select(pn.pane.HTML) if re.search("<(img|b)\\b", pane.object)]


def test_an_open_editor_follows_other_segments_and_closes_where_there_are_none(view):
    view.which.value = BRONZE
    view.state.change(method="k_means", n_segments=2, starts=1)
    assert view.which.options == names(view)
    assert view.called.value == view.which.value == view._row["segment"]
    view.state.load(None)
    assert (view.editor.visible, view.open.label, view.open.disabled) == (False, OPEN, True)
    view.edit()
    assert not view.editor.visible
    view.state.load(six())
    view.edit()
    assert (view.editor.visible, view.called.value) == (True, GOLD)


def test_a_hostile_name_is_taken_as_text_and_escaped(view):
    view.called.value = HOSTILE
    assert view.state.segment_table["segment"][0] == HOSTILE
    assert "<img" not in view.key.object
    view.which.value = SILVER
    view.called.value = HOSTILE
    assert "would both be named" in view.refused.object
    assert "<img" not in view.refused.object
