"""The segmentation saved and loaded on the page."""

from __future__ import annotations

import pytest
from states_shown import HOSTILE, many, six

from segdash import segmentation_file
from segdash.state import Segmentation
from segdash.views.segmentation_file import SegmentationFile


@pytest.fixture
def view():
    return shown(Segmentation(six().drop(columns="cluster"), n_segments=3, starts=2))


def shown(state):
    view = SegmentationFile(state)
    view.__panel__()
    return view


def drop(view, content, name="mine.yaml"):
    view.upload.value = {name: content}


def tables(state):
    return [id(getattr(state, name)) for name in ("features", "clustering", "segment_table", "customers")]


def test_what_is_saved_and_dropped_again_rebuilds_the_segmentation(view):
    state = view.state
    first = state.segment_table["automatic"].iloc[0]
    state.change(segments={first: {"name": "VIP", "color": "#112233"}}, x="age", currency="£")
    labels = state.customers["cluster"].tolist()
    saved = view._file().read()
    state.change(n_segments=2, segments={}, currency="", x="recency", method="ward")
    drop(view, saved)
    assert state.customers["cluster"].tolist() == labels
    assert (state.colours["VIP"], state.method, state.n_segments, state.currency) == ("#112233", "k_means", 3, "£")
    assert (state.x, state.problem, view.upload.value) == ("age", "", {})
    assert "Loaded mine.yaml: k-means, 3 segments." in view.said.object


def test_a_text_does_as_well_as_bytes(view):
    drop(view, view._file().read().decode())
    assert "Loaded mine.yaml" in view.said.object


def test_other_customers_are_scored_by_the_saved_model_when_that_is_asked_for(view):
    saved, model = view._file().read(), view.state.model
    other = shown(Segmentation(many(["x"], per_cluster=30).drop(columns="cluster")))
    other.frozen.value = True
    drop(other, saved)
    state = other.state
    assert state.method == "frozen"
    assert state.customers["cluster"].tolist() == list(model.predict(state.features))
    assert "It was saved of 6 customers" in other.said.object


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("version: 1\nfeature: [recency]\n", "Unknown entry &#x27;feature&#x27; in mine.yaml"),
        ("version: 9\n", "is of version &#x27;9&#x27;"),
        ("version: 1\nsegmentation: {feature_names: [age, speed]}\n", "speed"),
        ("segments:\n  Loyal: {name: A}\n  Lost: {name: a}\n", "would both be named"),
        ("segments:\n  Loyal: {color: blurple}\n", "&#x27;blurple&#x27; is not a colour"),
        ("a: &a [x]\n" + "b: [*a, *a]\n" * 1_000_000, "is larger than 5 MB"),
        ("a: &a [x]\nb: [*a, *a]\n", "uses YAML aliases"),
        (b"\xff\xfe\x00\x01", "can&#x27;t be read"),
        (f"{HOSTILE}: 1\n", "must begin with"),
        ("", "must begin with"),
    ],
)
def test_a_file_that_is_not_right_is_told_in_a_sentence_and_the_segmentation_stays(view, content, said):
    before = tables(view.state)
    drop(view, content)
    assert said in view.said.object
    assert view.said.object.endswith("The present segmentation stays.</div>")
    assert said.replace("&#x27;", "'") in view.state.problem
    assert tables(view.state) == before
    assert "<img" not in view.said.object


def test_how_the_page_draws_stays_unless_the_file_says_otherwise(view):
    view.state.change(dark=True, y="age", log_x=False)
    drop(view, "segments:\n  Loyal: {name: Friends}\n")
    assert (view.state.dark, view.state.y, view.state.log_x) == (True, "age", False)


def test_the_card_says_whether_customers_are_in_the_file(view):
    assert "no customers" in view.heading.object
    view.state.own_segments = {"Mine": ["a", "b"]}
    assert "only the ids of those chosen by hand" in view.heading.object


def test_what_was_said_is_said_of_these_data(view):
    drop(view, "version: 9\n")
    view.state.load(six())
    assert view.said.object == ""


def test_what_could_not_be_read_again_is_not_saved(view, monkeypatch):
    monkeypatch.setattr(segmentation_file, "LARGEST", 100)
    view.state.own_segments = {"Mine": ["a", "b"]}
    content = view._file().read().decode()
    assert content.startswith("# As a file this segmentation has 0.0 MB")
    assert view.state.problem.endswith("Its own segments hold 2 customer ids: take some out.")


def test_the_place_for_a_file_opens_when_asked(view):
    assert view.loading.objects == []
    view.open.clicks += 1
    assert view.upload in view.loading.objects
    view.open.clicks += 1
    assert view.loading.objects == []


def test_nothing_can_be_saved_where_there_is_nothing():
    view = shown(Segmentation())
    assert view.save.disabled
    view.state.load(six())
    assert not view.save.disabled
