"""How a metric is spread within each segment: horizontal boxes whose whiskers end at 5 % and 95 %."""

from __future__ import annotations

from typing import TYPE_CHECKING

import holoviews as hv
import numpy as np
import pandas as pd
from bokeh.models import FixedTicker

from segdash.charts import CHARTS
from segdash.charts.figure import axis_range, described, hover, quiet, round_ticks, set_scale
from segdash.numbers import number
from segdash.profile import BOX_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Mapping

BOX_TEXTS = ["segment", "at_median", "half", "span", "customers", "beyond", "color"]


@CHARTS.register("box_plot")
def box_plot(
    summary: pd.DataFrame,
    colours: Mapping[str, str],
    *,
    log: bool = False,
    decimals: int = 2,
    limits: tuple[float, float] | None = None,
) -> hv.Overlay:
    """Boxes from 25 % to 75 %, a line at the median, whiskers from 5 % to 95 % of each segment's customers.

    Outliers beyond the whiskers are counted in the hover and not drawn: on skewed metrics they would press the
    boxes into a line.

    Parameters
    ----------
    summary : pandas.DataFrame
        One row per segment: segment, low, q1, median, q3, high, customers, beyond, as `box_summary` returns it.
    colours : mapping of str to str
        Segment -> colour, best to worst.
    log : bool
        Logarithmic axis; every drawn value must be above 0.
    decimals : int
        Digits after the point in the hover.
    limits : tuple of float, optional
        Ends of the axis, default those of the drawn values.

    Returns
    -------
    holoviews.Overlay
        Whiskers, boxes, medians.
    """
    whiskers, boxes, medians = box_parts(summary, colours, decimals=decimals)
    low, high = limits or axis_range(summary.loc[:, list(BOX_COLUMNS)].to_numpy(dtype="float64"), log=log)
    tips = [("Segment", "@segment"), ("Median", "@at_median"), ("Middle half", "@half"), ("5 % to 95 %", "@span")]
    tips += [("Customers", "@customers"), ("Beyond the whiskers", "@beyond")]
    ends = ["x0", "y0", "x1", "y1"]
    names = list(colours)
    drawn = (
        hv.Segments(whiskers, ends, ["color"]).opts(color="color", line_width=1.5)
        * hv.Rectangles(boxes, ["left", "bottom", "right", "top"], BOX_TEXTS)
        * hv.Segments(medians, ends).opts(color="#FFFFFF", line_width=3)
    )

    def scale(plot: object, _element: object) -> None:
        set_scale(plot.state, "x", log=log)  # type: ignore[attr-defined]
        if log:
            # A log ticker labels 20, 30, 40, ... of a short range one over the other.
            plot.state.xaxis[0].ticker = FixedTicker(ticks=round_ticks(low, high))  # type: ignore[attr-defined]
            plot.state.xgrid[0].ticker = plot.state.xaxis[0].ticker  # type: ignore[attr-defined]
        else:
            plot.state.xaxis[0].ticker.desired_num_ticks = 5  # type: ignore[attr-defined]

    return drawn.opts(
        hv.opts.Rectangles(color="color", line_alpha=0, fill_alpha=0.9, tools=[hover(tips)]),
        hv.opts.Overlay(
            responsive=True,
            height=56 + 30 * len(names),
            xlim=(low, high),
            ylim=(-0.6, len(names) - 0.4),
            logx=log,
            xlabel="",
            ylabel="",
            yticks=[(len(names) - 1 - i, name if len(name) <= 18 else name[:17] + "…") for i, name in enumerate(names)],
            gridstyle={"ygrid_line_color": None},
            show_grid=True,
            show_legend=False,
            show_frame=False,
            toolbar="above",
            default_tools=["save"],
            hooks=[quiet, scale, described("Box plot by segment")],
        ),
    )


def box_parts(summary: pd.DataFrame, colours: Mapping[str, str], *, decimals: int = 2) -> list[pd.DataFrame]:
    """Columns of the whiskers, the boxes and the medians: one row per segment, best first."""
    rows = summary.set_index(summary["segment"].astype(str)).reindex(list(colours)).reset_index(drop=True)
    y = np.arange(len(rows) - 1, -1, -1, dtype="float64")
    text = {name: [number(value, decimals) for value in rows[name]] for name in BOX_COLUMNS}
    color = list(colours.values())
    boxes = pd.DataFrame(
        {
            "left": rows["q1"],
            "bottom": y - 0.3,
            "right": rows["q3"],
            "top": y + 0.3,
            "segment": list(colours),
            "at_median": text["median"],
            "half": [f"{a} to {b}" for a, b in zip(text["q1"], text["q3"], strict=True)],
            "span": [f"{a} to {b}" for a, b in zip(text["low"], text["high"], strict=True)],
            "customers": [f"{n:,.0f}" for n in rows["customers"].fillna(0)],
            "beyond": [f"{n:,.0f}" for n in rows["beyond"].fillna(0)],
            "color": color,
        }
    )
    whiskers = pd.DataFrame({"x0": rows["low"], "y0": y, "x1": rows["high"], "y1": y, "color": color})
    medians = pd.DataFrame({"x0": rows["median"], "y0": y - 0.3, "x1": rows["median"], "y1": y + 0.3})
    return [whiskers, boxes, medians]
