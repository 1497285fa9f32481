"""How one metric is spread."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from segdash.charts.figure import is_skewed
from segdash.charts.histograms import distributions, what_it_shows
from segdash.errors import count
from segdash.histogram import bin_edges, edges_between, histogram, uncounted
from segdash.schema import MONETARY, SEGMENT, metric
from segdash.views.gestures import on_range
from segdash.views.pictures import PICTURES
from segdash.views.pictures.picture import UNDER_WAY, Picture

if TYPE_CHECKING:
    import pandas as pd
    from panel.viewable import Viewable

    from segdash.population.everyone import Everyone, Filters
    from segdash.state import Segmentation

NO_VALUE = "No customer shown has a value of {}. Choose another metric."
FORMS = {"on top of each other": False, "each on its own line": True}


@PICTURES.register("distributions")
class Distributions(Picture):
    """A histogram of one metric by segment; dragging over a range selects the customers in it."""

    title = "Distributions"
    height = 300
    needs_key = True
    of_profile = True

    def make_controls(self) -> list[Viewable]:
        """Metric, and how segments are drawn."""
        self.metric = self.choice("Metric", self._metrics(), first=MONETARY)
        self.apart = self.choice("Segments", FORMS, width=210)
        return [self.metric, self.apart]

    def _metrics(self) -> dict[str, str]:
        return dict(self.state.param.x.get_range())

    def lacks(self) -> str:
        """Says when nobody has a value."""
        metrics = self._metrics()
        if self.metric.options != metrics:
            value = self.metric.value if self.metric.value in metrics.values() else MONETARY
            self.metric.param.update(options=metrics, value=value)
        name = self.metric.value
        if self.state.asks_engine:
            self._found = self.told(name, ask=partial(of_everyone, name))
            if self._found is None or isinstance(self._found, str):
                return self._found or UNDER_WAY
            return "" if self._found[1]["customers"].any() else NO_VALUE.format(metric(name).title)
        if np.isfinite(self.state.shown[name].to_numpy(dtype="float64")).any():
            return ""
        return NO_VALUE.format(metric(name).title)

    def draw(self) -> str:
        """Bins of all customers, filled with those shown."""
        state, name = self.state, self.metric.value
        self.counts: pd.DataFrame
        log, self.counts, left_out = self._found if state.asks_engine else _of_memory(state, name)
        about = {"metric": name, "log": log, "apart": self.apart.value, "currency": state.currency}
        self.plot.show(partial(distributions, self.counts, state.colours, **about), None, object())
        said = what_it_shows(metric(name).title.lower(), apart=self.apart.value)
        return f"{said} {count(left_out, 'customer')} without a value can't be shown." if left_out else said

    def listen(self, plot: Any) -> None:
        """A drag over a range selects."""
        on_range(plot, self.choose)

    def choose(self, low: float, high: float, mode: str | None = None) -> None:
        """Select the customers with low <= metric <= high."""
        values = self.state.filtered[self.metric.value].to_numpy(dtype="float64")
        self.select(self.ids((values >= low) & (values <= high)), mode)

    def table(self) -> tuple[pd.DataFrame, dict[str, str]]:
        """A row per segment and bin."""
        label = self.state.label(self.metric.value)
        headings = {SEGMENT: "Segment", "left": f"{label}, from", "right": f"{label}, to", "customers": "Customers"}
        return self.counts, headings


def _of_memory(state: Segmentation, name: str) -> tuple[bool, pd.DataFrame, int]:
    """Whether the axis is logarithmic, the histogram of those shown, and how many of them are in no bin."""
    everyone = state.customers[name].to_numpy(dtype="float64")
    everyone = everyone[np.isfinite(everyone)]
    log = is_skewed(everyone)
    # The bins stay those of all customers, so that a selection is seen against them.
    counts = histogram(state.shown, name, edges=bin_edges(everyone, log=log), log=log)
    return log, counts, uncounted(state.shown, name, log=log)


def of_everyone(name: str, everyone: Everyone, filters: Filters) -> tuple[bool, pd.DataFrame, int]:
    """The same of all customers, from the engine."""
    extent = everyone.extent(name)
    log = extent.is_skewed
    if extent.low != extent.low:  # nobody has a value
        edges = bin_edges(np.array([]))
    else:
        edges = edges_between(extent.low, extent.high, whole=extent.is_whole, log=log)
    return log, *everyone.histogram(name, filters, edges=edges)
