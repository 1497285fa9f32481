from __future__ import annotations

import duckdb
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segdash.errors import ChoiceError, UnknownNameError
from segdash.explanation import retell
from segdash.explanation.steps import after, grain, roundest

HOSTILE = ["Can't Lose'; DROP TABLE customers; --", '"quoted" \\ back', "<script>", "säule\n新", "''"]


def random_customers(seed, n=200):
    random = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "recency": random.integers(1, 400, n),
            "frequency": random.geometric(0.3, n),
            "monetary": np.round(random.lognormal(5, 1, n), 2),
            'odd "name"; --': random.normal(size=n),
        }
    )


@pytest.fixture
def table():
    return pd.DataFrame(
        {
            "recency": [3, 12, 31, 31, 45, 90, 200, 300],
            "frequency": [4, 6, 9, 3, 5, 1, 3, 1],
            "monetary": [400.0, 600.0, 900.0, 90.5, 500.0, 30.25, 95.0, 10.0],
        }
    )


LOYAL = ["Loyal"] * 3 + ["Promising"] + ["Lost"] * 4


def test_rules_by_hand(table):
    told = retell(table, LOYAL, ["recency", "frequency"])
    assert told.fidelity == 1.0
    assert {rule.segment: told.words(rule) for rule in told.rules} == {
        "Lost": "recency at least 41 days",
        "Loyal": "recency at most 40 days and frequency at least 4 orders",
        "Promising": "recency at most 40 days and frequency at most 3 orders",
    }
    assert [(rule.customers, rule.precision, rule.coverage) for rule in told.rules] == [
        (4, 1.0, 1.0),
        (3, 1.0, 1.0),
        (1, 1.0, 1.0),
    ]


def test_precision_coverage_and_fidelity_of_rules_that_do_not_tell_all(table):
    told = retell(table, LOYAL, ["recency"], max_rules=2)
    near, far = sorted(told.rules, key=lambda rule: rule.segment, reverse=True)
    assert (near.segment, near.customers, near.precision, near.coverage) == ("Loyal", 4, 0.75, 1.0)
    assert (far.segment, far.customers, far.precision) == ("Lost", 4, 1.0)
    assert told.fidelity == 7 / 8
    assert told.untold == ("Promising",)
    assert told.sentences[-1] == "No rule leads to Promising: allow more rules to tell it."


def test_sentences_quote_the_numbers(table):
    told = retell(table, LOYAL, ["recency", "monetary"], currency="£")
    assert told.sentences[0] == (
        "Lost: recency at least 41 days (4 customers, 100.0 % of them in Lost; finds 100.0 % of it)."
    )
    assert "spend at most £200" in " ".join(told.sentences)
    assert told.table["rule"].tolist() == [told.words(rule) for rule in told.rules]


def test_ranges_have_both_ends_included_and_no_hole(table):
    told = retell(table, LOYAL, ["recency", "frequency"])
    assert told.ranges() == [
        {"segment": "Lost", "recency": (41, None)},
        {"segment": "Loyal", "recency": (None, 40), "frequency": (4, None)},
        {"segment": "Promising", "recency": (None, 40), "frequency": (None, 3)},
    ]


def test_a_single_segment_is_one_rule_for_every_customer(table):
    told = retell(table, ["All"] * 8, ["recency"])
    assert [told.words(rule) for rule in told.rules] == ["every customer"]
    assert told.ranges() == [{"segment": "All"}]
    assert told.predict(table).tolist() == ["All"] * 8


@pytest.mark.parametrize("seed", range(3))
def test_sql_gives_the_prediction_for_every_customer_whatever_the_names(seed):
    customers = random_customers(seed)
    random = np.random.default_rng(seed)
    noisy = customers["recency"] + 200 * customers['odd "name"; --'] + random.normal(0, 20, len(customers))
    segments = np.array(HOSTILE)[pd.qcut(noisy, 5, labels=False)]
    told = retell(customers, segments, list(customers.columns), max_rules=12, max_depth=6)
    predicted = told.predict(customers)
    with duckdb.connect() as base:
        base.register("customers", customers)
        rows = base.execute(f"SELECT {told.sql()} FROM customers").fetchall()
    assert [row[0] for row in rows] == predicted.tolist()
    assert told.fidelity == pytest.approx(np.mean(predicted == segments))
    assert len(set(predicted)) > 2


def test_sql_takes_other_column_names_and_gives_null_for_null():
    told = retell(pd.DataFrame({"recency": [1, 99]}), ["A", "B"], ["recency"])
    assert told.sql({"recency": 'days "since"'}) == (
        'CASE\n  WHEN "days ""since""" <= 50 THEN \'A\'\n  WHEN "days ""since""" > 50 THEN \'B\'\nEND'
    )
    query = f"SELECT {told.sql()} FROM (VALUES (NULL::INTEGER), (5)) t(recency)"
    assert duckdb.sql(query).fetchall() == [(None,), ("A",)]


def test_a_missing_value_gets_no_prediction():
    told = retell(pd.DataFrame({"recency": [1, 99]}), ["A", "B"], ["recency"])
    assert told.predict(pd.DataFrame({"recency": [np.nan, 5.0, 500.0]})).tolist() == [None, "A", "B"]


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 12))
def test_every_customer_is_covered_by_exactly_one_rule_and_one_range(seed, max_rules):
    customers = random_customers(seed, n=60)
    segments = np.random.default_rng(seed).choice(["A", "B", "C"], 60)
    told = retell(customers, segments, list(customers.columns), max_rules=max_rules)
    covered = np.array([rule.covers(customers) for rule in told.rules])
    assert (covered.sum(axis=0) == 1).all()
    assert [int(row.sum()) for row in covered] == [rule.customers for rule in told.rules]
    for rule, entry in zip(told.rules, told.ranges(), strict=True):
        inside = np.ones(60, dtype=bool)
        for name, (low, high) in ((key, ends) for key, ends in entry.items() if key != "segment"):
            inside &= ((low is None) | (customers[name] >= (low or 0))) & (
                (high is None) | (customers[name] <= (high or 0))
            )
        assert inside.tolist() == rule.covers(customers).tolist()


def test_rounding_moves_nobody_that_scikit_learn_put_elsewhere():
    from sklearn.tree import DecisionTreeClassifier

    customers = random_customers(5)
    segments = np.where(customers["monetary"] > 150, "High", np.where(customers["recency"] > 120, "Old", "New"))
    told = retell(customers, segments, ["recency", "frequency", "monetary"], max_rules=6)
    values = customers[["recency", "frequency", "monetary"]]
    model = DecisionTreeClassifier(max_depth=4, max_leaf_nodes=6, random_state=0).fit(values, segments)
    assert told.predict(customers).tolist() == model.predict(values).tolist()


def test_neighbours_that_float32_confuses_are_told_apart():
    spend = [16_777_216.0, 16_777_217.0]
    told = retell(pd.DataFrame({"monetary": spend}), ["A", "B"], ["monetary"])
    assert told.predict(pd.DataFrame({"monetary": spend})).tolist() == ["A", "B"]


def test_above_the_limit_the_tree_is_fitted_on_a_sample_and_measured_on_all(monkeypatch):
    from segdash.explanation import retelling

    monkeypatch.setattr(retelling, "MOST_FITTED", 50)
    customers = random_customers(1, n=400)
    segments = np.where(customers["recency"] > 200, "Old", "New")
    told = retell(customers, segments, ["recency"])
    assert sum(rule.customers for rule in told.rules) == 400
    assert told.fidelity == pytest.approx(np.mean(told.predict(customers) == segments))


@settings(max_examples=100, deadline=None)
@given(st.floats(-1e7, 1e7), st.floats(1e-6, 1e6))
def test_the_roundest_number_lies_between(low, gap):
    high = low + gap
    if high > low:
        assert low <= roundest(low, high) < high


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [(31, 32, 31), (28, 34, 30), (0, 1, 0), (-1, 0, -1), (99.99, 100.01, 100), (0.1, 0.35, 0.2), (5, 5.5, 5)],
)
def test_roundest_by_hand(low, high, expected):
    assert roundest(low, high) == expected


def test_grains_and_the_next_value():
    assert [grain(np.array(values)) for values in ([1.0, 2.0], [0.5, 1.0], [0.25], [0.125])] == [0, 1, 2, None]
    assert (after(31, 0), after(0.1, 1), after(1.15, 2)) == (32, 0.2, 1.16)
    assert after(1.0, None) > 1.0


def test_refusals_say_what_is_wrong(table):
    with pytest.raises(UnknownNameError, match="Did you mean 'recency'"):
        retell(table, LOYAL, ["recncy"])
    with pytest.raises(ChoiceError, match="at least one metric"):
        retell(table, LOYAL, [])
    with pytest.raises(ChoiceError, match="2 segments for 8 customers"):
        retell(table, ["A", "B"], ["recency"])
    with pytest.raises(ChoiceError, match="There are no customers"):
        retell(table.iloc[:0], [], ["recency"])
    with pytest.raises(ChoiceError, match="Metric 'monetary' has no number for 1 customer of 8"):
        retell(table.assign(monetary=[np.nan, *range(7)]), LOYAL, ["monetary"])
    with pytest.raises(UnknownNameError, match="No metric is named 'recency'"):
        retell(table, LOYAL, ["recency"]).predict(pd.DataFrame({"Recency": [1]}))
