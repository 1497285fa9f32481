"""Rules tried out on cells: painted, undone, compiled from a list, applied."""

from __future__ import annotations

import pandas as pd
import pytest

import segdash as sd
from segdash.rule_draft import RuleDraft
from segdash.rules import RULE_SETS
from segdash.scoring import score


@pytest.fixture
def state():
    n = 25
    table = pd.DataFrame(
        {
            "customer_id": [f"c{i}" for i in range(n)],
            "recency": [1 + 10 * (i % 5) for i in range(n)],  # scores 5, 4, 3, 2, 1 in turn
            "frequency": [1 + i // 5 for i in range(n)],
            "monetary": [10.0 * (1 + i // 5) for i in range(n)],
        }
    )
    return sd.Segmentation(customers=table, n_segments=3)


@pytest.fixture
def draft(state):
    return RuleDraft(state)


def customers_of(draft, segment):
    return int(draft.cells.loc[draft.cells["segment"] == segment, "customers"].sum())


def test_each_cell_has_its_customers(draft):
    assert draft.cells["customers"].tolist() == [1] * 25
    assert customers_of(draft, "Champions") == 3  # cells 55, 54, 45
    assert draft.cells["revenue"].sum() == 750.0


def test_painting_moves_customers_and_can_be_undone(draft):
    assert draft.paint([(1, 1), (1, 2)], "Gone")
    assert customers_of(draft, "Gone") == 2
    assert "Lost" not in draft.rules.segments  # it had but one cell, 11
    assert draft.paint([(5, 5)], "Gone")
    assert draft.undo()
    assert customers_of(draft, "Gone") == 2
    assert draft.undo()
    assert draft.rules == RULE_SETS["r_fm"]
    assert not draft.can_undo
    assert not draft.undo()


def test_a_painting_that_says_nothing_is_refused(draft):
    before = draft.rules
    assert not draft.paint([], "Gone")
    assert "No cell is selected" in draft.problem
    assert not draft.paint([(1, 1)], "  ")
    assert draft.problem
    assert not draft.paint([(9, 9)], "Gone")
    assert draft.rules is before


def test_a_list_of_rules_becomes_cells_and_says_what_it_hides(draft):
    assert draft.compile("Good: r 4-5\nBest: r 5, f 5\n", ("r", "f"))
    assert customers_of(draft, "Good") == 10
    assert customers_of(draft, "Others") == 15
    assert any("never applies" in sentence for sentence in draft.found)
    assert not draft.compile("Good - r 4", ("r", "f"))
    assert "Line 1" in draft.problem


def test_other_thresholds_stretch_the_rules(draft):
    assert draft.choose(bins=3)
    assert draft.rules.bins == 3
    assert draft.cells["customers"].sum() == 25
    assert not draft.choose(bins=2)
    assert (draft.bins, draft.rules.bins) == (3, 3)
    assert draft.choose(scoring="fixed", bins=3, cuts={"recency": [5, 20], "frequency": [1, 2], "monetary": [10, 20]})
    assert draft.scores.table["r"].value_counts().to_dict() == {3: 5, 2: 5, 1: 15}


def test_applied_rules_segment_the_page_and_the_next_draft_begins_with_them(state, draft):
    draft.paint([(5, 5), (5, 4)], "VIPs")
    draft.apply()
    assert state.method == "rfm_rules"
    scores = score(state.features).table
    wanted = (scores["r"] == 5) & (scores["fm"] >= 4)
    assert (state.customers["segment"] == "VIPs").tolist() == wanted.tolist()
    assert "VIPs" in RuleDraft(state).rules.segments


def test_no_customers_are_no_error():
    draft = RuleDraft(sd.Segmentation())
    assert draft.cells is None
    assert draft.paint([(5, 5)], "VIPs")
