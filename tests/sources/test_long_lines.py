"""A line that never ends is set aside, and every other row is read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import segdash as sd
from segdash.errors import SegdashError, TableError
from segdash.intake.either import read_either
from segdash.sources import long_lines
from segdash.sources.allowed import allowed_path

LIMIT = 10_000


@pytest.fixture(autouse=True)
def limit(monkeypatch):
    """A line of a megabyte is as far beyond this limit as one of 2 GB is beyond the real one."""
    monkeypatch.setattr(long_lines, "LONGEST_LINE", LIMIT)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("lines")


@given(lengths=st.lists(st.sampled_from([0, 1, 300, 4_999, 5_000, 9_999, 10_000, 10_001, 15_001, 70_000]), max_size=12))
@pytest.mark.parametrize("end", [b"\n", b"\r", b"\r\n"])
def test_lines_are_found_as_by_splitting(folder, lengths, end):
    path = folder / "lines.txt"
    path.write_bytes(end.join(b"x" * n for n in lengths))
    starts = [sum(lengths[:i]) + i * len(end) for i in range(len(lengths))]
    long = [(start, start + n) for start, n in zip(starts, lengths, strict=True) if n > LIMIT]
    assert long_lines.long_lines(path) == long


LONG = {
    "one cell": b"x" * 1_000_000,
    "cells": b"B,2024-01-02," + b"x" * 1_000_000,
    "quoted": b'B,"' + b"x" * 1_000_000,
    "half a letter": b"B," + "ü".encode() * 500_000,
    "a little": b"x" * (LIMIT + 1),
}


@pytest.mark.parametrize("line", LONG.values(), ids=LONG)
@pytest.mark.parametrize("after", [b"", b"\nB,2024-01-02,2\nB,2024-01-03,3\n"])
def test_each_row_is_in_one_place_beside_a_line_without_end(tmp_path, monkeypatch, line, after):
    path = tmp_path / "orders.csv"
    path.write_bytes(b"customer,date,amount\nA,2024-01-01,1\n" + line + after)
    monkeypatch.setenv("SEGDASH_FOLDER", str(tmp_path))
    for orders in (sd.read_orders(path), read_either(allowed_path("orders.csv"))):
        rows = dict(zip(orders.ledger["bucket"], orders.ledger["rows"], strict=True))
        assert rows == {"order": 3 if after else 1, "bad_row": 1}
        bad = orders.bucket_rows("bad_row")
        assert bad["reason"].tolist() == ["The row is longer than 10,000 characters"]
        assert bad["line"].tolist() == [3]
        assert bad["text"][0][:2] == line[:2].decode()


@pytest.mark.parametrize("first", [b"x" * 1_000_000, b"customer,date," + b"x" * 1_000_000])
def test_a_first_line_without_end_is_refused(tmp_path, first):
    path = tmp_path / "orders.csv"
    path.write_bytes(first + b"\nA,2024-01-01,1\n")
    with pytest.raises(TableError, match=r"first line is longer than 10,000 characters\. Open"):
        sd.read_orders(path)
    with pytest.raises(SegdashError, match=r"longer than 10,000 characters\."):
        read_either(path)


def test_a_customer_table_with_such_a_line_is_refused_before_it_is_read(tmp_path, monkeypatch):
    path = tmp_path / "customers.csv"
    path.write_bytes(b"customer,recency,frequency,monetary\nA,1,1,1\n" + b"x" * 1_000_000)
    monkeypatch.setattr("pathlib.Path.read_bytes", None)
    with pytest.raises(TableError, match=r"One of its lines is longer than 10,000 characters\."):
        sd.read_customers(path)


def test_of_very_many_rows_that_fit_no_table_all_are_counted(tmp_path):
    path = tmp_path / "orders.csv"
    path.write_bytes(b"customer,date,amount\nA,2024-01-01,1\n" + b"B,2024-01-02\n" * 12_000)
    orders = sd.read_orders(path)
    assert orders.ledger["rows"].tolist() == [1, 12_000]
