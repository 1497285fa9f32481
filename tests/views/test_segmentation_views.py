"""The segment editor and the segmentation file, as a person uses them."""

from __future__ import annotations

import pytest
from states_shown import six

from segdash.palette import PALETTE
from segdash.state import Segmentation
from segdash.views.segment_editor import SegmentEditor
from segdash.views.segmentation_file import SegmentationFile


@pytest.fixture
def state():
    return Segmentation(six().drop(columns="cluster"), method="k_means", n_segments=3)


def shown(view):
    view.__panel__().get_root()
    return view


def test_a_segment_is_renamed_recoloured_moved_and_reset(state):
    view = shown(SegmentEditor(state))
    view.edit()
    first, second, third = state.colours
    view.called.value = "Friends"
    view.called.param.trigger("value")
    assert list(state.colours) == ["Friends", second, third]
    free = next(colour for colour in PALETTE if colour not in state.colours.values())
    view.swatches.value = free
    assert state.colours["Friends"] == free
    view.colour.value = state.colours[second]
    assert "same colour" in view.refused.object
    assert view.colour.value == state.colours["Friends"] == free
    view.down.clicks += 1
    assert next(iter(state.colours)) == second
    view.reset_all.clicks += 1
    assert list(state.colours) == [first, second, third]


def test_what_is_saved_is_loaded_and_what_is_broken_is_refused(state):
    view = shown(SegmentationFile(state))
    assert view.loading.objects == []
    view.open.clicks += 1
    assert view.upload in view.loading.objects
    state.segments = {next(iter(state.colours)): {"name": "Friends"}}
    saved = view._file().read()
    state.change(n_segments=2, segments={})
    view.load("mine.yaml", saved)
    assert "Friends" in state.colours
    assert len(state.colours) == 3
    assert "Loaded mine.yaml" in view.said.object
    before = list(state.colours)
    view.load("<b>.yaml", b"version: 7\n")
    assert "&lt;b&gt;.yaml is of version" in view.said.object
    assert "The present segmentation stays." in view.said.object
    assert list(state.colours) == before
