"""A segmentation frozen: it puts new customers into the same segments, and can be kept in a file."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from segdash.clustering.features import FeatureSpace
from segdash.clustering.geometry import GEOMETRIES, Geometry
from segdash.clustering.strict import record, text, texts
from segdash.errors import ClusteringError, SegdashError, SourceError, UnknownNameError, quote
from segdash.schema import UNASSIGNED

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Mapping

    import pandas as pd

T = TypeVar("T")

VERSION = 1
MOST_BYTES = 5_000_000
KEYS = ("version", "method", "kind", "labels", "space", "geometry")


@dataclass(frozen=True, eq=False)
class Model:
    """What a method learned, enough to assign customers it has not seen.

    Parameters
    ----------
    method : str
        Name of the method that made it.
    space : FeatureSpace
        From metrics to points.
    labels : tuple of str
        Label of each segment, in the order of the geometry.
    geometry : Geometry
        Where the segments lie: centroids, a mixture, or exemplars.

    Examples
    --------
    >>> import pandas as pd
    >>> from segdash.clustering import fit
    >>> table = pd.DataFrame({"monetary": [900.0, 850.0, 20.0, 10.0]})
    >>> model = fit("k_means", table, features=["monetary"], n_clusters=2).model
    >>> model.predict(pd.DataFrame({"monetary": [15.0, 5000.0]})).tolist()
    ['1', '0']
    """

    method: str
    space: FeatureSpace
    labels: tuple[str, ...]
    geometry: Geometry

    @property
    def kind(self) -> str:
        """Centroids, mixture or exemplars."""
        return self.geometry.kind

    @property
    def features(self) -> tuple[str, ...]:
        """Metrics that a table must have."""
        return self.space.features

    def predict(self, customers: pd.DataFrame) -> np.ndarray:
        """Label of each customer, shape (n_customers,), text; "Unassigned" for one that is in no segment.

        Raises
        ------
        UnknownNameError
            When the table has not got one of the metrics.
        ClusteringError
            When a value is missing, infinite, or has no logarithm.
        """
        return self.label(self.space.transform(customers))

    def label(self, points: np.ndarray) -> np.ndarray:
        """`predict` of points that were transformed before."""
        # The last name is what -1 finds.
        return np.array([*self.labels, UNASSIGNED], dtype=object)[self.geometry.owners(points)]

    def distances(self, customers: pd.DataFrame) -> np.ndarray:
        """How far each customer is from each segment, shape (n_customers, n_segments); columns follow ``labels``.

        Smaller is nearer. Of centroids and exemplars they are Euclidean distances in the feature space, of a mixture
        minus the logarithm of share times density, which may be negative.
        """
        return self.geometry.distances(self.space.transform(customers))

    def renamed(self, names: Mapping[str, str]) -> Model:
        """The same model with other labels: old -> new."""
        return replace(self, labels=tuple(names[label] for label in self.labels))

    def to_dict(self) -> dict[str, Any]:
        """Everything in plain types: lists, dicts, texts and numbers."""
        return {
            "version": VERSION,
            "method": self.method,
            "kind": self.kind,
            "labels": list(self.labels),
            "space": self.space.to_dict(),
            "geometry": self.geometry.to_dict(),
        }

    @classmethod
    def from_dict(cls, plain: Any) -> Model:
        """The model that `to_dict` wrote.

        Raises
        ------
        ClusteringError, UnknownNameError
            When it is of another version, or something is missing, unknown, of a wrong kind or shape.
        """
        version = plain.get("version") if hasattr(plain, "get") else None
        if version is not None and version != VERSION:
            raise ClusteringError(
                f"A model of version {quote(version)} can't be read: this is version {VERSION}. "
                "Save it anew, or open it with the segdash that wrote it."
            )
        held = record(plain, KEYS, "the model")
        labels = texts(held["labels"], "'labels'")
        if UNASSIGNED in labels:
            raise ClusteringError(f"No segment can have the label {quote(UNASSIGNED)}. Rename it.")
        if held["kind"] not in list(GEOMETRIES):
            raise UnknownNameError.of("kind of model", held["kind"], GEOMETRIES)
        space = FeatureSpace.from_dict(held["space"])
        geometry = GEOMETRIES[held["kind"]].from_dict(held["geometry"], len(labels), len(space.axes))
        return cls(text(held["method"], "'method'"), space, labels, geometry)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the model to a JSON file.

        Raises
        ------
        SourceError
            When the file can't be written.
        """
        write_model(self.to_dict(), path)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Model:
        """The model in a file that `save` wrote.

        Raises
        ------
        SourceError
            When the file can't be read, is no JSON or larger than 5 MB.
        ClusteringError
            When its content is no model, as for `from_dict`.
        """
        return read_model(path, cls.from_dict)


def write_model(plain: Mapping[str, Any], path: str | os.PathLike[str]) -> None:
    """Write what ``to_dict`` of a model of any kind gave to a JSON file; see `Model.save`."""
    file = Path(path)
    try:
        file.write_text(json.dumps(plain, allow_nan=False) + "\n", encoding="utf-8")
    except OSError as error:
        raise SourceError(f"{file.name} can't be written ({error}). Choose another place.") from None


def read_model(path: str | os.PathLike[str], from_dict: Callable[[Any], T]) -> T:
    """The model in a file that `write_model` wrote, by the ``from_dict`` of its kind; see `Model.load`."""
    file = Path(path)
    plain = _read(file)
    try:
        return from_dict(plain)
    except SegdashError as error:
        raise ClusteringError(f"{file.name} is no model that can be used. {error}") from None


def _read(file: Path) -> Any:
    """The content of a JSON file."""
    try:
        with file.open("rb") as opened:
            content = opened.read(MOST_BYTES + 1)
    except OSError as error:
        raise SourceError(f"{file.name} can't be read ({error}). Give the path of a saved model.") from None
    return parsed(content, file.name)


def parsed(content: bytes, name: str) -> Any:
    """The content of JSON that was kept in a file of that name, read strictly.

    Raises
    ------
    SourceError
        When it is no JSON, or larger than 5 MB.
    """
    if len(content) > MOST_BYTES:
        raise SourceError(f"{name} is larger than 5 MB: not a file that holds a model.")
    try:
        return json.loads(content.decode("utf-8-sig"), object_pairs_hook=_once, parse_constant=_refuse_constant)
    except UnicodeDecodeError as error:
        raise SourceError(f"{name} can't be read ({error}). Give the path of a saved model.") from None
    except (ValueError, RecursionError) as error:
        raise SourceError(f"{name} is no valid JSON: {' '.join(str(error).split())}") from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A dict of these pairs; a key given twice would silently win over the first."""
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"entry {quote(key)} occurs twice")
        found[key] = value
    return found


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no number")
