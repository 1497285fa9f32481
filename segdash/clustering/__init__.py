"""Customers in, one cluster label per customer out. One module per method, found by name in `METHODS`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from segdash.errors import ClusteringError, UnknownNameError
from segdash.registry import Registry

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import numpy as np
    import pandas as pd

    from segdash.clustering.model import Model
    from segdash.clustering.rule_model import RuleModel
    from segdash.clustering.settings import Setting


@dataclass(frozen=True, eq=False)
class Clustering:
    """Labels and how they came about.

    Parameters
    ----------
    labels : numpy.ndarray of str, shape (n_customers,)
        Cluster of each customer, as text; "Unassigned" for one that is in none.
    method : str
        Name of the method in `METHODS`.
    features : tuple of str
        Metrics the clusters were made from, those left out left out; empty when the method takes none.
    settings : mapping
        Everything else that was chosen (transform, seed, ...), so that the run can be repeated.
    inertia : float or None
        Sum of squared distances to the centroid of one's cluster in the transformed space.
    centroids : numpy.ndarray of shape (n_clusters, n_features) or None
        In the units of the metrics, transform undone; row i belongs to label ``str(i)``.
    model : Model, RuleModel or None
        What assigns customers that were not seen; None where nothing was learned.
    notes : tuple of str
        Sentences about what segdash did on the way: metrics left out, values clipped, samples, doubts.
    fitted_on : int
        Customers that the clusters were found among; fewer than there are when a sample was drawn, 0 where
        nothing was learned.
    """

    labels: np.ndarray
    method: str
    features: tuple[str, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    inertia: float | None = None
    centroids: np.ndarray | None = None
    model: Model | RuleModel | None = None
    notes: tuple[str, ...] = ()
    fitted_on: int = 0


@dataclass(frozen=True)
class Method:
    """A way to cluster customers.

    Parameters
    ----------
    title : str
        Name for people.
    function : callable
        ``function(customers, features, **settings) -> Clustering``, or without features when it takes none.
    about : str
        One line that says what it is good for.
    settings : tuple of Setting
        Choices it listens to, see `segdash.clustering.settings`; these become controls.
    takes_features : bool
        True when it clusters on chosen metrics. The numbers of its clusters then carry no meaning, and `fit` gives
        them in order of value.
    largest : int or None
        Up to how many customers it is fitted on all of them. Above, it is fitted on a sample of that size, and
        everyone is assigned by the model. None: always all.
    """

    title: str
    function: Callable[..., Clustering]
    about: str
    settings: tuple[Setting, ...] = ()
    takes_features: bool = True
    largest: int | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Names of its settings."""
        return tuple(setting.name for setting in self.settings)


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
        As the methods declare them (n_clusters, transform, seed, ...); those this method does not take are left out.

    Returns
    -------
    Clustering
        The clusters of a method that takes features are numbered by value: "0" has the largest mean monetary (or
        mean of the first feature, where the table has no monetary), whatever the algorithm called it.

    Raises
    ------
    UnknownNameError
        When no method, metric or setting has that name.
    ClusteringError
        When these customers can't be clustered so; the sentence says what to change.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"recency": [1, 2, 300, 301], "frequency": [1, 1, 8, 9], "monetary": [5, 9, 300, 280]})
    >>> fit("k_means", table, features=["recency", "frequency"], n_clusters=2, seed=0).labels.tolist()
    ['1', '1', '0', '0']
    """
    how = METHODS[method]
    known = {setting.name for one in METHODS.values() for setting in one.settings}
    for name in settings:
        if name not in known:
            raise UnknownNameError.of("setting of a method", name, known)
    if len(customers) == 0:
        raise ClusteringError(f"{how.title} needs customers; there are none. Open a file or widen the filters.")
    used = {one.name: one.check(settings[one.name]) for one in how.settings if one.name in settings}
    if not how.takes_features:
        return how.function(customers, **used)
    for name in features:
        if name not in customers.columns:
            raise UnknownNameError.of("metric", name, customers.select_dtypes("number").columns)
    if not features:
        raise ClusteringError(f"{how.title} needs at least one metric to cluster on. Choose one or more.")
    from segdash.clustering.order import in_order

    return in_order(how.function(customers, tuple(dict.fromkeys(features)), **used), customers)
