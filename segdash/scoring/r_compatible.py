"""As the R package rfm scores: quantiles plus 1."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segdash.schema import RFM
from segdash.scoring import DEFAULT_BINS, SCORINGS, Scoring
from segdash.scoring.quantiles import edges_of
from segdash.scoring.thresholds import Parent, Thresholds, check_bins
from segdash.scoring.values import values_of

if TYPE_CHECKING:
    import pandas as pd


def r_compatible(customers: pd.DataFrame, *, bins: int = DEFAULT_BINS) -> Thresholds:
    """Edges at the type-7 quantiles plus 1; a value that equals an edge belongs to the bin above.

    Notes
    -----
    The 1 is added whatever the unit: harmless to days and orders, but it moves the edges of a monetary that is
    counted in thousands. Use it to reproduce results of that package.

    References
    ----------
    Hebbali, A.: rfm, Recency, Frequency and Monetary Value Analysis, ``rfm_table_order``.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({name: [1.0, 2.0, 3.0, 4.0, 10.0] for name in ("recency", "frequency", "monetary")})
    >>> r_compatible(table, bins=4).edges["monetary"]
    {(): (3.0, 4.0, 5.0)}
    """
    check_bins(bins)
    edges: dict[str, dict[Parent, tuple[float, ...]]] = {
        name: {(): tuple(edge + 1 for edge in edges_of(values_of(customers, name), bins))} for name in RFM
    }
    return Thresholds("r_compatible", int(bins), edges, edge_counts="above")


SCORINGS.register("r_compatible")(Scoring("Quantiles as in the R package rfm", r_compatible))
