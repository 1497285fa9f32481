"""From an order log to the page: columns, dates, cleaning, each with its effect before anything is applied."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pandas as pd
import panel as pn
import panel_material_ui as pmui

from segdash.charts.calendar import day_calendar
from segdash.charts.waterfall import ledger_waterfall
from segdash.errors import count
from segdash.intake.dates import shown
from segdash.intake.order_roles import ROLES
from segdash.intake.policies import CHOICES
from segdash.markup import escape
from segdash.numbers import money
from segdash.preparation import Preparation
from segdash.reports.csv_file import csv_file
from segdash.sources.delimited import BLANKS
from segdash.views import VIEWS
from segdash.views.live import LivePlot
from segdash.views.moves_shown import flips_html
from segdash.views.table import Table
from segdash.views.view import STYLE, View, html, row

if TYPE_CHECKING:
    import io

    from panel.viewable import Viewable

    from segdash.state import Segmentation

TITLES = {
    "customer_id": "Customer",
    "order_id": "Order id",
    "ordered_at": "Date",
    "amount": "Amount",
    "quantity": "Quantity",
    "price": "Unit price",
    "status": "Status",
    "currency": "Currency",
    "product": "Product",
}
POLICY_TITLES = {
    "refunds": "Refunds",
    "zero_amounts": "Rows of amount 0",
    "duplicates": "Exact copies of rows",
    "grain": "One order is",
}
CHOICE_TITLES = {
    "refunds": {
        "net": "Lower the spend",
        "match": "Undo their sales",
        "ignore": "Set aside",
        "order": "Count as orders",
    },
    "zero_amounts": {"drop": "Set aside", "keep": "Count as orders"},
    "duplicates": {"keep": "Keep all", "drop": "Keep one"},
    "grain": {"order": "One order id", "day": "One customer's day", "row": "One row"},
}
TEXT_TITLES = {"delimiter": "Between cells", "encoding": "Letters as", "header": "First line"}
TEXT_CHOICES: dict[str, dict[str, Any]] = {
    "delimiter": {"Comma": ",", "Semicolon": ";", "Tab": "\t", "Bar": "|", "Blanks (aligned columns)": BLANKS},
    "encoding": {
        "UTF-8": "utf-8",
        "Western Windows (cp1252)": "cp1252",
        "Latin-1": "latin-1",
        "DOS (cp850)": "cp850",
        "DOS, US (cp437)": "cp437",
        "UTF-16": "utf-16",
    },
    "header": {"Headings": True, "A row like the others": False},
}
DECIMALS = {"As found": "", "Point: 1234.56": ".", "Comma: 1234,56": ","}
NONE = "(no column)"
NO_BUCKET = "(choose what became of them)"
MOST_ROWS = 100_000
MOST_SHOWN = 500


@VIEWS.register("DataRoom")
class DataRoom(View):
    """Columns, dates, policies and ledger of an order log; nothing changes on the page before Apply.

    Parameters
    ----------
    state : Segmentation
        Where applied orders go.
    preparation : Preparation, optional
        The draft, default one of its own that starts with the state's orders.
    """

    title = "Prepare orders"

    def __init__(self, state: Segmentation, preparation: Preparation | None = None, **params: Any) -> None:
        super().__init__(state, **params)
        self.draft = preparation or Preparation(state)
        if preparation is None and state.orders is not None:
            self.draft.take(state.orders)

    def body(self) -> list[Viewable]:
        """The steps, one below the other, and the two buttons that end them."""
        self._following = False
        self.said = html("")
        self.roles = {role: self._select(TITLES[role], partial(self._role_chosen, role)) for role in ROLES}
        self.text = {
            name: self._select(TEXT_TITLES[name], partial(self._text_chosen, name), options=TEXT_CHOICES[name])
            for name in TEXT_CHOICES
        }
        self.decimal = self._select(
            "Decimal sign", lambda event: self._chosen(decimal=event.new), options=DECIMALS, value=""
        )
        self.about = self._choice("About the customer", "about")
        self.as_text = row(*self.text.values())
        self.dates = pn.Column(sizing_mode="stretch_width", margin=0)
        self.policies = {
            name: self._select(
                POLICY_TITLES[name],
                partial(self._policy_chosen, name),
                options={CHOICE_TITLES[name][choice]: choice for choice in CHOICES[name]},
                value=next(iter(CHOICES[name])),
            )
            for name in CHOICES
        }
        self.as_of = pmui.DatePicker(label="As of", size="small", width=190, margin=0)
        self.as_of.param.watch(self._as_of_chosen, "value")
        self.statuses = self._choice("Statuses to leave out", "statuses")
        self.products = self._choice("Products to leave out", "products")
        self.effect, self.reasons, self.meaning = html(""), html(""), html("")
        self.plot = LivePlot(height=200)
        self.live.append(self.plot)
        self.ledger = html("")
        self.bucket = self._select("Look at rows", self._bucket_chosen, options=[NO_BUCKET], value=NO_BUCKET)
        self.bucket.width = 320
        self.rows_said = html("")
        self.rows = Table(
            value=pd.DataFrame(columns=["c0"]), pagination="local", page_size=10, layout="fit_data", visible=False
        )
        self.download = pmui.FileDownload(
            callback=self._file,
            filename="rows_set_aside.csv",
            label="Download the rows set aside (CSV)",
            variant="outlined",
            size="small",
            color="primary",
            margin=0,
        )
        self.flips = html("")
        self.ask_flips = pmui.Button(
            label="Who would flip?",
            variant="outlined",
            size="small",
            margin=0,
            on_click=lambda _: self.draft.try_flips(),
        )
        self.apply = pmui.Button(
            label="Apply to the page", size="small", margin=0, on_click=lambda _: self.draft.apply()
        )
        self.cancel = pmui.Button(
            label="Cancel", variant="text", size="small", margin=0, on_click=lambda _: self.draft.cancel()
        )
        self.dated = _step(2, "Dates", "How dates are read, and the moment everything is measured at.")
        self.ends = row(self.ask_flips, self.apply, self.cancel)
        self.columns = (
            _step(1, "Columns", "Which column is which; each proposal with its reason."),
            self.as_text,
            row(*self.roles.values(), self.decimal),
        )
        self.steps = pn.Column(
            *self.columns,
            row(self.about),
            self.reasons,
            self.dated,
            self.dates,
            row(self.as_of),
            _step(3, "Cleaning", "What becomes of refunds, zeros, copies and what is no sale."),
            row(*self.policies.values()),
            self.meaning,
            row(self.statuses, self.products),
            _step(4, "Ledger", "Every row, in exactly one place."),
            self.plot.pane,
            self.ledger,
            row(self.bucket, self.download),
            self.rows_said,
            self.rows,
            _step(5, "Apply", ""),
            self.effect,
            self.flips,
            self.ends,
            sizing_mode="stretch_width",
            margin=0,
            min_width=1,
            css_classes=["segdash-steps"],
            stylesheets=[STYLE],
        )
        for name in ("draft", "tie", "problem", "effect", "flips"):
            self.draft.param.watch(lambda *_: self._update(), name)
        self._update()
        return [self.said, self.steps]

    def _select(self, label: str, chosen: Any, **settings: Any) -> Any:
        select = pmui.Select(label=label, size="small", width=200, margin=0, **settings)
        select.param.watch(chosen, "value")
        return select

    def _choice(self, label: str, name: str) -> Any:
        choice = pmui.MultiChoice(label=label, width=410, margin=0)
        choice.param.watch(lambda event: self._chosen(**{name: list(event.new)}), "value")
        return choice

    # ------------------------------------------------------------------ what a person chooses

    def _chosen(self, **choices: Any) -> None:
        if self._following:
            return
        draft = self.draft
        self.state.work.start("Trying it out", lambda _task: draft.attempt(**choices), draft.accept)

    def _role_chosen(self, role: str, event: Any) -> None:
        self._chosen(roles={**self.draft.roles, role: None if event.new == NONE else event.new})

    def _text_chosen(self, name: str, event: Any) -> None:
        self._chosen(text={**self.draft.text, name: event.new})

    def _policy_chosen(self, name: str, event: Any) -> None:
        self._chosen(**{name: event.new})

    def _as_of_chosen(self, event: Any) -> None:
        if self.draft.draft is not None and event.new != self.draft.draft.as_of.date():
            self._chosen(as_of=event.new)

    def _bucket_chosen(self, event: Any) -> None:
        orders, bucket = self.draft.draft, event.new
        if self._following or orders is None or bucket == NO_BUCKET:
            self._show_rows(None)
        else:
            self.state.work.start(
                "Fetching rows", lambda _task: orders.bucket_rows(bucket, MOST_SHOWN), self._show_rows
            )

    # ------------------------------------------------------------------ what is shown

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

    def _update(self) -> None:
        self._following = True  # showing a choice is not making it
        try:
            self._show()
        finally:
            self._following = False

    def _show(self) -> None:
        draft = self.draft
        self.steps.visible = draft.rows is not None
        self.said.object = f'<div class="note problem">{escape(draft.problem)}</div>' if draft.problem else ""
        self._show_tie()
        if draft.rows is None:
            self.head("No order log is being prepared. Open one in the drawer (Data).")
            return
        self.head(draft.rows.name)
        self.apply.disabled = draft.draft is None
        self.ask_flips.visible = draft.can_flip and draft.flips is None
        # Before dates or columns are decided, there is nothing else to decide.
        first = (self.dated, self.dates) if draft.tie else self.columns
        for part in self.steps:
            part.visible = draft.draft is not None or part in (*first, self.ends)
        self._show_text()
        self._show_roles()
        if draft.draft is None:
            return
        self._show_policies()
        self._show_ledger()
        self._show_effect()
        self.flips.object = flips_html(self.draft.flips) if self.draft.flips else ""

    def _show_text(self) -> None:
        """How a text was read; what can't be read again can't be read otherwise."""
        draft, text = self.draft, self.draft.rows.text  # type: ignore[union-attr]  # _show() sees to it
        self.as_text.visible = bool(text) and draft.source is not None
        for name, select in self.text.items():
            if text:
                known = TEXT_CHOICES[name]
                as_it_is = {} if text[name] in known.values() else {str(text[name]): text[name]}
                select.param.update(options={**known, **as_it_is}, value=text[name])
        self.decimal.value = draft.decimal
        if draft.draft is not None:
            taken = {role.heading for role in draft.draft.roles.values()}
            free = [heading for heading in draft.draft.rows.headings if heading not in taken]
            self.about.param.update(options=free, value=list(draft.draft.attributes), visible=bool(free))

    def _show_roles(self) -> None:
        draft, said = self.draft, []
        orders = draft.draft
        for role, select in self.roles.items():
            found = orders.roles.get(role) if orders else None
            heading = found.heading if found else draft.roles.get(role)
            select.param.update(options=[NONE, *(draft.rows.headings if draft.rows else [])], value=heading or NONE)
            if found:
                said.append(f"<dt>{escape(TITLES[role])}</dt><dd>{escape(f'{found.heading}: {found.reason}')}</dd>")
        notes = "".join(f'<p class="muted">{escape(note)}</p>' for note in (orders.notes if orders else ()))
        self.reasons.object = f'<dl class="reasons">{"".join(said)}</dl>{notes}'

    def _show_policies(self) -> None:
        orders = self.draft.draft
        for name, select in self.policies.items():
            select.value = getattr(orders.policies, name)
        meaning = " ".join(CHOICES[name][getattr(orders.policies, name)] for name in CHOICES)
        self.meaning.object = f'<p class="muted">{escape(meaning)}</p>'
        self.as_of.value = orders.as_of.date()
        for name, choice in (("statuses", self.statuses), ("products", self.products)):
            options = getattr(self.draft, name)
            choice.param.update(options=options, value=list(getattr(orders.policies, name)), visible=bool(options))

    def _show_tie(self) -> None:
        """Two readings side by side, each with its calendar and a button."""
        draft = self.draft
        if not draft.tie:
            reading = draft.draft.reading if draft.draft else None
            told = ", ".join(shown(form) for form in reading.formats) + f": {reading.span}." if reading else ""
            self.dates.objects = [html(f'<p class="muted">{escape(told)}</p>')] if told else []
            return
        asked = html('<p class="warning">The dates can be read two ways. Which is right?</p>')
        choices = []
        for how, reading in zip(("Day first", "Month first"), draft.tie, strict=True):
            form = reading.formats[0]
            picture = pn.pane.HoloViews(day_calendar(reading.days), sizing_mode="stretch_width")
            button = pmui.Button(
                label=f"{how}: {shown(form)}",
                size="small",
                margin=0,
                on_click=partial(lambda form, _: self._chosen(date_format=form), form),
            )
            choices.append(pn.Column(button, html(f'<p class="muted">{escape(reading.span)}</p>'), picture, width=460))
        self.dates.objects = [asked, row(*choices)]

    def _show_ledger(self) -> None:
        orders, currency = self.draft.draft, self.state.currency
        book = orders.ledger
        self.plot.pane.height = 50 + 28 * (2 + int((~book["kept"]).sum()))
        self.plot.show(partial(ledger_waterfall, book, currency=currency, dark=self.state.dark), None, object())
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
        self.ledger.object = (
            f'<table class="ledger"><thead><tr><th>What became of them</th>{heads}<th></th></tr></thead>'
            f"<tbody>{cells}{total}</tbody></table>"
        )
        self.download.visible = bool((~book["kept"]).any())
        said = {f"{line['reason']} ({line['rows']:,})": line["bucket"] for line in book.to_dict("records")}
        self.bucket.param.update(options={NO_BUCKET: NO_BUCKET, **said}, value=NO_BUCKET)
        self._show_rows(None)

    def _show_effect(self) -> None:
        if self.draft.effect is None:
            return
        rows = "".join(
            f'<tr><td>{escape(line["what"])}</td><td class="n">{line["customers"]:,}</td>'
            f'<td class="n">{"not known" if line["shared"] is None else format(line["shared"], ",")}</td>'
            f'<td class="n">{escape(money(line["revenue"], self.state.currency))}</td>'
            f"<td>{escape(line['as_of'])}</td></tr>"
            for line in self.draft.effect.to_dict("records")
        )
        self.effect.object = (
            '<div class="wide"><table class="ledger"><thead><tr><th></th><th class="n">Customers</th>'
            '<th class="n">On the page now</th><th class="n">Revenue</th>'
            f"<th>As of</th></tr></thead><tbody>{rows}</tbody></table></div>"
        )

    def _file(self) -> io.BytesIO:
        return csv_file(set_aside(self.draft.draft))


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


def _step(number: int, title: str, what: str) -> pn.pane.HTML:
    muted = f' <span class="muted">{escape(what)}</span>' if what else ""
    return html(f'<h4 class="step"><span>{number}</span>{escape(title)}{muted}</h4>')
