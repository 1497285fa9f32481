"""How far two labellings of the same customers agree, whatever their segments are called."""

from __future__ import annotations

import numpy as np


def crossed(rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """Customers per pair of codes, shape (max(rows) + 1, max(columns) + 1).

    Parameters
    ----------
    rows, columns : numpy.ndarray of int, shape (n,)
        Codes 0, 1, ... of the same customers.

    Examples
    --------
    >>> crossed(np.array([0, 0, 1]), np.array([1, 1, 0])).tolist()
    [[0, 2], [1, 0]]
    """
    shape = (int(rows.max()) + 1, int(columns.max()) + 1)
    return np.bincount(rows.astype(np.int64) * shape[1] + columns, minlength=shape[0] * shape[1]).reshape(shape)


def adjusted_rand(table: np.ndarray) -> float:
    """Adjusted Rand index of the two labellings that a contingency table crosses.

    Parameters
    ----------
    table : numpy.ndarray of int, shape (n_rows, n_columns)
        Customers per pair of segments.

    Returns
    -------
    float
        1 for the same partition, about 0 for independent ones; it can be negative. Two labellings that each put
        everyone together, or everyone alone, are the same: 1. NaN without customers.

    References
    ----------
    Hubert, L. and Arabie, P. (1985). Comparing partitions. Journal of Classification 2, 193-218.

    Examples
    --------
    >>> adjusted_rand(np.array([[2, 0], [0, 2]])), round(adjusted_rand(np.array([[2, 0], [1, 1]])), 4)
    (1.0, 0.0)
    """
    counts = np.asarray(table, dtype="float64")
    total = _pairs(counts.sum())
    if counts.sum() == 0:
        return float("nan")
    both = _pairs(counts).sum()
    rows, columns = _pairs(counts.sum(axis=1)).sum(), _pairs(counts.sum(axis=0)).sum()
    expected = rows * columns / total if total else 0.0
    most = (rows + columns) / 2
    return 1.0 if most == expected else float((both - expected) / (most - expected))


def best_jaccard(table: np.ndarray) -> np.ndarray:
    """Jaccard similarity of each row's segment with the column's segment most like it, shape (n_rows,), 0..1.

    Parameters
    ----------
    table : numpy.ndarray of int, shape (n_rows, n_columns)
        Customers per pair of segments.

    Examples
    --------
    >>> best_jaccard(np.array([[3, 1], [0, 4]])).tolist()
    [0.75, 0.8]
    """
    union = table.sum(axis=1)[:, None] + table.sum(axis=0) - table
    return (table / np.maximum(union, 1)).max(axis=1)


def _pairs(counts: np.ndarray) -> np.ndarray:
    return counts * (counts - 1) / 2
