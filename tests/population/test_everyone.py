"""What the engine says of all customers is what pandas says of them where they fit into memory."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import segdash as sd
from segdash.clustering import fit
from segdash.errors import ClusteringError
from segdash.population.everyone import Filters, everyone
from segdash.population.population import population_of
from segdash.profile import box_summary, segment_profile, totals
from segdash.schema import RFM

NAMES = {"0": "Best", "1": "Good", "2": "Fair", "3": "Gone"}
METRICS = ["recency", "monetary", "days_between_orders", "frequency"]


def orders_of(shared_data):
    return sd.read_orders(
        shared_data / "online_retail" / "online_retail.parquet", refunds="ignore", attributes=["Country"]
    )


@pytest.fixture(scope="module")
def held(shared_data):
    """Online Retail in the engine, in memory, and both with the same segments."""
    orders = orders_of(shared_data)
    frame, population = sd.customer_metrics(orders), population_of(orders)
    model = fit("k_means", frame, features=RFM, n_clusters=4, starts=3).model
    segments = pd.Categorical([NAMES[one] for one in model.predict(frame)], list(NAMES.values()), ordered=True)
    return frame.assign(segment=segments), everyone(population, model, NAMES)


def same(found, wanted):
    wanted = wanted.assign(segment=wanted["segment"].astype(str))
    pd.testing.assert_frame_equal(found, wanted, check_dtype=False, rtol=1e-9)


FILTERS = {
    "none": (Filters(), lambda t: t["monetary"] > -1),
    "segments": (Filters(segments=("Good", "Gone")), lambda t: t["segment"].isin(["Good", "Gone"])),
    "ranges": (
        Filters(ranges=(("recency", 10.0, 100.0), ("monetary", None, 500.5), ("days_between_orders", 3.0, None))),
        lambda t: t["recency"].between(10, 100) & (t["monetary"] <= 500.5) & (t["days_between_orders"] >= 3),
    ),
    "attributes": (
        Filters(attributes=(("Country", ("France", "Spain")),), segments=("Best", "Gone")),
        lambda t: t["Country"].isin(["France", "Spain"]) & t["segment"].isin(["Best", "Gone"]),
    ),
    "nobody": (Filters(ranges=(("monetary", 1e9, None),)), lambda t: t["monetary"] > 1e9),
}


@pytest.mark.parametrize("which", FILTERS)
def test_profile_boxes_and_totals_are_those_of_pandas(held, which):
    frame, all_ = held
    filters, mask = FILTERS[which]
    part = frame[mask(frame)]
    same(all_.profile(METRICS, filters), segment_profile(part, METRICS))
    base = float(frame["monetary"].mean())
    same(all_.profile(METRICS, filters, base_value=base), segment_profile(part, METRICS, base_value=base))
    found, wanted = all_.totals(filters), totals(part)
    for name in ("customers", "revenue", "value", "median_value", "orders", "once"):
        assert getattr(found, name) == pytest.approx(getattr(wanted, name), rel=1e-12, nan_ok=True)
    for name in METRICS:
        boxes = box_summary(part, name)
        same(all_.boxes(name, filters), boxes)


def test_everybody_has_a_segment(held):
    frame, all_ = held
    listed = all_.named().execute().sort_values("customer_id", ignore_index=True)
    assert listed["segment"].tolist() == frame["segment"].astype(str).tolist()
    assert listed["customer_id"].tolist() == frame["customer_id"].tolist()
    assert (all_.population.size, all_.strangers, len(frame)) == (4338, 0, 4338)


def test_a_question_is_asked_once(held):
    _, all_ = held
    first = all_.boxes("monetary")
    asked = len(all_._known)
    assert all_.boxes("monetary") is first
    all_.profile(["recency", "monetary"])
    all_.profile(["monetary"])
    assert len(all_._known) == asked


def test_own_segments_go_before_those_of_the_model(held):
    frame, all_ = held
    model = fit("k_means", frame, features=RFM, n_clusters=2, starts=1).model
    ids = {"First": frame["customer_id"][:5].tolist(), "Later": frame["customer_id"][3:9].tolist()}
    segments = {"0": "A", "1": "B", "First": "First", "Later": "Later"}
    apart = everyone(all_.population, model, segments, ids)
    counted = apart.profile(["monetary"]).set_index("segment")["customers"]
    predicted = pd.Series(model.predict(frame))[9:].map({"0": "A", "1": "B"}).value_counts()
    assert counted.to_dict() == {"A": predicted["A"], "B": predicted["B"], "First": 3, "Later": 6}


def test_customers_of_a_segment_that_nobody_of_the_sample_is_in_are_in_no_segment_and_count(held):
    frame, all_ = held
    model = fit("k_means", frame, features=RFM, n_clusters=4, starts=3).model
    lacking = everyone(all_.population, model, {"0": "Best", "2": "Fair", "3": "Gone"})
    good = int((frame["segment"] == "Good").sum())
    assert lacking.strangers == good > 0
    profile = lacking.profile(["monetary"])
    assert profile["customers"].sum() == 4338 - good
    assert profile["share"].sum() == pytest.approx(1 - good / 4338)
    assert lacking.totals().customers == 4338


def test_without_a_model_all_are_together(held):
    frame, all_ = held
    profile = everyone(all_.population, None, {"0": "Everyone"}).profile(["monetary"])
    assert profile[["segment", "customers"]].to_numpy().tolist() == [["Everyone", 4338]]
    assert profile["revenue"][0] == pytest.approx(frame["monetary"].sum(), rel=1e-12)


def test_a_metric_that_some_lack_is_refused(held):
    frame, all_ = held
    there = frame.dropna(subset=["days_between_orders"])
    model = fit("k_means", there, features=["days_between_orders"], n_clusters=2, starts=1).model
    with pytest.raises(ClusteringError, match="'days_between_orders' has no number for 1,"):
        everyone(all_.population, model, {"0": "A", "1": "B"})


def test_the_sample_is_the_same_at_each_call_and_part_of_everyone(shared_data):
    population = population_of(orders_of(shared_data))
    frame = sd.customer_metrics(orders_of(shared_data)).drop(columns=["first_order_at", "last_order_at"])
    sample = population.sample(1000)
    pd.testing.assert_frame_equal(sample, population.sample(1000))
    assert sample["customer_id"].is_monotonic_increasing
    chosen = frame[frame["customer_id"].isin(sample["customer_id"])].reset_index(drop=True)
    pd.testing.assert_frame_equal(sample, chosen)
    other = population.sample(1000, seed=7)
    assert 130 < len(set(sample["customer_id"]) & set(other["customer_id"])) < 330  # 231 are to be expected
    pd.testing.assert_frame_equal(population.sample(9999), frame)
    # A larger sample holds the smaller one.
    assert set(sample["customer_id"]) < set(population.sample(1500)["customer_id"])


def test_the_sample_is_chosen_by_the_md5_of_id_and_seed():
    import hashlib

    log = pd.DataFrame({"customer": [f"k{i}" for i in range(40)], "date": "2024-03-01", "amount": 5.0})
    found = population_of(sd.read_orders(log)).sample(7)["customer_id"].tolist()
    ranked = sorted(log["customer"], key=lambda one: hashlib.md5(f"{one}:42".encode()).hexdigest())
    assert found == sorted(ranked[:7])


def test_who_is_owed_money_is_in_no_figure_and_said():
    log = pd.DataFrame(
        {
            "customer": ["a", "b", "c", "c"],
            "date": ["2024-01-01", "2024-01-02", "2024-01-05", "2024-01-06"],
            "amount": [10.0, 20.0, 3.0, -30.0],
        }
    )
    population = population_of(sd.read_orders(log, refunds="net"))
    assert (population.size, population.aside) == (2, 1)
    assert population.aside_note() == "1 customer of whom more was refunded than bought is in no figure here."
    assert population.sample(5)["customer_id"].tolist() == ["a", "b"]


def test_an_attribute_that_reads_as_a_number_becomes_one():
    log = pd.DataFrame(
        {"customer": ["a", "b", "c"], "date": "2024-01-01", "amount": 1.0, "age": ["31", "x", "7.5"]},
    )
    population = population_of(sd.read_orders(log, attributes=["age"])).read_as(["age"])
    assert population.metrics[-1] == "age"
    ages = population.table.order_by("customer_id").execute()["age"]
    assert ages.tolist()[::2] == [31.0, 7.5]
    assert np.isnan(ages[1])
