"""A segmented table of an engine to what pictures are drawn from: counts per bin, pixel, score cell and period.

``table`` is everywhere an Ibis table with the metrics and `PLACE`, the number of a customer's segment in ``segments``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from segdash.metrics.periods import purchases_of_each
from segdash.population.assignment import OWN, scored
from segdash.population.expressions import exact, number
from segdash.population.summary import PLACE
from segdash.rules.cells import all_cells
from segdash.schema import CUSTOMER_ID, MONETARY, SEGMENT
from segdash.sources.answering import fetched

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import ibis.expr.types as ir

    from segdash.intake.orders import Orders
    from segdash.scoring.thresholds import Thresholds

SKEWED = 8
"""The highest value is so many times the median, or more: as `segdash.charts.figure.is_skewed` has it."""


@dataclass(frozen=True)
class Extent:
    """Between which values a metric lies.

    Parameters
    ----------
    low, high, median : float
        NaN where nobody has a value.
    is_whole : bool
        Whether all values are whole numbers.
    """

    low: float
    high: float
    median: float
    is_whole: bool

    @property
    def is_skewed(self) -> bool:
        """Whether a logarithmic axis shows the metric better."""
        return self.low > 0 and self.high > SKEWED * self.median


@dataclass(frozen=True)
class View:
    """What a shaded picture shows of two metrics.

    Parameters
    ----------
    x, y : str
        Metrics on the axes.
    x_range, y_range : (float, float)
        Ends of the axes, in data units.
    log_x, log_y : bool
        Logarithmic axes.
    size : (int, int)
        Pixels across and up.
    """

    x: str
    y: str
    x_range: tuple[float, float]
    y_range: tuple[float, float]
    log_x: bool = False
    log_y: bool = False
    size: tuple[int, int] = (900, 440)


def extents_of(table: ir.Table, metrics: Iterable[str], name: str = "") -> dict[str, Extent]:
    """Ends and median of each metric; the engine is asked once."""
    wanted = list(dict.fromkeys(metrics))
    asked: dict[str, ir.Value] = {}
    for i, metric in enumerate(wanted):
        value = number(table, metric)
        broken = (value != value.floor()).ifelse(1, 0).sum()
        asked |= {f"low{i}": value.min(), f"high{i}": value.max(), f"median{i}": value.median(), f"broken{i}": broken}
    told = fetched(table.aggregate(**asked), name).iloc[0]
    found = {}
    for i, metric in enumerate(wanted):
        low, high, median, broken = (_float(told[f"{what}{i}"]) for what in ("low", "high", "median", "broken"))
        found[metric] = Extent(low, high, median, is_whole=not broken)
    return found


def histogram_of(
    table: ir.Table, segments: Sequence[str], metric: str, edges: Sequence[float], name: str = ""
) -> tuple[pd.DataFrame, int]:
    """What `segdash.histogram.histogram` counts between these edges, and how many are in no bin."""
    import ibis

    value, last = number(table, metric), len(edges) - 2
    within = [(value < exact(edge), place) for place, edge in enumerate(edges[1:-1])]
    bin_ = ibis.cases((value < exact(edges[0]), None), *within, (value <= exact(edges[-1]), last))
    told = fetched(
        table.mutate(segdash_bin=bin_).group_by(PLACE, "segdash_bin").agg(customers=lambda t: t.count()), name
    )
    counted = told.dropna(subset=[PLACE, "segdash_bin"])
    found = np.zeros((len(segments), last + 1), dtype="int64")
    found[counted[PLACE].astype(int), counted["segdash_bin"].astype(int)] = counted["customers"]
    frame = pd.DataFrame(
        {
            SEGMENT: np.repeat(np.asarray(segments, dtype=object), last + 1),
            "left": np.tile(edges[:-1], len(segments)),
            "right": np.tile(edges[1:], len(segments)),
            "customers": found.ravel(),
        }
    )
    return frame, int(told.loc[told["segdash_bin"].isna(), "customers"].sum())


def pixels_of(table: ir.Table, n_segments: int, view: View, name: str = "") -> np.ndarray:
    """How many customers of each segment lie in each pixel.

    Returns
    -------
    numpy.ndarray of uint32, shape (height, width, n_segments)
        As datashader counts them, the first row at the bottom.
    """
    width, height = view.size
    placed = _inside(_inside(table, view.x, view.x_range), view.y, view.y_range)
    placed = placed.mutate(
        segdash_x=_pixel(number(placed, view.x), view.x_range, width, log=view.log_x),
        segdash_y=_pixel(number(placed, view.y), view.y_range, height, log=view.log_y),
    )
    asked = placed.group_by(PLACE, "segdash_x", "segdash_y").agg(customers=lambda t: t.count())
    told = fetched(asked, name).dropna(subset=[PLACE])
    found = np.zeros((height, width, n_segments), dtype="uint32")
    rows, columns, places = (told[column].astype(int).to_numpy() for column in ("segdash_y", "segdash_x", PLACE))
    found[rows, columns, places] = told["customers"].to_numpy()
    return found


def _inside(table: ir.Table, metric: str, ends: tuple[float, float]) -> ir.Table:
    value = number(table, metric)
    return table.filter((value >= exact(ends[0])) & (value <= exact(ends[1])))


def _pixel(value: ir.FloatingValue, ends: tuple[float, float], n: int, *, log: bool) -> ir.IntegerValue:
    """The number of a value's pixel, step by step as datashader rounds it; the upper end is in the last one."""
    import ibis

    start, end = np.log10(ends) if log else ends
    scale = n / (end - start)
    place = ((value.log10() if log else value) * exact(scale) + exact(-start * scale)).floor().cast("int64")
    return ibis.greatest(ibis.least(place, n - 1), 0)


def score_cells_of(table: ir.Table, thresholds: Thresholds, axes: Sequence[str], name: str = "") -> pd.DataFrame:
    """What `segdash.rules.cell_table.cell_table` says of the same customers, with mean monetary."""
    cells = pd.DataFrame(all_cells(axes, thresholds.bins), columns=list(axes))
    keys = {axis: f"{OWN}{axis}" for axis in axes}
    scores = scored(table, thresholds)
    spent = number(scores, MONETARY)
    asked = scores.group_by(*keys.values()).agg(customers=scores.count(), revenue=spent.sum(), mean=spent.mean())
    told = fetched(asked, name).rename(columns={key: axis for axis, key in keys.items()}).dropna(subset=list(axes))
    told = told.astype(dict.fromkeys(axes, "int64"))
    cells = cells.merge(told, how="left", on=list(axes))
    customers, revenue = cells["customers"].fillna(0).astype("int64"), cells["revenue"].fillna(0.0).astype("float64")
    everybody, total = int(customers.sum()), float(revenue.sum())
    return cells[list(axes)].assign(
        **{
            SEGMENT: None,
            "customers": customers,
            "share": customers / everybody if everybody else np.nan,
            "revenue": revenue,
            "revenue_share": revenue / total if total else np.nan,
            f"mean_{MONETARY}": cells["mean"].astype("float64"),
        }
    )


def periods_of(table: ir.Table, segments: Sequence[str], orders: Orders, every: str, name: str = "") -> pd.DataFrame:
    """What `segdash.metrics.periods.by_segment` says of the same customers, added up in the engine."""
    each = purchases_of_each(orders, every)
    placed = table.select(segdash_who=table[CUSTOMER_ID], **{PLACE: table[PLACE]})
    joined = each.join(placed, each["customer_id"] == placed["segdash_who"])
    asked = joined.group_by(PLACE, "period").agg(orders=joined["orders"].sum(), revenue=joined["revenue"].sum())
    told = fetched(asked, name).dropna(subset=[PLACE]).sort_values([PLACE, "period"], ignore_index=True)
    return pd.DataFrame(
        {
            "period": pd.to_datetime(told["period"]),
            SEGMENT: [segments[int(place)] for place in told[PLACE]],
            "orders": told["orders"].astype("int64"),
            "revenue": told["revenue"].astype("float64"),
        }
    )


def _float(told: Any) -> float:
    return np.nan if told is None or pd.isna(told) else float(told)
