"""The comparison table: one row per segment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import panel_material_ui as pmui
from bokeh.models.widgets.tables import NumberFormatter

from segdash.markup import escape
from segdash.profile import profile_columns
from segdash.reports.csv_file import csv_file
from segdash.schema import metric
from segdash.views import VIEWS
from segdash.views.table import Table
from segdash.views.view import View, row

if TYPE_CHECKING:
    import io

    from panel.viewable import Viewable

    from segdash.state import Segmentation

INDEX = "vs_base"

PLAIN = {
    "segment": ("Segment", None),
    "customers": ("Customers", "0,0"),
    "share": ("Share", "0.0 %"),
    "revenue": ("Revenue", "0,0"),
    "revenue_share": ("Share of revenue", "0.0 %"),
    "index": ("Index (base 100)", "0,0"),
}
"""Column -> heading and number format (numbro). These stand first: what money says is in view on any screen."""


@VIEWS.register("ProfileTable")
class ProfileTable(View):
    """Customers, shares, mean and median of each metric, revenue and index by segment; sortable, downloadable."""

    title = "Comparison of segments"

    def body(self) -> list[Viewable]:
        """The table and its download."""
        self.table = Table(
            layout="fit_columns",
            value=pd.DataFrame(columns=["segment"]),
            configuration={"columnDefaults": {"headerSortTristate": True, "headerWordWrap": True, "minWidth": 88}},
        )
        self.download = pmui.FileDownload(
            callback=self._file,
            filename="segments.csv",
            label="Download (CSV)",
            variant="outlined",
            size="small",
            color="primary",
            margin=0,
        )
        self.table.on_click(self._clicked, column="segment")
        self.follow(self._update_columns, "compared", "currency", "features")
        self.follow(self._update, "profile", "segment_table")
        return [self.table, row(self.download)]

    def _headings(self) -> dict[str, tuple[str, str | None]]:
        state = self.state
        found: dict[str, tuple[str, str | None]] = {}
        for column in [*PLAIN, *(name for name in profile_columns(state.compared) if name not in PLAIN)]:
            if column in PLAIN:
                found[column] = PLAIN[column]
                continue
            statistic, name = column.split("_", 1)
            decimals = "0,0.0" if statistic == "mean" or metric(name).decimals else "0,0"
            found[column] = (f"{statistic.title()} {metric(name).title.lower()}", decimals)
        return found

    def _update_columns(self) -> None:
        headings = {INDEX if name == "index" else name: said for name, said in self._headings().items()}
        # Tabulator writes headings as markup.
        self.table.titles = {name: escape(heading) for name, (heading, _) in headings.items()}
        numbers = {name: NumberFormatter(format=form) for name, (_, form) in headings.items() if form}
        self.table.formatters = {"segment": {"type": "html"}, **numbers}
        self.table.text_align = {name: "right" for name in numbers}
        self.table.header_align = {name: "right" for name in numbers}
        self.table.widths = {"segment": 168}

    def _clicked(self, event: Any) -> None:
        """A segment's name selects its customers."""
        self.select(self.members(str(self.state.profile["segment"].iloc[event.row])), toggle=True)

    def _update(self) -> None:
        self.head(self.whom())
        profile = self.state.profile
        # Tabulator takes a column named index for the frame's own and hides it.
        table = profile.assign(segment=segment_cells(self.state, profile["segment"])).loc[:, list(self._headings())]
        self.table.value = table.rename(columns={"index": INDEX})

    def _table(self) -> pd.DataFrame:
        table = self.state.profile.assign(segment=self.state.profile["segment"].astype(str))
        return table.loc[:, list(self._headings())]

    def _file(self) -> io.BytesIO:
        headings: dict[str, Any] = {name: heading for name, (heading, _) in self._headings().items()}
        return csv_file(self._table(), headings=headings)


def segment_cells(state: Segmentation, segments: pd.Series) -> pd.Series:
    """Segment names as markup, each with its colour; the name comes first, so that cells sort by it."""
    marks = {
        name: f'{escape(name)}<span class="mark" style="background:{escape(colour)}" aria-hidden="true"></span>'
        for name, colour in state.colours.items()
    }
    return segments.astype(str).map(marks)
