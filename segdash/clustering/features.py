"""Metrics to the space that distances are measured in: a transform, then mean 0 and standard deviation 1."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segdash.errors import ClusteringError, UnknownNameError, count, quote

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

TRANSFORMS = {
    "log1p": "Logarithm, log(1 + value)",
    "none": "None (values as they are)",
}
"""What is done to each metric before it is standardised: name -> title."""


def transformed(customers: pd.DataFrame, features: Sequence[str], transform: str = "log1p") -> np.ndarray:
    """Metrics after the transform, before standardising, shape (n_customers, n_features).

    Raises
    ------
    ClusteringError
        For a missing or infinite value, or a value of -1 or less under ``log1p``: named, counted, with the mend.
    UnknownNameError
        When no transform has that name.

    Examples
    --------
    >>> import pandas as pd
    >>> transformed(pd.DataFrame({"monetary": [0.0, np.e - 1]}), ["monetary"]).ravel().tolist()
    [0.0, 1.0]
    """
    if transform not in TRANSFORMS:
        raise UnknownNameError.of("transform", transform, TRANSFORMS)
    values = customers.loc[:, list(features)].to_numpy(dtype="float64")
    for i, name in enumerate(features):
        bad = int((~np.isfinite(values[:, i])).sum())
        if bad:
            raise ClusteringError(
                f"Metric {quote(name)} has no number for {count(bad, 'customer')} of {len(values):,}. "
                "Leave it out of the features, or complete the file."
            )
        if transform == "log1p" and values[:, i].min() <= -1:
            below = int((values[:, i] <= -1).sum())
            raise ClusteringError(
                f"Metric {quote(name)} is -1 or less for {count(below, 'customer')} "
                f"(lowest {values[:, i].min():,.6g}) and has no logarithm there. "
                "Choose the transform 'none', or leave the metric out of the features."
            )
    return np.log1p(values) if transform == "log1p" else values


def undo(values: np.ndarray, transform: str) -> np.ndarray:
    """Values before the transform, of the same shape."""
    return np.expm1(values) if transform == "log1p" else values
