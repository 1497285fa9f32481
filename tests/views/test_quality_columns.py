"""Separation, borderline and runner-up as columns and as a filter, worked out by hand; nobody pays who does not ask."""

from __future__ import annotations

import pandas as pd
import pytest
from states_shown import HOSTILE

from segdash.errors import ClusteringError
from segdash.state import Segmentation
from segdash.views.customer_table import CustomerTable
from segdash.views.filter_controls import FilterControls
from segdash.views.profile_table import ProfileTable
from segdash.views.segment_quality import SegmentQuality

# Centres 2.933 and 11: e, on 6.8, is 3.867 from the centre of her own segment and 4.2 from the other.
VALUES, CLUSTERS = [0.0, 2.0, 10.0, 12.0, 6.8], ["A", "A", "B", "B", "A"]


def table(**more):
    columns = {"customer_id": list("abcde"), "recency": VALUES, "frequency": 2, "monetary": 10.0, "cluster": CLUSTERS}
    return pd.DataFrame({**columns, **more})


@pytest.fixture
def state():
    return Segmentation(table(), feature_names=["recency"], transform="none")


def shown(kind, state):
    view = kind(state)
    view.__panel__().get_root()
    return view


def lines(view):
    return view._file().getvalue().decode("utf-8-sig").splitlines()


# ---------------------------------------------------------------------- the state


def test_nothing_is_worked_out_until_somebody_asks(state):
    assert state.borders is None
    state.change(x="frequency", ranges={"recency": (0, 5)}, own_segments={"Mine": ["a"]})
    assert state.borders is None
    state.change(show_quality=True)
    assert len(state.borders) == 5


def test_borders_are_worked_out_once_per_segmentation(state):
    state.change(show_quality=True)
    borders = state.borders
    state.change(borderline_only=True, ranges={"recency": (0, 50)}, segments={"A": {"name": "Else"}}, currency="£")
    state.change(borderline_only=False, show_quality=False)
    state.change(borderline_only=True)
    assert state.borders is borders
    state.change(own_segments={"Mine": ["e"]})
    assert state.borders is not borders


def test_only_borderline_customers_pass_the_filter(state):
    state.borderline_only = True
    assert state.filtered["customer_id"].tolist() == ["e"]
    # Alone in her own segment she is at its centre, and c and d are where they were.
    state.own_segments = {"Mine": ["e"]}
    assert state.filtered["customer_id"].tolist() == []
    state.clear_filters()
    assert len(state.filtered) == 5


def test_another_table_is_shown_whole(state):
    state.change(borderline_only=True, show_quality=True)
    state.load(table(customer_id=list("vwxyz")))
    assert (state.borderline_only, state.show_quality, len(state.shown)) == (False, True, 5)
    assert len(state.borders) == 5


def test_customers_of_one_kind_have_no_borders_and_the_sentence_says_so():
    state = Segmentation(table(recency=5.0), feature_names=["recency"])
    with pytest.raises(ClusteringError, match="can't be told apart"):
        state.change(borderline_only=True)
    assert (state.borderline_only, len(state.shown)) == (False, 5)


def test_a_change_is_not_refused_for_the_sake_of_borders(state):
    state.change(show_quality=True, borderline_only=True)
    state.change(feature_names=["frequency"])
    assert (state.show_quality, state.borderline_only, state.borders) == (False, False, None)
    assert len(state.shown) == 5
    assert "borderline" in state.notices[-1]
    state.change(feature_names=["recency"], show_quality=True)
    assert len(state.borders) == 5


def test_nobody_is_on_a_border_where_there_is_none():
    state = Segmentation(table(cluster="A"), feature_names=["recency"], borderline_only=True)
    assert (len(state.shown), state.borders["runner_up"].isna().all()) == (0, True)
    empty = Segmentation(borderline_only=True, show_quality=True)
    assert len(empty.borders) == len(empty.shown) == 0


# ---------------------------------------------------------------------- the comparison table


def test_the_comparison_table_says_how_far_apart_segments_are(state):
    view = shown(ProfileTable, state)
    assert "separation" not in view.table.value
    view.quality.value = True
    found = view.table.value.set_index(view.table.value["segment"].str[0])
    assert list(found.columns[:4]) == ["segment", "separation", "borderline", "neighbour"]
    # Margins of A: 1 - 2.933/11, 1 - 0.933/9, 1 - 3.867/4.2; of B: 1 - 1/7.067 and 1 - 1/9.067.
    assert found["separation"].round(2).to_dict() == {"A": 0.57, "B": 0.87}
    assert found["borderline"].round(4).to_dict() == {"A": 0.3333, "B": 0.0}
    assert found["neighbour"].to_dict() == {"A": "B", "B": "A"}
    assert "judge the segments" in view.hint.object
    state.change(selected=["a"])
    assert view.table.value["separation"].round(2).tolist() == [0.57]


def test_badges_come_when_they_were_judged_and_go_with_the_segments(state):
    state.change(show_quality=True)
    view, card = shown(ProfileTable, state), shown(SegmentQuality, state)
    assert "badge" not in view.table.value
    card.judge.clicks += 1
    judged = state.judgement.set_index("segment")["badge"]
    assert dict(zip(view.table.value["segment"].str[0], view.table.value["badge"], strict=True)) == judged.to_dict()
    assert lines(view)[0].startswith("Segment,Badge,Stability,Separation,Borderline,Nearest,Customers")
    assert view.hint.object == ""
    state.change(own_segments={"Mine": ["a"]})
    assert "badge" not in view.table.value


def test_a_badge_selects_all_who_have_it(state):
    view = shown(ProfileTable, state)
    shown(SegmentQuality, state).judge.clicks += 1
    state.change(show_quality=True)
    state.know_quality(state.judgement.assign(badge="soft"), state.borders)

    class Click:
        row, column = 1, "badge"

    view._badge_clicked(Click)
    assert state.selected == ["a", "b", "e", "c", "d"]
    view._badge_clicked(Click)
    assert state.selected == []


# ---------------------------------------------------------------------- the customer list


def test_the_customer_list_names_the_runner_up(state):
    state.change(segments={"B": {"name": HOSTILE}})
    view = shown(CustomerTable, state)
    assert lines(view)[0] == "customer_id,recency,frequency,monetary,cluster,segment"
    view.quality.value = True
    found = view.table.value.set_index("customer_id")
    assert found["borderline"].to_dict() == {"a": "no", "b": "no", "c": "no", "d": "no", "e": "yes"}
    assert found["runner_up"].to_dict() == {"a": HOSTILE, "b": HOSTILE, "c": "A", "d": "A", "e": HOSTILE}
    assert view.table.titles["runner_up"] == "Runner-up"
    assert "runner_up" not in view.table.formatters  # else it would be read as markup
    state.change(selected=["e"])
    assert lines(view) == [
        "customer_id,recency,frequency,monetary,cluster,segment,borderline,runner_up",
        f"e,6.8,2,10.0,A,A,yes,{HOSTILE}",
    ]
    view.quality.value = False
    assert "borderline" not in view.table.value


def test_a_file_that_says_borderline_itself_keeps_what_it_says():
    state = Segmentation(table(borderline=["x", "y", "x", "y", "x"]), feature_names=["recency"], transform="none")
    state.change(show_quality=True)
    view = shown(CustomerTable, state)
    assert view.table.value["borderline"].tolist() == ["x", "y", "x", "y", "x"]
    assert view.table.value["borderline_"].tolist() == ["no", "no", "no", "no", "yes"]


# ---------------------------------------------------------------------- the filters


def test_the_filter_says_that_it_is_in_force(state):
    view = shown(FilterControls, state)
    assert "None in force" in view.heading.object
    view.only.value = True
    assert "1 of 5 (20.0 %) shown, only borderline ones" in view.heading.object
    view.clear.clicks += 1
    assert (state.borderline_only, view.only.value) == (False, False)


def test_a_refused_filter_is_not_shown_as_in_force():
    state = Segmentation(table(recency=5.0), feature_names=["recency"])
    view = shown(FilterControls, state)
    view.only.value = True
    assert (view.only.value, state.borderline_only) == (False, False)
    assert "can't be told apart" in state.problem
