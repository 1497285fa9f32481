"""Where the page measures distances between customers, from the choices it has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    import pandas as pd

    from segdash.state.segmentation import Segmentation

PREPARING = ("standardise", "winsorise", "weights")
"""Settings of methods that say in which space distances are measured."""


@dataclass(frozen=True, eq=False)
class StudySpace:
    """Customers and the choices that make points of them.

    Parameters
    ----------
    features : pandas.DataFrame
        All metrics, one row per customer.
    names : tuple of str
        Metrics that count.
    transform : str
    preparing : mapping
        Those of `PREPARING` that were chosen.
    seed : int
    """

    features: pd.DataFrame
    names: tuple[str, ...]
    transform: str
    preparing: Mapping[str, Any]
    seed: int

    @classmethod
    def of(cls, state: Segmentation) -> StudySpace:
        """The one that the page has now."""
        own = {name: value for name, value in state.method_settings.items() if name in PREPARING}
        return cls(state.features, tuple(state.feature_names), state.transform, own, state.seed)

    def same_as(self, other: StudySpace) -> bool:
        """Whether what was found in the other holds here: the same table, the same choices."""
        return self.features is other.features and self._choices == other._choices

    @property
    def _choices(self) -> tuple[Any, ...]:
        return (self.names, self.transform, dict(self.preparing), self.seed)

    def points(self) -> np.ndarray:
        """Customers as points, shape (n_customers, n_features).

        Raises
        ------
        SegdashError
            When a value is missing, or nothing tells the customers apart.
        """
        from segdash.clustering.features import FeatureSpace

        space = FeatureSpace.fit(self.features, list(self.names), transform=self.transform, **self.preparing)
        return space.transform(self.features)
