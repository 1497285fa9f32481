from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from segdash.clustering import fit


def test_the_groups_whose_union_adds_least_scatter_are_joined_first():
    # Joining 0, 1, 2 adds 2, joining 10, 11 adds 0.5; 40 stays alone.
    table = pd.DataFrame({"monetary": [0.0, 1, 2, 10, 11, 40]})
    run = fit("ward", table, features=["monetary"], n_clusters=3, transform="none", standardise=False)
    assert run.labels.tolist() == list("222110")
    assert run.centroids.ravel().tolist() == pytest.approx([40, 10.5, 1])
    assert run.inertia == pytest.approx(2.5)
    assert run.notes == (
        "Ward draws no borders for new customers: the model puts them into the segment whose centroid is nearest. "
        "It does so rightly for 100.0 % of those fitted.",
    )


def test_the_segments_are_those_of_scipy():
    from scipy.cluster.hierarchy import fcluster, linkage

    values = np.random.default_rng(2).normal(size=(150, 2))
    table = pd.DataFrame(values, columns=["recency", "monetary"])
    run = fit("ward", table, features=list(table), n_clusters=5, transform="none", standardise=False)
    theirs = fcluster(linkage(values, "ward"), 5, "maxclust")
    assert pd.crosstab(run.labels, theirs).astype(bool).to_numpy().sum() == 5


def test_the_note_says_how_many_the_model_would_put_elsewhere():
    values = np.random.default_rng(2).normal(size=(150, 2))
    table = pd.DataFrame(values, columns=["recency", "monetary"])
    run = fit("ward", table, features=list(table), n_clusters=5, transform="none")
    share = (run.model.predict(table) == run.labels).mean()
    assert 0.5 < share < 1
    assert f"rightly for {100 * share:.1f} % of those fitted" in run.notes[0]
