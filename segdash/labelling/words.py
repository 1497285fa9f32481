"""Ranks and medians in words."""

from __future__ import annotations

from segdash.errors import count
from segdash.numbers import money, number
from segdash.schema import FREQUENCY, MONETARY, RECENCY

NOUNS = {RECENCY: "recency", FREQUENCY: "frequency", MONETARY: "spend"}
"""What a sentence calls each metric."""

UNITS = {RECENCY: "day", FREQUENCY: "order"}


def ordinal(rank: int) -> str:
    """A rank as English writes it.

    Examples
    --------
    >>> [ordinal(rank) for rank in (1, 2, 3, 4, 11, 12, 13, 21, 112)]
    ['1st', '2nd', '3rd', '4th', '11th', '12th', '13th', '21st', '112th']
    """
    teens = 10 < rank % 100 < 14
    return f"{rank}{'th' if teens else {1: 'st', 2: 'nd', 3: 'rd'}.get(rank % 10, 'th')}"


def plain(metric: str, value: float, currency: str = "") -> str:
    """A metric's value without its unit; a median between two numbers keeps its half, small money its cents.

    Examples
    --------
    >>> plain("monetary", 77183.6, "£"), plain("monetary", 3.75), plain("recency", 14.5)
    ('£77,184', '3.75', '14.5')
    """
    if metric == MONETARY:
        return money(value, currency, 0 if abs(value) >= 100 or float(value).is_integer() else 2)
    return number(value, 0 if float(value).is_integer() else 1)


def amount(metric: str, value: float, currency: str = "") -> str:
    """A metric's value with its unit.

    Examples
    --------
    >>> amount("recency", 1), amount("recency", 14.5), amount("frequency", 25), amount("monetary", 77183.6)
    ('1 day', '14.5 days', '25 orders', '77,184')
    """
    if metric not in UNITS:
        return plain(metric, value, currency)
    return count(int(value), UNITS[metric]) if float(value).is_integer() else f"{value:,.1f} {UNITS[metric]}s"
