"""What a customer's orders hold: items, products, refunds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segdash.metrics.measure import METRICS, CustomerMetric
from segdash.schema import Metric

if TYPE_CHECKING:
    import ibis.expr.types as ir

METRICS.register("items")(
    CustomerMetric(
        Metric("items", "Items", "pieces bought", higher_is_better=True, decimals=0),
        lambda orders, _: orders["items"].sum(),
        order={"items": lambda lines: lines["is_sale"].ifelse(lines["quantity"], 0.0).sum()},
        needs=("quantity",),
    )
)
METRICS.register("distinct_products")(
    CustomerMetric(
        Metric("distinct_products", "Distinct products", "different ones bought", higher_is_better=True, decimals=0),
        lines=lambda lines: lines["is_sale"].ifelse(lines["product"], None).nunique(),
        needs=("product",),
    )
)


def _refunded(orders: ir.Table, _as_of: int) -> ir.Value:
    """Refunds as a share of sales, 0 to 1 and more."""
    return orders["refunds"].sum() / orders["bought"].sum().nullif(0)


METRICS.register("share_refunded")(
    CustomerMetric(
        Metric("share_refunded", "Share refunded", "of spend", higher_is_better=False),
        _refunded,
        order={
            "refunds": lambda lines: lines["is_sale"].ifelse(0.0, -lines["amount"]).sum(),
            "bought": lambda lines: lines["is_sale"].ifelse(lines["amount"], 0.0).sum(),
        },
    )
)
