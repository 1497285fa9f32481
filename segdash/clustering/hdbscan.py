"""HDBSCAN: segments are where customers are dense; who is in no dense place stays unassigned, and is shown so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from segdash.clustering import METHODS, Clustering, Method
from segdash.clustering.geometry import NOWHERE, Exemplars
from segdash.clustering.ground import centres, prepare
from segdash.clustering.settings import N_CLUSTERS, PREPARING, SEED, Setting
from segdash.errors import ClusteringError, count
from segdash.numbers import percent
from segdash.schema import UNASSIGNED

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

NEIGHBOURS = 5
SHARE = 0.02
MOST_EXEMPLARS = 100

MIN_CLUSTER_SIZE = Setting(
    "min_cluster_size",
    "Smallest segment",
    "Customers that a dense group must have to be a segment. 0 takes 2 % of the customers, at least 5.",
    "whole",
    default=0,
    bounds=(0, 1_000_000),
)


def hdbscan(
    customers: pd.DataFrame, features: Sequence[str], *, min_cluster_size: int = 0, seed: int = 42, **preparing: Any
) -> Clustering:
    """scikit-learn's HDBSCAN, which finds the number of segments itself and leaves out who is in none.

    Parameters
    ----------
    customers : pandas.DataFrame of shape (n_customers, ...)
        One row per customer.
    features : sequence of str
        Metrics to cluster on; no value may be missing.
    min_cluster_size : int
        Smallest segment, 2 or more; 0 means 2 % of the customers fitted, at least 5.
    seed : int
        Of the sample, where one is drawn; nothing else is random.
    **preparing
        transform, standardise, winsorise, weights: see `segdash.clustering.features.FeatureSpace.fit`.

    Returns
    -------
    Clustering
        Customers in no dense place have the label "Unassigned", and the notes count them. The model knows up to 100
        customers of each segment and how far its segment reaches from them, so it may put a fitted customer
        elsewhere than HDBSCAN did; the notes say how many it does not.

    Raises
    ------
    ClusteringError
        When there are fewer customers than a segment needs, no dense group or more than 50, or a value is missing.

    Notes
    -----
    How dense a place is follows from the distance to the fifth nearest customer, whatever the size of segments:
    where density is measured over a whole smallest segment, as scikit-learn's default has it, segments run together.
    """
    from sklearn.cluster import HDBSCAN
    from threadpoolctl import threadpool_limits

    size = MIN_CLUSTER_SIZE.check(min_cluster_size)
    largest = METHODS["hdbscan"].largest or len(customers)
    size = size or max(NEIGHBOURS, round(SHARE * min(len(customers), largest)))
    if size < 2 or min(len(customers), largest) < size:
        raise ClusteringError(
            f"HDBSCAN cannot find segments of at least {count(size, 'customer')} among {len(customers):,}. "
            f"Choose a smallest segment of 2 or more, or open a larger table."
        )
    ground = prepare("hdbscan", customers, features, seed=seed, **preparing)
    with threadpool_limits(limits=1):
        codes = HDBSCAN(min_cluster_size=size, min_samples=min(NEIGHBOURS, size), copy=True).fit(ground.sample).labels_
    found = int(codes.max()) + 1
    _refuse_too_few_or_many(found, size)
    geometry = exemplars_of(ground.sample, codes, found)
    model = ground.model(geometry)
    faithful = float((geometry.owners(ground.sample) == codes).mean())
    labels = np.array([*model.labels, UNASSIGNED], dtype=object)[codes]
    labels = labels if ground.rows is None else model.label(ground.points)
    alone = int((labels == UNASSIGNED).sum())
    return ground.run(
        model,
        labels,
        centroids=centres(ground.sample, codes, found),
        settings={"min_cluster_size": size},
        notes=(
            f"{count(alone, 'customer')} of {len(labels):,} ({percent(alone / len(labels))}) "
            f'{"is" if alone == 1 else "are"} in no dense group: "{UNASSIGNED}".',
            f"New customers go to the segment of the nearest of up to {MOST_EXEMPLARS} typical ones, if that is near "
            f"enough. The model does so rightly for {percent(faithful)} of those fitted.",
            *ground.sample_note("everyone was assigned by that model"),
        ),
    )


def exemplars_of(points: np.ndarray, codes: np.ndarray, n: int) -> Exemplars:
    """Customers that stand for each segment, and how far it reaches from them.

    Exemplars are spread as evenly as can be: each is the customer farthest from those before. At most half of a
    segment become exemplars. The reach is the one that puts most of the other customers where HDBSCAN put them, and
    at least the gap that separates 95 % of the exemplars from the nearest other: real customers held back then found
    their segments again, where the first rule alone left twice as many unassigned as HDBSCAN does.
    """
    rows = [_spread(points, np.flatnonzero(codes == i)) for i in range(n)]
    boundless = Exemplars(tuple(points[some] for some in rows), np.full(n, np.inf))
    distances = boundless.distances(points)
    nearest, gap = distances.argmin(axis=1), distances.min(axis=1)
    judged = np.ones(len(points), dtype=bool)
    judged[np.concatenate(rows)] = False
    reach = []
    for i in range(n):
        near = np.flatnonzero(judged & (nearest == i))
        near = near[np.argsort(gap[near], kind="stable")]
        # Each customer within reach counts: right one up, unassigned one down, other segment's no difference.
        worth = np.where(codes[near] == i, 1, np.where(codes[near] == NOWHERE, -1, 0)).cumsum()
        best = gap[near][worth.argmax()] if len(near) and worth.max() > 0 else 0.0
        reach.append(max(float(best), _usual_gap(boundless.exemplars[i])))
    return Exemplars(boundless.exemplars, np.array(reach))


def _usual_gap(points: np.ndarray) -> float:
    """Distance to the nearest other that 95 % of the points do not exceed; 0 of a single point."""
    from scipy.spatial import KDTree

    if len(points) < 2:
        return 0.0
    gaps = KDTree(points).query(points, k=2)[0][:, 1]
    # One exemplar on the fringe, far from all others, must not widen the whole segment.
    return float(np.quantile(gaps, 0.95, method="lower"))


def _spread(points: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Up to half of these rows, 100 at most: the first, then always the one farthest from those taken."""
    members = points[rows]
    taken = [0]
    gap = np.linalg.norm(members - members[0], axis=1)
    while len(taken) < min(MOST_EXEMPLARS, -(-len(rows) // 2)) and gap.max() > 0:
        taken.append(int(gap.argmax()))
        gap = np.minimum(gap, np.linalg.norm(members - members[taken[-1]], axis=1))
    return rows[taken]


def _refuse_too_few_or_many(found: int, size: int) -> None:
    most = int(N_CLUSTERS.bounds[1]) if N_CLUSTERS.bounds else found
    if found == 0:
        raise ClusteringError(
            f"HDBSCAN finds no dense groups of {count(size, 'customer')} or more: everybody would be unassigned. "
            "Choose a smaller smallest segment, other metrics, or another method."
        )
    if found > most:
        raise ClusteringError(
            f"HDBSCAN finds {found} dense groups of {count(size, 'customer')} or more; "
            f"more than {most} can't be told apart. Choose a larger smallest segment."
        )


METHODS.register("hdbscan")(
    Method(
        "HDBSCAN (density)",
        hdbscan,
        "Dense groups of any shape, as many as there are; whoever fits in none is shown as Unassigned.",
        settings=(MIN_CLUSTER_SIZE, *PREPARING, SEED),
        largest=20_000,
    )
)
