"""Where the page measures distances between customers: what a study is made in, and the key it is kept with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from segdash.errors import CancelledError, SegdashError
from segdash.markup import escape

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy as np
    import pandas as pd

    from segdash.state import Segmentation
    from segdash.work import Task

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


def or_refusal(work: Callable[[Task], Any]) -> Callable[[Task], Any]:
    """The same work, which gives the sentence of a refusal instead of raising it; being cancelled is none."""

    def try_it(task: Task) -> Any:
        try:
            return work(task)
        except CancelledError:
            raise
        except SegdashError as refused:
            return str(refused)

    return try_it


def refusal(sentence: str) -> str:
    """The sentence of a refusal, as markup."""
    return f'<div class="note problem" role="alert">{escape(sentence)}</div>'
