"""Segments retold on the page: counted by hand, escaped, sent to the rule studio without changing anybody's segment."""

from __future__ import annotations

import duckdb
import pandas as pd
import pytest
from states_shown import HOSTILE, many

from segdash.state import Segmentation
from segdash.views.explanation import Explanation
from segdash.views.rule_studio import RuleStudio


def ten():
    """Near: recency 1 to 5, one of them mislabelled Far; Far: 51 to 55."""
    return pd.DataFrame(
        {
            "customer_id": [f"c{i}" for i in range(10)],
            "recency": [1, 2, 3, 4, 5, 51, 52, 53, 54, 55],
            "frequency": 2,
            "monetary": 10.0,
            "cluster": ["Near"] * 4 + ["Far"] * 6,
        }
    )


def shown(state):
    view = Explanation(state)
    view.__panel__().get_root()
    return view


@pytest.fixture
def view():
    view = shown(Segmentation(ten()))
    view.depth.value = 1
    view.metrics.value = ["recency"]
    view.tell.clicks += 1
    return view


def test_two_rules_by_hand(view):
    assert "2 rules put 100.0 % of the customers" in view.heading.object
    assert "recency at most 4 days" in view.rules.object
    assert "recency at least 5 days" in view.rules.object
    assert view._written().splitlines()[1:] == [
        "CASE",
        "  WHEN \"recency\" > 4 THEN 'Far'",
        "  WHEN \"recency\" <= 4 THEN 'Near'",
        "END",
    ]


def test_precision_and_coverage_by_hand():
    labels = ["Near", "Far", "Near", "Near", "Near", "Far", "Far", "Far", "Far", "Far"]
    view = shown(Segmentation(ten().assign(cluster=labels)))
    view.depth.value = 1
    view.tell.clicks += 1
    # Under "at most 5 days" are 4 of Near and one of Far: right 80 %; the rule finds all of Near. Of Far, 5 of 6.
    assert "2 rules put 90.0 % of the customers" in view.heading.object
    assert '<td class="n">5</td><td class="n">80.0 %</td><td class="n">100.0 %</td>' in view.rules.object
    assert '<td class="n">5</td><td class="n">100.0 %</td><td class="n">83.3 %</td>' in view.rules.object


def test_the_file_is_sql_that_gives_the_same_segments(view):
    customers = ten()
    sql = view._file().getvalue().decode()
    found = duckdb.sql(f"SELECT customer_id, {sql} AS segment FROM customers ORDER BY customer_id").df()
    assert found["segment"].tolist() == customers["cluster"].tolist()


def test_sent_rules_keep_everybody_where_the_rules_have_them():
    state = Segmentation(many(["0"], per_cluster=120).drop(columns="cluster"), n_segments=4)
    view, studio = shown(state), RuleStudio(state)
    studio.__panel__().get_root()
    told, features = view.told, state.features
    before = state.customers
    view.send.clicks += 1
    assert "Sent" in view.said.object
    assert state.customers is before
    studio.apply.clicks += 1
    assert state.customers["segment"].astype(str).tolist() == told.predict(features).tolist()


def test_rules_that_scores_can_not_say_are_refused():
    table = ten().assign(age=range(10))
    view = shown(Segmentation(table))
    view.metrics.value = ["age"]
    view.tell.clicks += 1
    view.send.clicks += 1
    assert "The rules look at age" in view.said.object
    assert view.state.sent_rules == {}
    view.metrics.value = []
    view.tell.clicks += 1
    assert "at least one metric" in view.said.object


def test_other_segments_make_the_rules_go_away_until_they_are_told_anew(view):
    view.state.change(segments={"Near": {"name": HOSTILE}})
    assert (view.rules.object, view.sql.object, view.ends.visible) == ("", "", False)
    assert "Tell them anew" in view.said.object
    view.tell.clicks += 1
    assert "&lt;img" in view.rules.object
    assert "&lt;img" in view.sql.object
    view.state.change(selected=["c1"])
    assert view.ends.visible


def test_what_is_being_done_is_not_stopped_by_opening_the_card():
    state = Segmentation(ten())
    state.work.param.update(title="Reading a file")
    view = shown(state)
    assert view.told is None
    assert state.work.title == "Reading a file"
