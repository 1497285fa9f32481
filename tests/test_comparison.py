from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from segdash.comparison import compare
from segdash.errors import TableError, UnknownNameError


def table(segments, monetary=None, ids=None):
    ids = ids or [f"c{i}" for i in range(len(segments))]
    return pd.DataFrame({"customer_id": ids, "segment": segments, "monetary": monetary or [10.0] * len(segments)})


@pytest.fixture
def found():
    """Six customers before, six after; c0 is gone, c6 is new, c3 moved down and c5 moved up."""
    before = table(list("AAABBB"), [60.0, 50.0, 40.0, 30.0, 20.0, 10.0])
    after = table(list("AABBAB"), [55.0, 45.0, 35.0, 25.0, 100.0, 5.0], ["c1", "c2", "c3", "c4", "c5", "c6"])
    return compare(before, after, titles=("in May", "in June"), currency="£")


def test_pairs_by_hand(found):
    assert found.pairs.to_dict("list") == {
        "before": ["A", "B", "B"],
        "after": ["A", "A", "B"],
        "customers": [2, 1, 2],
        "revenue_before": [90.0, 10.0, 50.0],
        "revenue_after": [100.0, 100.0, 60.0],
        "share": [1.0, 1 / 3, 2 / 3],
        "same": [True, False, True],
    }


def test_contingency_of_customers_and_of_revenue(found):
    assert found.contingency().to_numpy().tolist() == [[2, 0], [1, 2]]
    assert found.contingency("revenue_after").loc["B"].tolist() == [100.0, 60.0]
    with pytest.raises(UnknownNameError, match="Did you mean 'revenue_after'"):
        found.contingency("revenue_aftr")


def test_who_moved_and_with_how_much(found):
    assert found.moved.to_dict("records") == [
        {"customer_id": "c5", "from": "B", "to": "A", "monetary_before": 10.0, "monetary_after": 100.0}
    ]
    assert found.share_moved == 0.2
    assert found.revenue_moved == 100.0


def test_agreement_by_hand(found):
    # Pairs together in both: 1 + 1; rows 1 + 3, columns 3 + 1, all 10: (2 - 1.6) / (4 - 1.6).
    assert found.agreement == pytest.approx(1 / 6)


def test_customers_of_one_table_only(found):
    assert found.only_before.to_numpy().tolist() == [["c0", "A", 60.0]]
    assert found.only_after.to_numpy().tolist() == [["c6", "B", 5.0]]


def test_customers_of_a_cell(found):
    assert found.customers_of("B", "A") == ["c5"]
    assert found.customers_of("A", None) == ["c0"]
    assert found.customers_of(None, "B") == ["c6"]
    assert found.customers_of("A", "B") == []
    with pytest.raises(UnknownNameError, match="No segment in June is named 'C'"):
        found.customers_of("A", "C")


def test_the_summary_has_the_numbers(found):
    assert found.summary == [
        "1 customer of 5 in both moved (20.0 %), and with them £100 of revenue (38.5 %).",
        "Adjusted Rand index 0.17 (1 is the same, 0 is chance).",
        "The largest move is from B to A: 1 customer, 33.3 % of B in May.",
        "1 customer with £60 of revenue only in May.",
        "1 customer with £5 of revenue only in June.",
    ]


def test_a_renaming_moves_nobody():
    found = compare(table(list("AABB")), table(list("yyxx")))
    assert found.matched == {"x": "B", "y": "A"}
    assert found.share_moved == 0
    assert found.agreement == 1.0
    assert found.summary[0] == "None of 4 customers in both moved."


def test_a_name_that_both_have_is_the_same_segment_whatever_its_customers():
    found = compare(table(list("AABB")), table(list("BBAA")))
    assert found.matched == {"A": "A", "B": "B"}
    assert found.share_moved == 1.0
    assert found.agreement == 1.0


def test_four_against_five_segments():
    before = table([*("A" * 10), *("B" * 10)])
    after = table([*("A" * 10), *("C" * 7), *("D" * 3)])
    found = compare(before, after)
    assert found.matched == {"A": "A", "C": "B"}
    assert found.moved["customer_id"].tolist() == ["c17", "c18", "c19"]
    assert "Without a counterpart before: D." in found.summary
    assert not any("after" in said for said in found.summary)
    assert "Without a counterpart after: D." in compare(after, before).summary


def test_the_order_of_segments_is_that_of_the_category():
    kind = pd.CategoricalDtype(["High", "Empty", "Low"], ordered=True)
    one = table(["Low", "High"])
    one["segment"] = one["segment"].astype(kind)
    found = compare(one, one)
    assert found.order == (("High", "Low"), ("High", "Low"))
    assert found.pairs["before"].tolist() == ["High", "Low"]


def test_a_customer_without_segment_is_unassigned():
    found = compare(table(["A", None]), table(["A", "A"]))
    assert found.order[0] == ("A", "Unassigned")
    assert found.moved[["from", "to"]].to_numpy().tolist() == [["Unassigned", "A"]]


def test_tables_that_share_nobody_say_so():
    found = compare(table(["A"], ids=["x"]), table(["A"], ids=["y"]))
    assert np.isnan(found.agreement)
    assert np.isnan(found.share_moved)
    assert found.summary == [
        "No customer is in both: 1 only before, 1 only after. Compare tables that share customer ids."
    ]
    assert found.pairs.empty
    assert found.contingency().to_numpy().tolist() == [[0]]


def test_ids_that_are_numbers_match_ids_that_are_text():
    assert len(compare(table(["A"], ids=[17850]), table(["A"], ids=["17850"])).both) == 1


def test_the_given_tables_stay_as_they_are():
    before = table(list("AB"))
    copy = before.copy(deep=True)
    compare(before, before)
    pd.testing.assert_frame_equal(before, copy)


def test_refusals_name_the_table_and_the_fault():
    with pytest.raises(TableError, match="The table in May: It has no column 'segment'"):
        compare(table(["A"]).drop(columns="segment"), table(["A"]), titles=("in May", "in June"))
    with pytest.raises(TableError, match="The table after: Customer 'x' stands in it twice"):
        compare(table(["A"]), table(["A", "B"], ids=["x", "x"]))


def test_agreement_of_a_half_moved_segment_by_hand():
    found = compare(table(list("AAABBB")), table(list("AABBBB")))
    # Pairs together in both: 1 + 3; rows 3 + 3, columns 1 + 6, all 15: (4 - 2.8) / (6.5 - 2.8).
    assert found.agreement == pytest.approx(1.2 / 3.7)
    assert found.agreement_words == "poor agreement"


@pytest.mark.parametrize(
    ("index", "word"), [(1.0, "excellent"), (0.9, "excellent"), (0.89, "good"), (0.65, "moderate"), (0.64, "poor")]
)
def test_agreement_in_a_word(found, index, word):
    found.__dict__["agreement"] = index  # a cached property
    assert found.agreement_words == f"{word} agreement"


def test_agreement_of_strangers_is_none(found):
    assert compare(table(["A"], ids=["x"]), table(["A"], ids=["y"])).agreement_words == "no customer in both"
