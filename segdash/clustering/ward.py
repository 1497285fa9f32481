"""Ward: from single customers up, the two groups whose union adds least scatter become one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from segdash.clustering import METHODS, Clustering, Method
from segdash.clustering.geometry import Centroids
from segdash.clustering.ground import centres, prepare
from segdash.clustering.settings import N_CLUSTERS, PREPARING, SEED
from segdash.numbers import percent

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd


def ward(
    customers: pd.DataFrame, features: Sequence[str], *, n_clusters: int = 4, seed: int = 42, **preparing: Any
) -> Clustering:
    """scikit-learn's agglomerative clustering with Ward's criterion.

    Parameters
    ----------
    customers : pandas.DataFrame of shape (n_customers, ...)
        One row per customer.
    features : sequence of str
        Metrics to cluster on; no value may be missing.
    n_clusters : int
        Number of clusters, 2 or more.
    seed : int
        Of the sample, where one is drawn; nothing else is random.
    **preparing
        transform, standardise, winsorise, weights: see `segdash.clustering.features.FeatureSpace.fit`.

    Returns
    -------
    Clustering
        Labels are Ward's own where everyone was fitted. The model knows centroids only, so it may put a fitted
        customer elsewhere; its notes say how many it does not.

    Raises
    ------
    ClusteringError
        When customers, or customers that differ, are fewer than ``n_clusters``, or a value is missing.
    """
    from sklearn.cluster import AgglomerativeClustering
    from threadpoolctl import threadpool_limits

    ground = prepare("ward", customers, features, seed=seed, n_clusters=n_clusters, **preparing)
    with threadpool_limits(limits=1):
        codes = AgglomerativeClustering(n_clusters=n_clusters, linkage="ward").fit(ground.sample).labels_
    geometry = Centroids(centres(ground.sample, codes, n_clusters))
    model = ground.model(geometry)
    faithful = float((geometry.owners(ground.sample) == codes).mean())
    owners = codes if ground.rows is None else geometry.owners(ground.points)
    fidelity = (
        "Ward draws no borders for new customers: the model puts them into the segment whose centroid is nearest. "
        f"It does so rightly for {percent(faithful)} of those fitted."
    )
    return ground.run(
        model,
        owners.astype(str).astype(object),
        centroids=geometry.centroids,
        settings={"n_clusters": n_clusters},
        notes=(fidelity, *ground.sample_note("everyone was assigned to the nearest centroid")),
        inertia=float(((ground.points - geometry.centroids[owners]) ** 2).sum()),
    )


METHODS.register("ward")(
    Method(
        "Ward (hierarchical)",
        ward,
        "Builds segments from the bottom up; no chance is involved, and small distant groups stay on their own.",
        settings=(N_CLUSTERS, *PREPARING, SEED),
        largest=5_000,
    )
)
