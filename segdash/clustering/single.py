"""No segmentation: everyone in one group."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segdash.clustering import METHODS, Clustering, Method

if TYPE_CHECKING:
    import pandas as pd


def single(customers: pd.DataFrame) -> Clustering:
    """The same label for each customer: what is left when there are too few to tell apart."""
    return Clustering(labels=np.full(len(customers), "0", dtype=object), method="single")


METHODS.register("single")(
    Method("None (everyone together)", single, "Looks at the base as a whole, without segments.", takes_features=False)
)
