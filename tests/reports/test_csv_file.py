from __future__ import annotations

import csv
import io

import numpy as np
import pandas as pd
import pytest

from segdash.reports.csv_file import csv_file


def text(table, **settings):
    return csv_file(table, **settings).getvalue().decode("utf-8-sig")


def cells(table, **settings):
    return list(csv.reader(io.StringIO(text(table, **settings), newline="")))


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t"])
def test_a_text_cell_that_a_spreadsheet_would_run_gets_an_apostrophe(start):
    assert cells(pd.DataFrame({"id": [f"{start}cmd|'/C calc'!A0"]}))[1] == [f"'{start}cmd|'/C calc'!A0"]


@pytest.mark.parametrize("ending", ["\n", "\r", "\r\n"])
def test_a_line_ending_inside_a_cell_does_not_begin_another_row(ending):
    rows = cells(pd.DataFrame({"id": [f"a{ending}=1+1", "b"], "n": [1, 2]}))
    assert rows[1:] == [[f"a{ending}=1+1", "1"], ["b", "2"]]


def test_other_text_stays():
    assert cells(pd.DataFrame({"id": ["a=1", "1-2", "x@y", "'q", ""]}))[1:] == [["a=1"], ["1-2"], ["x@y"], ["'q"], [""]]


def test_numbers_stay_also_negative_ones():
    assert cells(pd.DataFrame({"n": [-5, 3], "f": [-0.5, 2.25]})) == [["n", "f"], ["-5", "-0.5"], ["3", "2.25"]]


def test_headings_are_neutralised_too():
    assert cells(pd.DataFrame({"=SUM(A1)": [1], "-x": [2]}))[0] == ["'=SUM(A1)", "'-x"]


def test_headings_can_be_replaced_and_are_neutralised_after():
    assert cells(pd.DataFrame({"a": [1], "b": [2]}), headings={"a": "@A"})[0] == ["'@A", "b"]


@pytest.mark.parametrize("dtype", ["object", "str", "string", "category"])
def test_text_of_every_kind_is_neutralised(dtype):
    assert cells(pd.DataFrame({"id": pd.Series(["=1+1", "b"], dtype=dtype)}))[1:] == [["'=1+1"], ["b"]]


def test_text_among_numbers_in_an_object_column_is_neutralised():
    assert cells(pd.DataFrame({"id": pd.Series([-5, "=1", None], dtype="object")}))[1:] == [["-5"], ["'=1"], [""]]


def test_missing_values_are_empty_cells():
    assert text(pd.DataFrame({"id": ["a", None], "n": [np.nan, 1.5]})) == "id,n\na,\n,1.5\n"


def test_other_alphabets_and_emoji_come_back():
    table = pd.DataFrame({"Kunde": ["Ærø 🦊", "客户", 'a "quoted", name']})
    assert cells(table)[1:] == [["Ærø 🦊"], ["客户"], ['a "quoted", name']]


def test_the_file_begins_with_a_byte_order_mark_that_spreadsheets_need():
    assert csv_file(pd.DataFrame({"a": [1]})).getvalue()[:3] == b"\xef\xbb\xbf"


def test_the_file_is_at_its_beginning():
    assert csv_file(pd.DataFrame({"a": [1]})).tell() == 0


def test_a_table_without_rows_is_a_line_of_headings():
    assert text(pd.DataFrame({"a": [], "b": []})) == "a,b\n"
    assert text(pd.DataFrame(columns=["a"])) == "a\n"


def test_a_table_without_columns_is_no_error():
    assert text(pd.DataFrame()).strip() == ""


def test_the_index_is_not_written():
    assert text(pd.DataFrame({"a": [1]}, index=[99])) == "a\n1\n"


def test_columns_of_the_same_name_are_both_written():
    table = pd.DataFrame([[1, "=x"]], columns=["a", "a"])
    assert cells(table) == [["a", "a"], ["1", "'=x"]]


def test_the_table_itself_stays_as_it_is():
    table = pd.DataFrame({"id": ["=1"]})
    csv_file(table, headings={"id": "Id"})
    assert table.to_dict("list") == {"id": ["=1"]}


def test_rows_with_the_same_index_are_all_written():
    assert text(pd.DataFrame({"a": ["x", "y"], "b": [1, 2]}, index=[0, 0])) == "a,b\nx,1\ny,2\n"
