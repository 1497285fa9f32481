"""A drawn chart as PNG or SVG, and its numbers as CSV: three buttons."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import panel as pn
import panel_material_ui as pmui

from segdash.reports.csv_file import csv_file
from segdash.reports.picture_script import SAVE
from segdash.views.view import row

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd
    from panel.viewable import Viewable

SAVE_DRAWN = f"""{SAVE}
const models = source.document.roots().flatMap((root) => [...root.references()])
const place = models.find((model) => model.css_classes?.includes(mark))
const drawn = place && Bokeh.index.find_one(place.children[0])
if (drawn) save(drawn, kind, name)
"""
"""What is drawn now: a chart that was drawn anew is another figure in the same place.

The place is looked for by its mark. Were it handed over, Panel's register of callbacks would hold it, and with it the
page, for ever.
"""


class SaveButtons:
    """Buttons below a chart.

    Parameters
    ----------
    pane : Viewable
        The pane of the chart.
    name : str
        Of the files, without ending.
    table : callable
        ``table() -> (frame, headings)``: the numbers that are drawn, and column name -> heading where they differ.
    """

    def __init__(self, pane: Viewable, name: str, table: Callable[[], tuple[pd.DataFrame, dict[str, str]]]) -> None:
        self.place = pn.Column(pane, sizing_mode="stretch_width", margin=0, min_width=1)
        self.place.css_classes = [self.place.name]
        self.pictures = [self._picture_button(kind, name) for kind in ("png", "svg")]
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

    def _picture_button(self, kind: str, name: str) -> Any:
        button = pmui.Button(label=kind.upper(), variant="text", size="small", margin=0)
        button.js_on_click(args={"mark": self.place.name, "kind": kind, "name": name}, code=SAVE_DRAWN)
        return button

    def show(self, there: bool) -> None:
        """Offer the files, or nothing where nothing is drawn."""
        self.place.visible = self.row.visible = there


def _file(table: pd.DataFrame, headings: dict[str, str]) -> Any:
    return csv_file(table, headings=headings)
