"""The two ways the scatter draws customers: as points that answer, or, where they are very many, as shades.

Both follow the same calls: `show` for new customers or colours, `show_axes`, `show_selection`, `show_sizes`.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from bokeh.core.property.descriptors import UnsetValueError
from bokeh.events import RangesUpdate, Tap
from bokeh.models import BoxSelectTool, LassoSelectTool, TapTool

from segdash.charts.figure import axis_range
from segdash.charts.points import GLYPHS, SIZE, colour_points, drawing_order, point_sizes, scatter, set_axis
from segdash.charts.shades import feed_picture, shade, shaded_scatter
from segdash.population.pictures import View
from segdash.schema import CUSTOMER_ID, SEGMENT
from segdash.views.everyone_shaded import EveryoneShaded
from segdash.views.gestures import asked, on_outline
from segdash.views.live import feed
from segdash.views.pointer import Pointer, around

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from segdash.state import Segmentation
    from segdash.views.live import LivePlot

MOST_HOVER_ATTRIBUTES = 4
DIMENSIONS = ("x", "y")


def is_log(state: Segmentation, dimension: str, name: str | None = None) -> bool:
    """Whether an axis is drawn logarithmic, with its own metric or the one named: only where it can show everybody."""
    if not getattr(state, f"log_{dimension}"):
        return False
    values = known_values(state, name or getattr(state, dimension))
    values = values[~np.isnan(values)]
    return bool(len(values)) and float(values.min()) > 0


def known_values(state: Segmentation, name: str) -> np.ndarray:
    """A metric of every customer in memory, filtered or not; then its ends among all, where the engine knows more."""
    values = state.features[name].to_numpy(dtype="float64")
    if state.everyone is None:
        return values
    extent = state.everyone.extent(name)
    return np.append(values, (extent.low, extent.high))


class Layer:
    """Customers drawn into a live plot.

    Parameters
    ----------
    state : Segmentation
        What is drawn.
    live : LivePlot
        Where it is drawn.
    select : callable
        Called with the ids of the customers that a person selects in the picture, and the selection mode; None leaves
        it to the page's choice.
    """

    def __init__(self, state: Segmentation, live: LivePlot, select: Callable[[list[str], str | None], object]) -> None:
        self.state = state
        self.live = live
        self.select = select
        self.rows = np.array([], dtype=int)  # of features, in drawing order
        self._of: pd.DataFrame | None = None  # the features that rows are of
        self._lit = np.array([], dtype=bool)
        self._lit_of: tuple[Any, ...] = ()

    @property
    def table(self) -> int:
        """Tells one customer table from another, in the key of what is drawn.

        Of another table a new figure is drawn: an outline that was begun over the old one is then of nobody, where the
        same places of the same figure would be other customers.
        """
        return id(self.state.features)

    def ids(self, drawn: np.ndarray) -> list[str]:
        """Ids of drawn customers, by place or by mask."""
        return self.state.features[CUSTOMER_ID].iloc[self.rows[drawn]].tolist()

    def show(self) -> None:
        """Draw the customers that pass the filters."""
        raise NotImplementedError

    def drawn(self, plot: Any) -> None:
        """Bring a plot that was just drawn in step, and listen to it."""
        raise NotImplementedError

    def show_mode(self) -> None:
        """Have further selections do with the present one what the choice says."""

    def lit(self) -> np.ndarray | None:
        """Which drawn customers are selected; None when there is no selection."""
        state = self.state
        if not state.selected:
            return None
        now = (state.selected, state.features, self.rows)
        # Looking up a million ids takes longer than a pointer rests.
        if not self._lit_of or any(a is not b for a, b in zip(now, self._lit_of, strict=True)):
            mask = np.zeros(len(state.features), dtype=bool)
            mask[state.positions(state.selected)] = True
            self._lit, self._lit_of = mask[self.rows], now
        return self._lit

    def values(self, dimension: str) -> np.ndarray:
        """Every customer's value on an axis, filtered or not, so that a filter does not move the axes."""
        return known_values(self.state, getattr(self.state, dimension))

    def axis_choices(self) -> dict[str, dict[str, dict[str, Any]]]:
        """For each axis, by the title of each metric that it could show: column, label, scale and range."""
        state = self.state
        found: dict[str, dict[str, dict[str, Any]]] = {}
        for dimension in DIMENSIONS:
            for title, name in state.param[dimension].get_range().items():
                log = is_log(state, dimension, name)
                ends = axis_range(known_values(state, name), log=log)
                about = {"field": name, "label": state.label(name), "log": log, "range": list(ends)}
                found.setdefault(dimension, {})[title] = about
        return found

    def axes(self) -> dict[str, Any]:
        """The chart's arguments for the axes."""
        state = self.state
        logs = {f"log_{dimension}": is_log(state, dimension) for dimension in DIMENSIONS}
        return {"x": state.x, "y": state.y, **logs, "currency": state.currency}


class PointLayer(Layer):
    """One glyph per customer: hover, tap, box and lasso are the browser's."""

    _lighting = False

    def show(self) -> None:
        """Draw the customers that pass the filters."""
        state = self.state
        plotted = state.filtered.iloc[drawing_order(state.filtered)]
        rows = plotted.index.to_numpy()
        same = self._of is state.features and np.array_equal(rows, self.rows)
        self._of, self.rows = state.features, rows
        attributes = state.attributes[:MOST_HOVER_ATTRIBUTES]
        draw = partial(scatter, plotted, state.colours, **self.axes(), metrics=state.compared, attributes=attributes)
        key = ("points", self.table, bool(state.colours), tuple(state.compared), tuple(attributes), state.currency)
        drawn = self.live.show(draw, None, key)
        for plot in self.live.plots:
            colour_points(plot, state.colours)
            if not drawn:
                self._feed(plot, plotted, anew=not same)
        # Where only names and colours changed, everybody is where they were, and so is whoever looks closer.
        if drawn or not same:
            self.show_axes()
            self.show_selection()
        self.live.push()

    def _feed(self, plot: Any, plotted: pd.DataFrame, *, anew: bool) -> None:
        """Tell drawn points who is in which segment, where that is news, and all else where they are others."""
        source, segment = plot.handles["source"], plotted[SEGMENT].astype(str)
        if anew:
            sizes = point_sizes(plotted, self.state.size_by_monetary)
            feed(source, plotted.assign(**{SEGMENT: segment}).assign(**{SIZE: sizes}))
        elif not np.array_equal(np.asarray(source.data[SEGMENT]), segment.to_numpy()):
            feed(source, segment.to_frame())

    def drawn(self, plot: Any) -> None:
        """Bring a plot that was just drawn in step, and listen to it."""
        source = plot.handles["source"]
        source.data[SIZE] = point_sizes(self.state.features.iloc[self.rows], self.state.size_by_monetary)
        source.selected.indices = self._indices()
        source.selected.on_change("indices", self._selected)
        _set_mode(plot, self.state.selecting)
        self._tag(plot, self.axis_choices())

    def show_axes(self) -> None:
        """Make the drawn points read their position from other columns: nothing is sent that is there already."""
        choices = self.axis_choices()
        for plot in self.live.plots:
            source, renderer = plot.handles["source"], plot.handles["glyph_renderer"]
            self._tag(plot, choices)
            for dimension in DIMENSIONS:
                name = getattr(self.state, dimension)
                if name not in source.data:
                    source.data = {**source.data, name: self.values(dimension)[self.rows]}
                for which in GLYPHS:
                    if hasattr(getattr(renderer, which), dimension):
                        setattr(getattr(renderer, which), dimension, name)
                set_axis(
                    plot.state,
                    dimension,
                    self.values(dimension),
                    self.state.label(name),
                    log=is_log(self.state, dimension),
                )

    def _tag(self, plot: Any, choices: dict[str, dict[str, dict[str, Any]]]) -> None:
        """Tell the figure how to show each metric that is with it in the browser: ``axis_choice.js`` reads that."""
        there = plot.handles["source"].data
        plot.state.tags = [
            {
                dimension: {title: about for title, about in by_title.items() if about["field"] in there}
                for dimension, by_title in choices.items()
            }
        ]

    def show_selection(self) -> None:
        """Light the selected points, wherever they were selected."""
        lit = self._indices()
        self._lighting = True
        for plot in self.live.plots:
            selected = plot.handles["source"].selected
            if list(selected.indices) != lit:
                selected.indices = lit
        self._lighting = False

    def show_mode(self) -> None:
        """Have the tools of the picture select in the way that is chosen; modifier keys go before that."""
        for plot in self.live.plots:
            _set_mode(plot, self.state.selecting)

    def show_sizes(self) -> None:
        """Draw points by spend, or all alike."""
        part = self.state.features.iloc[self.rows]
        sizes = part.assign(**{SIZE: point_sizes(part, self.state.size_by_monetary)})[[SIZE]]
        for plot in self.live.plots:
            feed(plot.handles["source"], sizes)

    def _indices(self) -> list[int]:
        lit = self.lit()
        return [] if lit is None else np.flatnonzero(lit).tolist()

    def _selected(self, _attr: str, _old: list[int], new: list[int]) -> None:
        if not self._lighting:  # only what a person selects in the picture is news
            # The browser has combined them with those before. It may not have heard yet that a filter left fewer.
            drawn = np.asarray(new, dtype=int)
            self.select(self.ids(drawn[drawn < len(self.rows)]), "replace")


class ShadeLayer(Layer):
    """A picture made on the server for what is in view; box, lasso and pointer say where they are.

    Where most customers stay in the engine the picture of the sample comes first, and that of all in its place.
    """

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.everyone = EveryoneShaded(self.state)

    def show(self) -> None:
        """Shade the customers that pass the filters."""
        state = self.state
        rows = state.filtered.index.to_numpy()
        same = self._of is state.features and np.array_equal(rows, self.rows)
        self._of, self.rows = state.features, rows
        ends = {f"{d}_range": axis_range(self.values(d), log=is_log(state, d)) for d in DIMENSIONS}
        draw = partial(shaded_scatter, state.filtered, state.colours, **self.axes(), lit=self.lit(), **ends)
        told = (*state.compared, *state.attributes[:MOST_HOVER_ATTRIBUTES])
        if not self.live.show(draw, None, ("shades", self.table, state.currency, told)):
            (self.show_selection if same else self.show_axes)()

    def drawn(self, plot: Any) -> None:
        """Listen to zooming and selecting in a plot that was just drawn."""
        plot.state.on_event(RangesUpdate, lambda event: self._shade(plot, (event.x0, event.x1), (event.y0, event.y1)))
        plot.state.on_event(Tap, lambda event: self._tapped(plot, event))
        on_outline(plot.state, self._selected)
        plot.handles["pointer"] = Pointer(
            plot.state,
            self.state.compared,
            self.state.attributes[:MOST_HOVER_ATTRIBUTES],
            currency=self.state.currency,
            answer=lambda x, y: self._point(plot, x, y),
        )
        self._ask_everyone(plot, *(axis_range(self.values(d), log=is_log(self.state, d)) for d in DIMENSIONS))

    def show_axes(self) -> None:
        """Another pair of metrics: ranges, labels and the picture."""
        for plot in self.live.plots:
            for dimension in DIMENSIONS:
                label = self.state.label(getattr(self.state, dimension))
                set_axis(plot.state, dimension, self.values(dimension), label, log=is_log(self.state, dimension))
            self._shade(plot, *(axis_range(self.values(d), log=is_log(self.state, d)) for d in DIMENSIONS))

    def show_selection(self) -> None:
        """Shade again in place, the selected in colour."""
        for plot in self.live.plots:
            x, y = plot.state.x_range, plot.state.y_range
            self._shade(plot, (x.start, x.end), (y.start, y.end))

    def show_sizes(self) -> None:
        """Shades have no sizes."""

    def _shade(self, plot: Any, x_range: tuple[float, float], y_range: tuple[float, float]) -> None:
        state = self.state
        axes = self.axes()
        logs = {"log_x": axes["log_x"], "log_y": axes["log_y"]}
        pixels = shade(
            state.filtered,
            state.colours,
            state.x,
            state.y,
            x_range,
            y_range,
            **logs,
            lit=self.lit(),
            size=_size(plot),
        )
        feed_picture(plot.handles["source"], pixels, x_range, y_range)
        plot.handles["pointer"].show(state.filtered.iloc[:0])  # what was there may be elsewhere
        self._ask_everyone(plot, x_range, y_range)

    def _ask_everyone(self, plot: Any, x_range: tuple[float, float], y_range: tuple[float, float]) -> None:
        state = self.state
        logs = {f"log_{dimension}": is_log(state, dimension) for dimension in DIMENSIONS}
        view = View(state.x, state.y, x_range, y_range, size=_size(plot), **logs)
        self.everyone.ask(view, lambda pixels: feed_picture(plot.handles["source"], pixels, x_range, y_range))

    def under(self, plot: Any, x: float, y: float) -> tuple[np.ndarray, tuple[float, ...]]:
        """Positions, among the customers drawn, of those within a few pixels of a place; and the square searched."""
        axes, state = self.axes(), self.state
        there, square = np.arange(len(state.filtered)), tuple[float, ...]()
        for dimension, at, pixels in zip(DIMENSIONS, (x, y), _size(plot), strict=True):
            ends = getattr(plot.state, f"{dimension}_range")
            low, high = around(at, (ends.start, ends.end), pixels, log=axes[f"log_{dimension}"])
            values = state.filtered[axes[dimension]].to_numpy(dtype="float64")[there]
            there, square = there[(values >= low) & (values <= high)], (*square, low, high)
        return there, square

    def _point(self, plot: Any, x: float | None, y: float | None) -> None:
        """Say who is under the pointer."""
        filtered, pointer = self.state.filtered, plot.handles["pointer"]
        if x is None or y is None:
            pointer.show(filtered.iloc[:0])
            return
        there, square = self.under(plot, x, y)
        lit = self.lit()
        pointer.show(filtered.iloc[there], square, selected=None if lit is None else int(lit[there].sum()))

    def _tapped(self, plot: Any, event: Tap) -> None:
        """Select who is under the pointer, as a tap on points does: once more takes them out again."""
        there, _ = self.under(plot, event.x, event.y)
        lit, mode = self.lit(), asked(event.modifiers) or self.state.selecting
        if not len(there):
            return
        if mode == "replace" and lit is not None:
            mode = "subtract" if lit[there].all() else "append"
        self.select(self.ids(there), mode)

    def _selected(self, geometry: dict[str, Any], mode: str | None) -> None:
        filtered = self.state.filtered
        x = filtered[self.state.x].to_numpy(dtype="float64")
        y = filtered[self.state.y].to_numpy(dtype="float64")
        self.select(self.ids(inside(geometry, x, y, self.axes())), mode)


def _set_mode(plot: Any, mode: str) -> None:
    for tool in plot.state.toolbar.tools:
        if isinstance(tool, (BoxSelectTool, LassoSelectTool)):
            tool.mode = mode
        elif isinstance(tool, TapTool):
            tool.mode = "toggle" if mode == "replace" else mode


def inside(geometry: dict[str, Any], x: np.ndarray, y: np.ndarray, axes: dict[str, Any]) -> np.ndarray:
    """Which points lie in a box or lasso that Bokeh reports in data units.

    Examples
    --------
    >>> box = {"type": "rect", "x0": 0, "x1": 2, "y0": 5, "y1": 0}
    >>> inside(box, np.array([1.0, 3.0]), np.array([1.0, 1.0]), {"log_x": False, "log_y": False}).tolist()
    [True, False]
    """
    if geometry["type"] == "rect":
        low_x, high_x = sorted((geometry["x0"], geometry["x1"]))
        low_y, high_y = sorted((geometry["y0"], geometry["y1"]))
        return (x >= low_x) & (x <= high_x) & (y >= low_y) & (y <= high_y)
    if geometry["type"] != "poly":
        return np.zeros(len(x), dtype=bool)
    # The outline is straight on the screen, so on a log axis it is straight between logarithms.
    scales = [np.log10 if axes[f"log_{dimension}"] else np.asarray for dimension in DIMENSIONS]
    outline = [scale(np.asarray(geometry[d], dtype="float64")) for scale, d in zip(scales, DIMENSIONS, strict=True)]
    return in_polygon(scales[0](x), scales[1](y), outline[0], outline[1])


def in_polygon(x: np.ndarray, y: np.ndarray, corners_x: np.ndarray, corners_y: np.ndarray) -> np.ndarray:
    """Which points lie in a polygon: a ray to the right crosses its outline an odd number of times.

    Examples
    --------
    >>> square = np.array([0.0, 2.0, 2.0, 0.0]), np.array([0.0, 0.0, 2.0, 2.0])
    >>> in_polygon(np.array([1.0, 3.0]), np.array([1.0, 1.0]), *square).tolist()
    [True, False]
    """
    within = np.zeros(len(x), dtype=bool)
    near = (x >= corners_x.min()) & (x <= corners_x.max()) & (y >= corners_y.min()) & (y <= corners_y.max())
    px, py = x[near], y[near]
    odd = np.zeros(len(px), dtype=bool)
    for i in range(len(corners_x)):
        x0, y0, x1, y1 = corners_x[i - 1], corners_y[i - 1], corners_x[i], corners_y[i]
        if y0 == y1:
            continue
        crosses = ((y0 > py) != (y1 > py)) & (px < (x1 - x0) * (py - y0) / (y1 - y0) + x0)
        odd ^= crosses
    within[near] = odd
    return within


def _size(plot: Any) -> tuple[int, int]:
    """Pixels of the plot's frame, as far as the browser has told them."""
    try:
        width, height = plot.state.inner_width, plot.state.inner_height
    except UnsetValueError:  # no browser has drawn it yet
        width, height = 900, 380
    return (min(max(int(width), 100), 3000), min(max(int(height), 100), 2000))
