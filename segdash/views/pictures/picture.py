"""What all pictures share: a state, a chart, a sentence, numbers, and whom a tap or a drag selects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import panel_material_ui as pmui

from segdash.schema import CUSTOMER_ID
from segdash.views.live import LivePlot

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy as np
    import pandas as pd
    from panel.viewable import Viewable

    from segdash.state import Segmentation


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
    """True where it shows ``profile``, which the engine may tell of more customers than are in memory."""

    needs_key = False
    """True where only a key says which colour is which segment."""

    def __init__(
        self, state: Segmentation, select: Callable[[list[str], str | None], object], again: Callable[[], None]
    ) -> None:
        self.state, self.select, self.again = state, select, again
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

    def ids(self, mask: np.ndarray) -> list[str]:
        """Ids of the customers that pass the filters, where ``mask`` is true of them."""
        return self.state.filtered.loc[mask, CUSTOMER_ID].tolist()
