"""The study of the number of segments on the page: its advice is followed, kept with its choices, refused in words."""

from __future__ import annotations

from importlib import import_module

import numpy as np
import pandas as pd
import pytest

from segdash.state import Segmentation
from segdash.views.segment_study import SegmentStudy

THREE = ["recency", "frequency", "monetary"]


def three_groups():
    """Sixty customers in three groups equally far apart."""
    random = np.random.default_rng(0)
    centres = np.repeat([[1.0, 1.0, 1.0], [5.0, 1.0, 5.0], [1.0, 5.0, 5.0]], 20, axis=0)
    points = np.exp(centres + random.normal(scale=0.1, size=centres.shape))
    return pd.DataFrame(points, columns=THREE).assign(customer_id=[f"c{i:02d}" for i in range(60)])


def shown(state):
    view = SegmentStudy(state)
    view.__panel__().get_root()
    return view


@pytest.fixture(scope="module")
def studied():
    """What a study of the three groups found; it takes a second."""
    view = shown(Segmentation(three_groups(), n_segments=4))
    view.begin.clicks += 1
    return view.found


@pytest.fixture
def view(studied, monkeypatch):
    """A view whose study is that one, whatever it is asked to study."""
    monkeypatch.setattr("segdash.clustering.quality.study", lambda *_, **__: studied)
    view = shown(Segmentation(three_groups(), n_segments=4))
    view.begin.clicks += 1
    return view


def test_the_study_speaks_for_three_and_its_number_is_used(view):
    assert view.found.recommended == 3
    assert view.said.object.count("3 segments") == 1
    assert "<strong>3 segments.</strong> With gaps between them" in view.said.object
    assert view.table.object.count("<tr") == 1 + len(view.found.table)
    assert view.table.object.count('class="best"') == 1
    assert len(view.picture.objects) == 6
    assert (view.number.value, view.use.label, view.use.disabled) == (3, "Use 3 segments", False)
    view.use.clicks += 1
    assert view.state.n_segments == 3
    assert (view.use.label, view.use.disabled) == ("3 segments in use", True)
    assert view.chosen.visible  # another number needs no other study
    view.number.value = 5
    view.use.clicks += 1
    assert view.state.n_segments == 5


def test_a_method_that_takes_no_number_gives_way_to_k_means(view):
    view.state.change(method="rfm_rules")
    view.number.value = 4
    assert (view.use.label, view.use.disabled) == ("Use 4 segments", False)
    view.use.clicks += 1
    assert (view.state.method, view.state.n_segments) == ("k_means", 4)


def test_a_stale_study_says_so_and_holds_again_when_its_choices_are_back(view):
    for choices in ({"feature_names": ["recency"]}, {"transform": "rank"}, {"seed": 7}):
        before = {name: getattr(view.state, name) for name in choices}
        view.state.change(**choices)
        assert "other metrics or settings" in view.stale.object
        assert not view.chosen.visible
        assert view.picture.visible
        view.state.change(**before)
        assert view.stale.object == ""
        assert view.chosen.visible


def test_a_study_of_other_customers_is_gone(view):
    view.state.load(three_groups())
    assert view.found is None
    assert "other customers" in view.stale.object
    assert (view.said.object, view.table.object, view.picture.visible) == ("", "", False)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda state: state.change(transform="rank"), "other metrics or settings"),
        (lambda state: state.load(three_groups()), "other customers"),
    ],
)
def test_choices_that_change_while_it_is_studied_make_it_stale(studied, monkeypatch, change, said):
    view = shown(Segmentation(three_groups(), n_segments=4))

    def changed_meanwhile(*_, **__):
        change(view.state)
        return studied

    monkeypatch.setattr("segdash.clustering.quality.study", changed_meanwhile)
    view.begin.clicks += 1
    assert said in view.stale.object
    assert not view.chosen.visible


def test_being_stopped_changes_nothing(monkeypatch):
    view = shown(Segmentation(three_groups(), n_segments=4))
    module = import_module("segdash.clustering.quality.study")  # by its name in the package, it is the function
    monkeypatch.setattr(module, "silhouettes", lambda *_: pytest.fail("The study went on."))
    view.state.work.param.watch(lambda event: view.state.work.cancel() if event.new else None, "step")
    view.begin.clicks += 1
    assert view.found is None
    assert view.state.work.title == ""


def test_noise_has_no_clear_structure():
    random = np.random.default_rng(1)
    table = pd.DataFrame(np.exp(random.uniform(size=(100, 2))), columns=["recency", "monetary"])
    table = table.assign(customer_id=[str(i) for i in range(100)], frequency=2)
    view = shown(Segmentation(table, n_segments=5, feature_names=["recency", "monetary"]))
    view.begin.clicks += 1
    assert view.found.recommended is None
    assert view.said.object.count("No clear structure") == 1
    assert view.table.object.count('class="best"') == 0
    assert view.number.value == 5  # the page's own


def test_too_few_customers_are_told_so():
    view = shown(Segmentation(three_groups().iloc[:10], n_segments=2))
    view.begin.clicks += 1
    assert "10 customers are too few to study" in view.stale.object
