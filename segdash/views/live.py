"""A chart that stays on the page while its numbers change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from weakref import ref

import holoviews as hv
import panel as pn
from param.parameterized import discard_events

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator, Sequence

    import pandas as pd

FEW = 100
"""Rows of a glyph per segment; points of customers are more."""


class LivePlot:
    """A HoloViews element drawn once, then fed new numbers in place.

    Drawing a plot anew costs 0.3 to 1 s in the browser and some 100 ms here; patching the columns of a drawn one
    costs a few. So what can be said in numbers, names and colours is sent to the figures that stand on the page.
    Whether a change is one of these only, the caller says by a key of all else (units, scale, theme).

    Parameters
    ----------
    height : int
        Pixels kept free for the plot before it is drawn, so that the page does not jump.
    on_draw : callable, optional
        Called with each HoloViews plot when it is drawn, to attach events to its data sources.
    """

    def __init__(self, height: int = 200, *, on_draw: Callable[[Any], None] | None = None) -> None:
        self.on_draw = on_draw
        self.pane = pn.pane.HoloViews(sizing_mode="stretch_width", linked_axes=False, height=height)
        self.mark = str(self.pane.name)
        """CSS class of the drawn figure, by which scripts of the page find it."""
        self._key: Hashable = object()
        self._draw: Callable[[], hv.Element] | None = None

    def show(
        self,
        draw: Callable[[], hv.Element],
        parts: Sequence[pd.DataFrame] | None,
        key: Hashable,
        *,
        lay_out: Callable[[Any], None] | None = None,
    ) -> bool:
        """Draw, or when ``key`` is the same as last time, only send the columns of ``parts``.

        Parameters
        ----------
        draw : callable
            Makes the element, with the present numbers.
        parts : sequence of pandas.DataFrame or None
            For each glyph of the element, in drawing order, its columns; None when the caller sends them itself.
        key : hashable
            Of everything in the element that is neither in ``parts`` nor laid out.
        lay_out : callable, optional
            Called with each drawn figure: sets what depends on the numbers and is no column, such as the names
            beside an axis. An attribute that is what it was is not sent.

        Returns
        -------
        bool
            True when it was drawn anew.
        """
        self._draw = draw
        if key == self._key and self.plots:
            for plot in self.plots:
                if lay_out is not None:
                    lay_out(plot.state)
                for leaf, part in zip(_leaves(plot), parts, strict=True) if parts is not None else ():
                    feed(leaf.handles["source"], part)
            self.push()
            return False
        self._key = key
        self.pane.object = self._element()
        return True

    def push(self) -> None:
        """In a notebook, send what changed in the drawn plots; on a served page Bokeh does so itself."""
        pn.io.push_notebook(self.pane)

    def renew(self) -> None:
        """Bring the element that a further place on the page will be drawn from up to date."""
        if self._draw is not None and self.plots:
            with discard_events(self.pane):
                self.pane.object = self._element()

    def _element(self) -> hv.Element:
        element = self._draw()  # type: ignore[misc]  # show() was called before
        hooks = hv.Store.lookup_options("bokeh", element, "plot").kwargs.get("hooks", [])
        # HoloViews keeps an element's options as long as the element lives: a hook that held this plot, and so the
        # element, would keep both, and the whole page, for ever.
        mine, mark = ref(self), self.mark

        def drawn(plot: Any, _element: hv.Element) -> None:
            plot.state.css_classes = [mark]
            if (live := mine()) is not None and live.on_draw is not None:
                live.on_draw(plot)

        return element.opts(hooks=[*hooks, drawn])

    @property
    def plots(self) -> list[Any]:
        """The HoloViews plots that stand on a page now, one per place the view is shown."""
        return [plot for plot, _ in self.pane._plots.values() if plot is not None]


def feed(source: Any, part: pd.DataFrame) -> None:
    """Replace the columns of a Bokeh data source that ``part`` has, in one message."""
    # An array is a message of its own, a list travels within the one.
    values = (lambda column: column.tolist()) if len(part) <= FEW else (lambda column: column.to_numpy())
    source.data = {**source.data, **{name: values(part[name]) for name in source.data if name in part.columns}}


def _leaves(plot: Any) -> Iterator[Any]:
    subplots = getattr(plot, "subplots", None)
    if not subplots:
        yield plot
        return
    for part in subplots.values():
        yield from _leaves(part)
