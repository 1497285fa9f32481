"""How unevenly revenue is spread over customers: the Lorenz curve against the line on which all bring the same."""

from __future__ import annotations

from typing import Any

import holoviews as hv
import numpy as np
import pandas as pd
from bokeh.models import NumeralTickFormatter

from segdash.charts import CHARTS
from segdash.charts.figure import INK, hover, outside
from segdash.charts.lettering import EMPTY
from segdash.charts.tints import ACCENT, FAINT, pale
from segdash.numbers import NOTHING, percent


def what_it_shows(gini: float = float("nan")) -> str:
    """What the picture says, for the line below its card's title."""
    said = "Customers from those who bring least to those who bring most, and which share of revenue they add up to"
    if np.isfinite(gini):
        return f"{said}; the further from the straight line, the more hangs on few (Gini {gini:.2f}, 0 is even)."
    return f"{said}; the further from the straight line, the more hangs on few."


@CHARTS.register("concentration")
def concentration(curve: pd.DataFrame, *, gini: float = float("nan"), dark: bool = False) -> hv.Overlay:
    """The Lorenz curve of revenue, with the Gini coefficient and the top 1, 10 and 20 % marked.

    Parameters
    ----------
    curve : pandas.DataFrame
        customers and revenue, both shares (0..1) added up from the customers who bring least, as `lorenz` returns it.
    gini : float
        Written into the picture; nothing is when it is missing.
    dark : bool
        Colours for a dark surface.

    Returns
    -------
    holoviews.Overlay
        Area, line of evenness, curve, marks, Gini coefficient.
    """
    area, even, line, marks, _, written = concentration_parts(curve, gini=gini)
    tips = [("Customers", "@lowest"), ("bring", "@brings"), ("The others", "@top"), ("bring ", "@top_brings")]
    texts = ["lowest", "brings", "top", "top_brings"]
    picture = (
        hv.Polygons([area.to_dict("list")], ["x", "y"]).opts(
            color=pale(ACCENT[dark], dark=dark, share=0.14), line_alpha=0
        )
        * hv.Curve(even, "customers", "revenue").opts(color=FAINT[dark], line_width=1.5)
        * hv.Curve(line, "customers", ["revenue", *texts]).opts(
            color=ACCENT[dark], line_width=2.5, tools=[hover(tips, mode="vline", line_policy="nearest")]
        )
        * hv.Points(marks, ["customers", "revenue"]).opts(size=8, color=ACCENT[dark])
        * hv.Labels(marks, ["before", "revenue"], ["said"]).opts(
            text_color=INK[dark], text_align="right", text_font_size="12px"
        )
        * hv.Labels(written, ["x", "y"], ["text"]).opts(
            text_color=INK[dark], text_align="left", text_font_style="bold", text_font_size="12px"
        )
    )

    def axes(plot: Any, _element: Any) -> None:
        for axis in (plot.state.xaxis[0], plot.state.yaxis[0]):
            axis.ticker.desired_num_ticks = 5
            axis.formatter = NumeralTickFormatter(format="0 %")

    there = bool(np.isfinite(curve["revenue"]).any())
    return picture.opts(
        xlim=(0, 1.02),
        ylim=(-0.02, 1.03),
        xlabel="Customers, lowest spend first",
        ylabel="Revenue, added up",
        show_grid=True,
        gridstyle={"xgrid_line_color": None},
        **outside(
            "concentration",
            "Lorenz curve of revenue over customers",
            height=340,
            empty="" if there else EMPTY,
            hooks=[axes],
        ),
    )


def concentration_parts(curve: pd.DataFrame, *, gini: float = float("nan")) -> list[pd.DataFrame]:
    """Columns of the area, the line of evenness, the curve, the marks and the Gini coefficient."""
    at, reached = curve["customers"].to_numpy(dtype="float64"), curve["revenue"].to_numpy(dtype="float64")
    line = pd.DataFrame(
        {
            "customers": at,
            "revenue": reached,
            "lowest": [f"the lowest {percent(share)}" for share in at],
            "brings": [percent(share) for share in reached],
            "top": [f"the top {percent(1 - share)}" for share in at],
            "top_brings": [percent(1 - share) for share in reached],
        }
    )
    area = pd.DataFrame({"x": [*at, *at[::-1]], "y": [*reached, *at[::-1]]})
    even = pd.DataFrame({"customers": [0.0, 1.0], "revenue": [0.0, 1.0]})
    tops = np.array([0.2, 0.1, 0.01])
    at_marks = np.interp(1 - tops, at, reached) if len(at) else np.full(len(tops), np.nan)
    marks = pd.DataFrame({"customers": 1 - tops, "revenue": at_marks, "before": 1 - tops - 0.025})
    said = [f"top {100 * top:.0f} %: {percent(1 - v, 0)}" for top, v in zip(tops, at_marks, strict=True)]
    marks["said"] = ["" if text.endswith(NOTHING) else text for text in said]
    text = f"Gini {gini:.2f}" if np.isfinite(gini) else ""
    return [area, even, line, marks, marks, pd.DataFrame({"x": [0.03], "y": [0.94], "text": [text]})]
