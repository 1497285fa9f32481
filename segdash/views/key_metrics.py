"""The four figures everyone asks for first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segdash.errors import count
from segdash.markup import escape
from segdash.numbers import NOTHING, money, number, percent, short_money
from segdash.views import VIEWS
from segdash.views.view import View, html

if TYPE_CHECKING:
    from panel.viewable import Viewable

    from segdash.profile import Totals


@VIEWS.register("KeyMetrics")
class KeyMetrics(View):
    """Customers, revenue, average customer value and average purchase frequency, each of how many."""

    title = "Key metrics"

    def body(self) -> list[Viewable]:
        """Four tiles."""
        self.tiles = html("")
        self.follow(self._update, "profile", "currency")
        return [self.tiles]

    def __panel__(self) -> Viewable:
        if self._card is None:
            self._card = self.body()[0]
        return self._card

    def _update(self) -> None:
        these = self.state.totals
        whole = self.state.whole if self.state.is_filtered else None
        tiles = [one(these, whole) for one in (self._customers, self._revenue, self._value, self._frequency)]
        self.tiles.object = f'<div class="tiles" role="group" aria-label="Key metrics">{"".join(tiles)}</div>'

    def _customers(self, these: Totals, whole: Totals | None) -> str:
        if whole:
            of_sample = self.state.population is not None and not self.state.asks_engine
            part = f"of {number(whole.customers)}{' of the sample' if of_sample else ''}"
            return tile("Customers", number(these.customers), part)
        aside = self.state.intake["rows"] - self.state.intake["kept"]
        return tile("Customers", number(these.customers), f"{count(aside, 'row')} of the file set aside")

    def _revenue(self, these: Totals, whole: Totals | None) -> str:
        currency = self.state.currency
        more = f"{money(these.revenue, currency)} in total"
        if whole:
            share = these.revenue / whole.revenue if whole.revenue else 0
            more = f"{percent(share)} of {short_money(whole.revenue, currency)}"
        return tile("Revenue", short_money(these.revenue, currency), more)

    def _value(self, these: Totals, whole: Totals | None) -> str:
        if not these.customers:
            return tile("Average customer value", NOTHING, "no customers")
        currency = self.state.currency
        more = f"median {money(these.median_value, currency)}"
        if whole:
            more += f"; all {money(whole.value, currency)}"
        return tile("Average customer value", money(these.value, currency), more)

    def _frequency(self, these: Totals, whole: Totals | None) -> str:
        if not these.customers:
            return tile("Average purchase frequency", NOTHING, "no customers")
        more = f"{percent(these.once)} bought once"
        if whole:
            more += f"; all {number(whole.orders, 2)}"
        return tile("Average purchase frequency", number(these.orders, 2), more)


def tile(what: str, figure: str, more: str) -> str:
    """One key figure as markup."""
    return (
        f'<div class="tile"><div class="what">{escape(what)}</div><div class="figure">{escape(figure)}</div>'
        f'<div class="more">{escape(more)}</div></div>'
    )
