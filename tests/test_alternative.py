"""Other segmentations are made beside the page, which stays as it is."""

from __future__ import annotations

import pandas as pd
import pytest

from segdash.alternative import by_model, change, differing, set_beside, side_of, titled
from segdash.clustering.model_file import model_file, model_from
from segdash.errors import ChoiceError, UnknownNameError
from segdash.intake.orders import read_orders
from segdash.schema import CLUSTER, SEGMENT
from segdash.state.segmentation import MOST_KEPT, Segmentation


def six():
    return pd.DataFrame(
        {
            "customer_id": list("abcdef"),
            "recency": [1, 2, 10, 12, 90, 99],
            "frequency": [9, 8, 3, 4, 1, 1],
            "monetary": [900.0, 850.0, 200.0, 180.0, 20.0, 10.0],
        }
    )


@pytest.fixture
def state():
    return Segmentation(six(), n_segments=3)


def test_three_segments_against_two_by_hand(state):
    before = state.customers
    copy = state.fork()
    change(copy, {"n_segments": 2}, {})
    found = set_beside(side_of(state), side_of(copy, "with 2 segments"), "£")
    assert state.customers is before
    assert state.n_segments == 3
    groups = found.moves.pairs.groupby("after")["customers"].apply(list).tolist()
    assert sorted(map(sorted, groups)) == [[2], [2, 2]]  # one pair stays alone, two come together
    # Either pair may be the one that moves: the larger overlap is the same for both.
    assert len(found.moves.moved) == 2
    assert [len(colours) for colours in found.colours] == [3, 2]


def test_a_model_of_last_month_on_the_customers_of_now(state):
    names = dict(zip(state.segment_table[CLUSTER], state.segment_table[SEGMENT], strict=True))
    kept = model_from(model_file(state.model, names).getvalue(), "may.json")
    now = Segmentation(six().assign(monetary=[900.0, 15.0, 200.0, 180.0, 20.0, 10.0]), n_segments=3)
    copy = now.fork()
    change(copy, by_model(now, kept), {})
    side = side_of(copy, "by the model of May")
    assert side.customers[SEGMENT].tolist() == [str(name) for name in kept.predict(now.features)]
    found = set_beside(side, side_of(now), "£")
    assert found.moves.titles == ("by the model of May", "on the page")
    assert len(found.moves.both) == 6


def test_a_model_that_asks_for_more_is_refused(state):
    other = Segmentation(six().assign(age=range(6)), feature_names=["age"], n_segments=2)
    with pytest.raises(UnknownNameError, match="'age'"):
        change(state, by_model(state, other.model), {})
    assert state.method == "k_means"


def test_a_models_segments_are_called_as_it_calls_them(state):
    best, *_, worst = state.names.values()
    kept = model_from(model_file(state.model, state.names).getvalue(), "may.json")
    # On the page the best is called as the model calls the worst: nothing of that is carried over by likeness.
    said = {best: {"name": worst, "advice": "Call them"}, worst: {"name": "Z", "advice": "Wait"}}
    state.segments = said
    change(state, by_model(state, kept), {})
    assert state.customers[SEGMENT].astype(str).tolist() == [str(name) for name in kept.predict(state.features)]
    assert set(state.names.values()) == set(kept.labels)
    assert state.segments == {worst: {"advice": "Call them"}}


def test_only_what_differs_and_is_heard_counts(state):
    assert differing(state, {"method": "k_means", "n_segments": 4}, {}) == ({"n_segments": 4}, {})
    assert differing(state, {"method": "rfm_rules", "n_segments": 4}, {}) == ({"method": "rfm_rules"}, {})
    with pytest.raises(ChoiceError, match="Change one of them"):
        differing(state, {"method": "k_means", "n_segments": 3}, {})


def test_another_moment_and_policy_of_the_log():
    log = pd.DataFrame(
        {
            "customer": list("aaabbcd"),
            "date": ["2024-01-01", "2024-02-01", "2024-03-01", "2024-01-05", "2024-01-06", "2024-01-09", "2024-02-20"],
            "amount": [100.0, 90.0, -80.0, 20.0, 30.0, 5.0, 7.0],
        }
    )
    state = Segmentation(orders=read_orders(log), n_segments=2)
    choices, other = differing(state, {}, {"refunds": "ignore", "grain": "order"})
    assert (choices, other) == ({}, {"refunds": "ignore"})
    copy = state.fork()
    change(copy, choices, other)
    spend = [table.set_index("customer_id")["monetary"]["a"] for table in (state.customers, copy.customers)]
    assert spend == [110.0, 190.0]
    assert "as of 2024-03-02" in titled(state)


def test_kept_ones_stay_what_they_were_and_have_titles_of_their_own(state):
    state.segment_filter = [state.segment_table[SEGMENT].iloc[0]]
    state.keep("May")
    state.keep("May")
    state.n_segments = 2
    (first, earlier), (second, _) = state.kept
    assert (first, second) == ("May", "May (2)")
    assert earlier.n_segments == 3
    assert len(earlier.shown) == 6
    state.adopt(earlier)
    assert (state.n_segments, len(state.kept)) == (3, 2)
    for i in range(20):
        state.keep(f"kept {i}")
    assert [title for title, _ in state.kept] == [f"kept {i}" for i in range(20 - MOST_KEPT, 20)]


def test_work_beside_the_page_brings_back_no_older_kept_ones(state):
    copy = state.fork()
    copy.n_segments = 2
    state.keep("May")
    state.sent_rules = {"bins": 3}
    state.adopt(copy)
    assert [title for title, _ in state.kept] == ["May"]
    assert state.sent_rules == {"bins": 3}
