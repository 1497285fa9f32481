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
from segdash.views.quality_columns import (
    MEANT,
    PER_SEGMENT,
    WIDTHS,
    is_shown,
    quality_switch,
    segment_columns,
    segment_quality,
)
from segdash.views.table import Table
from segdash.views.view import View, html, row

if TYPE_CHECKING:
    import io

    from panel.viewable import Viewable

    from segdash.state import Segmentation

INDEX = "vs_base"

QUALITY = ("show_quality", "borders", "judgement")
"""What the columns about quality follow from."""

HOW_TO_JUDGE = (
    "Separation, borderline and nearest are of all customers of a segment. Stability and badges take a few seconds: "
    "judge the segments in the room How many segments."
)

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
    """Customers, shares, mean and median of each metric, revenue and index by segment; how good it is on request."""

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
        self.table.on_click(self._badge_clicked, column="badge")
        self.quality = quality_switch(self)
        self.hint = html("")
        self.follow(self._update_columns, "compared", "currency", "features", *QUALITY)
        self.follow(self._update, "profile", "segment_table", *QUALITY)
        return [self.table, row(self.download, self.quality), self.hint]

    def _headings(self) -> dict[str, tuple[str, str | None]]:
        state, known = self.state, {**PER_SEGMENT, **PLAIN}
        asked = segment_columns(state)
        plain = ["segment", *asked, *(name for name in PLAIN if name != "segment")]
        found: dict[str, tuple[str, str | None]] = {}
        for column in [*plain, *(name for name in profile_columns(state.compared) if name not in PLAIN)]:
            if column in known:
                found[column] = known[column]
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
        self.table.header_tooltips = {name: MEANT[name] for name in segment_columns(self.state)}
        self.table.widths = {"segment": 168, **WIDTHS}

    def _badge_clicked(self, event: Any) -> None:
        """A badge selects the customers of all segments that have it."""
        table = self._table()
        alike = table.loc[table["badge"] == table["badge"].iloc[event.row], "segment"]
        self.select([one for name in alike for one in self.members(name)], toggle=True)

    def _clicked(self, event: Any) -> None:
        """A segment's name selects its customers."""
        self.select(self.members(str(self.state.profile["segment"].iloc[event.row])), toggle=True)

    def _update(self) -> None:
        self.head(self.whom())
        table = self._table()
        # Tabulator takes a column named index for the frame's own and hides it.
        self.table.value = table.assign(segment=segment_cells(self.state, table["segment"])).rename(
            columns={"index": INDEX}
        )
        asked = is_shown(self.state) and self.state.judgement is None
        self.hint.object = f'<p class="muted">{HOW_TO_JUDGE}</p>' if asked else ""

    def _table(self) -> pd.DataFrame:
        state = self.state
        table = state.profile.assign(segment=state.profile["segment"].astype(str))
        if is_shown(state):
            table = table.join(segment_quality(state), on="segment")
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
