"""From an order log to the page: columns, dates, cleaning, each with its effect before anything is applied."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import panel as pn
import panel_material_ui as pmui

from segdash.charts.calendar import day_calendar
from segdash.intake.dates import shown
from segdash.intake.order_roles import ROLES
from segdash.intake.policies import CHOICES
from segdash.markup import escape
from segdash.preparation import Preparation
from segdash.views import VIEWS
from segdash.views.ledger_shown import LedgerShown, effect_html
from segdash.views.moves_shown import flips_html
from segdash.views.order_words import (
    CHOICE_TITLES,
    DECIMALS,
    NONE,
    POLICY_TITLES,
    TEXT_CHOICES,
    TEXT_TITLES,
    TITLES,
)
from segdash.views.view import STYLE, View, html, row

if TYPE_CHECKING:
    from collections.abc import Callable

    from panel.viewable import Viewable

    from segdash.state import Segmentation


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
        columns, dates = self._columns_step(), self._dates_step()
        cleaning = self._cleaning_step()
        self.book = LedgerShown(self)
        self.columns, self.dated = columns[:3], dates[:2]
        self.steps = pn.Column(
            *columns,
            *dates,
            *cleaning,
            _step(4, "Ledger", "Every row, in exactly one place."),
            *self.book.parts,
            *self._last_step(),
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

    def _columns_step(self) -> list[Viewable]:
        """How the text is read and which column is which; the first three parts are there before that is decided."""
        self.roles = {role: self._select(TITLES[role], partial(self._role_chosen, role)) for role in ROLES}
        self.text = {
            name: self._select(TEXT_TITLES[name], partial(self._text_chosen, name), options=TEXT_CHOICES[name])
            for name in TEXT_CHOICES
        }
        self.decimal = self._select(
            "Decimal sign", lambda event: self._chosen(decimal=event.new), options=DECIMALS, value=""
        )
        self.about = self._choice("About the customer", "about")
        self.as_text, self.reasons = row(*self.text.values()), html("")
        said = _step(1, "Columns", "Which column is which; each proposal with its reason.")
        return [said, self.as_text, row(*self.roles.values(), self.decimal), row(self.about), self.reasons]

    def _dates_step(self) -> list[Viewable]:
        """How dates are read, which may have to be asked first, and the moment to measure at."""
        self.dates = pn.Column(sizing_mode="stretch_width", margin=0)
        self.as_of = pmui.DatePicker(label="As of", size="small", width=190, margin=0)
        self.as_of.param.watch(self._as_of_chosen, "value")
        said = _step(2, "Dates", "How dates are read, and the moment everything is measured at.")
        return [said, self.dates, row(self.as_of)]

    def _cleaning_step(self) -> list[Viewable]:
        """A choice per policy, what they mean, and what is to be left out."""
        self.policies = {
            name: self._select(
                POLICY_TITLES[name],
                partial(self._chosen_as, name),
                options={CHOICE_TITLES[name][choice]: choice for choice in CHOICES[name]},
                value=next(iter(CHOICES[name])),
            )
            for name in CHOICES
        }
        self.statuses = self._choice("Statuses to leave out", "statuses")
        self.products = self._choice("Products to leave out", "products")
        self.meaning = html("")
        said = _step(3, "Cleaning", "What becomes of refunds, zeros, copies and what is no sale.")
        return [said, row(*self.policies.values()), self.meaning, row(self.statuses, self.products)]

    def _last_step(self) -> list[Viewable]:
        """What applying would change, and the buttons."""
        draft = self.draft
        self.effect, self.flips = html(""), html("")
        self.ask_flips = _button("Who would flip?", draft.try_flips, variant="outlined")
        self.apply = _button("Apply to the page", draft.apply)
        self.cancel = _button("Cancel", draft.cancel, variant="text")
        self.ends = row(self.ask_flips, self.apply, self.cancel)
        return [_step(5, "Apply", ""), self.effect, self.flips, self.ends]

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

    def _chosen_as(self, name: str, event: Any) -> None:
        self._chosen(**{name: event.new})

    def _as_of_chosen(self, event: Any) -> None:
        if self.draft.draft is not None and event.new != self.draft.draft.as_of.date():
            self._chosen(as_of=event.new)

    # ------------------------------------------------------------------ what is shown

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
        first = self.dated if draft.tie else self.columns
        for part in self.steps:
            part.visible = draft.draft is not None or part in (*first, self.ends)
        self._show_text()
        self._show_roles()
        if draft.draft is None:
            return
        self._show_policies()
        self.book.show(draft.draft)
        if draft.effect is not None:
            self.effect.object = effect_html(draft.effect, self.state.currency)
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


def _step(number: int, title: str, what: str) -> pn.pane.HTML:
    muted = f' <span class="muted">{escape(what)}</span>' if what else ""
    return html(f'<h4 class="step"><span>{number}</span>{escape(title)}{muted}</h4>')


def _button(label: str, action: Callable[[], Any], **settings: Any) -> pmui.Button:
    return pmui.Button(label=label, size="small", margin=0, on_click=lambda _: action(), **settings)
