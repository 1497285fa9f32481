"""Bisecting k-means: everyone, divided in two by k-means, then the most scattered part again, and so on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from segdash.clustering import METHODS, Clustering, Method
from segdash.clustering.geometry import Centroids
from segdash.clustering.ground import prepare
from segdash.clustering.settings import N_CLUSTERS, PREPARING, SEED, STARTS
from segdash.errors import count

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

STARTS_PER_DIVISION = 10


def bisecting_k_means(
    customers: pd.DataFrame,
    features: Sequence[str],
    *,
    n_clusters: int = 4,
    seed: int = 42,
    starts: int = 0,
    **preparing: Any,
) -> Clustering:
    """scikit-learn's bisecting k-means; in the end everyone goes to the nearest of the centroids it found.

    Parameters
    ----------
    customers : pandas.DataFrame of shape (n_customers, ...)
        One row per customer.
    features : sequence of str
        Metrics to cluster on; no value may be missing.
    n_clusters : int
        Number of clusters, 2 or more.
    seed : int
        Of the random starts: the same seed gives the same labels.
    starts : int
        Random starts of each division; 0 means 10.
    **preparing
        transform, standardise, winsorise, weights: see `segdash.clustering.features.FeatureSpace.fit`.

    Returns
    -------
    Clustering
        Its notes say how many customers lie nearer to the centroid of another part than to that of their own: they
        belong to the nearer one, so that distances and segments agree.

    Raises
    ------
    ClusteringError
        When customers, or customers that differ, are fewer than ``n_clusters``, or a value is missing.
    """
    from sklearn.cluster import BisectingKMeans
    from threadpoolctl import threadpool_limits

    ground = prepare("bisecting_k_means", customers, features, seed=seed, n_clusters=n_clusters, **preparing)
    n_init = starts or STARTS_PER_DIVISION
    with threadpool_limits(limits=1):
        divided = BisectingKMeans(n_clusters=n_clusters, n_init=n_init, random_state=seed).fit(ground.sample)
    geometry = Centroids(np.asarray(divided.cluster_centers_))
    distances = geometry.distances(ground.points)
    model = ground.model(geometry)
    moved = int((geometry.owners(ground.sample) != divided.labels_).sum())
    crossed = (
        f"After the last division {count(moved, 'customer')} of {len(ground.sample):,} lay nearer to the centroid of "
        "another segment than to that of their own part, and went there."
    )
    return ground.run(
        model,
        model.label(ground.points),
        centroids=geometry.centroids,
        settings={"n_clusters": n_clusters, "starts": n_init},
        notes=(*([crossed] if moved else []), *ground.sample_note("everyone was assigned to the nearest centroid")),
        inertia=float((distances.min(axis=1) ** 2).sum()),
    )


METHODS.register("bisecting_k_means")(
    Method(
        "Bisecting k-means",
        bisecting_k_means,
        "Splits the base in two, then the most scattered part again: one segment more changes the others little.",
        settings=(N_CLUSTERS, *PREPARING, SEED, STARTS),
        largest=100_000,
    )
)
