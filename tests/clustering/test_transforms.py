from __future__ import annotations

import numpy as np
import pytest

from segdash.clustering.transforms import FIT, TRANSFORMS, YeoJohnson, fit_power, fit_rank

VALUES = np.array([0.0, 1.0, 1.0, 3.0, 8.0, 20.0, 400.0])


@pytest.mark.parametrize("transform", TRANSFORMS)
def test_every_transform_can_be_undone(transform):
    curve = FIT[transform](VALUES)
    assert curve.undo(curve.apply(VALUES)).tolist() == pytest.approx(VALUES.tolist())


@pytest.mark.parametrize("transform", TRANSFORMS)
def test_every_transform_keeps_the_order_and_equal_values_equal(transform):
    bent = FIT[transform](VALUES).apply(VALUES)
    assert (np.sign(np.diff(bent)) == np.sign(np.diff(VALUES))).all()


def test_rank_is_the_share_below_with_equal_values_counted_half():
    # 1 of 4 below 20, two equal: (1 + 2 / 2) / 4.
    values = np.array([40.0, 20.0, 10.0, 20.0])
    assert fit_rank(values).apply(values).tolist() == [0.875, 0.5, 0.125, 0.5]


def test_rank_of_many_values_is_right_to_a_thousandth():
    random = np.random.default_rng(3)
    # Steep steps are what thinning could get wrong: one value that a third share, in the middle of many.
    values = np.concatenate([random.lognormal(size=20_000), np.full(10_000, 1.0)])
    rank = fit_rank(values)
    assert len(rank.values) <= 2000
    ordered = np.sort(values)
    below, upto = np.searchsorted(ordered, values), np.searchsorted(ordered, values, side="right")
    assert np.abs(rank.apply(values) - (below + upto) / 2 / len(values)).max() < 1.01e-3


def test_rank_of_up_to_two_thousand_values_is_exact():
    values = np.random.default_rng(1).permutation(2000).astype(float)
    assert fit_rank(values).apply(values).tolist() == pytest.approx(((values + 0.5) / 2000).tolist())


@pytest.mark.parametrize("power", [-1.5, 0.0, 0.4, 1.0, 2.0, 3.0])
def test_yeo_johnson_is_that_of_scipy(power):
    from scipy.stats import yeojohnson

    values = np.array([-7.0, -0.5, 0.0, 0.5, 12.0])
    curve = YeoJohnson(power)
    assert curve.apply(values).tolist() == pytest.approx(yeojohnson(values, power).tolist())
    assert curve.undo(curve.apply(values)).tolist() == pytest.approx(values.tolist())


def test_the_power_is_that_of_scikit_learn():
    from sklearn.preprocessing import PowerTransformer

    values = np.random.default_rng(0).lognormal(3, 1, 500)
    theirs = PowerTransformer(standardize=False).fit(values[:, None])
    ours = fit_power(values)
    assert ours.power == pytest.approx(theirs.lambdas_[0])
    assert ours.apply(values).tolist() == pytest.approx(theirs.transform(values[:, None]).ravel().tolist())


@pytest.mark.parametrize("values", [[1e9, 1e9 + 1, 1e9 + 2], [0.0, 1.0], [1.0, 1e200], [-1e12, 0.0, 5.0]])
def test_a_power_never_makes_different_values_equal(values):
    values = np.array(values * 5)
    bent = fit_power(values).apply(values)
    assert np.isfinite(bent).all()
    assert np.ptp(bent) > 0
