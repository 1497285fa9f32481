"""Where each segment stands among all customers, metric by metric, in one unit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from segdash.errors import ChoiceError, quote
from segdash.schema import SEGMENT

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

Statistic = Literal["mean", "median"]

NORMAL_IQR = 1.3489795003921634
"""Distance of the quartiles of a standard normal distribution: it makes both statistics comparable."""

UNITS = {
    "mean": "standard deviations from the mean of all customers",
    "median": "robust standard deviations from the median of all customers",
}
"""What a standing counts, by statistic."""


def segment_standing(
    customers: pd.DataFrame,
    metrics: Sequence[str],
    *,
    statistic: Statistic = "mean",
    log: Collection[str] = (),
    base: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Distance of each segment's middle from that of the base, in spreads of the base, per metric.

    Parameters
    ----------
    customers : pandas.DataFrame of shape (n_customers, ...)
        With the metrics, and ``segment`` as an ordered category; missing values are left out.
    metrics : sequence of str
        Columns to compare.
    statistic : {"mean", "median"}
        "mean": z-scores, (mean of the segment - mean of the base) / standard deviation of the base (of all of it:
        divided by n). "median": (median of the segment - median of the base) / (interquartile range of the base /
        1.349), which a few very large customers do not move.
    log : collection of str
        Metrics measured as ln(1 + value), as skewed ones are for clustering.
    base : pandas.DataFrame, optional
        What segments are compared with, default ``customers``.

    Returns
    -------
    pandas.DataFrame of shape (n_segments * n_metrics, 5)
        segment, metric, standing, value (the segment's mean or median as it is, without logarithm), base_value (the
        same of the base). A segment without customers keeps its rows with missing numbers; standing is missing too
        where the base has no spread.

    Raises
    ------
    ChoiceError
        When a metric in ``log`` has values at or below -1.

    Examples
    --------
    >>> table = pd.DataFrame({"recency": [0.0, 2.0, 4.0, 6.0],
    ...     "segment": pd.Categorical(["A", "A", "B", "B"], ["A", "B"], ordered=True)})
    >>> segment_standing(table, ["recency"])[["segment", "value", "base_value", "standing"]].round(4)
      segment  value  base_value  standing
    0       A    1.0         3.0   -0.8944
    1       B    5.0         3.0    0.8944
    """
    codes = customers[SEGMENT].cat.codes.to_numpy()
    rows = []
    for metric in metrics:
        everyone = (customers if base is None else base)[metric].to_numpy(dtype="float64")
        base_value, _ = _middle_and_spread(everyone, statistic)
        centre, spread = _middle_and_spread(_log1p(everyone, metric) if metric in log else everyone, statistic)
        values = customers[metric].to_numpy(dtype="float64")
        for code, name in enumerate(customers[SEGMENT].cat.categories):
            members = values[codes == code]
            value, _ = _middle_and_spread(members, statistic)
            at, _ = _middle_and_spread(_log1p(members, metric) if metric in log else members, statistic)
            rows.append((code, name, metric, (at - centre) / spread, value, base_value))
    table = pd.DataFrame(rows, columns=["code", "segment", "metric", "standing", "value", "base_value"])
    # Segment by segment, the metrics in their order.
    return table.sort_values("code", kind="stable", ignore_index=True).drop(columns="code")


def _middle_and_spread(values: np.ndarray, statistic: Statistic) -> tuple[float, float]:
    """Missing where there are no values; the spread also where it is zero."""
    values = values[np.isfinite(values)]
    if not len(values):
        return np.nan, np.nan
    if statistic == "mean":
        # Of equal values, rounding may leave a deviation of 1e-17.
        spread = float(values.std()) if values.min() < values.max() else 0.0
        return float(values.mean()), spread or np.nan
    first, middle, third = np.quantile(values, [0.25, 0.5, 0.75])
    return float(middle), float(third - first) / NORMAL_IQR or np.nan


def _log1p(values: np.ndarray, metric: str) -> np.ndarray:
    low = np.nanmin(values, initial=np.inf)
    if low <= -1:
        raise ChoiceError(
            f"{quote(metric)} has values at or below -1 (lowest: {low:g}), which have no logarithm. "
            "Leave it out of log=."
        )
    return np.log1p(values)
