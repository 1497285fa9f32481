"""Columns cast while they are loaded: what the first rows look like decides nothing but the time it takes."""

from __future__ import annotations

import io

import pytest

import segdash as sd
from segdash.sources.read_ahead import READ, kinds
from segdash.sources.rows import Options, read_rows

HEAD = "customer,date,amount\n"
GOOD = "A,2024-01-01 10:00:00,1.50\n" * 1_200


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        (["2024-01-05", "2024-01-05T08:26"], {"c0": "moment"}),
        (["2024-01-05", "05/01/2024"], {}),
        (["1.5", "-2", "+.5", ""], {"c0": "number"}),
        (["17850", "12"], {}),  # may be ids, which are cast by nobody
        (["1.5", "1,5"], {}),
        (["", ""], {}),
    ],
)
def test_kinds_by_the_first_rows(cells, kind):
    assert kinds([[cell] for cell in cells], 1) == kind


def test_rows_of_another_width_say_nothing():
    assert kinds([["1.5"], ["x", "y"], []], 1) == {"c0": "number"}
    assert kinds([], 1) == {}


@pytest.mark.parametrize(
    ("late", "bucket"),
    [
        ("A,2024-02-30,2.0", "bad_date"),
        ("A,soon,2.0", "bad_date"),
        ("A,,2.0", "no_date"),
        ("A,2024-01-02,many", "bad_amount"),
        ("A,2024-01-02,NaN", "no_amount"),
        ("A,2024-01-02,inf", "bad_amount"),
        ("A, 2024-01-02 ,$2.0", "order"),
        ("A,0020-01-02,2.0", "odd_date"),
    ],
)
def test_a_cell_that_is_otherwise_than_the_first_thousand(late, bucket):
    rows = read_rows(io.BytesIO((HEAD + GOOD + late).encode()), Options())
    assert {f"{READ}c1", f"{READ}c2"} <= set(rows.table.columns)
    orders = sd.read_orders(io.BytesIO((HEAD + GOOD + late).encode()))
    found = dict(zip(orders.ledger["bucket"], orders.ledger["rows"], strict=True))
    assert found == ({"order": 1_201} if bucket == "order" else {"order": 1_200, bucket: 1})
    assert orders.bucket_rows(bucket, 2_000).fillna("").iloc[-1].tolist()[1:] == late.split(",")
    assert orders.ledger["money"].sum() == pytest.approx(1_800 + (2.0 if "2.0" in late else 0))
