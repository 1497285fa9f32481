"""The clusters that the customer table brought along."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segdash.clustering import METHODS, Clustering, Method
from segdash.errors import ClusteringError
from segdash.schema import CLUSTER

if TYPE_CHECKING:
    import pandas as pd


def given(customers: pd.DataFrame) -> Clustering:
    """Labels of the table's own cluster column.

    Raises
    ------
    ClusteringError
        When the table has none.
    """
    if CLUSTER not in customers.columns:
        raise ClusteringError(
            "This table has no cluster column to take the segments from. Choose another method, or add the column."
        )
    return Clustering(labels=np.asarray(customers[CLUSTER].astype(str), dtype=object), method="given")


METHODS.register("given")(
    Method("As given in the file", given, "Keeps the segments that the table brought along.", takes_features=False)
)
