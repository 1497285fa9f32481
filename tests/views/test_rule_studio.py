"""The grid is painted with a brush, and the segments' figures follow."""

from __future__ import annotations

import pytest
from states_shown import many

from segdash.state import Segmentation
from segdash.views.rule_studio import NEW, RuleStudio


@pytest.fixture
def studio():
    view = RuleStudio(Segmentation(many(["0", "1"], per_cluster=60).drop(columns="cluster")))
    view.__panel__().get_root()
    return view


def test_chosen_squares_are_given_to_a_new_segment(studio):
    studio._selected("indices", [], [24, 19])  # recency score 5; frequency and monetary 5 and 4
    assert "2 cells chosen" in studio.chosen.object
    studio.brush.value = NEW
    assert studio.new.visible
    studio.new.value = "<b>VIPs</b>"
    studio.paint.clicks += 1
    assert studio.draft.rules.cells_of("<b>VIPs</b>") == [(5, 5), (5, 4)]
    assert "&lt;b&gt;VIPs" in studio.table.object
    assert "Click a cell" in studio.chosen.object
    studio.undo.clicks += 1
    assert "<b>VIPs</b>" not in studio.draft.rules.segments


def test_three_scores_are_painted_a_layer_at_a_time(studio):
    studio.preset.value = "r_vignette"
    assert studio.level.visible
    studio.level.value = 2
    studio._selected("indices", [], [0])
    studio.brush.value = "Champions"
    studio.paint.clicks += 1
    assert studio.draft.rules.cells[1, 1, 2] == "Champions"


def test_what_is_wrong_is_said_in_the_card(studio):
    studio.paint.clicks += 1
    assert "No cell is selected" in studio.said.object
    studio.scoring.value = "fixed"
    assert studio.cut_row.visible
    for box, text in zip(studio.cuts.values(), ("10; 60", "1; x", "100; 200"), strict=True):
        box.value = text
    assert "no number" in studio.said.object
    studio.cuts["frequency"].value = "1; 9"
    assert (studio.draft.scoring, studio.draft.bins) == ("fixed", 3)
    assert studio.said.object == ""


def test_the_button_segments_the_page(studio):
    studio.apply.clicks += 1
    assert studio.state.method == "rfm_rules"
    assert set(studio.state.segment_table["segment"]) <= set(studio.draft.rules.segments)
