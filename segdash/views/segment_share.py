"""Who they are against what they bring."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from segdash.charts.share import segment_share, share_parts
from segdash.errors import count
from segdash.numbers import percent
from segdash.views import VIEWS
from segdash.views.gestures import on_tap
from segdash.views.live import LivePlot
from segdash.views.save_buttons import SaveMenu, by_segment
from segdash.views.view import View, colour_key, html

if TYPE_CHECKING:
    from panel.viewable import Viewable


@VIEWS.register("SegmentShare")
class SegmentShare(View):
    """Share of customers and share of revenue of each segment; a click selects the segment's customers."""

    title = "Who they are, what they bring"
    steady = True

    def body(self) -> list[Viewable]:
        """The key of all charts, and the two bars."""
        self.key = html("")
        self.plot = LivePlot(height=150, on_draw=partial(listen_to_taps, self, reverse=False))
        self.live.append(self.plot)
        self.follow(self._update_key, "segment_table")
        self.follow(self._update, "profile", "segment_table", "currency")
        self.save = SaveMenu(self.plot.mark, self.title, partial(by_segment, self.state))
        return [*self.save.parts, self.key, self.plot.pane]

    def _update_key(self) -> None:
        self.key.object = colour_key(self.state.colours)

    def _update(self) -> None:
        state = self.state
        args = (state.profile, state.colours)
        draw = partial(segment_share, *args, currency=state.currency)
        key = (bool(state.colours), state.currency)
        self.plot.show(draw, share_parts(*args, currency=state.currency), key)
        self.head(takeaway(state.profile, self.whom()))


def takeaway(profile: Any, whom: str) -> str:
    """The segment whose share of revenue is furthest above its share of customers, in words."""
    if not len(profile):
        return "No customers to show."
    best = profile.loc[(profile["revenue_share"] - profile["share"]).fillna(0).idxmax()]
    return (
        f"{whom}: {count(int(best['customers']), 'customer')} in {best['segment']}, {percent(best['share'])}, "
        f"bring {percent(best['revenue_share'])} of revenue."
    )


def listen_to_taps(view: View, drawn: Any, *, reverse: bool) -> None:
    """Select the customers of the segment whose bar is clicked; a second click clears.

    Parameters
    ----------
    view : View
        Whose state is changed.
    drawn : holoviews plot
        An overlay whose bars have one row per segment, once or several times over.
    reverse : bool
        True when the rows run from the worst segment to the best.
    """

    def tapped(rows: list[int], mode: str | None) -> None:
        names = list(view.state.colours)[:: -1 if reverse else 1]
        view.select(view.members(names[rows[0] % len(names)]), mode, toggle=True)

    # The first bars are the widest: a click on a later one hits them as well.
    on_tap(drawn, tapped)
