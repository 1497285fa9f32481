"""What all methods that measure distances begin and end with: points, a sample where there are many, a record."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from segdash.clustering import METHODS, Clustering
from segdash.clustering.features import FeatureSpace
from segdash.clustering.model import Model
from segdash.clustering.settings import N_CLUSTERS, PREPARING
from segdash.errors import ClusteringError, count

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from segdash.clustering.geometry import Geometry


@dataclass(frozen=True, eq=False)
class Ground:
    """Customers as points.

    Parameters
    ----------
    name : str
        The method's name in `METHODS`.
    space : FeatureSpace
        Fitted on all customers.
    points : numpy.ndarray of shape (n_customers, n_features)
    rows : numpy.ndarray of int, or None
        Ascending rows of the sample that the method is fitted on; None means all.
    settings : mapping
        Of the preparation and the seed, for the record.
    """

    name: str
    space: FeatureSpace
    points: np.ndarray
    rows: np.ndarray | None
    settings: Mapping[str, Any]

    @property
    def title(self) -> str:
        """The method's name for people."""
        return METHODS[self.name].title

    @property
    def sample(self) -> np.ndarray:
        """The points that the method is fitted on."""
        return self.points if self.rows is None else self.points[self.rows]

    def sample_note(self, then: str) -> tuple[str, ...]:
        """A sentence about the sample and what came ``then``; none when everyone was fitted on."""
        if self.rows is None:
            return ()
        fitted, everyone = count(len(self.rows), "customer"), f"{len(self.points):,}"
        return (f"{self.title} was fitted on {fitted} of {everyone}, drawn with seed {self.settings['seed']}; {then}.",)

    def model(self, geometry: Geometry) -> Model:
        """The model with segments numbered as the geometry has them."""
        return Model(self.name, self.space, tuple(str(i) for i in range(geometry.size)), geometry)

    def run(
        self,
        model: Model,
        labels: np.ndarray,
        *,
        centroids: np.ndarray,
        settings: Mapping[str, Any],
        notes: Sequence[str] = (),
        inertia: float | None = None,
    ) -> Clustering:
        """The record of a run; ``centroids`` are points, row i of label ``str(i)``."""
        made, found = len(model.labels), len(np.intersect1d(model.labels, labels.astype(str)))
        fewer = f"{self.title} made {count(made, 'segment')}; {made - found} of them without any customer."
        return Clustering(
            labels=labels,
            method=self.name,
            features=self.space.features,
            settings={**settings, **self.settings},
            inertia=inertia,
            centroids=self.space.undo(centroids),
            model=replace(model, space=replace(self.space, notes=())),
            notes=(*self.space.notes, *notes, *([fewer] if found < made else [])),
            fitted_on=len(self.points) if self.rows is None else len(self.rows),
        )


def prepare(
    name: str,
    customers: pd.DataFrame,
    features: Sequence[str],
    *,
    seed: int,
    n_clusters: int | None = None,
    **preparing: Any,
) -> Ground:
    """The ground of a method's run.

    Parameters
    ----------
    name : str
        The method's name in `METHODS`.
    customers : pandas.DataFrame of shape (n_customers, ...)
    features : sequence of str
    seed : int
        Of the sample, drawn where there are more customers than the method's ``largest``.
    n_clusters : int, optional
        How many clusters are to be made; None where the method finds that out itself.
    **preparing
        transform, standardise, winsorise, weights, as for `FeatureSpace.fit`.

    Raises
    ------
    ClusteringError
        When customers, or customers that differ, are fewer than clusters, or as `FeatureSpace.fit` says.
    """
    title, largest = METHODS[name].title, METHODS[name].largest
    wanted = 1 if n_clusters is None else N_CLUSTERS.check(n_clusters)
    if len(customers) < wanted:
        raise ClusteringError(
            f"{title} cannot make {wanted} segments from {count(len(customers), 'customer')}. "
            f"Choose at most {len(customers)} segments, or open a larger table."
        )
    space = FeatureSpace.fit(customers, features, **preparing)
    points = space.transform(customers)
    rows = None
    if largest is not None and len(points) > largest:
        rows = np.sort(np.random.default_rng(seed).choice(len(points), largest, replace=False))
    defaults = {setting.name: setting.default for setting in PREPARING}
    ground = Ground(name, space, points, rows, {**defaults, **preparing, "seed": seed})
    _refuse_too_few(title, ground.sample, wanted, "customer" if rows is None else "sampled customer")
    return ground


def centres(points: np.ndarray, codes: np.ndarray, n: int) -> np.ndarray:
    """Mean point of each code 0..n-1, shape (n, n_features); codes below 0 count nowhere.

    Examples
    --------
    >>> centres(np.array([[0.0], [2.0], [9.0]]), np.array([0, 0, -1]), 1).tolist()
    [[1.0]]
    """
    inside = codes >= 0
    sums = [np.bincount(codes[inside], column[inside], minlength=n) for column in points.T]
    return np.stack(sums, axis=1) / np.bincount(codes[inside], minlength=n)[:, None]


def _refuse_too_few(title: str, points: np.ndarray, n_clusters: int, noun: str) -> None:
    """Raise when fewer rows are different than clusters are asked for."""
    # n_clusters different rows are usually among the first few hundred; only otherwise is all compared.
    distinct = len(np.unique(points[:1000], axis=0))
    if distinct < n_clusters:
        distinct = len(np.unique(points, axis=0))
    if distinct < n_clusters:
        raise ClusteringError(
            f"{title} cannot make {n_clusters} segments: only {distinct} of {count(len(points), noun)} "
            f"differ in the chosen metrics. Choose at most {distinct} segments, or add a metric."
        )
