from __future__ import annotations

import pandas as pd
import pytest

from segdash.editing import edited, moved, painted
from segdash.errors import SegmentsError
from segdash.state import Segmentation


def table(*names):
    columns = {"cluster": [str(i) for i in range(len(names))], "automatic": names, "segment": names}
    return pd.DataFrame({**columns, "color": ["#B65139", "#C4883A", "#DD6DA8", "#5F7C5C"][: len(names)]})


FOUR = table("Champions", "Loyal", "Promising", "Lost")


def test_only_the_settings_named_change_and_keys_stay_as_they_were_written():
    before = {1: {"name": "Friends", "order": 2}, "Lost": {"advice": "Leave."}}
    found = edited(before, FOUR, {"Loyal": {"name": None, "color": "teal"}, "Champions": {"name": "VIP"}})
    assert found.segments == {
        1: {"order": 2, "color": "teal"},
        "Lost": {"advice": "Leave."},
        "Champions": {"name": "VIP"},
    }
    assert found.notes == ()
    assert before == {1: {"name": "Friends", "order": 2}, "Lost": {"advice": "Leave."}}


def test_a_segment_without_settings_has_no_entry():
    assert edited({"Loyal": {"order": 1}}, FOUR, {"Loyal": {"order": None}, "Lost": {"name": None}}).segments == {}


def test_what_waits_gives_way_to_the_same_asked_for_now_and_it_is_said():
    waiting = {"At-Risk": {"name": "Mine", "color": "#198480", "advice": "Call."}, "New": {"color": "#705DB3"}}
    found = edited(waiting, FOUR, {"Loyal": {"name": " mine "}, "Lost": {"color": "#1A8581"}})
    assert found.segments == {
        "At-Risk": {"advice": "Call."},
        "New": {"color": "#705DB3"},
        "Loyal": {"name": " mine "},
        "Lost": {"color": "#1A8581"},
    }
    assert found.notes == (
        "The name 'Mine', kept for 'At-Risk', which is not there now, gave way.",
        "The colour #198480, kept for 'At-Risk', which is not there now, gave way.",
    )


def test_a_colour_that_another_segment_has_is_refused_unless_that_one_changes_too():
    with pytest.raises(SegmentsError, match="Segments 'Champions' and 'Loyal' have nearly the same colour"):
        edited({}, FOUR, {"Loyal": {"color": "#B55139"}})
    swapped = {"Loyal": {"color": "#B65139"}, "Champions": {"color": "#C4883A"}}
    assert edited({}, FOUR, swapped).segments == swapped


def test_no_colour_is_refused():
    with pytest.raises(SegmentsError, match="'blurple' is not a colour"):
        edited({}, FOUR, {"Loyal": {"color": "blurple"}})


@pytest.mark.parametrize("way", [[("Lost", -1)], [("Lost", -1), ("Lost", -1), ("Champions", 1)], [("Loyal", 1)] * 2])
def test_segments_stand_where_they_were_moved_to(way):
    clusters = [name for name in ("Champions", "Loyal", "Promising", "Lost") for _ in range(2)]
    values = {"recency": [1, 2, 9, 10, 30, 31, 90, 91], "frequency": [9, 9, 7, 7, 2, 2, 1, 1]}
    customers = pd.DataFrame({"customer_id": list("abcdefgh"), **values, "monetary": range(80, 0, -10)})
    state = Segmentation(customers.assign(cluster=clusters))
    expected = state.segment_table["automatic"].tolist()
    for name, step in way:
        at = expected.index(name)
        expected.insert(at + step, expected.pop(at))
        state.segments = moved(state.segments, state.segment_table, name, step).segments
        assert state.segment_table["automatic"].tolist() == expected


def test_nobody_is_moved_above_the_first():
    assert moved({}, FOUR, "Champions", -1).segments == {"Champions": {"order": 1}}


def test_a_palette_goes_to_all_segments_and_who_is_in_none_stays_grey():
    found = painted({1: {"name": "Friends"}}, table("Champions", "Loyal", "Unassigned"), ["#111111", "#999999"])
    assert found.segments == {1: {"name": "Friends", "color": "#999999"}, "Champions": {"color": "#111111"}}
    assert painted(found.segments, table("Champions", "Loyal", "Unassigned"), None).segments == {1: {"name": "Friends"}}


def test_a_palette_that_is_too_small_is_refused():
    with pytest.raises(SegmentsError, match="2 colours are too few for 4 segments"):
        painted({}, FOUR, ["#111111", "#999999"])
