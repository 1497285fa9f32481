"""The ledger of an order log as a page shows it: waterfall, table, the rows of each bucket, their download."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pandas as pd
import panel_material_ui as pmui

from segdash.charts.waterfall import ledger_waterfall
from segdash.errors import count
from segdash.markup import escape
from segdash.numbers import money
from segdash.reports.csv_file import csv_file
from segdash.views.live import LivePlot
from segdash.views.table import Table
from segdash.views.view import html, row

if TYPE_CHECKING:
    import io

    from panel.viewable import Viewable

    from segdash.intake.orders import Orders
    from segdash.views.view import View

NO_BUCKET = "(choose what became of them)"
MOST_ROWS = 100_000
MOST_SHOWN = 500


class LedgerShown:
    """The ledger of a draft of orders, within a view.

    Parameters
    ----------
    view : View
        Whose state has the currency and does the work beside the page.
    """

    def __init__(self, view: View) -> None:
        self.state = view.state
        self.orders: Orders | None = None
        self.plot = LivePlot(height=200)
        view.live.append(self.plot)
        self.table = html("")
        self.bucket = pmui.Select(
            label="Look at rows", size="small", width=320, margin=0, options=[NO_BUCKET], value=NO_BUCKET
        )
        self.bucket.param.watch(lambda event: self._bucket_chosen(event.new), "value")
        self.rows_said = html("")
        self.rows = Table(
            value=pd.DataFrame(columns=["c0"]), pagination="local", page_size=10, layout="fit_data", visible=False
        )
        self.download = download_of_rows(self._file, variant="outlined")
        self.parts: list[Viewable] = [
            self.plot.pane,
            self.table,
            row(self.bucket, self.download),
            self.rows_said,
            self.rows,
        ]

    def show(self, orders: Orders) -> None:
        """Show the ledger of these orders; no bucket's rows until one is chosen."""
        self.orders, book, currency = orders, orders.ledger, self.state.currency
        self.plot.pane.height = 50 + 28 * (2 + int((~book["kept"]).sum()))
        self.plot.show(partial(ledger_waterfall, book, currency=currency, dark=self.state.dark), None, object())
        self.table.object = ledger_html(book, currency)
        self.download.visible = bool((~book["kept"]).any())
        said = {f"{line['reason']} ({line['rows']:,})": line["bucket"] for line in book.to_dict("records")}
        self.bucket.param.update(options={NO_BUCKET: NO_BUCKET, **said}, value=NO_BUCKET)
        self._show_rows(None)

    def _bucket_chosen(self, bucket: str) -> None:
        orders = self.orders
        if orders is None or bucket == NO_BUCKET:
            self._show_rows(None)
        else:
            self.state.work.start(
                "Fetching rows", lambda _task: orders.bucket_rows(bucket, MOST_SHOWN), self._show_rows
            )

    def _show_rows(self, rows: pd.DataFrame | None) -> None:
        """Rows of one bucket as the source has them."""
        self.rows.visible = rows is not None
        self.rows_said.object = ""
        if rows is not None:
            # Tabulator writes headings as markup, and takes a dot in a column's name for a path.
            columns = {f"c{i}": str(name) for i, name in enumerate(rows.columns)}
            self.rows.titles = {column: escape(heading) for column, heading in columns.items()}
            self.rows.value = rows.set_axis(list(columns), axis=1).astype("string").fillna("")
            first = f"The first {len(rows):,} rows" if len(rows) == MOST_SHOWN else count(len(rows), "row")
            self.rows_said.object = f'<p class="muted">{first}, as the file has them.</p>'

    def _file(self) -> io.BytesIO:
        return csv_file(set_aside(self.orders))


def ledger_html(book: pd.DataFrame, currency: str) -> str:
    """The ledger as a table, all rows of the file below it; as markup."""
    cells = "".join(
        f'<tr><td>{escape(line["reason"])}</td><td class="n">{line["rows"]:,}</td>'
        f'<td class="n">{line["customers"]:,}</td><td class="n">{escape(money(line["money"], currency))}</td>'
        f"<td>{'kept' if line['kept'] else 'set aside'}</td></tr>"
        for line in book.to_dict("records")
    )
    total = (
        f'<tr class="total"><td>All rows of the file</td><td class="n">{int(book["rows"].sum()):,}</td><td></td>'
        f'<td class="n">{escape(money(float(book["money"].sum()), currency))}</td><td></td></tr>'
    )
    heads = "".join(f'<th class="n">{name}</th>' for name in ("Rows", "Customers", "Money"))
    return (
        f'<table class="ledger"><thead><tr><th>What became of them</th>{heads}<th></th></tr></thead>'
        f"<tbody>{cells}{total}</tbody></table>"
    )


def effect_html(effect: pd.DataFrame, currency: str) -> str:
    """Customers and revenue now and under a draft, as markup."""
    rows = "".join(
        f'<tr><td>{escape(line["what"])}</td><td class="n">{line["customers"]:,}</td>'
        f'<td class="n">{"not known" if line["shared"] is None else format(line["shared"], ",")}</td>'
        f'<td class="n">{escape(money(line["revenue"], currency))}</td>'
        f"<td>{escape(line['as_of'])}</td></tr>"
        for line in effect.to_dict("records")
    )
    return (
        '<div class="wide"><table class="ledger"><thead><tr><th></th><th class="n">Customers</th>'
        '<th class="n">On the page now</th><th class="n">Revenue</th>'
        f"<th>As of</th></tr></thead><tbody>{rows}</tbody></table></div>"
    )


def download_of_rows(file: Any, **settings: Any) -> pmui.FileDownload:
    """A button that gives the rows set aside, which ``file`` makes."""
    return pmui.FileDownload(
        callback=file,
        filename="rows_set_aside.csv",
        label="Download the rows set aside (CSV)",
        size="small",
        color="primary",
        margin=0,
        **settings,
    )


def set_aside(orders: Any) -> pd.DataFrame:
    """The rows of all buckets that don't count, with the reason, up to 100,000 each."""
    book = orders.ledger
    parts = [
        orders.bucket_rows(line["bucket"], MOST_ROWS).assign(reason=line["reason"])
        for line in book[~book["kept"]].to_dict("records")
    ]
    if not parts:
        return pd.DataFrame(columns=["reason"])
    whole = pd.concat(parts, ignore_index=True)
    return whole[["reason", *(name for name in whole.columns if name != "reason")]]
