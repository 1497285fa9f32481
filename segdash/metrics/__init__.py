"""Kept orders in, one number per customer out. One module per metric or family of them, found by name in `METRICS`."""

from __future__ import annotations

from segdash.metrics.measure import METRICS, CustomerMetric, customer_metrics

__all__ = ["METRICS", "CustomerMetric", "customer_metrics"]
