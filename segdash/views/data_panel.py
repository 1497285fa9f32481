"""Which file is open, what became of each of its rows, and another file in its place."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import panel as pn
import panel_material_ui as pmui

from segdash.errors import CancelledError, SegdashError, count
from segdash.intake.either import looks_like_customers, read_either
from segdash.intake.orders import Orders, orders_of
from segdash.markup import escape
from segdash.preparation import Outcome, Preparation
from segdash.reports.csv_file import csv_file
from segdash.sources.allowed import VARIABLE, allowed_path
from segdash.sources.rows import Options, Rows, read_rows
from segdash.state import Segmentation
from segdash.views import VIEWS
from segdash.views.ledger_shown import download_of_rows, set_aside
from segdash.views.view import View, html

if TYPE_CHECKING:
    from collections.abc import Callable

    from panel.viewable import Viewable

    from segdash.work import Task

Found = Segmentation | Outcome | tuple[Rows, SegdashError, Any] | str
"""What a file turns out to be."""

LARGEST_UPLOAD = "200MB"
"""A file comes in chunks and is held in memory until it is read."""

DROP_STYLE = """
.filepond--root { font-family: inherit; margin-bottom: 0; }
.filepond--panel-root { background: color-mix(in srgb, currentColor 6%, transparent); border: 1px dashed currentColor; }
.filepond--file, .filepond--file-info, .filepond--file-status { color: inherit !important; }
.filepond--drop-label { color: inherit; font-size: 13px; }
"""


@VIEWS.register("DataPanel")
class DataPanel(View):
    """The file, its columns, its rows kept and set aside with their reasons, their download, and an upload.

    Parameters
    ----------
    state : Segmentation
        What is shown.
    preparation : Preparation, optional
        Where orders are prepared, default one of its own.
    sample : path, optional
        Orders that a visitor without a file may try.
    """

    title = "Data"

    def __init__(
        self, state: Segmentation, preparation: Preparation | None = None, sample: Path | None = None, **params: Any
    ) -> None:
        super().__init__(state, **params)
        self.sample = sample
        self.preparation = preparation or Preparation(state)

    classes = ("segdash-controls",)

    def body(self) -> list[Viewable]:
        """Facts, download of the rows set aside, the as-of date, and the ways to open another file."""
        self.facts = html("")
        self.download = download_of_rows(self._file, variant="outlined", sizing_mode="stretch_width")
        self.as_of = pmui.DatePicker(label="As of", size="small", sizing_mode="stretch_width", margin=0)
        self.as_of.param.watch(self._as_of_chosen, "value")
        self.prepare = _button("Prepare the orders", self._prepare, variant="outlined")
        sources = self._sources()
        self.follow(self._update, "intake", "orders", "as_of")
        return [self.facts, self.download, self.as_of, self.prepare, *sources]

    def _sources(self) -> list[Viewable]:
        """An upload, the sample, and a path where this page's server allows one."""
        self.upload = pn.widgets.FileDropper(
            multiple=False,
            previews=[],
            max_file_size=LARGEST_UPLOAD,
            layout="integrated",
            height=76,
            sizing_mode="stretch_width",
            margin=0,
            stylesheets=[DROP_STYLE],
        )
        self.upload.param.watch(self._opened, "value")
        hint = html(
            f'<p class="muted">Open a customer table or an order log, up to {LARGEST_UPLOAD}. A larger one is opened '
            "by its path, by whoever serves this page.</p>"
        )
        self.try_sample = _button(
            "Try the sample orders", self._sample, variant="text", visible=self.sample is not None
        )
        self.path = pmui.TextInput(
            label="Or a file on the server",
            placeholder="its name, then Enter",
            size="small",
            sizing_mode="stretch_width",
            margin=0,
            visible=bool(os.environ.get(VARIABLE)),
        )
        self.path.param.watch(self._named, "value")
        return [hint, self.upload, self.try_sample, self.path]

    def _sample(self) -> None:
        if self.sample is not None:
            path = Path(self.sample)
            self._open(path.name, path)

    def _prepare(self) -> None:
        orders = self.state.orders
        self.state.work.start("Preparing", lambda _task: self.preparation.opening(orders), self.preparation.accept)

    def _as_of_chosen(self, event: Any) -> None:
        now = self.state.as_of
        if event.new is None or now is None or event.new == pd.Timestamp(now).date():
            return
        moved = pd.Timestamp(event.new).to_pydatetime()
        self.state.beside("Measuring the customers", lambda copy, _task: copy.change(as_of=moved))

    def _named(self, event: Any) -> None:
        if event.new:
            try:
                path = allowed_path(event.new)
            except SegdashError as refused:
                self._show(f"{refused} The previous data stay.")
            else:
                self._open(path.name, path)

    def _opened(self, _event: Any) -> None:
        if self.upload.value:
            name, content = next(iter(self.upload.value.items()))
            content = content if isinstance(content, bytes) else str(content).encode()
            self._open(str(name), io.BytesIO(content))
            self.upload.value = {}

    def _open(self, name: str, source: io.BytesIO | Path) -> None:
        copy = self.state.branch()
        self.state.work.start(f"Reading {name}", lambda task: self._read(name, source, copy, task), self._show)

    def _read(self, name: str, source: io.BytesIO | Path, copy: Segmentation, task: Task) -> Found:
        """The copy with a customer table, a draft of orders, a tie of dates, or why it is none of them."""
        try:
            found = read_either(source, name=name)
            if isinstance(found, Orders):
                task.tell("Measuring the customers")
                return self.preparation.opening(found, source)
            task.tell("Segmenting the customers")
            copy.load(found)
            return copy
        except CancelledError:
            raise
        except SegdashError as refused:
            return self._undecided(name, source, refused) or f"{refused} The previous data stay."

    def _undecided(self, name: str, source: io.BytesIO | Path, refused: SegdashError) -> Found | None:
        """Rows that can be read, with what the person must decide about them; None where that would not help."""
        if isinstance(source, io.BytesIO):
            source.seek(0)
        try:
            rows = read_rows(source, Options(name=name))
        except SegdashError:
            return None
        if looks_like_customers(rows.headings) or len(rows.headings) < 2:
            return None
        try:
            orders_of(rows, {})
        except SegdashError as undecided:
            refused = undecided
        return rows, refused, source

    def _show(self, found: Found) -> None:
        """Put a customer table on the page, begin to prepare orders, or say why not."""
        if isinstance(found, (Segmentation, str)):
            self.state.settle(found)
        elif isinstance(found, tuple):
            self.preparation.ask(*found)
        else:
            self.state.problem = ""
            self.preparation.accept(found)

    def _file(self) -> io.BytesIO:
        state = self.state
        return csv_file(set_aside(state.orders) if state.orders is not None else state.intake.set_aside)

    def _update(self) -> None:
        intake = self.state.intake
        aside = intake["rows"] - intake["kept"]
        kept = "Kept as customers" if self.state.orders is None else "Kept as orders"
        rows = [("Rows read", intake["rows"]), (kept, intake["kept"]), ("Set aside", aside)]
        rows += [(f"– {reason['reason']}{_first(reason)}", reason["rows"]) for reason in intake["reasons"]]
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
        self.prepare.visible = self.as_of.visible = self.state.orders is not None
        if self.state.as_of is not None:
            self.as_of.value = pd.Timestamp(self.state.as_of).date()
        self.head(f"{intake['name'] or 'No file'}: {count(len(self.state.customers), 'customer')}")


def _button(label: str, action: Callable[[], Any], **settings: Any) -> pmui.Button:
    settings = {"size": "small", "margin": 0, "sizing_mode": "stretch_width", **settings}
    return pmui.Button(label=label, on_click=lambda _: action(), **settings)


def _first(reason: dict[str, Any]) -> str:
    return f" (first: row {reason['first_row']:,})" if "first_row" in reason else ""
