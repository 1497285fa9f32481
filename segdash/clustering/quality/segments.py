"""A badge per segment: does it repeat, and is there a gap between it and its neighbour."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from segdash.clustering.quality.borders import UNASSIGNED, around_centroids, near_border
from segdash.clustering.quality.refits import REFITS, Fit, k_means_fit, repeats
from segdash.clustering.quality.verdict import FEW_NEAR
from segdash.errors import ClusteringError, count

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

SAMPLE = 10_000
REPEATS = 0.75
DISSOLVES = 0.6

BADGES = {
    "solid": "It comes back when customers are drawn anew, and few of its customers are near a border.",
    "adjoining": "It comes back when customers are drawn anew, but no gap parts it from its neighbour: "
    "customers near the border could be in either.",
    "soft": "It comes back only in part when customers are drawn anew.",
    "fragile": "It does not come back when customers are drawn anew: do not build on it.",
    "unknown": "Whether it comes back could not be tested.",
}
"""What each badge means."""


def segment_quality(
    points: np.ndarray,
    labels: Sequence[str] | np.ndarray,
    *,
    fit: Fit | None = None,
    seed: int = 42,
    sample: int = SAMPLE,
    refits: int = REFITS,
    cancelled: Callable[[], bool] | None = None,
) -> pd.DataFrame:
    """One row per segment: how large, how well it repeats, how far its neighbour is, and a badge.

    Parameters
    ----------
    points : numpy.ndarray of shape (n, n_features)
        Customers in the space distances are measured in.
    labels : sequence of str, length n
        Segment of each; customers labelled "Unassigned" are left out.
    fit : callable, optional
        ``fit(points, k, seed) -> (labels, predict)``: how the segments were made. Default k-means with three
        starts. For segments made by other means, such as rules, stability then says whether the customers would
        also fall apart in this way by themselves.
    seed, refits : int
        Of the bootstrap.
    sample : int
        Customers that are refitted at most; sizes and separation are those of all.
    cancelled : callable, optional
        Asked between refits.

    Returns
    -------
    pandas.DataFrame
        Largest segment first: ``segment``, ``customers``, ``share`` (0..1), ``stability`` (mean bootstrap Jaccard
        similarity, 0..1), ``separation`` (mean margin of its customers, 0..1), ``near_border`` (share of its
        customers near the plane half way to another centroid, see `segdash.clustering.quality.borders.near_border`),
        ``neighbour`` (the segment whose centroid is most often second nearest; missing where
        there is only one segment) and ``badge``, see `BADGES`.

    Raises
    ------
    ClusteringError
        When there isn't one label per customer, or nobody has a segment.
    CancelledError
        When ``cancelled()`` says so.

    Notes
    -----
    The margin of a customer is 1 - distance to the own centroid / distance to the nearest other centroid, 0 where
    the other is nearer: the simplified silhouette. Stability 0.75 or more is "solid" where less than 5 % of the
    segment's customers are near a border, else "adjoining"; 0.6 to 0.75 is "soft", less is "fragile" (Hennig's
    limits). The mean margin can't tell a gap from a cut: halves of evenly spread customers have one of 0.71. The
    share near the border can: 10 % in such halves, 12.7 % in halves of a normal distribution, 5.5 % in each of two
    normal groups four standard deviations apart, 2.3 % at five.

    References
    ----------
    Hennig, C. (2007). Cluster-wise assessment of cluster stability. Computational Statistics and Data Analysis
    52, 258-271.
    Hruschka, E. R., de Castro, L. N. and Campello, R. J. G. B. (2004). Evolutionary algorithms for clustering
    gene-expression data. Proceedings of ICDM 2004, 403-406 (simplified silhouette).

    Examples
    --------
    >>> random = np.random.default_rng(0)
    >>> points = np.repeat([0.0, 9.0], [60, 40])[:, None] + random.normal(size=(100, 1))
    >>> segment_quality(points, np.repeat(["Low", "High"], [60, 40]))[["segment", "customers", "neighbour", "badge"]]
      segment  customers neighbour  badge
    0     Low         60      High  solid
    1    High         40       Low  solid
    """
    points, given = np.asarray(points, dtype="float64"), np.asarray(labels).astype(str)
    if len(points) != len(given):
        raise ClusteringError(
            f"{count(len(given), 'label')} for {count(len(points), 'customer')}. Give one label per customer."
        )
    assigned = given != UNASSIGNED
    points, given = points[assigned], given[assigned]
    if not len(points):
        raise ClusteringError("No customer has a segment, so there is none to judge. Make segments first.")
    names, codes = np.unique(given, return_inverse=True)
    sizes = np.bincount(codes)
    chosen = _sample(codes, sample, seed)
    how = fit or partial(k_means_fit, starts=3)
    table = pd.DataFrame({"segment": names, "customers": sizes, "share": sizes / len(points)})
    table["stability"] = _stability(points[chosen], codes[chosen], how, seed, refits, cancelled)
    table = table.join(_separation(points, codes, names))
    table["badge"] = [badge(*row) for row in zip(table["stability"], table["near_border"], strict=True)]
    return table.sort_values(["customers", "segment"], ascending=[False, True], ignore_index=True)


def badge(stability: float, near: float) -> str:
    """The word for a segment, see `BADGES`.

    Examples
    --------
    >>> badge(0.95, 0.01), badge(0.95, 0.2), badge(0.7, 0.0), badge(0.5, 0.0), badge(float("nan"), 0.0)
    ('solid', 'adjoining', 'soft', 'fragile', 'unknown')
    """
    if np.isnan(stability):
        return "unknown"
    if stability < DISSOLVES:
        return "fragile"
    if stability < REPEATS:
        return "soft"
    return "solid" if near < FEW_NEAR else "adjoining"


def _sample(codes: np.ndarray, sample: int, seed: int) -> np.ndarray:
    """Rows to refit: at most ``sample``, among them at least one of each segment."""
    if len(codes) <= sample:
        return np.arange(len(codes))
    firsts = np.unique(codes, return_index=True)[1]
    drawn = np.random.default_rng(seed).choice(len(codes), sample, replace=False)
    return np.union1d(firsts, drawn)


def _stability(
    points: np.ndarray,
    codes: np.ndarray,
    fit: Fit,
    seed: int,
    refits: int,
    cancelled: Callable[[], bool] | None,
) -> np.ndarray:
    k = int(codes.max()) + 1
    if k < 2:
        return np.full(k, np.nan)
    return repeats(points, codes, fit, seed=seed, refits=refits, cancelled=cancelled).jaccard


def _separation(points: np.ndarray, codes: np.ndarray, names: np.ndarray) -> pd.DataFrame:
    """Mean margin, share of small ones, and the nearest neighbour, per segment."""
    k = len(names)
    if k < 2:
        nothing = pd.array([None] * k, dtype="str")
        return pd.DataFrame({"separation": np.full(k, np.nan), "near_border": np.nan, "neighbour": nothing})
    margin, nearest = around_centroids(points, codes)
    sizes = np.bincount(codes)
    often = np.bincount(codes * k + nearest, minlength=k * k).reshape(k, k)
    return pd.DataFrame(
        {
            "separation": np.bincount(codes, margin) / sizes,
            "near_border": near_border(points, codes),
            "neighbour": pd.array(names[often.argmax(axis=1)].tolist(), dtype="str"),
        }
    )
