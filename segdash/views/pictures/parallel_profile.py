"""What sets segments apart, metric by metric."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from segdash.charts.parallel import parallel_profile, what_it_shows
from segdash.schema import SEGMENT, metric
from segdash.standing import segment_standing
from segdash.views.pictures import PICTURES
from segdash.views.pictures.picture import Picture

if TYPE_CHECKING:
    import pandas as pd
    from panel.viewable import Viewable

STATISTICS = {"means (z-scores)": "mean", "medians": "median"}


@PICTURES.register("parallel_profile")
class ParallelProfile(Picture):
    """A line per segment over the compared metrics, in spreads of all customers."""

    title = "Parallel profile"
    height = 340
    needs_key = True

    def make_controls(self) -> list[Viewable]:
        """What stands for a segment."""
        self.statistic = self.choice("Segments by their", STATISTICS)
        return [self.statistic]

    def lacks(self) -> str:
        """Says when no metric is compared."""
        return "" if self.state.compared else "No metric is compared. Choose some in the drawer, below Compare."

    def draw(self) -> str:
        """Lines of the segments shown, against all customers."""
        state, statistic = self.state, self.statistic.value
        self.standing = segment_standing(
            state.shown, list(dict.fromkeys(state.compared)), statistic=statistic, base=state.customers
        )
        about = {"statistic": statistic, "currency": state.currency, "dark": state.dark}
        self.plot.show(partial(parallel_profile, self.standing, state.colours, **about), None, object())
        return what_it_shows(statistic)

    def table(self) -> tuple[pd.DataFrame, dict[str, str]]:
        """A row per segment and metric."""
        said = self.standing.assign(
            metric=[metric(name).label(self.state.currency) for name in self.standing["metric"]]
        )
        title = self.statistic.value.capitalize()
        headings = {SEGMENT: "Segment", "metric": "Metric", "standing": "Standing", "value": title}
        return said, headings | {"base_value": f"{title} of all customers"}
