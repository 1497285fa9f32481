"""The list of the customers shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import panel as pn
import panel_material_ui as pmui
from bokeh.models.widgets.tables import NumberFormatter

from segdash.errors import CancelledError, SegdashError, count
from segdash.markup import escape
from segdash.reports.csv_file import csv_file
from segdash.reports.customer_list import save_customers
from segdash.schema import CUSTOMER_ID, SEGMENT, metric
from segdash.views import VIEWS
from segdash.views.file_in_pieces import FileInPieces, WrittenFile
from segdash.views.profile_table import segment_cells
from segdash.views.quality_columns import MEANT, PER_CUSTOMER, WIDTHS, customer_quality, is_shown, quality_switch
from segdash.views.table import Table
from segdash.views.view import View, row

if TYPE_CHECKING:
    import io

    from panel.viewable import Viewable

    from segdash.work import Task

PAGE_SIZE = 15
MOST_ATTRIBUTES = 6


@VIEWS.register("CustomerTable")
class CustomerTable(View):
    """The customers that pass filters and selection: searchable by id, sortable, downloadable; runner-up on request."""

    title = "Customer list"

    def body(self) -> list[Viewable]:
        """Search, download, table."""
        self.search = pmui.TextInput(
            label="Find a customer id", placeholder="part of an id", size="small", width=220, margin=0
        )
        self.download = pmui.FileDownload(
            callback=self._file,
            filename="customers.csv",
            label="Download (CSV)",
            variant="outlined",
            size="small",
            color="primary",
            margin=0,
        )
        self.pick = pmui.Button(
            label="",
            variant="outlined",
            size="small",
            margin=0,
            visible=False,
            on_click=lambda _: self.select(self._matching()[CUSTOMER_ID].tolist()),
        )
        self.download_all = pmui.Button(
            label="", icon="download", variant="outlined", size="small", margin=0, on_click=lambda _: self._send_all()
        )
        self.sent = pn.Row(margin=0, height=0)
        self.table = Table(
            pagination="remote",
            page_size=PAGE_SIZE,
            layout="fit_columns",
            configuration={"columnDefaults": {"headerWordWrap": True, "minWidth": 96}},
            value=pd.DataFrame(columns=[SEGMENT]),
        )
        self.table.on_click(self._clicked, column=CUSTOMER_ID)
        self.quality = quality_switch(self)
        self.follow(self._update_columns, "compared", "currency", "features", "show_quality", "borders")
        self.follow(self._update, "shown", "compared", "segment_table", "show_quality", "borders")
        self.follow(self._update_download, "profile")
        self.search.param.watch(lambda _: self._update(), "value")
        return [row(self.search, self.pick, self.download, self.download_all, self.quality), self.sent, self.table]

    def _columns(self) -> list[str]:
        asked = self._quality_columns().values()
        return [CUSTOMER_ID, SEGMENT, *asked, *self.state.compared, *self.state.attributes[:MOST_ATTRIBUTES]]

    def _quality_columns(self) -> dict[str, str]:
        """What is known of borders -> its column here, where a file has not got one so called."""
        if not is_shown(self.state):
            return {}
        return {name: _free(name, self.state.features) for name in PER_CUSTOMER}

    def _matching(self) -> pd.DataFrame:
        shown, wanted = self.state.shown, self.search.value.strip()
        return shown[shown[CUSTOMER_ID].str.contains(wanted, case=False, regex=False)] if wanted else shown

    def _found(self) -> pd.DataFrame:
        found = self._matching()
        if asked := self._quality_columns():
            return found.join(customer_quality(self.state, found).rename(columns=asked))
        return found

    def _update_columns(self) -> None:
        state = self.state
        titles = {CUSTOMER_ID: "Customer", SEGMENT: "Segment"}
        asked = self._quality_columns()
        titles |= {asked[name]: PER_CUSTOMER[name] for name in asked}
        titles |= {name: metric(name).label(state.currency) for name in state.compared}
        self.table.titles = {_column(name): escape(titles.get(name, name)) for name in self._columns()}
        decimals = {name: metric(name).decimals for name in state.compared}
        self.table.formatters = {SEGMENT: {"type": "html"}} | {
            _column(name): NumberFormatter(format="0,0" + ("." + "0" * digits if digits else ""))
            for name, digits in decimals.items()
        }
        self.table.text_align = {_column(name): "right" for name in state.compared}
        self.table.header_align = {_column(name): "right" for name in state.compared}
        self.table.header_tooltips = {asked[name]: MEANT[name] for name in asked}
        self.table.widths = {SEGMENT: 168, **{asked[name]: WIDTHS[name] for name in asked}}

    def _clicked(self, event: Any) -> None:
        """A customer's id selects her, or with another choice adds her or takes her away."""
        self.select([str(self.table.value[CUSTOMER_ID].iloc[event.row])])

    def _update(self) -> None:
        found = self._found().loc[:, self._columns()]
        matches = f": {count(len(found), 'match', 'matches')}" if self.search.value.strip() else ""
        self.head(self.whom(sample=True) + matches)
        self.pick.label = "Select this customer" if len(found) == 1 else f"Select these {len(found):,}"
        self.pick.visible = bool(matches) and len(found) > 0
        self._update_download()
        table = found.assign(**{SEGMENT: segment_cells(self.state, found[SEGMENT])}).rename(columns=_column)
        self.table.param.update(value=table, page=1)

    @property
    def _lists_everyone(self) -> bool:
        """Whether the download has more customers than the table: all who pass, from the engine."""
        return self.state.asks_engine and not self.search.value.strip()

    def _update_download(self) -> None:
        everyone = self._lists_everyone
        if everyone:
            self.download_all.label = f"Download all {self.state.sizes[0]:,} (Parquet)"
        self.download_all.visible, self.download.visible = everyone, not everyone

    def _file(self) -> io.BytesIO:
        return csv_file(self._found())

    def _send_all(self) -> None:
        """Have the engine write the list of everybody beside the page, and send it piece by piece."""
        listed = self.state.fork()

        def write(_task: Task) -> WrittenFile | str:
            try:
                return WrittenFile("customers.parquet", lambda path: save_customers(listed, path))
            except CancelledError:
                raise
            except SegdashError as refused:
                return str(refused)

        def send(written: WrittenFile | str) -> None:
            if isinstance(written, str):
                self.state.problem = written
            else:
                self.sent.objects = [FileInPieces(written)]

        self.state.work.start("Writing the list of all customers", write, send)


def _free(name: str, table: pd.DataFrame) -> str:
    """A name that no column of the table has."""
    while name in table.columns:
        name += "_"
    return name


def _column(name: str) -> str:
    """The table's own name of a column: Tabulator takes some names for those of the frame's index and hides them."""
    return f"{name} " if name in ("index", "level_0") else name
