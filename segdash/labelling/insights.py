"""A sentence or two about a segment, written from its numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segdash.errors import count
from segdash.numbers import number, percent, short_money

if TYPE_CHECKING:
    from collections.abc import Mapping


def share_sentence(part: Mapping[str, float], *, base: str = "customers") -> str:
    """How many they are and what they bring.

    Parameters
    ----------
    part : mapping
        A row of `segment_profile`: customers, share, revenue_share.
    base : str
        What the shares are of ("customers", "the selection").

    Examples
    --------
    >>> share_sentence({"customers": 7, "share": 0.00245, "revenue_share": 0.1737})
    '7 customers, 0.2 % of customers, bring 17.4 % of revenue.'
    """
    size = int(part["customers"])
    verb = "brings" if size == 1 else "bring"
    revenue = "revenue" if base == "customers" else "its revenue"
    return (
        f"{count(size, 'customer')}, {percent(part['share'])} of {base}, "
        f"{verb} {percent(part['revenue_share'])} of {revenue}."
    )


def habit_sentence(part: Mapping[str, float], currency: str = "") -> str:
    """What the middle one of them does.

    Examples
    --------
    >>> habit_sentence({"median_recency": 15, "median_frequency": 1, "median_monetary": 77183.6})
    'Half of them ordered within the last 15 days; typically 1 order and 77.2 k in total.'
    """
    days = round(part["median_recency"])
    orders = number(part["median_frequency"], 0 if float(part["median_frequency"]).is_integer() else 1)
    noun = "order" if part["median_frequency"] == 1 else "orders"
    spend = short_money(part["median_monetary"], currency)
    return f"Half of them ordered within the last {count(days, 'day')}; typically {orders} {noun} and {spend} in total."
