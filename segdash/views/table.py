"""The table widget of the page: Panel's Tabulator in the page's own type, with its stylesheets in the message."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import panel as pn
from bokeh.models import ImportedStyleSheet

if TYPE_CHECKING:
    import pandas as pd

STYLE = """
:host { font-variant-numeric: tabular-nums; }
.tabulator { border: 0; background: transparent; font-size: 13px !important; }
.tabulator .tabulator-header { background: transparent; font-size: 12.5px;
  color: var(--panel-on-secondary-color, #56616d);
  border-bottom: 1px solid color-mix(in srgb, currentColor 22%, transparent); }
.tabulator .tabulator-header .tabulator-col { background: transparent !important; border: 0; }
.tabulator .tabulator-header .tabulator-col .tabulator-col-title { font-weight: 500; white-space: normal; }
.tabulator .tabulator-header .tabulator-col .tabulator-col-content { padding: 6px 4px; }
.tabulator .tabulator-header .tabulator-col.tabulator-sortable .tabulator-col-title { padding-right: 14px; }
.tabulator .tabulator-row, .tabulator .tabulator-row.tabulator-row-even {
  background: transparent; min-height: 32px;
  border-bottom: 1px solid color-mix(in srgb, currentColor 13%, transparent); }
.tabulator .tabulator-row .tabulator-cell { border: 0; padding: 6px 4px; min-height: 32px; height: auto; }
.tabulator .tabulator-row .tabulator-cell:has(.mark) { padding-left: 22px !important; }
.mark { position: absolute; left: 4px; top: 11px; width: 10px; height: 10px; border-radius: 2px; }
.tabulator .tabulator-footer { background: transparent; border: 0; font-weight: 400; }
"""


class Table(pn.widgets.Tabulator):
    """A Tabulator whose theme travels as text.

    Linked stylesheets keep the browser busy until each is loaded for each table (1 s of a first visit). And when a
    table is put on a page that stands, the page's template sends them back to the server, which warns.
    """

    _stylesheets: ClassVar[list[str]] = []  # icons of the font that Panel adds: none are used

    def __init__(self, **params: Any) -> None:
        settings = {
            "show_index": False,
            "disabled": True,
            "sizing_mode": "stretch_width",
            "margin": 0,
            "selectable": False,
            "stylesheets": [STYLE],
        }
        super().__init__(**{**settings, **params})

    def _update_index_mapping(self) -> None:
        # 2026-11: Panel 1.9 makes a dict of all rows, 11 MB for 100,000 customers in each session, to look up the one
        # that is clicked.
        self._index_mapping = _Rows(self._processed)

    def _process_param_change(self, params: dict[str, Any]) -> dict[str, Any]:
        params = super()._process_param_change(params)
        if "stylesheets" in params:
            sheets = params["stylesheets"]
            themes = [_text(sheet.url) for sheet in sheets if _is_theme(sheet)]
            params["stylesheets"] = [*themes, *(sheet for sheet in sheets if not _is_theme(sheet))]
        return params


class _Rows:
    """Row number, as the table is sorted now -> row of its value."""

    def __init__(self, table: pd.DataFrame | None) -> None:
        self.table = table

    def get(self, row: int, otherwise: Any) -> Any:
        """The index of a row, or ``otherwise`` where there is no such row."""
        return self.table.index[row] if self.table is not None and 0 <= row < len(self.table) else otherwise


def _is_theme(sheet: Any) -> bool:
    return isinstance(sheet, ImportedStyleSheet) and "datatabulator" in sheet.url


@cache
def _text(url: str) -> str:
    """The stylesheet that Panel serves at this address, from its own files."""
    name = url.split("?")[0].split("bundled/")[-1]
    return (Path(pn.__file__).parent / "dist" / "bundled" / name).read_text(encoding="utf-8")
