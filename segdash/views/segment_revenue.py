"""What each segment brings."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from segdash.charts.revenue import lay_out_revenue, revenue_by_segment, revenue_parts
from segdash.views import VIEWS
from segdash.views.live import LivePlot
from segdash.views.save_buttons import SaveMenu, by_segment
from segdash.views.segment_share import listen_to_taps
from segdash.views.view import View

if TYPE_CHECKING:
    from panel.viewable import Viewable


@VIEWS.register("SegmentRevenue")
class SegmentRevenue(View):
    """Revenue by segment, the shown part before the whole; a click selects the segment's customers."""

    title = "Revenue by segment"
    steady = True

    def body(self) -> list[Viewable]:
        """Bars with their amounts."""
        self.plot = LivePlot(height=176, on_draw=partial(listen_to_taps, self, reverse=True))
        self.live.append(self.plot)
        self.follow(self._update_whole, "customers")
        self.follow(self._update, "profile", "customers", "currency", "dark")
        self.save = SaveMenu(self.plot.mark, self.title, partial(by_segment, self.state))
        return [*self.save.parts, self.plot.pane]

    def _update_whole(self) -> None:
        self.whole = self.state.profile_of([], whole=True)

    def _update(self) -> None:
        state = self.state
        if state.population is not None:  # of all, or of the sample while somebody is selected
            self._update_whole()
        options: dict[str, Any] = {"whole": self.whole, "currency": state.currency}
        draw = partial(revenue_by_segment, state.profile, state.colours, **options, dark=state.dark)
        key = (bool(state.colours), state.currency, state.dark)
        parts = revenue_parts(state.profile, state.colours, **options)
        self.plot.show(draw, parts, key, lay_out=partial(lay_out_revenue, rows=parts[0]))
        pale = "; pale: all customers" if state.is_filtered else ""
        self.head(f"Sum of monetary. {self.whom()}{pale}.")
