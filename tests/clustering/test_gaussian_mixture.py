from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from segdash.clustering import fit
from segdash.clustering.gaussian_mixture import COVARIANCE
from segdash.errors import UnknownNameError


@pytest.fixture(scope="module")
def table():
    """A small dense group inside the reach of a wide one: distance alone can't tell them apart."""
    random = np.random.default_rng(4)
    wide = random.multivariate_normal([0, 0], [[9, 2], [2, 4]], 600)
    dense = random.multivariate_normal([3, 8], [[0.04, 0], [0, 0.09]], 200)
    return pd.DataFrame(np.concatenate([wide, dense]), columns=["recency", "monetary"])


def mixed(table, **settings):
    given = {"n_clusters": 2, "transform": "none", "standardise": False, **settings}
    return fit("gaussian_mixture", table, features=["recency", "monetary"], **given)


def test_shares_means_and_spreads_are_those_of_the_groups(table):
    run = mixed(table)
    assert run.labels[600:].tolist() == ["0"] * 200
    assert (run.labels[:600] == "1").mean() > 0.99
    assert run.centroids.tolist() == [pytest.approx([3, 8], abs=0.1), pytest.approx([0, 0], abs=0.4)]
    geometry = run.model.geometry
    dense = run.model.labels.index("0")
    assert geometry.shares[dense] == pytest.approx(0.25, abs=0.01)
    assert geometry.covariances[1 - dense] == pytest.approx(np.array([[9, 2], [2, 4]]), abs=1)
    assert geometry.covariances[dense] == pytest.approx(np.array([[0.04, 0], [0, 0.09]]), abs=0.03)


@pytest.mark.parametrize("covariance", COVARIANCE.options)
def test_every_shape_is_that_of_scikit_learn(table, covariance):
    from sklearn.mixture import GaussianMixture

    run = mixed(table, covariance=covariance, n_clusters=3)
    theirs = GaussianMixture(3, covariance_type=covariance, n_init=5, max_iter=200, random_state=42).fit(
        table.to_numpy()
    )
    assert pd.crosstab(run.labels, theirs.predict(table.to_numpy())).astype(bool).sum().tolist() == [1, 1, 1]
    density = np.logaddexp.reduce(-run.model.distances(table), axis=1)
    assert density == pytest.approx(theirs.score_samples(table.to_numpy()))


def test_a_mixture_that_does_not_settle_says_so(table, monkeypatch):
    monkeypatch.setattr("segdash.clustering.gaussian_mixture.ROUNDS", 1)
    assert mixed(table).notes == (
        "The mixture had not settled after 1 rounds: try another seed, more starts or fewer segments.",
    )


def test_a_segment_without_customers_is_noted():
    # Two places: a third Gaussian is nowhere the most likely.
    table = pd.DataFrame({"monetary": [1.0] * 50 + [9.0] * 50 + [9.001]})
    run = fit("gaussian_mixture", table, features=["monetary"], n_clusters=3, transform="none", covariance="tied")
    empty = 3 - len(set(run.labels))
    assert empty > 0
    assert run.notes[-1] == f"Gaussian mixture made 3 segments; {empty} of them without any customer."
    assert set(run.labels) == {str(i) for i in range(3 - empty)}


def test_an_unknown_shape_is_named_with_the_nearest(table):
    with pytest.raises(UnknownNameError, match=r"No covariance is named 'fll'. Did you mean 'full'"):
        mixed(table, covariance="fll")
