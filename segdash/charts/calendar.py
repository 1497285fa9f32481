"""On which days there are rows: what a reading of dates looks like."""

from __future__ import annotations

from typing import TYPE_CHECKING

import holoviews as hv
import numpy as np
import pandas as pd

from segdash.charts import CHARTS
from segdash.charts.figure import described, hover, named, quiet

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

MOST_MONTHS = 36
SHADES = ["#D6E2F5", "#A9C3EA", "#6F97D6", "#3C6CB8", "#1E4588"]


@CHARTS.register("day_calendar")
def day_calendar(days: Mapping[dt.date, int]) -> hv.Rectangles:
    """A square per day, a line per month; the darker, the more rows. A wrong reading shows as empty columns.

    Parameters
    ----------
    days : mapping of date to int
        Rows per day. Of more than 36 months, the last 36 are drawn.

    Returns
    -------
    holoviews.Rectangles
    """
    months = sorted({(day.year, day.month) for day in days})[-MOST_MONTHS:]
    place = {month: len(months) - 1 - i for i, month in enumerate(months)}
    drawn = [(day, n) for day, n in sorted(days.items()) if (day.year, day.month) in place]
    top = max((n for _, n in drawn), default=1)
    shade = [SHADES[min(4, int(5 * np.sqrt(n / top) - 1e-9))] for _, n in drawn]
    table = pd.DataFrame(
        {
            "left": [day.day - 0.45 for day, _ in drawn],
            "bottom": [place[day.year, day.month] - 0.42 for day, _ in drawn],
            "right": [day.day + 0.45 for day, _ in drawn],
            "top": [place[day.year, day.month] + 0.42 for day, _ in drawn],
            "day": [f"{day:%A}, {day.day} {day:%B %Y}" for day, _ in drawn],
            "rows": [f"{n:,}" for _, n in drawn],
            "color": shade,
        },
    )
    labels = [(float(y), f"{pd.Timestamp(year, month, 1):%b %Y}") for (year, month), y in place.items()]
    return hv.Rectangles(table, ["left", "bottom", "right", "top"], ["day", "rows", "color"]).opts(
        color="color",
        line_alpha=0,
        tools=[hover([("", "@day"), ("Rows", "@rows")])],
        responsive=True,
        height=60 + 20 * max(1, len(months)),
        xlim=(0, 32),
        ylim=(-0.6, max(1, len(months)) - 0.4),
        xticks=[1, 8, 15, 22, 29],
        yticks=labels or None,
        xlabel="day of the month",
        ylabel="",
        show_frame=False,
        toolbar="above",
        default_tools=["save"],
        hooks=[quiet, named("day_calendar"), described("Calendar: days on which there are rows")],
    )
