"""How a metric is spread: customers per bin, by segment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import holoviews as hv
import numpy as np
import pandas as pd
from bokeh.models import FixedTicker

from segdash.charts import CHARTS
from segdash.charts.figure import hover, outside, round_ticks, set_scale
from segdash.charts.lettering import EMPTY, cut, refuse_unknown
from segdash.numbers import number, percent
from segdash.schema import metric as metric_of

if TYPE_CHECKING:
    from collections.abc import Mapping


def what_it_shows(metric: str = "the metric", *, apart: bool = False) -> str:
    """What the picture says, for the line below its card's title."""
    if apart:
        return f"How {metric} is spread in each segment, each drawn to its own height; drag to select a range."
    return f"How many customers have which {metric}, by segment, one on top of the other; drag to select a range."


@CHARTS.register("distributions")
def distributions(
    counts: pd.DataFrame,
    colours: Mapping[str, str],
    *,
    metric: str = "monetary",
    log: bool = False,
    apart: bool = False,
    currency: str = "",
) -> hv.Rectangles:
    """Bars of customers per bin, segments stacked or each on a line of its own; a range can be selected.

    Parameters
    ----------
    counts : pandas.DataFrame
        One row per segment and bin: segment, left, right, customers, as `histogram` returns it.
    colours : mapping of str to str
        Segment -> colour, best to worst.
    metric : str
        Named on the axis.
    log : bool
        Logarithmic axis, for bins that are logarithmic too.
    apart : bool
        A line per segment, each as high as its own largest bin: shapes can be compared, sizes are in the hover.
    currency : str
        Written in the label of a metric that is money.

    Returns
    -------
    holoviews.Rectangles
    """
    (rows,) = histogram_parts(counts, colours, metric=metric, apart=apart)
    low, high = _ends(rows, log=log)
    names = list(colours)

    def scale(plot: Any, _element: Any) -> None:
        set_scale(plot.state, "x", log=log)
        if log:
            # A log ticker labels 20, 30, 40, ... of a short range one over the other.
            plot.state.xaxis[0].ticker = FixedTicker(ticks=round_ticks(low, high))
        else:
            plot.state.xaxis[0].ticker.desired_num_ticks = 6
        if not apart:
            set_scale(plot.state, "y", log=False)
            plot.state.yaxis[0].ticker.desired_num_ticks = 5
            plot.state.yaxis[0].ticker.min_interval = 1

    options = outside(
        "distributions",
        f"Histogram of {metric_of(metric).title} by segment",
        height=70 + 34 * max(len(names), 1) if apart else 300,
        empty="" if rows["customers"].sum() else EMPTY,
        hooks=[scale],
    )
    tips = [("Segment", "@segment"), (metric_of(metric).label(currency), "@span"), ("Customers", "@counted")]
    tips += [("Of the segment", "@share")]
    lines = [(len(names) - 1 - i, cut(name)) for i, name in enumerate(names)]
    return hv.Rectangles(
        rows, ["left", "bottom", "right", "top"], ["segment", "span", "counted", "share", "color"]
    ).opts(
        color="color",
        line_alpha=0,
        nonselection_alpha=1.0,
        tools=[hover(tips), "xbox_select"],
        active_tools=["xbox_select"],
        logx=log,
        xlim=(low, high),
        ylim=(-0.1, len(names) or 1) if apart else (0, _highest(rows)),
        xlabel=metric_of(metric).label(currency),
        ylabel="" if apart else "Customers",
        yticks=lines if apart and lines else None,
        show_grid=True,
        gridstyle={"xgrid_line_color": None},
        **options,
    )


def histogram_parts(
    counts: pd.DataFrame, colours: Mapping[str, str], *, metric: str = "monetary", apart: bool = False
) -> list[pd.DataFrame]:
    """Columns of the bars: all bins of the best segment, then of the next.

    Stacked bars begin with the worst segment, at 0; apart, the best segment is on the highest line.
    """
    refuse_unknown(counts["segment"].unique(), colours)
    names = list(colours)
    there = [counts[counts["segment"].astype(str) == name] for name in names]
    bins = max((len(part) for part in there), default=0)
    edges = next((part for part in there if len(part)), counts)
    left, right = edges["left"].to_numpy(dtype="float64"), edges["right"].to_numpy(dtype="float64")
    n = np.array([part["customers"] if len(part) else np.zeros(bins) for part in there], dtype="float64")
    n = n.reshape(len(names), bins)
    if apart:
        most = n.max(axis=1, initial=0, keepdims=True)
        bottom = np.repeat(np.arange(len(names))[::-1].astype("float64")[:, None], bins, axis=1)
        top = bottom + 0.86 * n / np.where(most > 0, most, 1)
    else:
        top = np.cumsum(n[::-1], axis=0)[::-1]
        bottom = top - n
    total = n.sum(axis=1, keepdims=True)
    decimals = metric_of(metric).decimals
    gap = (right - left) * 0.02
    rows = pd.DataFrame(
        {
            "left": np.tile(left + gap, len(names)),
            "bottom": bottom.ravel(),
            "right": np.tile(right - gap, len(names)),
            "top": top.ravel(),
            "segment": np.repeat(np.array(names, dtype=object), bins),
            "span": np.tile([span(a, b, decimals) for a, b in zip(left, right, strict=True)], len(names)),
            "customers": n.ravel(),
            "counted": [number(v) for v in n.ravel()],
            "share": [percent(v) for v in (n / np.where(total > 0, total, np.nan)).ravel()],
            "color": np.repeat(np.array(list(colours.values()), dtype=object), bins),
        }
    )
    return [rows]


def span(left: float, right: float, decimals: int) -> str:
    """A bin in words; one of whole numbers by the first and last of them.

    Examples
    --------
    >>> span(0.5, 1.5, 0), span(0.5, 3.5, 0), span(1.0, 2.5, 2)
    ('1', '1 to 3', '1.00 to 2.50')
    """
    if (left % 1, right % 1) == (0.5, 0.5):
        first, last = left + 0.5, right - 0.5
        return number(first) if first == last else f"{number(first)} to {number(last)}"
    return f"{number(left, decimals)} to {number(right, decimals)}"


def _ends(rows: pd.DataFrame, *, log: bool) -> tuple[float, float]:
    if rows.empty:
        return (1.0, 10.0) if log else (0.0, 1.0)
    return float(rows["left"].min()), float(rows["right"].max())


def _highest(rows: pd.DataFrame) -> float:
    return 1.05 * float(rows["top"].max()) or 1.0 if len(rows) else 1.0
