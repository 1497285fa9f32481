"""Segments of customers chosen by hand."""

from __future__ import annotations

import io

import pandas as pd
import pytest

from segdash.errors import SegdashError
from segdash.segmentation_file import load_segmentation, save_segmentation
from segdash.state import Segmentation


def table():
    """Six customers in three plain groups of two."""
    return pd.DataFrame(
        {
            "customer_id": ["a", "b", "c", "d", "e", "f"],
            "recency": [1, 2, 10, 12, 90, 99],
            "frequency": [9, 8, 3, 4, 1, 1],
            "monetary": [900.0, 850.0, 200.0, 180.0, 20.0, 10.0],
        }
    )


@pytest.fixture
def state():
    return Segmentation(table(), n_segments=3)


def of(state, segment):
    customers = state.customers
    return "".join(customers.loc[customers["segment"] == segment, "customer_id"])


def test_the_selected_become_a_segment_of_their_own(state):
    before = list(state.colours)
    state.select(["b", "f"])
    state.save_as_segment(" Friends ")
    assert state.own_segments == {"Friends": ["b", "f"]}
    assert of(state, "Friends") == "bf"
    assert set(state.colours) == {*before, "Friends"}
    assert [of(state, name) for name in before] == ["a", "cd", "e"]
    state.selected = []
    mine = state.profile.set_index(state.profile["segment"].astype(str)).loc["Friends"]
    assert (mine["customers"], mine["revenue"]) == (2, 860.0)
    assert mine["index"] == pytest.approx(100 * 430 / 360)
    assert "2 customers chosen by hand are in the segment 'Friends'." in state.clustering.notes


def test_a_customer_is_in_one_own_segment_only(state):
    state.select(["a", "b"])
    state.save_as_segment("One")
    state.select(["b", "c"])
    state.save_as_segment("Two")
    assert state.own_segments == {"One": ["a"], "Two": ["b", "c"]}
    state.select(["a"])
    state.save_as_segment("Two")
    assert state.own_segments == {"Two": ["a"]}


def test_the_method_does_not_run_again_and_another_k_keeps_them(state):
    made = state.fitted
    state.select(["f"])
    state.save_as_segment("Friends")
    assert state.fitted is made
    state.n_segments = 2
    assert of(state, "Friends") == "f"
    state.own_segments = {}
    assert "Friends" not in state.colours


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("  ", "Give the segment a name"),
        ("12", "numbers and 'Unassigned'"),
        ("unassigned", "numbers and 'Unassigned'"),
        ("x" * 61, "61 characters"),
    ],
)
def test_names_that_no_segment_can_have(state, name, said):
    state.select(["a"])
    with pytest.raises(SegdashError, match=said):
        state.save_as_segment(name)
    assert state.own_segments == {}


def test_a_name_that_is_taken_and_a_selection_of_nobody(state):
    taken = next(iter(state.colours))
    state.select(["a"])
    with pytest.raises(SegdashError, match="There is a segment"):
        state.save_as_segment(taken.upper())
    state.selected = []
    with pytest.raises(SegdashError, match="Nobody is selected"):
        state.save_as_segment("Mine")


def test_a_name_that_numbers_come_to_gives_way(state):
    state.n_segments = 2
    name = next(iter(state.colours))
    state.own_segments = {}
    other = Segmentation(table(), n_segments=2, own_segments={name: ["f"]})
    assert of(other, name) == "f"
    assert f"{name} 2" in other.colours


@pytest.mark.parametrize(
    ("own", "said"),
    [
        ({"A": []}, "at least one customer id"),
        ({"A": [1]}, "at least one customer id"),
        ({"A": ["a"], "a ": ["b"]}, "read alike"),
        ({f"S{i}": ["a"] for i in range(41)}, "at most 40"),
    ],
)
def test_what_can_be_no_own_segment(state, own, said):
    with pytest.raises(SegdashError, match=said):
        state.change(own_segments=own)
    assert state.own_segments == {}


def test_they_are_in_the_segmentation_file(state):
    state.select(["b", "f"])
    state.save_as_segment("Friends <b>")
    file = io.BytesIO()
    save_segmentation(state, file)
    other = Segmentation(table(), n_segments=2)
    load_segmentation(other, io.BytesIO(file.getvalue()))
    assert other.customers["segment"].astype(str).tolist() == state.customers["segment"].astype(str).tolist()


def test_another_table_keeps_those_it_has(state):
    state.own_segments = {"Friends": ["a", "f"], "Gone": ["b"]}
    state.load(table().drop(index=1), n_segments=2)
    assert state.own_segments == {"Friends": ["a", "f"]}
    state.load(table().iloc[:5], n_segments=2)
    assert of(state, "Friends") == "a"
    assert "(1 more is not in this table)" in state.clustering.notes[-1]
