from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from threadpoolctl import threadpool_limits

from segdash.clustering import METHODS, fit
from segdash.clustering.k_means import k_means
from segdash.errors import ClusteringError, SegdashError, UnknownNameError

RFM = ["recency", "frequency", "monetary"]

# shared/DOMAIN.md section 5: best of 50 starts, Online Retail, standardised.
INERTIA = {
    "none": {2: 9012.6447, 3: 5439.3042, 4: 4092.1443, 5: 3118.2840, 6: 2472.5745},
    "log1p": {2: 6481.2253, 3: 4867.7696, 4: 3938.0909, 5: 3295.9029, 6: 2855.0112},
}
SILHOUETTE = {
    "none": {2: 0.8958, 3: 0.5937, 4: 0.6162, 5: 0.6165, 6: 0.5963},
    "log1p": {2: 0.4329, 3: 0.3366, 4: 0.3355, 5: 0.3161, 6: 0.3133},
}
LOG_SIZES = {
    2: [2671, 1667],
    3: [1873, 1697, 768],
    4: [1588, 1174, 856, 720],
    5: [1208, 1018, 935, 833, 344],
    6: [983, 950, 813, 673, 591, 328],
}
PUBLISHED = [(transform, k) for transform in INERTIA for k in INERTIA[transform]]


@pytest.fixture(scope="module", autouse=True)
def one_thread():
    """Threads that wait for one another make a small clustering 30 times slower where other work runs beside."""
    import sklearn.cluster  # noqa: F401 - only libraries that are loaded can be limited

    with threadpool_limits(limits=1):
        yield


@pytest.fixture(scope="module")
def online_retail(shared_data):
    """Recency, frequency and monetary of the 4,338 customers, as shared/data/README.md defines them."""
    lines = pd.read_parquet(shared_data / "online_retail" / "online_retail.parquet")
    lines = lines[lines["CustomerID"].notna() & (lines["Quantity"] > 0) & (lines["UnitPrice"] > 0)]
    ordered_at = pd.to_datetime(lines["InvoiceDate"])
    as_of = ordered_at.max() + pd.Timedelta(days=1)
    amount = lines["Quantity"].astype(float) * lines["UnitPrice"].astype(float)
    by = lines["CustomerID"].to_numpy()
    last = ordered_at.groupby(by).max()
    return pd.DataFrame(
        {
            "recency": np.floor((as_of - last) / pd.Timedelta(hours=24)).astype(int),
            "frequency": lines["InvoiceNo"].groupby(by).nunique(),
            "monetary": amount.groupby(by).sum(),
        }
    ).reset_index(drop=True)


@pytest.fixture(scope="module")
def seed_file(shared_data):
    """The replaced dashboard's own file, columns renamed."""
    table = pd.read_csv(shared_data / "seed_original" / "RFM_Clustered.csv")
    table.columns = ["customer_id", "recency", "frequency", "monetary", "cluster"]
    return table


@pytest.fixture(scope="module")
def runs(online_retail):
    """Each published run with default starts, made when first asked for."""
    made = {}

    def run(transform, k, seed=42):
        key = (transform, k, seed)
        if key not in made:
            made[key] = fit("k_means", online_retail, features=RFM, n_clusters=k, transform=transform, seed=seed)
        return made[key]

    return run


def test_the_customers_made_here_are_those_of_the_published_table(online_retail):
    assert len(online_retail) == 4338
    assert online_retail.mean().round(4).tolist() == [92.5364, 4.2720, 2054.2665]
    assert online_retail["monetary"].sum() == pytest.approx(8911407.90, abs=0.01)
    assert (online_retail["frequency"] == 1).sum() == 1493


@pytest.mark.parametrize(("transform", "k"), PUBLISHED)
def test_published_inertias_are_reached(runs, transform, k):
    reached = runs(transform, k).inertia
    assert reached <= INERTIA[transform][k] * (1 + 1e-4)
    # Far below would mean another space than the published one.
    assert reached >= INERTIA[transform][k] * (1 - 1e-3)


@pytest.mark.parametrize(("transform", "k"), PUBLISHED)
def test_inertia_is_the_sum_of_squares_about_the_centroids_of_the_labels(runs, online_retail, transform, k):
    run = runs(transform, k)
    values = online_retail.to_numpy(dtype=float)
    values = np.log1p(values) if transform == "log1p" else values
    scaled = (values - values.mean(axis=0)) / values.std(axis=0)
    parts = [scaled[run.labels == label] for label in sorted(set(run.labels))]
    assert sum(((part - part.mean(axis=0)) ** 2).sum() for part in parts) == pytest.approx(run.inertia, rel=1e-3)


@pytest.mark.parametrize(("transform", "k"), PUBLISHED)
def test_published_silhouettes_are_reached(runs, online_retail, transform, k):
    from sklearn.metrics import silhouette_score

    values = online_retail.to_numpy(dtype=float)
    values = np.log1p(values) if transform == "log1p" else values
    scaled = (values - values.mean(axis=0)) / values.std(axis=0)
    assert silhouette_score(scaled, runs(transform, k).labels) == pytest.approx(SILHOUETTE[transform][k], abs=1e-3)


@pytest.mark.parametrize("k", LOG_SIZES)
def test_published_sizes_of_the_log_segments_are_reached(runs, k):
    sizes = sorted(pd.Series(runs("log1p", k).labels).value_counts(), reverse=True)
    # Runs that stop a step apart move a customer on the border; the published table does not say which.
    assert sizes == pytest.approx(LOG_SIZES[k], abs=3)


@pytest.mark.parametrize("seed", [0, 7])
@pytest.mark.parametrize(("transform", "k"), [("log1p", 4), ("none", 4), ("log1p", 6)])
def test_other_seeds_find_the_same_optimum(runs, transform, k, seed):
    assert runs(transform, k, seed).inertia == pytest.approx(runs(transform, k).inertia, rel=1e-4)


def test_the_same_seed_gives_the_same_labels(runs, online_retail):
    again = fit("k_means", online_retail, features=RFM, n_clusters=4, transform="log1p", seed=42)
    assert again.labels.tolist() == runs("log1p", 4).labels.tolist()


def test_one_start_with_seed_42_gives_the_labels_of_the_replaced_dashboard(seed_file):
    run = k_means(seed_file, RFM, n_clusters=4, transform="none", seed=42, starts=1)
    assert run.labels.tolist() == seed_file["cluster"].astype(str).tolist()
    assert run.inertia == pytest.approx(3344.37, abs=0.005)


def test_the_default_starts_find_the_optimum_that_one_start_misses(seed_file):
    run = fit("k_means", seed_file, features=RFM, n_clusters=4, transform="none", seed=42)
    assert run.inertia <= 2534.59 * (1 + 1e-4)
    assert run.settings["starts"] == 50


def test_centroids_are_in_the_units_of_the_metrics():
    table = pd.DataFrame({"recency": [1, 3, 100, 102], "monetary": [10.0, 10.0, 50.0, 70.0]})
    run = fit("k_means", table, features=["recency", "monetary"], n_clusters=2, transform="none", seed=0)
    assert run.labels.tolist() == ["1", "1", "0", "0"]
    assert run.centroids.tolist() == [pytest.approx([101.0, 60.0]), pytest.approx([2.0, 10.0])]


def test_centroids_of_logarithms_are_taken_back():
    # log1p of 0, 0, 3 and 15: the far pair meets at sqrt(4 * 16) - 1.
    table = pd.DataFrame({"monetary": [0.0, 0.0, 3.0, 15.0]})
    run = fit("k_means", table, features=["monetary"], n_clusters=2, transform="log1p", seed=0)
    assert run.centroids.ravel().tolist() == pytest.approx([7.0, 0.0])


def test_a_run_carries_what_repeats_it():
    table = pd.DataFrame({"recency": [1, 2, 90]})
    run = fit("k_means", table, features=["recency"], n_clusters=2, transform="none", seed=3, starts=4)
    assert (run.method, run.features) == ("k_means", ("recency",))
    preparing = {"transform": "none", "standardise": True, "winsorise": 0.0, "weights": {}}
    assert run.settings == {"n_clusters": 2, "seed": 3, "starts": 4, **preparing}
    again = fit(run.method, table, features=run.features, **run.settings)
    assert again.labels.tolist() == run.labels.tolist()


def refusal(table, error=ClusteringError, features=("recency",), **settings):
    with pytest.raises(error) as refused:
        fit("k_means", pd.DataFrame(table), features=list(features), **{"n_clusters": 3, **settings})
    assert isinstance(refused.value, SegdashError)
    return str(refused.value)


def test_refuses_fewer_customers_than_segments():
    said = refusal({"recency": [1, 2]})
    assert said == (
        "k-means cannot make 3 segments from 2 customers. Choose at most 2 segments, or open a larger table."
    )


def test_refuses_fewer_different_customers_than_segments():
    said = refusal({"recency": [1, 1, 1, 1, 5], "frequency": [1, 2, 3, 4, 5]})
    assert said == (
        "k-means cannot make 3 segments: only 2 of 5 customers differ in the chosen metrics. "
        "Choose at most 2 segments, or add a metric."
    )


def test_customers_that_differ_only_after_the_first_thousand_are_seen():
    table = {"recency": [1] * 1500 + [2, 3]}
    run = fit("k_means", pd.DataFrame(table), features=["recency"], n_clusters=3)
    assert sorted(pd.Series(run.labels).value_counts()) == [1, 1, 1500]


def test_refuses_a_feature_with_missing_values():
    said = refusal({"recency": [1, np.nan, 3, np.nan]})
    assert said.startswith("Metric 'recency' has no number for 2 customers of 4.")


def test_refuses_an_infinite_feature():
    assert "has no number for 1 customer of 4" in refusal({"recency": [1, np.inf, 3, 4.0]})


@pytest.mark.parametrize("low", [-1.0, -5.0])
def test_refuses_a_value_without_logarithm_and_names_it(low):
    said = refusal({"recency": [1.0, low, 3.0, 4.0]}, transform="log1p")
    assert said.startswith(f"Metric 'recency' is -1 or less for 1 customer (lowest {low:g})")
    assert "transform 'none'" in said


def test_takes_a_negative_value_as_it_is():
    run = fit(
        "k_means",
        pd.DataFrame({"recency": [-5.0, 1, 90]}),
        features=["recency"],
        n_clusters=3,
        transform="none",
    )
    assert len(set(run.labels)) == 3


def test_refuses_an_unknown_feature_and_names_the_nearest():
    said = refusal({"recency": [1, 2, 3]}, UnknownNameError, features=["recncy"])
    assert said.startswith("No metric is named 'recncy'. Did you mean 'recency'?")


def test_refuses_an_unknown_transform_and_names_the_nearest():
    said = refusal({"recency": [1, 2, 3]}, UnknownNameError, transform="log")
    assert said.startswith("No transform is named 'log'. Did you mean 'log1p'?")


def test_refuses_no_features():
    assert "at least one metric" in refusal({"recency": [1, 2, 3]}, features=())


def test_refuses_no_customers():
    assert "there are none" in refusal({"recency": []})


def test_the_title_people_read():
    assert METHODS["k_means"].title == "k-means"


def test_starts_on_a_sample_reach_the_optimum_of_everyone(seed_file, monkeypatch):
    whole = fit("k_means", seed_file, features=RFM, n_clusters=4, seed=42)
    monkeypatch.setitem(METHODS._things, "k_means", replace(METHODS["k_means"], largest=1000))
    run = fit("k_means", seed_file, features=RFM, n_clusters=4, seed=42)
    assert run.inertia == pytest.approx(whole.inertia, rel=1e-3)
    assert run.notes == (
        "k-means was fitted on 1,000 customers of 2,852, drawn with seed 42; the best of its starts then went on "
        "with everyone.",
    )
    assert (run.labels == whole.labels).mean() > 0.98


def test_weighing_everything_alike_changes_nothing_but_the_inertia():
    table = pd.DataFrame({"recency": [1.0, 2, 40, 50, 300], "monetary": [5.0, 9, 100, 80, 7]})
    settings = {"features": ["recency", "monetary"], "n_clusters": 3, "transform": "none", "seed": 0}
    plain = fit("k_means", table, **settings)
    heavy = fit("k_means", table, weights={"recency": 3, "monetary": 3}, **settings)
    assert heavy.labels.tolist() == plain.labels.tolist()
    assert heavy.inertia == pytest.approx(9 * plain.inertia)
    assert heavy.centroids == pytest.approx(plain.centroids)


def test_a_heavy_metric_decides():
    # Left and right, or bottom and top: whichever counts more.
    table = pd.DataFrame({"recency": [0.0, 0, 1, 1], "monetary": [0.0, 1, 0, 1]})
    settings = {"features": ["recency", "monetary"], "n_clusters": 2, "transform": "none"}
    assert fit("k_means", table, weights={"recency": 5}, **settings).labels.tolist() == ["0", "0", "1", "1"]
    assert fit("k_means", table, weights={"monetary": 5}, **settings).labels.tolist() == ["1", "0", "1", "0"]
