"""Where each score begins and ends: frozen once found, so that other customers are scored the same way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from segdash.errors import ScoringError, quote
from segdash.numbers import number
from segdash.schema import FREQUENCY, METRICS, MONETARY, RECENCY, RFM
from segdash.scoring.values import SUM, as_scored, check_spend, title_of, values_of

FEWEST_BINS, MOST_BINS = 3, 10

AXES = {"r": "Recency score", "f": "Frequency score", "m": "Monetary score", "fm": "Frequency and monetary score"}
"""Columns of scores and what people call them; ``fm`` is the mean of ``f`` and ``m``, rounded half up."""

AXIS_OF = {RECENCY: "r", FREQUENCY: "f", MONETARY: "m"}

Parent = tuple[int, ...]
"""Scores that a bin lies within, in the order recency, frequency; ``()`` is everybody."""

Edges = Mapping[str, Mapping[Parent, tuple[float, ...]]]


@dataclass(frozen=True)
class Thresholds:
    """Edges between the bins of each metric.

    Parameters
    ----------
    scoring : str
        Name of the way they were found in `SCORINGS`.
    bins : int
        Number of scores, 3 to 10.
    edges : mapping
        ``edges[metric][parent]``: the ``bins - 1`` edges, ascending, in the metric's own unit. The parent ``()``
        is there for each metric; nested scoring has further ones, scores of recency (and frequency), and a
        customer whose parent is not there is scored by the edges of ``()``.
    edge_counts : str
        "below": a value that equals an edge belongs to the bin below it (lower < value <= upper); "above":
        to the bin above (lower <= value < upper).
    spend : str
        What the edges of monetary are of: "sum" of all orders or "mean" per order, see `segdash.scoring.values`.

    Raises
    ------
    ScoringError
        When number, order or place of the edges is not that.
    """

    scoring: str
    bins: int
    edges: Edges
    edge_counts: str = "below"
    spend: str = SUM

    def __post_init__(self) -> None:
        check_bins(self.bins)
        check_spend(self.spend)
        if self.edge_counts not in ("below", "above"):
            raise ScoringError(f"A value on an edge counts 'below' or 'above' it, not {quote(self.edge_counts)}.")
        if set(self.edges) != set(RFM) or any(() not in of_metric for of_metric in self.edges.values()):
            raise ScoringError(f"Thresholds need edges for each of {', '.join(RFM)}.")
        for metric, of_metric in self.edges.items():
            for parent, edges in of_metric.items():
                self._check(metric, parent, edges)

    def _check(self, metric: str, parent: Parent, edges: Sequence[float]) -> None:
        if len(parent) > RFM.index(metric) or not all(1 <= score <= self.bins for score in parent):
            raise ScoringError(f"{METRICS[metric].title} has edges within scores {list(parent)}, which there are not.")
        ascending = all(low <= high for low, high in pairwise(edges))
        if len(edges) != self.bins - 1 or not ascending or not np.isfinite(edges).all():
            raise ScoringError(
                f"{METRICS[metric].title} needs {self.bins - 1} ascending edges for {self.bins} bins, "
                f"not {quote(list(edges))}."
            )

    def score(self, customers: pd.DataFrame) -> pd.DataFrame:
        """Scores of any customers, 1 to ``bins``, more is better.

        Parameters
        ----------
        customers : pandas.DataFrame of shape (n_customers, ...)
            With recency, frequency and monetary.

        Returns
        -------
        pandas.DataFrame of shape (n_customers, 4)
            r, f, m, fm with the customers' index.
        """
        found: dict[str, np.ndarray] = {}
        seen = as_scored(customers, self.spend)
        for metric in RFM:
            values = values_of(seen, metric)
            scores = self._scores(metric, values, self.edges[metric][()])
            for parent, edges in self.edges[metric].items():
                if parent:
                    within = inside(found, parent)
                    scores[within] = self._scores(metric, values[within], edges)
            found[AXIS_OF[metric]] = scores
        found["fm"] = (found["f"] + found["m"] + 1) // 2
        return pd.DataFrame(found, index=customers.index)

    def _scores(self, metric: str, values: np.ndarray, edges: Sequence[float]) -> np.ndarray:
        below = np.searchsorted(edges, values, side="left" if self.edge_counts == "below" else "right")
        return below + 1 if METRICS[metric].higher_is_better else self.bins - below

    def title(self, metric: str) -> str:
        """What people call the metric as it is scored: that of monetary says when it is a mean per order."""
        return title_of(metric, self.spend)

    def ranges(self) -> pd.DataFrame:
        """Which values get which score, for people: one row per bin.

        Returns
        -------
        pandas.DataFrame
            metric, within ("" or the scores it lies within, "R 5, F 3"), score, low, high (missing where the bin
            is open), said ("over 115 up to 181").

        Examples
        --------
        >>> edges = {"recency": {(): (30.0, 90.0)}, "frequency": {(): (1.0, 1.0)}, "monetary": {(): (50.0, 99.5)}}
        >>> Thresholds("fixed", 3, edges).ranges()[["metric", "score", "said"]].iloc[:6]
              metric  score              said
        0    recency      3          up to 30
        1    recency      2  over 30 up to 90
        2    recency      1           over 90
        3  frequency      1           up to 1
        4  frequency      2            nobody
        5  frequency      3            over 1
        """
        rows = []
        for metric in RFM:
            for parent, edges in self.edges[metric].items():
                within = ", ".join(f"{letter} {score}" for letter, score in zip("RF", parent, strict=False))
                for i, (low, high) in enumerate(pairwise((-np.inf, *edges, np.inf))):
                    score = i + 1 if METRICS[metric].higher_is_better else self.bins - i
                    rows.append((metric, within, score, low, high, self._said(low, high)))
        table = pd.DataFrame(rows, columns=["metric", "within", "score", "low", "high", "said"])
        return table.replace({"low": {-np.inf: np.nan}, "high": {np.inf: np.nan}})

    def _said(self, low: float, high: float) -> str:
        if low == high:
            return "nobody"
        below = self.edge_counts == "below"
        if np.isinf(low):
            return f"{'up to' if below else 'under'} {written(high)}"
        if np.isinf(high):
            return f"over {written(low)}" if below else f"{written(low)} and more"
        return f"over {written(low)} up to {written(high)}" if below else f"{written(low)} to under {written(high)}"

    def to_dict(self) -> dict[str, Any]:
        """Plain types, as JSON and YAML take them."""
        edges = {
            metric: [{"within": list(parent), "edges": list(edges)} for parent, edges in of_metric.items()]
            for metric, of_metric in self.edges.items()
        }
        counts = {"edge_counts": self.edge_counts, "spend": self.spend}
        return {"scoring": self.scoring, "bins": self.bins, **counts, "edges": edges}

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> Thresholds:
        """The thresholds that `to_dict` wrote.

        Raises
        ------
        ScoringError
            When the content is something else.
        """
        try:
            edges = {
                str(metric): {
                    tuple(int(score) for score in part["within"]): tuple(float(edge) for edge in part["edges"])
                    for part in parts
                }
                for metric, parts in content["edges"].items()
            }
            scoring, bins, edge_counts = str(content["scoring"]), content["bins"], content["edge_counts"]
            spend = content.get("spend", SUM)  # files of before there was a choice have none
        except (KeyError, TypeError, ValueError, OverflowError, AttributeError) as wrong:
            said = f"{type(wrong).__name__}: {quote(wrong, 200)}"
            raise ScoringError(f"These are no thresholds that segdash wrote ({said}).") from None
        return cls(scoring, bins, edges, edge_counts, spend)


def written(value: float) -> str:
    """A value of any metric as a sentence has it.

    Examples
    --------
    >>> written(1493.0), written(297.40000000000003), written(0.0625)
    ('1,493', '297.40', '0.0625')
    """
    if float(value).is_integer():
        return number(value)
    return number(value, 2) if abs(value) >= 1 else f"{value:.3g}"


def check_bins(bins: object) -> None:
    """Raise unless ``bins`` is a whole number from 3 to 10."""
    if isinstance(bins, bool) or not isinstance(bins, (int, np.integer)) or not FEWEST_BINS <= bins <= MOST_BINS:
        raise ScoringError(
            f"Scores have {FEWEST_BINS} to {MOST_BINS} bins, not {quote(bins)}. Choose a number of these."
        )


def inside(scores: Mapping[str, np.ndarray], parent: Parent) -> np.ndarray:
    """True for each customer with these scores of recency (and frequency)."""
    masks = [scores[axis] == score for axis, score in zip("rf", parent, strict=False)]
    return np.logical_and.reduce(masks)
