"""Selections that are added to, cut and taken back."""

from __future__ import annotations

import pytest

from segdash import selecting
from segdash.errors import SegdashError
from segdash.selecting import combined, left, mode_of
from segdash.state import Segmentation


@pytest.fixture
def state(customers):
    return Segmentation(customers, n_segments=2)


@pytest.fixture
def customers():
    import pandas as pd

    return pd.DataFrame(
        {
            "customer_id": ["a", "b", "c", "d", "e", "f"],
            "recency": [1, 2, 10, 12, 90, 99],
            "frequency": [9, 8, 3, 4, 1, 1],
            "monetary": [900.0, 850.0, 200.0, 180.0, 20.0, 10.0],
        }
    )


@pytest.mark.parametrize(
    ("mode", "expected"),
    [("replace", "bc"), ("append", "abc"), ("intersect", "b"), ("subtract", "a")],
)
def test_modes_by_hand(state, mode, expected):
    state.select(["a", "b"])
    state.select(["b", "c"], mode)
    assert "".join(state.selected) == expected
    assert sorted(state.shown["customer_id"]) == sorted(expected)


def test_the_choice_says_what_a_selection_does(state):
    state.select(["a"])
    state.selecting = "append"
    state.select(["f"])
    assert state.selected == ["a", "f"]


@pytest.mark.parametrize(
    ("shift", "ctrl", "mode"),
    [(0, 0, "subtract"), (1, 0, "append"), (0, 1, "intersect"), (1, 1, "subtract")],
)
def test_modifier_keys_go_before_the_choice(shift, ctrl, mode):
    assert mode_of(shift=bool(shift), ctrl=bool(ctrl), otherwise="subtract") == mode


def test_undo_goes_back_one_by_one_and_stops(state):
    for ids in (["a"], ["b"], ["c", "d"]):
        state.select(ids)
    seen = []
    for _ in range(5):
        state.undo_selection()
        seen.append("".join(state.selected))
    assert seen == ["b", "a", "", "", ""]
    assert state.earlier_selections == []


def test_undo_brings_nobody_back_who_is_in_no_table(state, customers):
    state.select(["a"])
    state.load(customers.iloc[2:])
    assert state.selected == []
    state.undo_selection()
    assert state.selected == []


def test_a_refused_selection_leaves_no_trace(state):
    state.select(["a"])
    with pytest.raises(SegdashError, match="not in this table"):
        state.select(["nobody"])
    assert state.selected == ["a"]
    state.undo_selection()
    assert state.selected == []


def test_a_selection_survives_another_number_of_segments(state):
    state.select(["a", "f"])
    state.n_segments = 3
    assert sorted(state.shown["customer_id"]) == ["a", "f"]
    state.undo_selection()
    assert state.selected == []


def test_an_unknown_mode_is_named(state):
    with pytest.raises(SegdashError, match="No selection mode is named 'xor'"):
        state.select(["a"], "xor")
    assert combined([], ["a"], "subtract") == []


def test_no_more_is_remembered_than_can_be(monkeypatch):
    monkeypatch.setattr(selecting, "MOST_REMEMBERED", 5)
    assert left([["a", "b", "c"], ["d"]], ["e", "f"]) == [["d"], ["e", "f"]]
    monkeypatch.setattr(selecting, "MOST_EARLIER", 2)
    assert left([["a"], ["b"]], ["c"]) == [["b"], ["c"]]
