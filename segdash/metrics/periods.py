"""What each customer ordered in each month or week, and what that comes to by segment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from segdash.metrics.history import dated_orders
from segdash.schema import SEGMENT
from segdash.sources.answering import fetched

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from segdash.intake.orders import Orders

UNITS: dict[str, Literal["M", "W"]] = {"month": "M", "week": "W"}
"""Period -> the unit its first moment is cut to; weeks begin on Monday."""


def purchases_by_period(orders: Orders, every: str = "month") -> pd.DataFrame:
    """Orders and revenue of each customer in each period in which there were any.

    Parameters
    ----------
    orders : Orders
        As `segdash.read_orders` returns them.
    every : {"month", "week"}
        How long a period is.

    Returns
    -------
    pandas.DataFrame
        customer_id, period (its first day), orders, revenue. An order counts in the period of its latest sale, with
        the refunds that came under its id; a refund alone counts in its own period and is no order. Over all periods
        they add up to a customer's frequency and monetary.

    Examples
    --------
    >>> from segdash.intake.orders import read_orders
    >>> log = pd.DataFrame({"customer": ["a", "a", "a"], "order": ["1", "2", "3"], "amount": [10.0, 5.0, 7.0],
    ...     "date": ["2024-01-01", "2024-01-31", "2024-03-01"]})
    >>> purchases_by_period(read_orders(log))[["orders", "revenue"]].to_numpy().tolist()
    [[2.0, 15.0], [1.0, 7.0]]
    """
    frame = fetched(purchases_of_each(orders, every).order_by("customer_id", "period"), orders.name)
    return frame.assign(period=pd.to_datetime(frame["period"]))


def purchases_of_each(orders: Orders, every: str) -> ir.Table:
    """The query behind `purchases_by_period`: nothing is fetched yet."""
    each = dated_orders(orders)
    # Without time of day, as a date: engines disagree on what a truncated moment is.
    each = each.mutate(period=each["ordered_at"].cast("date").truncate(UNITS[every]))
    return each.group_by("customer_id", "period").agg(
        orders=(each["kind"] == "order").sum(), revenue=each["amount"].sum()
    )


def by_segment(purchases: pd.DataFrame, customers: pd.DataFrame) -> pd.DataFrame:
    """Purchases of these customers added up by segment and period.

    Parameters
    ----------
    purchases : pandas.DataFrame
        As `purchases_by_period` returns it, with `row`, the label that each customer has in the index of
        ``customers``; what others bought is left out.
    customers : pandas.DataFrame of shape (n_customers, ...)
        With ``segment`` as an ordered category; the index is of whole numbers from 0.

    Returns
    -------
    pandas.DataFrame
        period, segment, orders, revenue: a row per segment and period in which one of these customers bought or gave
        something back, best segment first.

    Examples
    --------
    >>> purchases = pd.DataFrame({"row": [0, 1, 2], "period": pd.to_datetime(["2024-01-01"] * 3),
    ...     "orders": [1, 2, 4], "revenue": [10.0, 20.0, 40.0]})
    >>> shown = pd.DataFrame({"segment": pd.Categorical(["A", "A"], ["A", "B"], ordered=True)}, index=[0, 2])
    >>> by_segment(purchases, shown)[["segment", "orders", "revenue"]].to_numpy().tolist()
    [['A', 5, 50.0]]
    """
    category = customers[SEGMENT].cat
    rows, own = purchases["row"].to_numpy(), customers.index.to_numpy(dtype="int64")
    # Row -1 is nobody's: it finds the last place, which stays -1.
    code_of = np.full(max(rows.max(initial=-1), own.max(initial=-1)) + 2, -1)
    code_of[own] = category.codes.to_numpy()
    codes = code_of[rows]
    there = codes >= 0
    place, periods = pd.factorize(purchases["period"].to_numpy()[there], sort=True)
    at = codes[there] * len(periods) + place
    n = len(category.categories) * len(periods)
    there_were = np.bincount(at, minlength=n)
    table = pd.DataFrame(
        {
            "period": np.tile(periods, len(category.categories)),
            "segment": np.repeat(category.categories.to_numpy(), len(periods)),
            "orders": np.bincount(at, purchases["orders"].to_numpy()[there], minlength=n).astype("int64"),
            "revenue": np.bincount(at, purchases["revenue"].to_numpy(dtype="float64")[there], minlength=n),
        }
    )
    return table[there_were > 0].reset_index(drop=True)
