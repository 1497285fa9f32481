"""Value quantiles: thresholds that cut the customers into parts as equal as their values allow."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segdash.schema import RFM
from segdash.scoring import DEFAULT_BINS, SCORINGS, Scoring
from segdash.scoring.thresholds import Thresholds, check_bins
from segdash.scoring.values import values_of

if TYPE_CHECKING:
    import pandas as pd


def quantiles(customers: pd.DataFrame, *, bins: int = DEFAULT_BINS) -> Thresholds:
    """Edges at the 1/bins, 2/bins, ... quantiles of each metric, by linear interpolation.

    Notes
    -----
    A bin goes from above its lower edge up to and including its upper edge, so customers with equal values always
    have equal scores. Where more customers share a value than fit a bin, neighbouring edges fall together and a
    score stays empty. (To rank first and cut the ranks into equal parts fills all bins, but gives customers who are
    identical different scores.)

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({name: [1.0, 2.0, 3.0, 4.0, 10.0] for name in ("recency", "frequency", "monetary")})
    >>> quantiles(table, bins=4).edges["monetary"]
    {(): (2.0, 3.0, 4.0)}
    """
    check_bins(bins)
    return Thresholds("quantiles", int(bins), {name: {(): edges_of(values_of(customers, name), bins)} for name in RFM})


def edges_of(values: np.ndarray, bins: int) -> tuple[float, ...]:
    """The ``bins - 1`` quantiles of at least one value, linear interpolation (type 7)."""
    return tuple(np.quantile(values, np.arange(1, bins) / bins).tolist())


SCORINGS.register("quantiles")(Scoring("Value quantiles", quantiles))
