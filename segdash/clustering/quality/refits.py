"""How well segments repeat when the customers are drawn anew: the bootstrap of Hennig (2007)."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

import numpy as np

from segdash.clustering.quality.agreement import adjusted_rand, best_jaccard, crossed
from segdash.errors import CancelledError

Predict = Callable[[np.ndarray], np.ndarray]
Fit = Callable[[np.ndarray, int, int], tuple[np.ndarray, Predict]]
"""``fit(points, k, seed) -> (labels, predict)``; ``predict(points)`` labels other points as the fit would."""

REFITS = 20


class Repeats(NamedTuple):
    """How refits agree with a reference labelling.

    Parameters
    ----------
    agreement : float
        Mean adjusted Rand index of the refits with the reference; NaN when no refit was possible.
    jaccard : numpy.ndarray of shape (k,)
        Per segment of the reference: mean Jaccard similarity with the segment of a refit most like it, 0..1.
    """

    agreement: float
    jaccard: np.ndarray


def k_means_fit(points: np.ndarray, k: int, seed: int, *, starts: int = 10) -> tuple[np.ndarray, Predict]:
    """Labels of k-means and a function that gives other points the label of the nearest centroid.

    Parameters
    ----------
    points : numpy.ndarray of shape (n, n_features)
        Scaled features.
    k, seed : int
    starts : int
        Random starts, of which the best is kept.

    Examples
    --------
    >>> labels, predict = k_means_fit(np.array([[0.0], [1.0], [9.0]]), 2, 0)
    >>> bool(labels[0] == labels[1] == predict(np.array([[2.0]]))[0])
    True
    """
    from sklearn.cluster import KMeans

    # Threads that wait for one another on a busy server turn 0.1 s into 30; a sample needs none.
    with _threads().limit(limits=1):
        model = KMeans(n_clusters=k, n_init=starts, random_state=seed).fit(points)
    centres = np.asarray(model.cluster_centers_)
    return np.asarray(model.labels_), lambda others: _nearest(others, centres)


def repeats(
    points: np.ndarray,
    codes: np.ndarray,
    fit: Fit,
    *,
    seed: int,
    refits: int = REFITS,
    cancelled: Callable[[], bool] | None = None,
) -> Repeats:
    """Refit on bootstrap resamples and compare with ``codes``, customer by customer.

    Parameters
    ----------
    points : numpy.ndarray of shape (n, n_features)
    codes : numpy.ndarray of int, shape (n,)
        The reference, 0 .. k-1, each used.
    fit : Fit
    seed : int
        Of the resamples, and of each refit.
    refits : int
        Number of resamples.
    cancelled : callable, optional
        Asked before each refit.

    Raises
    ------
    CancelledError
        When ``cancelled()`` says so.

    Notes
    -----
    Each resample draws n customers with replacement. Hennig compares on the customers drawn; here every customer
    gets the label that the refit predicts, so each counts once in each comparison. A resample with fewer
    different customers than segments is left out.

    References
    ----------
    Hennig, C. (2007). Cluster-wise assessment of cluster stability. Computational Statistics and Data Analysis
    52, 258-271.
    """
    random = np.random.default_rng(seed)
    k = int(codes.max()) + 1
    agreement, jaccard = [], []
    for refit in range(refits):
        stop_if(cancelled)
        drawn = points[random.integers(len(points), size=len(points))]
        if not differ(drawn, k):
            continue
        _, predict = fit(drawn, k, seed + 1 + refit)
        table = crossed(codes, coded(predict(points)))
        agreement.append(adjusted_rand(table))
        jaccard.append(best_jaccard(table))
    if not agreement:
        return Repeats(float("nan"), np.full(k, np.nan))
    return Repeats(float(np.mean(agreement)), np.mean(jaccard, axis=0))


def stop_if(cancelled: Callable[[], bool] | None) -> None:
    """Raise when the person who asked no longer wants the answer."""
    if cancelled is not None and cancelled():
        raise CancelledError("The study of the segments was cancelled. Nothing was changed.")


def differ(points: np.ndarray, k: int) -> bool:
    """True when at least ``k`` points are different; usually the first few hundred tell."""
    return len(np.unique(points[:300], axis=0)) >= k or len(np.unique(points, axis=0)) >= k


def coded(labels: np.ndarray) -> np.ndarray:
    """Labels of any kind as codes 0, 1, ... in the order of their names."""
    return np.unique(np.asarray(labels), return_inverse=True)[1].reshape(-1)


@cache
def _threads() -> Any:
    """The controller of native threads; to look for the libraries takes longer than a small fit."""
    import sklearn.cluster  # noqa: F401 - only libraries that are loaded are found
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()


def _nearest(points: np.ndarray, centres: np.ndarray) -> np.ndarray:
    """Code of the nearest centroid; the points' own squares would change no comparison."""
    return np.argmin((centres**2).sum(axis=1) - 2 * points @ centres.T, axis=1)
