"""Cut points that a person gives: scores that mean the same whoever the customers are."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from segdash.errors import ScoringError, did_you_mean, quote
from segdash.schema import METRICS, RFM
from segdash.scoring import DEFAULT_BINS, SCORINGS, Scoring
from segdash.scoring.thresholds import Thresholds, check_bins, written

if TYPE_CHECKING:
    import pandas as pd


def fixed(
    customers: pd.DataFrame, *, bins: int = DEFAULT_BINS, cuts: Mapping[str, Sequence[float]] | None = None
) -> Thresholds:
    """Edges at the given cut points; a value that equals one belongs to the bin below it.

    Parameters
    ----------
    customers : pandas.DataFrame
        Not looked at: the cut points alone decide.
    bins : int
        Number of scores, 3 to 10.
    cuts : mapping of str to sequence of float
        ``bins - 1`` ascending values for each of recency, frequency and monetary, in the metric's own unit.
        ``{"recency": [30, 90, 180, 365], ...}``: up to 30 days is the best score, 5.

    Raises
    ------
    ScoringError
        When a metric has no cut points, too many or too few, or they don't ascend.

    Examples
    --------
    >>> import pandas as pd
    >>> cuts = {"recency": [30, 90], "frequency": [1, 3], "monetary": [100, 500]}
    >>> table = pd.DataFrame({"recency": [30, 31], "frequency": [1, 4], "monetary": [500.0, 500.01]})
    >>> fixed(table, bins=3, cuts=cuts).score(table)[["r", "f", "m"]].to_numpy().tolist()
    [[3, 1, 2], [2, 3, 3]]
    """
    check_bins(bins)
    if not isinstance(cuts, Mapping) or not cuts:
        example = "cuts={'recency': [30, 90, 180, 365], 'frequency': [...], 'monetary': [...]}"
        raise ScoringError(f"Fixed cut points must be given for each metric: {example}.")
    for name in cuts:
        if name not in RFM:
            raise ScoringError(f"Cut points are given for {quote(name)}, which is not scored.{did_you_mean(name, RFM)}")
    return Thresholds("fixed", int(bins), {name: {(): _checked(name, cuts.get(name), bins)} for name in RFM})


def _checked(name: str, given: Any, bins: int) -> tuple[float, ...]:
    title, wanted = METRICS[name].title, f"{bins - 1} cut points for {bins} bins"
    if given is None or isinstance(given, str) or not hasattr(given, "__iter__"):
        raise ScoringError(f"{title} has no cut points. Give {wanted}.")
    values = list(given)
    for value in values:
        if isinstance(value, (bool, str)) or not hasattr(value, "__float__") or not math.isfinite(value):
            raise ScoringError(f"{title} has the cut point {quote(value)}, which is no number. Give {wanted}.")
    for low, high in pairwise(values):
        if not low < high:
            raise ScoringError(
                f"{title} has the cut point {written(high)} after {written(low)}. Give them ascending, each once."
            )
    if len(values) != bins - 1:
        raise ScoringError(f"{title} has {len(values)} cut points; {bins} bins need {bins - 1}. Add or leave out some.")
    return tuple(float(value) for value in values)


SCORINGS.register("fixed")(Scoring("Fixed cut points", fixed, settings=("cuts",)))
