"""Customers to one row per segment: the comparison table, and the five numbers of a box plot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from segdash.schema import FREQUENCY, MONETARY, SEGMENT

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

BOX_QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
BOX_COLUMNS = ("low", "q1", "median", "q3", "high")


@dataclass(frozen=True)
class Totals:
    """Some customers as a whole.

    Parameters
    ----------
    customers : int
    revenue : float
        Sum of monetary.
    value, median_value : float
        Mean and median of monetary; NaN without customers, as all that follow.
    orders : float
        Mean frequency.
    once : float
        Share of customers with one order, 0..1.
    """

    customers: int
    revenue: float
    value: float
    median_value: float
    orders: float
    once: float


def totals(customers: pd.DataFrame) -> Totals:
    """The figures that everyone asks for first.

    Parameters
    ----------
    customers : pandas.DataFrame of shape (n_customers, ...)
        With frequency and monetary.

    Examples
    --------
    >>> totals(pd.DataFrame({"monetary": [30.0, 10.0, 20.0], "frequency": [1, 1, 4]}))
    Totals(customers=3, revenue=60.0, value=20.0, median_value=20.0, orders=2.0, once=0.6666666666666666)
    """
    spent, orders = (customers[name].to_numpy(dtype="float64") for name in (MONETARY, FREQUENCY))
    if not len(spent):
        return Totals(0, 0.0, np.nan, np.nan, np.nan, np.nan)
    middle = float(spent.mean()), float(np.median(spent))
    return Totals(len(spent), float(spent.sum()), *middle, float(orders.mean()), float((orders == 1).mean()))


def segment_profile(
    customers: pd.DataFrame, metrics: Sequence[str], *, base_value: float | None = None
) -> pd.DataFrame:
    """One row per segment that has customers, best to worst: how many, what they bring, how they behave.

    Parameters
    ----------
    customers : pandas.DataFrame of shape (n_customers, ...)
        With ``monetary``, the metrics, and ``segment`` as an ordered category.
    metrics : sequence of str
        Metrics to give mean and median of; a missing value counts in neither.
    base_value : float, optional
        Average revenue per customer that ``index`` is relative to, default that of ``customers``.

    Returns
    -------
    pandas.DataFrame of shape (n_segments, 6 + 2 * n_metrics)
        segment, customers, share (of customers, 0..1), ``mean_m`` and ``median_m`` per metric m, revenue (sum of
        monetary), revenue_share (0..1), index (average revenue per customer, base = 100).

    Examples
    --------
    >>> table = pd.DataFrame({"monetary": [30.0, 10.0, 20.0],
    ...     "segment": pd.Categorical(["A", "B", "B"], ["A", "B"], ordered=True)})
    >>> segment_profile(table, ["monetary"])[["segment", "customers", "revenue", "index"]]
      segment  customers  revenue  index
    0       A          1     30.0  150.0
    1       B          2     30.0   75.0
    """
    total = float(customers[MONETARY].sum())
    base = base_value if base_value is not None else (total / len(customers) if len(customers) else np.nan)
    rows = []
    for segment, members in _by_segment(customers, [MONETARY, *metrics]):
        revenue = float(members[MONETARY].sum())
        size = len(members[MONETARY])
        row = {"segment": segment, "customers": size, "share": size / len(customers)}
        for name in metrics:
            values = members[name][~np.isnan(members[name])]
            row[f"mean_{name}"] = float(values.mean()) if len(values) else np.nan
            row[f"median_{name}"] = float(np.median(values)) if len(values) else np.nan
        row["revenue"] = revenue
        row["revenue_share"] = revenue / total if total else np.nan
        row["index"] = 100 * revenue / size / base if base else np.nan
        rows.append(row)
    return pd.DataFrame(rows, columns=profile_columns(metrics))


def against_the_rest(customers: pd.DataFrame, chosen: np.ndarray, metrics: Sequence[str]) -> pd.DataFrame:
    """What sets some customers apart from all others, a row per metric.

    Parameters
    ----------
    customers : pandas.DataFrame of shape (n_customers, ...)
        With the metrics; a missing value counts in nothing.
    chosen : numpy.ndarray of bool, shape (n_customers,)
        Who they are.
    metrics : sequence of str
        What to compare.

    Returns
    -------
    pandas.DataFrame of shape (n_metrics, 5)
        metric, here and rest (medians, in the metric's unit), difference (here - rest), index (mean of those chosen,
        100 being the mean of all customers). NaN where there is nobody to take it of, or the mean of all is 0.

    Examples
    --------
    >>> table = pd.DataFrame({"monetary": [10.0, 20.0, 60.0]})
    >>> against_the_rest(table, np.array([False, False, True]), ["monetary"])
         metric  here  rest  difference  index
    0  monetary  60.0  15.0        45.0  200.0
    """
    rows = []
    for name in metrics:
        values = customers[name].to_numpy(dtype="float64")
        there = ~np.isnan(values)
        mine, others = values[chosen & there], values[~chosen & there]
        here, rest = (float(np.median(part)) if len(part) else np.nan for part in (mine, others))
        base = float(values[there].mean()) if there.any() else 0.0
        index = 100 * float(mine.mean()) / base if len(mine) and base else np.nan
        rows.append([name, here, rest, here - rest, index])
    return pd.DataFrame(rows, columns=["metric", "here", "rest", "difference", "index"])


def profile_columns(metrics: Sequence[str]) -> list[str]:
    """Columns of `segment_profile` for these metrics, in order."""
    described = [f"{statistic}_{name}" for name in metrics for statistic in ("mean", "median")]
    return [SEGMENT, "customers", "share", *described, "revenue", "revenue_share", "index"]


def box_summary(customers: pd.DataFrame, metric: str) -> pd.DataFrame:
    """Five quantiles of a metric per segment: 5 %, 25 %, 50 %, 75 %, 95 % (linear interpolation).

    Parameters
    ----------
    customers : pandas.DataFrame of shape (n_customers, ...)
        With ``segment`` as an ordered category.
    metric : str
        Column to summarise; missing values are left out.

    Returns
    -------
    pandas.DataFrame of shape (n_categories, 8)
        segment, low, q1, median, q3, high, customers, beyond (customers outside low..high). A segment without
        customers keeps its row, with missing quantiles, so that every picture has the same rows.

    Examples
    --------
    >>> table = pd.DataFrame({"recency": [0.0, 10.0, 20.0], "segment": pd.Categorical(["A"] * 3, ordered=True)})
    >>> box_summary(table, "recency")[["low", "q1", "median", "q3", "high"]].iloc[0].tolist()
    [1.0, 5.0, 10.0, 15.0, 19.0]
    """
    found = {}
    for segment, members in _by_segment(customers, [metric]):
        values = members[metric][~np.isnan(members[metric])]
        if len(values):
            five = np.quantile(values, BOX_QUANTILES)
            found[segment] = [*five, len(values), int(((values < five[0]) | (values > five[-1])).sum())]
    nothing = [np.nan] * len(BOX_QUANTILES) + [0, 0]
    rows = [[name, *found.get(name, nothing)] for name in customers[SEGMENT].cat.categories]
    return pd.DataFrame(rows, columns=["segment", *BOX_COLUMNS, "customers", "beyond"])


def _by_segment(customers: pd.DataFrame, columns: Sequence[str]) -> Iterator[tuple[str, dict[str, np.ndarray]]]:
    """Segments that have customers, best to worst, each with its values per column."""
    category = customers[SEGMENT].cat
    codes = category.codes.to_numpy()
    order = np.argsort(codes, kind="stable")
    values = {name: customers[name].to_numpy(dtype="float64")[order] for name in dict.fromkeys(columns)}
    edges = np.searchsorted(codes[order], np.arange(len(category.categories) + 1))
    for i, segment in enumerate(category.categories):
        start, stop = edges[i], edges[i + 1]
        if stop > start:
            yield segment, {name: column[start:stop] for name, column in values.items()}
