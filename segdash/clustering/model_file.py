"""Models as files that a page hands out and takes back, whatever kind they are of."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

from segdash.clustering.model import Model, parsed
from segdash.clustering.rule_model import RuleModel
from segdash.errors import ClusteringError, SegdashError

if TYPE_CHECKING:
    from collections.abc import Mapping


def model_file(model: Model | RuleModel, names: Mapping[str, str]) -> io.BytesIO:
    """The model as JSON, its segments called as people call them, so that they keep their names next month.

    Parameters
    ----------
    model : Model or RuleModel
    names : mapping of str to str
        Label -> name; a label that isn't there keeps its own.

    Examples
    --------
    >>> import pandas as pd
    >>> from segdash.clustering import fit
    >>> model = fit("k_means", pd.DataFrame({"monetary": [900.0, 20.0]}), features=["monetary"], n_clusters=2).model
    >>> kept = model_file(model, {"0": "Big", "1": "Small"}).getvalue()
    >>> model_from(kept, "may.json").predict(pd.DataFrame({"monetary": [30.0]})).tolist()
    ['Small']
    """
    named = model.renamed({label: names.get(label, label) for label in model.labels})
    return io.BytesIO((json.dumps(named.to_dict(), allow_nan=False) + "\n").encode())


def model_from(content: bytes, name: str) -> Model | RuleModel:
    """The model in a file that `model_file` or ``model.save`` wrote.

    Parameters
    ----------
    content : bytes
        Of the file.
    name : str
        What sentences call it.

    Raises
    ------
    SourceError
        When it is no JSON or larger than 5 MB.
    ClusteringError
        When its content is no model.
    """
    plain = parsed(content, name)
    kind = RuleModel if isinstance(plain, dict) and plain.get("kind") == RuleModel.kind else Model
    try:
        return kind.from_dict(plain)
    except SegdashError as error:
        raise ClusteringError(f"{name} is no model that can be used. {error}") from None
