"""Customers in, scores from 1 to 3..10 out; more is better. One module per way of scoring, found in `SCORINGS`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from segdash.errors import ScoringError
from segdash.registry import Registry

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from segdash.scoring.scores import Scores
    from segdash.scoring.thresholds import Thresholds

DEFAULT_BINS = 5


@dataclass(frozen=True)
class Scoring:
    """A way to find the thresholds between scores.

    Parameters
    ----------
    title : str
        Name for people.
    function : callable
        ``function(customers, *, bins, **settings) -> Thresholds``.
    settings : tuple of str
        Choices it listens to beside the number of bins, among cuts; these become controls.
    """

    title: str
    function: Callable[..., Thresholds]
    settings: tuple[str, ...] = ()


SCORINGS: Registry[Scoring] = Registry("scoring", __name__)


def score(
    customers: pd.DataFrame,
    scoring: str = "quantiles",
    *,
    bins: int = DEFAULT_BINS,
    spend: str = "sum",
    **settings: Any,
) -> Scores:
    """Score customers from 1 to ``bins`` in recency, frequency and monetary.

    Parameters
    ----------
    customers : pandas.DataFrame of shape (n_customers, ...)
        With recency (days), frequency (orders) and monetary (total spend), nothing missing.
    scoring : str
        A name in `SCORINGS`.
    bins : int
        Number of scores, 3 to 10.
    spend : str
        What monetary scores are of: "sum" of all orders, or "mean" per order (average_order_value where the table has
        it, else monetary / frequency).
    **settings
        cuts; those the scoring does not take are left out.

    Returns
    -------
    Scores

    Raises
    ------
    UnknownNameError
        When no scoring has that name, or a metric is not among the columns.
    ScoringError
        When these customers can't be scored so; the sentence says what to change.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"recency": [2, 30, 400], "frequency": [9, 2, 2], "monetary": [10.0, 80.0, 50.0]})
    >>> made = score(table, bins=3)
    >>> made.table
       r  f  m  fm
    0  3  3  1   2
    1  2  1  3   2
    2  1  1  2   2
    >>> made.warnings
    ('Frequency comes out in 2 of 3 bins: nobody scores 2. 66.7 % of customers share one value (2).',)
    """
    from segdash.scoring.scores import scored
    from segdash.scoring.values import as_scored

    how = SCORINGS[scoring]
    if not len(customers):
        raise ScoringError(f"{how.title} need customers; there are none. Open a file or widen the filters.")
    used = {name: settings[name] for name in how.settings if settings.get(name) is not None}
    thresholds = how.function(as_scored(customers, spend), bins=bins, **used)
    return scored(customers, replace(thresholds, spend=spend))
