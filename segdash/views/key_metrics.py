"""The four figures everyone asks for first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segdash.errors import count
from segdash.markup import escape
from segdash.numbers import NOTHING, money, number, percent, short_money
from segdash.schema import FREQUENCY, MONETARY
from segdash.views import VIEWS
from segdash.views.view import View, html

if TYPE_CHECKING:
    from panel.viewable import Viewable


@VIEWS.register("KeyMetrics")
class KeyMetrics(View):
    """Customers, revenue, average customer value and average purchase frequency, each of how many."""

    title = "Key metrics"

    def body(self) -> list[Viewable]:
        """Four tiles."""
        self.tiles = html("")
        self.follow(self._update, "shown", "currency")
        return [self.tiles]

    def __panel__(self) -> Viewable:
        if self._card is None:
            self._card = self.body()[0]
        return self._card

    def _update(self) -> None:
        tiles = [self._customers(), self._revenue(), self._value(), self._frequency()]
        self.tiles.object = f'<div class="tiles" role="group" aria-label="Key metrics">{"".join(tiles)}</div>'

    def _customers(self) -> str:
        state = self.state
        if state.is_filtered:
            return tile("Customers", number(len(state.shown)), f"of {number(len(state.customers))}")
        aside = state.intake["rows"] - state.intake["kept"]
        return tile("Customers", number(len(state.shown)), f"{count(aside, 'row')} of the file set aside")

    def _revenue(self) -> str:
        state, shown = self.state, self.state.shown[MONETARY]
        total = float(shown.sum())
        more = f"{money(total, state.currency)} in total"
        if state.is_filtered:
            whole = float(state.customers[MONETARY].sum())
            more = f"{percent(total / whole if whole else 0)} of {short_money(whole, state.currency)}"
        return tile("Revenue", short_money(total, state.currency), more)

    def _value(self) -> str:
        state, values = self.state, self.state.shown[MONETARY].to_numpy(dtype="float64")
        if not len(values):
            return tile("Average customer value", NOTHING, "no customers")
        more = f"median {money(float(np.median(values)), state.currency)}"
        if state.is_filtered:
            more += f"; all {money(float(state.customers[MONETARY].mean()), state.currency)}"
        return tile("Average customer value", money(float(values.mean()), state.currency), more)

    def _frequency(self) -> str:
        state, orders = self.state, self.state.shown[FREQUENCY].to_numpy(dtype="float64")
        if not len(orders):
            return tile("Average purchase frequency", NOTHING, "no customers")
        more = f"{percent(float((orders == 1).mean()))} bought once"
        if state.is_filtered:
            more += f"; all {number(float(state.customers[FREQUENCY].mean()), 2)}"
        return tile("Average purchase frequency", number(float(orders.mean()), 2), more)


def tile(what: str, figure: str, more: str) -> str:
    """One key figure as markup."""
    return (
        f'<div class="tile"><div class="what">{escape(what)}</div><div class="figure">{escape(figure)}</div>'
        f'<div class="more">{escape(more)}</div></div>'
    )
