"""The shaded picture of all customers where most stay in the engine: counted there, beside the page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from segdash.charts.shades import shade_counts
from segdash.errors import CancelledError, SegdashError
from segdash.work import Work

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np

    from segdash.population.pictures import View
    from segdash.state import Segmentation
    from segdash.work import Task


class EveryoneShaded:
    """Pictures of all who pass the filters. Of several that are asked for quickly only the last is shown.

    Parameters
    ----------
    state : Segmentation
        Whose customers they are.
    """

    def __init__(self, state: Segmentation) -> None:
        self.state = state
        self._work = Work()  # its own: looking around never stops what a person waits for

    def ask(self, view: View, show: Callable[[np.ndarray], Any]) -> None:
        """Call ``show`` with the pixels as soon as they are counted; not where the engine is not asked.

        Parameters
        ----------
        view : View
            What the picture shows.
        show : callable
            Called with what `shade_counts` gives, by the page's own thread.
        """
        state = self.state
        self._work.cancel()
        if not state.asks_engine:
            return
        self._work.later = state.work.later
        everyone, filters, colours = state.everyone, state.filters, state.colours

        def count(_task: Task) -> np.ndarray | None:
            try:
                return shade_counts(everyone.pixels(view, filters), colours)
            except CancelledError:
                raise
            except SegdashError:
                return None  # the picture of the sample stays; figures beside it say what is wrong

        def take(pixels: np.ndarray | None) -> None:
            if pixels is not None and state.asks_engine:
                show(pixels)

        self._work.start("Shading all customers", count, take)
