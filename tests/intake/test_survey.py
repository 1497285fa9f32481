"""What is found plain needs no care; whatever needs some is found, so that no reading of it changes."""

from __future__ import annotations

import datetime as dt

import ibis
import pandas as pd
import pytest

import segdash as sd
from segdash.intake.survey import DATE, ID, NUMBER, WORD, Survey, survey


@pytest.fixture(scope="module", name="found")
def one_column():
    """A function: what a survey finds in one column."""
    connection = ibis.duckdb.connect()

    def found(cells, kind):
        table = connection.create_table("t", pd.DataFrame({"c0": cells}), overwrite=True)
        return survey(table, [("c0", kind)])

    return found


@pytest.mark.parametrize(
    ("kind", "cells"),
    [
        (ID, ["17850", "C-1", "Ünï 1", None]),
        (ID, [17850, 1]),
        (WORD, ["17.0", "New York"]),
        (NUMBER, ["1", " 2.5 ", "-1e3", None]),
        (NUMBER, [1.5, None]),
        (DATE, ["2024-01-31", "2024-01-31 10:00", "2024-01-31T10:00:59", None]),
        (DATE, [pd.Timestamp("2024-01-31")]),
    ],
)
def test_plain_columns(found, kind, cells):
    known = found(cells, kind)
    assert known.plain == {"c0"}
    assert known.is_sound("c0") == (None not in cells)


ROUGH = {
    ID: [" a", "a ", "a\t", "a\n", "a\r", "", "17.0", "17.00", "NaN", "n/a", "None", "-"],
    WORD: [" a", "", "NULL", "<na>"],
    NUMBER: ["1,5", "$1", "(1)", "", "nan", "inf", "-"],
}
GOOD = {ID: "17850", WORD: "word", NUMBER: "1"}


def test_one_cell_that_needs_care_is_found_in_each_column():
    uses = [(kind, cell) for kind, cells in ROUGH.items() for cell in cells]
    frame = pd.DataFrame({f"c{i}": [GOOD[kind], cell, GOOD[kind]] for i, (kind, cell) in enumerate(uses)})
    table = ibis.duckdb.connect().create_table("t", frame)
    assert survey(table, [(f"c{i}", kind) for i, (kind, _) in enumerate(uses)]).plain == frozenset()


@pytest.mark.parametrize(
    "cell",
    [
        *("2024-02-30", "2024-1-05", "2024/01/05", "2024-01-05Z", "2024-01-05 10:00:00Z", "", " 2024-01-05"),
        *("20240105", "2024-01-05 25:00", "9999-12-31", "0020-01-01"),
    ],
)
def test_one_date_that_needs_care_is_found(found, cell):
    known = found(["2024-01-01", cell], DATE)
    assert known.plain == frozenset()
    assert known.reading is None


@pytest.mark.parametrize(
    ("kind", "cells"), [(ID, [17850.0]), (NUMBER, [True]), (NUMBER, [float("inf")]), (DATE, [20240101])]
)
def test_types_that_say_too_little(found, kind, cells):
    assert found(cells, kind).plain == frozenset()


def test_days_are_counted_and_years_checked(found):
    known = found(["2024-01-31", "2024-01-31 10:00", "2023-12-24"], DATE)
    assert known.days == {dt.date(2024, 1, 31): 2, dt.date(2023, 12, 24): 1}
    assert known.in_range
    assert not found([pd.Timestamp("2024-01-31"), pd.Timestamp("1800-01-01")], DATE).in_range


def test_years_of_dates_in_two_notations_are_not_vouched_for(found):
    assert not found(["2024-01-01", "31/12/1850"], DATE).in_range
    log = pd.DataFrame({"customer": ["A", "B"], "date": ["2024-01-01", "31/12/1850"], "amount": 1})
    assert set(sd.read_orders(log).ledger["bucket"]) == {"order", "odd_date"}


def test_a_column_of_two_uses_is_plain_for_both_only():
    table = ibis.duckdb.connect().create_table("t", pd.DataFrame({"c0": ["17.0"], "c1": ["a"]}))
    known = survey(table, [("c0", NUMBER), ("c0", ID), ("c1", WORD)])
    assert known.plain == {"c1"}


def test_an_empty_survey_claims_nothing():
    assert not Survey().is_sound("c0")
    assert Survey().reading is None


@pytest.mark.parametrize(("rough", "customer", "money"), [(" B", "B", 7), ("17.0", "17", 4), ("n/a", "B", 3)])
def test_one_rough_cell_leaves_the_clean_rows_as_they_are(rough, customer, money):
    log = pd.DataFrame({"customer": ["A", "A", "B"], "date": "2024-01-01", "amount": ["1", "2.50", "3"]})
    clean = sd.customer_metrics(sd.read_orders(log)).set_index("customer_id")
    other = pd.concat([log, pd.DataFrame({"customer": [rough], "date": [" 2024-01-01"], "amount": ["$4"]})])
    mixed = sd.customer_metrics(sd.read_orders(other)).set_index("customer_id")
    pd.testing.assert_series_equal(mixed.loc["A"], clean.loc["A"])
    assert mixed.loc[customer, "monetary"] == money
