"""Metrics to coordinates of the feature space as Ibis expressions: what `FeatureSpace.transform` does to a frame."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segdash.clustering.transforms import Logarithm, Plain, YeoJohnson
from segdash.errors import ClusteringError, count, quote
from segdash.population.expressions import exact, expm1, log1p, number
from segdash.sources.answering import fetched

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from segdash.clustering.features import Axis, FeatureSpace
    from segdash.clustering.transforms import Curve


def coordinates(table: ir.Table, space: FeatureSpace) -> list[ir.FloatingValue]:
    """A coordinate per axis of the space, in its order.

    Raises
    ------
    ClusteringError
        When the space was made by ranks: its thousands of steps are no expression.
    """
    return [_coordinate(number(table, axis.feature), axis) for axis in space.axes]


def refuse_unfit(table: ir.Table, space: FeatureSpace) -> None:
    """Ask the engine for customers whom the space has no place for, and raise when there are any.

    Raises
    ------
    ClusteringError
        When a metric is missing, or has no logarithm: counted, with the mend.
    """
    wanted = {f"missing {axis.feature}": table[axis.feature].isnull().sum() for axis in space.axes}
    logs = [axis.feature for axis in space.axes if isinstance(axis.curve, Logarithm)]
    wanted |= {f"low {name}": (number(table, name) <= -1).sum() for name in logs}
    found = fetched(table.aggregate(size=table.count(), **wanted)).iloc[0]
    for name in space.features:
        if bad := int(found[f"missing {name}"] or 0):
            raise ClusteringError(
                f"Metric {quote(name)} has no number for {count(bad, 'customer')} of {int(found['size']):,}. "
                "Leave it out of the features, or complete the orders."
            )
    for name in logs:
        if bad := int(found[f"low {name}"] or 0):
            raise ClusteringError(
                f"Metric {quote(name)} is -1 or less for {count(bad, 'customer')} of {int(found['size']):,} and has no "
                "logarithm there. Choose the transform 'none', or leave the metric out of the features."
            )


def _coordinate(value: ir.FloatingValue, axis: Axis) -> ir.FloatingValue:
    # Step by step as `Axis.points` does it: each operation rounds, and the result is to be the same.
    point = (_bent(_clipped(value, axis.limits), axis.curve) - exact(axis.centre)) / exact(axis.scale)
    return point if axis.weight == 1 else point * exact(axis.weight)


def _clipped(value: ir.FloatingValue, limits: tuple[float, float] | None) -> ir.FloatingValue:
    import ibis

    if limits is None:
        return value
    low, high = exact(limits[0]), exact(limits[1])
    return ibis.cases((value < low, low), (value > high, high), else_=value)


def _bent(value: ir.FloatingValue, curve: Curve) -> ir.FloatingValue:
    if isinstance(curve, Plain):
        return value
    if isinstance(curve, Logarithm):
        return log1p(value)
    if isinstance(curve, YeoJohnson):
        above = _powered(log1p((value > 0).ifelse(value, exact(0))), curve.power)
        below = _powered(log1p((value < 0).ifelse(-value, exact(0))), 2 - curve.power)
        return above - below
    raise ClusteringError(
        "Segments made by the transform 'rank' can't be given to customers that stay in the engine: its steps are "
        "those of the sample. Choose log1p, yeo-johnson or none."
    )


def _powered(logs: ir.FloatingValue, power: float) -> ir.FloatingValue:
    return logs if power == 0 else expm1(logs * exact(power)) / exact(power)
