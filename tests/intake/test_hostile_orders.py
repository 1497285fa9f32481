"""Order logs from hell, and those that need a word from the person: a row each in one bucket, or one clear sentence."""

from __future__ import annotations

import io

import pandas as pd
import pytest

import segdash as sd
from segdash.errors import TableError

HEAD = "customer,date,amount\n"


def read(text, **choices):
    return sd.read_orders(io.BytesIO(text.encode() if isinstance(text, str) else text), name="log.csv", **choices)


def buckets(orders):
    return dict(zip(orders.ledger["bucket"], orders.ledger["rows"], strict=True))


def monetary(orders):
    return sd.customer_metrics(orders).set_index("customer_id")["monetary"].to_dict()


def test_one_cell_too_many_in_row_500000():
    rows = ["A,2024-01-01,1\n"] * 500_010
    rows[499_999] = "A,2024-01-01,1,2\n"
    orders = read(HEAD + "".join(rows))
    assert buckets(orders) == {"order": 500_009, "bad_row": 1}
    (bad,) = orders.bucket_rows("bad_row").to_dict("records")
    assert (bad["line"], bad["text"].strip()) == (500_001, "A,2024-01-01,1,2")


@pytest.mark.parametrize("form", ["%Y-%m-%d", "%d/%m/%Y"])
def test_dates_outside_reason_are_a_bucket_of_their_own(form):
    days = [f"2024-{month:02}-{day:02}" for month in (1, 2, 3) for day in range(1, 28)]
    written = pd.Series([*days, "0020-12-31", "9999-12-31"]).str.split("-")
    cells = [form.replace("%Y", y).replace("%m", m).replace("%d", d) for y, m, d in written]
    orders = sd.read_orders(pd.DataFrame({"customer": "A", "date": cells, "amount": 1.0}))
    assert buckets(orders) == {"order": 81, "odd_date": 2}
    assert orders.as_of == pd.Timestamp("2024-03-28")


def test_blank_ids_are_no_customer():
    orders = read(HEAD + "A,2024-01-01,1\n,2024-01-01,2\n   ,2024-01-01,4\nn/a,2024-01-01,8\n")
    assert buckets(orders) == {"order": 1, "no_customer": 3}
    assert orders.ledger["money"].sum() == 15
    with pytest.raises(TableError, match=r"None of 2 rows is an order\. No customer id: 2"):
        read(HEAD + " ,2024-01-01,1\n,2024-01-02,2\n")


def test_ids_of_frames_and_files_are_the_same_text():
    ids = [17850.0, -5.0, None]
    frame = pd.DataFrame({"customer": ids, "date": "2024-01-01", "amount": 1.0})
    text = frame.to_csv(index=False)
    assert monetary(sd.read_orders(frame)) == monetary(read(text)) == {"17850": 1.0, "-5": 1.0}


def test_a_heading_that_is_sql_is_a_heading():
    evil = '"); DROP TABLE loaded; --'
    frame = pd.DataFrame({evil: ["A", "B"], "when": ["2024-01-13", "2024-01-14"], "x' OR 1=1": ["1", "2"]})
    names = {"customer_id": evil, "ordered_at": "when", "amount": "x' OR 1=1", "attributes": [evil]}
    for orders in (sd.read_orders(frame, **names), read(frame.to_csv(index=False), **names)):
        assert monetary(orders) == {"A": 1.0, "B": 2.0}
        assert orders.bucket_rows("order")[evil].tolist() == ["A", "B"]


@pytest.mark.parametrize("encoding", ["latin-1", "cp850", "cp437"])
def test_older_encodings_by_name(encoding):
    log = (HEAD + "José Núñez,2024-01-01,1\nMüller,2024-01-02,2\n").encode(encoding)
    assert monetary(read(log, encoding=encoding)) == {"José Núñez": 1.0, "Müller": 2.0}


def test_letters_of_dos_are_found():
    names = ["Müller", "Françoise Lefèvre", "Jürgen Größer", "Zoë Ångström", "Björn Sjögren", "Ana Peña"]
    text = HEAD + "".join(f"{name},2024-01-{day:02},1\n" for day, name in enumerate(names * 3, 1))
    orders = read(text.encode("cp850"))
    assert set(monetary(orders)) == set(names)
    assert any("is read as cp" in note for note in orders.notes)


def test_what_is_found_wrongly_can_be_said():
    text = "A;2024-01-13;1;red, blue, green, white, black\nB;2024-01-14;2;red, blue, green, white, black\n"
    with pytest.raises(TableError, match="customer"):
        read(text)
    names = {"customer_id": "column 1", "ordered_at": "column 2", "amount": "column 3"}
    orders = read(text, delimiter=";", header=False, **names)
    assert monetary(orders) == {"A": 1.0, "B": 2.0}
    assert len(orders.rows.headings) == 4
    named = read("5,6,7\nA,2024-01-13,1\nB,2024-01-14,2\n", header=True, customer_id="5", ordered_at="6", amount="7")
    assert monetary(named) == {"A": 1.0, "B": 2.0}


def test_a_sheet_can_be_chosen(tmp_path):
    path = tmp_path / "shop.xlsx"
    with pd.ExcelWriter(path) as book:
        for sheet, amount in (("2023", 1.0), ("2024", 2.0)):
            frame = pd.DataFrame({"customer": ["A"], "date": ["2024-01-13"], "amount": [amount]})
            frame.to_excel(book, sheet_name=sheet, index=False)
    assert monetary(sd.read_orders(path)) == {"A": 1.0}
    assert monetary(sd.read_orders(path, sheet="2024")) == monetary(sd.read_orders(path, sheet=1)) == {"A": 2.0}
    with pytest.raises(TableError, match="no sheet '2025'"):
        sd.read_orders(path, sheet="2025")


def test_moments_of_a_type_with_a_zone_are_converted():
    at = pd.to_datetime(["2024-01-01 23:30", "2024-01-02 00:00"]).tz_localize("America/New_York")
    orders = sd.read_orders(pd.DataFrame({"customer": ["A", "B"], "date": at, "amount": 1.0}))
    table = sd.customer_metrics(orders).set_index("customer_id")
    assert table["last_order_at"].astype(str).tolist() == ["2024-01-02 04:30:00", "2024-01-02 05:00:00"]
    assert any("UTC" in note for note in orders.notes)


def test_after_as_of_is_set_aside_and_recency_counts_from_it():
    orders = read(HEAD + "A,2024-01-01,1\nA,2024-01-20,2\n", as_of="2024-01-11")
    assert buckets(orders) == {"order": 1, "after": 1}
    assert sd.customer_metrics(orders)["recency"].tolist() == [10]
