"""How each metric is spread within each segment."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import panel as pn

from segdash.charts.boxes import box_parts, box_plot, lay_out_boxes
from segdash.charts.figure import axis_range, is_skewed
from segdash.profile import BOX_COLUMNS, BOX_QUANTILES
from segdash.schema import CUSTOMER_ID, metric
from segdash.views import VIEWS
from segdash.views.gestures import on_range
from segdash.views.live import LivePlot
from segdash.views.save_buttons import SaveMenu
from segdash.views.view import STYLE, View, card

if TYPE_CHECKING:
    import pandas as pd
    from panel.viewable import Viewable

HEADINGS = {
    "segment": "Segment",
    **{column: f"{share:.0%}" for column, share in zip(BOX_COLUMNS, BOX_QUANTILES, strict=True)},
    "customers": "Customers",
    "beyond": "Customers beyond 5 to 95 %",
}

NEAR = 0.005
"""Share of the axis within which a drag has reached its end: a pixel or two."""


@VIEWS.register("BoxPlots")
class BoxPlots(View):
    """A box plot per compared metric, one card each; logarithmic where the metric is skewed; a drag selects."""

    title = "Box plots"

    def __panel__(self) -> Viewable:
        if self._card is None:
            self.boxes: dict[str, BoxPlot] = {}
            self._card = pn.Column(
                css_classes=["segdash-grid", "segdash-tiles"],
                stylesheets=[STYLE],
                sizing_mode="stretch_width",
                margin=0,
            )
            self.follow(self._lay_out, "compared", "features")
        return self._card

    def _lay_out(self) -> None:
        wanted = self.state.compared
        self.boxes = {name: self.boxes.get(name) or BoxPlot(self.state, metric_name=name) for name in wanted}
        self._card.objects = [self.boxes[name].__panel__() for name in wanted]  # type: ignore[union-attr]


@VIEWS.register("BoxPlot")
class BoxPlot(View):
    """The box plot of one metric; dragging over a range of its axis selects the customers in it.

    Parameters
    ----------
    state : Segmentation
        What is shown.
    metric_name : str
        Column to summarise, default monetary.
    """

    def __init__(self, state: Any, metric_name: str = "monetary", **params: Any) -> None:
        self.metric = metric(metric_name)
        self.title = self.metric.title
        super().__init__(state, **params)

    def body(self) -> list[Viewable]:
        """The boxes."""
        self.plot = LivePlot(height=200, on_draw=lambda plot: on_range(plot, self.choose))
        self.live.append(self.plot)
        self.follow(self._update, "profile", "currency")
        self.save = SaveMenu(self.plot.mark, f"{self.title} by segment", self.table)
        return [*self.save.parts, self.plot.pane]

    def table(self) -> tuple[pd.DataFrame, dict[str, str]]:
        """What the boxes are drawn from, a row per segment, and the headings of the columns."""
        return self.state.boxes_of(self.metric.name), HEADINGS

    def __panel__(self) -> Viewable:
        if self._card is None:
            # Headings are of one line or two; the plots of a row stand level.
            self._card = card(self.heading, *self.body(), classes=("segdash-level",))
        return self._card

    def choose(self, low: float, high: float, mode: str | None = None) -> None:
        """Select the customers with low <= metric <= high, whatever their segment, in the way of ``mode``.

        A range up to an end of the axis goes on beyond it: the axis ends where the whiskers do, and whoever drags to
        its end means the customers beyond them, too.
        """
        values = self.state.filtered[self.metric.name].to_numpy(dtype="float64")
        first, last = self._place(low), self._place(high)
        low, high = -np.inf if first < NEAR else low, np.inf if last > 1 - NEAR else high
        there = self.state.filtered[(values >= low) & (values <= high)]
        self.select(there[CUSTOMER_ID].tolist(), mode, toggle=True)

    def _place(self, value: float) -> float:
        """Where on the axis a value is: 0 at its beginning, 1 at its end."""
        scale = np.log10 if self.log else np.float64
        first, last = (scale(end) for end in self.limits)
        return float((scale(value) - first) / (last - first))

    def _update(self) -> None:
        state, name = self.state, self.metric.name
        if name not in state.compared or name not in state.customers:
            return  # the card is about to leave the page
        whole = state.customers[name].to_numpy(dtype="float64")
        log = is_skewed(whole)
        summary = state.boxes_of(name)
        # The axis stays that of all customers, so that a selection is seen against them.
        everyone = summary if not state.is_filtered else state.boxes_of(name, whole=True)
        limits = axis_range(everyone.loc[:, list(BOX_COLUMNS)].to_numpy(dtype="float64"), log=log)
        self.log, self.limits = log, limits
        options: dict[str, Any] = {"decimals": self.metric.decimals, "log": log, "limits": limits}
        draw = partial(box_plot, summary, state.colours, **options)
        columns = box_parts(summary, state.colours, **options)
        lay_out = partial(lay_out_boxes, names=list(state.colours), limits=limits, log=log)
        self.plot.show(draw, columns, (bool(state.colours), log), lay_out=lay_out)
        unit = self.metric.unit_label(state.currency)
        parts = [unit[:1].upper() + unit[1:], "whiskers 5 to 95 %", "log axis" if log else "", "drag to select"]
        self.head("; ".join(part for part in parts if part))
