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


def test_spend_is_the_mean_per_order_on_request(studio):
    state = studio.state
    assert "Average order value" not in studio.edges.object
    studio.spend.value = "mean"
    assert "Average order value" in studio.edges.object
    assert studio.cuts["monetary"].label == "Cut points of average order value"
    mean = state.features["monetary"] / state.features["frequency"]
    edge = mean.quantile(0.2)
    assert studio.draft.scores.edges["monetary"][()][0] == pytest.approx(edge)
    assert "spend" not in state.method_settings  # the page has it once it is applied
    studio.apply.clicks += 1
    assert state.model.spend == "mean"
    again = RuleStudio(state)
    again.__panel__()
    assert again.spend.value == "mean"
    again.spend.value = "sum"
    again.apply.clicks += 1
    assert state.model.spend == "sum"
    assert "spend" not in state.method_settings


def test_the_button_segments_the_page(studio):
    studio.apply.clicks += 1
    assert studio.state.method == "rfm_rules"
    assert set(studio.state.segment_table["segment"]) <= set(studio.draft.rules.segments)


SENT = {
    "scoring": "fixed",
    "bins": 3,
    "cuts": {"recency": [30.0, 90.5], "frequency": [1.0, 4.0], "monetary": [10.0, 20.0]},
    "rule_set": {
        "name": "Sent",
        "axes": ["r", "f"],
        "bins": 3,
        "segments": [
            {"name": "Near", "cells": [[3, 1], [3, 2], [3, 3]]},
            {"name": "Far", "cells": [[r, f] for r in (1, 2) for f in (1, 2, 3)]},
        ],
    },
}


def test_rules_that_are_sent_become_the_draft(studio):
    state = studio.state
    before = state.customers
    state.sent_rules = SENT
    draft = studio.draft
    assert (draft.rules.name, draft.scoring, draft.bins) == ("Sent", "fixed", 3)
    assert [box.value for box in studio.cuts.values()] == ["30; 90.5", "1; 4", "10; 20"]
    assert studio.cut_row.visible
    assert studio.said.object == ""
    assert state.customers is before
    near = int((state.features["recency"] <= 30).sum())
    assert draft.cells.groupby("segment")["customers"].sum()["Near"] == near
    studio.undo.clicks += 1
    assert draft.rules.name != "Sent"


def test_a_studio_opened_later_begins_with_what_was_sent(studio):
    studio.state.sent_rules = SENT
    later = RuleStudio(studio.state)
    later.__panel__().get_root()
    assert later.draft.rules.segments == ("Near", "Far")
    later.preset.value = "r_f"
    studio.state.dark = True
    assert later.draft.rules.name != "Sent"
