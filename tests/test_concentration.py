"""Concentration against hand-worked numbers, and against Online Retail."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from segdash.concentration import below_zero, concentration_table, gini, lorenz, top_customers
from segdash.errors import ChoiceError


@pytest.mark.parametrize(
    ("revenue", "expected"),
    [
        ([7.0], 0.0),
        ([5.0, 5.0, 5.0], 0.0),
        ([0.0, 0.0, 0.0, 9.0], 0.75),  # 1 - 1 / n
        ([3.0, 1.0], 0.25),  # mean difference of pairs 1, mean 2: 1 / (2 * 2)
        ([1.0, 2.0, 3.0, 4.0, 5.0], 4 / 15),  # (n - 1) / (3 n) for 1..n
        ([1.0, 3.0, np.nan], 0.25),
        ([1.0, 3.0, -100.0], 0.5),  # as 0, 1, 3: (-2 * 0 + 0 * 1 + 2 * 3) / (3 * 4)
    ],
)
def test_gini_by_hand(revenue, expected):
    assert gini(revenue) == pytest.approx(expected)


def area_below(curve):
    """Of a curve between evenly spaced customers, by trapezoids."""
    heights = curve["revenue"].to_numpy()
    return float((heights[1:] + heights[:-1]).mean() / 2)


def test_gini_is_half_the_mean_absolute_difference_over_the_mean():
    x = np.random.default_rng(3).exponential(10, 200)
    assert gini(x) == pytest.approx(np.abs(x[:, None] - x).mean() / (2 * x.mean()))


@pytest.mark.parametrize("revenue", [[], [0.0, 0.0], [-5.0], [np.nan]])
def test_where_nobody_brings_anything_nothing_is_claimed(revenue):
    assert np.isnan(gini(revenue))
    assert lorenz(revenue)["revenue"].isna().all()
    assert np.isnan(top_customers(revenue, 0.2).revenue_share)
    assert top_customers(revenue, 0.2).sentence() == (
        "Nobody brings revenue above zero, so no share of it can be given."
    )


def test_the_curve_by_hand():
    curve = lorenz([60.0, -5.0, 40.0, 0.0], points=5)
    assert curve["customers"].tolist() == [0.0, 0.25, 0.5, 0.75, 1.0]
    assert curve["revenue"].tolist() == pytest.approx([0.0, 0.0, 0.0, 0.4, 1.0])


def test_the_gini_is_twice_the_area_between_the_curve_and_the_diagonal():
    x = [1.0, 2.0, 3.0, 4.0, 5.0]
    curve = lorenz(x, points=6)
    assert gini(x) == pytest.approx(1 - 2 * area_below(curve))


def test_the_top_are_rounded_to_whole_customers_and_at_least_one():
    shares = (0.001, 0.014, 0.015, 0.2, 1)
    assert [top_customers(range(1, 101), share).customers for share in shares] == [1, 1, 2, 20, 100]
    assert top_customers([1.0] * 5, 0.5).customers == 3


def test_what_is_at_risk_by_hand():
    table = concentration_table([50.0, 30.0, 15.0, 5.0, -20.0], (0.2, 0.4, 1.0))
    assert table["customers"].tolist() == [1, 2, 5]
    assert table["revenue"].tolist() == [50.0, 80.0, 100.0]
    assert table["revenue_share"].tolist() == [0.5, 0.8, 1.0]
    assert table["least"].tolist() == [50.0, 30.0, 0.0]
    assert table["left"].tolist() == [50.0, 20.0, 0.0]


@pytest.mark.parametrize("share", [0, -0.1, 1.01])
def test_a_share_that_is_none_is_refused(share):
    with pytest.raises(ChoiceError, match=r"cannot be taken\. Choose a share above 0"):
        top_customers([1.0], share)


def test_the_sentences():
    top = top_customers([700.0, *[1.0] * 299], 0.01)
    assert top.sentence("GBP") == (
        "The top 1 % (3 customers) bring 70.3 % of revenue; without them 702.00 GBP of it would be missing."
    )
    assert below_zero([-3.0, 0.0], "£") == "1 customer is below zero (-£3.00) and counts as 0."


def test_online_retail_agrees_with_sums_taken_another_way(shared_data):
    lines = pd.read_parquet(shared_data / "online_retail" / "online_retail.parquet")
    lines = lines[lines["CustomerID"].notna() & (lines["Quantity"] > 0) & (lines["UnitPrice"] > 0)]
    revenue = (lines["Quantity"] * lines["UnitPrice"]).groupby(lines["CustomerID"]).sum()
    top = top_customers(revenue, 0.01)
    assert len(revenue) == 4338
    assert top.customers == 43
    assert top.revenue == pytest.approx(revenue.nlargest(43).sum())
    assert top.revenue_share == pytest.approx(revenue.nlargest(43).sum() / 8_911_407.90, rel=1e-6)
    curve = lorenz(revenue, points=4339)
    assert gini(revenue) == pytest.approx(1 - 2 * area_below(curve))
