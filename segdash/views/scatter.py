"""Customers as points, on axes of one's choice; what is selected here filters everything else."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import panel_material_ui as pmui

from segdash.charts.points import SIZE, drawing_order, point_sizes, scatter, set_axis
from segdash.errors import count
from segdash.markup import escape
from segdash.schema import CUSTOMER_ID, SEGMENT, metric
from segdash.views import VIEWS
from segdash.views.control import control
from segdash.views.live import LivePlot, feed
from segdash.views.view import View, html, row

if TYPE_CHECKING:
    import pandas as pd
    from panel.viewable import Viewable

MOST_HOVER_ATTRIBUTES = 4


@VIEWS.register("Scatter")
class Scatter(View):
    """A point per customer with hover, zoom, pan, box, lasso and tap; the selection survives a change of axes."""

    title = "Customers"

    def body(self) -> list[Viewable]:
        """Axis selectors, the count of the selection with its clear button, the points."""
        self.chip = html("", width_policy="min")
        self.clear = pmui.Button(
            label="Clear selection", variant="text", size="small", margin=0, on_click=lambda _: self.change(selected=[])
        )
        axes = [control(self, name, pmui.Select, width=190) for name in ("x", "y")]
        boxes = [control(self, name, pmui.Checkbox) for name in ("log_x", "log_y", "size_by_monetary")]
        self.plot = LivePlot(height=440, on_draw=self._drawn)
        self.live.append(self.plot)
        self._rows = np.array([], dtype=int)
        self.follow(self._update_points, "filtered", "segment_table", "compared", "currency")
        self.state.param.watch(lambda *_: self._update_axes(), ["x", "y", "log_x", "log_y"])
        self.state.param.watch(lambda *_: self._update_sizes(), "size_by_monetary")
        self.follow(self._update_selection, "selected", "shown")
        return [row(*axes, *boxes), row(self.chip, self.clear), self.plot.pane]

    # ------------------------------------------------------------------ state -> picture

    def _update_points(self) -> None:
        state = self.state
        filtered = state.filtered
        plotted = filtered.iloc[drawing_order(filtered)]
        self._rows = plotted.index.to_numpy()
        self._ids = plotted[CUSTOMER_ID].to_numpy(dtype=object)
        draw = partial(
            scatter,
            plotted,
            state.colours,
            x=state.x,
            y=state.y,
            log_x=self._is_log("x"),
            log_y=self._is_log("y"),
            metrics=state.compared,
            attributes=state.attributes[:MOST_HOVER_ATTRIBUTES],
            currency=state.currency,
        )
        key = (tuple(state.colours.items()), tuple(state.compared), tuple(state.attributes), state.currency)
        part = plotted.assign(color=plotted[SEGMENT].astype(str), **{SIZE: point_sizes(plotted, state.size_by_monetary)})
        self.plot.show(draw, [part], key)
        self._update_axes()
        self._update_selection()

    def _drawn(self, plot: Any) -> None:
        """Bring a plot that was just drawn in step, and listen to it."""
        source = plot.handles["source"]
        part = self.state.features.iloc[self._rows]
        source.data[SIZE] = point_sizes(part, self.state.size_by_monetary)
        source.selected.indices = self._lit()
        source.selected.on_change("indices", self._selected)

    def _update_axes(self) -> None:
        state = self.state
        for plot in self.plot.plots:
            for dimension in ("x", "y"):
                name = getattr(state, dimension)
                self._show_column(plot, dimension, name)
                values = state.features[name].to_numpy(dtype="float64")
                set_axis(plot.state, dimension, values, state.label(name), log=self._is_log(dimension))
        self.head(self._line())

    def _show_column(self, plot: Any, dimension: str, name: str) -> None:
        """Make the drawn points read their position from another column; it is sent only when it isn't there yet."""
        source, renderer = plot.handles["source"], plot.handles["glyph_renderer"]
        if name not in source.data:
            source.data = {**source.data, name: self.state.features[name].to_numpy(dtype="float64")[self._rows]}
        for which in ("glyph", "selection_glyph", "nonselection_glyph", "hover_glyph", "muted_glyph"):
            glyph = getattr(renderer, which)
            if hasattr(glyph, dimension):
                setattr(glyph, dimension, name)

    def _update_sizes(self) -> None:
        sizes = point_sizes(self.state.features.iloc[self._rows], self.state.size_by_monetary)
        for source in self._sources():
            source.data = {**source.data, SIZE: sizes}

    def _update_selection(self) -> None:
        state = self.state
        lit = self._lit()
        for source in self._sources():
            if list(source.selected.indices) != lit:
                source.selected.indices = lit
        self.clear.visible = bool(state.selected)
        said = f"{len(lit):,} of {count(len(state.customers), 'customer')} selected"
        kind = "chip" if state.selected else "chip none"
        if not state.selected:
            said = "No selection: drag over points, or tap one"
        self.chip.object = f'<span class="{kind} segdash-selected-count" role="status">{escape(said)}</span>'

    def _lit(self) -> list[int]:
        """Rows of the drawn points that are selected."""
        state = self.state
        if not state.selected:
            return []
        mask = np.zeros(len(state.features), dtype=bool)
        mask[state.positions(state.selected)] = True
        return np.flatnonzero(mask[self._rows]).tolist()

    # ------------------------------------------------------------------ picture -> state

    def _selected(self, _attr: str, _old: list[int], new: list[int]) -> None:
        self.change(selected=self._ids[np.asarray(new, dtype=int)].tolist())

    def _sources(self) -> list[Any]:
        return [plot.handles["source"] for plot in self.plot.plots]

    def _is_log(self, dimension: str) -> bool:
        """A log axis is drawn only where it can show everybody."""
        if not getattr(self.state, f"log_{dimension}"):
            return False
        values = self.state.features[getattr(self.state, dimension)]
        return bool(len(values)) and float(values.min()) > 0

    def _line(self) -> str:
        state = self.state
        said = [f"{count(len(state.filtered), 'customer')}, one point each, coloured by segment"]
        for dimension in ("x", "y"):
            name = getattr(state, dimension)
            if getattr(state, f"log_{dimension}") and not self._is_log(dimension) and len(state.features):
                below = int((state.features[name] <= 0).sum())
                said.append(f"{metric(name).title} is 0 or less for {below:,}, so its axis is linear")
        return "; ".join(said)
