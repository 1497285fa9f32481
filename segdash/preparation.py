"""A draft of orders on its way to the page: columns, dates, policies, each tried before any is applied."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import param

from segdash.alternative import Beside, set_beside, side_of
from segdash.errors import CancelledError, SegdashError
from segdash.intake.dates import DateTieError, Reading
from segdash.intake.orders import Orders, known_statuses, moment, orders_of, proposed_products
from segdash.intake.policies import Policies
from segdash.metrics.measure import ids_of, sizes_of
from segdash.population.population import in_both
from segdash.profile import totals
from segdash.schema import CUSTOMER_ID
from segdash.sources.answering import fetched
from segdash.sources.rows import Options, Rows, read_rows

if TYPE_CHECKING:
    import datetime as dt

    from segdash.state import Segmentation
    from segdash.work import Task

Outcome = dict[str, Any]
"""Params of a `Preparation`, with rows and source, as a choice leaves them."""

_UNCHOSEN: Outcome = {"refused": {}, "text": {}, "decimal": "", "about": None, "roles": {}, "date_format": ""}
_READING = ("text", "decimal", "about", "roles", "date_format")
"""Choices that have all rows read again; the others only sort them."""


class Preparation(param.Parameterized):
    """What a person tries out on an order log; the page keeps its old data until `apply`.

    Parameters
    ----------
    state : Segmentation
        Where the orders go when they are applied.
    """

    text = param.Dict(
        default={}, doc="How a text file is read, as the person chose: delimiter, encoding, header; as in `Options`."
    )
    decimal = param.String(default="", doc="The decimal sign the person chose; empty leaves it to the cells.")
    about: list[str] | None = param.List(  # type: ignore[assignment]
        default=None,
        allow_None=True,
        doc="Columns about the customer; None leaves it to their names.",
    )
    roles = param.Dict(default={}, doc="Role -> heading, as the person chose; None for no column.")
    date_format = param.String(default="", doc="The reading of dates the person chose; empty leaves it to the column.")
    policies: Policies = param.ClassSelector(  # type: ignore[assignment]
        class_=Policies, default=Policies(), doc="How rows are cleaned."
    )
    as_of = param.Date(default=None, allow_None=True, doc="The moment to measure at; None: the latest row and a day.")
    draft: Orders = param.ClassSelector(  # type: ignore[assignment]
        class_=Orders, allow_None=True, doc="The orders under these choices; None while something is to be decided."
    )
    tie: list[Reading] = param.List(  # type: ignore[assignment]
        default=[], doc="Two readings of the dates between which the person must decide."
    )
    statuses = param.List(default=[], item_type=str, doc="Statuses that occur, most frequent first.")
    products = param.List(default=[], item_type=str, doc="Products that occur and are usually no goods.")
    refused = param.Dict(default={}, doc="The choices that were last refused: they may only lack another one.")
    under_way = param.Boolean(default=False, doc="Whether a log is being prepared.")
    problem = param.String(default="", doc="Why the last choice was refused; empty when none was.")
    effect = param.DataFrame(default=None, allow_None=True, doc="Customers and revenue now and under the draft.")
    flips: Beside = param.ClassSelector(  # type: ignore[assignment]
        class_=Beside,
        allow_None=True,
        doc="Who would change segment if the draft were applied; None until it is asked for, see `try_flips`.",
    )

    def __init__(self, state: Segmentation) -> None:
        super().__init__()
        self.state = state
        self.rows: Rows | None = None
        self.source: Any = None
        """Path or file object that the rows can be read from again; None where that is not at hand."""
        state.param.watch(lambda _: self.param.update(flips=None), "customers")

    def take(self, orders: Orders) -> None:
        """Begin with orders that were read."""
        self.accept(self.opening(orders))

    def opening(self, orders: Orders, source: Any = None) -> Outcome:
        """What `accept` begins with: the orders as they were read, and what applying them would change."""
        return {
            "rows": orders.rows,
            "source": source,
            **_UNCHOSEN,
            "policies": orders.policies,
            "as_of": None,
            "tie": [],
            "problem": "",
            "draft": orders,
            "effect": self._effect(orders),
            **_offers(orders),
        }

    def ask(self, rows: Rows, undecided: SegdashError, source: Any = None) -> None:
        """Begin with rows that the person must decide something about: their columns, numbers or dates."""
        self.accept({"rows": rows, "source": source, **_UNCHOSEN, **_undecided(undecided)})

    def choose(self, **choices: Any) -> bool:
        """Try other choices; refused ones leave everything as it was, with the sentence in ``problem``.

        Parameters
        ----------
        **choices
            text, decimal, about, roles, date_format, as_of, or any field of `Policies`.
        """
        return self.accept(self.attempt(**choices))

    def attempt(self, **choices: Any) -> Outcome:
        """What `choose` would lead to. It changes nothing, so another thread may work it out.

        What was refused before is tried once more along with it: a column of amounts may only have waited for its
        decimal sign.
        """
        if self.rows is None:
            return {}
        outcome = self._attempt(**{**self.refused, **choices})
        return self._attempt(**choices) if self.refused and outcome.get("problem") else outcome

    def _attempt(self, **choices: Any) -> Outcome:
        asked = dict(choices)
        if "as_of" in choices:
            choices["as_of"] = moment(choices["as_of"])
        policies = {name: choices.pop(name) for name in Policies.names() if name in choices}
        try:
            wanted = self.policies if not policies else Policies(**{**vars(self.policies), **policies})
            rows = self._rows(choices.get("text", self.text))
            draft = self._draft(rows, {**self._now(), **choices, "policies": wanted})
            effect = self._effect(draft)
            offers = {} if self.draft is not None and draft.lines is self.draft.lines else _offers(draft)
        except DateTieError as tie:
            return {**choices, "rows": rows, "refused": {}, **_undecided(tie)}
        except CancelledError:
            raise
        except SegdashError as refused:
            return {"problem": str(refused), "refused": {**self.refused, **asked}}
        found = {"rows": rows, "policies": wanted, "draft": draft, "effect": effect, **offers}
        return {**choices, **found, "refused": {}, "tie": [], "problem": ""}

    def accept(self, outcome: Outcome) -> bool:
        """Show what was worked out; True when there is a draft under the choices it was worked out for."""
        if outcome.get("problem"):
            self.problem = ""
        outcome = dict(outcome)
        self.rows = outcome.pop("rows", self.rows)
        self.source = outcome.pop("source", self.source)
        with param.parameterized.batch_call_watchers(self):
            self.param.update(**outcome, flips=None, under_way=self.rows is not None)
        return outcome.get("draft") is not None

    def _now(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in (*_READING, "policies", "as_of")}

    def _rows(self, text: dict[str, Any]) -> Rows:
        """The rows, read again where the text is to be read in another way."""
        if text == self.text or self.source is None:
            return self.rows  # type: ignore[return-value]  # attempt() sees to it
        if hasattr(self.source, "seek"):
            self.source.seek(0)
        return read_rows(self.source, Options(name=self.rows.name, **text))  # type: ignore[union-attr]

    def _draft(self, rows: Rows, wanted: dict[str, Any]) -> Orders:
        same = rows is self.rows and all(wanted[name] == getattr(self, name) for name in _READING)
        if self.draft is not None and same:
            return self.draft.with_(as_of=wanted["as_of"], **vars(wanted["policies"]))
        # A column that another delimiter or heading did away with is no choice any more.
        roles = {role: heading for role, heading in wanted["roles"].items() if heading in (None, *rows.headings)}
        about = wanted["about"]
        return orders_of(
            rows,
            roles,
            policies=wanted["policies"],
            attributes=None if about is None else [heading for heading in about if heading in rows.headings],
            date_format=wanted["date_format"] or None,
            decimal=wanted["decimal"] or None,
            as_of=wanted["as_of"],
        )

    def _effect(self, draft: Orders) -> pd.DataFrame:
        """What applying would change; ``shared`` are the customers that the page has now, None where nobody can say."""
        state = self.state
        now = state.everyone.totals() if state.everyone is not None else totals(state.features)
        size, revenue = sizes_of(draft)
        return pd.DataFrame(
            {
                "what": ["now on the page", "with these choices"],
                "customers": [now.customers, size],
                "shared": pd.Series([now.customers, self._shared(draft, size)], dtype=object),
                "revenue": [now.revenue, revenue],
                "as_of": [_day(state.as_of), _day(draft.as_of)],
            }
        )

    def _shared(self, draft: Orders, size: int) -> int | None:
        """How many customers of a draft of this size the page has now; no more of them than it may hold are fetched."""
        state, there = self.state, ids_of(draft)
        present: Any = state.features[CUSTOMER_ID] if state.population is None else state.population.table
        if size <= state.max_rows_in_memory:
            there = fetched(there, draft.name)[CUSTOMER_ID].astype("str")
            if state.population is None:
                return int(there.isin(present).sum())
        return in_both(there, present)

    @property
    def can_flip(self) -> bool:
        """True when some customer of the draft stands in a segment now."""
        return self.draft is not None and self.effect is not None and self.effect["shared"].iloc[1] != 0

    def try_flips(self) -> None:
        """Find out who would change segment if the draft were applied, and put it in ``flips``.

        It takes as long as applying does, beside the page.
        """
        draft, now, currency = self.draft, side_of(self.state, "now"), self.state.currency
        copy = self.state.fork()

        def flipped(_task: Task) -> Beside | str:
            found = _loaded(copy, draft)
            then = "with these choices"
            return found if isinstance(found, str) else set_beside(now, side_of(found, then), currency)

        def show(found: Beside | str) -> None:
            if isinstance(found, str):
                self.problem = ""
                self.problem = found
            elif draft is self.draft:
                self.flips = found

        self.state.work.start("Segmenting with these choices", flipped, show)

    def apply(self) -> None:
        """Put the draft on the page; when it is refused there, the old data stay.

        It takes as long as measuring all customers does, and is done by the state's `Work`.
        """
        draft = self.draft
        if draft is not None:
            copy = self.state.branch()
            self.state.work.start("Measuring the customers", lambda _task: _loaded(copy, draft), self._applied)

    def _applied(self, found: Segmentation | str) -> None:
        if isinstance(found, str):
            self.problem = ""
            self.problem = found
        else:
            self.state.settle(found)
            self.cancel()

    def cancel(self) -> None:
        """Forget the draft; the page keeps its data."""
        self.rows = self.source = None
        self.param.update(draft=None, effect=None, flips=None, tie=[], problem="", under_way=False)


def _loaded(state: Segmentation, orders: Orders) -> Segmentation | str:
    """The state with other orders, or why it can't have them."""
    try:
        state.load_orders(orders)
    except CancelledError:
        raise
    except SegdashError as refused:
        return str(refused)
    return state


def _offers(draft: Orders) -> Outcome:
    """What this log has to leave out."""
    return {"statuses": known_statuses(draft), "products": proposed_products(draft)}


def _undecided(why: SegdashError) -> Outcome:
    tie = list(why.readings) if isinstance(why, DateTieError) else []
    return {"tie": tie, "problem": "" if tie else str(why), "draft": None, "effect": None}


def _day(moment: dt.date | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M}" if moment is not None else ""
