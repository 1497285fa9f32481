"""When one customer bought, and for how much."""

from __future__ import annotations

from typing import Any

import holoviews as hv
import numpy as np
import pandas as pd

from segdash.charts import CHARTS
from segdash.charts.figure import axis_range, few_dates, hover, outside, set_scale, wall_time
from segdash.charts.tints import ACCENT, FAINT, WARM
from segdash.numbers import money

EMPTY = "No orders to show"
KINDS = {"order": ACCENT, "refund": WARM}
"""Colours of what is known; anything else is grey."""


def what_it_shows() -> str:
    """What the picture says, for the line below its card's title."""
    return "Each dot is an order, as high as its amount; what was given back hangs below the line, in orange."


@CHARTS.register("timeline")
def timeline(orders: pd.DataFrame, *, currency: str = "", dark: bool = False) -> hv.Overlay:
    """A dot on a stem per order, from the first to the last.

    Parameters
    ----------
    orders : pandas.DataFrame
        One row per order: ordered_at, amount, kind ("order", "refund", or another word).
    currency : str
        Written beside amounts.
    dark : bool
        Colours for a dark surface.

    Returns
    -------
    holoviews.Overlay
        The line of 0, stems, dots. Dots are in the order of time.
    """
    zero, stems, dots = timeline_parts(orders, currency=currency, dark=dark)
    low, high = axis_range(np.append(dots["y"].to_numpy(dtype="float64"), 0.0), log=False, padding=0.12)
    start, end = _ends(dots["x"])

    def scale(plot: Any, _element: Any) -> None:
        set_scale(plot.state, "y", log=False)
        plot.state.yaxis[0].ticker.desired_num_ticks = 4
        few_dates(plot.state)

    edges = ["left", "bottom", "right", "top"]
    tips = [("Date", "@when"), ("Amount", "@said"), ("Kind", "@kind")]
    return (
        hv.Segments(zero, edges).opts(color=FAINT[dark], line_width=1.5)
        * hv.Segments(stems, edges, ["color"]).opts(color="color", line_width=1.5, alpha=0.6)
        * hv.Points(dots, ["x", "y"], ["when", "said", "kind", "color"]).opts(
            color="color", size=9, alpha=0.85, line_alpha=0, tools=[hover(tips)]
        )
    ).opts(
        xlim=(start, end),
        ylim=(0.0 if low >= 0 or not (dots["y"] < 0).any() else low, high),
        xlabel="",
        ylabel=f"Amount ({currency})" if currency else "Amount",
        show_grid=True,
        gridstyle={"xgrid_line_color": None},
        **outside("timeline", "Orders over time", height=200, empty="" if len(dots) else EMPTY, hooks=[scale]),
    )


def timeline_parts(orders: pd.DataFrame, *, currency: str = "", dark: bool = False) -> list[pd.DataFrame]:
    """Columns of the line of 0, the stems and the dots, the earliest order first."""
    rows = orders.assign(ordered_at=wall_time(orders["ordered_at"]))
    rows = rows.sort_values("ordered_at", kind="stable", ignore_index=True)
    at, amount = rows["ordered_at"], rows["amount"].astype("float64")
    colour = [KINDS.get(str(kind), FAINT)[dark] for kind in rows["kind"]]
    stems = pd.DataFrame({"left": at, "bottom": 0.0, "right": at, "top": amount, "color": colour})
    dots = pd.DataFrame(
        {
            "x": at,
            "y": amount,
            "when": [
                f"{day.day} {day:%B %Y, %H:%M}" if day != day.normalize() else f"{day.day} {day:%B %Y}" for day in at
            ],
            "said": [money(value, currency) for value in amount],
            "kind": rows["kind"].astype(str),
            "color": colour,
        }
    )
    start, end = _ends(at)
    return [pd.DataFrame({"left": [start], "bottom": [0.0], "right": [end], "top": [0.0]}), stems, dots]


def _ends(at: pd.Series) -> tuple[pd.Timestamp, pd.Timestamp]:
    if not len(at):
        return pd.Timestamp(2000, 1, 1), pd.Timestamp(2001, 1, 1)
    margin = (at.max() - at.min()) * 0.03 or pd.Timedelta(days=15)
    return at.min() - margin, at.max() + margin
