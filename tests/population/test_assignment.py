"""Customers in the engine get the segment that the model gives them in memory, on every engine that is there."""

from __future__ import annotations

import warnings

import ibis
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import segdash as sd
from segdash.clustering import fit
from segdash.clustering.frozen import model_of
from segdash.errors import ClusteringError, UnknownNameError
from segdash.population.assignment import assign
from segdash.population.points import refuse_unfit
from segdash.schema import CLUSTER, RFM


@pytest.fixture(scope="module")
def online_retail(shared_data):
    """Recency, frequency and monetary of the customers of Online Retail, and what goes with them."""
    orders = sd.read_orders(shared_data / "online_retail" / "online_retail.parquet", refunds="ignore")
    return sd.customer_metrics(orders)


@pytest.fixture(scope="module")
def some():
    draw = np.random.default_rng(3)
    spent = np.round(draw.lognormal(4, 1.3, 600), 2)
    return pd.DataFrame(
        {
            "customer_id": [f"c{i}" for i in range(600)],
            "recency": draw.integers(0, 365, 600),
            "frequency": draw.geometric(0.3, 600),
            "monetary": spent,
            "balance": np.round(draw.normal(0, 40, 600), 2),
        }
    )


def in_engine(customers, model):
    connection = ibis.duckdb.connect()
    table = connection.create_table("customers", customers)
    return assign(table, model).order_by("customer_id").execute()[CLUSTER].tolist()


def agree(customers, model):
    ordered = customers.sort_values("customer_id", ignore_index=True)
    assert in_engine(ordered, model) == model.predict(ordered).tolist()


@pytest.mark.parametrize("transform", ["log1p", "none", "yeo-johnson"])
@pytest.mark.parametrize("k", [2, 5, 12])
def test_online_retail_is_assigned_as_predict_does(online_retail, transform, k):
    agree(online_retail, fit("k_means", online_retail, features=RFM, transform=transform, n_clusters=k, starts=2).model)


@pytest.mark.parametrize(
    "settings_",
    [
        {"winsorise": 0.05, "weights": {"monetary": 2.5, "recency": 0.3}},
        {"standardise": False},
        {"transform": "none", "winsorise": 0.01},
        {"transform": "yeo-johnson", "standardise": False, "weights": {"frequency": 7.0}},
    ],
)
def test_every_way_of_preparing(some, settings_):
    features = [*RFM, "balance"] if settings_.get("transform") else RFM
    agree(some, fit("k_means", some, features=features, n_clusters=4, starts=2, **settings_).model)


def test_other_methods_with_centroids_and_mixtures(some):
    agree(some, fit("bisecting_k_means", some, features=RFM, n_clusters=4).model)
    for covariance in ("full", "spherical"):
        agree(some, fit("gaussian_mixture", some, features=RFM, n_clusters=3, covariance=covariance).model)


@pytest.mark.parametrize("scoring", ["quantiles", "nested", "r_compatible"])
@pytest.mark.parametrize("bins", [3, 5, 10])
def test_rules(online_retail, scoring, bins):
    for rule_set in ("r_fm", "r_f", "r_vignette"):
        agree(online_retail, fit("rfm_rules", online_retail, scoring=scoring, bins=bins, rule_set=rule_set).model)


@pytest.mark.parametrize("scoring", ["quantiles", "nested"])
def test_rules_on_the_mean_per_order(online_retail, scoring):
    customers = online_retail[["customer_id", *RFM]]
    model = fit("rfm_rules", customers, scoring=scoring, rule_set="r_vignette", spend="mean").model
    agree(customers, model)
    # A table's own column goes before monetary / frequency.
    agree(customers.assign(average_order_value=customers["monetary"].to_numpy()[::-1]), model)
    none = pd.DataFrame({"recency": [3], "frequency": [0], "monetary": [0.0]})
    assert assign(ibis.memtable(none), model).execute()[CLUSTER].isna().all()


def test_values_on_an_edge_go_where_the_thresholds_say():
    table = pd.DataFrame(
        {
            "customer_id": list("abcdef"),
            "recency": [10, 30, 31, 60, 90, 91],
            "frequency": [1, 2, 2, 3, 4, 9],
            "monetary": [0.1, 0.30000000000000004, 0.3, 50.0, 99.5, 99.50000000000001],
        }
    )
    cuts = {"recency": [30.0, 90.0], "frequency": [2.0, 4.0], "monetary": [0.3, 99.5]}
    model = fit("rfm_rules", table, scoring="fixed", bins=3, cuts=cuts).model
    agree(table, model)
    for side in ("below", "above"):
        plain = model.to_dict()
        plain["thresholds"] = {**plain["thresholds"], "edge_counts": side}
        agree(table, model_of(plain))


values = st.floats(0, 1e6, allow_nan=False) | st.integers(0, 50).map(float)


@settings(max_examples=25, deadline=None)
@given(
    rows=st.lists(st.tuples(values, values), min_size=6, max_size=30, unique=True),
    transform=st.sampled_from(["log1p", "none", "yeo-johnson"]),
    k=st.integers(2, 4),
)
def test_any_customers(rows, transform, k):
    table = pd.DataFrame(rows, columns=["recency", "monetary"])
    table["customer_id"] = [f"{i:03}" for i in range(len(table))]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # scikit-learn, of customers who are nearly alike
        try:
            features = ["recency", "monetary"]
            model = fit("k_means", table, features=features, n_clusters=k, starts=1, transform=transform).model
        except ClusteringError:
            return
    found, wanted = np.array(in_engine(table, model)), model.predict(table)
    nearest = np.sort(model.distances(table), axis=1)
    # Logarithms of two libraries may differ in the last digit: there is no telling two equally near segments apart.
    clear = nearest[:, 1] - nearest[:, 0] > 1e-9 * (1 + nearest[:, 1])
    assert (found[clear] == wanted[clear]).all()


def test_what_can_not_be_an_expression_says_so(some):
    table = ibis.memtable(some)
    with pytest.raises(ClusteringError, match="'rank' can't be given to customers that stay in the engine"):
        assign(table, fit("k_means", some, features=RFM, transform="rank", n_clusters=3, starts=1).model)
    with pytest.raises(ClusteringError, match="HDBSCAN knows segments by thousands"):
        assign(table, fit("hdbscan", some, features=RFM).model)
    with pytest.raises(UnknownNameError, match="'balance'"):
        assign(table.drop("balance"), fit("k_means", some, features=["balance"], transform="none", n_clusters=2).model)


def test_customers_who_lack_what_the_model_needs_are_counted(some):
    space = fit("k_means", some, features=["monetary"], n_clusters=2, starts=1).model.space
    connection = ibis.duckdb.connect()
    refuse_unfit(connection.create_table("all_fit", some), space)
    lacking = connection.create_table("lacking", some.assign(monetary=some["monetary"].where(some.index > 1)))
    with pytest.raises(ClusteringError, match=r"no number for 2 customers of 600"):
        refuse_unfit(lacking, space)
    low = connection.create_table("low", some.assign(monetary=some["monetary"].where(some.index > 0, -1.0)))
    with pytest.raises(ClusteringError, match=r"-1 or less for 1 customer of 600 and has no logarithm"):
        refuse_unfit(low, space)


@pytest.mark.parametrize("dialect", ["duckdb", "postgres", "pyspark"])
def test_each_expression_is_written_for_each_engine(some, dialect):
    if dialect == "pyspark":
        pytest.importorskip("pyspark", reason='the extra "spark" is not installed')
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # pyspark's own
            assert ibis.pyspark.name == "pyspark"  # asking for it is what registers its options
    table = ibis.table(ibis.memtable(some).schema(), name="customers")
    how = {"features": RFM, "n_clusters": 3}
    models = [fit("k_means", some, transform=one, **how).model for one in ("log1p", "yeo-johnson")]
    models += [fit("gaussian_mixture", some, **how).model, fit("rfm_rules", some, scoring="nested").model]
    for model in models:
        assert "CASE" in ibis.to_sql(assign(table, model), dialect=dialect)
