"""Who could as well be in another segment."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from segdash.clustering.quality.indices import centroids
from segdash.errors import ClusteringError, count, quote

if TYPE_CHECKING:
    from collections.abc import Sequence

UNASSIGNED = "Unassigned"
"""Label of the customers that have no segment: they are on no border."""

NARROW = 0.2
"""Margin below which a customer is borderline: the runner-up is at most a quarter farther than the own segment."""


def borderline(
    distances: np.ndarray, labels: Sequence[str] | np.ndarray, names: Sequence[str], *, narrow: float = NARROW
) -> pd.DataFrame:
    """Runner-up, margin and a flag per customer.

    Parameters
    ----------
    distances : numpy.ndarray of shape (n, k)
        Of each customer to each segment; smaller is nearer.
    labels : sequence of str, length n
        Segment of each customer; "Unassigned" for none.
    names : sequence of str, length k
        Segment of each column of ``distances``.
    narrow : float
        Margin below which a customer is borderline, 0..1.

    Returns
    -------
    pandas.DataFrame of shape (n, 3)
        ``runner_up`` (nearest other segment; missing where there is none), ``margin`` (1 - own distance / distance
        of the runner-up, 0..1: 0 on the border or beyond it, 1 at the heart; missing where there is no runner-up)
        and ``borderline``.

    Raises
    ------
    ClusteringError
        When the shapes don't fit, or a label is not among ``names``.

    Examples
    --------
    >>> found = borderline(np.array([[1.0, 4.0], [3.6, 4.0], [2.0, 2.0]]), ["A", "A", "Unassigned"], ["A", "B"])
    >>> found["margin"].round(2).tolist(), found["borderline"].tolist(), found["runner_up"].iloc[1]
    ([0.75, 0.1, nan], [False, True, False], 'B')
    """
    distances, given = np.asarray(distances, dtype="float64"), np.asarray(labels).astype(str)
    own = _columns(distances, given, names)
    rows = np.flatnonzero(own >= 0)
    runner_up = np.full(len(given), None, dtype=object)
    margin = np.full(len(given), np.nan)
    if len(names) > 1 and len(rows):
        others = distances[rows].copy()
        mine = others[np.arange(len(rows)), own[rows]].copy()
        others[np.arange(len(rows)), own[rows]] = np.inf
        nearest = others.argmin(axis=1)
        runner_up[rows] = np.asarray(names, dtype=object)[nearest]
        margin[rows] = margins(mine, others.min(axis=1))
    return pd.DataFrame(
        {"runner_up": pd.array(runner_up, dtype="str"), "margin": margin, "borderline": margin < narrow}
    )


def around_segments(points: np.ndarray, labels: Sequence[str] | np.ndarray) -> pd.DataFrame:
    """Runner-up, margin and a flag per customer, by the distances to the centroids of the segments.

    Parameters
    ----------
    points : numpy.ndarray of shape (n, n_features)
        Customers in the space distances are measured in.
    labels : sequence of str, length n
        Segment of each; "Unassigned" for none.

    Returns
    -------
    pandas.DataFrame of shape (n, 3)
        As `borderline` gives it; with fewer than two segments nobody has a runner-up.

    Examples
    --------
    >>> found = around_segments(np.array([[0.0], [2.0], [6.8], [10.0], [12.0]]), ["A", "A", "A", "B", "B"])
    >>> found["borderline"].tolist(), found["runner_up"].tolist()
    ([False, False, True, False, False], ['B', 'B', 'B', 'A', 'A'])
    """
    codes, names = pd.factorize(np.asarray(labels).astype(str), sort=True)
    kept = np.flatnonzero(names != UNASSIGNED)
    centres = centroids(points, codes, len(names))[kept]
    distances = [np.linalg.norm(points - centre, axis=1) for centre in centres]
    return borderline(
        np.stack(distances, axis=1) if distances else np.empty((len(points), 0)), labels, names[kept].tolist()
    )


def per_segment(borders: pd.DataFrame, labels: Sequence[str] | np.ndarray) -> pd.DataFrame:
    """How each segment lies among the others.

    Parameters
    ----------
    borders : pandas.DataFrame of shape (n, 3)
        As `around_segments` gives it.
    labels : sequence of str, length n

    Returns
    -------
    pandas.DataFrame
        By label: ``separation`` (mean margin of its customers, 0..1; missing without a neighbour), ``borderline``
        (share of its customers, 0..1) and ``neighbour`` (most often the runner-up; missing where there is none).

    Examples
    --------
    >>> labels = ["A", "A", "A", "B", "B"]
    >>> borders = around_segments(np.array([[0.0], [2.0], [6.8], [10.0], [12.0]]), labels)
    >>> per_segment(borders, labels).round(2).to_dict("index")["A"]
    {'separation': 0.57, 'borderline': 0.33, 'neighbour': 'B'}
    """
    by = borders.groupby(np.asarray(labels).astype(str))
    table = by.agg(separation=("margin", "mean"), borderline=("borderline", "mean"))
    often = [next(iter(names.mode()), None) for _, names in by["runner_up"]]
    return table.assign(neighbour=pd.array(often, dtype="str"))


def margins(own: np.ndarray, other: np.ndarray) -> np.ndarray:
    """1 - own / other distance, 0..1; 0 where the other is no farther."""
    ratio = np.divide(own, other, out=np.ones(len(own)), where=other > 0)
    return np.clip(1 - ratio, 0, 1)


def around_centroids(points: np.ndarray, codes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Margin of each point between its own and the nearest other centroid, and the code of that other.

    Parameters
    ----------
    points : numpy.ndarray of shape (n, n_features)
    codes : numpy.ndarray of int, shape (n,)
        0 .. k-1, each used, k at least 2.

    Examples
    --------
    >>> margin, other = around_centroids(np.array([[0.0], [2.0], [10.0], [12.0]]), np.array([0, 0, 1, 1]))
    >>> margin.round(4).tolist(), other.tolist()
    ([0.9091, 0.8889, 0.8889, 0.9091], [1, 1, 0, 0])
    """
    rows = np.arange(len(points))
    centres = centroids(points, codes, int(codes.max()) + 1)
    distances = np.stack([np.linalg.norm(points - centre, axis=1) for centre in centres], axis=1)
    own = distances[rows, codes].copy()
    distances[rows, codes] = np.inf
    nearest = distances.argmin(axis=1)
    return margins(own, distances[rows, nearest]), nearest


def near_border(points: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """Share of each segment's customers that are near its border, shape (k,), 0..1.

    Parameters
    ----------
    points : numpy.ndarray of shape (n, n_features)
    codes : numpy.ndarray of int, shape (n,)
        0 .. k-1, each used.

    Notes
    -----
    The border between two segments is the plane half way between their centroids. Near it is who has gone, towards
    the own centroid, less than a fifth of the way from the plane. Unlike the margin of `borderline`, this does
    not mind how far the customer is from the line between the centroids, so metrics in which the two do not differ
    hide no gap.

    Examples
    --------
    >>> near_border(np.array([[0.4], [9.6], [10.6], [19.4]]), np.array([0, 0, 1, 1])).tolist()
    [0.5, 0.5]
    """
    k = int(codes.max()) + 1
    if k < 2:
        return np.zeros(k)
    rows = np.arange(len(points))
    centres = centroids(points, codes, k)
    apart = ((centres[:, None] - centres) ** 2).sum(axis=2)
    squares = np.stack([((points - centre) ** 2).sum(axis=1) for centre in centres], axis=1)
    gone = squares - squares[rows, codes][:, None]
    # Two segments with the same centroid have no plane between them: everyone is near it.
    gone = np.divide(gone, apart[codes], out=np.zeros_like(gone), where=apart[codes] > 0)
    gone[rows, codes] = np.inf
    return np.bincount(codes, gone.min(axis=1) < NARROW, minlength=k) / np.bincount(codes)


def _columns(distances: np.ndarray, labels: np.ndarray, names: Sequence[str]) -> np.ndarray:
    """Column of each customer's own segment, -1 for none."""
    if distances.shape != (len(labels), len(names)):
        raise ClusteringError(
            f"Distances of shape {distances.shape} do not fit {count(len(labels), 'label')} and "
            f"{count(len(names), 'segment')}. Give one row per customer and one column per segment."
        )
    own = pd.Index([str(name) for name in names]).get_indexer(pd.Index(labels))
    strangers = labels[(own < 0) & (labels != UNASSIGNED)]
    if len(strangers):
        raise ClusteringError(
            f"Segment {quote(strangers[0])} has no column among the distances ({', '.join(map(quote, names))}). "
            f"Name one column per segment, or label its customers {quote(UNASSIGNED)}."
        )
    return own
