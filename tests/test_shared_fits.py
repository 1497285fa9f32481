"""Fits that states of one process share."""

from __future__ import annotations

import gc

import numpy as np
import pandas as pd
import pytest

from segdash import Segmentation
from segdash.clustering import fit
from segdash.state import shared
from segdash.state.shared import fit_once

RFM = ["recency", "frequency", "monetary"]


@pytest.fixture
def table():
    random = np.random.default_rng(1)
    ids = [f"c{i}" for i in range(60)]
    return pd.DataFrame({"customer_id": ids, **{name: random.gamma(2, 50, 60) for name in RFM}})


@pytest.fixture
def fitted(monkeypatch):
    """Choices of each fit that is made; the register begins empty."""
    monkeypatch.setattr(shared, "_fits", type(shared._fits)())
    made = []

    def counting(method, customers, **settings):
        made.append((method, settings["n_clusters"]))
        return fit(method, customers, **settings)

    monkeypatch.setattr(shared, "fit", counting)
    return made


def test_two_sessions_and_one_that_goes_back_fit_once(table, fitted):
    first = Segmentation(table, n_segments=3)
    second = first.fork()
    first.n_segments = 4
    second.n_segments = 4
    first.n_segments = 3
    assert fitted == [("k_means", 3), ("k_means", 4)]
    assert first.customers["segment"].nunique() == 3
    assert second.fitted.labels.tolist() == fit("k_means", table, features=RFM, n_clusters=4).labels.tolist()


def test_every_setting_counts(table, fitted):
    state = Segmentation(table, n_segments=3)
    state.method_settings = {"weights": {"recency": 2.0}}
    state.method_settings = {"weights": {"recency": 3.0}}
    state.seed = 7
    state.method = "ward"
    state.feature_names = RFM[:2]
    assert len(fitted) == 6


def test_another_table_of_the_same_customers_is_fitted(table, fitted):
    assert fit_once("k_means", table, features=RFM, n_clusters=2) is fit_once(
        "k_means", table, features=RFM, n_clusters=2
    )
    fit_once("k_means", table.copy(), features=RFM, n_clusters=2)
    assert len(fitted) == 2


def test_what_was_fitted_on_a_table_that_is_gone_goes_with_the_next_fit(table, fitted):
    passing = table.copy()
    fit_once("k_means", passing, features=RFM, n_clusters=2)
    del passing
    gc.collect()
    fit_once("k_means", table, features=RFM, n_clusters=2)
    assert len(shared._fits) == 1


def test_of_too_many_the_oldest_goes(table, fitted, monkeypatch):
    monkeypatch.setattr(shared, "MOST_FITS", 2)
    for k in (2, 3, 2, 4):
        fit_once("k_means", table, features=RFM, n_clusters=k)
    fit_once("k_means", table, features=RFM, n_clusters=2)
    fit_once("k_means", table, features=RFM, n_clusters=3)
    assert [k for _, k in fitted] == [2, 3, 4, 3]


def test_a_setting_that_cannot_be_looked_up_is_fitted_each_time(table, fitted, monkeypatch):
    monkeypatch.setattr(shared, "fit", lambda *_, **settings: fitted.append(settings))
    for _ in range(2):
        fit_once("k_means", table, features=RFM, cells=np.array([1.0]))
    assert len(fitted) == 2
