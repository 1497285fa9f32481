"""What is done to one metric before it is standardised: fitted once, then frozen, so new customers get the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from segdash.clustering.strict import increasing, number, record

if TYPE_CHECKING:
    from collections.abc import Callable

TRANSFORMS = {
    "log1p": "Logarithm, log(1 + value)",
    "none": "None (values as they are)",
    "yeo-johnson": "Yeo-Johnson power",
    "rank": "Rank (share of customers below)",
}
"""What is done to each metric before it is standardised: name -> title."""

STEPS = 1000
MOST_FOR_POWER = 100_000


class Curve(Protocol):
    """A transform of one metric, fitted."""

    def apply(self, values: np.ndarray) -> np.ndarray:
        """Values after the transform, of the same shape."""

    def undo(self, values: np.ndarray) -> np.ndarray:
        """Values before the transform, of the same shape."""

    def to_dict(self) -> dict[str, Any]:
        """What was fitted, in plain types; empty when nothing was."""


@dataclass(frozen=True)
class Plain:
    """Values as they are."""

    def apply(self, values: np.ndarray) -> np.ndarray:
        """The same values."""
        return values

    def undo(self, values: np.ndarray) -> np.ndarray:
        """The same values."""
        return values

    def to_dict(self) -> dict[str, Any]:
        """Nothing was fitted."""
        return {}


@dataclass(frozen=True)
class Logarithm:
    """log(1 + value), for values above -1."""

    def apply(self, values: np.ndarray) -> np.ndarray:
        """Natural logarithm of 1 + value."""
        return np.log1p(values)

    def undo(self, values: np.ndarray) -> np.ndarray:
        """exp(value) - 1."""
        return np.expm1(values)

    def to_dict(self) -> dict[str, Any]:
        """Nothing was fitted."""
        return {}


@dataclass(frozen=True)
class YeoJohnson:
    """The power transform of Yeo and Johnson (2000), which takes negative values too.

    Parameters
    ----------
    power : float
        lambda: 1 leaves values as they are, 0 is log(1 + value) of positive ones.

    Examples
    --------
    >>> YeoJohnson(2.0).apply(np.array([0.0, 1.0, 3.0])).round(9).tolist()
    [0.0, 1.5, 7.5]
    """

    power: float

    def apply(self, values: np.ndarray) -> np.ndarray:
        """((1 + x)^power - 1) / power above 0, mirrored with 2 - power below."""
        low, high = np.minimum(values, 0.0), np.maximum(values, 0.0)
        return _powered(np.log1p(high), self.power) - _powered(np.log1p(-low), 2 - self.power)

    def undo(self, values: np.ndarray) -> np.ndarray:
        """The values that were given, NaN where no value leads there."""
        low, high = np.minimum(values, 0.0), np.maximum(values, 0.0)
        return np.expm1(_unpowered(high, self.power)) - np.expm1(_unpowered(-low, 2 - self.power))

    def to_dict(self) -> dict[str, Any]:
        """The power."""
        return {"power": self.power}


@dataclass(frozen=True, eq=False)
class Rank:
    """The share of customers below a value, those equal counted half; linear between the values that were fitted.

    Parameters
    ----------
    values, shares : numpy.ndarray of shape (n,)
        Both ascending; shares in (0, 1). Up to 2,000 different values are all kept, of more the share
        is right to 0.1 %.

    Examples
    --------
    >>> rank = fit_rank(np.array([10.0, 20.0, 20.0, 40.0]))
    >>> rank.apply(np.array([10.0, 20.0, 30.0, 40.0, 999.0])).tolist()
    [0.125, 0.5, 0.6875, 0.875, 0.875]
    """

    values: np.ndarray
    shares: np.ndarray

    def apply(self, values: np.ndarray) -> np.ndarray:
        """Shares; beyond the ends, those of the ends."""
        return np.interp(values, self.values, self.shares)

    def undo(self, values: np.ndarray) -> np.ndarray:
        """The values at these shares."""
        return np.interp(values, self.shares, self.values)

    def to_dict(self) -> dict[str, Any]:
        """Values and shares as lists."""
        return {"values": self.values.tolist(), "shares": self.shares.tolist()}


def fit_rank(values: np.ndarray) -> Rank:
    """`Rank` among these values."""
    distinct, counts = np.unique(values, return_counts=True)
    shares = (np.cumsum(counts) - counts / 2) / len(values)
    if len(distinct) > 2 * STEPS:
        # The value before each step is kept too: a step onto a value that many share is steep on one side.
        at = np.searchsorted(shares, np.linspace(shares[0], shares[-1], STEPS))
        kept = np.unique(np.concatenate([np.maximum(at - 1, 0), at]))
        distinct, shares = distinct[kept], shares[kept]
    return Rank(distinct, shares)


def fit_power(values: np.ndarray) -> YeoJohnson:
    """`YeoJohnson` of the most likely power; 1 where that power would make different values equal."""
    from sklearn.preprocessing import PowerTransformer

    # Evenly spaced rows: the power of a hundred thousand is that of a million to three digits.
    some = values[:: max(1, -(-len(values) // MOST_FOR_POWER))]
    with np.errstate(all="ignore"):
        power = float(PowerTransformer(standardize=False).fit(some[:, None]).lambdas_[0])
        ends = YeoJohnson(power).apply(np.array([values.min(), np.median(values), values.max()]))
    fits = np.isfinite(power) and np.isfinite(ends).all() and np.ptp(ends) > 0
    return YeoJohnson(power if fits else 1.0)


FIT: dict[str, Callable[[np.ndarray], Curve]] = {
    "log1p": lambda values: Logarithm(),
    "none": lambda values: Plain(),
    "yeo-johnson": fit_power,
    "rank": fit_rank,
}
"""Transform -> what fits it to the values of a metric."""


def curve_of(transform: str, plain: Any, where: str) -> Curve:
    """The fitted transform that ``to_dict`` wrote, checked."""
    if transform == "yeo-johnson":
        return YeoJohnson(number(record(plain, ("power",), where)["power"], f"'power' of {where}"))
    if transform == "rank":
        held = record(plain, ("values", "shares"), where)
        values = increasing(held["values"], f"'values' of {where}")
        shares = increasing(held["shares"], f"'shares' of {where}", length=len(values))
        return Rank(values, shares)
    record(plain, (), where)
    return Logarithm() if transform == "log1p" else Plain()


def _powered(logs: np.ndarray, power: float) -> np.ndarray:
    return logs if power == 0 else np.expm1(power * logs) / power


def _unpowered(values: np.ndarray, power: float) -> np.ndarray:
    with np.errstate(invalid="ignore", divide="ignore"):
        return values if power == 0 else np.log1p(power * values) / power
