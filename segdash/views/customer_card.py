"""One customer: her numbers, scores, segment, runner-up, orders, and the least that would move her."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import panel as pn
import panel_material_ui as pmui
import param

from segdash.charts.history import timeline, what_it_shows
from segdash.errors import CancelledError, SegdashError, count
from segdash.explanation import beside_others, explain_customer
from segdash.markup import escape, swatch
from segdash.metrics.history import order_history
from segdash.numbers import NOTHING, money, number, ordinal
from segdash.schema import AVERAGE_ORDER, CLUSTER, CUSTOMER_ID, MONETARY, RFM, SEGMENT, metric
from segdash.scoring import score
from segdash.scoring.values import MEAN, SUM, mean_per_order
from segdash.views import VIEWS
from segdash.views.live import LivePlot
from segdash.views.view import STYLE, View, empty, html, part, row, tiles

if TYPE_CHECKING:
    from panel.viewable import Viewable

    from segdash.explanation import Explanation
    from segdash.state import Segmentation
    from segdash.work import Task

MOST_FOUND = 20
NOBODY = "(choose one)"
ASK = "Select one customer, in the scatter for instance, or type an id."
LETTERS = (("r", "Recency"), ("f", "Frequency"), ("m", "Monetary"))


@dataclass(frozen=True, eq=False)
class Found:
    """What is known of a customer.

    Parameters
    ----------
    customer_id, segment : str
    numbers : pandas.DataFrame
        As `segdash.explanation.beside_others` makes it.
    scores : mapping of str to int
        r, f and m; empty where there are none.
    bins : int
        The best score.
    explanation : Explanation or None
        None where the method has no model that could be asked.
    why_not : str
        Why there is no explanation.
    orders : pandas.DataFrame or None
        None for a customer table.
    """

    customer_id: str
    segment: str
    numbers: pd.DataFrame
    scores: dict[str, int]
    bins: int
    explanation: Explanation | None
    why_not: str
    orders: pd.DataFrame | None


@VIEWS.register("CustomerCard")
class CustomerCard(View):
    """One customer's numbers beside her segment and all, her orders, and what would move her; follows the selection."""

    title = "Customer card"

    awake = param.Boolean(default=True, doc="Whether anybody can see the card; asleep it follows nothing.")

    def body(self) -> list[Viewable]:
        """Search, who she is, numbers, what would move her, orders."""
        self.found: Found | None = None
        self._of: tuple[Any, ...] = ()
        self._at_work = ""
        self.search = pmui.TextInput(
            label="Customer id", placeholder="an id or part of it, then Enter", size="small", width=240, margin=0
        )
        self.search.param.watch(lambda event: self._search(event.new), "value")
        self.matches = pmui.Select(
            label="Which one", options=[NOBODY], value=NOBODY, size="small", width=240, margin=0, visible=False
        )
        self.matches.param.watch(lambda event: self._select(event.new), "value")
        self.said, self.who, self.facts = html(""), html(""), html("")
        self.again = pmui.Button(
            label="Look at this customer", size="small", margin=0, visible=False, on_click=lambda _: self._look()
        )
        self.plot = LivePlot(height=200)
        self.live.append(self.plot)
        self.orders = pn.Column(
            html(part("Orders", what_it_shows())),
            self.plot.pane,
            css_classes=["segdash-steps"],
            stylesheets=[STYLE],
            sizing_mode="stretch_width",
            margin=0,
            visible=False,
        )
        self.follow(self._follow, "selected", "customers", "orders", "currency")
        self.follow(self._draw, "dark")
        self.param.watch(lambda _: self._follow(), "awake")
        return [row(self.search, self.matches, self.again), self.said, self.who, self.facts, self.orders]

    # ------------------------------------------------------------------ what a person does

    def _search(self, wanted: str) -> None:
        """Select the customer with this id, or offer those whose id contains it."""
        ids, wanted = self.state.features[CUSTOMER_ID], wanted.strip()
        if not wanted:
            return
        self.said.object, self.matches.visible = "", False
        if self.state.positions([wanted])[0] >= 0:
            self._select(wanted)
            return
        near = ids[ids.str.contains(wanted, case=False, regex=False)]
        if len(near) == 1:
            self._select(near.iloc[0])
        elif len(near):
            first = near.head(MOST_FOUND).tolist()
            self.matches.param.update(options=[NOBODY, *first], value=NOBODY, visible=True)
            more = f", the first {len(first)} to choose from" if len(first) < len(near) else ""
            self._say(f"{count(len(near), 'id')} with that in it{more}.")
        else:
            self._say("No customer has such an id. Type it as the file has it.")

    def _select(self, customer: str) -> None:
        if customer != NOBODY:
            self.matches.visible = False
            self.change(selected=[customer])

    # ------------------------------------------------------------------ what is found out

    def _follow(self) -> None:
        """Look at the customer who is selected, when there is just one and anybody can see it."""
        state = self.state
        if not self.awake:
            return
        if len(state.selected) != 1:
            self._of, self.found = (), None
            self._show_nobody()
        elif self._now() != self._of:
            # What is being done would be stopped by this: then only when it is asked for.
            if state.work.title and state.work.title != self._at_work:
                self._show_nobody()
                self.again.visible = True
            else:
                self._look()

    def _now(self) -> tuple[Any, ...]:
        state = self.state
        return (*state.selected, id(state.customers), id(state.orders), state.currency)

    def _look(self) -> None:
        state = self.state
        if len(state.selected) != 1:
            return
        customer, now = state.selected[0], self._now()
        self.again.visible = False

        def work(_task: Task) -> Found | str:
            try:
                return look(state, customer)
            except CancelledError:
                raise
            except SegdashError as refused:
                return str(refused)

        def show(found: Found | str) -> None:
            self._at_work = ""
            if now != self._now():
                self._follow()
            elif isinstance(found, str):
                self._show_nobody()
                self._say(found)
            else:
                self._of, self.found = now, found
                with pn.io.hold():
                    self._show()

        self._at_work = f"Looking at {customer}"
        state.work.start(self._at_work, work, show)

    # ------------------------------------------------------------------ what is shown

    def _say(self, sentence: str) -> None:
        self.said.object = f'<p class="muted" role="status">{escape(sentence)}</p>'

    def _show_nobody(self) -> None:
        n = len(self.state.selected)
        self.head(f"{count(n, 'customer')} selected; the card is of one." if n > 1 else "")
        self.who.object, self.facts.object = empty(ASK) if len(self.state.features) else empty("No customers."), ""
        self.again.visible = self.orders.visible = False

    def _show(self) -> None:
        found: Found = self.found  # type: ignore[assignment]  # _look() sees to it
        self.said.object = ""
        self.head(f"Customer {found.customer_id}")
        self.who.object = who_html(found, self.state.colours)
        self.facts.object = numbers_html(found, self.state) + moves_html(found)
        self.orders.visible = found.orders is not None
        self._draw()

    def _draw(self) -> None:
        if self.found is not None and self.found.orders is not None:
            about = {"currency": self.state.currency, "dark": self.state.dark}
            self.plot.show(partial(timeline, self.found.orders, **about), None, object())


def look(state: Segmentation, customer: str) -> Found:
    """All that is known of one customer.

    Raises
    ------
    SegdashError
        When there is no such customer, or the engine with the orders does not answer.
    """
    customers, orders = state.customers, state.orders
    at = int(state.positions([customer])[0])
    segment = str(customers[SEGMENT].iloc[at])
    explanation, why_not = _explained(state, customer, at)
    scores, bins = _scored(state, at)
    return Found(
        customer,
        segment,
        beside_others(at, customers, segment, state.metrics),
        scores,
        bins,
        explanation,
        why_not,
        None if orders is None else order_history(orders, customer),
    )


def _explained(state: Segmentation, customer: str, at: int) -> tuple[Explanation | None, str]:
    """What would move her, by asking the model; or why it can't be asked."""
    model, customers = state.model, state.customers
    if model is None:
        return None, "Nothing was learned that could be asked what would move this customer."
    metrics = list(dict.fromkeys([*RFM, *(name for name in model.features if name in customers.columns)]))
    if getattr(model, "spend", SUM) == MEAN:
        # A number of its own: one order more, of the worth of those before, leaves it as it is.
        customers = customers.assign(**{AVERAGE_ORDER: mean_per_order(customers)})
        metrics = [AVERAGE_ORDER if name == MONETARY else name for name in metrics]
    names = dict(zip(state.segment_table[CLUSTER], state.segment_table[SEGMENT], strict=True))
    distances = None
    if hasattr(model, "distances"):
        own = model.distances(customers.iloc[[at]])
        columns = [names.get(label, label) for label in model.labels]
        # Only her row is looked at: the others are the same one, held once.
        distances = pd.DataFrame(np.broadcast_to(own, (len(customers), own.shape[1])), columns=columns)
    try:
        predict: Any = state.predict
        found = explain_customer(customer, customers, predict, metrics, distances=distances, currency=state.currency)
    except CancelledError:
        raise
    except SegdashError as refused:
        return None, str(refused)
    return found, ""


def _scored(state: Segmentation, at: int) -> tuple[dict[str, int], int]:
    """Scores by the rules in force, else by value quantiles among all customers."""
    thresholds = getattr(state.model, "thresholds", None)
    try:
        thresholds = thresholds or score(state.features, "quantiles").thresholds
        row_ = thresholds.score(state.features.iloc[[at]]).iloc[0]
    except SegdashError:  # one without a number can't be scored, and is no less a customer
        return {}, 0
    return {letter: int(row_[letter]) for letter, _ in LETTERS}, thresholds.bins


def who_html(found: Found, colours: dict[str, str]) -> str:
    """Segment, runner-up and scores in one line of tiles."""
    told = found.explanation
    runner_up = told.runner_up if told is not None else None
    next_to = f"{swatch(colours[runner_up])}{escape(runner_up)}" if runner_up in colours else NOTHING
    scores = " ".join(f"{letter.upper()}{found.scores[letter]}" for letter in found.scores)
    figures = (
        ("Segment", f"{swatch(colours[found.segment])}{escape(found.segment)}", ""),
        ("Next in line", next_to, "the runner-up"),
        ("Scores", escape(scores or NOTHING), f"{found.bins} is best" if found.bins else ""),
    )
    return tiles(figures)


def numbers_html(found: Found, state: Segmentation) -> str:
    """Her metrics against the medians of her segment and of all."""
    lines = "".join(
        f'<tr><th scope="row">{escape(metric(line["metric"]).label(state.currency))}</th>'
        + "".join(
            f'<td class="n">{escape(_written(line["metric"], line[column], state.currency))}</td>'
            for column in ("value", "segment_median", "base_median")
        )
        + f'<td class="n">{_place(line["base_percentile"])}</td></tr>'
        for line in found.numbers.to_dict("records")
    )
    heads = (
        "This customer",
        f"Median of {found.segment}",
        "Median of all",
        "Percentile of all",
    )
    cells = "".join(f'<th class="n">{escape(head)}</th>' for head in heads)
    return (
        f'<div class="wide"><table class="ledger full"><thead><tr><th>Metric</th>{cells}</tr></thead>'
        f"<tbody>{lines}</tbody></table></div>"
    )


def _written(name: str, value: float, currency: str) -> str:
    kind = metric(name)
    digits = kind.decimals if not float(value).is_integer() or kind.money else 0
    return money(value, currency, digits) if kind.money else number(value, digits)


def _place(share: float) -> str:
    return NOTHING if not np.isfinite(share) else ordinal(round(100 * share))


def moves_html(found: Found) -> str:
    """The changes that would move her, smallest first."""
    if found.explanation is None:
        return f'<p class="muted">{escape(found.why_not)}</p>'
    said = [change.sentence for change in found.explanation.changes]
    if not said:
        return '<p class="muted">No order and no change of a single metric was found that moves this customer.</p>'
    items = "".join(f"<li>{escape(sentence)}</li>" for sentence in said)
    return f'{part("What would move this customer", "the smallest change first")}<ol class="moves">{items}</ol>'
