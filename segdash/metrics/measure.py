"""All metrics of all customers in one query: lines to orders, orders to customers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from segdash.errors import UnknownNameError
from segdash.intake.ledger import Intake
from segdash.registry import Registry
from segdash.schema import CUSTOMER_ID, MEASURED, MONETARY, RFM, Metric
from segdash.sources.answering import fetched
from segdash.sources.rows import ROW

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    import ibis.expr.types as ir
    import pandas as pd

    from segdash.intake.orders import Orders

DAY = 86_400
"""Seconds of a day: periods of 24 hours are counted in epoch seconds, on which all engines agree."""


@dataclass(frozen=True)
class CustomerMetric:
    """A number per customer, as an Ibis aggregation.

    Parameters
    ----------
    metric : Metric
        Name, title, unit, direction and format.
    customer : callable
        ``customer(orders, as_of) -> expression``: an aggregation of the table of orders, which has customer_id,
        first_at and ordered_at (of its first and its latest sale; NULL for an order of refunds only), lines (number
        of sales) and what ``order`` makes. ``as_of`` is a number of epoch seconds.
    order : mapping of str to callable
        Column of the table of orders -> ``function(lines) -> expression``, an aggregation of the kept lines.
    lines : callable, optional
        Instead of ``customer``: ``lines(lines) -> expression``, an aggregation of the kept lines of a customer, for
        what orders don't add up to (different products).
    needs : tuple of str
        Roles without which there is no such metric.
    """

    metric: Metric
    customer: Callable[[ir.Table, int], ir.Value] | None = None
    order: Mapping[str, Callable[[ir.Table], ir.Value]] = field(default_factory=dict)
    lines: Callable[[ir.Table], ir.Value] | None = None
    needs: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        MEASURED[self.metric.name] = self.metric


FIRST, LAST = "first_order_at", "last_order_at"

METRICS: Registry[CustomerMetric] = Registry("metric", "segdash.metrics")


def customer_metrics(orders: Orders, as_of: Any = None, metrics: Sequence[str] | None = None) -> pd.DataFrame:
    """One row per customer: id, metrics, attributes.

    Parameters
    ----------
    orders : Orders
        As `segdash.read_orders` gives them.
    as_of : datetime, date or str, optional
        The moment everything is measured at; rows after it are set aside. By default that of the orders.
    metrics : list of str, optional
        Names in `METRICS`, besides recency, frequency and monetary; by default all that these orders allow.

    Returns
    -------
    pandas.DataFrame of shape (n_customers, 3 + n_metrics + n_attributes)
        customer_id (text), recency (days), frequency (orders), monetary (sum of amounts), the other metrics,
        first_order_at and last_order_at (moments), each attribute's latest value. Ordered by customer_id.

    Raises
    ------
    UnknownNameError
        When a metric is not known, or these orders lack the column it needs.

    Examples
    --------
    >>> import pandas as pd
    >>> from segdash.intake.orders import read_orders
    >>> log = pd.DataFrame({"customer": ["a", "a", "b"], "date": ["2024-01-01", "2024-01-31", "2024-01-02"],
    ...     "amount": [10.0, 5.5, 20.0]})
    >>> customer_metrics(read_orders(log))[["customer_id", "recency", "frequency", "monetary"]].to_numpy().tolist()
    [['a', 1, 2, 15.5], ['b', 30, 1, 20.0]]
    """
    if as_of is not None:
        orders = orders.with_(as_of=as_of)
    chosen = chosen_metrics(orders, metrics)
    return as_customers(fetched(measured(orders, chosen), orders.name, "Measuring every customer"), orders, chosen)


def as_customers(table: pd.DataFrame, orders: Orders, chosen: Sequence[str]) -> pd.DataFrame:
    """What `measured` gave, or some of its rows, as `customer_metrics` returns it."""
    table = table.sort_values(CUSTOMER_ID, ignore_index=True)
    about = {f"about {heading}": heading for heading in orders.attributes}
    table = table.rename(columns=about)
    for column in (CUSTOMER_ID, *orders.attributes):
        table[column] = table[column].astype("str").fillna("")
    for name in RFM[:2]:
        table[name] = table[name].astype("int64")
    table = table[[CUSTOMER_ID, *chosen, FIRST, LAST, *orders.attributes]]
    table.attrs["intake"] = intake_of_orders(orders, chosen)
    return table


def measured(orders: Orders, names: Iterable[str]) -> ir.Table:
    """The query behind `customer_metrics`: nothing is fetched yet."""
    lines = orders.sorted_lines
    lines = lines.filter(lines["is_kept"])
    key = order_key(lines, orders.policies.grain, blanks=orders.has_blank_ids)
    lines = lines.mutate(order_key=key, is_sale=~lines["is_refund"])
    found = {name: METRICS[name] for name in names}
    parts = {column: make for one in found.values() for column, make in one.order.items()}
    sale_at = lines["is_sale"].ifelse(lines["ordered_at"], None)
    by_order = lines.group_by("customer_id", "order_key").agg(
        ordered_at=sale_at.max(),
        first_at=sale_at.min(),
        lines=lines["is_sale"].ifelse(1, 0).sum(),
        **{column: make(lines) for column, make in parts.items()},
    )
    as_of = int(orders.as_of.value // 10**9)
    wanted = {name: one.customer(by_order, as_of) for name, one in found.items() if one.customer}
    ends = {FIRST: by_order["first_at"].min(), LAST: by_order["ordered_at"].max()}
    customers = by_order.group_by("customer_id").agg(**wanted, **ends)
    customers = customers.filter(customers[LAST].notnull())  # others have refunds only
    if of_lines := {name: one.lines(lines) for name, one in found.items() if one.lines}:
        counted = lines.group_by("customer_id").agg(**of_lines)
        customers = customers.left_join(counted, "customer_id").drop("customer_id_right")
    about = [name for name in lines.columns if name.startswith("about ")]
    if about:
        latest = _latest(lines, about)
        customers = customers.left_join(latest, "customer_id").drop("customer_id_right")
    return customers


def sizes_of(orders: Orders) -> tuple[int, float]:
    """How many customers `customer_metrics` would give, and what they bring; nobody is fetched.

    Examples
    --------
    >>> import pandas as pd
    >>> from segdash.intake.orders import read_orders
    >>> sizes_of(read_orders(pd.DataFrame({"customer": ["a", "b"], "date": "2024-01-01", "amount": [10.0, 5.5]})))
    (2, 15.5)
    """
    customers = measured(orders, RFM)
    told = fetched(customers.aggregate(size=customers.count(), revenue=customers[MONETARY].sum()), orders.name).iloc[0]
    return int(told["size"]), float(told["revenue"] or 0)


def ids_of(orders: Orders) -> ir.Table:
    """The ids of the customers that `customer_metrics` would give, as text; nothing is fetched yet."""
    customers = measured(orders, RFM)
    return customers.select(**{CUSTOMER_ID: customers[CUSTOMER_ID].cast("string")})


def order_key(lines: ir.Table, grain: str, *, blanks: bool) -> ir.Value:
    """What tells a customer's orders apart."""
    import ibis

    if grain == "row":
        return lines[ROW] if ROW in lines.columns else ibis.row_number().over(order_by=lines["ordered_at"])
    day = lines["ordered_at"].cast("date")
    if grain == "day" or "order_id" not in lines.columns:
        return day
    key = lines["order_id"]
    return key.cast("string").fill_null(day.cast("string")) if blanks else key


def _latest(lines: ir.Table, about: Sequence[str]) -> ir.Table:
    """Each attribute's value in the customer's latest row that has one."""
    import ibis

    tables = []
    for name in about:
        told = lines.filter(lines[name].notnull())
        place = ibis.row_number().over(
            group_by=told["customer_id"], order_by=[ibis.desc(told["ordered_at"]), told[name]]
        )
        told = told.select("customer_id", name, place=place)
        tables.append(told.filter(told["place"] == 0).drop("place"))
    joined = lines.select("customer_id").distinct()
    for table in tables:
        joined = joined.left_join(table, "customer_id").drop("customer_id_right")
    return joined


def chosen_metrics(orders: Orders, metrics: Sequence[str] | None = None) -> list[str]:
    """Names of the metrics that are measured: recency, frequency, monetary, then those asked for, or all possible."""
    roles = set(orders.roles)
    possible = [name for name in METRICS if set(METRICS[name].needs) <= roles]
    for name in metrics or ():
        if name not in METRICS:
            raise UnknownNameError.of("metric", name, METRICS)
        if name not in possible:
            lacking = ", ".join(sorted(set(METRICS[name].needs) - roles))
            raise UnknownNameError(f"{orders.name} has no column for {lacking}, which {name} needs.")
    further = [name for name in (possible if metrics is None else metrics) if name not in RFM]
    return [*RFM, *further]


def intake_of_orders(orders: Orders, names: Sequence[str]) -> Intake:
    """The account of the rows, as a customer table carries it."""
    ledger = orders.ledger
    aside = ledger[~ledger["kept"]]
    content = {
        "name": orders.name,
        "rows": int(ledger["rows"].sum()),
        "kept": int(ledger.loc[ledger["kept"], "rows"].sum()),
        "columns": {role: found.heading for role, found in orders.roles.items()},
        "metrics": [name for name in names if name not in RFM],
        "attributes": list(orders.attributes),
        "notes": [*orders.notes, f"Measured at {orders.as_of:%Y-%m-%d %H:%M}."],
        "doubts": [],
        "reasons": [{"reason": r["reason"], "rows": r["rows"]} for r in aside.to_dict("records")],
    }
    return Intake(content)
