"""Validity indices of a labelling: silhouette, Davies-Bouldin, Calinski-Harabasz, inertia."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

_ROWS = 500


class Indices(NamedTuple):
    """Three indices that need only centroids.

    Parameters
    ----------
    inertia : float
        Sum of squared distances to the mean of the own segment; less is tighter.
    davies_bouldin : float
        Mean over segments of the worst ratio of radii to distance of centroids; less is better.
    calinski_harabasz : float
        Variance between over variance within, each per degree of freedom; more is better. NaN where the variance
        within is 0.
    """

    inertia: float
    davies_bouldin: float
    calinski_harabasz: float


def centroids(points: np.ndarray, codes: np.ndarray, k: int) -> np.ndarray:
    """Mean of each code's points, shape (k, n_features); NaN for a code without points."""
    sizes = np.bincount(codes, minlength=k)
    sums = np.stack([np.bincount(codes, column, minlength=k) for column in points.T], axis=1)
    with np.errstate(invalid="ignore"):
        return sums / sizes[:, None]


def indices(points: np.ndarray, codes: np.ndarray) -> Indices:
    """Inertia, Davies-Bouldin and Calinski-Harabasz of two or more segments.

    Parameters
    ----------
    points : numpy.ndarray of shape (n, n_features)
    codes : numpy.ndarray of int, shape (n,)
        0 .. k-1, each used.

    References
    ----------
    Davies, D. L. and Bouldin, D. W. (1979). A cluster separation measure. IEEE TPAMI 1, 224-227.
    Calinski, T. and Harabasz, J. (1974). A dendrite method for cluster analysis. Communications in Statistics 3, 1-27.

    Examples
    --------
    >>> points = np.array([[0.0], [2.0], [10.0], [12.0]])
    >>> indices(points, np.array([0, 0, 1, 1]))
    Indices(inertia=4.0, davies_bouldin=0.2, calinski_harabasz=50.0)
    """
    n, k = len(points), int(codes.max()) + 1
    centres = centroids(points, codes, k)
    off = points - centres[codes]
    squares = np.einsum("ij,ij->i", off, off)
    inertia = float(squares.sum())
    radii = np.bincount(codes, np.sqrt(squares), minlength=k) / np.bincount(codes, minlength=k)
    apart = np.linalg.norm(centres[:, None] - centres, axis=2)
    np.fill_diagonal(apart, np.inf)
    with np.errstate(divide="ignore", invalid="ignore"):
        worst = ((radii[:, None] + radii) / apart).max(axis=1)
    between = float((((points - points.mean(axis=0)) ** 2).sum()) - inertia)
    calinski = between / (k - 1) / (inertia / (n - k)) if inertia > 0 and n > k else float("nan")
    return Indices(inertia, float(worst.mean()), calinski)


def silhouettes(points: np.ndarray, labellings: Sequence[np.ndarray]) -> np.ndarray:
    """Mean silhouette of each of several labellings of the same points, shape (n_labellings,), -1..1.

    All labellings share one pass over the distances, which is what a silhouette costs: nine cost little more
    than one. Memory stays at some megabytes.

    Parameters
    ----------
    points : numpy.ndarray of shape (n, n_features)
    labellings : sequence of numpy.ndarray of int, shape (n,)
        Codes 0 .. k-1 each; a code without points is no segment. NaN where everyone is in one segment.

    References
    ----------
    Rousseeuw, P. J. (1987). Silhouettes. Journal of Computational and Applied Mathematics 20, 53-65.

    Examples
    --------
    >>> points = np.array([[0.0], [1.0], [10.0], [11.0]])
    >>> silhouettes(points, [np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])]).round(4).tolist()
    [0.8997, -0.45]
    """
    members = [np.eye(int(codes.max()) + 1)[codes] for codes in labellings]
    edges = np.cumsum([0, *(one.shape[1] for one in members)])
    everyone = np.concatenate(members, axis=1)
    squares = np.einsum("ij,ij->i", points, points)
    sums = np.zeros(len(labellings))
    for start in range(0, len(points), _ROWS):
        rows = slice(start, start + _ROWS)
        distances = squares[rows, None] + squares - 2 * points[rows] @ points.T
        np.maximum(distances, 0, out=distances)
        distances[np.arange(len(distances)), np.arange(start, start + len(distances))] = 0
        totals = np.sqrt(distances, out=distances) @ everyone
        for i, codes in enumerate(labellings):
            sizes = members[i].sum(axis=0)
            sums[i] += _silhouettes(totals[:, edges[i] : edges[i + 1]], codes[rows], sizes).sum()
    return sums / len(points)


def _silhouettes(totals: np.ndarray, own: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """Silhouette of some points from their summed distances to each segment; 0 for one that is alone."""
    if (sizes > 0).sum() < 2:
        return np.full(len(own), np.nan)
    rows = np.arange(len(own))
    inside = totals[rows, own] / np.maximum(sizes[own] - 1, 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        means = np.where(sizes > 0, totals / sizes, np.inf)
    means[rows, own] = np.inf
    outside = means.min(axis=1)
    larger = np.maximum(inside, outside)
    values = np.divide(outside - inside, larger, out=np.zeros(len(own)), where=larger > 0)
    return np.where(sizes[own] > 1, values, 0.0)
