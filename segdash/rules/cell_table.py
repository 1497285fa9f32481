"""Customers to one row per score cell: what a heat map shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from segdash.errors import RulesError, UnknownNameError, count
from segdash.rules.cells import all_cells, check_axes
from segdash.schema import MONETARY, RFM, SEGMENT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segdash.rules.rule_set import RuleSet
    from segdash.scoring.scores import Scores


def cell_table(
    customers: pd.DataFrame,
    scores: Scores,
    *,
    axes: Sequence[str] | None = None,
    metrics: Sequence[str] = RFM,
    rule_set: RuleSet | None = None,
) -> pd.DataFrame:
    """One row per cell: how many customers, what they bring, how they behave.

    Parameters
    ----------
    customers : pandas.DataFrame of shape (n_customers, ...)
        With ``monetary`` and the metrics.
    scores : Scores
        Of these customers, by position.
    axes : sequence of str, optional
        Two or three scores that make a cell; default those of the rule set, else ("r", "fm").
    metrics : sequence of str
        Metrics to give the mean of; a missing value doesn't count.
    rule_set : RuleSet, optional
        What names the cells.

    Returns
    -------
    pandas.DataFrame of shape (bins ** n_axes, ...)
        The scores (a column per axis, worst first), segment, customers, share (of customers, 0..1), revenue (sum of
        monetary), revenue_share (0..1), and ``mean_m`` per metric m. A cell without customers keeps its row, with
        missing means. The segment is missing where the axes alone don't decide it.

    Raises
    ------
    RulesError, UnknownNameError
        When scores, axes or metrics don't fit the customers.

    Examples
    --------
    >>> from segdash.rules import RULE_SETS
    >>> from segdash.scoring import score
    >>> table = pd.DataFrame({"recency": [1, 1, 9], "frequency": [5, 5, 1], "monetary": [70.0, 20.0, 10.0]})
    >>> cells = cell_table(table, score(table, bins=3), metrics=["recency"], rule_set=RULE_SETS["r_f"].rescaled(3))
    >>> cells.loc[[0, 2, 6], ["r", "f", "segment", "customers", "revenue", "mean_recency"]]
       r  f      segment  customers  revenue  mean_recency
    0  1  1  Hibernating          1     10.0           9.0
    2  1  3   Can't Lose          0      0.0           NaN
    6  3  1          New          0      0.0           NaN
    """
    axes = tuple(axes or (rule_set.axes if rule_set else ("r", "fm")))
    check_axes(axes)
    if len(scores.table) != len(customers):
        raise RulesError(f"{count(len(scores.table), 'score')} for {count(len(customers), 'customer')}. Score these.")
    if rule_set:
        rule_set.refuse_other_bins(scores.bins)
    for name in (MONETARY, *metrics):
        if name not in customers.columns:
            raise UnknownNameError.of("metric", name, customers.select_dtypes("number").columns)
    bins = scores.bins
    cells = pd.DataFrame(all_cells(axes, bins), columns=list(axes))
    place = np.ravel_multi_index(scores.table[list(axes)].to_numpy().T - 1, [bins] * len(axes))
    customer_counts = np.bincount(place, minlength=len(cells))
    revenue = np.bincount(place, customers[MONETARY].to_numpy(dtype="float64"), minlength=len(cells))
    cells[SEGMENT] = _segments(cells, rule_set)
    cells["customers"] = customer_counts
    cells["share"] = customer_counts / len(customers) if len(customers) else np.nan
    cells["revenue"] = revenue
    cells["revenue_share"] = revenue / revenue.sum() if revenue.sum() else np.nan
    for name in metrics:
        cells[f"mean_{name}"] = _means(customers[name], place, len(cells))
    return cells


def _segments(cells: pd.DataFrame, rule_set: RuleSet | None) -> np.ndarray | None:
    if rule_set is None or not set(rule_set.axes) <= set(cells.columns):
        return None
    return rule_set.assign(cells)


def _means(column: pd.Series, place: np.ndarray, n: int) -> np.ndarray:
    values = column.to_numpy(dtype="float64", na_value=np.nan)
    there = ~np.isnan(values)
    sums = np.bincount(place[there], values[there], minlength=n)
    counts = np.bincount(place[there], minlength=n)
    return np.divide(sums, counts, out=np.full(n, np.nan), where=counts > 0)
