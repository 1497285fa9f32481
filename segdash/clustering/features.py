"""Metrics to the space that distances are measured in: clip, transform, standardise, weigh; frozen once fitted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from segdash.clustering.settings import STANDARDISE, TRANSFORM, WEIGHTS, WINSORISE
from segdash.clustering.strict import number, record, text
from segdash.clustering.transforms import FIT, Curve, Logarithm, curve_of
from segdash.errors import ClusteringError, UnknownNameError, count, did_you_mean, quote
from segdash.numbers import number as written

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

FARTHEST = 1e100
"""Largest coordinate: the squares of larger ones are no longer finite."""


@dataclass(frozen=True, eq=False)
class Axis:
    """One metric on its way into the space.

    Parameters
    ----------
    feature : str
        Name of the metric.
    limits : tuple of float, or None
        Values outside are moved to the nearer one; None clips nothing.
    curve : Curve
        The fitted transform.
    centre, scale : float
        Mean and standard deviation after the transform; 0 and 1 when not standardised.
    weight : float
        What the standardised metric is multiplied by, above 0.
    """

    feature: str
    limits: tuple[float, float] | None
    curve: Curve
    centre: float
    scale: float
    weight: float

    def points(self, values: np.ndarray) -> np.ndarray:
        """Coordinates of these values."""
        bent = bend(self.feature, values, self.limits, self.curve)
        points = (bent - self.centre) / self.scale
        points = points if self.weight == 1 else points * self.weight
        if len(points) and not np.abs(points).max() <= FARTHEST:
            raise _too_large(self.feature, values)
        return points

    def undo(self, points: np.ndarray) -> np.ndarray:
        """Values at these coordinates; clipping can't be undone."""
        return self.curve.undo(points / self.weight * self.scale + self.centre)


@dataclass(frozen=True, eq=False)
class FeatureSpace:
    """A table's metrics as points whose distances say how alike customers are.

    Parameters
    ----------
    transform_name : str
        A name in `segdash.clustering.transforms.TRANSFORMS`.
    axes : tuple of Axis
        One per metric that counts.
    notes : tuple of str
        Sentences about what was clipped or left out when it was fitted.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"recency": [1.0, 3.0], "monetary": [10.0, 30.0]})
    >>> space = FeatureSpace.fit(table, ["recency", "monetary"], transform="none", weights={"monetary": 2})
    >>> space.transform(table).tolist()
    [[-1.0, -2.0], [1.0, 2.0]]
    """

    transform_name: str
    axes: tuple[Axis, ...]
    notes: tuple[str, ...] = ()

    @property
    def features(self) -> tuple[str, ...]:
        """Metrics of the axes, in their order."""
        return tuple(axis.feature for axis in self.axes)

    @classmethod
    def fit(
        cls,
        customers: pd.DataFrame,
        features: Sequence[str],
        *,
        transform: str = TRANSFORM.default,
        standardise: bool = STANDARDISE.default,
        winsorise: float = WINSORISE.default,
        weights: Mapping[str, float] | None = None,
    ) -> FeatureSpace:
        """The space of these customers.

        Parameters
        ----------
        customers : pandas.DataFrame of shape (n_customers, ...)
            One row per customer.
        features : sequence of str
            Metrics to take. One that is the same for everybody tells nobody apart: it is left out, with a note.
        transform : str
            What is done to each metric first: log1p, none, yeo-johnson or rank.
        standardise : bool
            Whether each metric then gets mean 0 and standard deviation 1.
        winsorise : float
            Share of customers at each end, 0 to 0.25, whose values are moved to the next one inside, before
            anything else.
        weights : mapping of str to float, optional
            What each metric is multiplied by in the end, 0 to 100; 1 where none is given, 0 leaves it out.
            A difference in a metric of weight 2 counts like one twice as large.

        Raises
        ------
        ClusteringError
            For a missing or infinite value, a value without logarithm, weights that are all 0, or customers that
            are all equal.
        UnknownNameError
            When the table has no such metric, or no transform has that name.
        """
        kind, standard, share = TRANSFORM.check(transform), STANDARDISE.check(standardise), WINSORISE.check(winsorise)
        weighed = _weighed(customers, features, WEIGHTS.check(weights))
        axes: list[Axis] = []
        clipped: list[str] = []
        same: list[str] = []
        for feature, weight in weighed.items():
            values = column(customers, feature)
            limits = clip_limits(values, share) if share else None
            axis = _axis(feature, values, limits, kind, standard, weight)
            if limits:
                outside = int(((values < limits[0]) | (values > limits[1])).sum())
                clipped.append(f"{count(outside, 'value')} of {feature}")
            if axis is None:
                same.append(feature)
            else:
                axes.append(axis)
        if not axes:
            raise ClusteringError(
                f"{count(len(customers), 'customer')} of one kind can't be told apart: equal in {', '.join(same)}. "
                "Choose another metric, or the method 'single', which keeps everyone together."
            )
        ends = f"Clipped at {written(100 * share, 4).rstrip('0').rstrip('.')} % of each end: {', '.join(clipped)}."
        return cls(kind, tuple(axes), (*([ends] if clipped else []), *(_left_out(name, bool(share)) for name in same)))

    def transform(self, customers: pd.DataFrame) -> np.ndarray:
        """Points of these customers, shape (n_customers, n_features).

        Raises
        ------
        UnknownNameError
            When the table has not got one of the metrics.
        ClusteringError
            When a value is missing, infinite, or has no logarithm.
        """
        points = np.empty((len(customers), len(self.axes)))
        for i, axis in enumerate(self.axes):
            points[:, i] = axis.points(column(customers, axis.feature))
        return points

    def undo(self, points: np.ndarray) -> np.ndarray:
        """The metrics at these points, in their own units, of the same shape."""
        return np.stack([axis.undo(points[:, i]) for i, axis in enumerate(self.axes)], axis=1)

    def to_dict(self) -> dict[str, Any]:
        """Everything that `transform` needs, in plain types."""
        axes = [
            {
                "feature": axis.feature,
                "limits": list(axis.limits) if axis.limits else None,
                "curve": axis.curve.to_dict(),
                "centre": axis.centre,
                "scale": axis.scale,
                "weight": axis.weight,
            }
            for axis in self.axes
        ]
        return {"transform": self.transform_name, "axes": axes}

    @classmethod
    def from_dict(cls, plain: Any) -> FeatureSpace:
        """The space that `to_dict` wrote.

        Raises
        ------
        ClusteringError, UnknownNameError
            When something is missing, unknown or of a wrong kind.
        """
        held = record(plain, ("transform", "axes"), "the feature space")
        kind = TRANSFORM.check(held["transform"])
        if not isinstance(held["axes"], list) or not held["axes"]:
            raise ClusteringError("The feature space has no axes: at least one metric is needed. Save the model anew.")
        axes = tuple(_axis_of(one, kind) for one in held["axes"])
        names = [axis.feature for axis in axes]
        if twice := next((name for name in names if names.count(name) > 1), None):
            raise ClusteringError(f"The feature space has metric {quote(twice)} twice. Keep one of them.")
        return cls(kind, axes)


def column(customers: pd.DataFrame, name: str) -> np.ndarray:
    """Values of one metric, all of them finite numbers.

    Raises
    ------
    UnknownNameError
        When the table has no such column.
    ClusteringError
        When it holds anything else than finite numbers: counted, with the mend.
    """
    if name not in customers.columns:
        known = customers.select_dtypes("number").columns
        raise UnknownNameError(f"This table has no metric {quote(name)} to cluster on.{did_you_mean(name, known)}")
    try:
        values = customers[name].to_numpy(dtype="float64", na_value=np.nan)
    except (TypeError, ValueError):
        raise ClusteringError(
            f"Metric {quote(name)} is no column of numbers. Leave it out of the features, or mend the file."
        ) from None
    if bad := int((~np.isfinite(values)).sum()):
        raise ClusteringError(
            f"Metric {quote(name)} has no number for {count(bad, 'customer')} of {len(values):,}. "
            "Leave it out of the features, or complete the file."
        )
    return values


def clip_limits(values: np.ndarray, share: float) -> tuple[float, float]:
    """The values that the outermost ``share`` of customers at each end are moved to; values that occur.

    Examples
    --------
    >>> clip_limits(np.arange(1.0, 11.0), 0.1)
    (2.0, 9.0)
    """
    # 0.29 x 100 is 28.999...: a hair is added before counting.
    beyond = int(share * len(values) + 1e-9)
    held = np.partition(values, (beyond, len(values) - 1 - beyond))
    return float(held[beyond]), float(held[len(values) - 1 - beyond])


def bend(feature: str, values: np.ndarray, limits: tuple[float, float] | None, curve: Curve) -> np.ndarray:
    """Values clipped and transformed; a value without logarithm raises."""
    kept = np.clip(values, *limits) if limits else values
    if isinstance(curve, Logarithm) and len(kept) and kept.min() <= -1:
        raise ClusteringError(
            f"Metric {quote(feature)} is -1 or less for {count(int((kept <= -1).sum()), 'customer')} "
            f"(lowest {kept.min():,.6g}) and has no logarithm there. "
            "Choose the transform 'none', or leave the metric out of the features."
        )
    return curve.apply(kept)


def _weighed(customers: pd.DataFrame, features: Sequence[str], weights: Mapping[str, float]) -> dict[str, float]:
    """Metric -> weight, of those whose weight is above 0."""
    for name in weights:
        if name not in customers.columns:
            raise UnknownNameError.of("metric", name, customers.select_dtypes("number").columns)
    chosen = {name: weights.get(name, 1.0) for name in features}
    if not chosen:
        raise ClusteringError("Distances need at least one metric. Choose one or more.")
    if not any(chosen.values()):
        raise ClusteringError("The weight of every chosen metric is 0, so none would count. Give one a weight above 0.")
    return {name: weight for name, weight in chosen.items() if weight > 0}


def _axis(
    feature: str, values: np.ndarray, limits: tuple[float, float] | None, kind: str, standard: bool, weight: float
) -> Axis | None:
    """The axis of one metric, or None where it is the same for everybody."""
    kept = np.clip(values, *limits) if limits else values
    if kept.min() == kept.max():
        return None
    curve = FIT[kind](kept)
    bent = bend(feature, values, limits, curve)
    centre, scale = 0.0, 1.0
    if standard:
        with np.errstate(over="ignore", invalid="ignore", under="ignore"):
            centre, scale = float(bent.mean()), float(bent.std())
        if not np.isfinite(scale):
            raise _too_large(feature, values)
    if scale == 0 or bent.min() == bent.max():
        return None
    return Axis(feature, limits, curve, centre, scale, weight)


def _axis_of(plain: Any, kind: str) -> Axis:
    held = record(plain, ("feature", "limits", "curve", "centre", "scale", "weight"), "an axis of the feature space")
    feature = text(held["feature"], "'feature' of an axis")
    where = f"the axis {quote(feature)}"
    limits = None
    if held["limits"] is not None:
        if not isinstance(held["limits"], (list, tuple)) or len(held["limits"]) != 2:
            raise ClusteringError(f"'limits' of {where} must be two numbers. Save the model anew.")
        low = number(held["limits"][0], f"the lower limit of {where}")
        limits = (low, number(held["limits"][1], f"the upper limit of {where}", least=low))
    return Axis(
        feature,
        limits,
        curve_of(kind, held["curve"], f"'curve' of {where}"),
        number(held["centre"], f"'centre' of {where}"),
        number(held["scale"], f"'scale' of {where}", above=0),
        number(held["weight"], f"'weight' of {where}", above=0),
    )


def _left_out(name: str, clipped: bool) -> str:
    since = " after clipping" if clipped else ""
    return f"Metric {quote(name)} is the same for everyone{since} and tells nobody apart: it was left out."


def _too_large(feature: str, values: np.ndarray) -> ClusteringError:
    return ClusteringError(
        f"Metric {quote(feature)} is too large to measure distances with (up to {np.abs(values).max():.3g}). "
        "Choose the transform 'rank', or leave the metric out of the features."
    )
