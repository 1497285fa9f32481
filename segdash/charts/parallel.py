"""What sets segments apart: each a line over the metrics, in spreads of all customers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import holoviews as hv
import numpy as np
import pandas as pd

from segdash.charts import CHARTS
from segdash.charts.figure import axis_range, hover, outside, set_scale
from segdash.charts.lettering import EMPTY, cut, refuse_unknown
from segdash.charts.tints import FAINT
from segdash.numbers import NOTHING, number
from segdash.schema import metric as metric_of
from segdash.standing import UNITS

if TYPE_CHECKING:
    from collections.abc import Mapping


def what_it_shows(statistic: str = "mean") -> str:
    """What the picture says, for the line below its card's title."""
    return f"How far each segment's {statistic} is from that of all customers, in {UNITS[statistic]}; 0 is like all."


@CHARTS.register("parallel_profile")
def parallel_profile(
    standing: pd.DataFrame,
    colours: Mapping[str, str],
    *,
    statistic: str = "mean",
    currency: str = "",
    dark: bool = False,
) -> hv.Overlay:
    """A line per segment over the metrics; 0 is where all customers are; the hover has the values as they are.

    Parameters
    ----------
    standing : pandas.DataFrame
        One row per segment and metric: segment, metric, standing, value, base_value, as `segment_standing` returns
        it. Metrics are drawn in the order of their first row; a missing standing is a gap.
    colours : mapping of str to str
        Segment -> colour.
    statistic : {"mean", "median"}
        What ``value`` is, for the hover and the axis.
    currency : str
        Written in labels of money.
    dark : bool
        Colours for a dark surface.

    Returns
    -------
    holoviews.Overlay
        The line of all customers, lines, points.
    """
    zero, lines, points = parallel_parts(standing, colours, currency=currency)
    metrics = list(dict.fromkeys(standing["metric"]))
    tips = [("Segment", "@segment"), ("Metric", "@metric"), (statistic.capitalize(), "@said")]
    tips += [("Of all customers", "@base"), ("Spreads from all", "@distance")]
    low, high = axis_range(np.append(points["y"].to_numpy(dtype="float64"), 0.0), log=False, padding=0.08)

    def scale(plot: Any, _element: Any) -> None:
        set_scale(plot.state, "y", log=False)
        plot.state.yaxis[0].ticker.desired_num_ticks = 5

    edges = ["left", "bottom", "right", "top"]
    return (
        hv.Segments(zero, edges).opts(color=FAINT[dark], line_width=2)
        * hv.Segments(lines, edges, ["color"]).opts(color="color", line_width=2, alpha=0.85)
        * hv.Points(points, ["x", "y"], ["segment", "metric", "said", "base", "distance", "color"]).opts(
            color="color", size=8, tools=[hover(tips)]
        )
    ).opts(
        xlim=(-0.35, max(len(metrics), 1) - 0.65),
        ylim=(low, high),
        xticks=[(i, cut(metric_of(name).title)) for i, name in enumerate(metrics)] or None,
        xrotation=0 if len(metrics) <= 4 and all(len(metric_of(m).title) <= 12 for m in metrics) else 35,
        xlabel="",
        ylabel=f"{'Standard' if statistic == 'mean' else 'Robust'} deviations from all",
        show_grid=True,
        gridstyle={"ygrid_line_color": None},
        **outside(
            "parallel_profile",
            "Lines: standing of each segment by metric",
            height=340,
            empty="" if np.isfinite(points["y"].to_numpy(dtype="float64")).any() else EMPTY,
            hooks=[scale],
        ),
    )


def parallel_parts(standing: pd.DataFrame, colours: Mapping[str, str], *, currency: str = "") -> list[pd.DataFrame]:
    """Columns of the line of all customers, of the pieces between neighbouring metrics, and of the points.

    Segment by segment as in ``colours``, metric by metric.
    """
    refuse_unknown(standing["segment"].unique(), colours)
    metrics = list(dict.fromkeys(standing["metric"]))
    every = pd.MultiIndex.from_product([list(colours), metrics], names=["segment", "metric"])
    table = standing.assign(segment=standing["segment"].astype(str)).set_index(["segment", "metric"]).reindex(every)
    table = table.reset_index()
    x = table["metric"].map({name: float(i) for i, name in enumerate(metrics)}).to_numpy(dtype="float64")
    y = table["standing"].to_numpy(dtype="float64")
    points = pd.DataFrame(
        {
            "x": x,
            "y": y,
            "segment": table["segment"],
            "metric": [metric_of(name).label(currency) for name in table["metric"]],
            "said": [_said(v, m) for v, m in zip(table["value"], table["metric"], strict=True)],
            "base": [_said(v, m) for v, m in zip(table["base_value"], table["metric"], strict=True)],
            "distance": [f"{v:+.2f}" if np.isfinite(v) else NOTHING for v in y],
            "color": [colours[name] for name in table["segment"]],
        }
    )
    starts = np.flatnonzero(x < len(metrics) - 1)
    lines = pd.DataFrame({"left": x[starts], "bottom": y[starts], "right": x[starts + 1], "top": y[starts + 1]})
    # A piece with one end missing is none.
    lines.loc[lines[["bottom", "top"]].isna().any(axis=1), ["bottom", "top"]] = np.nan
    lines["color"] = points["color"].to_numpy()[starts]
    zero = pd.DataFrame({"left": [-0.35], "bottom": [0.0], "right": [max(len(metrics), 1) - 0.65], "top": [0.0]})
    return [zero, lines, points]


def _said(value: float, metric: str) -> str:
    # A mean of whole numbers has digits of its own.
    return number(value, max(metric_of(metric).decimals, 2))
