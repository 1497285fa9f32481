"""k-means: k groups whose members are near their common mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segdash.clustering import METHODS, Clustering, Method, refuse_too_few
from segdash.clustering.features import transformed, undo

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

STARTS_WHERE_CHEAP = 50
STARTS_WHERE_LARGE = 10
LARGE = 20_000


def k_means(
    customers: pd.DataFrame,
    features: Sequence[str],
    *,
    n_clusters: int = 4,
    transform: str = "log1p",
    seed: int = 42,
    starts: int = 0,
) -> Clustering:
    """Lloyd's k-means of scikit-learn on standardised features, the best of several starts.

    Parameters
    ----------
    customers : pandas.DataFrame of shape (n_customers, ...)
        One row per customer.
    features : sequence of str
        Metrics to cluster on; no value may be missing.
    n_clusters : int
        Number of clusters, 2 or more.
    transform : str
        What is done to each metric before it is standardised, see `segdash.clustering.features.TRANSFORMS`.
    seed : int
        Of the random starts: the same seed gives the same labels.
    starts : int
        Number of random starts; 0 means 50 up to 20,000 customers and 10 above. One start is often a bad one:
        on the file of the dashboard that segdash replaces it was 24 % worse than the best of ten.

    Returns
    -------
    Clustering
        Labels "0" .. "k-1" as scikit-learn numbers them; the numbers carry no meaning.

    Raises
    ------
    ClusteringError
        When customers, or customers that differ, are fewer than ``n_clusters``, or a value is missing.
    """
    # scikit-learn takes a second to import and is not needed for a table that brings its clusters.
    from sklearn.cluster import KMeans
    from sklearn.preprocessing import StandardScaler
    from threadpoolctl import threadpool_limits

    values = transformed(customers, features, transform)
    refuse_too_few("k-means", values, n_clusters)
    scaler = StandardScaler()
    scaled = scaler.fit_transform(values)
    n_init = starts or (STARTS_WHERE_CHEAP if len(scaled) <= LARGE else STARTS_WHERE_LARGE)
    # Threads that wait for one another on a busy server turn 0.1 s into 30; few customers need none.
    with threadpool_limits(limits=1 if len(scaled) <= LARGE else None):
        model = KMeans(n_clusters=n_clusters, n_init=n_init, random_state=seed).fit(scaled)
    return Clustering(
        labels=model.labels_.astype(str).astype(object),
        method="k_means",
        features=tuple(features),
        settings={"n_clusters": n_clusters, "transform": transform, "seed": seed, "starts": n_init},
        inertia=float(model.inertia_),
        centroids=undo(scaler.inverse_transform(np.asarray(model.cluster_centers_)), transform),
    )


METHODS.register("k_means")(Method("k-means", k_means, settings=("n_clusters", "transform", "seed", "starts")))
