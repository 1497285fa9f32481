from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segdash.clustering.quality import borderline, segment_quality
from segdash.clustering.quality.agreement import adjusted_rand, best_jaccard, crossed
from segdash.clustering.quality.borders import near_border
from segdash.clustering.quality.indices import indices, silhouettes
from segdash.clustering.quality.lattice import Lattice
from segdash.clustering.quality.refits import k_means_fit, repeats
from segdash.clustering.quality.segments import BADGES, badge
from segdash.clustering.quality.twins import TWINS, _rising, one_peak, unimodal_twin
from segdash.errors import CancelledError, ClusteringError


@st.composite
def labelled(draw):
    """Points and two labellings of them, each with at least two segments that are used."""
    seed = draw(st.integers(0, 10_000))
    random = np.random.default_rng(seed)
    n, k = draw(st.integers(6, 40)), draw(st.integers(2, 4))
    points = random.integers(0, 6, (n, draw(st.integers(1, 3)))).astype(float)
    both = [np.concatenate([np.arange(k), random.integers(0, k, n - k)]) for _ in range(2)]
    return points, both[0], random.permutation(both[1])


@settings(max_examples=60, deadline=None)
@given(labelled())
def test_indices_are_those_of_scikit_learn(case):
    from sklearn import metrics

    points, codes, others = case
    expected = [metrics.silhouette_score(points, each) for each in (codes, others)]
    assert silhouettes(points, [codes, others]).tolist() == pytest.approx(expected, abs=1e-7)
    assert adjusted_rand(crossed(codes, others)) == pytest.approx(metrics.adjusted_rand_score(codes, others))
    found = indices(points, codes)
    if found.inertia > 0:
        assert found.calinski_harabasz == pytest.approx(metrics.calinski_harabasz_score(points, codes))
    if np.isfinite(found.davies_bouldin) and found.davies_bouldin > 0:
        centres = np.array([points[codes == code].mean(axis=0) for code in range(codes.max() + 1)])
        if len(np.unique(centres, axis=0)) == len(centres):
            assert found.davies_bouldin == pytest.approx(metrics.davies_bouldin_score(points, codes))


def test_a_silhouette_by_hand():
    # 0 and 1 against 10: a = 1, b = 10 and 9; who is alone counts 0.
    points = np.array([[0.0], [1.0], [10.0]])
    assert silhouettes(points, [np.array([0, 0, 1])])[0] == pytest.approx((0.9 + 8 / 9 + 0) / 3)


def test_silhouettes_do_not_depend_on_how_many_rows_are_taken_at_once(monkeypatch):
    from segdash.clustering.quality import indices as module

    random = np.random.default_rng(0)
    points, codes = random.normal(size=(50, 2)), random.integers(0, 3, 50)
    whole = silhouettes(points, [codes])
    monkeypatch.setattr(module, "_ROWS", 7)
    assert silhouettes(points, [codes]) == pytest.approx(whole)


def test_jaccard_by_hand():
    # First segment {1..4}: three of them with one other in a column of 4: 3 / 5.
    assert best_jaccard(np.array([[3, 1], [1, 5]])).tolist() == pytest.approx([3 / 5, 5 / 7])


def test_agreement_of_one_segment_with_itself_and_of_nobody():
    assert adjusted_rand(np.array([[5]])) == 1.0
    assert np.isnan(adjusted_rand(np.zeros((2, 2))))


# ------------------------------------------------------------------ twins


def test_one_peak_keeps_one_peak():
    random = np.random.default_rng(0)
    values = random.exponential(size=20_000)
    edges, shares = one_peak(values)
    drawn = np.interp(random.uniform(size=20_000), np.concatenate([[0], np.cumsum(shares)]), edges)
    assert np.quantile(drawn, [0.1, 0.5, 0.9, 0.99]) == pytest.approx(
        np.quantile(values, [0.1, 0.5, 0.9, 0.99]), rel=0.1
    )


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 10), st.floats(0.1, 5)), min_size=1, max_size=30))
def test_isotonic_regression_is_that_of_scikit_learn(pairs):
    from sklearn.isotonic import isotonic_regression

    values, weights = np.array(pairs).T
    assert _rising(values, weights) == pytest.approx(isotonic_regression(values, sample_weight=weights), abs=1e-9)


def test_one_peak_fills_the_valley_between_two():
    values = np.concatenate([np.linspace(0, 1, 500), np.linspace(9, 10, 500)])
    edges, shares = one_peak(values)
    density = shares / np.diff(edges)
    peak = int(density.argmax())
    assert (np.diff(density[: peak + 1]) >= -1e-9).all()
    assert (np.diff(density[peak:]) <= 1e-9).all()
    between = shares[(edges[:-1] >= 0.9) & (edges[1:] <= 9.1)].sum()
    assert between > 0.6


def test_a_lattice_is_spread_over_its_cells_and_a_gap_stays_a_gap():
    orders = np.repeat([1.0, 2.0, 3.0, 20.0, 21.0], 400)
    one = Lattice(orders)
    spread = one.spread(orders, np.random.default_rng(0))
    for value, low, high in ((1, 0.5, 1.5), (2, 1.5, 2.5), (3, 2.5, 3.5), (20, 19.5, 20.5), (21, 20.5, 21.5)):
        part = spread[orders == value]
        assert (part.min(), part.max()) == (pytest.approx(low, abs=0.02), pytest.approx(high, abs=0.02))
    assert one.snap(spread).tolist() == orders.tolist()


def test_many_values_are_no_lattice():
    values = np.linspace(0, 1, 100)
    assert Lattice(values).spread(values, np.random.default_rng(0)).tolist() == values.tolist()
    assert Lattice(np.full(50, 3.0)).snap(np.array([2.9])).tolist() == [2.9]


@pytest.mark.parametrize("make", TWINS)
def test_twins_keep_range_and_direction(make):
    random = np.random.default_rng(0)
    points = random.multivariate_normal([0, 5], [[1, 0.9], [0.9, 1]], 2000)
    twin = make(points)(random, 2000)
    # The box about the principal axes is as long and wide as the customers reach, so a little rounder.
    assert np.corrcoef(twin.T)[0, 1] == pytest.approx(0.9, abs=0.08)
    assert twin.mean(axis=0) == pytest.approx([0, 5], abs=0.6)


def test_a_feature_without_spread_has_a_twin_without_spread():
    points = np.column_stack([np.arange(60.0), np.full(60, 3.0)])
    assert np.unique(unimodal_twin(points)(np.random.default_rng(0), 30)[:, 1]).tolist() == [3.0]


# ------------------------------------------------------------------ refits


def two_far_apart():
    return np.array([0.0, 1.0, 2.0, 100.0, 101.0, 102.0] * 5)[:, None]


def test_segments_far_apart_repeat_in_every_refit():
    points = two_far_apart()
    found = repeats(points, (points[:, 0] > 50).astype(int), k_means_fit, seed=0, refits=5)
    assert found.agreement == 1.0
    assert found.jaccard.tolist() == [1.0, 1.0]


def test_a_segment_that_the_refits_do_not_make_is_found_by_its_jaccard():
    # The reference cuts 100..102 off from 102; k-means with k = 3 cuts where it likes, with 2 of 3 shared at most.
    points = two_far_apart()

    def halves(drawn, k, seed):
        return None, lambda others: (others[:, 0] > 50).astype(int)

    reference = np.where(points[:, 0] < 50, 0, np.where(points[:, 0] < 102, 1, 2))
    found = repeats(points, reference, halves, seed=0, refits=3)
    assert found.jaccard.tolist() == pytest.approx([1.0, 2 / 3, 1 / 3])


def test_text_labels_of_a_fit_are_as_good_as_numbers():
    points = two_far_apart()

    def named(drawn, k, seed):
        return None, lambda others: np.where(others[:, 0] > 50, "far", "near")

    assert repeats(points, (points[:, 0] > 50).astype(int), named, seed=0, refits=2).agreement == 1.0


def test_refits_stop_when_cancelled():
    calls = iter([False, False, True])
    with pytest.raises(CancelledError, match="cancelled"):
        repeats(two_far_apart(), np.arange(30) % 2, k_means_fit, seed=0, cancelled=lambda: next(calls))


def test_resamples_with_too_few_different_customers_are_left_out():
    found = repeats(np.array([[0.0], [1.0]]), np.array([0, 1]), k_means_fit, seed=0, refits=20)
    assert found.agreement == 1.0
    alone = repeats(np.array([[0.0], [0.0]]), np.array([0, 1]), k_means_fit, seed=0, refits=2)
    assert np.isnan(alone.agreement)
    assert np.isnan(alone.jaccard).all()


# ------------------------------------------------------------------ borders


def test_margins_by_hand():
    distances = np.array([[1.0, 2.0, 8.0], [3.0, 2.9, 9.0], [5.0, 7.0, 4.5], [0.0, 0.0, 1.0]])
    found = borderline(distances, ["A", "A", "C", "A"], ["A", "B", "C"])
    assert found["runner_up"].tolist() == ["B", "B", "A", "B"]
    # 1 - 1/2; beyond the border; 1 - 4.5/5; on both.
    assert found["margin"].tolist() == pytest.approx([0.5, 0.0, 0.1, 0.0])
    assert found["borderline"].tolist() == [False, True, True, True]


def test_unassigned_customers_are_on_no_border():
    found = borderline(np.array([[1.0, 1.0], [np.nan, np.nan]]), ["A", "Unassigned"], ["A", "B"])
    assert found["runner_up"].isna().tolist() == [False, True]
    assert np.isnan(found["margin"].iloc[1])
    assert found["borderline"].tolist() == [True, False]


def test_with_one_segment_there_is_no_runner_up():
    found = borderline(np.array([[1.0], [2.0]]), ["A", "A"], ["A"])
    assert found["runner_up"].isna().all()
    assert not found["borderline"].any()


def test_nobody_is_no_mistake():
    assert len(borderline(np.empty((0, 2)), [], ["A", "B"])) == 0


def test_borders_refuse_a_label_without_column_and_a_wrong_shape():
    with pytest.raises(ClusteringError, match=r"Segment 'X' has no column among the distances \('A', 'B'\)"):
        borderline(np.ones((1, 2)), ["X"], ["A", "B"])
    with pytest.raises(ClusteringError, match=r"shape \(1, 3\) do not fit 1 label and 2 segments"):
        borderline(np.ones((1, 3)), ["A"], ["A", "B"])


@settings(max_examples=40, deadline=None)
@given(labelled())
def test_margins_lie_between_0_and_1(case):
    points, codes, _ = case
    centres = np.array([points[codes == code].mean(axis=0) for code in range(codes.max() + 1)])
    distances = np.linalg.norm(points[:, None] - centres, axis=2)
    names = [f"s{code}" for code in range(len(centres))]
    found = borderline(distances, [names[code] for code in codes], names)
    assert found["margin"].between(0, 1).all()
    assert all(found["runner_up"] != [names[code] for code in codes])


# ------------------------------------------------------------------ badges


def test_quality_by_hand():
    # Centroids 1 and 11. Margins: 0 -> 1 - 1/11, 2 -> 1 - 1/9; and the same mirrored.
    points = np.array([0.0, 2.0, 10.0, 12.0] * 10)[:, None]
    found = segment_quality(points, ["a", "a", "b", "b"] * 10, refits=4)
    assert found["customers"].tolist() == [20, 20]
    assert found["share"].tolist() == [0.5, 0.5]
    assert found["separation"].tolist() == pytest.approx([(10 / 11 + 8 / 9) / 2] * 2)
    assert found["neighbour"].tolist() == ["b", "a"]
    assert found["badge"].tolist() == ["solid", "solid"]


def test_halves_of_an_even_spread_repeat_but_adjoin():
    # Centroids at -0.5 and 0.5: a fifth of the way from the border is 0.1, where a tenth of each half is.
    points = np.linspace(-1, 1, 4000)[:, None]
    found = segment_quality(points, np.where(points[:, 0] < 0, "low", "high"), refits=4)
    assert found["near_border"].tolist() == pytest.approx([0.1] * 2, abs=1e-3)
    # Mean of 1 - (0.5 - x) / (x + 0.5) to the centroid and 1 - (x - 0.5) / (x + 0.5) after it.
    by_hand = (1 - np.log(2)) + np.log(1.5)
    assert found["separation"].tolist() == pytest.approx([by_hand] * 2, abs=1e-3)
    assert found["badge"].tolist() == ["adjoining", "adjoining"]


def test_a_metric_that_says_nothing_hides_no_gap():
    near = near_border(np.array([[0.0, 50.0], [0.0, -50.0], [9.0, 50.0], [9.0, -50.0]]), np.array([0, 0, 1, 1]))
    assert near.tolist() == [0.0, 0.0]


def test_segments_about_the_same_centroid_are_all_border():
    points = np.array([[-1.0], [1.0], [-2.0], [2.0]])
    assert near_border(points, np.array([0, 0, 1, 1])).tolist() == [1.0, 1.0]


def test_a_segment_that_dissolves_is_fragile():
    random = np.random.default_rng(0)
    points = np.concatenate([random.normal(size=(300, 2)), random.normal(size=(100, 2)) + 20])
    labels = np.array(["far"] * 400, dtype=object)
    labels[:300] = np.where(np.arange(300) % 2, "odd", "even")
    found = segment_quality(points, labels, refits=4).set_index("segment")
    assert found.loc["far", "badge"] == "solid"
    assert set(found.loc[["odd", "even"], "badge"]) == {"fragile"}


def test_unassigned_customers_are_left_out_and_one_segment_has_no_neighbour():
    points = np.array([[0.0], [1.0], [50.0]])
    found = segment_quality(points, ["only", "only", "Unassigned"])
    assert found[["segment", "customers", "share", "badge"]].iloc[0].tolist() == ["only", 2, 1.0, "unknown"]
    assert found["neighbour"].isna().all()


def test_a_small_segment_is_in_the_sample_however_small():
    points = np.concatenate([np.linspace(0, 1, 500), np.linspace(9, 10, 500), [100.0, 101.0]])[:, None]
    labels = np.repeat(["low", "middle", "top"], [500, 500, 2])
    found = segment_quality(points, labels, sample=50, refits=3).set_index("segment")
    assert found["customers"].to_dict() == {"low": 500, "middle": 500, "top": 2}
    assert found["stability"].notna().all()


def test_quality_refuses_labels_that_do_not_fit():
    with pytest.raises(ClusteringError, match="2 labels for 1 customer"):
        segment_quality(np.ones((1, 1)), ["a", "b"])
    with pytest.raises(ClusteringError, match="No customer has a segment"):
        segment_quality(np.ones((1, 1)), ["Unassigned"])


@pytest.mark.parametrize(
    ("stability", "expected"), [(0.75, "solid"), (0.749, "soft"), (0.6, "soft"), (0.599, "fragile")]
)
def test_the_limits_of_hennig(stability, expected):
    assert badge(stability, 0.0) == expected
    assert expected in BADGES


def test_the_order_is_by_size_then_name():
    points = np.repeat([[0.0], [10.0], [20.0]], [3, 3, 4], axis=0)
    found = segment_quality(points + np.arange(10)[:, None] / 100, list("bbbaaacccc"), refits=2)
    assert found["segment"].tolist() == ["c", "a", "b"]
    assert isinstance(found, pd.DataFrame)
