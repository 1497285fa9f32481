"""What a method declares is what a person can choose."""

from __future__ import annotations

import numpy as np
import pytest
from states_shown import many

from segdash.clustering import METHODS
from segdash.state import Segmentation
from segdash.views.segmentation_controls import SegmentationControls


@pytest.fixture
def view():
    spread = np.random.default_rng(1).normal(1, 0.05, (60, 3))
    middle = np.repeat([[5, 20, 900], [60, 4, 150], [300, 1.5, 20]], 20, axis=0)
    groups = dict(zip(("recency", "frequency", "monetary"), (middle * spread).T, strict=True))
    table = many(["0", "1", "2"], per_cluster=20, **groups).drop(columns="cluster")
    controls = SegmentationControls(Segmentation(table, n_segments=3))
    controls.__panel__()
    return controls


@pytest.mark.parametrize("method", [name for name in METHODS if name != "given"])
def test_each_method_shows_its_own_settings_and_no_other(view, method):
    settings = {"model": view.state.model.to_dict()} if method == "frozen" else {}
    assert view.state.try_update(method=method, method_settings=settings), view.state.problem
    shown = {name for name, widget in view.by_setting.items() if widget.visible} - {"features"}
    assert shown == set(METHODS[method].names)
    assert METHODS[method].about in view.heading.object.replace("&#x27;", "'").replace("&#39;", "'")


def test_a_declared_setting_reaches_the_method_and_its_default_is_forgotten(view):
    state = view.state
    before = state.clustering.inertia
    view.by_setting["winsorise"].value = 0.1
    assert state.method_settings == {"winsorise": 0.1}
    assert state.clustering.settings["winsorise"] == 0.1
    assert state.clustering.inertia != before
    view.by_setting["winsorise"].value = 0.0
    assert state.method_settings == {}
    assert state.clustering.inertia == before


def test_each_feature_has_a_weight(view):
    state = view.state
    _, frequency, monetary = view.by_setting["weights"].objects
    monetary.value = 3.0
    assert state.method_settings == {"weights": {"monetary": 3.0}}
    frequency.value = 0.0
    assert state.clustering.features == ("recency", "monetary")
    state.feature_names = ["recency", "monetary"]
    assert len(view.by_setting["weights"].objects) == 2


def test_a_refused_setting_goes_back(view):
    state = view.state
    before = state.clustering
    for box in list(view.by_setting["weights"].objects)[:2]:
        box.value = 0.0
    view.by_setting["weights"].objects[2].value = 0.0
    assert "weight" in state.problem
    assert view.by_setting["weights"].objects[2].value == 1.0
    assert state.clustering is not before  # the first two were taken


def test_what_a_state_is_told_shows(view):
    view.state.method_settings = {"standardise": False, "weights": {"recency": 2.0}}
    assert view.by_setting["standardise"].value is False
    assert view.by_setting["weights"].objects[0].value == 2.0
