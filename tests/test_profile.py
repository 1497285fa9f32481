from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from segdash.profile import box_summary, profile_columns, segment_profile

NAN = float("nan")


@pytest.fixture
def customers():
    """Six customers; nobody is in Middle, nobody of Low has an age."""
    return pd.DataFrame(
        {
            "customer_id": ["a", "b", "c", "d", "e", "f"],
            "recency": [300, 1, 200, 2, 100, 6],
            "monetary": [5.0, 400.0, 15.0, 300.0, 40.0, 240.0],
            "age": [NAN, 30.0, NAN, NAN, NAN, 40.0],
            "segment": pd.Categorical(
                ["Low", "High", "Low", "High", "Low", "High"], ["High", "Middle", "Low"], ordered=True
            ),
        }
    )


def test_counts_and_shares(customers):
    profile = segment_profile(customers, ["recency"])
    assert profile["segment"].tolist() == ["High", "Low"]
    assert profile["customers"].tolist() == [3, 3]
    assert profile["share"].tolist() == [0.5, 0.5]


def test_revenue_and_its_share(customers):
    profile = segment_profile(customers, [])
    assert profile["revenue"].tolist() == [940.0, 60.0]
    assert profile["revenue_share"].tolist() == [0.94, 0.06]


def test_mean_and_median(customers):
    profile = segment_profile(customers, ["recency"])
    assert profile["mean_recency"].tolist() == [3.0, 200.0]
    assert profile["median_recency"].tolist() == [2.0, 200.0]


def test_a_missing_value_counts_in_neither_mean_nor_median(customers):
    profile = segment_profile(customers, ["age"])
    assert profile["mean_age"].tolist() == pytest.approx([35.0, NAN], nan_ok=True)
    assert profile["median_age"].tolist() == pytest.approx([35.0, NAN], nan_ok=True)


def test_the_index_is_relative_to_the_average_customer_of_the_table(customers):
    # 1,000 from six: 166.67 each. High 313.33, Low 20.
    assert segment_profile(customers, [])["index"].tolist() == pytest.approx([188.0, 12.0])


def test_the_index_is_relative_to_another_base_when_given(customers):
    assert segment_profile(customers, [], base_value=200.0)["index"].tolist() == pytest.approx([156.6667, 10.0])


def test_a_segment_without_customers_has_no_row_in_the_profile(customers):
    only_low = segment_profile(customers[customers["segment"] == "Low"], ["age"])
    assert only_low["segment"].tolist() == ["Low"]
    assert only_low["share"].tolist() == [1.0]


def test_customers_in_another_order_give_the_same_profile(customers):
    shuffled = customers.iloc[[5, 3, 1, 4, 2, 0]]
    pd.testing.assert_frame_equal(
        segment_profile(shuffled, ["recency", "age"]), segment_profile(customers, ["recency", "age"])
    )


def test_no_revenue_at_all_gives_no_share_and_no_index(customers):
    profile = segment_profile(customers.assign(monetary=0.0), [])
    assert profile["revenue"].tolist() == [0.0, 0.0]
    assert profile[["revenue_share", "index"]].isna().all(axis=None)


def test_no_customers_give_a_profile_without_rows_and_with_all_columns(customers):
    profile = segment_profile(customers.iloc[:0], ["recency"])
    assert len(profile) == 0
    assert profile.columns.tolist() == profile_columns(["recency"])


def test_columns_are_in_the_order_people_read():
    assert profile_columns(["recency", "age"]) == [
        "segment",
        "customers",
        "share",
        "mean_recency",
        "median_recency",
        "mean_age",
        "median_age",
        "revenue",
        "revenue_share",
        "index",
    ]


def test_five_quantiles_by_linear_interpolation(customers):
    # Recency of High is 1, 2, 6: ranks 0, 1, 2, so 5 % lies at 0.1, 25 % at 0.5, 75 % at 1.5, 95 % at 1.9.
    high = box_summary(customers, "recency").iloc[0]
    assert high["segment"] == "High"
    assert high[["low", "q1", "median", "q3", "high"]].tolist() == pytest.approx([1.1, 1.5, 2.0, 4.0, 5.6])


def test_customers_beyond_the_whiskers_are_counted(customers):
    # Of 1, 2, 6 the 1 is below 1.1 and the 6 above 5.6.
    assert box_summary(customers, "recency")["beyond"].tolist() == [2, 0, 2]


def test_an_empty_segment_keeps_its_row_in_the_boxes(customers):
    boxes = box_summary(customers, "recency")
    assert boxes["segment"].tolist() == ["High", "Middle", "Low"]
    assert boxes["customers"].tolist() == [3, 0, 3]
    assert boxes.loc[1, ["low", "q1", "median", "q3", "high"]].isna().all()


def test_a_missing_value_is_in_no_box(customers):
    boxes = box_summary(customers, "age")
    assert boxes["customers"].tolist() == [2, 0, 0]
    assert boxes["median"].tolist() == pytest.approx([35.0, NAN, NAN], nan_ok=True)


def test_no_customers_give_empty_boxes(customers):
    boxes = box_summary(customers.iloc[:0], "recency")
    assert boxes["customers"].tolist() == [0, 0, 0]
    assert np.isnan(boxes["median"].to_numpy(dtype=float)).all()
