"""What was chosen for one table never keeps the next one out."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from segdash.errors import CancelledError, ClusteringError, UnknownNameError
from segdash.intake.orders import read_orders
from segdash.schema import RFM
from segdash.state import Segmentation
from segdash.state.stages import STAGES


def groups(n=60, ids="c", **further):
    """Customers in three dense groups."""
    spread = np.random.default_rng(1).normal(1, 0.05, (n, 3))
    middle = np.repeat([[5, 20, 900], [60, 4, 150], [300, 1.5, 20]], n // 3, axis=0)
    numbers = dict(zip(RFM, (middle * spread).T, strict=True))
    return pd.DataFrame({"customer_id": [f"{ids}{i}" for i in range(n)], **numbers, **further})


def changed(state, before):
    """Params that are other objects than before; a refusal leaves none, tables included."""
    now = state.param.values()
    return [name for name, value in before.items() if value is not now[name] and name != "problem"]


def log(customers=40):
    """Customers of one order each, half of them in January, half in June."""
    days = [f"2024-{month}-{day:02}" for month in ("01", "06") for day in range(1, customers // 2 + 1)]
    columns = {"customer": [f"c{i}" for i in range(len(days))], "date": days}
    return pd.DataFrame({**columns, "amount": 5.0 + np.arange(len(days))})


def test_a_method_that_refuses_a_new_table_gives_way_and_the_page_says_so():
    state = Segmentation(groups(), method="hdbscan", seed=7)
    told = []
    state.param.watch(lambda *events: told.extend(events), ["intake", "features"])
    state.load(groups().iloc[[0, 1, 30]])
    assert (state.method, state.n_segments, state.seed) == ("k_means", 3, 7)
    assert len(state.segment_table) == 3
    only, said = state.notices
    assert only == "Only 3 customers differ from one another: 3 segments instead of 4."
    assert said.startswith("HDBSCAN (density), as chosen before, can't segment this table: HDBSCAN cannot find ")
    assert said.endswith(" Segments are made anew (k-means, ordinary settings).")
    assert sorted(event.name for event in told) == ["features", "intake"]


def test_a_method_that_segments_the_new_table_stays():
    state = Segmentation(groups(), method="hdbscan")
    state.load(groups(90, ids="d"))
    assert (state.method, state.notices) == ("hdbscan", [])


def test_customers_of_one_kind_are_one_segment_whatever_was_chosen():
    table = groups().assign(age=lambda customers: customers["recency"])
    state = Segmentation(table, method="hdbscan", feature_names=["age"])
    state.load(table.iloc[:3].assign(recency=1.0, frequency=1.0, monetary=1.0))
    assert state.method == "single"
    assert state.notices[-1].endswith("3 customers of one kind cannot be told apart: shown as one segment.")


def test_a_method_that_is_asked_for_along_with_the_table_is_refused_and_all_stays():
    state = Segmentation(groups(), method="hdbscan")
    before = state.param.values()
    with pytest.raises(ClusteringError, match="HDBSCAN cannot find segments of at least 5 customers among 3"):
        state.load(groups().iloc[[0, 1, 30]], method="hdbscan")
    assert changed(state, before) == []


def test_settings_for_a_metric_that_is_gone_give_way_others_stay():
    table = groups(age=np.arange(60.0))
    state = Segmentation(table, feature_names=["age"], n_segments=3, transform="rank")
    state.method_settings = {"weights": {"age": 2.0}, "min_cluster_size": 9}
    state.load(groups())
    assert (state.feature_names, state.transform) == (list(RFM), "log1p")
    assert state.method_settings == {"min_cluster_size": 9}
    assert "No metric is named 'age'" in state.notices[0]


def test_a_refusal_says_what_is_wrong_also_where_the_new_table_lacks_a_metric():
    state = Segmentation(groups(age=np.arange(60.0)), x="age", compared=["age"])
    before = state.param.values()
    with pytest.raises(UnknownNameError, match="No metric is named 'age'"):
        state.load(groups(), method_settings={"weights": {"age": 2.0}})
    assert changed(state, before) == []
    state.change(y="age")
    assert not state.try_load(groups(), method_settings={"weights": {"age": 2.0}})
    assert "No metric is named 'age'" in state.problem


def test_a_saved_model_that_misses_a_value_gives_way_and_can_be_chosen_again():
    state = Segmentation(groups(age=np.arange(60.0)), feature_names=["age"], n_segments=3)
    state.change(method="frozen", method_settings={"model": state.model.to_dict()})
    state.load(groups(age=[1.0] * 59 + [np.nan]))
    assert state.method == "k_means"
    assert "As a saved model has it, as chosen before, can't segment this table" in state.notices[0]
    state.load(groups(age=np.arange(60.0)), method="frozen")
    assert len(state.segment_table) == 3


def test_names_by_hand_give_way_where_the_new_table_has_them():
    state = Segmentation(groups(), n_segments=3)
    first = state.segment_table["automatic"].iloc[0]
    state.segments = {first: {"name": "VIP", "advice": "Call."}}
    state.load(groups(ids="d", cluster=[first, "VIP", "x"] * 20))
    assert state.segments == {}
    assert list(state.colours) == [first, "VIP", "x"]
    assert state.notices[0].startswith("Names, colours and segments made by hand for the table before were left out: ")
    assert "would both be named 'VIP'" in state.notices[0]


def test_another_log_is_opened_but_another_date_of_the_same_one_is_refused():
    state = Segmentation(orders=read_orders(log()), method="hdbscan", feature_names=["recency"])
    with pytest.raises(ClusteringError, match="HDBSCAN cannot find"):
        state.as_of = pd.Timestamp("2024-01-04").to_pydatetime()
    assert (state.method, len(state.customers), state.as_of) == ("hdbscan", 40, state.orders.as_of)
    state.load_orders(read_orders(log(4)))
    assert (state.method, len(state.customers)) == ("k_means", 4)


def test_work_that_is_cancelled_gives_no_way(monkeypatch):
    state = Segmentation(groups(), method="hdbscan")
    ran = []

    def cancelled(*_):
        ran.append(1)
        raise CancelledError("Cancelled.")

    stages = tuple(stage._replace(make=cancelled) if stage.output == "fitted" else stage for stage in STAGES)
    monkeypatch.setattr("segdash.state.segmentation.STAGES", stages)
    with pytest.raises(CancelledError):
        state.load(groups(ids="d"))
    assert (len(ran), state.method, state.features["customer_id"][0]) == (1, "hdbscan", "c0")
