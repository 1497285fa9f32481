"""What each segment brought, month by month."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pandas as pd
import panel_material_ui as pmui

from segdash.charts.periods import over_time, what_it_shows
from segdash.errors import CancelledError, SegdashError
from segdash.metrics.periods import by_segment, purchases_by_period
from segdash.schema import CUSTOMER_ID, SEGMENT
from segdash.views.pictures import PICTURES
from segdash.views.pictures.picture import UNDER_WAY, Picture

if TYPE_CHECKING:
    from panel.viewable import Viewable

    from segdash.work import Task

NO_ORDERS = (
    "A customer table doesn't say when customers ordered. Open an order log in the drawer, a row per order with its "
    "date, and its orders are shown here by month or week."
)
TITLE = "Adding up the orders by {}"
ADDING_UP = "The orders are being added up. If that was stopped, the button above begins anew."
NOT_YET = "The orders are not added up. The button above does it; what is being done then is stopped."

VALUES = {"Revenue": "revenue", "Orders": "orders"}
EVERY = {"month": "month", "week": "week"}
FORMS = {"lines": False, "bars on top of each other": True}


@PICTURES.register("over_time")
class OverTime(Picture):
    """Orders or revenue per month or week by segment, added up by the engine beside the page."""

    title = "Over time"
    height = 320
    needs_key = True
    of_profile = True

    def make_controls(self) -> list[Viewable]:
        """What, per what, how; and a button where it was stopped."""
        self._begun: tuple[Any, ...] = ()
        self._of: tuple[Any, ...] = ()
        self.purchases: pd.DataFrame | str = ""
        self._at_once = False
        self.value = self.choice("What", VALUES, width=130)
        self.every = self.choice("Per", EVERY, width=130)
        self.stacked = self.choice("As", FORMS, width=210)
        self.ask = pmui.Button(
            label="Add up the orders", size="small", margin=0, visible=False, on_click=lambda _: self._ask_again()
        )
        return [self.value, self.every, self.stacked, self.ask]

    def lacks(self) -> str:
        """Says what is missing, after having begun to add up the orders where they are not."""
        state = self.state
        self.ask.visible = False
        if state.orders is None:
            return NO_ORDERS
        if state.population is not None:
            return self._told_by_engine()
        # Once: what a person stopped begins again only when it is asked for.
        if not state.work.title and not self._is_now(self._of) and not self._is_now(self._begun):
            self._add_up()
        self.ask.visible = not self._is_now(self._of)
        if self.ask.visible:
            return ADDING_UP if state.work.title == self._title else NOT_YET
        return self.purchases if isinstance(self.purchases, str) else ""

    def _told_by_engine(self) -> str:
        """Customers beyond memory are added up where they are: none of their purchases is fetched."""
        state, every = self.state, EVERY[self.every.value]
        if state.everyone is None:
            return state.sample_only
        if state.asks_engine:
            found = self.told(every, ask=lambda everyone, filters: everyone.periods(every, filters))
        else:
            shown = self._shown = state.shown  # held, so that its id stays its own
            ask = lambda everyone, _: everyone.periods_of_some(every, shown[CUSTOMER_ID])  # noqa: E731 - asked when not known
            found = self.told(every, id(shown), ask=ask)
        if found is None or isinstance(found, str):
            return found or UNDER_WAY
        self.periods = found
        return ""

    @property
    def _title(self) -> str:
        return TITLE.format(self.every.value)

    def _now(self) -> tuple[Any, ...]:
        return (self.state.orders, self.state.features, EVERY[self.every.value])

    def _is_now(self, then: tuple[Any, ...]) -> bool:
        # Tables are compared as the objects they are: the same numbers read anew are others.
        return len(then) > 0 and all(a is b for a, b in zip(then, self._now(), strict=True))

    def _ask_again(self) -> None:
        self._add_up()
        self.again()

    def _add_up(self) -> None:
        state, now = self.state, self._now()
        self._begun = now
        orders, features, every = now

        def work(_task: Task) -> pd.DataFrame | str:
            try:
                found = purchases_by_period(orders, every)
            except CancelledError:
                raise
            except SegdashError as refused:
                return str(refused)
            ids = pd.Index(features[CUSTOMER_ID])
            return found.assign(row=ids.get_indexer(pd.Index(found[CUSTOMER_ID].astype(ids.dtype))))

        def take(found: pd.DataFrame | str) -> None:
            self._of, self.purchases = now, found
            if not self._at_once:
                self.again()

        # Without a page the work is done before start() returns, and the caller draws.
        self._at_once = True
        state.work.start(self._title, work, take)
        self._at_once = False

    def draw(self) -> str:
        """Lines or bars of the customers shown."""
        state = self.state
        about = {"value": self.value.value, "every": self.every.value, "stacked": self.stacked.value}
        if state.population is None:
            self.periods = by_segment(self.purchases, state.shown)
        self.plot.show(
            partial(over_time, self.periods, state.colours, **about, currency=state.currency), None, object()
        )
        return what_it_shows(**about)

    def table(self) -> tuple[pd.DataFrame, dict[str, str]]:
        """A row per segment and period."""
        written = self.periods.assign(period=self.periods["period"].dt.strftime("%Y-%m-%d"))
        headings = {"period": f"{self.every.value.capitalize()} from", SEGMENT: "Segment", "orders": "Orders"}
        return written, headings | {"revenue": "Revenue"}
