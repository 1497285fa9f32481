"""How a metric is spread within each segment: horizontal boxes whose whiskers end at 5 % and 95 %."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import holoviews as hv
import numpy as np
import pandas as pd
from bokeh.models import FixedTicker, NoOverlap

from segdash.charts import CHARTS
from segdash.charts.figure import axis_range, described, hover, named, quiet, round_ticks, set_scale
from segdash.charts.lettering import cut
from segdash.numbers import number
from segdash.profile import BOX_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bokeh.plotting import figure

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
    low, high = limits or axis_range(summary.loc[:, list(BOX_COLUMNS)].to_numpy(dtype="float64"), log=log)
    (rows,) = box_parts(summary, colours, limits=(low, high), log=log, decimals=decimals)
    tips = [
        ("Segment", "@segment"),
        ("Median", "@at_median"),
        ("Middle half", "@half"),
        ("5 % to 95 %", "@span"),
    ]
    tips += [("Customers", "@customers"), ("Beyond the whiskers", "@beyond")]

    def scale(plot: Any, _element: Any) -> None:
        set_scale(plot.state, "x", log=log)
        plot.state.xaxis[0].major_label_policy = NoOverlap(min_distance=6)
        plot.state.yaxis[0].ticker = FixedTicker(ticks=[])
        if log:
            # A log ticker labels 20, 30, 40, ... of a short range one over the other.
            plot.state.xaxis[0].ticker = plot.state.xgrid[0].ticker = FixedTicker(ticks=[])
        else:
            plot.state.xaxis[0].ticker.desired_num_ticks = 5
        lay_out_boxes(plot.state, list(colours), limits=(low, high), log=log)

    return hv.Rectangles(rows, ["left", "bottom", "right", "top"], BOX_TEXTS).opts(
        color="color",
        line_alpha=0,
        nonselection_alpha=1.0,
        tools=[hover(tips), "xbox_select"],
        active_tools=["xbox_select"],
        responsive=True,
        height=_height(len(colours)),
        xlim=(low, high),
        ylim=(-0.6, len(colours) - 0.4),
        logx=log,
        xlabel="",
        ylabel="",
        gridstyle={"ygrid_line_color": None},
        show_grid=True,
        show_frame=False,
        toolbar="above",
        default_tools=["save"],
        hooks=[quiet, scale, named("box_plot"), described("Box plot by segment")],
    )


def lay_out_boxes(fig: figure, names: Sequence[str], *, limits: tuple[float, float], log: bool) -> None:
    """Give a drawn figure the names beside the boxes, the ends of the axis, its ticks, and the height these need."""
    places = list(range(len(names) - 1, -1, -1))
    fig.yaxis[0].ticker.ticks = places
    fig.yaxis[0].major_label_overrides = {place: cut(name) for place, name in zip(places, names, strict=True)}
    fig.y_range.update(start=-0.6, end=len(names) - 0.4)
    fig.x_range.update(start=limits[0], end=limits[1])
    if log:
        fig.xaxis[0].ticker.ticks = round_ticks(*limits)
    fig.height = _height(len(names))


def _height(n: int) -> int:
    return 56 + 30 * n


def box_parts(
    summary: pd.DataFrame,
    colours: Mapping[str, str],
    *,
    limits: tuple[float, float],
    log: bool = False,
    decimals: int = 2,
) -> list[pd.DataFrame]:
    """Columns of the rectangles: every segment's whisker, then every box, then every median, best segment first.

    One glyph draws them all: three would take three times as long to set up.
    """
    rows = summary.set_index(summary["segment"].astype(str)).reindex(list(colours)).reset_index(drop=True)
    y = np.arange(len(rows) - 1, -1, -1, dtype="float64")
    text = {name: [number(value, decimals) for value in rows[name]] for name in BOX_COLUMNS}
    told = pd.DataFrame(
        {
            "segment": list(colours),
            "at_median": text["median"],
            "half": [f"{a} to {b}" for a, b in zip(text["q1"], text["q3"], strict=True)],
            "span": [f"{a} to {b}" for a, b in zip(text["low"], text["high"], strict=True)],
            "customers": [f"{n:,.0f}" for n in rows["customers"].fillna(0)],
            "beyond": [f"{n:,.0f}" for n in rows["beyond"].fillna(0)],
            "color": list(colours.values()),
        }
    )
    before, after = _line(rows["median"].to_numpy(dtype="float64"), limits, log=log)
    whiskers = told.assign(left=rows["low"], bottom=y - 0.04, right=rows["high"], top=y + 0.04)
    boxes = told.assign(left=rows["q1"], bottom=y - 0.3, right=rows["q3"], top=y + 0.3)
    medians = told.assign(left=before, bottom=y - 0.3, right=after, top=y + 0.3, color="#FFFFFF")
    return [pd.concat([whiskers, boxes, medians], ignore_index=True)]


def _line(at: np.ndarray, limits: tuple[float, float], *, log: bool) -> tuple[np.ndarray, np.ndarray]:
    """Both edges of an upright line 1 % of the axis wide."""
    low, high = limits
    if log:
        half = (high / low) ** 0.005
        return at / half, at * half
    half = (high - low) * 0.005
    return at - half, at + half
