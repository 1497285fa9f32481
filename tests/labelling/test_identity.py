from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segdash.errors import SegmentsError
from segdash.labelling.identity import match_segments

labels = st.lists(st.sampled_from("abcd"), min_size=1, max_size=30)


def test_new_numbers_for_the_same_segments_change_nothing():
    assert match_segments(list("aabbbc"), list("221110")) == {"0": "c", "1": "b", "2": "a"}


def test_a_segment_that_was_split_lives_on_in_its_larger_part():
    before = ["Loyal"] * 10 + ["Lost"] * 10
    assert match_segments(before, ["x"] * 7 + ["y"] * 3 + ["z"] * 10) == {"x": "Loyal", "z": "Lost"}


def test_two_segments_that_were_merged_live_on_under_the_larger_ones_name():
    before = ["Loyal"] * 8 + ["Champions"] * 4 + ["Lost"] * 10
    assert match_segments(before, ["x"] * 12 + ["z"] * 10) == {"x": "Loyal", "z": "Lost"}


def test_the_overlap_must_reach_the_least():
    # 1 of 4 in both, 7 in either.
    before, after = ["a"] * 4 + ["b"] * 3, ["y"] * 3 + ["x"] * 4
    assert match_segments(before, after) == {"x": "b", "y": "a"}
    assert match_segments(before, after, least=0.76) == {}
    # Jaccard of a and y, and of b and x, is exactly 3/4.
    assert match_segments(before, after, least=0.75) == {"x": "b", "y": "a"}


def test_the_total_overlap_counts_not_the_best_single_pair():
    # a-x 5/8, a-y 2/7 or less, b-x: taking the largest first is not always best, but here both agree by hand.
    before = ["a"] * 6 + ["b"] * 4
    after = ["x"] * 4 + ["y"] * 2 + ["x"] * 3 + ["z"] * 1
    # a: 4 in x (4/9), 2 in y (2/6); b: 3 in x (3/8), 1 in z (1/4). a-x + b-z = .694, a-y + b-x = .708.
    assert match_segments(before, after) == {"x": "b", "y": "a"}


def test_only_customers_in_both_count_and_the_index_matches_them():
    before = pd.Series({"c1": "a", "c2": "a", "c3": "b", "gone": "b"})
    after = pd.Series({"new": "0", "c3": "0", "c2": "1", "c1": "1"})
    assert match_segments(before, after) == {"0": "b", "1": "a"}


def test_unassigned_and_missing_labels_are_no_segment():
    assert match_segments(["Unassigned", "a", None], ["0", "Unassigned", "0"]) == {}
    assert match_segments(["a", "a", None], ["0", "0", "0"]) == {"0": "a"}


def test_known_pairs_stay_and_their_customers_weigh_on_the_others():
    before = ["Loyal"] * 100 + ["Lost"] * 10
    after = ["VIP"] * 5 + ["Lost"] * 105
    # VIP holds 5 of 100 former Loyals: too few to be them, although no other segment claims the name.
    assert match_segments(before, after, known={"Lost": "Lost"}) == {"Lost": "Lost"}


def test_nobody_shared_matches_nothing():
    assert match_segments(pd.Series({"c1": "a"}), pd.Series({"c2": "a"})) == {}
    assert match_segments([], []) == {}


def test_refusals_name_the_fault():
    with pytest.raises(SegmentsError, match="2 labels before and 1 after"):
        match_segments(["a", "b"], ["0"])
    twice = pd.Series(["a", "b"], index=["c1", "c1"])
    with pytest.raises(SegmentsError, match="Customer 'c1' has two labels"):
        match_segments(twice, twice)


@settings(max_examples=60, deadline=None)
@given(labels, st.integers(0, 1000))
def test_any_renaming_is_seen_through_in_any_order_of_customers(before, seed):
    random = np.random.default_rng(seed)
    names = dict(zip("abcd", random.permutation(list("0123")).tolist(), strict=True))
    after = [names[label] for label in before]
    order = random.permutation(len(before))
    found = match_segments([before[i] for i in order], [after[i] for i in order])
    assert found == {names[label]: label for label in sorted(set(before), key=names.get)}


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from("0123")), min_size=1, max_size=30))
def test_a_matching_is_one_to_one(pairs):
    found = match_segments(*zip(*pairs, strict=True), least=0.1)
    assert len(set(found.values())) == len(found)
    assert all((old, new) in pairs for new, old in found.items())
