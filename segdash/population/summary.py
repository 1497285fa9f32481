"""A segmented table of an engine to the small tables of `segdash.profile`: the same columns, from aggregations.

``table`` is everywhere an Ibis table with the metrics and `PLACE`, the number of a customer's segment in ``segments``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from segdash.population.expressions import exact, number
from segdash.profile import BOX_COLUMNS, BOX_QUANTILES, Totals, profile_columns
from segdash.schema import FREQUENCY, MONETARY, SEGMENT
from segdash.sources.answering import fetched

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import ibis.expr.types as ir

PLACE = "segdash_place"


@dataclass(frozen=True, eq=False)
class Segmented:
    """Customers per segment, of all that pass: what one query of the engine finds.

    Parameters
    ----------
    segments : tuple of str
        Names, best to worst.
    customers : int
        All who pass, also those whose segment is none of ``segments``.
    total : float
        Their revenue.
    sizes, revenue : mapping of int to number
        By place in ``segments``; only segments that have customers.
    means : mapping
        ``means[metric][place]``, NaN where nobody has a value.
    quantiles : mapping
        ``quantiles[metric][place]``: `BOX_QUANTILES`, exact.
    counted : mapping
        ``counted[metric][place]``: customers who have a value.
    """

    segments: tuple[str, ...]
    customers: int
    total: float
    sizes: Mapping[int, int]
    revenue: Mapping[int, float]
    means: Mapping[str, Mapping[int, float]]
    quantiles: Mapping[str, Mapping[int, np.ndarray]]
    counted: Mapping[str, Mapping[int, int]]


def segmented(table: ir.Table, segments: Sequence[str], metrics: Iterable[str], name: str = "") -> Segmented:
    """Ask the engine once for all that `profile_of` and `boxes_of` tell; ``name`` is what sentences call the source."""
    wanted = list(dict.fromkeys(metrics))
    asked: dict[str, ir.Value] = {"size": table.count(), "revenue": number(table, MONETARY).sum()}
    for i, metric in enumerate(wanted):
        value = number(table, metric)
        asked |= {f"n{i}": value.count(), f"mean{i}": value.mean(), f"five{i}": value.quantile(list(BOX_QUANTILES))}
    everyone = fetched(table.group_by(PLACE).agg(**asked), name)
    customers, total = int(everyone["size"].sum()), float(everyone["revenue"].sum())
    found = everyone[everyone[PLACE].notna()].set_index(PLACE)
    found.index = found.index.astype(int)
    found = found.sort_index()
    return Segmented(
        tuple(segments),
        customers,
        total,
        found["size"].astype(int).to_dict(),
        found["revenue"].astype(float).to_dict(),
        {metric: found[f"mean{i}"].astype(float).to_dict() for i, metric in enumerate(wanted)},
        {metric: {place: _five(told) for place, told in found[f"five{i}"].items()} for i, metric in enumerate(wanted)},
        {metric: found[f"n{i}"].astype(int).to_dict() for i, metric in enumerate(wanted)},
    )


def profile_of(found: Segmented, metrics: Sequence[str], *, base_value: float | None = None) -> pd.DataFrame:
    """What `segdash.profile.segment_profile` says of the same customers."""
    customers, total = found.customers, found.total
    base = base_value if base_value is not None else (total / customers if customers else np.nan)
    rows = []
    for place, size in found.sizes.items():
        row: dict[str, Any] = {SEGMENT: found.segments[place], "customers": size, "share": size / customers}
        for name in metrics:
            row |= {f"mean_{name}": found.means[name][place], f"median_{name}": found.quantiles[name][place][2]}
        row["revenue"] = revenue = found.revenue[place]
        row["revenue_share"] = revenue / total if total else np.nan
        row["index"] = 100 * revenue / size / base if base else np.nan
        rows.append(row)
    return pd.DataFrame(rows, columns=profile_columns(metrics))


def boxes_of(table: ir.Table, found: Segmented, name: str = "") -> dict[str, pd.DataFrame]:
    """What `segdash.profile.box_summary` says of the same customers, by metric of ``found``.

    The engine is asked once, for those beyond the whiskers.
    """
    metrics = list(found.quantiles)
    asked = {f"beyond{i}": _beyond(table, metric, found.quantiles[metric]) for i, metric in enumerate(metrics)}
    beyond = fetched(table.group_by(PLACE).agg(**asked), name).dropna(subset=PLACE).set_index(PLACE)
    nothing = np.full(len(BOX_QUANTILES), np.nan)
    boxes = {}
    for i, metric in enumerate(metrics):
        five, counted, outside = found.quantiles[metric], found.counted[metric], beyond[f"beyond{i}"]
        rows = [
            [segment, *five.get(place, nothing), counted.get(place, 0), int(outside.get(place, 0))]
            for place, segment in enumerate(found.segments)
        ]
        boxes[metric] = pd.DataFrame(rows, columns=[SEGMENT, *BOX_COLUMNS, "customers", "beyond"])
    return boxes


def _beyond(table: ir.Table, metric: str, five: Mapping[int, np.ndarray]) -> ir.IntegerScalar:
    """How many lie outside the whiskers of their segment."""
    import ibis

    value = number(table, metric)
    ends = [(table[PLACE] == place, told) for place, told in five.items() if np.isfinite(told).all()]
    if not ends:
        return value.isnull().ifelse(0, 0).sum()  # nobody has a value
    low, high = (ibis.cases(*((here, exact(told[end])) for here, told in ends)) for end in (0, -1))
    return ((value < low) | (value > high)).ifelse(1, 0).sum()


def totals_of(table: ir.Table, name: str = "") -> Totals:
    """What `segdash.profile.totals` says of the same customers."""
    spent, orders = number(table, MONETARY), number(table, FREQUENCY)
    asked = table.aggregate(
        customers=table.count(),
        revenue=spent.sum(),
        median=spent.median(),
        orders=orders.mean(),
        once=(orders == 1).ifelse(1, 0).sum(),
    )
    found = fetched(asked, name).iloc[0]
    customers = int(found["customers"])
    if not customers:
        return Totals(0, 0.0, np.nan, np.nan, np.nan, np.nan)
    revenue = float(found["revenue"])
    figures = float(found["median"]), float(found["orders"]), int(found["once"]) / customers
    return Totals(customers, revenue, revenue / customers, *figures)


def _five(told: Any) -> np.ndarray:
    """The quantiles that an engine gave; missing where it had no values."""
    if told is None or np.ndim(told) == 0:
        return np.full(len(BOX_QUANTILES), np.nan)
    return np.array([np.nan if one is None else float(one) for one in told])
