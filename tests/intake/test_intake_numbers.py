from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from segdash.intake.cells import Column, as_text
from segdash.intake.numbers import read_numbers


def read(*columns, decimal=None):
    given = {i: Column(f"c{i}", pd.Series(cells)) for i, cells in enumerate(columns)}
    return list(read_numbers(given, decimal).values())


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (["1", "+2.5", "-.5", "3.", "1e3", " 4 "], [1, 2.5, -0.5, 3, 1000, 4]),
        (["1,234.56", "12", "1,234,567"], [1234.56, 12, 1234567]),
        (["1.234,56", "12,5", "1.234"], [1234.56, 12.5, 1234]),
        (["1 234,56", "1\u00a0234", "1\u202f000"], [1234.56, 1234, 1000]),
        (["1'234.5", "7"], [1234.5, 7]),
        (["0,123", "4,567"], [0.123, 4.567]),
        (["1.234", "5.678"], [1.234, 5.678]),
        (["inf", "-Infinity", "1e400"], [np.inf, -np.inf, np.inf]),
        (["12,5", "inf", "1e400"], [12.5, np.inf, np.inf]),
    ],
)
def test_ways_of_writing_numbers(cells, values):
    numbers = read(cells)[0]
    np.testing.assert_array_equal(numbers.value, values)
    assert not numbers.text.any()
    assert not numbers.missing.any()


@pytest.mark.parametrize("token", ["", "  ", "NA", "n/a", "#N/A", "NaN", "NULL", "None", "-", "<NA>"])
def test_missing_is_neither_text_nor_number(token):
    for numbers in (read([token, "1"])[0], read([token, "1,5"])[0]):
        assert numbers.missing.tolist() == [True, False]
        assert not numbers.text.any()
        assert np.isnan(numbers.value[0])


@pytest.mark.parametrize("cell", ["abc", "1.2.3", "12 34", "1_000", "0x10", "-nan", "1,23,4", "£5", "--1", "٣"])
def test_text_is_no_number(cell):
    for other in ("1", "1.5"):
        numbers = read([cell, other])[0]
        assert numbers.text.tolist() == [True, False]
        assert np.isnan(numbers.value[0])


def test_two_decimal_signs_in_a_column_leave_the_rarer_as_text():
    numbers = read(["1.5", "2.5", "3,5", "1,234"])[0]
    assert numbers.mixed
    assert numbers.text.tolist() == [False, False, True, True]
    assert "mixes decimal points and decimal commas" in numbers.note("x")


def test_two_separators_in_a_column_are_none():
    assert read(["1,234.5", "1 234.5"])[0].text.all()


def test_other_columns_decide_what_a_column_leaves_open():
    assert read(["1,234"], ["2.5"])[0].value.tolist() == [1234]
    assert read(["1,234"], ["2,5"])[0].value.tolist() == [1.234]
    assert read(["1.234"], ["2,5"])[0].value.tolist() == [1234]
    assert read(["1.234", "2.50"], ["2,5"])[0].value.tolist() == [1.234, 2.5]
    assert read(["1.234"], [2.5])[0].value.tolist() == [1.234]


def test_what_nothing_decides_is_unsure_until_the_caller_does():
    numbers = read(["1,234", "7"])[0]
    assert numbers.unsure
    assert numbers.text.tolist() == [True, False]
    assert read(["1,234"], decimal=",")[0].value.tolist() == [1.234]
    assert read(["1,234"], decimal=".")[0].value.tolist() == [1234]
    assert read([1.5, 2.0], decimal=",")[0].value.tolist() == [1.5, 2.0]


def test_typed_columns_need_no_reading():
    columns = pd.array([1, None], "Int64"), np.array([1.5, np.inf], "float32"), [None, 2]
    for numbers, values in zip(read(*columns), ([1, np.nan], [1.5, np.inf], [np.nan, 2]), strict=True):
        np.testing.assert_array_equal(numbers.value, values)
        assert not numbers.text.any()
    assert read([True, False])[0].text.all()


def test_leading_zeros_are_seen():
    assert read(["0123", "0", "0.5", "10"])[0].coded.tolist() == [True, False, False, False]


@pytest.mark.parametrize(
    ("cells", "text"),
    [
        ([1, 2], ["1", "2"]),
        (pd.array([2**60 + 1, None], "Int64"), [str(2**60 + 1), ""]),
        ([12346.0, 0.1, np.nan, np.inf], ["12346", "0.1", "", "inf"]),
        (pd.array([True, None], "boolean"), ["True", ""]),
        (pd.to_datetime(["2024-05-01", None]), ["2024-05-01", ""]),
        (pd.to_datetime(["2024-05-01 12:30", "2024-05-02 00:00"]),
         ["2024-05-01T12:30:00", "2024-05-02T00:00:00"]),
        (pd.to_datetime(["2024-05-01 12:30"], utc=True), ["2024-05-01T12:30:00+00:00"]),
        (pd.Categorical(["b", None, "a"]), ["b", "", "a"]),
        (pd.Series(["x", 1.0, 2.5, None, pd.NaT, True, pd.Timestamp("2024-05-01"), b"y"], dtype=object),
         ["x", "1", "2.5", "", "", "True", "2024-05-01", "y"]),
        (pd.Series(["\ud800x"], dtype=object), ["?x"]),
    ],
)  # fmt: skip
def test_any_type_to_text(cells, text):
    assert as_text(pd.Series(cells)).to_pylist() == text
