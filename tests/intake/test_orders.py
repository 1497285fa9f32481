"""Orders in: hand-worked logs, hostile ones, and the identity of the ledger on arbitrary ones."""

from __future__ import annotations

import gzip
import io
import zipfile

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import segdash as sd
from segdash.errors import ChoiceError, SegdashError, SourceError, TableError, UnknownNameError
from segdash.intake.dates import DateTieError
from segdash.intake.orders import known_statuses, proposed_products

LOG = """\
Customer ID,Order,Date,Product,Quantity,Unit Price,Country
A,1,2024-01-01,x,2,10.00,DE
A,1,2024-01-01,y,1,5.00,DE
A,2,2024-01-11,x,2,10.00,FR
A,C2,2024-01-12,x,-2,10.00,FR
B,3,2024-01-05,x,1,10.00,DE
B,4,2024-01-06,POST,1,3.00,DE
C,C5,2024-01-07,x,-1,10.00,DE
,6,2024-01-08,x,1,10.00,DE
D,7,2024-01-09,x,1,0.00,DE
D,8,2024-01-09,x,1,8.00,DE
D,8,2024-01-09,x,1,8.00,DE
E,9,soon,x,1,8.00,DE
E,9,,x,1,8.00,DE
E,9,2024-01-10,x,many,8.00,DE
E,10,2024-01-10,x,1,4.00,ES
E,11,9999-12-31,x,1,4.00,ES
"""


def read(text=LOG, **choices):
    return sd.read_orders(io.BytesIO(text.encode() if isinstance(text, str) else text), **choices)


def ledger(orders):
    return {row.bucket: (row.rows, round(row.money, 2)) for row in orders.ledger.itertuples()}


def metrics(orders, **choices):
    return sd.customer_metrics(orders, **choices).set_index("customer_id")


def test_each_row_ends_in_one_bucket():
    orders = read()
    assert ledger(orders) == {
        "order": (8, 78.0),  # 20 + 5 + 20 (A), 10 + 3 (B), 8 + 8 (D), 4 (E)
        "refund": (1, -20.0),
        "no_customer": (1, 10.0),
        "no_date": (1, 8.0),
        "bad_date": (1, 8.0),
        "odd_date": (1, 4.0),
        "bad_amount": (1, 0.0),
        "zero": (1, 0.0),
        "no_order": (1, -10.0),
    }
    assert orders.ledger["rows"].sum() == 16
    assert orders.as_of == pd.Timestamp("2024-01-13")


def test_net_refunds_lower_the_money_and_move_no_date():
    table = metrics(read())
    assert table.loc["A", ["recency", "frequency", "monetary"]].tolist() == [2, 2, 25.0]
    assert "C" not in table.index
    assert table.loc["D", "frequency"] == 1
    assert table.loc["A", "share_refunded"] == pytest.approx(20 / 45)
    assert table.loc["A", "average_order_value"] == 12.5
    assert table.loc["A", "days_between_orders"] == 10
    assert np.isnan(table.loc["E", "days_between_orders"])
    assert table.loc["A", ["tenure", "items", "distinct_products"]].tolist() == [12, 5, 2]
    assert table.loc["A", "Country"] == "FR"
    assert table.loc["A", "first_order_at"] == pd.Timestamp("2024-01-01")
    assert table.loc["A", "last_order_at"] == pd.Timestamp("2024-01-11")


def test_match_takes_out_the_sale_a_refund_undoes():
    orders = read(refunds="match")
    assert ledger(orders)["undone"] == (1, 20.0)
    assert ledger(orders)["undoing"] == (1, -20.0)
    table = metrics(orders)
    # Of two like sales the later one is undone.
    assert table.loc["A", ["recency", "frequency", "monetary"]].tolist() == [10, 1, 25.0]


def test_match_pairs_like_brackets():
    rows = [("s", 1), ("s", 2), ("r", 3), ("s", 4), ("r", 5), ("r", 6), ("r", 7), ("s", 8)]
    log = pd.DataFrame(
        {
            "customer": "A",
            "order": range(8),
            "date": [f"2024-01-{day:02}" for _, day in rows],
            "quantity": [1 if kind == "s" else -1 for kind, _ in rows],
            "price": 10.0,
        }
    )
    orders = sd.read_orders(log, refunds="match")
    assert ledger(orders) == {"order": (1, 10.0), "refund": (1, -10.0), "undone": (3, 30.0), "undoing": (3, -30.0)}
    assert orders.bucket_rows("refund")["date"].tolist() == ["2024-01-07"]
    assert orders.bucket_rows("order")["date"].tolist() == ["2024-01-08"]


@pytest.mark.parametrize("policies", [{"refunds": "match"}, {"duplicates": "drop"}])
def test_what_rows_decide_about_each_other_is_worked_out_once(policies):
    import ibis

    frame = pd.read_csv(io.StringIO(LOG))
    connection = ibis.duckdb.connect()
    connection.create_table("orders", frame.astype(str).replace("nan", ""))
    loaded, elsewhere = read(**policies), sd.read_orders(connection, table="orders", **policies)
    assert ledger(loaded) == ledger(elsewhere)
    for orders in (loaded, elsewhere):
        orders.ledger  # noqa: B018 - after it there is nothing left to compare
        assert " OVER " not in ibis.to_sql(orders.sorted_lines)


def test_match_of_rows_without_a_quantity_or_a_product():
    log = (
        "customer,order,date,product,quantity,amount\nA,1,2024-01-01,,,10\nA,2,2024-01-02,,,-10\nA,3,2024-01-03,x,,5\n"
    )
    assert ledger(read(log, refunds="match")) == {"order": (1, 5.0), "undone": (1, 10.0), "undoing": (1, -10.0)}


def test_match_of_cells_without_a_quantity_goes_by_the_amount():
    text = "customer,date,product,quantity,amount\na,2024-01-01,p,,10\na,2024-01-02,p,,50\na,2024-01-03,p,,-50\n"
    assert ledger(read(text, refunds="match")) == {"order": (1, 10.0), "undone": (1, 50.0), "undoing": (1, -50.0)}


def test_numbers_too_large_to_count_are_set_aside():
    cells = ["1e300", "-1e400", "500000000001", "500000000000", "5"]
    log = pd.DataFrame({"customer": "a", "date": "2024-01-01", "amount": cells})
    expected = {"order": (2, 500_000_000_005.0), "bad_amount": (3, 0.0)}
    assert ledger(sd.read_orders(log)) == expected
    assert ledger(sd.read_orders(log.astype({"amount": "float64"}))) == expected
    log = pd.DataFrame({"customer": "a", "date": "2024-01-01", "quantity": ["1e7", "2", "1e200"], "price": "1e6"})
    assert ledger(sd.read_orders(log)) == {"order": (1, 2_000_000.0), "bad_amount": (2, 0.0)}


def test_money_adds_up_beyond_what_64_bits_hold():
    log = pd.DataFrame({"customer": "a", "date": "2024-01-01", "amount": [500_000_000_000] * 4_000})
    orders = sd.read_orders(log)
    assert ledger(orders) == {"order": (4_000, 2e15)}
    assert metrics(orders).loc["a", "monetary"] == 2e15


def test_ignore_sets_refunds_aside_and_order_counts_them():
    assert ledger(read(refunds="ignore"))["ignored_refund"] == (2, -30.0)
    assert metrics(read(refunds="ignore")).loc["A", "monetary"] == 45
    counted = metrics(read(refunds="order"))
    assert counted.loc["A", ["frequency", "monetary"]].tolist() == [3, 25.0]
    assert counted.loc["C", "monetary"] == -10


def test_zeros_duplicates_statuses_and_products():
    assert ledger(read(zero_amounts="keep"))["order"][0] == 9
    assert ledger(read(duplicates="drop"))["duplicate"] == (1, 8.0)
    assert ledger(read(products=["POST"]))["product"] == (1, 3.0)
    assert proposed_products(read()) == ["POST"]
    log = LOG.replace("Country", "Status")
    assert ledger(read(log, statuses=["ES"]))["status"] == (1, 4.0)
    assert known_statuses(read(log))[0] == "DE"


def test_a_choice_changes_without_reading_again():
    orders = read()
    other = orders.with_(refunds="ignore", as_of="2024-01-06")
    assert other.rows is orders.rows
    assert other.as_of == pd.Timestamp("2024-01-06")
    assert ledger(other)["after"][0] > 0
    assert orders.policies.refunds == "net"
    assert metrics(orders, as_of="2024-01-06").loc["A", "recency"] == 5


def test_recency_counts_whole_periods_of_24_hours():
    log = "customer,date,amount\nA,2024-01-01 23:00,1\nB,2024-01-03 22:00,1\nC,2024-01-03 23:30,1\n"
    assert metrics(read(log))["recency"].tolist() == [3, 1, 1]


def test_rows_of_a_bucket_are_the_files_own():
    rows = read().bucket_rows("bad_date")
    assert rows["Date"].tolist() == ["soon"]
    assert rows["row"].tolist() == [12]
    with pytest.raises(UnknownNameError, match="bucket"):
        read().bucket_rows("nonsense")


@pytest.mark.parametrize(("grain", "frequency"), [("order", 2), ("day", 2), ("row", 3)])
def test_what_one_order_is(grain, frequency):
    assert metrics(read(grain=grain, refunds="ignore")).loc["A", "frequency"] == frequency


def test_without_an_order_id_a_customers_day_is_one_order():
    log = "customer,date,amount\nA,2024-01-01 10:00,1\nA,2024-01-01 11:00,1\nA,2024-01-02,1\n"
    orders = read(log)
    assert metrics(orders).loc["A", "frequency"] == 2
    assert any("customer and day" in note for note in orders.notes)


def test_without_an_amount_monetary_is_items():
    orders = read("customer,date,item\nA,2024-01-01,x\nA,2024-01-01,y\n")
    assert metrics(orders).loc["A", "monetary"] == 2
    assert not orders.has_money
    assert any("monetary is items" in note for note in orders.notes)


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (["1.234,56", "12,50"], [1234.56, 12.5]),
        (["$1,234.56", "$2.50"], [1234.56, 2.5]),
        (["1 234,5 €", "3,25 €"], [1234.5, 3.25]),
        (["(12.00)", "3.00"], [-12.0, 3.0]),
        (["£3.50", "-£1.25"], [3.5, -1.25]),
        (["USD 3.50", "4.00 USD"], [3.5, 4.0]),
        (["12", "1e2"], [12, 100]),
    ],
)
def test_amounts_as_people_write_them(cells, values):
    log = pd.DataFrame({"customer": ["A", "B"], "date": "2024-01-01", "amount": cells})
    orders = sd.read_orders(log, zero_amounts="keep")
    assert orders.lines.order_by("customer_id").amount.execute().tolist() == values


def test_an_amount_that_is_nan_is_set_aside():
    log = pd.DataFrame({"customer": ["A", "B", "C"], "date": "2024-01-01", "amount": ["NaN", "inf", "3"]})
    assert {bucket: rows for bucket, (rows, _) in ledger(sd.read_orders(log)).items()} == {
        "order": 1,
        "no_amount": 1,
        "bad_amount": 1,
    }


def test_a_comma_that_nothing_decides_is_asked_about():
    log = pd.DataFrame({"customer": ["A"], "date": "2024-01-01", "amount": ["1,234"]})
    with pytest.raises(TableError, match='decimal=","'):
        sd.read_orders(log)
    assert sd.read_orders(log, decimal=",").lines.amount.execute().tolist() == [1.234]


@pytest.mark.parametrize(
    ("cells", "ids"),
    [
        (["17850.0", "17850"], ["17850"]),
        (["007", "7"], ["007", "7"]),
        (["-5", "5"], ["-5", "5"]),
        ([17850.0, 17850.0], ["17850"]),
        (["x" * 10_000, "Ünïcödé 😀"], ["x" * 10_000, "Ünïcödé 😀"]),
    ],
)
def test_ids_are_text(cells, ids):
    log = pd.DataFrame({"customer": cells, "date": "2024-01-01", "amount": 1})
    assert metrics(sd.read_orders(log)).index.tolist() == sorted(ids)


def test_moments_that_name_a_zone_are_converted_to_one():
    log = "customer,date,amount\nA,2024-01-01T23:30:00-02:00,1\nB,2024-01-02T00:00:00Z,1\n"
    orders = read(log)
    assert [str(at) for at in orders.lines.order_by("customer_id").ordered_at.execute()] == [
        "2024-01-02 01:30:00",
        "2024-01-02 00:00:00",
    ]
    assert any("UTC" in note for note in orders.notes)
    berlin = read(log, time_zone="Europe/Berlin").lines.order_by("customer_id").ordered_at.execute()
    assert str(berlin[1]) == "2024-01-02 01:00:00"


# -- bad input ----------------------------------------------------------------------------------------------


def test_a_tie_of_dates_names_the_argument_that_decides():
    log = "customer,date,amount\nA,01/02/2024,1\nB,03/04/2024,1\n"
    with pytest.raises(DateTieError, match="date_format"):
        read(log)
    assert metrics(read(log, date_format="%d/%m/%Y"))["recency"].tolist() == [63, 1]
    assert metrics(read(log, date_format="%m/%d/%Y"))["recency"].tolist() == [63, 1]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"customer,date,amount\n", "no rows"),
        (b"customer\n1\n", "one column"),
        (b"a,b\nx,y\n", "customer"),
        (b"customer,date,amount\nA,never,1\nB,ever,2\n", "No cell of column 'date' is a date"),
        (b"customer,date,amount\nA,0020-01-01,1\n", "before 1900"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 100, "is a PNG image, not a table"),
        (gzip.compress(b"customer,date,amount\nA,2024-01-01,1\n" * 999)[:-20], "gzip"),
    ],
)
def test_bad_files_are_refused_in_a_sentence(content, said):
    with pytest.raises(SegdashError, match=said) as refused:
        read(content)
    assert "\n" not in str(refused.value)


def zipped(**files):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return data.getvalue()


def test_a_zip_archive_of_one_file_is_read_and_of_two_is_not():
    assert read(zipped(orders=LOG)).ledger["rows"].sum() == 16
    with pytest.raises(SourceError, match="2 files"):
        read(zipped(orders=LOG, more=LOG))


def test_rows_of_another_width_and_endless_lines_are_set_aside():
    log = "customer,date,amount\nA,2024-01-01,1\nB,2024-01-02,1,9\nC,2024-01-03\nD," + "x" * 3_000_000 + ",1\n"
    orders = read(log + "E,2024-01-04,1\n")
    assert ledger(orders)["bad_row"][0] == 3
    assert ledger(orders)["order"][0] == 2
    assert orders.bucket_rows("bad_row")["reason"].nunique() == 3


def test_headings_from_hell():
    log = 'customer,date,amount,"""); DROP TABLE orders; --",,customer\nA,2024-01-01,1,x,y,z\n'
    orders = read(log)
    assert '"); DROP TABLE orders; --' in orders.rows.headings
    assert orders.rows.headings[4:] == ["column 5", "customer (column 6)"]
    assert len(metrics(orders)) == 1


@pytest.mark.parametrize(
    ("choices", "said"),
    [
        ({"refunds": "keep"}, "refunds= is 'keep'"),
        ({"amount": "Nope"}, "no column 'Nope'"),
        ({"recency": "Date"}, "role or policy"),
        ({"decimal": ";"}, "decimal="),
        ({"as_of": "yesterday"}, "as_of="),
        ({"products": "POST"}, "list of texts"),
        ({"attributes": ["Nope"]}, "Nope"),
        ({"encoding": "klingon"}, "klingon"),
        ({"as_of": "1999-01-01"}, "None of 16 rows is an order"),
    ],
)
def test_bad_choices_are_refused_in_a_sentence(choices, said):
    with pytest.raises((ChoiceError, UnknownNameError, SegdashError), match=said):
        read(**choices)


def test_no_such_file_and_a_folder(tmp_path):
    with pytest.raises(SourceError, match="There is no file"):
        sd.read_orders(tmp_path / "none.csv")
    with pytest.raises(SourceError, match="parquet"):
        sd.read_orders(tmp_path)
    with pytest.raises(SourceError, match="no source of orders"):
        sd.read_orders(42)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_encodings(encoding):
    log = "customer,date,amount\nJosé Núñez,2024-01-01,1\nMüller,2024-01-02,1\n" * 3
    assert metrics(read(log.encode(encoding))).index.tolist() == ["José Núñez", "Müller"]


def test_one_order_and_one_customer_with_very_many():
    assert metrics(read("customer,date,amount\nA,2024-01-01,1\n")).loc["A", "frequency"] == 1
    n = 1_000_000
    log = pd.DataFrame({"customer": "A", "order": np.arange(n), "date": pd.Timestamp("2024-01-01"), "amount": 0.01})
    table = metrics(sd.read_orders(log))
    assert table.loc["A", "frequency"] == n
    assert table.loc["A", "monetary"] == pytest.approx(10_000)


def test_sources(tmp_path):
    import ibis

    frame = pd.read_csv(io.StringIO(LOG), dtype=str)
    frame.to_parquet(tmp_path / "part-1.parquet")
    frame.to_parquet(tmp_path / "part-2.parquet")
    frame.to_csv(tmp_path / "orders.tsv", sep="\t", index=False)
    frame.to_excel(tmp_path / "orders.xlsx", index=False)
    engine = ibis.duckdb.connect(tmp_path / "shop.duckdb")
    engine.create_table("orders", frame)
    engine.create_table("other", frame)
    engine.disconnect()
    whole = metrics(read())["monetary"]
    path = tmp_path / "shop.duckdb"
    for orders in (
        sd.read_orders(tmp_path / "part-1.parquet"),
        sd.read_orders(tmp_path / "orders.tsv"),
        sd.read_orders(tmp_path / "orders.xlsx"),
        sd.read_orders(frame),
        sd.read_orders(path, table="orders"),
        sd.read_orders(path, table="SELECT * FROM orders"),
        sd.read_orders(f"duckdb://{path}", table="orders"),
    ):
        pd.testing.assert_series_equal(metrics(orders)["monetary"], whole)
    for twice in (tmp_path, f"{tmp_path}/part-*.parquet"):
        assert sd.read_orders(twice).ledger["rows"].sum() == 32
    with pytest.raises(SourceError, match="Say which table"):
        sd.read_orders(path)
    with pytest.raises(SourceError, match="orders"):
        sd.read_orders(path, table="order")
    with pytest.raises(SourceError, match="does not answer") as refused:
        sd.read_orders("postgres://nobody:secret@127.0.0.1:1/none", table="orders")
    assert "secret" not in str(refused.value)


# -- the identity -------------------------------------------------------------------------------------------

CELLS = st.fixed_dictionaries(
    {
        "customer": st.sampled_from(["A", "B", "C", "", None, "17.0"]),
        "order": st.sampled_from(["1", "2", "3", None]),
        "date": st.sampled_from(["2024-01-01", "2024-01-31 10:00", "2024-02-30", "", "x", "9999-01-01", "2023-12-24"]),
        "product": st.sampled_from(["x", "y", "POST", None]),
        "quantity": st.sampled_from(["1", "2", "-1", "-2", "0", "", "n/a", "abc", "1e3", "1e-300", "1e200"]),
        "price": st.sampled_from(["1.00", "0.005", "2.50", "0", "-1", "", "NaN", "0.1", "4e11", "1e200"]),
    }
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    rows=st.lists(CELLS, min_size=1, max_size=25),
    refunds=st.sampled_from(["net", "match", "ignore", "order"]),
    zeros=st.sampled_from(["drop", "keep"]),
    duplicates=st.sampled_from(["keep", "drop"]),
)
def test_rows_and_money_of_all_buckets_are_those_of_the_input(rows, refunds, zeros, duplicates):
    good = {"customer": "Z", "order": "9", "date": "2024-01-15", "product": "x", "quantity": "1", "price": "1"}
    log = pd.DataFrame([*rows, good])
    orders = sd.read_orders(log, refunds=refunds, zero_amounts=zeros, duplicates=duplicates, products=["POST"])
    book = orders.ledger
    assert book["rows"].sum() == len(log)
    numbers = log[["quantity", "price"]].apply(pd.to_numeric, errors="coerce")
    amounts = numbers.where(numbers.abs() <= 5e11).prod(axis=1, skipna=False)
    amounts = amounts.where(amounts.abs() <= 5e11).fillna(0)
    assert sum(round(money * 10_000) for money in book["money"]) == sum(round(amount * 10_000) for amount in amounts)
    assert sum(len(orders.bucket_rows(bucket)) for bucket in book["bucket"]) == len(log)
    table = sd.customer_metrics(orders)
    assert table["monetary"].sum() == pytest.approx(book.loc[book["kept"], "money"].sum(), abs=0.01)
    assert (table["frequency"] >= 1).all()
    assert (table["recency"] >= 1).all()
