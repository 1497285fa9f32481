"""Where segments lie in the feature space, and which of them a point belongs to."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

import numpy as np

from segdash.clustering.strict import number, numbers, record
from segdash.errors import ClusteringError

if TYPE_CHECKING:
    from collections.abc import Callable

BLOCK = 16_384
"""Rows worked on at a time: they fit into a processor's cache."""

NOWHERE = -1


class Geometry(Protocol):
    """What a model knows of its segments."""

    kind: ClassVar[str]

    @property
    def size(self) -> int:
        """Number of segments."""

    def distances(self, points: np.ndarray) -> np.ndarray:
        """How far each point is from each segment, shape (n_points, n_segments); smaller is nearer."""

    def owners(self, points: np.ndarray) -> np.ndarray:
        """Number of each point's segment, -1 where it has none."""

    def to_dict(self) -> dict[str, Any]:
        """Everything in plain types."""


@dataclass(frozen=True, eq=False)
class Centroids:
    """A segment is what is nearest to its centroid.

    Parameters
    ----------
    centroids : numpy.ndarray of shape (n_segments, n_features)

    Examples
    --------
    >>> two = Centroids(np.array([[0.0, 0.0], [3.0, 4.0]]))
    >>> two.distances(np.array([[0.0, 0.0]])).tolist(), two.owners(np.array([[2.0, 3.0]])).tolist()
    ([[0.0, 5.0]], [1])
    """

    kind: ClassVar[str] = "centroids"
    centroids: np.ndarray

    @property
    def size(self) -> int:
        """Number of segments."""
        return len(self.centroids)

    def distances(self, points: np.ndarray) -> np.ndarray:
        """Euclidean distances."""
        return _in_blocks(self._lengths, points, self.size)

    def owners(self, points: np.ndarray) -> np.ndarray:
        """The nearest; of equally near ones the first."""
        return self.distances(points).argmin(axis=1)

    def _lengths(self, block: np.ndarray) -> np.ndarray:
        # Differences, not the quicker |x|^2 - 2xc + |c|^2: a row's result must not depend on the rows beside it.
        columns = np.ascontiguousarray(block.T)
        return np.sqrt(
            np.stack([sum((x - c) ** 2 for x, c in zip(columns, row, strict=True)) for row in self.centroids], axis=1)
        )

    def to_dict(self) -> dict[str, Any]:
        """The centroids as lists."""
        return {"centroids": self.centroids.tolist()}

    @classmethod
    def from_dict(cls, plain: Any, size: int, width: int) -> Centroids:
        """What `to_dict` wrote, checked."""
        held = record(plain, ("centroids",), "the model's geometry")
        return cls(numbers(held["centroids"], (size, width), "'centroids'"))


@dataclass(frozen=True, eq=False)
class Mixture:
    """A segment is where its Gaussian, times its share, is the highest.

    Parameters
    ----------
    shares : numpy.ndarray of shape (n_segments,)
        Above 0, sum 1.
    means : numpy.ndarray of shape (n_segments, n_features)
    covariances : numpy.ndarray of shape (n_segments, n_features, n_features)
        Symmetric, positive definite.
    """

    kind: ClassVar[str] = "mixture"
    shares: np.ndarray
    means: np.ndarray
    covariances: np.ndarray

    @property
    def size(self) -> int:
        """Number of segments."""
        return len(self.means)

    @cached_property
    def whitened(self) -> list[tuple[np.ndarray, float]]:
        """Per segment: the matrix that makes its covariance the unit, and minus the log of its share and height."""
        found = []
        for share, covariance in zip(self.shares, self.covariances, strict=True):
            lower = np.linalg.cholesky(covariance)
            height = np.log(share) - np.log(np.diag(lower)).sum() - len(covariance) / 2 * np.log(2 * np.pi)
            found.append((np.linalg.inv(lower).T, -height))
        return found

    def distances(self, points: np.ndarray) -> np.ndarray:
        """Minus the logarithm of share x density; may be below 0."""
        return _in_blocks(self._surprise, points, self.size)

    def owners(self, points: np.ndarray) -> np.ndarray:
        """The most likely."""
        return self.distances(points).argmin(axis=1)

    def _surprise(self, block: np.ndarray) -> np.ndarray:
        parts = zip(self.means, self.whitened, strict=True)
        return np.stack([(((block - mean) @ white) ** 2).sum(axis=1) / 2 + low for mean, (white, low) in parts], axis=1)

    def to_dict(self) -> dict[str, Any]:
        """Shares, means and covariances as lists."""
        return {
            "shares": self.shares.tolist(),
            "means": self.means.tolist(),
            "covariances": self.covariances.tolist(),
        }

    @classmethod
    def from_dict(cls, plain: Any, size: int, width: int) -> Mixture:
        """What `to_dict` wrote, checked."""
        held = record(plain, ("shares", "means", "covariances"), "the model's geometry")
        shares = numbers(held["shares"], (size,), "'shares'")
        if (shares <= 0).any() or abs(shares.sum() - 1) > 1e-6:
            raise ClusteringError("'shares' must each be above 0 and add up to 1. Save the model anew.")
        mixture = cls(
            shares,
            numbers(held["means"], (size, width), "'means'"),
            numbers(held["covariances"], (size, width, width), "'covariances'"),
        )
        # What is 0 but for rounding differs from itself turned round.
        least = 1e-9 * np.abs(mixture.covariances).max()
        if not np.allclose(mixture.covariances, mixture.covariances.transpose(0, 2, 1), rtol=1e-6, atol=least):
            raise ClusteringError("'covariances' must be symmetric. Save the model anew.")
        try:
            mixture.whitened  # noqa: B018 - the factorisation is the check
        except np.linalg.LinAlgError:
            raise ClusteringError("'covariances' must be positive definite. Save the model anew.") from None
        return mixture


@dataclass(frozen=True, eq=False)
class Exemplars:
    """A segment is what lies within its reach of one of its exemplars, and nearer to them than to others'.

    Parameters
    ----------
    exemplars : tuple of numpy.ndarray of shape (n_exemplars, n_features)
        Per segment, some of its customers.
    reach : numpy.ndarray of shape (n_segments,)
        Largest distance to the nearest exemplar; a point farther away has no segment.
    """

    kind: ClassVar[str] = "exemplars"
    exemplars: tuple[np.ndarray, ...]
    reach: np.ndarray

    @property
    def size(self) -> int:
        """Number of segments."""
        return len(self.exemplars)

    @cached_property
    def _trees(self) -> list[Any]:
        from scipy.spatial import KDTree

        return [KDTree(points) for points in self.exemplars]

    def distances(self, points: np.ndarray) -> np.ndarray:
        """Euclidean distances to the nearest exemplar of each segment."""
        return np.stack([tree.query(points)[0] for tree in self._trees], axis=1)

    def owners(self, points: np.ndarray) -> np.ndarray:
        """Segment of the nearest exemplar, -1 beyond its reach."""
        distances = self.distances(points)
        nearest = distances.argmin(axis=1)
        within = distances[np.arange(len(points)), nearest] <= self.reach[nearest]
        return np.where(within, nearest, NOWHERE)

    def to_dict(self) -> dict[str, Any]:
        """Exemplars and reach as lists, one entry per segment."""
        segments = zip(self.exemplars, self.reach.tolist(), strict=True)
        return {"segments": [{"reach": reach, "exemplars": points.tolist()} for points, reach in segments]}

    @classmethod
    def from_dict(cls, plain: Any, size: int, width: int) -> Exemplars:
        """What `to_dict` wrote, checked."""
        segments = record(plain, ("segments",), "the model's geometry")["segments"]
        if not isinstance(segments, list) or len(segments) != size:
            raise ClusteringError(f"'segments' of the model must be a list of {size}. Save the model anew.")
        parts = [record(one, ("reach", "exemplars"), "a segment of the model") for one in segments]
        return cls(
            tuple(numbers(part["exemplars"], (None, width), "'exemplars'") for part in parts),
            np.array([number(part["reach"], "'reach'", least=0) for part in parts]),
        )


GEOMETRIES: dict[str, type[Centroids] | type[Mixture] | type[Exemplars]] = {
    one.kind: one for one in (Centroids, Mixture, Exemplars)
}
"""Kind of model -> what reads it."""


def _in_blocks(measure: Callable[[np.ndarray], np.ndarray], points: np.ndarray, size: int) -> np.ndarray:
    out = np.empty((len(points), size))
    for start in range(0, len(points), BLOCK):
        out[start : start + BLOCK] = measure(points[start : start + BLOCK])
    return out
