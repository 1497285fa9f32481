"""The cells of two scores: who is in them, and what they bring."""

from __future__ import annotations

from typing import TYPE_CHECKING

import holoviews as hv
import numpy as np
import pandas as pd

from segdash.charts import CHARTS
from segdash.charts.figure import hover, outside
from segdash.charts.lettering import EMPTY, fitting, refuse_unknown
from segdash.charts.tints import FAINT, blend, pale, tints
from segdash.numbers import money, number, percent, short
from segdash.palette import CARDS, text_on
from segdash.schema import SEGMENT, metric

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SCORES = {"r": "Recency score", "f": "Frequency score", "m": "Monetary score", "fm": "Frequency & monetary score"}


def what_it_shows(fill: str = SEGMENT) -> str:
    """What the picture says, for the line below its card's title."""
    said = "Each cell has the number of customers with that pair of scores (higher scores are better)"
    if fill == SEGMENT:
        return f"{said}, in the colour of their segment."
    return f"{said}; the stronger the colour, the higher {_named(fill)}."


@CHARTS.register("score_grid")
def score_grid(
    cells: pd.DataFrame,
    colours: Mapping[str, str],
    *,
    x: str = "r",
    y: str = "fm",
    fill: str = SEGMENT,
    levels: tuple[int, int] = (5, 5),
    currency: str = "",
    dark: bool = False,
) -> hv.Overlay:
    """A square per pair of scores with the number of its customers; tap and box select.

    Parameters
    ----------
    cells : pandas.DataFrame
        One row per cell: both scores (whole numbers from 1), customers, revenue, segment, and ``mean_m`` for each
        metric m that the hover should name. A cell without a row is drawn empty.
    colours : mapping of str to str
        Segment -> colour.
    x, y : str
        Columns of the scores.
    fill : str
        "segment", or the number that colours the cells: customers, revenue, ``mean_m``.
    levels : tuple of int
        Highest score on each axis.
    currency : str
        Written beside amounts.
    dark : bool
        Colours for a dark surface.

    Returns
    -------
    holoviews.Overlay
        Cells, and their numbers of customers. Row i is the cell x = i % levels[0] + 1, y = i // levels[0] + 1.
    """
    rows, _ = score_parts(cells, colours, x=x, y=y, fill=fill, levels=levels, currency=currency, dark=dark)
    told = _means(cells)
    tips = [("Segment", "@segment")] if cells[SEGMENT].notna().any() else []
    tips += [(_title(x), "@score_x"), (_title(y), "@score_y"), ("Customers", "@counted")]
    tips += [("Share of customers", "@share"), ("Revenue", "@amount")]
    tips += [(f"Mean {metric(name).label(currency)}", f"@{{{said}}}") for name, said in told.items()]
    texts = ["segment", "score_x", "score_y", "counted", "share", "amount", *told.values(), "color"]
    boxes = hv.Rectangles(rows, ["left", "bottom", "right", "top"], texts).opts(
        color="color",
        line_alpha=0,
        nonselection_alpha=0.25,
        tools=[hover(tips), "tap", "box_select"],
        active_tools=[],
    )
    numbers = hv.Labels(rows, ["x", "y"], ["text", "text_color"]).opts(text_color="text_color", text_font_size="12px")
    across, up = levels
    return (boxes * numbers).opts(
        xlim=(0.5, across + 0.5),
        ylim=(0.5, up + 0.5),
        xticks=list(range(1, across + 1)),
        yticks=list(range(1, up + 1)),
        xlabel=_title(x),
        ylabel=_title(y),
        **outside(
            "score_grid",
            "Grid of score cells with their customers",
            height=90 + 46 * up,
            empty="" if rows["customers"].sum() else EMPTY,
        ),
    )


def score_parts(
    cells: pd.DataFrame,
    colours: Mapping[str, str],
    *,
    x: str = "r",
    y: str = "fm",
    fill: str = SEGMENT,
    levels: tuple[int, int] = (5, 5),
    currency: str = "",
    dark: bool = False,
) -> list[pd.DataFrame]:
    """Columns of the cells and of the numbers in them: every cell once, row by row from the lowest y."""
    across, up = levels
    refuse_unknown(cells[SEGMENT].dropna(), colours)
    every = pd.MultiIndex.from_product([range(1, up + 1), range(1, across + 1)], names=[y, x])
    filled = cells.set_index([y, x]).reindex(every).reset_index()
    customers = filled["customers"].fillna(0).to_numpy(dtype="float64")
    total = customers.sum()
    rows = pd.DataFrame(
        {
            "left": filled[x] - 0.48,
            "bottom": filled[y] - 0.47,
            "right": filled[x] + 0.48,
            "top": filled[y] + 0.47,
            "x": filled[x].astype("float64"),
            "y": filled[y].astype("float64"),
            "segment": [str(name) if pd.notna(name) else "none" for name in filled[SEGMENT]],
            "score_x": [f"{n} of {across}" for n in filled[x]],
            "score_y": [f"{n} of {up}" for n in filled[y]],
            "customers": customers,
            "counted": [number(n) for n in customers],
            "share": [percent(n / total if total else np.nan) for n in customers],
            "amount": [money(v, currency) for v in filled["revenue"].fillna(0.0)],
            "color": _fills(filled, colours, fill, dark=dark),
        }
    )
    for name, said in _means(cells).items():
        rows[said] = [number(v, 2) for v in filled[f"mean_{name}"].astype("float64")]
    rows["text"] = [_count(n, 1 / across) for n in customers]
    rows["text_color"] = [text_on(colour) for colour in rows["color"]]
    return [rows, rows]


def _fills(cells: pd.DataFrame, colours: Mapping[str, str], fill: str, *, dark: bool) -> Sequence[str]:
    if fill != SEGMENT:
        values = cells[fill].to_numpy(dtype="float64", na_value=np.nan)
        return tints(np.where(cells["customers"].fillna(0) > 0, values, np.nan), dark=dark)
    # A cell nobody is in still belongs to a segment: pale.
    nobody = blend(CARDS[dark], FAINT[dark], 0.3)
    own = [colours.get(str(name), nobody) for name in cells[SEGMENT]]
    there = cells["customers"].fillna(0) > 0
    return [
        colour if full or colour == nobody else pale(colour, dark=dark) for colour, full in zip(own, there, strict=True)
    ]


def _count(customers: float, share: float) -> str:
    return (fitting(number(customers), share) or fitting(short(customers), share)) if customers else ""


def _means(cells: pd.DataFrame) -> dict[str, str]:
    """Metric -> column of its written mean; the names of columns are the data's and may be anything."""
    names = [str(column)[5:] for column in cells.columns if str(column).startswith("mean_")]
    return {name: f"said_{i}" for i, name in enumerate(names)}


def _title(column: str) -> str:
    return SCORES.get(column) or metric(column).title


def _named(fill: str) -> str:
    return (
        f"their mean {metric(fill[5:]).title.lower()}"
        if fill.startswith("mean_")
        else "their " + ("number" if fill == "customers" else fill)
    )
