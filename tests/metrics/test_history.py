"""One customer's orders add up to what the table says of her."""

from __future__ import annotations

import pandas as pd
import pytest

from segdash.intake.order_roles import ROLES
from segdash.intake.orders import read_orders
from segdash.metrics.history import order_history
from segdash.metrics.measure import customer_metrics


@pytest.fixture
def log():
    rows = [
        ("a", "1", "2024-01-01", 10.0),
        ("a", "1", "2024-01-01", 5.0),
        ("a", "2", "2024-02-01", 20.0),
        ("a", "C2", "2024-03-01", -8.0),
        ("b", "3", "2024-01-15", 7.0),
        (None, "4", "2024-01-16", 9.0),
    ]
    return pd.DataFrame(rows, columns=["customer", "order", "date", "amount"])


def test_orders_by_hand(log):
    assert "order_id" in ROLES
    found = order_history(read_orders(log, order_id="order"), "a")
    assert found["ordered_at"].dt.strftime("%m-%d").tolist() == ["01-01", "02-01", "03-01"]
    assert found["amount"].tolist() == [15.0, 20.0, -8.0]
    assert (found["lines"].tolist(), found["kind"].tolist()) == ([2, 1, 1], ["order", "order", "refund"])


@pytest.mark.parametrize("grain", ["order", "day", "row"])
@pytest.mark.parametrize("refunds", ["net", "ignore", "order"])
def test_they_add_up_to_the_customers_numbers(log, grain, refunds):
    orders = read_orders(log, order_id="order", grain=grain, refunds=refunds)
    (row,) = customer_metrics(orders).query("customer_id == 'a'").to_dict("records")
    found = order_history(orders, "a")
    assert found["amount"].sum() == pytest.approx(row["monetary"])
    assert (found["kind"] == "order").sum() == row["frequency"]


def test_a_stranger_has_no_orders(log):
    found = order_history(read_orders(log, order_id="order"), "' OR 1=1 --")
    assert len(found) == 0
    assert found.columns.tolist() == ["ordered_at", "amount", "lines", "kind"]
