from __future__ import annotations

import numpy as np
import pandas as pd

from segdash.clustering import Clustering
from segdash.clustering.order import in_order


def numbered(labels, table, **fields):
    run = Clustering(labels=np.array(labels, dtype=object), method="k_means", **fields)
    return in_order(run, pd.DataFrame(table))


def test_the_largest_mean_monetary_comes_first():
    # Means 20, 5 and 100; sums would put "0" first.
    run = numbered(["0", "1", "2", "0", "0"], {"monetary": [20, 5, 50, 20, 20.0]})
    assert run.labels.tolist() == ["1", "2", "0", "1", "1"]


def test_without_monetary_the_first_feature_counts():
    run = numbered(["0", "1"], {"visits": [3, 9], "recency": [900, 1]}, features=("visits", "recency"))
    assert run.labels.tolist() == ["1", "0"]


def test_equal_means_are_told_apart_by_their_first_customer():
    assert numbered(["7", "3", "3", "7"], {"monetary": [4, 4, 4, 4]}).labels.tolist() == ["0", "1", "1", "0"]


def test_unassigned_customers_keep_their_name_and_take_no_number():
    run = numbered(["Unassigned", "0", "1"], {"monetary": [900, 1, 2]})
    assert run.labels.tolist() == ["Unassigned", "1", "0"]


def test_a_cluster_in_which_no_spend_is_known_comes_last():
    assert numbered(["0", "1"], {"monetary": [np.nan, -5]}).labels.tolist() == ["1", "0"]


def test_centroids_follow():
    run = numbered(["0", "1"], {"monetary": [1, 2]}, centroids=np.array([[1.0], [2.0]]))
    assert run.centroids.tolist() == [[2.0], [1.0]]
