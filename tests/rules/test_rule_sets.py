"""Rule sets: each is a partition, and says exactly what is published."""

from __future__ import annotations

import json
from itertools import product

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segdash.errors import RulesError, ScoringError, SegdashError, UnknownNameError
from segdash.rules import DEFAULT_RULE_SET, RULE_SETS, rule_set_of
from segdash.rules.rule_set import RuleSet
from segdash.scoring import score

# DOMAIN.md section 3, written again: rows are R 5 down to 1, columns FM 1 to 5.
R_FM = """
Recent             Potential_Loyalist Loyal              Champions Champions
Promising          Potential_Loyalist Potential_Loyalist Loyal     Champions
Promising          Needing_Attention  Potential_Loyalist Loyal     Loyal
About_To_Sleep     Needing_Attention  Needing_Attention  At_Risk   At_Risk
Lost               Hibernating        At_Risk            Can't_Lose Can't_Lose
"""

# Segment: ranges of R and of F.
R_F = {
    "Hibernating": ("12", "12"),
    "At Risk": ("12", "34"),
    "Can't Lose": ("12", "5"),
    "About To Sleep": ("3", "12"),
    "Need Attention": ("3", "3"),
    "Loyal": ("34", "45"),
    "Promising": ("4", "1"),
    "New": ("5", "1"),
    "Potential Loyalist": ("45", "23"),
    "Champions": ("5", "45"),
}


def small(**changed) -> RuleSet:
    """Nine cells: Good where R is 3, Rest elsewhere."""
    cells = {(r, f): "Good" if r == 3 else "Rest" for r in (1, 2, 3) for f in (1, 2, 3)}
    content = {"name": "Small", "axes": ("r", "f"), "bins": 3, "segments": ("Good", "Rest"), "cells": cells}
    return RuleSet(**{**content, **changed})


def test_the_default_has_the_published_cells_and_no_others():
    rules = rule_set_of(DEFAULT_RULE_SET)
    rows = [line.replace("_", " ") for line in R_FM.split()]
    assert (rules.axes, rules.bins, len(rules.segments)) == (("r", "fm"), 5, 11)
    published = dict(zip(product((5, 4, 3, 2, 1), (1, 2, 3, 4, 5)), rows, strict=True))
    assert dict(rules.cells) == published
    assert len(published) == 25


def test_ten_segments_on_r_and_f_have_the_published_cells():
    rules = RULE_SETS["r_f"]
    assert (rules.axes, len(rules.segments)) == (("r", "f"), 10)
    found = {
        cell: [name for name, (r, f) in R_F.items() if str(cell[0]) in r and str(cell[1]) in f]
        for cell in product(range(1, 6), repeat=2)
    }
    assert {cell: [name] for cell, name in rules.cells.items()} == found


@pytest.mark.parametrize("name", RULE_SETS)
def test_every_rule_set_is_a_partition_with_a_use_for_each_segment(name):
    rules = RULE_SETS[name]
    assert set(rules.cells) == set(product(range(1, 6), repeat=len(rules.axes)))
    assert sum(len(rules.cells_of(segment)) for segment in rules.segments) == len(rules.cells)
    assert all(rules.cells_of(segment) for segment in rules.segments)
    assert rules.segments[0] == "Champions"


@pytest.mark.parametrize("name", RULE_SETS)
def test_every_rule_set_survives_a_round_trip_through_text(name):
    rules = RULE_SETS[name]
    assert RuleSet.from_dict(json.loads(json.dumps(rules.to_dict()))) == rules
    assert rule_set_of(rules.to_dict()) == rules
    assert rule_set_of(rules) is rules


# ------------------------------------------------------------------ assigning


def test_each_customer_gets_the_segment_of_their_cell():
    scores = pd.DataFrame({"fm": [5, 1, 4], "r": [5, 5, 1]}, index=[9, 8, 7])
    labels = RULE_SETS["r_fm"].assign(scores)
    assert labels.tolist() == ["Champions", "Recent", "Can't Lose"]
    assert all(type(label) is str for label in labels)
    assert RULE_SETS["r_fm"].assign(scores.iloc[:0]).tolist() == []


def test_every_cell_is_assigned_its_own_segment():
    for rules in RULE_SETS.values():
        scores = pd.DataFrame(list(rules.cells), columns=list(rules.axes))
        assert rules.assign(scores).tolist() == list(rules.cells.values())


@pytest.mark.parametrize("r", [0, 6, 2.5, float("nan")])
def test_scores_of_another_scale_are_refused(r):
    with pytest.raises(RulesError, match="is made for scores 1 to 5"):
        RULE_SETS["r_fm"].assign(pd.DataFrame({"r": [5, r], "fm": [1, 1]}))


def test_scores_of_other_bins_are_refused_even_where_they_would_fit():
    table = pd.DataFrame({"recency": [1, 2, 3], "frequency": [1, 2, 3], "monetary": [1.0, 2, 3]})
    with pytest.raises(RulesError, match=r"these go from 1 to 3\. Rescale it with rescaled\(bins\), or score in 5"):
        RULE_SETS["r_fm"].assign(score(table, bins=3))
    with pytest.raises(UnknownNameError, match=r"No score is named 'fm'"):
        RULE_SETS["r_fm"].assign(pd.DataFrame({"r": [1]}))


# ------------------------------------------------------------------ editing


def test_painting_gives_another_rule_set_and_leaves_this_one():
    rules = small()
    painted = rules.paint([[3, 3], (3, 2)], "Best")
    assert painted.segments == ("Good", "Rest", "Best")
    assert painted.cells_of("Best") == [(3, 3), (3, 2)]
    assert painted.cells_of("Good") == [(3, 1)]
    assert rules == small()
    # A segment that is painted over stays to be painted with, until it is dropped.
    over = painted.paint([(3, 1)], "Rest")
    assert (over.segments, over.cells_of("Good")) == (("Good", "Rest", "Best"), [])
    assert over.without_empty().segments == ("Rest", "Best")


@given(cells=st.lists(st.tuples(st.integers(1, 3), st.integers(1, 3))), segment=st.sampled_from(["Good", "Rest", "X"]))
def test_whatever_is_painted_stays_a_partition(cells, segment):
    painted = small().paint(cells, segment)
    assert set(painted.cells) == set(product((1, 2, 3), repeat=2))
    assert set(painted.cells_of(segment)) >= set(cells)


def test_painting_what_is_no_cell_is_refused():
    with pytest.raises(RulesError, match=r"^34 is no cell of R x F with scores 1 to 3\.$"):
        small().paint([(3, 3), (3, 4)], "Good")
    with pytest.raises(RulesError, match=r"^'good' names a segment, and 'Good', which reads alike, another\."):
        small().paint([(3, 3)], "good")


def test_renaming_and_ordering():
    renamed = small().renamed({"Good": "Best"})
    assert (renamed.segments, renamed.cells[3, 1]) == (("Best", "Rest"), "Best")
    swapped = small().renamed({"Good": "Rest", "Rest": "Good"})
    assert (swapped.segments, swapped.cells[3, 1]) == (("Rest", "Good"), "Rest")
    assert small().ordered(["Rest", "Good"]).segments == ("Rest", "Good")
    for wrong in (lambda: small().renamed({"Gold": "x"}), lambda: small().ordered(["Rest", "Gold"])):
        with pytest.raises(UnknownNameError, match=r"No segment is named 'Gold'\. Did you mean 'Good'\?"):
            wrong()
    with pytest.raises(RulesError, match="leaves out 'Good'"):
        small().ordered(["Rest"])
    with pytest.raises(RulesError, match="'Rest' names two segments"):
        small().renamed({"Good": "Rest"})
    with pytest.raises(UnknownNameError, match="No segment is named 'Gold'"):
        small().cells_of("Gold")


# ------------------------------------------------------------------ other numbers of bins


def test_on_ten_bins_each_cell_becomes_four():
    for rules in RULE_SETS.values():
        if len(rules.axes) == 2:
            ten = rules.rescaled(10)
            assert all(ten.cells[r, f] == rules.cells[(r + 1) // 2, (f + 1) // 2] for r, f in ten.cells)
            assert ten.segments == rules.segments


def test_on_three_bins_the_scores_1_3_and_5_remain():
    rules = RULE_SETS["r_fm"]
    three = rules.rescaled(3)
    assert dict(three.cells) == {(r, fm): rules.cells[2 * r - 1, 2 * fm - 1] for r in (1, 2, 3) for fm in (1, 2, 3)}
    assert "Hibernating" not in three.segments
    assert len(three.segments) == 8


@pytest.mark.parametrize("bins", range(3, 11))
@pytest.mark.parametrize("name", RULE_SETS)
def test_on_any_number_of_bins_the_corners_keep_their_segments(name, bins):
    rules = RULE_SETS[name]
    other = rules.rescaled(bins)
    n = len(rules.axes)
    assert len(other.cells) == bins**n
    for low_high in product((0, 1), repeat=n):
        here = tuple(bins if end else 1 for end in low_high)
        assert other.cells[here] == rules.cells[tuple(5 if end else 1 for end in low_high)]


def test_the_same_bins_change_nothing_and_others_are_refused():
    assert small().rescaled(3) is not None
    assert small().rescaled(3) == small()
    with pytest.raises(ScoringError, match="3 to 10 bins, not '2'"):
        small().rescaled(2)


# ------------------------------------------------------------------ what is no partition


def refused(error=RulesError, **changed) -> str:
    with pytest.raises(error) as raised:
        small(**changed)
    assert isinstance(raised.value, SegdashError)
    return str(raised.value)


def test_cells_without_a_segment_are_named():
    cells = dict(small().cells)
    del cells[2, 1], cells[3, 3]
    assert refused(cells=cells) == "2 cells of 9 without a segment: 21 33. Give each cell to one."


def test_what_is_no_rule_set_is_refused_with_a_sentence():
    cells = dict(small().cells)
    assert refused(cells={**cells, (4, 1): "Good"}) == "41 is no cell of R x F with scores 1 to 3."
    assert refused(UnknownNameError, cells={**cells, (1, 1): "Gone"}).startswith("No segment is named 'Gone'. ")
    assert refused(UnknownNameError, axes=("r", "q")).startswith("No axis is named 'q'.")
    assert "two or three different axes, not 'r, r'" in refused(axes=("r", "r"))
    assert "two or three different axes, not 'r'" in refused(axes=("r",))
    assert "not '2'" in refused(ScoringError, bins=2)
    assert refused(segments=()) == "A rule set needs at least one segment."


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["Good", " "], "' ' is no name of a segment. Use 1 to 60 characters."),
        (["Good", ""], "'' is no name of a segment."),
        (["Good", "x" * 61], "is no name of a segment."),
        (["Good", "a\nb"], "'a\\nb' is no name of a segment."),
        (["Good", "Rest "], "The segment's name 'Rest ' has a blank at an end. Leave it out."),
        (["Good", "12"], "'12' is a number, no name of a segment. Add a word to it."),
        (["Good", "GOOD"], "'GOOD' names a segment, and 'Good', which reads alike, another."),
        (["At Risk", "at-risk"], "'at-risk' names a segment, and 'At Risk', which reads alike, another."),
        (["Good", "Good"], "'Good' names two segments."),
        ([f"s{i}" for i in range(41)], "41 segments are too many to tell apart. Use at most 40."),
    ],
)
def test_names_that_nobody_could_tell_apart_are_refused(names, said):
    assert said in refused(segments=tuple(names))


def test_what_to_dict_did_not_write_is_refused():
    good = small().to_dict()
    first, second = good["segments"]
    bad = [
        {},
        {**good, "segments": 3},
        {**good, "segments": [{"name": 3, "cells": []}]},
        {**good, "segments": [first, {**second, "cells": [*second["cells"], [3, 3]]}]},
        {**good, "segments": [first]},
        {**good, "segments": [first, {**second, "cells": [[1, True]]}]},
        {**good, "segments": [first, {**second, "cells": ["11"]}]},
        {**good, "axes": "rfmx"},
        {**good, "axes": None},
        {**good, "axes": [[1]]},
        {**good, "bins": "3"},
    ]
    for content in bad:
        with pytest.raises((RulesError, UnknownNameError, ScoringError)) as error:
            RuleSet.from_dict(content)
        assert str(error.value).endswith(".")
    with pytest.raises(RulesError, match=r"^Cell 33 is in 'Good' and in 'Rest'\. Leave it in one\.$"):
        RuleSet.from_dict(bad[3])


def test_names_of_rule_sets_are_looked_up_with_a_hint():
    with pytest.raises(UnknownNameError, match=r"No rule set is named 'r_vignete'. Did you mean 'r_vignette'\?"):
        rule_set_of("r_vignete")
    with pytest.raises(RulesError, match="not '3'"):
        rule_set_of(3)
