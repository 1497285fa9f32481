"""Two segmentations of the same customers against each other: how many go from which segment to which."""

from __future__ import annotations

from typing import TYPE_CHECKING

import holoviews as hv
import numpy as np
import pandas as pd

from segdash.charts import CHARTS
from segdash.charts.figure import hover, outside
from segdash.charts.lettering import EMPTY, cut, fitting, refuse_unknown
from segdash.charts.tints import tints
from segdash.errors import ChoiceError, quote
from segdash.numbers import money, number, percent, short
from segdash.palette import CARDS, text_on

if TYPE_CHECKING:
    from collections.abc import Mapping

NUMBERS = {
    "customers": "customers",
    "revenue": "revenue",
    "from_share": "per cent of the row's customers",
    "to_share": "per cent of the column's customers",
}
"""What may colour the cells, and how it is called."""

INSIDE = 0.66
"""Of a phone's width, what the names of the rows leave free."""


def what_it_shows(before: str = "one segmentation", after: str = "the other", *, fill: str = "from_share") -> str:
    """What the picture says, for the line below its card's title."""
    said = f"Each row is a segment of {before}, each column one of {after}; the numbers are"
    return f"{said} {NUMBERS[fill]}."


@CHARTS.register("contingency")
def contingency(
    moves: pd.DataFrame,
    colours: Mapping[str, str],
    *,
    to_colours: Mapping[str, str] | None = None,
    fill: str = "from_share",
    before: str = "From",
    after: str = "To",
    currency: str = "",
    dark: bool = False,
) -> hv.Overlay:
    """A cell per pair of segments with the share of the row's customers, best segments at the top left; tap selects.

    Parameters
    ----------
    moves : pandas.DataFrame
        One row per pair that has customers: from, to, customers, revenue.
    colours : mapping of str to str
        Segment -> colour of the rows, best to worst.
    to_colours : mapping of str to str, optional
        The same of the columns, default ``colours``.
    fill : {"customers", "revenue", "from_share", "to_share"}
        What colours the cells and is written into them; the shares are of the row's or the column's customers.
    before, after : str
        Names of the two segmentations, on the axes.
    currency : str
        Written beside amounts.
    dark : bool
        Colours for a dark surface.

    Returns
    -------
    holoviews.Overlay
        Cells, and what is written in them. Row i is from the segment i // n_to to the segment i % n_to.
    """
    to = to_colours or colours
    rows, _ = contingency_parts(moves, colours, to_colours=to, fill=fill, currency=currency, dark=dark)
    tips = [(before, "@from"), (after, "@to"), ("Customers", "@counted"), ("Of its row", "@of_from")]
    tips += [("Of its column", "@of_to"), ("Of all", "@of_all"), ("Revenue", "@amount")]
    texts = ["from", "to", "counted", "of_from", "of_to", "of_all", "amount", "color"]
    cells = hv.Rectangles(rows, ["left", "bottom", "right", "top"], texts).opts(
        color="color", line_alpha=0, nonselection_alpha=0.25, tools=[hover(tips), "tap"]
    )
    written = hv.Labels(rows, ["x", "y"], ["text", "text_color"]).opts(text_color="text_color", text_font_size="11px")
    n, m = len(colours), len(to)
    return (cells * written).opts(
        xlim=(-0.5, m - 0.5) if m else (0, 1),
        ylim=(-0.5, n - 0.5) if n else (0, 1),
        xticks=[(i, cut(name, 14)) for i, name in enumerate(to)] or None,
        yticks=[(n - 1 - i, cut(name, 14)) for i, name in enumerate(colours)] or None,
        xrotation=0 if m <= 3 else 60,
        xlabel=cut(after, 24),
        ylabel=cut(before, 24),
        **outside(
            "contingency",
            "Table of customers by segment in two segmentations",
            height=130 + 34 * max(n, 1),
            empty="" if rows["customers"].sum() else EMPTY,
        ),
    )


def contingency_parts(
    moves: pd.DataFrame,
    colours: Mapping[str, str],
    *,
    to_colours: Mapping[str, str] | None = None,
    fill: str = "from_share",
    currency: str = "",
    dark: bool = False,
) -> list[pd.DataFrame]:
    """Columns of the cells and of the texts in them: every pair once, rows from the best segment."""
    if fill not in NUMBERS:
        raise ChoiceError(f"The cells cannot be coloured by {quote(fill)}. Choose one of: {', '.join(NUMBERS)}.")
    table = crossed(moves, colours, to_colours or colours)
    n, m = len(colours), len(to_colours or colours)
    drawn = table[fill].where(table["customers"] > 0)
    said = {
        "customers": [number(v) for v in table["customers"]],
        "revenue": [short(v) for v in table["revenue"]],
        "from_share": [f"{100 * v:.0f}" for v in table["from_share"].fillna(0)],
        "to_share": [f"{100 * v:.0f}" for v in table["to_share"].fillna(0)],
    }[fill]
    x, y = np.tile(np.arange(m), n).astype("float64"), np.repeat(np.arange(n)[::-1], m).astype("float64")
    colour = tints(drawn, dark=dark)
    rows = pd.DataFrame(
        {
            "left": x - 0.48,
            "bottom": y - 0.46,
            "right": x + 0.48,
            "top": y + 0.46,
            "x": x,
            "y": y,
            "from": table["from"],
            "to": table["to"],
            "customers": table["customers"],
            "counted": [number(v) for v in table["customers"]],
            "of_from": [percent(v) for v in table["from_share"]],
            "of_to": [percent(v) for v in table["to_share"]],
            "of_all": [percent(v) for v in table["share"]],
            "amount": [money(v, currency) for v in table["revenue"]],
            "color": [CARDS[dark] if there == 0 else c for c, there in zip(colour, table["customers"], strict=True)],
            "text": [
                fitting(t, INSIDE / m, size=11) if there else ""
                for t, there in zip(said, table["customers"], strict=True)
            ],
        }
    )
    rows["text_color"] = [text_on(colour) for colour in rows["color"]]
    return [rows, rows]


def crossed(moves: pd.DataFrame, colours: Mapping[str, str], to_colours: Mapping[str, str]) -> pd.DataFrame:
    """Every pair of segments, also those nobody is in, with its shares.

    Parameters
    ----------
    moves : pandas.DataFrame
        from, to, customers, revenue; a pair in several rows is added up.
    colours, to_colours : mapping of str to str
        The segments of both segmentations, in their order.

    Returns
    -------
    pandas.DataFrame of shape (n_from * n_to, 7)
        from, to, customers, revenue, from_share and to_share (of the customers of the row and of the column, 0..1,
        missing where there are none), share (of all customers).

    Raises
    ------
    UnknownNameError
        When a segment has no colour.
    """
    named = moves.assign(**{"from": moves["from"].astype(str), "to": moves["to"].astype(str)})
    refuse_unknown(named["from"], colours)
    refuse_unknown(named["to"], to_colours)
    every = pd.MultiIndex.from_product([list(colours), list(to_colours)], names=["from", "to"])
    table = named.groupby(["from", "to"])[["customers", "revenue"]].sum().reindex(every, fill_value=0).reset_index()
    customers = table["customers"].astype("float64")
    for column, share in (("from", "from_share"), ("to", "to_share")):
        of = customers.groupby(table[column]).transform("sum")
        table[share] = customers / of.where(of > 0)
    table["share"] = customers / (customers.sum() or np.nan)
    return table.astype({"customers": "float64", "revenue": "float64"})
