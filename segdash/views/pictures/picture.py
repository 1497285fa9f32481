"""What all pictures share: a state, a chart, a sentence, numbers, and whom a tap or a drag selects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import panel_material_ui as pmui

from segdash.errors import CancelledError, SegdashError
from segdash.schema import CUSTOMER_ID
from segdash.views.live import LivePlot
from segdash.work import Work

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy as np
    import pandas as pd
    from panel.viewable import Viewable

    from segdash.population.everyone import Everyone, Filters
    from segdash.state import Segmentation
    from segdash.work import Task

UNDER_WAY = "The engine is being asked about all customers."


class Picture:
    """A picture of the customers that are shown. The view that holds it says when to draw.

    Parameters
    ----------
    state : Segmentation
        What is shown; a picture reads it and never changes it.
    select : callable
        ``select(ids, mode)`` selects these customers in this way, None being the page's choice.
    again : callable
        ``again()`` has the picture drawn anew, when a control of its own was changed.
    """

    title = ""
    """Name in the chooser and of saved files."""

    height = 320
    """Pixels kept free before it is drawn."""

    of_profile = False
    """True where the engine tells of more customers than are in memory: it then shows all who pass."""

    needs_key = False
    """True where only a key says which colour is which segment."""

    def __init__(
        self, state: Segmentation, select: Callable[[list[str], str | None], object], again: Callable[[], None]
    ) -> None:
        self.state, self.select, self.again = state, select, again
        self._asking = Work()
        self._asked: tuple[Any, ...] = ()
        self._answer: Any = None
        self.plot = LivePlot(self.height, on_draw=self.listen)
        self.controls = self.make_controls()

    # ------------------------------------------------------------------ what a picture says of itself

    def make_controls(self) -> list[Viewable]:
        """Widgets above the picture."""
        return []

    def lacks(self) -> str:
        """Why there is nothing to draw for the customers shown, in a sentence; "" when there is something."""
        return ""

    def draw(self) -> str:
        """Draw what is shown, and say in a sentence what one looks at."""
        raise NotImplementedError

    def findings(self) -> list[str]:
        """Further sentences with numbers, each on a line below the picture."""
        return []

    def table(self) -> tuple[pd.DataFrame, dict[str, str]]:
        """The numbers that are drawn, and column name -> heading where they differ."""
        raise NotImplementedError

    def listen(self, plot: Any) -> None:
        """Attach what a tap or a drag does to a HoloViews plot that was just drawn."""

    # ------------------------------------------------------------------ what they are made of

    def choice(self, label: str, options: Mapping[str, Any], *, first: Any = None, width: int = 190) -> Any:
        """A control with a few options, title -> value; at first that of ``first``, by default the first one."""
        first = next(iter(options.values())) if first is None else first
        select = pmui.Select(label=label, options=dict(options), value=first, size="small", width=width, margin=0)
        select.param.watch(lambda _: self.again(), "value")
        return select

    def told(self, *what: Any, ask: Callable[[Everyone, Filters], Any]) -> Any:
        """What the engine answers of all who pass; None while it works, after which the picture is drawn again.

        Parameters
        ----------
        *what : hashable
            What is asked; of the same customers it is asked once.
        ask : callable
            ``ask(everyone, filters)``, in another thread where there is a page. A sentence is an answer, too.
        """
        everyone, filters = self.state.everyone, self.state.filters
        now = (everyone, filters, *what)
        if self._asked == now:
            return self._answer
        at_once = self._asking.later = self.state.work.later

        def work(_task: Task) -> Any:
            try:
                return ask(everyone, filters)
            except CancelledError:
                raise
            except SegdashError as refused:
                return str(refused)

        def take(answer: Any) -> None:
            self._asked, self._answer = now, answer
            if at_once is not None:
                self.again()

        self._asking.start("Asking the engine", work, take)
        return self._answer if self._asked == now else None

    def ids(self, mask: np.ndarray) -> list[str]:
        """Ids of the customers that pass the filters, where ``mask`` is true of them."""
        return self.state.filtered.loc[mask, CUSTOMER_ID].tolist()
