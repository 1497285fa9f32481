"""How much hangs on how few customers."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import panel_material_ui as pmui

from segdash.charts.lorenz import concentration, concentration_parts, what_it_shows
from segdash.concentration import Top, below_zero, gini, lorenz, top_customers
from segdash.errors import count
from segdash.numbers import money, percent
from segdash.schema import CUSTOMER_ID, MONETARY
from segdash.views.pictures import PICTURES
from segdash.views.pictures.picture import Picture

if TYPE_CHECKING:
    from panel.viewable import Viewable

FIRST = 0.01
"""Share of the customers that is told of in words."""


@PICTURES.register("concentration")
class Concentration(Picture):
    """The Lorenz curve of revenue, what the top 1 % bring, and what is missing if the top customers leave."""

    title = "Concentration"
    height = 340

    def make_controls(self) -> list[Viewable]:
        """How many leave, and a button that selects them."""
        self.leaving = pmui.IntInput(label="If the top customers leave", value=10, start=1, size="small", width=190)
        self.leaving.margin = 0
        self.leaving.param.watch(lambda _: self.again(), "value")
        self.pick = pmui.Button(
            label="Select them", variant="outlined", size="small", margin=0, on_click=lambda _: self.choose()
        )
        return [self.leaving, self.pick]

    def lacks(self) -> str:
        """Says when nobody brings anything."""
        if (self.state.shown[MONETARY] > 0).any():
            return ""
        return "None of the customers shown brings revenue above zero, so there is nothing to share out."

    def draw(self) -> str:
        """The curve of the customers shown."""
        revenue = self.state.shown[MONETARY]
        self.curve, found = lorenz(revenue), gini(revenue)
        draw = partial(concentration, self.curve, gini=found, dark=self.state.dark)
        area, *others = concentration_parts(self.curve, gini=found)
        corners = pd.DataFrame({"xs": [[[area["x"].tolist()]]], "ys": [[[area["y"].tolist()]]]})
        self.plot.show(draw, [corners, *others], self.state.dark)
        return what_it_shows(found)

    def findings(self) -> list[str]:
        """What the top 1 % bring, what would be missing, and who counts as 0."""
        revenue, currency = self.state.shown[MONETARY], self.state.currency
        said = [top_customers(revenue, FIRST).sentence(currency), self._missing(self._leavers(), currency)]
        return [sentence for sentence in (*said, below_zero(revenue, currency)) if sentence]

    def _leavers(self) -> Top:
        revenue = self.state.shown[MONETARY]
        # Every customer has an amount: so many of so many are this share again.
        return top_customers(revenue, min(max(self.leaving.value or 1, 1), len(revenue)) / len(revenue))

    def _missing(self, top: Top, currency: str) -> str:
        who = f"the top {count(top.customers, 'customer')}" if top.customers > 1 else "the top customer"
        return (
            f"If {who} left, {money(top.revenue, currency)} of revenue would be missing, "
            f"{percent(top.revenue_share)} of it; the last of them brings {money(top.least, currency)}."
        )

    def choose(self) -> None:
        """Select the top customers among those shown."""
        shown = self.state.shown
        if len(shown):
            first = np.argsort(-shown[MONETARY].to_numpy(dtype="float64"), kind="stable")[: self._leavers().customers]
            self.select(shown[CUSTOMER_ID].iloc[np.sort(first)].tolist(), None)

    def table(self) -> tuple[pd.DataFrame, dict[str, str]]:
        """The curve."""
        return self.curve, {"customers": "Share of customers, lowest first", "revenue": "Share of revenue"}
