"""Gaussian mixture: overlapping bell-shaped groups, each with a size, a spread and a tilt of its own."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from segdash.clustering import METHODS, Clustering, Method
from segdash.clustering.geometry import Mixture
from segdash.clustering.ground import prepare
from segdash.clustering.settings import N_CLUSTERS, PREPARING, SEED, STARTS, Setting

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

STARTS_OF_MIXTURE = 5
ROUNDS = 200

COVARIANCE = Setting(
    "covariance",
    "Shape of segments",
    "How freely each segment may stretch and tilt in the space of the metrics.",
    "choice",
    default="full",
    options={
        "full": "Each its own stretch and tilt",
        "tied": "One stretch and tilt for all",
        "diag": "Each its own stretch, no tilt",
        "spherical": "Round, each its own width",
    },
)


def gaussian_mixture(
    customers: pd.DataFrame,
    features: Sequence[str],
    *,
    n_clusters: int = 4,
    covariance: str = COVARIANCE.default,
    seed: int = 42,
    starts: int = 0,
    **preparing: Any,
) -> Clustering:
    """scikit-learn's mixture of Gaussians by expectation maximisation, the most likely of several starts.

    Parameters
    ----------
    customers : pandas.DataFrame of shape (n_customers, ...)
        One row per customer.
    features : sequence of str
        Metrics to cluster on; no value may be missing.
    n_clusters : int
        Number of Gaussians, 2 or more. One that is nowhere the most likely has no customers; the notes say so.
    covariance : str
        full, tied, diag or spherical.
    seed : int
        Of the random starts: the same seed gives the same labels.
    starts : int
        Number of random starts; 0 means 5.
    **preparing
        transform, standardise, winsorise, weights: see `segdash.clustering.features.FeatureSpace.fit`.

    Returns
    -------
    Clustering
        Each customer has the label of the Gaussian that most likely produced them; centroids are the means.

    Raises
    ------
    ClusteringError
        When customers, or customers that differ, are fewer than ``n_clusters``, or a value is missing.
    """
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.mixture import GaussianMixture
    from threadpoolctl import threadpool_limits

    shape = COVARIANCE.check(covariance)
    ground = prepare("gaussian_mixture", customers, features, seed=seed, n_clusters=n_clusters, **preparing)
    n_init = starts or STARTS_OF_MIXTURE
    mixture = GaussianMixture(n_clusters, covariance_type=shape, n_init=n_init, max_iter=ROUNDS, random_state=seed)
    with threadpool_limits(limits=1), warnings.catch_warnings():
        # Said in a note instead.
        warnings.simplefilter("ignore", ConvergenceWarning)
        mixture.fit(ground.sample)
    geometry = Mixture(mixture.weights_, mixture.means_, _full(mixture))
    model = ground.model(geometry)
    unsettled = f"The mixture had not settled after {ROUNDS} rounds: try another seed, more starts or fewer segments."
    return ground.run(
        model,
        model.label(ground.points),
        centroids=geometry.means,
        settings={"n_clusters": n_clusters, "covariance": shape, "starts": n_init},
        notes=(
            *([] if mixture.converged_ else [unsettled]),
            *ground.sample_note("everyone was assigned to the most likely segment"),
        ),
    )


def _full(mixture: Any) -> np.ndarray:
    """Covariances of shape (n_clusters, n_features, n_features), whatever was shared or left out in fitting."""
    n, width = mixture.means_.shape
    held = np.asarray(mixture.covariances_)
    if mixture.covariance_type == "full":
        return held
    if mixture.covariance_type == "tied":
        return np.repeat(held[None], n, axis=0)
    # diag: one variance per feature; spherical: one for all features.
    return np.eye(width) * held.reshape(n, 1, -1)


METHODS.register("gaussian_mixture")(
    Method(
        "Gaussian mixture",
        gaussian_mixture,
        "Groups of different size, spread and tilt that overlap; finds a small dense group beside a wide one.",
        settings=(N_CLUSTERS, COVARIANCE, *PREPARING, SEED, STARTS),
        largest=20_000,
    )
)
