"""The numbers that are scored: recency, frequency, and spend as the sum of all orders or the mean per order."""

from __future__ import annotations

import numpy as np
import pandas as pd

from segdash.errors import ScoringError, UnknownNameError, count, quote
from segdash.schema import AVERAGE_ORDER, FREQUENCY, METRICS, MONETARY, metric

SUM, MEAN = "sum", "mean"

SPENDS = {SUM: "Sum of all orders", MEAN: "Mean per order"}
"""What a customer's spend is when it is scored, and what people call it."""


def as_scored(customers: pd.DataFrame, spend: str = SUM) -> pd.DataFrame:
    """The customers with what is scored in the column monetary; their own table where that is the sum.

    Raises
    ------
    UnknownNameError
        When frequency or monetary is not among the columns.
    ScoringError
        When there is no mean per order of a customer.

    Notes
    -----
    The mean per order is the column average_order_value, which is measured from orders, else monetary / frequency.

    Examples
    --------
    >>> table = pd.DataFrame({"recency": [1, 9], "frequency": [4, 1], "monetary": [100.0, 90.0]})
    >>> as_scored(table, "mean")["monetary"].tolist()
    [25.0, 90.0]
    """
    check_spend(spend)
    return customers if spend == SUM else customers.assign(**{MONETARY: mean_per_order(customers)})


def mean_per_order(customers: pd.DataFrame) -> np.ndarray:
    """What each customer spent per order, shape (n_customers,), in the data set's currency.

    Raises
    ------
    UnknownNameError
        When the table has neither average_order_value nor both of monetary and frequency.
    ScoringError
        When a customer has no number there, or no orders.
    """
    if AVERAGE_ORDER in customers.columns:
        return values_of(customers, AVERAGE_ORDER)
    total, orders = values_of(customers, MONETARY), values_of(customers, FREQUENCY)
    without = int((orders <= 0).sum())
    if without:
        raise ScoringError(
            f"A mean per order needs orders: frequency is 0 for {count(without, 'customer')} of {len(orders):,}. "
            "Score the sum of spend, or leave them out."
        )
    return total / orders


def title_of(name: str, spend: str = SUM) -> str:
    """What people call a metric when it is scored.

    Examples
    --------
    >>> title_of("monetary"), title_of("monetary", "mean"), title_of("recency", "mean")
    ('Monetary', 'Average order value', 'Recency')
    """
    return metric(AVERAGE_ORDER).title if name == MONETARY and spend == MEAN else METRICS[name].title


def check_spend(spend: object) -> None:
    """Raise unless spend is a sum or a mean."""
    if spend not in list(SPENDS):
        raise ScoringError(f"Spend is scored as 'sum' (of all orders) or 'mean' (per order), not {quote(spend)}.")


def values_of(customers: pd.DataFrame, metric: str) -> np.ndarray:
    """A metric's numbers, none missing, shape (n_customers,).

    Raises
    ------
    UnknownNameError
        When there is no such column.
    ScoringError
        When a customer has no finite number there.
    """
    if metric not in customers.columns:
        raise UnknownNameError.of("metric", metric, customers.columns)
    numbers = pd.to_numeric(customers[metric], errors="coerce")
    values = numbers.to_numpy(dtype="float64", na_value=np.nan)
    bad = int((~np.isfinite(values)).sum())
    if bad:
        raise ScoringError(
            f"Metric {quote(metric)} has no number for {count(bad, 'customer')} of {len(values):,}, who can't be "
            "scored. Complete the file, or leave them out."
        )
    return values
