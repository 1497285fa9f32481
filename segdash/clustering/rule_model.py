"""Scores and rules frozen: new customers are scored by the same thresholds and get the segment of their cell."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from segdash.clustering.model import read_model, write_model
from segdash.clustering.strict import record
from segdash.errors import ClusteringError, quote
from segdash.rules.rule_set import RuleSet
from segdash.schema import RFM
from segdash.scoring.thresholds import Thresholds

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

    import numpy as np
    import pandas as pd

VERSION = 1
KEYS = ("version", "method", "kind", "thresholds", "rule_set")


@dataclass(frozen=True)
class RuleModel:
    """What assigns customers that were not seen.

    Parameters
    ----------
    thresholds : Thresholds
        From metrics to scores.
    rule_set : RuleSet
        From scores to segments, of the same number of bins.

    Raises
    ------
    RulesError
        When the two have different numbers of bins.

    Examples
    --------
    >>> import pandas as pd
    >>> from segdash.clustering import fit
    >>> table = pd.DataFrame({"recency": [1, 50, 99], "frequency": [9, 3, 1], "monetary": [900.0, 80.0, 10.0]})
    >>> model = fit("rfm_rules", table, bins=3).model
    >>> model.predict(pd.DataFrame({"recency": [2], "frequency": [1], "monetary": [5.0]})).tolist()
    ['Recent']
    """

    thresholds: Thresholds
    rule_set: RuleSet

    method = "rfm_rules"
    kind = "rules"

    def __post_init__(self) -> None:
        self.rule_set.refuse_other_bins(self.thresholds.bins)

    @property
    def labels(self) -> tuple[str, ...]:
        """Names of the segments, best to worst, also of those that nobody was in."""
        return self.rule_set.segments

    @property
    def features(self) -> tuple[str, ...]:
        """Metrics that a table must have."""
        return RFM

    @property
    def spend(self) -> str:
        """What is scored as monetary: "sum" of all orders or "mean" per order."""
        return self.thresholds.spend

    def predict(self, customers: pd.DataFrame) -> np.ndarray:
        """Segment of each customer, shape (n_customers,), text.

        Raises
        ------
        UnknownNameError
            When the table has not got one of the metrics.
        ScoringError
            When a value is missing or infinite.
        """
        return self.rule_set.assign(self.thresholds.score(customers))

    def renamed(self, names: Mapping[str, str]) -> RuleModel:
        """The same model with other names of segments: old -> new."""
        return replace(self, rule_set=self.rule_set.renamed(names))

    def to_dict(self) -> dict[str, Any]:
        """Everything in plain types: lists, dicts, texts and numbers."""
        return {
            "version": VERSION,
            "method": self.method,
            "kind": self.kind,
            "thresholds": self.thresholds.to_dict(),
            "rule_set": self.rule_set.to_dict(),
        }

    @classmethod
    def from_dict(cls, plain: Any) -> RuleModel:
        """The model that `to_dict` wrote.

        Raises
        ------
        ClusteringError, ScoringError, RulesError, UnknownNameError
            When it is of another version or kind, or something is missing, unknown or contradicts itself.
        """
        held = record(plain, KEYS, "the model")
        for key, wanted in (("version", VERSION), ("method", cls.method), ("kind", cls.kind)):
            if held[key] != wanted:
                raise ClusteringError(
                    f"A model with the {key} {quote(held[key])} is no model of rules, which has {quote(wanted)}. "
                    "Open it with the method that wrote it, or save it anew."
                )
        return cls(Thresholds.from_dict(held["thresholds"]), RuleSet.from_dict(held["rule_set"]))

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the model to a JSON file.

        Raises
        ------
        SourceError
            When the file can't be written.
        """
        write_model(self.to_dict(), path)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> RuleModel:
        """The model in a file that `save` wrote.

        Raises
        ------
        SourceError
            When the file can't be read, is no JSON or larger than 5 MB.
        ClusteringError
            When its content is no model of rules, as for `from_dict`.
        """
        return read_model(path, cls.from_dict)
