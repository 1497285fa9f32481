"""How much of the revenue hangs on how few customers: Lorenz curve, Gini coefficient, what the top few bring.

Customers below zero (more refunded than bought) count as 0 everywhere here, because a share of a sum that has both
signs can pass 100 % and says nothing. How many they are and what they add up to is part of every answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from segdash.errors import ChoiceError, count
from segdash.numbers import money, percent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike

TOPS = (0.01, 0.05, 0.1, 0.2, 0.5)
"""Shares of the customers that are asked about first."""


@dataclass(frozen=True)
class Top:
    """The customers who bring most, and what would be left without them.

    Parameters
    ----------
    share : float
        Share of the customers asked for, 0..1.
    customers : int
        How many that is: rounded, at least one where there are any.
    revenue : float
        What they bring; it is what is at risk should they leave.
    revenue_share : float
        The same relative to all revenue above zero, 0..1; missing where there is none.
    least : float
        Revenue of the last of them.
    """

    share: float
    customers: int
    revenue: float
    revenue_share: float
    least: float

    def sentence(self, currency: str = "") -> str:
        """What they bring, in words.

        Examples
        --------
        >>> top_customers([60.0, 20.0, 10.0, 10.0], 0.25).sentence("£")
        'The top 25 % (1 customer) bring 60.0 % of revenue; without them £60.00 of it would be missing.'
        """
        if not np.isfinite(self.revenue_share):
            return "Nobody brings revenue above zero, so no share of it can be given."
        return (
            f"The top {100 * self.share:.3g} % ({count(self.customers, 'customer')}) bring "
            f"{percent(self.revenue_share)} of revenue; without them {money(self.revenue, currency)} of it would be "
            "missing."
        )


def gini(revenue: ArrayLike) -> float:
    """Gini coefficient of revenue per customer, 0 (all bring the same) to 1 - 1 / n (one brings all).

    Parameters
    ----------
    revenue : array-like of shape (n_customers,)
        In the data's currency. Missing values are left out, values below zero count as 0.

    Returns
    -------
    float
        Missing when nobody brings anything.

    Notes
    -----
    With x sorted upwards, G = sum((2 i - n - 1) x_i) / (n sum(x)), i = 1..n: half the mean absolute difference of
    two customers, relative to the mean. It describes these customers and is not corrected for a small sample.

    Examples
    --------
    >>> gini([1, 1, 1, 1]), gini([0, 0, 0, 5]), round(gini([1, 2, 3, 4, 5]), 4)
    (0.0, 0.75, 0.2667)
    """
    values = _counted(revenue)
    n, total = len(values), values.sum()
    if not total > 0:
        return float("nan")
    return float(((2 * np.arange(1, n + 1) - n - 1) * values).sum() / (n * total))


def lorenz(revenue: ArrayLike, *, points: int = 101) -> pd.DataFrame:
    """Which share of revenue the lowest share of the customers brings.

    Parameters
    ----------
    revenue : array-like of shape (n_customers,)
        Missing values are left out, values below zero count as 0.
    points : int
        Rows of the curve, evenly spaced over the customers; values between two customers are interpolated, as the
        Lorenz curve is drawn.

    Returns
    -------
    pandas.DataFrame of shape (points, 2)
        customers (share, 0..1, lowest first) and revenue (share, 0..1); revenue is missing where nobody brings any.

    Examples
    --------
    >>> lorenz([10.0, 10.0, 20.0, 60.0], points=5)["revenue"].tolist()
    [0.0, 0.1, 0.2, 0.4, 1.0]
    """
    values = _counted(revenue)
    at = np.linspace(0, 1, points)
    total = values.sum()
    if not total > 0:
        return pd.DataFrame({"customers": at, "revenue": np.nan})
    reached = np.concatenate([[0.0], np.cumsum(values) / total])
    reached[-1] = 1.0  # the sum of parts may miss it by a rounding
    return pd.DataFrame({"customers": at, "revenue": np.interp(at, np.linspace(0, 1, len(reached)), reached)})


def top_customers(revenue: ArrayLike, share: float) -> Top:
    """The customers who bring most: a share of them, rounded to whole customers, at least one.

    Parameters
    ----------
    revenue : array-like of shape (n_customers,)
        Missing values are left out, values below zero count as 0.
    share : float
        Above 0, at most 1.

    Raises
    ------
    ChoiceError
        When ``share`` is outside that range.

    Examples
    --------
    >>> top = top_customers([60.0, 20.0, 10.0, 10.0, -50.0], 0.4)
    >>> top.customers, top.revenue, top.revenue_share, top.least
    (2, 80.0, 0.8, 20.0)
    """
    if not 0 < share <= 1:
        raise ChoiceError(f"The top {100 * share:g} % of customers cannot be taken. Choose a share above 0, at most 1.")
    values = _counted(revenue)[::-1]
    # Halves go up, so that 50 % of 5 customers are 3 and not, as round() has it, 2.
    n = min(len(values), max(1, int(np.floor(share * len(values) + 0.5))))
    total, brought = float(values.sum()), float(values[:n].sum())
    return Top(share, n, brought, brought / total if total > 0 else np.nan, float(values[n - 1]) if n else np.nan)


def concentration_table(revenue: ArrayLike, shares: Sequence[float] = TOPS) -> pd.DataFrame:
    """One row per share of the customers: how many they are, what they bring, what is left without them.

    Parameters
    ----------
    revenue : array-like of shape (n_customers,)
        Missing values are left out, values below zero count as 0.
    shares : sequence of float
        Above 0, at most 1.

    Returns
    -------
    pandas.DataFrame of shape (n_shares, 6)
        top (0..1), customers, revenue, revenue_share (0..1), least (revenue of the last of them), left (revenue
        without them).

    Examples
    --------
    >>> concentration_table([60.0, 20.0, 10.0, 10.0], [0.25, 0.5])[["top", "customers", "revenue", "left"]]
        top  customers  revenue  left
    0  0.25          1     60.0  40.0
    1  0.50          2     80.0  20.0
    """
    total = float(_counted(revenue).sum())
    found = [top_customers(revenue, share) for share in shares]
    rows = [(t.share, t.customers, t.revenue, t.revenue_share, t.least, total - t.revenue) for t in found]
    return pd.DataFrame(rows, columns=["top", "customers", "revenue", "revenue_share", "least", "left"])


def below_zero(revenue: ArrayLike, currency: str = "") -> str:
    """How many customers count as 0 because they are below it, in words; "" when none is.

    Examples
    --------
    >>> below_zero([5.0, -2.0, -1.5], "£")
    '2 customers are below zero (-£3.50 together) and count as 0.'
    >>> below_zero([5.0])
    ''
    """
    values = np.asarray(revenue, dtype="float64")
    negative = values[values < 0]
    if not len(negative):
        return ""
    many = len(negative) > 1
    together = f"{money(float(negative.sum()), currency)}{' together' if many else ''}"
    return f"{count(len(negative), 'customer')} {'are' if many else 'is'} below zero ({together}) and " + (
        "count as 0." if many else "counts as 0."
    )


def _counted(revenue: ArrayLike) -> np.ndarray:
    """Values that count, lowest first."""
    values = np.asarray(revenue, dtype="float64")
    return np.sort(np.clip(values[np.isfinite(values)], 0, None))
