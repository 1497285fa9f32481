"""Customers on axes of one's choice; what is selected here filters everything else."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import panel as pn
import panel_material_ui as pmui

from segdash.errors import count
from segdash.markup import escape
from segdash.schema import CUSTOMER_ID, SEGMENT, metric
from segdash.views import VIEWS
from segdash.views.control import control
from segdash.views.live import LivePlot
from segdash.views.save_buttons import SaveMenu
from segdash.views.scatter_layers import DIMENSIONS, Layer, PointLayer, ShadeLayer, is_log
from segdash.views.view import COMPACT, View, html, row

if TYPE_CHECKING:
    import pandas as pd
    from panel.viewable import Viewable

AXIS_CHOICE = Path(__file__).with_name("axis_choice.js").read_text(encoding="utf-8")

SELECTED = "selected?"
"""Column of the saved table."""

MOST_POINTS = 15_000
"""Above this, points on a canvas repaint more slowly than a picture shaded on the server."""


@VIEWS.register("Scatter")
class Scatter(View):
    """A point per customer with hover, zoom, pan, box, lasso and tap; the selection survives a change of axes."""

    title = "Customers"

    def body(self) -> list[Viewable]:
        """Axis selectors, the count of the selection with its clear button, the picture."""
        self.chip = html("", sizing_mode=None)
        self.clear = pmui.Button(
            label="Clear selection",
            css_classes=["segdash-clear"],
            variant="text",
            size="small",
            margin=0,
            on_click=lambda _: self.change(selected=[]),
        )
        self.undo = pmui.Button(
            label="Undo",
            variant="text",
            size="small",
            margin=0,
            on_click=lambda _: self._undo(),
        )
        modes = control(self, "selecting", pmui.RadioButtonGroup, description="", label="", sx=COMPACT)
        axes = [self._axis_selector(name) for name in DIMENSIONS]
        boxes = [control(self, name, pmui.Checkbox) for name in ("log_x", "log_y", "size_by_monetary")]
        self.plot = LivePlot(height=440, on_draw=lambda plot: self.layer.drawn(plot))
        self.live.append(self.plot)
        self.layers = [layer(self.state, self.plot, self._select) for layer in (PointLayer, ShadeLayer)]
        self.follow(self._update, "filtered", "segment_table", "compared", "currency", "everyone")
        self.state.param.watch(lambda *_: self._update_axes(), ["x", "y", "log_x", "log_y"])
        self.state.param.watch(lambda *_: self._redraw("show_sizes"), "size_by_monetary")
        self.state.param.watch(lambda *_: self._redraw("show_selection"), "selected")
        self.state.param.watch(lambda *_: self.layer.show_mode(), "selecting")
        self.follow(self._update_chip, "selected", "shown", "earlier_selections")
        self.save = SaveMenu(self.plot.mark, self.title, self.table)
        return [*self.save.parts, row(*axes, *boxes), row(self.chip, modes, self.undo, self.clear), self.plot.pane]

    def table(self) -> tuple[pd.DataFrame, dict[str, str]]:
        """Who is drawn, with both metrics and whether selected, and the headings of the columns."""
        state = self.state
        axes = list(dict.fromkeys([state.x, state.y]))
        drawn = state.filtered[[CUSTOMER_ID, SEGMENT, *axes]]
        headings = {CUSTOMER_ID: "Customer", SEGMENT: "Segment", **{name: state.label(name) for name in axes}}
        if not state.selected:
            return drawn, headings
        lit = np.where(drawn.index.isin(state.positions(state.selected)), "yes", "no")
        return drawn.assign(**{SELECTED: lit}), headings | {SELECTED: "Selected"}

    def _axis_selector(self, dimension: str) -> Any:
        """A metric to choose; the browser shows it before the server has answered."""
        selector = control(self, dimension, pmui.Select, width=190)
        selector.jscallback(args={"dimension": dimension}, value=AXIS_CHOICE)
        return selector

    @property
    def layer(self) -> Layer:
        """How the customers are drawn now."""
        return self.layers[self.state.everyone is not None or len(self.state.filtered) > MOST_POINTS]

    def _select(self, ids: list[str], mode: str | None) -> None:
        self.select(ids, mode)

    def _undo(self) -> None:
        with pn.io.hold():
            self.state.undo_selection()

    def _redraw(self, what: str) -> None:
        getattr(self.layer, what)()
        self.plot.push()

    def _update(self) -> None:
        self.layer.show()
        self.head(self._line())

    def _update_axes(self) -> None:
        self._redraw("show_axes")
        self.head(self._line())

    def _update_chip(self) -> None:
        state = self.state
        self.clear.disabled = not state.selected
        self.undo.disabled = not state.earlier_selections
        said, kind = "No selection, all are shown: drag over the picture to select", "chip none"
        if state.selected:
            said = f"{len(state.shown):,} of {count(len(state.customers), 'customer')} selected"
            kind = "chip"
        self.chip.object = f'<span class="{kind} segdash-selected-count" role="status">{escape(said)}</span>'

    def _line(self) -> str:
        state = self.state
        how = "shaded: colour says segment, strength how many" if self.layer is self.layers[1] else "one point each"
        said = [f"{count(len(state.filtered), 'customer')}, {how}"]
        if state.asks_engine:
            sample = f"pointer and selections are of the sample of {len(state.features):,}"
            said = [f"{count(state.sizes[0], 'customer')}, {how}; {sample}"]
        for dimension in DIMENSIONS:
            name = getattr(state, dimension)
            if getattr(state, f"log_{dimension}") and not is_log(state, dimension) and len(state.features):
                below = int((state.features[name] <= 0).sum())
                said.append(f"{metric(name).title} is 0 or less for {below:,}, so its axis is linear")
        return "; ".join(said)
