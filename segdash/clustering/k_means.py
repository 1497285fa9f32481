"""k-means: k groups whose members are near their common mean."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from segdash.clustering import METHODS, Clustering, Method
from segdash.clustering.geometry import Centroids
from segdash.clustering.ground import prepare
from segdash.clustering.settings import N_CLUSTERS, PREPARING, SEED, STARTS

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

STARTS_WHERE_CHEAP = 50
STARTS_WHERE_LARGE = 10
LARGE = 20_000
LARGEST = 50_000

WITHIN = 1.002
"""Starts whose inertia in the sample is within this factor of the best may be the best of all customers."""

MOST_FINALISTS = 3


def k_means(
    customers: pd.DataFrame,
    features: Sequence[str],
    *,
    n_clusters: int = 4,
    seed: int = 42,
    starts: int = 0,
    **preparing: Any,
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
    seed : int
        Of the random starts: the same seed gives the same labels.
    starts : int
        Number of random starts; 0 means 50 up to 20,000 customers and 10 above. One start is often a bad one:
        on the file of the dashboard that segdash replaces it was 24 % worse than the best of ten.
    **preparing
        transform, standardise, winsorise, weights: see `segdash.clustering.features.FeatureSpace.fit`.

    Returns
    -------
    Clustering
        Labels "0" .. "k-1" as scikit-learn numbers them; the numbers carry no meaning.

    Raises
    ------
    ClusteringError
        When customers, or customers that differ, are fewer than ``n_clusters``, or a value is missing.

    Notes
    -----
    Above 50,000 customers the starts are tried on a sample of that size. The best of them that differ, three at
    most, go on with all customers until they settle, and the lowest inertia wins: so the choice among optima that
    are nearly as good as one another is not left to the sample.
    """
    # scikit-learn takes a second to import and is not needed for a table that brings its clusters.
    from sklearn.cluster import KMeans
    from threadpoolctl import threadpool_limits

    ground = prepare("k_means", customers, features, seed=seed, n_clusters=n_clusters, **preparing)
    points = ground.points
    n_init = starts or (STARTS_WHERE_CHEAP if len(points) <= LARGE else STARTS_WHERE_LARGE)
    # Threads that wait for one another on a busy server turn 0.1 s into 30; few customers need none.
    with threadpool_limits(limits=1 if len(points) <= LARGE else None):
        if ground.rows is None:
            best = KMeans(n_clusters=n_clusters, n_init=n_init, random_state=seed).fit(points)
        else:
            best = _from_sample(ground.sample, points, n_clusters, n_init, seed)
    model = ground.model(Centroids(np.asarray(best.cluster_centers_)))
    return ground.run(
        model,
        model.label(points),
        centroids=best.cluster_centers_,
        settings={"n_clusters": n_clusters, "starts": n_init},
        notes=ground.sample_note("the best of its starts then went on with everyone"),
        inertia=float(best.inertia_),
    )


def _from_sample(sample: np.ndarray, points: np.ndarray, n_clusters: int, n_init: int, seed: int) -> Any:
    """The fitted `KMeans` of all points whose starts were tried on a sample."""
    from sklearn.cluster import KMeans

    random = np.random.RandomState(seed)
    tried = (KMeans(n_clusters=n_clusters, n_init=1, random_state=random).fit(sample) for _ in range(n_init))
    finalists = [one.cluster_centers_ for one in _different(sorted(tried, key=lambda one: one.inertia_))]
    settled = [KMeans(n_clusters=n_clusters, n_init=1, init=centroids).fit(points) for centroids in finalists]
    return min(settled, key=lambda one: one.inertia_)


def _different(tried: Sequence[Any]) -> list[Any]:
    """The best runs, as far as they are near the very best and are not the same optimum reached twice."""
    from sklearn.metrics import adjusted_rand_score

    kept: list[Any] = []
    for one in tried:
        if len(kept) == MOST_FINALISTS or one.inertia_ > WITHIN * tried[0].inertia_:
            break
        # Runs at one optimum stop a step or two apart.
        if all(adjusted_rand_score(one.labels_[:5000], other.labels_[:5000]) < 0.95 for other in kept):
            kept.append(one)
    return kept


METHODS.register("k_means")(
    Method(
        "k-means",
        k_means,
        "Compact groups of like customers; the customary choice, quick at any size.",
        settings=(N_CLUSTERS, *PREPARING, SEED, STARTS),
        largest=LARGEST,
    )
)
