"""Structureless twins: customers of the same shape in whom there is nothing to find.

Any algorithm cuts any cloud of points into segments, and gets some silhouette. Only what it gets beyond the same cut
of a twin speaks for segments that are there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from segdash.clustering.quality.lattice import Lattice

Draw = Callable[[np.random.Generator, int], np.ndarray]

_BINS = 64
_TAILS = np.array([1 / 16384, 1 / 4096, 1 / 1024, 1 / 256])
_PROBABILITIES = np.sort(np.concatenate([np.linspace(0, 1, _BINS + 1), _TAILS, 1 - _TAILS]))


def unimodal_twin(points: np.ndarray) -> Draw:
    """Twins with the skew, tails and rank correlations of ``points``, each feature with one peak only.

    Parameters
    ----------
    points : numpy.ndarray of shape (n_points, n_features)

    Returns
    -------
    callable
        ``draw(random, n)``: as many points of a twin.

    Notes
    -----
    The features follow a Gaussian copula with the correlations of the normal scores; each margin is the
    distribution with one peak that is nearest to the feature's own (see `one_peak`). Customers of one kind,
    however skewed, look like this; several kinds don't.
    """
    from scipy.stats import norm, rankdata

    scores = norm.ppf((rankdata(points, axis=0) - 0.5) / len(points))
    # A feature without spread has no correlation; dividing by 1 leaves its covariances 0.
    spread = scores.std(axis=0)
    standard = (scores - scores.mean(axis=0)) / np.where(spread > 1e-12, spread, 1.0)
    correlation = standard.T @ standard / len(points)
    np.fill_diagonal(correlation, 1.0)
    margins = [one_peak(values) for values in points.T]

    def draw(random: np.random.Generator, n: int) -> np.ndarray:
        drawn = norm.cdf(random.multivariate_normal(np.zeros(len(margins)), correlation, n, method="eigh"))
        columns = [
            np.interp(uniform, np.concatenate([[0.0], np.cumsum(shares)]), edges)
            for uniform, (edges, shares) in zip(drawn.T, margins, strict=True)
        ]
        return np.stack(columns, axis=1)

    return draw


def uniform_twin(points: np.ndarray) -> Draw:
    """Twins spread evenly over the box about the principal axes of ``points``; otherwise as `unimodal_twin`.

    References
    ----------
    Tibshirani, R., Walther, G. and Hastie, T. (2001). Estimating the number of clusters in a data set via the gap
    statistic. Journal of the Royal Statistical Society B 63, 411-423 (reference distribution b).
    """
    mean = points.mean(axis=0)
    _, axes = np.linalg.eigh(np.atleast_2d(np.cov((points - mean).T)))
    turned = (points - mean) @ axes
    low, high = turned.min(axis=0), turned.max(axis=0)
    return lambda random, n: random.uniform(low, high, (n, len(low))) @ axes.T + mean


def twins(points: np.ndarray, lattices: Sequence[Lattice]) -> list[Draw]:
    """One function per kind of twin; a metric that takes few values takes the same few in its twins."""

    def snapped(draw: Draw) -> Draw:
        return lambda random, n: np.stack(
            [one.snap(column) for one, column in zip(lattices, draw(random, n).T, strict=True)], axis=1
        )

    return [snapped(kind(points)) for kind in TWINS]


TWINS: tuple[Callable[[np.ndarray], Draw], ...] = (unimodal_twin, uniform_twin)


def one_peak(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The distribution with one peak nearest to these values: edges of bins, and the share in each.

    Parameters
    ----------
    values : numpy.ndarray of shape (n,)

    Returns
    -------
    edges : numpy.ndarray of shape (n_bins + 1,)
        Quantiles of the values, finer in the tails.
    shares : numpy.ndarray of shape (n_bins,)
        Sum 1; the density rises up to one bin and falls after it.

    Notes
    -----
    For each bin that may hold the peak, the density is fitted by isotonic regression, rising before it and falling
    after it; the peak whose distribution function is nearest (largest difference) to that of the values is taken,
    as in Hartigan's dip test.

    References
    ----------
    Hartigan, J. A. and Hartigan, P. M. (1985). The dip test of unimodality. Annals of Statistics 13, 70-84.

    Examples
    --------
    >>> edges, shares = one_peak(np.repeat([0.0, 1.0, 2.0, 3.0], [40, 10, 10, 40]))
    >>> edges.tolist(), shares.round(4).tolist()
    ([0.0, 1.0, 1.5, 2.0, 3.0], [0.2857, 0.1429, 0.1905, 0.381])
    """
    edges = np.unique(np.quantile(values, _PROBABILITIES))
    if len(edges) < 3:
        low, high = float(values.min()), float(values.max())
        return np.array([low, high]), np.array([1.0])
    widths = np.diff(edges)
    observed = np.histogram(values, edges)[0] / len(values)
    fitted = [_fit_peak(observed / widths, widths, peak) for peak in range(len(widths))]
    misses = [np.abs(np.cumsum(shares) - np.cumsum(observed)).max() for shares in fitted]
    return edges, fitted[int(np.argmin(misses))]


def _fit_peak(density: np.ndarray, widths: np.ndarray, peak: int) -> np.ndarray:
    """Shares of the best density that rises up to ``peak`` and falls after it."""
    rising = _rising(density[: peak + 1], widths[: peak + 1])
    falling = _rising(density[peak:][::-1], widths[peak:][::-1])[::-1]
    top = max(rising[-1], falling[0])
    shares = np.concatenate([rising[:-1], [top], falling[1:]]) * widths
    return shares / shares.sum()


def _rising(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Isotonic regression: neighbours that fall are pooled. scikit-learn's checks cost more than this sum."""
    blocks: list[tuple[float, float, int]] = []
    for value, weight in zip(values.tolist(), weights.tolist(), strict=True):
        mean, total, length = value, weight, 1
        while blocks and blocks[-1][0] >= mean:
            before, its_weight, its_length = blocks.pop()
            mean = (mean * total + before * its_weight) / (total + its_weight)
            total, length = total + its_weight, length + its_length
        blocks.append((mean, total, length))
    return np.repeat([mean for mean, _, _ in blocks], [length for _, _, length in blocks])
