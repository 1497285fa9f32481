"""Canonical column names, each with its unit and meaning. The words every room uses."""

from __future__ import annotations

import re
from dataclasses import dataclass

CUSTOMER_ID = "customer_id"
RECENCY = "recency"
FREQUENCY = "frequency"
MONETARY = "monetary"
CLUSTER = "cluster"
SEGMENT = "segment"
AVERAGE_ORDER = "average_order_value"

RFM = (RECENCY, FREQUENCY, MONETARY)

UNASSIGNED = "Unassigned"
"""Cluster of the customers that have none. It is no segment: it is neither ranked nor judged, nor is it hidden."""


@dataclass(frozen=True)
class Metric:
    """What a number per customer measures, and how to write it.

    Parameters
    ----------
    name : str
        Column name in every table.
    title : str
        Name for people, without unit.
    unit : str
        Unit or meaning in a few words, "" when unknown.
    higher_is_better : bool or None
        Direction; None when the metric has none.
    money : bool
        True when the metric is an amount in the data set's currency.
    decimals : int
        Digits after the point when a single customer's value is written.
    """

    name: str
    title: str
    unit: str = ""
    higher_is_better: bool | None = None
    money: bool = False
    decimals: int = 2

    def label(self, currency: str = "") -> str:
        """Title with its unit in parentheses, the data set's currency added to money.

        Examples
        --------
        >>> METRICS["monetary"].label("GBP")
        'Monetary (total spend, GBP)'
        """
        unit = ", ".join(part for part in (self.unit, currency if self.money else "") if part)
        return f"{self.title} ({unit})" if unit else self.title

    def unit_label(self, currency: str = "") -> str:
        """The unit alone, "" when there is none to name."""
        return ", ".join(part for part in (self.unit, currency if self.money else "") if part)


METRICS = {
    m.name: m
    for m in (
        Metric(RECENCY, "Recency", "days since last order", higher_is_better=False, decimals=0),
        Metric(FREQUENCY, "Frequency", "orders", higher_is_better=True, decimals=0),
        Metric(MONETARY, "Monetary", "total spend", higher_is_better=True, money=True),
    )
}
"""The metrics every customer table has."""

MEASURED: dict[str, Metric] = {
    AVERAGE_ORDER: Metric(AVERAGE_ORDER, "Average order value", "spend per order", higher_is_better=True, money=True)
}
"""Further metrics that are measured from orders; `segdash.metrics` enters them. Scores know the first one, too."""

HEADINGS = {
    CUSTOMER_ID: ("customerid", "customer", "custid", "clientid", "id"),
    RECENCY: ("recency", "recencydays"),
    FREQUENCY: ("frequency",),
    MONETARY: ("monetary", "monetaryvalue"),
    CLUSTER: ("cluster", "clusterid"),
    SEGMENT: ("segment", "segmentname"),
}
"""Folded headings (see `fold`) that are taken for each canonical column; the first one wins."""


def fold(heading: str) -> str:
    """A heading without case, blanks, underscores, hyphens and dots: what headings are compared by.

    Examples
    --------
    >>> fold("Customer ID") == fold("customer_id") == fold("CustomerID")
    True
    """
    return re.sub(r"[\s_\-.]+", "", heading).casefold()


def metric(name: str) -> Metric:
    """The metric of that column: a canonical one, or one titled after its column.

    Examples
    --------
    >>> metric("avg_order_value").title, metric("AvgOrderValue").title, metric("CLV 2025").title
    ('Avg order value', 'Avg order value', 'CLV 2025')
    """
    if known := METRICS.get(name) or MEASURED.get(name):
        return known
    words = re.sub(r"[_\s]+", " ", name).strip() or name
    words = re.sub(r"(?<=[a-z])([A-Z])(?=[a-z])", lambda found: f" {found[1].lower()}", words)
    return Metric(name, words[:1].upper() + words[1:])
