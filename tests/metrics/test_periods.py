"""Purchases by period, by hand, and against what the table says of each customer."""

from __future__ import annotations

import pandas as pd
import pytest

from segdash.intake.orders import read_orders
from segdash.metrics.measure import customer_metrics
from segdash.metrics.periods import by_segment, purchases_by_period


@pytest.fixture
def log():
    rows = [
        ("a", "1", "2024-01-01 23:59", 10.0),
        ("a", "1", "2024-01-01 23:59", 5.0),
        ("a", "2", "2024-01-07 10:00", 20.0),
        ("a", "C2", "2024-03-01 08:00", -8.0),
        ("b", "3", "2024-01-08 00:00", 7.0),
        (None, "4", "2024-01-16 09:00", 9.0),
    ]
    return pd.DataFrame(rows, columns=["customer", "order", "date", "amount"])


@pytest.mark.parametrize(
    ("every", "expected"),
    [
        ("month", [("a", "2024-01-01", 2, 35.0), ("a", "2024-03-01", 0, -8.0), ("b", "2024-01-01", 1, 7.0)]),
        # 1 January 2024 is a Monday, 7 January the Sunday of the same week; 1 March is a Friday.
        ("week", [("a", "2024-01-01", 2, 35.0), ("a", "2024-02-26", 0, -8.0), ("b", "2024-01-08", 1, 7.0)]),
    ],
)
def test_periods_by_hand(log, every, expected):
    found = purchases_by_period(read_orders(log, order_id="order"), every)
    found["period"] = found["period"].dt.strftime("%Y-%m-%d")
    assert list(found[["customer_id", "period", "orders", "revenue"]].itertuples(index=False, name=None)) == expected


@pytest.mark.parametrize("grain", ["order", "day", "row"])
@pytest.mark.parametrize("refunds", ["net", "ignore", "order"])
def test_periods_add_up_to_the_customers_numbers(log, grain, refunds):
    orders = read_orders(log, order_id="order", grain=grain, refunds=refunds)
    found = purchases_by_period(orders).groupby("customer_id")[["orders", "revenue"]].sum()
    measured = customer_metrics(orders).set_index("customer_id")
    assert found["orders"].tolist() == measured["frequency"].tolist()
    assert found["revenue"].tolist() == pytest.approx(measured["monetary"].tolist())


def table(segments, index):
    return pd.DataFrame({"segment": pd.Categorical(segments, ["A", "B"], ordered=True)}, index=index)


def test_by_segment_leaves_out_who_is_not_shown():
    days = pd.to_datetime(["2024-01-01", "2024-02-01", "2024-01-01", "2024-01-01", "2024-01-01"])
    purchases = pd.DataFrame(
        {"row": [0, 0, 1, 5, -1], "period": days, "orders": [1, 2, 4, 8, 16], "revenue": [1.0, 2.0, 4.0, 8.0, 16.0]}
    )
    found = by_segment(purchases, table(["B", "A"], [0, 1]))
    assert found["segment"].tolist() == ["A", "B", "B"]
    assert found["orders"].tolist() == [4, 1, 2]
    assert found["revenue"].tolist() == [4.0, 1.0, 2.0]
    assert by_segment(purchases, table([], [])).empty
    assert by_segment(purchases.iloc[:0], table(["A"], [0])).empty
