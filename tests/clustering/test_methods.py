from __future__ import annotations

import pandas as pd
import pytest

from segdash.clustering import METHODS, Clustering, fit
from segdash.clustering.features import TRANSFORMS, transformed, undo
from segdash.errors import ClusteringError, UnknownNameError

TABLE = pd.DataFrame(
    {
        "recency": [1, 2, 90, 99],
        "frequency": [9, 8, 1, 1],
        "monetary": [900.0, 850.0, 20.0, 10.0],
        "cluster": ["1", "1", "x", "0"],
    }
)
SETTINGS = {"n_clusters": 2, "transform": "log1p", "seed": 1, "starts": 2}


@pytest.mark.parametrize("method", METHODS)
def test_every_method_gives_one_text_label_per_customer(method):
    run = fit(method, TABLE, features=["recency", "monetary"], **SETTINGS)
    assert isinstance(run, Clustering)
    assert run.method == method
    assert len(run.labels) == 4
    assert all(type(label) is str for label in run.labels)


@pytest.mark.parametrize("method", METHODS)
def test_every_method_leaves_the_table_as_it_is(method):
    before = TABLE.copy(deep=True)
    fit(method, TABLE, features=["recency", "monetary"], **SETTINGS)
    pd.testing.assert_frame_equal(TABLE, before)


@pytest.mark.parametrize("method", METHODS)
def test_every_method_refuses_no_customers_with_a_sentence(method):
    with pytest.raises(ClusteringError, match="needs customers; there are none"):
        fit(method, TABLE.iloc[:0], features=["recency"], **SETTINGS)


@pytest.mark.parametrize("method", METHODS)
def test_every_method_has_a_title_and_listens_to_known_settings(method):
    assert METHODS[method].title
    assert set(METHODS[method].settings) <= set(SETTINGS)


def test_an_unknown_method_is_named_with_the_nearest():
    with pytest.raises(UnknownNameError, match=r"No method is named 'k_meens'. Did you mean 'k_means'\?"):
        fit("k_meens", TABLE)


def test_given_takes_the_labels_of_the_table():
    assert fit("given", TABLE).labels.tolist() == ["1", "1", "x", "0"]


def test_given_refuses_a_table_without_clusters():
    with pytest.raises(ClusteringError, match="no cluster column"):
        fit("given", TABLE.drop(columns="cluster"))


def test_single_puts_everyone_together():
    assert fit("single", TABLE).labels.tolist() == ["0", "0", "0", "0"]


@pytest.mark.parametrize("transform", TRANSFORMS)
def test_every_transform_can_be_undone(transform):
    values = transformed(TABLE, ["recency", "monetary"], transform)
    assert undo(values, transform).tolist() == pytest.approx(TABLE[["recency", "monetary"]].to_numpy(dtype=float))
