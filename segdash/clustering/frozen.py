"""A segmentation that was frozen: its model puts these customers into the segments it knows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from segdash.clustering import METHODS, Clustering, Method
from segdash.clustering.model import Model
from segdash.clustering.rule_model import RuleModel
from segdash.clustering.settings import KINDS, Setting
from segdash.errors import ClusteringError, quote

if TYPE_CHECKING:
    import pandas as pd


def frozen(customers: pd.DataFrame, *, model: Mapping[str, Any] | None = None) -> Clustering:
    """Labels by a model that was learned before, maybe from other customers.

    Parameters
    ----------
    customers : pandas.DataFrame of shape (n_customers, ...)
        With the metrics that the model was learned from.
    model : mapping
        What `Model.to_dict` or `RuleModel.to_dict` wrote.

    Returns
    -------
    Clustering
        Labels are those of the model; a segment that nobody is in does not occur.

    Raises
    ------
    ClusteringError
        When there is no model, or a value is missing.
    UnknownNameError
        When the customers have not got one of its metrics.

    Examples
    --------
    >>> import pandas as pd
    >>> from segdash.clustering import fit
    >>> table = pd.DataFrame({"monetary": [900.0, 850.0, 20.0, 10.0]})
    >>> model = fit("k_means", table, features=["monetary"], n_clusters=2).model
    >>> fit("frozen", pd.DataFrame({"monetary": [15.0, 870.0]}), model=model.to_dict()).labels.tolist()
    ['1', '0']
    """
    if model is None:
        raise ClusteringError(
            "No saved model is loaded to score by. Load a segmentation that was saved with its model."
        )
    learned = model_of(model)
    return Clustering(
        labels=learned.predict(customers),
        method="frozen",
        features=tuple(learned.features),
        settings={"model": model},
        model=learned,
    )


def model_of(plain: Any) -> Model | RuleModel:
    """The model that ``to_dict`` of any kind of model wrote.

    Raises
    ------
    SegdashError
        When it is none.
    """
    rules = isinstance(plain, Mapping) and plain.get("kind") == RuleModel.kind
    return RuleModel.from_dict(plain) if rules else Model.from_dict(plain)


@dataclass(frozen=True)
class ModelSetting(Setting):
    """A saved model."""

    def check(self, value: Any) -> Any:
        """The model in plain types."""
        if value is None:
            return None
        if not isinstance(value, Mapping):
            raise ClusteringError(f"Setting {quote(self.name)} must be {KINDS[self.kind]}, not {quote(value)}.")
        return model_of(value).to_dict()


MODEL = ModelSetting(
    "model",
    "Saved model",
    "What a saved segmentation learned: centres, thresholds and transforms, none of them made anew.",
    "model",
    default=None,
)

METHODS.register("frozen")(
    Method(
        "As a saved model has it",
        frozen,
        "Puts customers into the segments of a segmentation that was saved, by its centres or thresholds as they were.",
        settings=(MODEL,),
        takes_features=False,
    )
)
