"""Rules as cells give every customer the segment the rules give."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from segdash.clustering import fit
from segdash.errors import ChoiceError
from segdash.explanation import as_cells, retell
from segdash.explanation.rule_tree import Rule, RuleTree


@pytest.fixture
def customers():
    rng = np.random.default_rng(3)
    n = 400
    return pd.DataFrame(
        {
            "recency": rng.integers(1, 365, n),
            "frequency": rng.integers(1, 30, n),
            "monetary": rng.exponential(200, n).round(2),
            "age": rng.integers(20, 80, n),
        }
    )


def by_cells(made, customers):
    return fit("rfm_rules", customers, **made).labels.tolist()


def test_two_rules_on_one_metric_by_hand():
    table = pd.DataFrame({"recency": [10, 20, 30, 40], "frequency": [1, 1, 2, 2], "monetary": [5.0, 6.0, 7.0, 8.0]})
    told = retell(table, ["Near", "Near", "Far", "Far"], ["recency"])
    made = as_cells(told, table, order=["Far", "Near"])
    # The rules part at 20; of 10, 20 | 30, 40 the first fullest part is halved at 10.
    assert (made["bins"], made["cuts"]["recency"]) == (3, [10.0, 20.0])
    assert [part["name"] for part in made["rule_set"]["segments"]] == ["Far", "Near"]
    far = made["rule_set"]["segments"][0]["cells"]
    assert sorted(far) == [[1, 1], [1, 2], [1, 3]]  # over 20 days is the worst score of three
    assert by_cells(made, table) == ["Near", "Near", "Far", "Far"]


def test_every_customer_is_where_the_rules_put_her(customers):
    run = fit("k_means", customers, features=["recency", "frequency", "monetary"], n_clusters=4)
    told = retell(customers, [f"Segment {label}" for label in run.labels], ["recency", "frequency", "monetary"])
    made = as_cells(told, customers)
    assert len({len(cuts) for cuts in made["cuts"].values()}) == 1
    assert by_cells(made, customers) == told.predict(customers).tolist()
    others = customers.assign(monetary=customers["monetary"] * 7, recency=customers["recency"] // 3)
    assert fit("rfm_rules", customers, **made).model.predict(others).tolist() == told.predict(others).tolist()


def test_rules_on_the_average_order_are_scored_on_the_mean():
    table = pd.DataFrame({"recency": [5, 5, 5, 5], "frequency": [1, 2, 4, 8], "monetary": [80.0, 90.0, 88.0, 80.0]})
    seen = table.assign(average_order_value=[80.0, 45.0, 22.0, 10.0])
    told = retell(seen, ["Big", "Big", "Small", "Small"], ["average_order_value"])
    made = as_cells(told, table)
    # The rules part at the roundest number from 22 to under 45; of 10, 22 | 45, 80 the first part is halved at 10.
    assert made["spend"] == "mean"
    assert made["cuts"]["monetary"][0] < 22 <= made["cuts"]["monetary"][1] < 45
    assert by_cells(made, table) == ["Big", "Big", "Small", "Small"]


def test_customers_that_are_all_alike_leave_room_for_cut_points_too():
    table = pd.DataFrame({"recency": [5, 5, 5], "frequency": [1, 1, 1], "monetary": [1.0, 2.0, 3.0]})
    told = retell(table, ["A", "A", "B"], ["monetary"])
    made = as_cells(told, table)
    assert made["cuts"]["recency"] == [6.0, 7.0]
    assert by_cells(made, table) == ["A", "A", "B"]


def test_what_scores_can_not_say_is_refused(customers):
    segments = np.where(customers["age"] > 50, "Old", "Young")
    with pytest.raises(ChoiceError, match="The rules look at age, and scores are those of recency"):
        as_cells(retell(customers, segments, ["age"]), customers)
    ends = range(10, 120, 10)
    rules = tuple(Rule(str(end), {"recency": (end - 10.0, float(end))}, 1, 1.0, 1.0) for end in ends)
    with pytest.raises(ChoiceError, match=r"divide recency at 12 places, and scores at 9 at most\. Allow fewer rules"):
        as_cells(RuleTree(rules, ("recency",), 1.0), customers)
