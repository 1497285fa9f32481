"""Recency against frequency, in scores."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from segdash.charts.cells import score_grid, score_parts, what_it_shows
from segdash.errors import SegdashError
from segdash.rules.cell_table import cell_table
from segdash.schema import MONETARY, metric
from segdash.scoring import score
from segdash.scoring.scores import Scores
from segdash.views.gestures import on_tap
from segdash.views.pictures import PICTURES
from segdash.views.pictures.picture import UNDER_WAY, Picture

if TYPE_CHECKING:
    from panel.viewable import Viewable

    from segdash.population.everyone import Everyone, Filters
    from segdash.scoring.thresholds import Thresholds

FILLS = {"Customers": "customers", "Mean monetary": f"mean_{MONETARY}", "Revenue": "revenue"}
X, Y = "r", "f"


@PICTURES.register("score_grid")
class ScoreGrid(Picture):
    """Customers per pair of recency and frequency scores; a tap selects the customers of a cell."""

    title = "Score grid"
    height = 90 + 46 * 5
    of_profile = True

    def make_controls(self) -> list[Viewable]:
        """What colours the cells."""
        self._scored_for: Any = ()
        self.fill = self.choice("Colour by", FILLS)
        return [self.fill]

    def lacks(self) -> str:
        """The sentence of the scoring, where customers can't be scored."""
        state = self.state
        now = (state.features, state.clustering)
        if not self._scored_for or any(a is not b for a, b in zip(now, self._scored_for, strict=True)):
            # By the rules in force, else by value quantiles; always among all, so that a selection moves nobody.
            thresholds = getattr(state.model, "thresholds", None)
            try:
                self.thresholds = thresholds or score(state.features, "quantiles").thresholds
                self.scores = self.thresholds.score(state.features)
            except SegdashError as refused:
                return str(refused)
            self._scored_for = now
        if state.asks_engine:
            ask = partial(_of_everyone, self.thresholds)
            self._found = self.told(id(self.thresholds), ask=ask)
            if self._found is None or isinstance(self._found, str):
                return self._found or UNDER_WAY
        return ""

    def draw(self) -> str:
        """Cells of the customers shown, coloured by what is chosen."""
        state, bins = self.state, self.thresholds.bins
        if state.asks_engine:
            self.cells = self._found
        else:
            scores = Scores(self.scores.loc[state.shown.index], self.thresholds, pd.DataFrame())
            self.cells = cell_table(state.shown, scores, axes=(X, Y), metrics=(MONETARY,))
        about: dict[str, Any] = {"x": X, "y": Y, "fill": self.fill.value, "levels": (bins, bins)}
        about |= {"currency": state.currency, "dark": state.dark}
        draw = partial(score_grid, self.cells, state.colours, **about)
        self.plot.show(draw, score_parts(self.cells, state.colours, **about), tuple(about.values()))
        return f"{what_it_shows(self.fill.value)[:-1]}. A tap on a cell selects its customers."

    def listen(self, plot: Any) -> None:
        """A tap on a cell, or a box over several, selects."""
        on_tap(plot, self.choose)

    def choose(self, places: list[int], mode: str | None = None) -> None:
        """Select the customers of these cells, counted row by row from the lowest scores."""
        bins = self.thresholds.bins
        own = self.scores.loc[self.state.filtered.index]
        place = (own[Y].to_numpy() - 1) * bins + own[X].to_numpy() - 1
        self.select(self.ids(np.isin(place, places)), mode)

    def table(self) -> tuple[pd.DataFrame, dict[str, str]]:
        """A row per cell."""
        headings = {X: "Recency score", Y: "Frequency score", "customers": "Customers", "share": "Share of customers"}
        headings |= {"revenue": "Revenue", "revenue_share": "Share of revenue"}
        headings |= {f"mean_{MONETARY}": f"Mean {metric(MONETARY).label(self.state.currency)}"}
        return self.cells[list(headings)], headings


def _of_everyone(thresholds: Thresholds, everyone: Everyone, filters: Filters) -> pd.DataFrame:
    return everyone.score_cells(thresholds, (X, Y), filters)
