"""Scores of customers, with the thresholds they follow from and how the bins really turned out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from segdash.numbers import percent
from segdash.schema import RFM
from segdash.scoring.thresholds import AXIS_OF, Edges, Thresholds, inside, written
from segdash.scoring.values import as_scored, values_of

if TYPE_CHECKING:
    from collections.abc import Sequence

MEANINGFUL = 30
"""Fewer customers than this are too few to score among one another."""


@dataclass(frozen=True, eq=False)
class Scores:
    """One row of scores per customer.

    Parameters
    ----------
    table : pandas.DataFrame of shape (n_customers, 4)
        r, f, m: 1 (worst) to ``bins`` (best); fm: the mean of f and m, rounded half up. Index of the customers.
    thresholds : Thresholds
        What scores other customers the same way.
    sizes : pandas.DataFrame of shape (3 * bins, 6)
        metric, score, customers, share (0..1), lowest and highest value of the metric there; a score that nobody
        has keeps its row.
    warnings : tuple of str
        A sentence each, where the scores say less than they seem to.
    """

    table: pd.DataFrame
    thresholds: Thresholds
    sizes: pd.DataFrame
    warnings: tuple[str, ...] = ()

    @property
    def bins(self) -> int:
        """Highest score."""
        return self.thresholds.bins

    @property
    def edges(self) -> Edges:
        """``edges[metric][parent]``, see `Thresholds`."""
        return self.thresholds.edges


def scored(customers: pd.DataFrame, thresholds: Thresholds) -> Scores:
    """Scores of these customers by thresholds found before.

    Parameters
    ----------
    customers : pandas.DataFrame of shape (n_customers, ...)
        With recency, frequency and monetary; those the thresholds were found on, or others.
    thresholds : Thresholds

    Returns
    -------
    Scores
    """
    table = thresholds.score(customers)
    seen = as_scored(customers, thresholds.spend)
    sizes = pd.concat([_sizes(seen, table, metric, thresholds.bins) for metric in RFM], ignore_index=True)
    found = Scores(table, thresholds, sizes)
    warnings = [said for metric in RFM for said in _empty_bins(seen, found, metric)] if len(customers) else []
    return replace(found, warnings=(*warnings, *_within_parents(table, thresholds)))


def _sizes(customers: pd.DataFrame, scores: pd.DataFrame, metric: str, bins: int) -> pd.DataFrame:
    by_score = pd.Series(values_of(customers, metric)).groupby(scores[AXIS_OF[metric]].to_numpy())
    table = by_score.agg(["size", "min", "max"]).reindex(range(1, bins + 1))
    sizes = table["size"].fillna(0).astype("int64").to_numpy()
    return pd.DataFrame(
        {
            "metric": metric,
            "score": np.arange(1, bins + 1),
            "customers": sizes,
            "share": sizes / len(customers) if len(customers) else np.nan,
            "lowest": table["min"].to_numpy(dtype="float64"),
            "highest": table["max"].to_numpy(dtype="float64"),
        }
    )


def _empty_bins(customers: pd.DataFrame, scores: Scores, metric: str) -> list[str]:
    """A sentence where a metric has fewer bins with customers than were asked for."""
    sizes = scores.sizes[scores.sizes["metric"] == metric]
    empty = sizes.loc[sizes["customers"] == 0, "score"].tolist()
    if not empty:
        return []
    bins, title = scores.bins, scores.thresholds.title(metric)
    said = f"{title} comes out in {bins - len(empty)} of {bins} bins: nobody scores {_listed(empty)}."
    ranges = scores.thresholds.ranges()
    own = ranges[(ranges["metric"] == metric) & (ranges["within"] == "") & ranges["score"].isin(empty)]
    values = values_of(customers, metric)
    shared = {edge: float((values == edge).mean()) for edge in {*own["low"].dropna(), *own["high"].dropna()}}
    most = max(shared, key=lambda edge: (shared[edge], edge))
    # What takes more than its part of the customers has emptied the bins beside it.
    if shared[most] > 1 / bins:
        said += f" {percent(shared[most])} of customers share one value ({written(most)})."
    return [said]


def _within_parents(scores: pd.DataFrame, thresholds: Thresholds) -> list[str]:
    """Sentences on metrics that are scored within bins of others: of few customers, or of few different values."""
    sentences = []
    by_axis = {axis: scores[axis].to_numpy() for axis in AXIS_OF.values()}
    for metric, words in zip(RFM[1:], ("recency bins", "recency-frequency bins"), strict=True):
        masks = [inside(by_axis, parent) for parent in thresholds.edges[metric] if parent]
        parts = [by_axis[AXIS_OF[metric]][mask] for mask in masks if mask.any()]
        small = sum(len(part) < MEANINGFUL for part in parts)
        poor = sum(len(part) >= MEANINGFUL and len(np.unique(part)) < thresholds.bins for part in parts)
        title = thresholds.title(metric)
        if poor:
            sentences.append(
                f"{title} comes out in fewer than {thresholds.bins} bins in {poor} of {len(parts)} {words}."
            )
        if small:
            sentences.append(
                f"{title} is scored among fewer than {MEANINGFUL} customers in {small} of {len(parts)} {words}: "
                "scores there say little."
            )
    return sentences


def _listed(numbers: Sequence[int]) -> str:
    texts = [str(number) for number in numbers]
    return f"{', '.join(texts[:-1])} or {texts[-1]}" if texts[1:] else texts[0]
