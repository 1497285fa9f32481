from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from segdash.continuity import check_remembered, follow, same_segments
from segdash.errors import ClusteringError, SegmentsError
from segdash.intake.orders import read_orders
from segdash.labelling.assignment import REMEMBERED, UNEARNED, WEIGHTS, distinct
from segdash.labelling.naming import name_segments
from segdash.palette import SLOTS, colours_for
from segdash.state import Segmentation

TWELVE = pd.DataFrame(
    {
        "customer_id": list("abcdefghijkl"),
        "recency": [3, 5, 8, 40, 45, 50, 55, 60, 90, 200, 250, 300],
        "frequency": [20, 25, 30, 3, 3, 4, 3, 4, 2, 1, 1, 1],
        "monetary": [9000.0, 8000, 7000, 400, 500, 450, 300, 350, 200, 50, 40, 30],
    }
)
THREE = np.repeat(["2", "0", "1"], [3, 6, 3])


def names(named):
    return {one.cluster: one.name for one in named}


def given(clusters, **choices):
    """The twelve in clusters of their own, named by numbers where these are integers."""
    return Segmentation(TWELVE.assign(cluster=list(clusters)), **choices)


def load(state, clusters):
    state.load(TWELVE.assign(cluster=list(clusters)))


def told(state):
    table = state.segment_table
    return dict(zip(table["cluster"], zip(table["segment"], table["color"], strict=True), strict=True))


@pytest.fixture(scope="module")
def sample():
    return Segmentation(customers=Path(__file__).parents[1] / "data" / "customers.csv")


@pytest.fixture(scope="module")
def retail(shared_data):
    return Segmentation(orders=read_orders(shared_data / "online_retail" / "online_retail.parquet"))


# ---------------------------------------------------------------------- names that stay while they are true


def test_a_name_stays_while_its_claims_hold():
    # By hand: the middle six have median recency 52.5 (the base's: 52.5), so Loyal (more recent) does not hold;
    # frequency 3 (worst quarter 1.75), so Regulars does, and so does Low Value: 3 <= 3 and 375 <= 375.
    assert names(name_segments(TWELVE, THREE))["0"] == "Regulars"
    assert names(name_segments(TWELVE, THREE, remembered={"0": "Low Value"}))["0"] == "Low Value"
    assert names(name_segments(TWELVE, THREE, remembered={"0": "Loyal"}))["0"] == "Regulars"
    assert names(name_segments(TWELVE, THREE, remembered={"0": "Gold", "9": "Lost"}))["0"] == "Regulars"


def test_only_the_remembered_segment_is_touched():
    plain = names(name_segments(TWELVE, THREE))
    assert names(name_segments(TWELVE, THREE, remembered={"0": "Low Value"})) == {**plain, "0": "Low Value"}


def test_no_distance_makes_a_remembered_name_that_is_not_earned_the_cheapest():
    farthest = WEIGHTS.sum()  # between two corners of the cube
    assert farthest + REMEMBERED < UNEARNED


def test_a_name_that_is_not_earned_goes_and_the_person_is_not_told_it():
    for name in SLOTS:
        for cluster in "012":
            (one,) = (x for x in name_segments(TWELVE, THREE, remembered={cluster: name}) if x.cluster == cluster)
            assert not any(sentence.startswith("Named") for sentence in one.warnings), (name, cluster)


def test_numbers_of_names_stay_where_names_occur_again():
    assert distinct(["Loyal", "Loyal"], ["Loyal 2", "Loyal"]) == ["Loyal 2", "Loyal"]
    assert distinct(["Loyal", "Loyal", "Loyal"], ["Loyal 3", "", ""]) == ["Loyal 3", "Loyal", "Loyal 2"]
    assert distinct(["Loyal", "Loyal"], ["Loyal 2", "Loyal 2"]) == ["Loyal 2", "Loyal"]
    assert distinct(["Loyal", "Lost"], ["Loyal 2", "Lost"]) == ["Loyal", "Lost"]
    assert distinct(["Loyal", "Loyal"], ["Lost 2", "Loyal of 2"]) == ["Loyal", "Loyal 2"]


# ---------------------------------------------------------------------- who is who


def test_segments_are_matched_by_the_customers_that_both_have():
    before = TWELVE.assign(cluster=THREE)
    after = TWELVE.iloc[::-1].reset_index(drop=True)
    assert same_segments(before, after, THREE[::-1]) == {"0": "0", "1": "1", "2": "2"}
    # The first three are gone: 2 is nobody any more, and the new 2 are the former 1.
    turned = pd.Series(THREE[3:]).map({"0": "0", "1": "2"}).to_numpy()
    assert same_segments(before, TWELVE.iloc[3:], turned) == {"0": "0", "2": "1"}


@pytest.mark.parametrize("clusters", [["0"] * 12, ["Unassigned"] * 12])
def test_one_segment_of_all_is_nobodys_successor(clusters):
    assert same_segments(TWELVE.assign(cluster=clusters), TWELVE, THREE) == {}
    assert same_segments(TWELVE.assign(cluster=THREE), TWELVE, np.array(clusters)) == {}
    assert same_segments(None, TWELVE, THREE) == {}


@pytest.mark.parametrize("turned", [{"0": "7", "1": "0", "2": "1"}, {"0": "1", "1": "2", "2": "0"}])
def test_permuting_the_integers_changes_nothing(turned):
    state = given(THREE)
    state.segments = {"Regulars": {"name": "Middle", "color": "#334455"}}
    before = told(state)
    load(state, [turned[cluster] for cluster in THREE])
    assert told(state) == {turned[cluster]: said for cluster, said in before.items()}
    assert state.remembered == {}


# ---------------------------------------------------------------------- on the state


def test_a_fresh_state_remembers_nothing():
    assert given(THREE).remembered == {}


def test_what_changed_nothing_is_not_remembered():
    state = Segmentation(TWELVE, n_segments=3)
    state.seed = 7
    assert state.remembered == {}


def test_remembered_names_and_colours_can_be_given_and_taken_back():
    state = given(THREE)
    state.remembered = {"0": {"name": "Low Value"}}
    assert told(state)["0"] == ("Low Value", SLOTS["Low Value"])
    assert state.customers["segment"].astype(str).tolist()[3] == "Low Value"
    state.remembered = {}
    assert told(state)["0"] == ("Regulars", SLOTS["Regulars"])


def test_a_name_lives_on_in_the_next_segmentation_while_it_is_true():
    wider, widest = np.repeat(["5", "4", "3"], [4, 5, 3]), np.repeat(["5", "4", "3"], [7, 2, 3])
    state = given(THREE)
    assert told(state)["2"][0] == "Champions"
    # A fourth joins the first three, whose medians (22.5 orders, 7,500) are still the best there are.
    load(state, wider)
    assert told(state)["5"][0] == "Champions"
    assert state.remembered == {"5": {"name": "Champions"}, "4": {"name": "Regulars"}}
    fresh = given(wider)
    assert told(fresh)["5"][0] != "Champions"
    fresh.remembered = state.remembered
    assert told(fresh) == told(state)
    # Of seven, the median orders 4 times, fewer than the best quarter's 8: they are no Champions, whatever they were.
    load(state, widest)
    assert "Champions" not in state.colours


def test_colours_of_names_without_one_of_their_own_stay_too():
    state = given(np.repeat(["Gold", "Silver", "Bronze"], [3, 6, 3]))
    before = {name: colour for name, colour in told(state).values()}
    # Gold is gone, Platinum is new and larger: by their places alone all colours would move.
    load(state, np.repeat(["Silver", "Bronze", "Gold"], [3, 6, 3]))
    assert {name: colour for name, colour in told(state).values()} == {
        "Silver": before["Gold"],
        "Bronze": before["Silver"],
        "Gold": before["Bronze"],
    }
    # Colours follow customers, as a segment is its customers; the fresh page goes by places.
    assert state.remembered == {}


def test_a_segment_that_is_smaller_now_keeps_its_colour_at_another_place():
    state = given(np.repeat(["Gold", "Silver", "Bronze"], [3, 6, 3]))
    before = told(state)
    load(state, np.repeat(["Silver", "Bronze"], [8, 4]))
    assert told(state)["Silver"] == before["Silver"]
    assert told(state)["Bronze"] == before["Bronze"]
    assert state.remembered == {cluster: {"color": before[cluster][1]} for cluster in ("Silver", "Bronze")}


def test_a_filter_by_segment_follows_its_segment():
    state = given(THREE, segment_filter=["Regulars"])
    state.segments = {"Regulars": {"name": "Middle"}}
    assert (state.segment_filter, len(state.shown)) == (["Middle"], 6)
    load(state, THREE)
    assert state.segment_filter == []  # another table: filters are cleared


def test_a_filter_by_segment_follows_through_another_number_of_segments():
    state = Segmentation(TWELVE, n_segments=3)
    top = state.segment_table["segment"].iloc[0]
    state.segment_filter = [top]
    state.n_segments = 4
    assert state.segment_filter == [state.segment_table["segment"].iloc[0]]
    assert state.shown["customer_id"].tolist() == ["a", "b", "c"]


# ---------------------------------------------------------------------- what a person said


def test_what_a_person_said_follows_by_the_new_automatic_name_or_cluster():
    said = {"Loyal": {"order": 1}, 1: {"name": "Ones"}, "Lost": {"name": "Gone"}}
    before = {"2": "Loyal", "1": "Regulars"}
    moved, given_way = follow(said, {"0": "2", "3": "1"}, before, {"0": "Champions", "3": "Low Value"})
    assert moved == {"Champions": {"order": 1}, "3": {"name": "Ones"}, "Lost": {"name": "Gone"}}
    assert given_way == []


def test_what_was_said_of_a_segment_that_is_gone_waits_under_its_name():
    before = {"2": "Loyal", "1": "Regulars"}
    moved, _ = follow({"1": {"name": "Ones"}, "Loyal": {"order": 1}}, {}, before, {"1": "Lost"})
    # An integer means another segment now.
    assert moved == {"Regulars": {"name": "Ones"}, "Loyal": {"order": 1}}


def test_two_that_swap_names_swap_their_settings():
    said = {"Loyal": {"order": 1}, "Lost": {"order": 2}}
    swapped = follow(said, {"0": "1", "1": "0"}, {"0": "Loyal", "1": "Lost"}, {"0": "Loyal", "1": "Lost"})[0]
    assert swapped == {"Loyal": {"order": 2}, "Lost": {"order": 1}}


def test_what_waits_gives_way_to_who_is_called_so_now_and_it_is_said():
    said = {"Loyal": {"name": "Friends"}, "Lost": {"name": "Gone"}}
    moved, given_way = follow(said, {"0": "0"}, {"0": "Loyal"}, {"0": "Lost"})
    assert (moved, given_way) == ({"Lost": {"name": "Friends"}}, ["Lost"])


def test_settings_of_the_same_segments_stay_as_they_were_written():
    said = {2: {"order": 1}, "Regulars": {"name": "Middle"}, "Nobody": {"name": "Waits"}}
    was = {"2": "Champions", "0": "Regulars"}
    moved, _ = follow(said, {"2": "2", "0": "0"}, was, was)
    assert moved == said
    assert list(map(type, moved)) == [str, int, str] or set(moved) == set(said)


def test_a_renamed_segment_keeps_name_and_colour_where_its_automatic_name_changes():
    state = given(THREE)
    state.segments = {"Regulars": {"name": "Middle", "color": "#334455", "advice": "Ask them"}}
    state.remembered = {"0": {"name": "Low Value"}}
    assert told(state)["0"] == ("Middle", "#334455")
    assert state.segments == {"Low Value": {"name": "Middle", "color": "#334455", "advice": "Ask them"}}


def test_a_chosen_colour_is_no_reason_against_more_segments():
    state = given(np.repeat(["1", "0"], [6, 6]))
    assert [name for name, _ in told(state).values()] == ["Loyal", "At-Risk"]
    # The colour of Regulars, who are not there yet.
    state.segments = {"Loyal": {"color": SLOTS["Regulars"]}}
    load(state, THREE)
    assert list(state.colours) == ["Loyal", "Regulars", "At-Risk"]
    assert state.colours["Loyal"] == SLOTS["Regulars"]
    assert len(set(state.colours.values())) == 3
    colours = state.colours
    # Saying something else about a segment does not bring the clash back; taking the colour back ends it.
    state.segments = {**state.segments, "At-Risk": {"advice": "Call them"}}
    assert state.colours == colours
    state.segments = {}
    assert state.colours == {name: SLOTS[name] for name in ("Loyal", "Regulars", "At-Risk")}
    assert not any("color" in kept for kept in state.remembered.values())


def test_a_new_choice_of_a_colour_that_is_taken_is_refused():
    state = given(THREE)
    with pytest.raises(SegmentsError, match="have the same colour"):
        state.segments = {"Regulars": {"color": SLOTS["Champions"]}}
    assert state.segments == {}


def test_a_refused_change_carries_nothing():
    state = Segmentation(TWELVE, n_segments=3, segments={"Champions": {"name": "Stars"}})
    state.n_segments = 4
    before = state.segments, state.remembered, state.segment_filter, told(state)
    with pytest.raises(ClusteringError):
        state.change(n_segments=12, feature_names=["frequency"])
    assert (state.segments, state.remembered, state.segment_filter, told(state)) == before


def test_choices_given_along_are_taken_as_they_are():
    state = Segmentation(TWELVE, n_segments=4)
    state.n_segments = 3
    fresh = Segmentation(TWELVE, n_segments=5)
    state.change(n_segments=5, remembered={}, segments={})
    assert told(state) == told(fresh)


# ---------------------------------------------------------------------- palette


def test_kept_colours_are_for_names_without_one_of_their_own_and_only_where_free():
    own = SLOTS["Loyal"]
    assert colours_for(["Loyal", "Gold"], kept={"Loyal": "#334455", "Gold": "#445566"}) == {
        "Loyal": own,
        "Gold": "#445566",
    }
    assert colours_for(["Loyal", "Gold"], kept={"Gold": own})["Gold"] != own


def test_an_automatic_colour_gives_way_only_when_told_or_kept():
    chosen = {"Gold": SLOTS["Loyal"]}
    assert colours_for(["Gold", "Loyal"], chosen=chosen)["Loyal"] == SLOTS["Loyal"]
    assert colours_for(["Gold", "Loyal"], chosen=chosen, yielding=True)["Loyal"] == SLOTS["Champions"]
    assert colours_for(["Gold", "Loyal"], chosen=chosen, kept={"Loyal": "#334455"})["Loyal"] == "#334455"
    assert colours_for(["Loyal"], yielding=True)["Loyal"] == SLOTS["Loyal"]


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        ([], "must be a mapping"),
        ({0: {"name": "Loyal"}}, "must be such as"),
        ({"0": "Loyal"}, "must be such as"),
        ({"0": {"nme": "Loyal"}}, "Did you mean 'name'"),
        ({"0": {"name": 5}}, "must be text"),
        ({"0": {"name": "Loyl"}}, "Did you mean 'Loyal'"),
        ({"0": {"color": "blurple"}}, "is not a colour"),
    ],
)
def test_what_cannot_be_remembered_is_refused(bad, said):
    with pytest.raises(SegmentsError, match=said):
        check_remembered(bad)


# ---------------------------------------------------------------------- Online Retail


def test_names_and_colours_come_back_on_online_retail(retail):
    state = retail.fork()
    state.change(n_segments=5, remembered={})
    before = told(state)
    assert before["1"] == ("Loyal", SLOTS["Loyal"])
    state.n_segments = 6
    assert state.colours["Loyal"] == SLOTS["Loyal"]
    state.n_segments = 5
    assert told(state) == before
    assert state.remembered == {}


def test_names_stay_with_segments_on_online_retail(retail):
    state = retail.fork()
    first = told(state)
    assert {name for name, _ in first.values()} == {"Champions", "Regulars", "Promising", "At-Risk"}
    state.n_segments = 5
    # By numbers alone the former Regulars would need attention; that they are regular still holds.
    assert [name for name, _ in told(state).values()] == ["Champions", "Loyal", "Regulars", "Promising", "At-Risk"]
    assert state.remembered == {"2": {"name": "Regulars"}}
    state.n_segments = 4
    assert told(state) == first
    assert state.remembered == {}


def test_names_stay_when_the_date_moves(retail):
    state = retail.fork()
    state.change(n_segments=5)
    before = told(state)
    state.as_of = pd.Timestamp("2011-11-30").to_pydatetime()
    assert {name for name, _ in told(state).values()} == {name for name, _ in before.values()}


@pytest.mark.parametrize("k", range(2, 13))
def test_every_number_of_segments_has_names_of_its_own(retail, sample, k):
    for state in (retail.fork(), sample.fork()):
        state.change(n_segments=k, remembered={}, starts=2)
        table = state.segment_table
        assert len(set(table["segment"])) == k
        assert len(set(table["color"])) == k
        assert not any(sentence.startswith("Named") for warnings in table["warnings"] for sentence in warnings)
