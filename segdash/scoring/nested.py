"""Nested quantiles: recency first, then frequency among those of equal recency score, then monetary among those."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from segdash.schema import FREQUENCY, MONETARY, RFM
from segdash.scoring import DEFAULT_BINS, SCORINGS, Scoring
from segdash.scoring.quantiles import edges_of
from segdash.scoring.thresholds import Parent, Thresholds, check_bins, inside
from segdash.scoring.values import values_of

if TYPE_CHECKING:
    import pandas as pd


def nested(customers: pd.DataFrame, *, bins: int = DEFAULT_BINS) -> Thresholds:
    """Edges at value quantiles: of recency, of frequency within each recency score, of monetary within each of both.

    Notes
    -----
    A frequency score of 5 then means "among the best of those who ordered as lately", not "among the best of all":
    bins are of more equal size, but scores can be compared only within their parent. A new customer whose parent
    nobody was in is scored by the quantiles of everybody.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"recency": [1, 1, 1, 9, 9, 9, 99], "frequency": [1, 2, 3, 10, 20, 30, 5],
    ...     "monetary": [1.0] * 7})
    >>> nested(table, bins=3).score(table)["f"].tolist()
    [1, 2, 3, 1, 2, 3, 1]
    """
    check_bins(bins)
    values = {name: values_of(customers, name) for name in RFM}
    edges: dict[str, dict[Parent, tuple[float, ...]]] = {name: {(): edges_of(values[name], bins)} for name in RFM}
    for depth, name in ((1, FREQUENCY), (2, MONETARY)):
        # Scores of the outer metrics are final once their own edges are there.
        scores = Thresholds("nested", int(bins), edges).score(customers)
        outer = {axis: scores[axis].to_numpy() for axis in ("r", "f")}
        for parent in product(range(1, bins + 1), repeat=depth):
            within = inside(outer, parent)
            if np.any(within):
                edges[name][parent] = edges_of(values[name][within], bins)
    return Thresholds("nested", int(bins), edges)


SCORINGS.register("nested")(Scoring("Nested quantiles (R, then F within R, then M within both)", nested))
