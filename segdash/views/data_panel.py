"""Which file is open, what became of each of its rows, and another file in its place."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import panel as pn
import panel_material_ui as pmui

from segdash.errors import SegdashError, count
from segdash.intake.customers import read_customers
from segdash.markup import escape
from segdash.reports.csv_file import csv_file
from segdash.views import VIEWS
from segdash.views.view import View, html

if TYPE_CHECKING:
    from panel.viewable import Viewable

ACCEPTED = ".csv,.tsv,.txt,.gz,.parquet,.xlsx,.xls"


@VIEWS.register("DataPanel")
class DataPanel(View):
    """The file, its columns, its rows kept and set aside with their reasons, their download, and an upload."""

    title = "Data"
    classes = ("segdash-controls",)

    def body(self) -> list[Viewable]:
        """Facts, download of the rows set aside, upload."""
        self.facts = html("")
        self.download = pmui.FileDownload(
            callback=self._file,
            filename="rows_set_aside.csv",
            label="Download the rows set aside (CSV)",
            variant="outlined",
            size="small",
            color="primary",
            sizing_mode="stretch_width",
            margin=0,
        )
        self.upload = pmui.FileInput(
            label="Open a customer table", accept=ACCEPTED, multiple=False, size="small", margin=0
        )
        self.upload.param.watch(self._opened, "value")
        self.follow(self._update, "intake")
        return [self.facts, self.download, self.upload]

    def _opened(self, event: Any) -> None:
        if not event.new:
            return
        name = str(self.upload.filename or "the uploaded file")
        content = event.new if isinstance(event.new, bytes) else str(event.new).encode()
        try:
            table = read_customers(io.BytesIO(content), name=name)
        except SegdashError as refused:
            self.state.problem = f"{refused} The previous data stay."
            return
        with pn.io.hold():
            self.state.try_load(table)

    def _file(self) -> io.BytesIO:
        return csv_file(self.state.intake.set_aside)

    def _update(self) -> None:
        intake = self.state.intake
        aside = intake["rows"] - intake["kept"]
        rows = [("Rows read", intake["rows"]), ("Kept as customers", intake["kept"]), ("Set aside", aside)]
        rows += [
            (f"– {reason['reason']} (first: row {reason['first_row']:,})", reason["rows"])
            for reason in intake["reasons"]
        ]
        table = "".join(f'<tr><th scope="row">{escape(what)}</th><td class="n">{n:,}</td></tr>' for what, n in rows)
        columns = "".join(
            f'<tr><th scope="row">{escape(role.replace("_", " "))}</th><td>{escape(heading)}</td></tr>'
            for role, heading in intake["columns"].items()
        )
        notes = "".join(f'<p class="muted">{escape(note)}</p>' for note in intake["notes"])
        self.facts.object = (
            f'<table class="facts"><caption class="muted">Rows</caption>{table}</table>'
            f'<table class="facts"><caption class="muted">Columns by heading</caption>{columns}</table>{notes}'
        )
        self.download.visible = aside > 0
        self.head(f"{intake['name'] or 'No file'}: {count(intake['kept'], 'customer')}")
