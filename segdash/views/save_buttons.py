"""A drawn chart as PNG or SVG, and its numbers as CSV: three buttons, or one that brings them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import panel as pn
import panel_material_ui as pmui

from segdash.reports.csv_file import csv_file
from segdash.reports.picture_script import SAVE
from segdash.schema import SEGMENT
from segdash.views.view import row

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd
    from panel.viewable import Viewable

    from segdash.state import Segmentation

    Table = Callable[[], tuple[pd.DataFrame, dict[str, str]]]

FIND_DRAWN = """
const models = source.document.roots().flatMap((root) => [...root.references()])
const shown = models.find((model) => model.css_classes?.includes(mark))
const drawn = shown && Bokeh.index.find_one(shown)
"""
SAVE_DRAWN = f"{SAVE}{FIND_DRAWN}if (drawn) save(drawn, kind, name)"
"""What is drawn now: a chart that was drawn anew is another figure in the same place.

It is looked for by its mark. Were it handed over, Panel's register of callbacks would hold it, and with it the
page, for ever.
"""

SAVE_ASKED = f"""{SAVE}
const [kind, name, mark, numbers] = source.tags
if (kind === "csv") hand_over(new Blob(["\\uFEFF", numbers], {{type: "text/csv"}}), kind, name)
else if (kind) {{
  {FIND_DRAWN}
  if (drawn) save(drawn, kind, name)
}}
if (kind) source.tags = []
"""
"""What `SaveMenu.ask` asks for."""

CORNER = ":host { position: absolute !important; top: 10px; right: 10px; width: auto !important; z-index: 1; }"
"""Style of the button in the corner of a card."""

BY_SEGMENT = {
    SEGMENT: "Segment",
    "customers": "Customers",
    "share": "Share of customers",
    "revenue": "Revenue",
    "revenue_share": "Share of revenue",
}


KINDS = ("PNG", "SVG", "CSV")


class SaveButtons:
    """Buttons below a chart.

    Parameters
    ----------
    mark : str
        CSS class of the drawn figure, such as `LivePlot.mark`, or of a layout of figures.
    name : str
        Of the files, without ending.
    table : callable
        ``table() -> (frame, headings)``: the numbers that are drawn, and column name -> heading where they differ.
    """

    def __init__(self, mark: str, name: str, table: Table) -> None:
        self.pictures = [_picture_button(mark, kind, name) for kind in ("png", "svg")]
        self.numbers = pmui.FileDownload(
            callback=lambda: _file(*table()),
            filename=f"{name}.csv",
            label="CSV",
            variant="text",
            size="small",
            color="primary",
            margin=0,
        )
        self.row = row(*self.pictures, self.numbers)


class SaveMenu:
    """A small menu in the corner of a card: the chart as PNG or SVG, its numbers as CSV.

    Parameters
    ----------
    mark, name, table
        As `SaveButtons` takes them.
    corner : bool
        False where it stands in the flow, above one of several pictures of a card.
    """

    def __init__(self, mark: str, name: str, table: Table, *, corner: bool = True) -> None:
        self.mark, self.name, self.table = mark, name, table
        self._asked = 0
        self.button = pmui.MenuButton(
            label="Save",
            items=[{"label": kind} for kind in KINDS],
            variant="text",
            size="small",
            margin=0,
            stylesheets=[CORNER] if corner else [],
            sx={"minWidth": 0, "padding": "1px 6px", "fontSize": "12.5px", "& .MuiButton-endIcon": {"margin": 0}},
            on_click=lambda item: self.ask(item["label"]),
        )
        # A script can't follow the tags of the button itself: it is written in React.
        self.post = pn.Row(visible=False, margin=0)
        self.post.jscallback(tags=SAVE_ASKED)
        self.parts: list[Viewable] = [self.button, self.post]

    def ask(self, kind: str) -> None:
        """Have the browser save a file of a kind: what is asked for travels in the tags of a row that nobody sees."""
        numbers = _file(*self.table()).getvalue().decode("utf-8-sig") if kind == "CSV" else ""
        self._asked += 1  # the same may be asked for again
        self.post.tags = [kind.lower(), self.name, self.mark, numbers, self._asked]


def _picture_button(mark: str, kind: str, name: str) -> Any:
    button = pmui.Button(label=kind.upper(), variant="text", size="small", margin=0)
    button.js_on_click(args={"mark": mark, "kind": kind, "name": name}, code=SAVE_DRAWN)
    return button


def by_segment(state: Segmentation) -> tuple[pd.DataFrame, dict[str, str]]:
    """Customers and revenue of each segment shown, and the headings of the columns."""
    return state.profile[list(BY_SEGMENT)], BY_SEGMENT


def _file(table: pd.DataFrame, headings: dict[str, str]) -> Any:
    return csv_file(table, headings=headings)
