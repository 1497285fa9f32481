"""Spend as the sum of all orders or the mean per order, by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from segdash.errors import ScoringError, UnknownNameError
from segdash.scoring import SCORINGS, score
from segdash.scoring.thresholds import Thresholds
from segdash.scoring.values import as_scored

# Sums 100, 90, 80; means 10, 45, 80.
TABLE = pd.DataFrame({"recency": [1, 2, 3], "frequency": [10, 2, 1], "monetary": [100.0, 90.0, 80.0]})
CUTS = {"recency": [1, 2], "frequency": [1, 2], "monetary": [20, 50]}


def test_the_mean_turns_the_sum_round_by_hand():
    assert score(TABLE, bins=3).table["m"].tolist() == [3, 2, 1]
    made = score(TABLE, bins=3, spend="mean")
    assert made.table["m"].tolist() == [1, 2, 3]
    # A third and two thirds of the way along 10, 45, 80.
    assert made.edges["monetary"][()] == pytest.approx((10 + 35 * 2 / 3, 45 + 35 / 3))
    assert made.table[["r", "f"]].equals(score(TABLE, bins=3).table[["r", "f"]])


def test_sizes_and_cut_points_are_of_the_mean():
    made = score(TABLE, "fixed", bins=3, cuts=CUTS, spend="mean")
    assert made.table["m"].tolist() == [1, 2, 3]
    sizes = made.sizes[made.sizes["metric"] == "monetary"]
    assert sizes[["lowest", "highest"]].to_numpy().tolist() == [[10, 10], [45, 45], [80, 80]]


def test_a_column_of_the_table_goes_before_the_quotient():
    table = TABLE.assign(average_order_value=[60.0, 40.0, 20.0])
    assert score(table, bins=3, spend="mean").table["m"].tolist() == [3, 2, 1]
    assert as_scored(table, "sum") is table


@pytest.mark.parametrize("scoring", list(SCORINGS))
def test_thresholds_keep_what_they_are_of(scoring):
    cuts = CUTS if scoring == "fixed" else None
    made = score(TABLE, scoring, bins=3, cuts=cuts, spend="mean")
    again = Thresholds.from_dict(made.thresholds.to_dict())
    assert again == made.thresholds
    assert again.score(TABLE).equals(made.table)
    # A customer of 12 orders for 120: 10 on average, whatever the sum.
    assert again.score(pd.DataFrame({"recency": [1], "frequency": [12], "monetary": [120.0]}))["m"].tolist() == [1]


def test_thresholds_of_an_older_file_are_of_the_sum():
    plain = score(TABLE, bins=3).thresholds.to_dict()
    del plain["spend"]
    assert Thresholds.from_dict(plain).spend == "sum"


def test_warnings_name_what_is_scored():
    alike = TABLE.assign(monetary=TABLE["frequency"] * 7.0)
    assert score(alike, bins=3, spend="mean").warnings[-1] == (
        "Average order value comes out in 1 of 3 bins: nobody scores 2 or 3. 100.0 % of customers share one value (7)."
    )


def test_what_has_no_mean_is_refused_with_a_sentence():
    with pytest.raises(ScoringError, match=r"frequency is 0 for 1 customer of 3. Score the sum of spend"):
        score(TABLE.assign(frequency=[0, 1, 2]), spend="mean")
    with pytest.raises(ScoringError, match="'average_order_value' has no number for 1 customer of 3"):
        score(TABLE.assign(average_order_value=[1.0, None, 2.0]), spend="mean")
    with pytest.raises(UnknownNameError, match="frequency"):
        score(TABLE.drop(columns="frequency"), spend="mean")
    for wrong in ("median", None, ["mean"]):
        with pytest.raises(ScoringError, match=r"'sum' \(of all orders\) or 'mean' \(per order\), not"):
            score(TABLE, spend=wrong)
