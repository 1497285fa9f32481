"""One customer's orders, one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segdash.metrics.measure import order_key
from segdash.sources.answering import fetched

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pandas as pd

    from segdash.intake.orders import Orders

MOST_ORDERS = 5_000
"""Orders of one customer that are fetched at most, the latest."""


def order_history(orders: Orders, customer: str) -> pd.DataFrame:
    """What a customer ordered and gave back, the earliest first.

    Parameters
    ----------
    orders : Orders
    customer : str
        A customer_id.

    Returns
    -------
    pandas.DataFrame
        One row per order, by the grain of the policies: ordered_at (of its latest sale; of a refund alone, its own),
        amount (refunds that count taken off), lines (rows of the log), kind ("order", or "refund" where nothing was
        sold). The amounts add up to monetary. Empty where there is no such customer.

    Examples
    --------
    >>> import pandas as pd
    >>> from segdash.intake.orders import read_orders
    >>> log = pd.DataFrame({"customer": ["a", "a", "a"], "order": ["1", "1", "2"], "amount": [10.0, 5.5, -4.0],
    ...     "date": ["2024-01-01", "2024-01-01", "2024-01-31"]})
    >>> order_history(read_orders(log), "a")[["amount", "lines", "kind"]].to_numpy().tolist()
    [[15.5, 2, 'order'], [-4.0, 1, 'refund']]
    """
    import ibis

    found = dated_orders(orders, customer).drop("customer_id")
    frame = fetched(found.order_by(ibis.desc("ordered_at"), "amount").limit(MOST_ORDERS), orders.name)
    return frame.sort_values("ordered_at", kind="stable", ignore_index=True)


def dated_orders(orders: Orders, customer: str | None = None) -> ir.Table:
    """Orders of a customer, or of all, as the engine has them: customer_id, and the columns of `order_history`."""
    lines = orders.sorted_lines
    lines = lines.filter(lines["is_kept"])
    if customer is not None:
        lines = lines.filter(lines["customer_id"] == str(customer))
    is_sale = ~lines["is_refund"]
    lines = lines.mutate(order_key=order_key(lines, orders.policies.grain, blanks=orders.has_blank_ids))
    by_order = lines.group_by("customer_id", "order_key").agg(
        sold_at=is_sale.ifelse(lines["ordered_at"], None).max(),
        any_at=lines["ordered_at"].max(),
        amount=lines["amount"].sum(),
        lines=lines.count(),
    )
    return by_order.select(
        "customer_id",
        ordered_at=by_order["sold_at"].coalesce(by_order["any_at"]),
        amount=by_order["amount"].cast("float64"),
        lines=by_order["lines"],
        kind=by_order["sold_at"].isnull().ifelse("refund", "order"),
    )
