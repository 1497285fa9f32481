"""What is known of each segment, relative to the whole base: what names, reasons and warnings rest on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.stats import rankdata

from segdash.errors import SegmentsError, count
from segdash.schema import METRICS, RECENCY, RFM, UNASSIGNED

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

TURN = {name: 1.0 if METRICS[name].higher_is_better else -1.0 for name in RFM}
"""Factor that makes more of a metric better."""

QUARTERS = {"best quarter": 0.75, "median": 0.5, "worst quarter": 0.25}


@dataclass(frozen=True, eq=False)
class Base:
    """All customers together.

    Parameters
    ----------
    size : int
        Customers.
    bounds : mapping
        ``bounds[metric]["best quarter" | "median" | "worst quarter"]``: where the best quarter of the
        customers begins, the median, where the worst quarter begins; in the metric's own unit.
    best : mapping
        Best median of any segment, per metric.
    """

    size: int
    bounds: Mapping[str, Mapping[str, float]]
    best: Mapping[str, float]


@dataclass(frozen=True, eq=False)
class Facts:
    """One segment.

    Parameters
    ----------
    cluster : str
        Its label; never looked at to name it.
    first : int
        Row of its first customer, which tells apart segments that are equal in everything else.
    percentiles : numpy.ndarray of shape (3,)
        Mean percentile of its customers among all, 0 (worst) to 1 (best): recency, frequency, monetary.
    medians : mapping
        Median per metric, in its own unit.
    ranks : mapping
        Place of each median among the segments, 1 is best, equal medians share the better place.
    members : mapping
        Values of its customers per metric.
    """

    cluster: str
    first: int
    percentiles: np.ndarray
    medians: Mapping[str, float]
    ranks: Mapping[str, int]
    members: Mapping[str, np.ndarray]

    @property
    def size(self) -> int:
        """Customers."""
        return len(self.members[RECENCY])

    @property
    def score(self) -> float:
        """Mean of the three percentiles, 0..1: what a customer is worth counts twice, when they came once."""
        return float(self.percentiles.mean())


def percentiles(values: np.ndarray, *, higher_is_better: bool = True) -> np.ndarray:
    """Mid-rank percentile of each value among all: the share of values below it, those equal counted half.

    Parameters
    ----------
    values : numpy.ndarray of shape (n,)
    higher_is_better : bool
        False turns the scale round: the smallest value gets the highest percentile.

    Returns
    -------
    numpy.ndarray of shape (n,)
        In (0, 1), mean 0.5; equal values have equal percentiles.

    Examples
    --------
    >>> percentiles(np.array([10.0, 20.0, 20.0, 40.0])).tolist()
    [0.125, 0.5, 0.5, 0.875]
    >>> percentiles(np.array([1.0, 99.0]), higher_is_better=False).tolist()
    [0.75, 0.25]
    """
    return (rankdata(values if higher_is_better else -values) - 0.5) / len(values)


def segment_facts(customers: pd.DataFrame, clusters: pd.Series | np.ndarray) -> tuple[Base, list[Facts]]:
    """The base and its segments, best score first.

    Parameters
    ----------
    customers : pandas.DataFrame of shape (n_customers, ...)
        With recency (days), frequency (orders) and monetary (total spend), at least one row, nothing missing.
    clusters : array-like of shape (n_customers,)
        Label of each customer, taken as text, matched by position.

    Returns
    -------
    base : Base
    segments : list of Facts
        The order depends on the customers of each segment alone, not on labels. `UNASSIGNED` counts in the
        base.

    Raises
    ------
    SegmentsError
        When there isn't one label per customer.
    """
    if len(clusters) != len(customers):
        given, wanted = count(len(clusters), "cluster label"), count(len(customers), "customer")
        raise SegmentsError(f"{given} for {wanted}. Give one label per customer.")
    codes, labels = pd.factorize(np.asarray(clusters))
    names = [str(label) for label in labels]
    values = {name: customers[name].to_numpy(dtype="float64") for name in RFM}
    means = _means(values, codes)
    members = _split(values, codes, len(names))
    medians = [{name: float(np.median(part[name])) for name in RFM} for part in members]
    judged = [median for name, median in zip(names, medians, strict=True) if name != UNASSIGNED] or medians
    _, firsts = np.unique(codes, return_index=True)
    segments = [
        Facts(names[i], int(firsts[i]), means[i], medians[i], _ranks(medians[i], judged), members[i])
        for i in range(len(names))
    ]
    return _base(values, judged), sorted(segments, key=lambda s: (-s.score, -s.percentiles[2], s.first))


def _means(values: Mapping[str, np.ndarray], codes: np.ndarray) -> np.ndarray:
    """Mean percentile per segment and metric, shape (n_segments, 3)."""
    sums = [np.bincount(codes, percentiles(TURN[name] * values[name])) for name in RFM]
    # Twelve digits: equal segments stay equal whatever order their customers were added up in.
    return np.round(np.stack(sums, axis=1) / np.bincount(codes)[:, None], 12)


def _split(values: Mapping[str, np.ndarray], codes: np.ndarray, n: int) -> list[dict[str, np.ndarray]]:
    order = np.argsort(codes, kind="stable")
    edges = np.cumsum(np.bincount(codes, minlength=n))[:-1]
    parts = {name: np.split(values[name][order], edges) for name in RFM}
    return [{name: parts[name][i] for name in RFM} for i in range(n)]


def _ranks(median: Mapping[str, float], judged: Sequence[Mapping[str, float]]) -> dict[str, int]:
    return {name: 1 + sum(TURN[name] * (other[name] - median[name]) > 0 for other in judged) for name in RFM}


def _base(values: Mapping[str, np.ndarray], medians: Sequence[Mapping[str, float]]) -> Base:
    bounds, best = {}, {}
    for name in RFM:
        turned = np.quantile(TURN[name] * values[name], list(QUARTERS.values()))
        bounds[name] = dict(zip(QUARTERS, (TURN[name] * turned).tolist(), strict=True))
        best[name] = TURN[name] * max(TURN[name] * median[name] for median in medians)
    return Base(len(values[RECENCY]), bounds, best)
