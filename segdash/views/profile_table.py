"""The comparison table: one row per segment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import panel as pn
import panel_material_ui as pmui
from bokeh.models.widgets.tables import NumberFormatter

from segdash.markup import escape
from segdash.profile import profile_columns
from segdash.reports.csv_file import csv_file
from segdash.schema import metric
from segdash.views import VIEWS
from segdash.views.view import View, row

if TYPE_CHECKING:
    import io

    import pandas as pd
    from panel.viewable import Viewable

PLAIN = {
    "segment": ("Segment", None),
    "customers": ("Customers", "0,0"),
    "share": ("Share", "0.0 %"),
    "revenue": ("Revenue", "0,0"),
    "revenue_share": ("Share of revenue", "0.0 %"),
    "index": ("Index (base 100)", "0,0"),
}
"""Column -> heading and number format (numbro)."""


@VIEWS.register("ProfileTable")
class ProfileTable(View):
    """Customers, shares, mean and median of each metric, revenue and index by segment; sortable, downloadable."""

    title = "Comparison of segments"

    def body(self) -> list[Viewable]:
        """The table and its download."""
        self.table = pn.widgets.Tabulator(
            show_index=False,
            disabled=True,
            layout="fit_data_fill",
            sizing_mode="stretch_width",
            margin=0,
            selectable=False,
            stylesheets=[TABLE_STYLE],
            configuration={"columnDefaults": {"headerSortTristate": True}},
        )
        self.download = pmui.FileDownload(
            callback=self._file, filename="segments.csv", label="Download (CSV)", variant="outlined", size="small", color="primary", margin=0
        )
        self.follow(self._update_columns, "compared", "currency", "features")
        self.follow(self._update, "profile", "segment_table")
        return [self.table, row(self.download)]

    def _headings(self) -> dict[str, tuple[str, str | None]]:
        state = self.state
        found: dict[str, tuple[str, str | None]] = {}
        for column in profile_columns(state.compared):
            if column in PLAIN:
                found[column] = PLAIN[column]
                continue
            statistic, name = column.split("_", 1)
            decimals = "0,0.0" if statistic == "mean" or metric(name).decimals else "0,0"
            found[column] = (f"{statistic.title()} {metric(name).title.lower()}", decimals)
        return found

    def _update_columns(self) -> None:
        headings = self._headings()
        # Tabulator writes headings as markup.
        self.table.titles = {"color": "", **{name: escape(heading) for name, (heading, _) in headings.items()}}
        numbers = {name: NumberFormatter(format=form) for name, (_, form) in headings.items() if form}
        self.table.formatters = {"color": {"type": "color"}, **numbers}
        self.table.text_align = {name: "right" for name in numbers}
        self.table.header_align = {name: "right" for name in numbers}
        self.table.widths = {"color": 12}

    def _update(self) -> None:
        self.head(self.whom())
        self.table.value = self._coloured()

    def _coloured(self) -> pd.DataFrame:
        profile = self.state.profile
        segment = profile["segment"].astype(str)
        table = profile.assign(segment=segment)
        table.insert(0, "color", segment.map(self.state.colours))
        return table

    def _file(self) -> io.BytesIO:
        headings: dict[str, Any] = {name: heading for name, (heading, _) in self._headings().items()}
        return csv_file(self.state.profile.assign(segment=self.state.profile["segment"].astype(str)), headings=headings)


TABLE_STYLE = """
:host { font-variant-numeric: tabular-nums; }
.tabulator { border: 0; background: transparent; font-size: 13.5px; }
.tabulator .tabulator-header { background: transparent; border-bottom: 1px solid var(--divider-color, #d5dae0); }
.tabulator .tabulator-header .tabulator-col { background: transparent; border: 0; }
.tabulator .tabulator-header .tabulator-col .tabulator-col-title { font-weight: 500; white-space: normal; }
.tabulator .tabulator-row { background: transparent; border-bottom: 1px solid var(--divider-color, #e4e8ec); }
.tabulator .tabulator-row .tabulator-cell { border: 0; }
"""
