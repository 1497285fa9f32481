"""Customers in, one cluster label per customer out. One module per method, found by name in `METHODS`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from segdash.errors import ClusteringError, UnknownNameError, count
from segdash.registry import Registry

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import numpy as np
    import pandas as pd


@dataclass(frozen=True, eq=False)
class Clustering:
    """Labels and how they came about.

    Parameters
    ----------
    labels : numpy.ndarray of str, shape (n_customers,)
        Cluster of each customer, as text.
    method : str
        Name of the method in `METHODS`.
    features : tuple of str
        Metrics the clusters were made from; empty when the method takes none.
    settings : mapping
        Everything else that was chosen (transform, seed, ...), so that the run can be repeated.
    inertia : float or None
        Sum of squared distances to the nearest centroid in the transformed space.
    centroids : numpy.ndarray of shape (n_clusters, n_features) or None
        In the units of the metrics, transform undone; row i belongs to label ``str(i)``.
    """

    labels: np.ndarray
    method: str
    features: tuple[str, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    inertia: float | None = None
    centroids: np.ndarray | None = None


@dataclass(frozen=True)
class Method:
    """A way to cluster customers.

    Parameters
    ----------
    title : str
        Name for people.
    function : callable
        ``function(customers, features, **settings) -> Clustering``.
    settings : tuple of str
        Choices it listens to, among n_clusters, transform, seed, starts; these become controls.
    takes_features : bool
        True when it clusters on chosen metrics.
    """

    title: str
    function: Callable[..., Clustering]
    settings: tuple[str, ...] = ()
    takes_features: bool = True


METHODS: Registry[Method] = Registry("method", __name__)


def fit(method: str, customers: pd.DataFrame, *, features: Sequence[str] = (), **settings: Any) -> Clustering:
    """Cluster ``customers`` by the named method.

    Parameters
    ----------
    method : str
        A name in `METHODS`.
    customers : pandas.DataFrame of shape (n_customers, ...)
        One row per customer, canonical columns.
    features : sequence of str
        Metrics to cluster on, for methods that take features.
    **settings
        n_clusters, transform, seed, starts; those the method does not take are left out.

    Returns
    -------
    Clustering

    Raises
    ------
    UnknownNameError
        When no method or metric has that name.
    ClusteringError
        When these customers can't be clustered so; the sentence says what to change.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"recency": [1, 2, 300, 301], "frequency": [9, 8, 1, 1]})
    >>> labels = fit("k_means", table, features=["recency", "frequency"], n_clusters=2, seed=0).labels
    >>> bool(labels[0] == labels[1]), bool(labels[0] == labels[2])
    (True, False)
    """
    how = METHODS[method]
    if len(customers) == 0:
        raise ClusteringError(f"{how.title} needs customers; there are none. Open a file or widen the filters.")
    for name in features if how.takes_features else ():
        if name not in customers.columns:
            raise UnknownNameError.of("metric", name, customers.select_dtypes("number").columns)
    used = {name: settings[name] for name in how.settings if name in settings}
    if not how.takes_features:
        return how.function(customers, **used)
    if not features:
        raise ClusteringError(f"{how.title} needs at least one metric to cluster on. Choose one or more.")
    return how.function(customers, tuple(features), **used)


def refuse_too_few(title: str, values: np.ndarray, n_clusters: int) -> None:
    """Raise when fewer rows, or fewer different rows, than clusters are asked for."""
    import numpy as np

    rows = len(values)
    # n_clusters different rows are usually among the first few hundred; only otherwise is all compared.
    distinct = len(np.unique(values[:1000], axis=0))
    if distinct < n_clusters:
        distinct = len(np.unique(values, axis=0))
    if rows < n_clusters:
        raise ClusteringError(
            f"{title} cannot make {n_clusters} segments from {count(rows, 'customer')}. "
            f"Choose at most {rows} segments, or open a larger table."
        )
    if distinct < n_clusters:
        raise ClusteringError(
            f"{title} cannot make {n_clusters} segments: only {distinct} of {count(rows, 'customer')} "
            f"differ in the chosen metrics. Choose at most {distinct} segments, or add a metric."
        )
