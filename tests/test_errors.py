from __future__ import annotations

import pytest

from segdash import errors
from segdash.errors import MissingExtraError, SegdashError, TableError, UnknownNameError, count, did_you_mean, quote

PARENTS = {
    "UnknownNameError": KeyError,
    "SourceError": OSError,
    "TableError": ValueError,
    "ClusteringError": ValueError,
    "ScoringError": ValueError,
    "RulesError": ValueError,
    "SegmentsError": ValueError,
    "ChoiceError": ValueError,
    "CancelledError": RuntimeError,
    "MissingExtraError": ImportError,
}


def family():
    return {
        name: kind
        for name, kind in vars(errors).items()
        if isinstance(kind, type) and issubclass(kind, SegdashError) and kind is not SegdashError
    }


def test_every_error_is_in_the_table_of_parents():
    assert set(family()) == set(PARENTS)


@pytest.mark.parametrize("name", PARENTS)
def test_every_error_keeps_the_parent_that_pythons_own_has(name):
    assert issubclass(family()[name], PARENTS[name])
    assert issubclass(family()[name], SegdashError)


def test_an_unknown_name_is_a_key_error_whose_sentence_has_no_quotation_marks_around_it():
    said = str(UnknownNameError.of("metric", "recncy", ["recency", "monetary"]))
    assert said == "No metric is named 'recncy'. Did you mean 'recency'? Known: monetary, recency."


def test_a_name_like_no_other_gets_no_hint():
    assert did_you_mean("zzzzzz", ["recency"]) == " Known: recency."


def test_a_hint_does_not_mind_case():
    assert "Did you mean 'Recency'?" in did_you_mean("RECENCY", ["Recency", "Monetary"])


def test_many_known_names_are_cut_after_twenty():
    said = did_you_mean("?", [f"m{i:02}" for i in range(25)])
    assert said.endswith("m19 and 5 more.")


def test_nothing_known_gives_nothing():
    assert did_you_mean("x", []) == ""


def test_one_fault_stands_in_the_sentence():
    error = TableError("orders.csv", ["No heading is monetary."])
    assert str(error) == "orders.csv: No heading is monetary."


def test_all_faults_of_a_table_are_numbered():
    error = TableError("orders.csv", ["One.", "Two."])
    assert str(error) == "orders.csv has 2 faults. (1) One. (2) Two."
    assert error.faults == ("One.", "Two.")


def test_a_missing_extra_says_how_to_install_it():
    said = str(MissingExtraError.of("Reading .xlsx", "excel"))
    assert said == 'Reading .xlsx needs the extra "excel". Install it with: pip install "segdash[excel]"'


def test_quoted_text_is_cut_and_has_no_control_characters():
    assert quote("a\nb\x00") == "'a\\nb\\x00'"
    assert quote("x" * 10_000) == "'" + "x" * 59 + "…'"


def test_no_error_at_all_says_nothing():
    assert str(SegdashError()) == ""


def test_zero_and_many_are_plural():
    assert (count(0, "row"), count(1_000_000, "row")) == ("0 rows", "1,000,000 rows")
