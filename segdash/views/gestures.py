"""What a tap or a drag in a picture asks for: which marks or which range, and, by the keys held, in which way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from bokeh.events import PanStart, SelectionGeometry, Tap
from bokeh.models import BoxSelectTool, CustomJS, Quad, TapTool

from segdash.selecting import mode_of

if TYPE_CHECKING:
    from collections.abc import Callable

LET_SCROLL = """
const canvas = Bokeh.index.find_one(cb_obj)?.canvas
if (canvas?.events_el) canvas.events_el.style.touchAction = "pan-y pinch-zoom"
"""
"""A finger that moves up or down scrolls the page, as it does elsewhere: a range is dragged from side to side."""

KEYS = ("shift", "ctrl")
OUTLINES = ("rect", "poly")


def on_outline(fig: Any, outlined: Callable[[dict[str, Any], str | None], object]) -> None:
    """Call ``outlined`` with each box or lasso that a person finishes, and the selection mode the keys ask for.

    Parameters
    ----------
    fig : bokeh.models.Plot
        With a box or lasso tool.
    outlined : callable
        Called with Bokeh's geometry, in data units, and a key of `MODES`; None when no key was held.
    """
    held: dict[str, bool] = {}

    def started(event: PanStart) -> None:
        # The outline that is begun here will come without its modifier keys.
        held.update(event.modifiers or {})

    def ended(event: SelectionGeometry) -> None:
        if event.final and event.geometry["type"] in OUTLINES:
            mode = asked(held)
            held.clear()
            outlined(event.geometry, mode)

    fig.on_event(PanStart, started)
    fig.on_event(SelectionGeometry, ended)


def on_range(plot: Any, dragged: Callable[[float, float, str | None], object]) -> None:
    """Call ``dragged`` with the ends of a range on the horizontal axis, in data units, and the mode asked for."""
    _leave_unlit(plot.state)
    plot.state.js_on_change("inner_width", CustomJS(code=LET_SCROLL))  # when the browser has laid it out

    def outlined(geometry: dict[str, Any], mode: str | None) -> None:
        if geometry["type"] == "rect":
            low, high = sorted((geometry["x0"], geometry["x1"]))
            dragged(low, high, mode)

    on_outline(plot.state, outlined)


def on_tap(plot: Any, tapped: Callable[[list[int], str | None], object]) -> None:
    """Call ``tapped`` with the rows of the first bars or cells that are tapped or boxed, and the mode asked for.

    A browser that holds none of the bars selected finds nothing "in both", and nothing to take away: what lies under
    the pointer is looked up here.

    Parameters
    ----------
    plot : holoviews plot
        An overlay whose first part with edges is tapped: rectangles, or horizontal bars.
    tapped : callable
        Called with row numbers, at least one, and a key of `MODES`; None when no key was held.
    """
    parts = list(plot.subplots.values()) if plot.subplots else [plot]
    bars = next(part for part in parts if hasattr(part.handles["glyph"], "right"))
    fig = plot.state
    _leave_unlit(fig)

    def touched(across: tuple[float, float], up: tuple[float, float], mode: str | None) -> None:
        (x0, x1), (y0, y1) = sorted(across), sorted(up)
        left, right, bottom, top = _edges(bars.handles["glyph"], bars.handles["source"].data, fig)
        hit = (left <= x1) & (right >= x0) & (bottom <= y1) & (top >= y0)
        if hit.any():
            tapped(np.flatnonzero(hit).tolist(), mode)

    def boxed(geometry: dict[str, Any], mode: str | None) -> None:
        if geometry["type"] == "rect":
            touched((geometry["x0"], geometry["x1"]), (geometry["y0"], geometry["y1"]), mode)

    fig.on_event(Tap, lambda event: touched((event.x,) * 2, (event.y,) * 2, asked(event.modifiers)))
    on_outline(fig, boxed)


def asked(modifiers: dict[str, bool] | None) -> str | None:
    """The selection mode that the keys held ask for; None leaves it to the page's choice.

    Examples
    --------
    >>> asked({"shift": True, "ctrl": False, "alt": False}), asked({})
    ('append', None)
    """
    shift, ctrl = (bool((modifiers or {}).get(key)) for key in KEYS)
    return mode_of(shift=shift, ctrl=ctrl, otherwise="") or None


def _leave_unlit(fig: Any) -> None:
    """Have tools light no mark: what is selected is shown by the numbers."""
    fig.toolbar.tools = [tool for tool in fig.toolbar.tools if not isinstance(tool, TapTool)]
    for tool in fig.toolbar.tools:
        if isinstance(tool, BoxSelectTool):
            tool.renderers = []


def _edges(glyph: Any, data: dict[str, Any], fig: Any) -> tuple[np.ndarray, ...]:
    """Left, right, bottom and top of every mark; a category is as high as its bar, its middle at half its place."""
    if isinstance(glyph, Quad):
        return tuple(np.asarray(data[name], dtype="float64") for name in ("left", "right", "bottom", "top"))
    reach = np.asarray(data[glyph.right], dtype="float64")
    places = [list(fig.y_range.factors).index(name) + 0.5 for name in data[glyph.y]]
    middle = np.array(places, dtype="float64")
    return np.minimum(reach, 0), np.maximum(reach, 0), middle - glyph.height / 2, middle + glyph.height / 2
