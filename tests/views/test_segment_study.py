"""The study of the number of segments on the page, badges and borderline customers."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from segdash.state import Segmentation
from segdash.views.segment_study import SegmentStudy, judged


def three_groups():
    """Sixty customers in three groups equally far apart, and one half way between the first two."""
    random = np.random.default_rng(0)
    centres = np.repeat([[1.0, 1.0, 1.0], [5.0, 1.0, 5.0], [1.0, 5.0, 5.0]], 20, axis=0)
    points = np.exp(centres + random.normal(scale=0.1, size=centres.shape))
    points = np.vstack([points, np.exp([[3.0, 1.0, 3.0]])])
    table = pd.DataFrame(points, columns=["recency", "frequency", "monetary"])
    return table.assign(customer_id=[f"c{i:02d}" for i in range(len(table))])


@pytest.fixture(scope="module")
def view():
    view = SegmentStudy(Segmentation(three_groups(), n_segments=3))
    view.__panel__().get_root()
    return view


def test_the_study_speaks_for_three_and_its_number_is_used(view):
    view.state.n_segments = 4
    view.begin.clicks += 1
    assert view.found.recommended == 3
    assert "<strong>3 segments.</strong>" in view.said.object
    assert view.table.object.count("<tr") == 1 + len(view.found.table)
    assert view.table.object.count('class="best"') == 1
    assert len(view.picture.objects) == 6
    assert view.number.value == 3
    view.use.clicks += 1
    assert view.state.n_segments == 3
    assert view.found is not None  # another number needs no other study
    view.state.feature_names = ["recency"]
    assert view.found is None
    assert "Study them anew" in view.said.object
    view.state.feature_names = ["recency", "frequency", "monetary"]


def test_noise_has_no_clear_structure():
    random = np.random.default_rng(1)
    table = pd.DataFrame(np.exp(random.uniform(size=(300, 3))), columns=["recency", "frequency", "monetary"])
    view = SegmentStudy(Segmentation(table.assign(customer_id=[str(i) for i in range(300)]), n_segments=2))
    view.__panel__()
    view.begin.clicks += 1
    assert view.found.recommended is None
    assert "<strong>No clear structure.</strong>" in view.said.object


def test_badges_and_the_customer_on_the_border(view):
    view.judge.clicks += 1
    assert view.badges.object.count("<tr") == 4
    assert "c60" in view.judged.borders["customer_id"].tolist()
    view.select_borderline.clicks += 1
    assert view.state.selected == view.judged.borders["customer_id"].tolist()
    assert b"runner_up" in view._file().read().splitlines()[0]
    view.state.change(selected=[], n_segments=2)
    assert view.judged is None
    assert view.badges.object == ""


def test_borders_by_hand():
    points = np.array([[0.0], [2.0], [10.0], [12.0], [5.9]])
    customers = pd.DataFrame({"customer_id": list("abcde"), "segment": ["A", "A", "B", "B", "A"]})
    found = judged(points, customers)
    # Centres: (0 + 2 + 5.9) / 3 = 2.633 and 11: e is 3.267 from her own and 5.1 from the other.
    assert found.quality.set_index("segment")["borderline"].to_dict() == {"A": 0.0, "B": 0.0}
    assert len(found.borders) == 0
    near = judged(np.array([[0.0], [2.0], [10.0], [12.0], [6.8]]), customers)
    # Centres 2.933 and 11: e is 3.867 from her own and 4.2 from the other, a margin of 0.0794.
    assert near.borders[["customer_id", "segment", "runner_up"]].to_numpy().tolist() == [["e", "A", "B"]]
    assert near.borders["margin"].tolist() == [pytest.approx(1 - 3.866667 / 4.2, abs=1e-4)]
    assert near.quality.set_index("segment")["borderline"].to_dict() == {"A": pytest.approx(1 / 3), "B": 0.0}


def test_too_few_customers_are_told_so():
    table = three_groups().iloc[:10]
    view = SegmentStudy(Segmentation(table, n_segments=2))
    view.__panel__()
    view.begin.clicks += 1
    assert "too few to study" in view.said.object
