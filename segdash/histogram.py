"""How many customers of each segment have which value of a metric."""

from __future__ import annotations

import numpy as np
import pandas as pd

from segdash.errors import ChoiceError
from segdash.schema import SEGMENT

BINS = 30


def histogram(
    customers: pd.DataFrame, metric: str, *, bins: int = BINS, log: bool = False, edges: np.ndarray | None = None
) -> pd.DataFrame:
    """Customers per bin of a metric and segment; equal values are always in one bin.

    Parameters
    ----------
    customers : pandas.DataFrame of shape (n_customers, ...)
        With the metric, and ``segment`` as an ordered category. Missing and infinite values are in no bin, nor are
        values at or below 0 when ``log``; `uncounted` says how many these are.
    metric : str
        Column to count.
    bins : int
        At most so many bins; whole numbers spanning fewer have one bin each.
    log : bool
        Bins of equal ratio in place of equal width.
    edges : numpy.ndarray, optional
        Edges of the bins, as `bin_edges` returns them; default those of these customers. Values outside are in no bin.

    Returns
    -------
    pandas.DataFrame of shape (n_bins * n_segments, 4)
        segment, left, right (edges; a bin has its left edge in it, the last one both), customers. All bins of the
        best segment first; bins without customers stay, so that every segment has the same.

    Examples
    --------
    >>> table = pd.DataFrame({"frequency": [1, 1, 2, 4],
    ...     "segment": pd.Categorical(["A", "B", "B", "B"], ["A", "B"], ordered=True)})
    >>> found = histogram(table, "frequency")
    >>> found[found["segment"] == "B"][["left", "right", "customers"]].to_numpy().tolist()
    [[0.5, 1.5, 1.0], [1.5, 2.5, 1.0], [2.5, 3.5, 0.0], [3.5, 4.5, 1.0]]
    """
    values = customers[metric].to_numpy(dtype="float64")
    counts = _can_be_counted(values, log=log)
    edges = bin_edges(values[counts], bins=bins, log=log) if edges is None else edges
    category = customers[SEGMENT].cat
    codes = category.codes.to_numpy()
    parts = []
    for code, name in enumerate(category.categories):
        found, _ = np.histogram(values[counts & (codes == code)], bins=edges)
        parts.append(pd.DataFrame({"segment": name, "left": edges[:-1], "right": edges[1:], "customers": found}))
    return (
        pd.concat(parts, ignore_index=True)
        if parts
        else pd.DataFrame(columns=["segment", "left", "right", "customers"])
    )


def uncounted(customers: pd.DataFrame, metric: str, *, log: bool = False) -> int:
    """How many customers a histogram cannot show: no finite value, or 0 and below on a logarithmic axis."""
    return int((~_can_be_counted(customers[metric].to_numpy(dtype="float64"), log=log)).sum())


def bin_edges(values: np.ndarray, *, bins: int = BINS, log: bool = False) -> np.ndarray:
    """Edges of the bins that hold all values, upwards.

    Parameters
    ----------
    values : numpy.ndarray
        Finite; above 0 when ``log``.
    bins : int
        At most so many bins, at least 1.
    log : bool
        Equal ratios in place of equal widths.

    Returns
    -------
    numpy.ndarray of shape (n_bins + 1,)
        Whole numbers get bins of a whole width around whole numbers, so that no bin has room for one number more
        than its neighbour; one repeated value gets one bin around it.

    Raises
    ------
    ChoiceError
        When ``bins`` is below 1.

    Examples
    --------
    >>> bin_edges(np.array([1.0, 3.0])).tolist(), bin_edges(np.array([7.0, 7.0])).tolist()
    ([0.5, 1.5, 2.5, 3.5], [6.5, 7.5])
    >>> bin_edges(np.array([1.0, 100.0]), bins=2, log=True).tolist()
    [1.0, 10.0, 100.0]
    """
    if bins < 1:
        raise ChoiceError(f"A histogram cannot have {bins} bins. Choose 1 or more.")
    if not len(values):
        return np.array([1.0, 10.0]) if log else np.array([0.0, 1.0])
    whole = bool((values == np.floor(values)).all())
    return edges_between(float(values.min()), float(values.max()), whole=whole, bins=bins, log=log)


def edges_between(low: float, high: float, *, whole: bool, bins: int = BINS, log: bool = False) -> np.ndarray:
    """`bin_edges` of values of which only the ends are known, and whether all are whole numbers.

    Examples
    --------
    >>> edges_between(1.0, 3.0, whole=True).tolist()
    [0.5, 1.5, 2.5, 3.5]
    """
    if low == high:
        half = 0.5 if float(low).is_integer() and not log else abs(low) * 0.05 or 0.5
        return np.array([low - half, high + half])
    if log:
        edges = np.geomspace(low, high, bins + 1)
        edges[[0, -1]] = low, high  # what rounding took
        return edges
    if whole:
        step = max(1, int(np.ceil((high - low + 1) / bins)))
        n = int(np.ceil((high - low + 1) / step))
        return low - 0.5 + step * np.arange(n + 1)
    return np.linspace(low, high, bins + 1)


def _can_be_counted(values: np.ndarray, *, log: bool) -> np.ndarray:
    return np.isfinite(values) & ((values > 0) | (not log))
