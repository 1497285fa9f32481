"""When, how often and how much a customer bought."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segdash.metrics.measure import DAY, METRICS, CustomerMetric
from segdash.schema import AVERAGE_ORDER, MEASURED, Metric
from segdash.schema import METRICS as WORDS

if TYPE_CHECKING:
    import ibis.expr.types as ir


def whole_days(first: ir.Value, then: ir.Value) -> ir.Value:
    """Whole periods of 24 hours between two numbers of epoch seconds."""
    return ((then - first).cast("float64") / DAY).floor().cast("int64")


def _frequency(orders: ir.Table, _as_of: int) -> ir.Value:
    return orders["ordered_at"].count()  # NULL for an order of refunds only


METRICS.register("recency")(
    CustomerMetric(
        WORDS["recency"],
        lambda orders, as_of: whole_days(orders["ordered_at"].max().epoch_seconds(), _literal(as_of)),
    )
)
METRICS.register("frequency")(CustomerMetric(WORDS["frequency"], _frequency))
METRICS.register("monetary")(
    CustomerMetric(
        WORDS["monetary"],
        lambda orders, _: orders["amount"].sum(),
        order={"amount": lambda lines: lines["amount"].sum()},
    )
)
METRICS.register("tenure")(
    CustomerMetric(
        Metric("tenure", "Tenure", "days since first order", decimals=0),
        lambda orders, as_of: whole_days(orders["first_at"].min().epoch_seconds(), _literal(as_of)),
    )
)
METRICS.register(AVERAGE_ORDER)(
    CustomerMetric(
        MEASURED[AVERAGE_ORDER],
        lambda orders, as_of: orders["amount"].sum() / _frequency(orders, as_of),
        order={"amount": lambda lines: lines["amount"].sum()},
    )
)


def _gap(orders: ir.Table, as_of: int) -> ir.Value:
    """NULL for customers of one order: they have no gap."""
    first, last = orders["ordered_at"].min().epoch_seconds(), orders["ordered_at"].max().epoch_seconds()
    return (last - first).cast("float64") / DAY / (_frequency(orders, as_of) - 1).nullif(0)


METRICS.register("days_between_orders")(
    CustomerMetric(
        Metric("days_between_orders", "Days between orders", "mean, customers of two orders or more", decimals=1),
        _gap,
    )
)


def _literal(seconds: int) -> ir.Value:
    import ibis

    return ibis.literal(seconds, "int64")
