"""Models of either kind go to a file and come back."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from segdash.clustering import fit
from segdash.clustering.model_file import model_file, model_from
from segdash.errors import ClusteringError, SourceError

TABLE = pd.DataFrame({"recency": [1, 50, 99], "frequency": [9, 3, 1], "monetary": [900.0, 80.0, 10.0]})


def test_names_go_along():
    model = fit("k_means", TABLE, features=["monetary"], n_clusters=2).model
    kept = model_from(model_file(model, {"0": "Gold"}).getvalue(), "may.json")
    assert sorted(kept.labels) == ["1", "Gold"]
    assert kept.predict(TABLE).tolist() == ["Gold" if label == "0" else "1" for label in model.predict(TABLE)]


def test_rules_are_models_too():
    model = fit("rfm_rules", TABLE, bins=3).model
    kept = model_from(model_file(model, {}).getvalue(), "rules.json")
    assert kept == model


@pytest.mark.parametrize(
    ("content", "error", "said"),
    [
        (b"no json", SourceError, "may.json is no valid JSON"),
        (b"\xff\xfe", SourceError, "may.json can't be read"),
        (b"[1]", ClusteringError, "may.json is no model that can be used"),
        (json.dumps({"kind": "rules"}).encode(), ClusteringError, "may.json is no model that can be used"),
        (b" " * 5_000_001, SourceError, "larger than 5 MB"),
    ],
)
def test_what_is_no_model_is_said(content, error, said):
    with pytest.raises(error, match=said):
        model_from(content, "may.json")
