"""Badges and borderline customers on the page, worked out by hand; they go when the segments do."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from states_shown import HOSTILE

from segdash.schema import UNASSIGNED
from segdash.state import Segmentation
from segdash.views.segment_quality import Judged, SegmentQuality, judged


def given(values, clusters):
    """Customers a, b, c ... told apart by recency, as their file has them."""
    table = pd.DataFrame({"customer_id": list("abcdefghijkl")[: len(values)], "recency": values})
    return table.assign(frequency=2, monetary=10.0, cluster=clusters)


def shown(state):
    view = SegmentQuality(state)
    view.__panel__().get_root()
    return view


@pytest.fixture
def view():
    """On 0, 2, 10, 12 and 6.8: e is 3.867 from the centre of her own, 2.933, and 4.2 from the other, 11."""
    table = given([0.0, 2.0, 10.0, 12.0, 6.8], ["A", "A", "B", "B", "A"])
    view = shown(Segmentation(table, feature_names=["recency"], transform="none", segments={"B": {"name": HOSTILE}}))
    view.judge.clicks += 1
    return view


def test_borders_by_hand():
    labels, points = np.array(list("AABBA"), dtype=object), np.array([[0.0], [2.0], [10.0], [12.0], [5.9]])
    # Centres 2.633 and 11: the last is 3.267 from her own and 5.1 from the other, a margin of 0.36.
    far = judged(points, labels)
    assert far.quality.set_index("segment")["borderline"].to_dict() == {"A": 0.0, "B": 0.0}
    assert not far.borders["borderline"].any()
    points[4] = 6.8
    near = judged(points, labels)
    assert near.borders["borderline"].tolist() == [False, False, False, False, True]
    assert near.borders["runner_up"].tolist() == list("BBAAB")
    assert near.borders["margin"].iloc[4] == pytest.approx(1 - 3.866667 / 4.2, abs=1e-4)
    assert near.quality.set_index("segment")["borderline"].to_dict() == {"A": pytest.approx(1 / 3), "B": 0.0}


def test_who_is_in_no_segment_is_not_judged():
    labels = np.array([*"AABB", UNASSIGNED], dtype=object)
    found = judged(np.array([[0.0], [2.0], [10.0], [12.0], [6.8]]), labels)
    assert found.quality["segment"].tolist() == ["A", "B"]
    assert not found.borders["borderline"].any()
    assert found.borders["runner_up"].isna().tolist() == [False, False, False, False, True]


def test_a_line_per_segment_by_hand(view):
    lines = view.badges.object.split("<tr>")[2:]
    assert len(lines) == 2
    a = next(line for line in lines if ">A</th>" in line)
    b = next(line for line in lines if ">A</th>" not in line)
    assert '<td class="n">3</td><td class="n">60.0 %</td>' in a
    assert '<td class="n">2</td><td class="n">40.0 %</td>' in b
    # Margins of A: 1 - 2.933/11, 1 - 0.933/9, 1 - 3.867/4.2, mean 0.57; of B: 1 - 1/7.067 and 1 - 1/9.067, 0.87.
    assert '<td class="n">0.57</td><td class="n">33.3 %</td><td>&lt;img' in a
    assert '<td class="n">0.87</td><td class="n">0.0 %</td><td>A</td>' in b
    assert "<img" not in view.badges.object
    assert "1 customer borderline" in view.badges.object
    assert view.heading.object.endswith("Measured on Recency.</p>")
    assert "As given in the file" in view.said.object


def test_the_switch_shows_only_them_and_says_what_is_in_force(view):
    state = view.state
    view.only.value = True
    assert (state.borderline_only, state.selected) == (True, [])
    assert state.shown["customer_id"].tolist() == ["e"]
    state.clear_filters()
    assert not view.only.value
    state.change(borderline_only=True)
    assert view.only.value


def test_the_file_has_the_runner_up(view):
    heading, line = view._file().getvalue().decode("utf-8-sig").splitlines()
    assert heading == "customer_id,segment,runner_up,margin"
    assert line.startswith(f"e,A,{HOSTILE},0.079")


def test_another_name_needs_no_other_judgement(view):
    view.state.change(segments={"A": {"name": "Else"}})
    assert ">Else</th>" in view.badges.object
    assert ">A</th>" not in view.badges.object


def test_other_segments_are_not_judged(view):
    view.state.change(own_segments={"Mine": ["a"]})
    assert view.state.judgement is None
    assert (view.badges.object, view.borderline.visible) == ("", False)
    assert "Judge them anew" in view.said.object
    view.judge.clicks += 1
    assert ">Mine</th>" in view.badges.object


def test_segments_that_change_while_they_are_judged_are_not_shown(view, monkeypatch):
    found = Judged(view.state.judgement, view.state.borders)

    def changed_meanwhile(*_, **__):
        view.state.change(own_segments={"Mine": ["a"]})
        return found

    monkeypatch.setattr("segdash.views.segment_quality.judged", changed_meanwhile)
    view.judge.clicks += 1
    assert (view.state.judgement, view.badges.object) == (None, "")
    assert "Judge them anew" in view.said.object


def test_one_segment_has_no_neighbour_and_nobody_on_a_border():
    view = shown(Segmentation(given([0.0, 2.0, 10.0], ["A"] * 3), feature_names=["recency"]))
    view.judge.clicks += 1
    assert "<td>–</td>" in view.badges.object
    assert "unknown" in view.badges.object
    assert not view.borderline.visible


def test_customers_of_one_kind_are_told_so():
    view = shown(Segmentation(given([5.0] * 3, ["A", "A", "B"]), feature_names=["recency"]))
    view.judge.clicks += 1
    assert "can&#x27;t be told apart" in view.said.object
    assert 'role="alert"' in view.said.object
