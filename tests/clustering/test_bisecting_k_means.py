from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from segdash.clustering import fit


def bisected(values, k, **settings):
    table = pd.DataFrame({"monetary": np.asarray(values, dtype=float)})
    return fit("bisecting_k_means", table, features=["monetary"], n_clusters=k, transform="none", **settings)


def test_the_most_scattered_part_is_divided_next():
    # First 0..22 from 100..102; then the wider part falls into 0..2 and 20..22.
    run = bisected([0, 1, 2, 20, 21, 22, 100, 101, 102], 3)
    assert run.labels.tolist() == list("222111000")
    assert run.centroids.ravel().tolist() == pytest.approx([101, 21, 1])
    assert run.notes == ()


def test_inertia_is_the_sum_of_squares_about_the_nearest_centroid():
    # Deviations of 1, 0, 1 in three groups: 6, in units of the variance of all.
    values = np.array([0, 1, 2, 20, 21, 22, 100, 101, 102.0])
    assert bisected(values, 3).inertia == pytest.approx(6 / values.var())


def test_a_customer_nearer_to_another_centroid_goes_there_and_the_note_says_so():
    from sklearn.cluster import BisectingKMeans

    values = np.random.default_rng(0).normal(size=400)
    run = bisected(values, 3)
    centroids = np.sort(run.centroids.ravel())
    nearest = np.abs(values[:, None] - run.centroids.ravel()).argmin(axis=1)
    assert run.labels.tolist() == nearest.astype(str).tolist()
    points = (values - values.mean()) / values.std()
    tree = BisectingKMeans(3, n_init=10, random_state=42).fit(points[:, None])
    moved = np.argsort(np.argsort(tree.cluster_centers_.ravel()))[tree.labels_] != np.abs(
        values[:, None] - centroids
    ).argmin(axis=1)
    assert moved.sum() > 0
    assert run.notes[0].startswith(f"After the last division {moved.sum()} customers of 400 lay nearer to")
