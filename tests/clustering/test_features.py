from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest

from segdash.clustering.features import FeatureSpace, clip_limits
from segdash.errors import ClusteringError, UnknownNameError

TEN = pd.DataFrame({"recency": np.arange(1.0, 11.0), "monetary": [1.0, 2, 3, 4, 5, 6, 7, 8, 9, 1000]})


def refusal(table, features, error=ClusteringError, **settings):
    with pytest.raises(error) as refused:
        FeatureSpace.fit(pd.DataFrame(table), features, **settings)
    return str(refused.value)


def test_a_metric_is_standardised_after_its_transform():
    # log1p of 0 and e^2 - 1 is 0 and 2: mean 1, deviation 1.
    table = pd.DataFrame({"monetary": [0.0, np.e**2 - 1]})
    assert FeatureSpace.fit(table, ["monetary"]).transform(table).ravel().tolist() == pytest.approx([-1.0, 1.0])


def test_without_standardising_the_transformed_values_stay():
    space = FeatureSpace.fit(TEN, ["recency"], transform="none", standardise=False)
    assert space.transform(TEN).ravel().tolist() == TEN["recency"].tolist()


def test_weights_multiply_what_was_standardised():
    table = pd.DataFrame({"recency": [1.0, 3.0], "monetary": [10.0, 30.0]})
    space = FeatureSpace.fit(table, ["recency", "monetary"], transform="none", weights={"monetary": 2.5})
    assert space.transform(table).tolist() == [[-1.0, -2.5], [1.0, 2.5]]
    assert space.undo(space.transform(table)).tolist() == table.to_numpy().tolist()


def test_a_weight_of_zero_leaves_the_metric_out():
    table = TEN.assign(recency=np.nan)
    space = FeatureSpace.fit(table, ["recency", "monetary"], weights={"recency": 0})
    assert space.features == ("monetary",)


def test_weights_that_are_all_zero_are_refused():
    said = refusal(TEN, ["recency", "monetary"], weights={"recency": 0, "monetary": 0.0})
    assert said == "The weight of every chosen metric is 0, so none would count. Give one a weight above 0."


@pytest.mark.parametrize("weight", [-1, np.nan, np.inf, "2", None, True, 101])
def test_a_weight_that_is_no_number_from_zero_is_refused(weight):
    said = refusal(TEN, ["recency"], weights={"recency": weight})
    assert said.startswith("The weight of 'recency' must be a number, 0 to 100, not ")


def test_the_weight_of_a_metric_that_the_table_has_not_is_refused():
    said = refusal(TEN, ["recency"], UnknownNameError, weights={"recncy": 2})
    assert said.startswith("No metric is named 'recncy'. Did you mean 'recency'?")


def test_clipping_moves_the_outermost_values_to_the_next_inside_and_counts_them():
    space = FeatureSpace.fit(TEN, ["recency", "monetary"], transform="none", standardise=False, winsorise=0.1)
    assert space.transform(TEN)[:, 1].tolist() == [2, 2, 3, 4, 5, 6, 7, 8, 9, 9]
    assert space.notes == ("Clipped at 10 % of each end: 2 values of recency, 2 values of monetary.",)
    strangers = pd.DataFrame({"recency": [-50.0], "monetary": [1e9]})
    assert space.transform(strangers).tolist() == [[2.0, 9.0]]


@pytest.mark.parametrize(("share", "n", "beyond"), [(0.01, 99, 0), (0.01, 100, 1), (0.07, 100, 7), (0.29, 100, 29)])
def test_at_most_the_share_is_clipped_at_each_end(share, n, beyond):
    assert clip_limits(np.arange(float(n))[::-1], share) == (beyond, n - 1 - beyond)


def test_equal_values_at_the_ends_are_not_clipped():
    table = pd.DataFrame({"frequency": [1.0] * 60 + [2.0] * 39 + [50.0]})
    space = FeatureSpace.fit(table, ["frequency"], winsorise=0.01)
    assert space.notes == ("Clipped at 1 % of each end: 1 value of frequency.",)


def test_a_metric_that_clipping_makes_the_same_for_everyone_is_left_out():
    table = pd.DataFrame({"recency": np.arange(100.0), "frequency": [1.0] * 97 + [2.0] * 3})
    space = FeatureSpace.fit(table, ["recency", "frequency"], winsorise=0.05)
    assert space.features == ("recency",)
    assert space.notes[1] == (
        "Metric 'frequency' is the same for everyone after clipping and tells nobody apart: it was left out."
    )


@pytest.mark.parametrize("share", [-0.1, 0.3, np.nan, "0.1", True])
def test_a_share_that_is_none_is_refused(share):
    said = refusal(TEN, ["recency"], winsorise=share)
    assert said.startswith("Setting 'winsorise' must be a number, 0 to 0.25, not ")


def test_customers_that_are_all_equal_are_refused():
    said = refusal({"recency": [3.0, 3.0], "monetary": [1, 1]}, ["recency", "monetary"])
    assert said == (
        "2 customers of one kind can't be told apart: equal in recency, monetary. "
        "Choose another metric, or the method 'single', which keeps everyone together."
    )


def test_text_and_missing_values_are_refused():
    assert refusal({"land": ["a", "b"]}, ["land"]).startswith("Metric 'land' is no column of numbers.")
    some = pd.DataFrame({"score": pd.array([1, None, 3], dtype="Int64")})
    assert "has no number for 1 customer of 3" in refusal(some, ["score"])


@pytest.mark.parametrize("transform", ["log1p", "none", "yeo-johnson"])
def test_values_too_large_for_distances_are_refused_without_a_warning(transform):
    table = {"monetary": [1.0, 2.0, 1e300]}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        if transform == "log1p":
            space = FeatureSpace.fit(pd.DataFrame(table), ["monetary"])
            assert np.isfinite(space.transform(pd.DataFrame(table))).all()
        else:
            said = refusal(table, ["monetary"], transform=transform)
            assert said.startswith("Metric 'monetary' is too large to measure distances with (up to 1e+300). Choose")


def test_a_new_customer_gets_the_frozen_space_not_a_new_one():
    space = FeatureSpace.fit(TEN, ["recency"], transform="none")
    assert space.transform(TEN.iloc[[9]]).ravel().tolist() == space.transform(TEN)[9].tolist()


def test_a_new_customer_without_logarithm_or_number_is_refused():
    space = FeatureSpace.fit(TEN, ["recency"])
    with pytest.raises(ClusteringError, match=r"Metric 'recency' is -1 or less for 1 customer \(lowest -3\)"):
        space.transform(pd.DataFrame({"recency": [4.0, -3.0]}))
    with pytest.raises(ClusteringError, match="has no number for 1 customer of 2"):
        space.transform(pd.DataFrame({"recency": [4.0, np.nan]}))


def test_a_table_without_the_metric_is_refused_and_the_metric_named():
    space = FeatureSpace.fit(TEN, ["recency", "monetary"])
    with pytest.raises(UnknownNameError, match=r"This table has no metric 'monetary' to cluster on. Did you mean"):
        space.transform(TEN.rename(columns={"monetary": "monetery"}))


@pytest.mark.parametrize("transform", ["log1p", "none", "yeo-johnson", "rank"])
def test_a_space_is_the_same_after_plain_types(transform):
    settings = {"transform": transform, "winsorise": 0.1, "weights": {"recency": 3}}
    space = FeatureSpace.fit(TEN, ["recency", "monetary"], **settings)
    again = FeatureSpace.from_dict(space.to_dict())
    assert again.transform(TEN).tolist() == space.transform(TEN).tolist()
    assert again.to_dict() == space.to_dict()
