"""Segments as areas: who is how large a part of all customers, or of all revenue."""

from __future__ import annotations

from typing import TYPE_CHECKING

import holoviews as hv
import numpy as np
import pandas as pd

from segdash.charts import CHARTS
from segdash.charts.figure import hover, outside
from segdash.charts.lettering import EMPTY, cut_to, fitting, refuse_unknown
from segdash.charts.squarify import squarify
from segdash.errors import ChoiceError, quote
from segdash.numbers import money, number, percent
from segdash.palette import text_on

if TYPE_CHECKING:
    from collections.abc import Mapping

AREAS = ("revenue", "customers")
WIDTH, HEIGHT = 1.6, 1.0
"""Of the whole, between the shape of a card on a phone and on a screen."""

HIGH = 300
BOLD = 14
"""Pixels of plain letters that are as wide as bold ones of 12."""

LINE = 18 / HIGH
"""Height that a line of text needs, as a part of the whole."""


def what_it_shows(area: str = "revenue") -> str:
    """What the picture says, for the line below its card's title."""
    whose = "revenue" if area == "revenue" else "number of customers"
    return f"The area of each segment is its {whose}; all of them together are the whole."


@CHARTS.register("treemap")
def treemap(
    profile: pd.DataFrame, colours: Mapping[str, str], *, area: str = "revenue", currency: str = ""
) -> hv.Overlay:
    """A rectangle per segment with its name and share; tap selects.

    Parameters
    ----------
    profile : pandas.DataFrame
        One row per segment: segment, customers, revenue, as `segment_profile` returns it.
    colours : mapping of str to str
        Segment -> colour.
    area : {"revenue", "customers"}
        What the rectangles measure; a segment at or below 0 has none, and is left out of the whole.
    currency : str
        Written beside amounts.

    Returns
    -------
    holoviews.Overlay
        Rectangles and their texts. Row i is the segment i of ``colours``.
    """
    rows, _ = treemap_parts(profile, colours, area=area, currency=currency)
    tips = [("Segment", "@segment"), ("Customers", "@counted"), ("Share of customers", "@of_customers")]
    tips += [("Revenue", "@amount"), ("Share of revenue", "@of_revenue")]
    texts = ["segment", "counted", "of_customers", "amount", "of_revenue", "color"]
    boxes = hv.Rectangles(rows, ["left", "bottom", "right", "top"], texts).opts(
        color="color", line_alpha=0, nonselection_alpha=0.3, tools=[hover(tips), "tap"]
    )
    inside = hv.Labels(rows, ["x", "y"], ["text", "text_color"]).opts(
        text_color="text_color", text_font_style="bold", text_font_size="12px"
    )
    there = (rows["right"] > rows["left"]).any()
    return (boxes * inside).opts(
        xlim=(0, WIDTH),
        ylim=(0, HEIGHT),
        xaxis=None,
        yaxis=None,
        **outside("treemap", f"Areas: {area} by segment", height=HIGH, empty="" if there else EMPTY),
    )


def treemap_parts(
    profile: pd.DataFrame, colours: Mapping[str, str], *, area: str = "revenue", currency: str = ""
) -> list[pd.DataFrame]:
    """Columns of the rectangles and of the texts in them: each segment once, also one without area."""
    if area not in AREAS:
        raise ChoiceError(f"Segments have no area by {quote(area)}. Choose 'revenue' or 'customers'.")
    refuse_unknown(profile["segment"], colours)
    part = profile.set_index(profile["segment"].astype(str)).reindex(list(colours))
    numbers = {name: part[name].fillna(0).to_numpy(dtype="float64") for name in AREAS}
    left, bottom, right, top = squarify(numbers[area], WIDTH, HEIGHT).T
    shares = {name: values / (values.sum() or np.nan) for name, values in numbers.items()}
    whole = np.clip(numbers[area], 0, None)
    drawn = whole / (whole.sum() or np.nan)
    gap = np.minimum(0.004, (right - left) / 4)
    rows = pd.DataFrame(
        {
            "left": left + gap,
            "bottom": bottom + gap * (top > bottom),
            "right": right - gap,
            "top": top - gap * (top > bottom),
            "segment": list(colours),
            "counted": [number(n) for n in numbers["customers"]],
            "of_customers": [percent(v) for v in shares["customers"]],
            "amount": [money(v, currency) for v in numbers["revenue"]],
            "of_revenue": [percent(v) for v in shares["revenue"]],
            "color": list(colours.values()),
            "x": (left + right) / 2,
            "y": (bottom + top) / 2,
        }
    )
    rows["text"] = [
        _inside(name, share, wide, high)
        for name, share, wide, high in zip(colours, drawn, (right - left) / WIDTH, top - bottom, strict=True)
    ]
    rows["text_color"] = [text_on(colour) for colour in rows["color"]]
    return [rows, rows]


def _inside(name: str, share: float, width: float, height: float) -> str:
    """Name above share where there is room for both, the share alone where there is room for that."""
    told, whole = fitting(percent(share), width, size=BOLD), fitting(name, width, size=BOLD)
    if height < LINE or not told:
        return ""
    words = [cut_to(word, width, size=BOLD) for word in name.split(maxsplit=1)]
    if not whole and len(words) == 2 and all(words) and height >= 3 * LINE:
        return "\n".join([*words, told])
    written = whole or cut_to(name, width, size=BOLD)
    return f"{written}\n{told}" if written and height >= 2 * LINE else told
