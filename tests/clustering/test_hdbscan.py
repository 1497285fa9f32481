from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from segdash.clustering import fit
from segdash.clustering.hdbscan import exemplars_of
from segdash.errors import ClusteringError
from segdash.schema import UNASSIGNED

FEATURES = ["recency", "monetary"]


def dense(*middles, n=30):
    """A disc of n evenly spread customers about each middle."""
    turn = np.arange(n) * 2.399963  # the golden angle
    disc = np.sqrt(np.arange(n) / n)[:, None] * np.stack([np.cos(turn), np.sin(turn)], axis=1)
    return pd.DataFrame(np.concatenate([disc + middle for middle in middles]), columns=FEATURES)


def found(table, **settings):
    return fit("hdbscan", table, features=FEATURES, transform="none", standardise=False, **settings)


TABLE = pd.concat([dense([10, 10], [30, 50]), pd.DataFrame([[20.0, 190.0], [200.0, 5.0]], columns=FEATURES)])


def test_who_is_in_no_dense_group_is_unassigned_counted_and_kept():
    run = found(TABLE)
    assert run.labels.tolist() == ["1"] * 30 + ["0"] * 30 + [UNASSIGNED] * 2
    assert run.notes[0] == '2 customers of 62 (3.2 %) are in no dense group: "Unassigned".'
    assert run.settings["min_cluster_size"] == 5
    assert run.centroids.tolist() == [pytest.approx([30, 50], abs=0.2), pytest.approx([10, 10], abs=0.2)]


def test_new_customers_near_a_group_join_it_and_others_stay_unassigned():
    strangers = pd.DataFrame({"recency": [10.1, 29.5, 20.0, -500.0], "monetary": [9.7, 50.4, 30.0, 10.0]})
    assert found(TABLE).model.predict(strangers).tolist() == ["1", "0", UNASSIGNED, UNASSIGNED]


def test_the_smallest_segment_decides_what_is_one():
    table = pd.concat([dense([10, 10]), dense([10, 60]), dense([60, 60], n=8)])
    assert sorted(set(found(table, min_cluster_size=5).labels)) == ["0", "1", "2"]
    run = found(table, min_cluster_size=20)
    assert sorted(set(run.labels)) == ["0", "1", UNASSIGNED]
    assert set(run.labels[60:]) == {UNASSIGNED}


def test_a_fiftieth_of_the_customers_is_a_segment_by_default():
    assert found(dense([0, 0], [50, 50], n=300)).settings["min_cluster_size"] == 12


def test_no_dense_group_at_all_is_refused():
    line = pd.DataFrame({"recency": np.arange(40.0), "monetary": 1.5 ** np.arange(40.0)})
    with pytest.raises(ClusteringError, match="HDBSCAN finds no dense groups of 25 customers or more: everybody"):
        found(line, min_cluster_size=25)


def test_more_groups_than_can_be_told_apart_are_refused():
    crowd = dense(*[[10 * i, 10 * j] for i in range(6) for j in range(9)], n=6)
    with pytest.raises(ClusteringError, match="HDBSCAN finds 54 dense groups of 3 customers or more; more than 50"):
        found(crowd, min_cluster_size=3)


@pytest.mark.parametrize("size", [1, 63])
def test_a_smallest_segment_of_one_or_of_more_than_everybody_is_refused(size):
    with pytest.raises(ClusteringError, match=r"HDBSCAN cannot find segments of at least .* among 62\."):
        found(TABLE, min_cluster_size=size)


def test_exemplars_are_spread_and_no_more_than_half():
    points = np.arange(10.0)[:, None]
    geometry = exemplars_of(points, np.zeros(10, dtype=int), 1)
    # From 0 the farthest is 9, then 4 (as far as 5 and before it), then 2 and 6.
    assert sorted(geometry.exemplars[0].ravel()) == [0, 2, 4, 6, 9]
    # Everybody is within 1; the nearest other exemplar is 2 away, but of one, which lies on the fringe.
    assert geometry.reach.tolist() == [2.0]
