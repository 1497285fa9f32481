"""A draft of orders on its way to the page: columns, dates, policies, each tried before any is applied."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import param

from segdash.errors import CancelledError, SegdashError
from segdash.intake.dates import DateTieError, Reading
from segdash.intake.orders import Orders, known_statuses, moment, orders_of, proposed_products
from segdash.intake.policies import Policies
from segdash.metrics.measure import customer_metrics

if TYPE_CHECKING:
    import datetime as dt

    from segdash.sources.rows import Rows
    from segdash.state import Segmentation

Outcome = dict[str, Any]
"""Params of a `Preparation`, and rows, as a choice leaves them."""


class Preparation(param.Parameterized):
    """What a person tries out on an order log; the page keeps its old data until `apply`.

    Parameters
    ----------
    state : Segmentation
        Where the orders go when they are applied.
    """

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
    problem = param.String(default="", doc="Why the last choice was refused; empty when none was.")
    effect = param.DataFrame(default=None, allow_None=True, doc="Customers and revenue now and under the draft.")

    def __init__(self, state: Segmentation) -> None:
        super().__init__()
        self.state = state
        self.rows: Rows | None = None

    def take(self, orders: Orders) -> None:
        """Begin with orders that were read."""
        self.accept(self.opening(orders))

    def opening(self, orders: Orders) -> Outcome:
        """What `accept` begins with: the orders as they were read, and what applying them would change."""
        return {
            "rows": orders.rows,
            "roles": {},
            "date_format": "",
            "policies": orders.policies,
            "as_of": None,
            "tie": [],
            "problem": "",
            "draft": orders,
            "effect": self._effect(orders),
            **_offers(orders),
        }

    def ask(self, rows: Rows, tie: DateTieError) -> None:
        """Begin with rows whose dates the person must decide about."""
        self.accept({"rows": rows, "roles": {}, "date_format": "", **_undecided(tie)})

    def choose(self, **choices: Any) -> bool:
        """Try other choices; refused ones leave everything as it was, with the sentence in ``problem``.

        Parameters
        ----------
        **choices
            roles, date_format, as_of, or any field of `Policies`.
        """
        return self.accept(self.attempt(**choices))

    def attempt(self, **choices: Any) -> Outcome:
        """What `choose` would lead to. It changes nothing, so another thread may work it out."""
        if self.rows is None:
            return {}
        if "as_of" in choices:
            choices["as_of"] = moment(choices["as_of"])
        policies = {name: choices.pop(name) for name in Policies.names() if name in choices}
        try:
            wanted = self.policies if not policies else Policies(**{**vars(self.policies), **policies})
            draft = self._draft({**self._now(), **choices, "policies": wanted})
            effect = self._effect(draft)
            offers = {} if self.draft is not None and draft.lines is self.draft.lines else _offers(draft)
        except DateTieError as tie:
            return {**choices, **_undecided(tie)}
        except CancelledError:
            raise
        except SegdashError as refused:
            return {"problem": str(refused)}
        found = {"policies": wanted, "draft": draft, "effect": effect, **offers}
        return {**choices, **found, "tie": [], "problem": ""}

    def accept(self, outcome: Outcome) -> bool:
        """Show what was worked out; True when there is a draft under the choices it was worked out for."""
        if outcome.get("problem"):
            self.problem = ""
        rows = outcome.pop("rows", None)
        if rows is not None:
            self.rows = rows
        with param.parameterized.batch_call_watchers(self):
            self.param.update(**outcome)
        return outcome.get("draft") is not None

    def _now(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in ("roles", "date_format", "policies", "as_of")}

    def _draft(self, wanted: dict[str, Any]) -> Orders:
        same = self.draft is not None and (wanted["roles"], wanted["date_format"]) == (self.roles, self.date_format)
        if same:
            return self.draft.with_(as_of=wanted["as_of"], **vars(wanted["policies"]))
        return orders_of(
            self.rows,  # type: ignore[arg-type]  # choose() sees to it
            wanted["roles"],
            policies=wanted["policies"],
            date_format=wanted["date_format"] or None,
            as_of=wanted["as_of"],
        )

    def _effect(self, draft: Orders) -> pd.DataFrame:
        """What applying would change."""
        measured = customer_metrics(draft, metrics=[])
        now = self.state.customers
        return pd.DataFrame(
            {
                "what": ["now on the page", "with these choices"],
                "customers": [len(now), len(measured)],
                "revenue": [float(now["monetary"].sum()), float(measured["monetary"].sum())],
                "as_of": [_day(self.state.as_of), _day(draft.as_of)],
            }
        )

    def apply(self) -> None:
        """Put the draft on the page; when it is refused there, the old data stay.

        It takes as long as measuring all customers does, and is done by the state's `Work`.
        """
        draft = self.draft
        if draft is not None:
            copy = self.state.fork()
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
        self.rows = None
        self.param.update(draft=None, effect=None, tie=[], problem="")


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


def _undecided(tie: DateTieError) -> Outcome:
    return {"tie": list(tie.readings), "problem": "", "draft": None, "effect": None}


def _day(moment: dt.date | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M}" if moment is not None else ""
