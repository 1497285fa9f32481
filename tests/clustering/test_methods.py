"""What every method promises, whatever it does: the contract behind `METHODS`."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import yaml
from threadpoolctl import threadpool_limits

from segdash.clustering import METHODS, Clustering, fit
from segdash.clustering.model import Model
from segdash.errors import ClusteringError, SegdashError, UnknownNameError
from segdash.schema import UNASSIGNED

FEATURES = ["recency", "frequency", "monetary"]
LEARNING = [name for name in METHODS if METHODS[name].takes_features]
OWN_BORDERS = ("ward", "hdbscan")
"""Methods whose model only comes near to what they found."""


@pytest.fixture(scope="module", autouse=True)
def one_thread():
    import sklearn.cluster  # noqa: F401 - only libraries that are loaded can be limited

    with threadpool_limits(limits=1):
        yield


def crowd(n=40, seed=5):
    """Three groups of n customers far from one another, the least valuable first, and clusters of the table's own."""
    random = np.random.default_rng(seed)
    middle = np.repeat([[300.0, 2.0, 20.0], [90.0, 8.0, 300.0], [9.0, 30.0, 5000.0]], n, axis=0)
    values = middle * np.exp(random.normal(0, 0.15, middle.shape))
    return pd.DataFrame(values, columns=FEATURES).assign(cluster=np.repeat(["x", "1", "Gold"], n))


TABLE = crowd()
SETTINGS: dict = {"n_clusters": 3, "transform": "log1p", "seed": 1, "starts": 2}
SETTINGS["model"] = fit("k_means", TABLE, features=FEATURES, **SETTINGS).model.to_dict()


@pytest.fixture(scope="module")
def runs():
    """One run of each method."""
    return {name: fit(name, TABLE, features=FEATURES, **SETTINGS) for name in METHODS}


def test_the_methods_of_the_lab_are_there():
    lab = {"bisecting_k_means", "gaussian_mixture", "given", "hdbscan", "k_means", "single", "ward"}
    assert lab <= set(METHODS)


@pytest.mark.parametrize("method", METHODS)
def test_every_method_gives_one_text_label_per_customer(runs, method):
    run = runs[method]
    assert isinstance(run, Clustering)
    assert run.method == method
    assert len(run.labels) == 120
    assert all(type(label) is str for label in run.labels)


@pytest.mark.parametrize("method", METHODS)
def test_every_method_leaves_the_table_as_it_is(method):
    table = TABLE.copy(deep=True)
    fit(method, table, features=FEATURES, winsorise=0.1, **SETTINGS)
    pd.testing.assert_frame_equal(table, TABLE)


@pytest.mark.parametrize("method", METHODS)
def test_every_method_refuses_no_customers_with_a_sentence(method):
    with pytest.raises(ClusteringError, match="needs customers; there are none"):
        fit(method, TABLE.iloc[:0], features=["recency"], **SETTINGS)


@pytest.mark.parametrize("method", METHODS)
def test_every_method_says_what_it_is_and_what_can_be_chosen(method):
    how = METHODS[method]
    assert how.title
    assert how.about.endswith(".")
    assert len(set(how.names)) == len(how.names)
    for setting in how.settings:
        assert setting.doc.endswith(".")
        assert setting.check(setting.default) == setting.default


@pytest.mark.parametrize("method", METHODS)
def test_the_same_seed_gives_the_same_run(runs, method):
    again = fit(method, TABLE, features=FEATURES, **SETTINGS)
    assert again.labels.tolist() == runs[method].labels.tolist()
    assert again.notes == runs[method].notes


@pytest.mark.parametrize("method", LEARNING)
def test_three_groups_far_apart_are_found_and_numbered_by_value(runs, method):
    assert runs[method].labels.tolist() == ["2"] * 40 + ["1"] * 40 + ["0"] * 40


@pytest.mark.parametrize("method", LEARNING)
def test_the_numbering_does_not_depend_on_the_order_of_customers(runs, method):
    turned = fit(method, TABLE.iloc[::-1].reset_index(drop=True), features=FEATURES, **SETTINGS)
    assert turned.labels[::-1].tolist() == runs[method].labels.tolist()


@pytest.mark.parametrize("method", LEARNING)
def test_centroids_stand_in_the_order_of_the_labels_and_in_the_units_of_the_metrics(runs, method):
    run = runs[method]
    assert run.centroids.shape == (3, 3)
    for i in range(3):
        logs = np.log1p(TABLE.loc[run.labels == str(i), FEATURES].to_numpy()).mean(axis=0)
        assert run.centroids[i] == pytest.approx(np.expm1(logs), rel=1e-6)


@pytest.mark.parametrize("method", LEARNING)
def test_a_run_can_be_repeated_from_its_record(runs, method):
    run = runs[method]
    again = fit(method, TABLE, features=run.features, **run.settings)
    assert again.labels.tolist() == run.labels.tolist()
    assert set(run.settings) == set(METHODS[method].names)


@pytest.mark.parametrize("method", LEARNING)
def test_the_model_puts_the_customers_it_was_made_from_where_they_are(runs, method):
    run = runs[method]
    predicted = run.model.predict(TABLE)
    assert (predicted.dtype, predicted.shape) == (run.labels.dtype, run.labels.shape)
    wrong = int((predicted != run.labels).sum())
    assert wrong == 0 or (method in OWN_BORDERS and wrong <= 6)
    assert run.fitted_on == 120


@pytest.mark.parametrize("method", LEARNING)
def test_the_nearest_segment_by_distance_is_the_one_predicted(runs, method):
    model = runs[method].model
    distances = model.distances(TABLE)
    assert distances.shape == (120, len(model.labels))
    nearest = np.array(model.labels)[distances.argmin(axis=1)]
    predicted = model.predict(TABLE)
    inside = predicted != UNASSIGNED
    assert nearest[inside].tolist() == predicted[inside].tolist()


@pytest.mark.parametrize("transform", ["log1p", "none", "yeo-johnson", "rank"])
@pytest.mark.parametrize("method", LEARNING)
def test_the_model_survives_a_file(method, transform, tmp_path):
    weights = {"recency": 0.5}
    settings = {**SETTINGS, "transform": transform, "winsorise": 0.05, "weights": weights}
    model = fit(method, TABLE, features=FEATURES, **settings).model
    strangers = crowd(30, seed=8)
    expected = model.predict(strangers).tolist()
    plain = model.to_dict()
    for again in (yaml.safe_load(yaml.safe_dump(plain)), json.loads(json.dumps(plain))):
        assert again == plain
        assert Model.from_dict(again).predict(strangers).tolist() == expected
    model.save(tmp_path / "model.json")
    read = Model.load(tmp_path / "model.json")
    assert read.to_dict() == plain
    assert (read.distances(strangers) == model.distances(strangers)).all()


@pytest.mark.parametrize("method", LEARNING)
def test_a_customer_is_put_in_the_same_place_alone_and_among_others(runs, method):
    model = runs[method].model
    together = model.predict(TABLE)
    assert [model.predict(TABLE.iloc[[i]])[0] for i in range(0, 120, 7)] == together[::7].tolist()
    assert model.predict(TABLE.iloc[:0]).tolist() == []


def refusal(method, table, **settings):
    with pytest.raises(SegdashError) as refused:
        fit(method, table, features=FEATURES, **{**SETTINGS, **settings})
    said = str(refused.value)
    assert said.endswith(".")
    return said


@pytest.mark.parametrize("method", LEARNING)
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_every_method_names_the_metric_without_a_number(method, bad):
    table = TABLE.assign(frequency=TABLE["frequency"].where(TABLE.index != 7, bad))
    assert refusal(method, table).startswith("Metric 'frequency' has no number for 1 customer of 120.")


@pytest.mark.parametrize("method", LEARNING)
def test_every_method_refuses_two_customers(method):
    assert "2 customers" in refusal(method, TABLE.iloc[:2]) or "among 2" in refusal(method, TABLE.iloc[:2])


@pytest.mark.parametrize("method", LEARNING)
def test_every_method_refuses_customers_that_are_all_equal(method):
    said = refusal(method, pd.concat([TABLE.iloc[:1]] * 30))
    assert said.startswith("30 customers of one kind can't be told apart: equal in recency, frequency, monetary.")


@pytest.mark.parametrize("method", [name for name in LEARNING if "n_clusters" in METHODS[name].names])
def test_every_method_refuses_more_segments_than_customers_that_differ(method):
    said = refusal(method, pd.concat([TABLE.iloc[:2]] * 30), n_clusters=3)
    assert "cannot make 3 segments: only 2 of 60 customers differ in the chosen metrics." in said
    assert "cannot make 50 segments from 40 customers." in refusal(method, TABLE.iloc[:40], n_clusters=50)


@pytest.mark.parametrize("transform", ["log1p", "none", "yeo-johnson", "rank"])
@pytest.mark.parametrize("method", LEARNING)
def test_every_method_takes_a_metric_of_two_values(method, transform):
    table = pd.DataFrame({"monetary": [10.0, 5000.0] * 20})
    run = fit(method, table, features=["monetary"], n_clusters=2, transform=transform, starts=1)
    assert run.labels.tolist() == ["1", "0"] * 20
    assert run.model.predict(table).tolist() == run.labels.tolist()


@pytest.mark.parametrize("method", LEARNING)
def test_every_method_leaves_out_a_metric_that_is_the_same_for_everyone(method, runs):
    run = fit(method, TABLE.assign(tenure=365.0), features=[*FEATURES, "tenure"], **SETTINGS)
    assert run.features == tuple(FEATURES)
    assert "Metric 'tenure' is the same for everyone and tells nobody apart: it was left out." in run.notes
    assert run.labels.tolist() == runs[method].labels.tolist()


@pytest.mark.parametrize("method", LEARNING)
def test_above_its_limit_a_method_looks_at_a_sample_and_says_so(method, runs, monkeypatch):
    METHODS[method]
    monkeypatch.setitem(METHODS._things, method, replace(METHODS[method], largest=60))
    run = fit(method, TABLE, features=FEATURES, **SETTINGS)
    assert run.fitted_on == 60
    (said,) = (note for note in run.notes if "drawn with" in note)
    assert said.startswith(f"{METHODS[method].title} was fitted on 60 customers of 120, drawn with seed 1; ")
    assert len(run.labels) == 120
    assert (run.labels == runs[method].labels).mean() > 0.9
    assert run.model.predict(TABLE).tolist() == run.labels.tolist()
    assert fit(method, TABLE, features=FEATURES, **SETTINGS).labels.tolist() == run.labels.tolist()


@pytest.mark.parametrize("method", LEARNING)
def test_every_method_knows_up_to_how_many_customers_it_takes_all(method):
    assert METHODS[method].largest >= 5000


def test_an_unknown_method_is_named_with_the_nearest():
    with pytest.raises(UnknownNameError, match=r"No method is named 'k_meens'. Did you mean 'k_means'\?"):
        fit("k_meens", TABLE)


def test_an_unknown_setting_is_named_with_the_nearest():
    with pytest.raises(UnknownNameError, match=r"No setting of a method is named 'n_cluster'. Did you mean"):
        fit("k_means", TABLE, features=FEATURES, n_cluster=3)


def test_a_metric_named_twice_counts_once():
    twice = fit("k_means", TABLE, features=["recency", "recency", "monetary"], **SETTINGS)
    assert twice.features == ("recency", "monetary")


def test_given_takes_the_labels_of_the_table(runs):
    assert runs["given"].labels.tolist() == TABLE["cluster"].tolist()
    assert runs["given"].model is None


def test_given_refuses_a_table_without_clusters():
    with pytest.raises(ClusteringError, match="no cluster column"):
        fit("given", TABLE.drop(columns="cluster"))


def test_single_puts_everyone_together(runs):
    assert set(runs["single"].labels) == {"0"}
    assert runs["single"].model is None
