"""Segments as areas."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from segdash.charts.areas import HIGH, treemap, treemap_parts, what_it_shows
from segdash.schema import SEGMENT
from segdash.views.gestures import on_tap
from segdash.views.pictures import PICTURES
from segdash.views.pictures.picture import Picture
from segdash.views.save_buttons import by_segment

if TYPE_CHECKING:
    import pandas as pd
    from panel.viewable import Viewable

AREAS = {"Revenue": "revenue", "Customers": "customers"}


@PICTURES.register("treemap")
class Treemap(Picture):
    """A rectangle per segment, as large as what it brings; a tap selects its customers."""

    title = "Treemap"
    height = HIGH
    of_profile = True

    def make_controls(self) -> list[Viewable]:
        """What the areas are."""
        self.area = self.choice("Area", AREAS)
        return [self.area]

    def lacks(self) -> str:
        """Says when no segment has an area."""
        if (self.state.profile[self.area.value] > 0).any():
            return ""
        return "No segment brings revenue above zero, so none has an area. Choose customers as area."

    def draw(self) -> str:
        """Rectangles of the segments shown."""
        state = self.state
        about = {"area": self.area.value, "currency": state.currency}
        parts = treemap_parts(state.profile, state.colours, **about)
        key = (*about.values(), tuple(state.colours.items()))
        self.plot.show(partial(treemap, state.profile, state.colours, **about), parts, key)
        return f"{what_it_shows(self.area.value)} A tap selects a segment's customers."

    def listen(self, plot: Any) -> None:
        """A tap on a segment selects."""
        on_tap(plot, self.choose)

    def choose(self, places: list[int], mode: str | None = None) -> None:
        """Select the customers of these segments, counted from the best."""
        names = list(self.state.colours)
        chosen = [names[i] for i in places]
        self.select(self.ids(self.state.filtered[SEGMENT].isin(chosen).to_numpy()), mode)

    def table(self) -> tuple[pd.DataFrame, dict[str, str]]:
        """A row per segment."""
        return by_segment(self.state)
