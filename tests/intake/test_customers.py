from __future__ import annotations

import io
import time

import numpy as np
import pandas as pd
import pytest

from segdash.errors import ChoiceError, TableError
from segdash.intake.customers import read_customers

H = "CustomerID,Recency,Frequency,Monetary"


def read(text: str, **how):
    return read_customers(io.StringIO(text), name="c.csv", **how)


def faults(text: str, **how) -> tuple[str, ...]:
    with pytest.raises(TableError) as caught:
        read(text, **how)
    return caught.value.faults


def reasons(customers: pd.DataFrame) -> dict[str, int]:
    return {found["reason"]: found["rows"] for found in customers.attrs["intake"]["reasons"]}


def notes(customers: pd.DataFrame) -> str:
    return " ".join(customers.attrs["intake"]["notes"])


# -- whole tables -----------------------------------------------------------------------------


def test_the_seed_file(shared_data):
    customers = read_customers(shared_data / "seed_original" / "RFM_Clustered.csv")
    intake = customers.attrs["intake"]
    assert list(customers.columns) == ["customer_id", "recency", "frequency", "monetary", "cluster"]
    assert (intake["rows"], intake["kept"], len(customers)) == (2852, 2852, 2852)
    assert customers["customer_id"].head(2).tolist() == ["12346", "12347"]
    assert customers["monetary"].sum() == pytest.approx(3_747_491.56, abs=0.01)
    assert customers["cluster"].value_counts().to_dict() == {"2": 1155, "0": 987, "3": 703, "1": 7}
    assert len(intake["notes"]) == 1
    assert "empty stretches" in intake["notes"][0]
    assert intake["doubts"] == intake["notes"]


@pytest.mark.parametrize("name", ["wholesale_customers/wholesale_customers.csv", "mall_customers/Mall_Customers.csv"])
def test_a_table_without_rfm_names_all_that_is_missing(shared_data, name):
    with pytest.raises(TableError) as caught:
        read_customers(shared_data / name)
    assert len(caught.value.faults) == 3
    assert "has 3 faults. (1) No heading is recency" in str(caught.value)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("decimal", [".", ","])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("compression", [None, "gzip"])
def test_every_way_of_writing_gives_the_same_frame(tmp_path, delimiter, decimal, encoding, compression):
    frame = pd.DataFrame(
        {
            "customer_id": ["007", "8 ½", "9"],
            "recency": [1, 20, 300],
            "frequency": [3, 2, 1],
            "monetary": [12.5, 1234.25, 0.75],
            "income": [1.5, np.nan, 2.5],
            "city": ["Zürich; A", "B, C|D", ""],
            "cluster": ["Loyal", "Lost", "Lost"],
        }
    )
    path = tmp_path / "customers.txt"
    frame.to_csv(path, sep=delimiter, decimal=decimal, encoding=encoding, compression=compression, index=False)
    customers = read_customers(path)
    pd.testing.assert_frame_equal(customers, frame)


def test_parquet_excel_and_frames_give_the_same_frame(tmp_path):
    frame = pd.DataFrame(
        {
            "CustomerID": [12346.0, 12347.0],
            "Recency": [1, 2],
            "Frequency": [3, 4],
            "Monetary": [1.5, 2.5],
            "When": pd.to_datetime(["2024-05-01", "2024-05-02"]),
            "Member": [True, False],
            "Age": [41, 42],
            "Cluster": [1.0, 0.0],
        }
    )
    frame.to_parquet(tmp_path / "c.parquet")
    frame.to_excel(tmp_path / "c.xlsx", index=False, engine="xlsxwriter")
    expected = read_customers(frame)
    assert expected.iloc[0].tolist() == ["12346", 1, 3, 1.5, 41, "2024-05-01", "True", "1"]
    for name in ("c.parquet", "c.xlsx"):
        pd.testing.assert_frame_equal(read_customers(tmp_path / name), expected)
    indexed = frame.set_index("CustomerID")
    indexed.to_parquet(tmp_path / "indexed.parquet")
    pd.testing.assert_frame_equal(read_customers(indexed), expected)
    pd.testing.assert_frame_equal(read_customers(tmp_path / "indexed.parquet"), expected)


def test_two_hundred_columns():
    columns = {f"m{i}": np.arange(1000) + i / 2 for i in range(100)} | {f"a{i}": "x" for i in range(96)}
    rfm = pd.DataFrame({"id": np.arange(1000), "recency": 1, "frequency": 1, "monetary": 1.0})
    frame = pd.concat([rfm, pd.DataFrame(columns, index=rfm.index)], axis=1)
    start = time.perf_counter()
    customers = read(frame.to_csv(index=False))
    assert time.perf_counter() - start < 5
    assert customers.shape == (1000, 200)
    assert len(customers.attrs["intake"]["metrics"]) == 100
    assert len(customers.attrs["intake"]["attributes"]) == 96


def test_a_million_rows():
    n = 1_000_000
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(
        {
            "CustomerID": np.arange(n),
            "Recency": rng.integers(1, 400, n),
            "Frequency": rng.integers(1, 30, n),
            "Monetary": rng.gamma(2, 300, n).round(2),
            "Cluster": rng.integers(0, 4, n),
        }
    )
    data = frame.to_csv(index=False).encode()
    start = time.perf_counter()
    customers = read_customers(io.BytesIO(data))
    assert time.perf_counter() - start < 10
    assert len(customers) == n
    assert customers["monetary"].sum() == pytest.approx(frame["Monetary"].sum())


def test_reading_again_changes_nothing(tmp_path):
    rows = ["1.0,1,1,1,,A,01,5,x", "2,2,2,2.5,7,,12,6,", "3,3,3,x,y,B,2,7,y", "4,1,1,1,inf,,3,8,z"]
    text = "\n".join([f"{H},Age,City,Zip,id,Segment", *rows])
    customers = read(text)
    again = read_customers(customers)
    pd.testing.assert_frame_equal(again, customers)
    assert again.attrs["intake"] is customers.attrs["intake"]
    assert again is not customers
    customers.to_parquet(tmp_path / "c.parquet")
    pd.testing.assert_frame_equal(read_customers(tmp_path / "c.parquet"), customers)
    customers.to_csv(tmp_path / "c.csv", index=False)
    pd.testing.assert_frame_equal(read_customers(tmp_path / "c.csv"), customers)


def test_the_source_frame_is_left_alone():
    frame = pd.DataFrame({"ID": [1.0, 2.0], "Recency": [1, -1], "Frequency": [1, 1], "Monetary": [1, 1]})
    before = frame.copy()
    read_customers(frame)
    pd.testing.assert_frame_equal(frame, before)


# -- faults of the whole table -----------------------------------------------------------------


def test_header_only_and_a_bad_decimal():
    assert faults(H) == ("The file has headings but no rows. Open a file with a row per customer.",)
    with pytest.raises(ChoiceError, match="decimal=';' is no decimal sign"):
        read(f"{H}\n1,2,3,4", decimal=";")


def test_a_column_of_text_or_nothing():
    assert faults(f"{H}\n1,2,abc,\n2,1,x,") == (
        "Column 'Frequency' is text in all 2 rows (first: row 1, 'abc'). "
        'Clean the file, or name another column: columns={"frequency": "..."}.',
        "Column 'Monetary' is empty in all 2 rows. "
        'Clean the file, or name another column: columns={"monetary": "..."}.',
    )
    assert "is text or empty in all 2 rows (first: row 2, 'x')" in faults(f"{H}\n1,2,,4\n2,1,x,4")[0]
    assert "is text in its only row (first: row 1, 'abc')" in faults(f"{H}\n1,2,abc,4")[0]


def test_all_faults_come_at_once():
    clusters = "\n".join(f"{i},abc,1,{i},{i}" for i in range(51))
    found = faults(f"CustomerID,Recency,Frequency,Age,Cluster\n{clusters}")
    assert len(found) == 3
    assert found[0].startswith("No heading is monetary (total spend).")
    assert found[1].startswith("Column 'Recency' is text in all 51 rows")
    assert found[2] == (
        "Column 'Cluster' holds 51 different values; clusters are at most 50. "
        'Drop or rename the column, or ignore it with columns={"cluster": None}.'
    )


def test_an_ambiguous_comma_is_a_fault_with_two_mends():
    text = f'{H}\n1,2,3,abc\n2,2,3,"1,234"\n'
    assert faults(text)[0] == (
        "Column 'Monetary' holds '1,234' (row 2), whose comma can be a decimal sign or stand between "
        'thousands, and no cell decides. Pass decimal="," or decimal=".".'
    )
    assert read(text, decimal=".")["monetary"].tolist() == [1234]
    assert read(text, decimal=",")["monetary"].tolist() == [1.234]


def test_when_no_row_is_left_the_reasons_are_counted():
    assert faults(f"{H}\n1,abc,2,3\n2,1,x,3\n,1,1,1\n5\n6\n") == (
        "None of 5 rows can be used. wrong number of cells: 2 (first: row 4); "
        "no customer id: 1 (first: row 3); recency is not a number: 1 (first: row 1); "
        "frequency is not a number: 1 (first: row 2). "
        "Correct these cells and read the file again.",
    )


def test_unquoted_decimal_commas_between_commas():
    assert faults(f"{H}\n1,2,3,12,50\n2,3,4,13,50\n") == (
        "None of 2 rows can be used. wrong number of cells: 2 (first: row 1). "
        "There are 4 headings. Decimal commas need another delimiter, such as ';'.",
    )


# -- ids ---------------------------------------------------------------------------------------


def test_ids_are_text():
    customers = read(f"{H}\n12346.0,1,1,1\n 007 ,1,1,1\n008.00,1,1,1\n12.5,1,1,1\nA1.0,1,1,1\n1e5,1,1,1\n")
    assert customers["customer_id"].tolist() == ["12346", "007", "008", "12.5", "A1.0", "1e5"]
    assert customers["customer_id"].dtype == "str"
    assert "Blanks were removed from around 1 cell of column 'CustomerID' (first: row 2)." in notes(customers)


def test_large_ids_are_exact():
    big = 2**60 + 1
    assert read(f"{H}\n{big},1,1,1")["customer_id"].tolist() == [str(big)]
    frame = pd.DataFrame({"id": [big, 5], "recency": 1, "frequency": 1, "monetary": 1})
    assert read_customers(frame)["customer_id"].tolist() == [str(big), "5"]


def test_hostile_ids_stay_as_they_are():
    ids = [
        "=cmd()",
        "<img src=x onerror=alert(1)>",
        "👩‍👩‍👧",
        "x" * 10_000,
        "a,b",
        'a"b',
        "a\nb",
        "../..",
        "\u202eabc",
    ]
    frame = pd.DataFrame({"id": ids, "recency": 1, "frequency": 1, "monetary": 1.0})
    for customers in (read_customers(frame), read(frame.to_csv(index=False))):
        assert customers["customer_id"].tolist() == ids


# -- rows --------------------------------------------------------------------------------------


def test_each_reason_for_setting_a_row_aside():
    customers = read(
        f"{H},Age\n1,2,3,4,5\n2,1,abc,5,5\n3,,1,1,5\n,1,1,1,5\n5,-5,1,1,5\n6,1,inf,1,5\n7,1,1,1e400,5\n"
        "8,1,1,NaN,5\n9,1\n10,1,1,1,1,1\n\n11,1,1,2,5\n11,1,1,3,5\n1.0,2.0,3,4,5\n12,1,1,1,inf\n13,-1,x,,\n"
    )
    intake = customers.attrs["intake"]
    assert customers["customer_id"].tolist() == ["1"]
    assert reasons(customers) == {
        "wrong number of cells": 2,
        "no customer id": 2,
        "recency is missing": 1,
        "recency is negative": 2,
        "frequency is not a number": 1,
        "frequency is infinite": 1,
        "monetary is missing": 1,
        "monetary is infinite": 1,
        "'Age' is infinite": 1,
        "exact copy of another row": 1,
        "customer id on several rows with different values": 2,
    }
    aside = intake.set_aside
    assert list(aside.columns) == ["row", "reason", "CustomerID", "Recency", "Frequency", "Monetary", "Age"]
    assert aside["row"].tolist() == list(range(2, 17))
    by_row = aside.set_index("row")
    assert by_row.loc[14, "reason"] == "exact copy of row 1"
    assert by_row.loc[14, "CustomerID"] == "1.0"
    assert by_row.loc[9].tolist() == ["wrong number of cells: 2 instead of 5", "9", "1", "", "", ""]
    assert by_row.loc[10].tolist() == ["wrong number of cells: 6 instead of 5", "10", "1", "1", "1", "1,1"]
    assert by_row.loc[7, "Monetary"] == "1e400"
    assert intake["rows"] == 16 == intake["kept"] + len(aside)


def test_identical_rows_keep_the_first():
    customers = read(f"{H}\n1,2,3,4\n1,2,3,4\n1,2,3,4\n")
    assert len(customers) == 1
    assert customers.attrs["intake"].set_aside["reason"].tolist() == ["exact copy of row 1"] * 2


def test_a_copy_and_a_contradiction_of_the_same_id():
    customers = read(f"{H},City\n1,2,3,4,A\n1,2,3,4,A\n1,2,3,4,B\n2,1,1,1,A\n")
    assert customers["customer_id"].tolist() == ["2"]
    shared = "customer id on several rows with different values"
    assert customers.attrs["intake"].set_aside["reason"].tolist() == [shared, "exact copy of row 1", shared]


def test_headings_named_like_the_ledgers_own_columns():
    customers = read(f"{H},row,reason\n1,2,3,4,5,x\n2,-2,3,4,6,y")
    assert list(customers.attrs["intake"].set_aside.columns[-2:]) == ["row (file)", "reason (file)"]


def dirty_frame(rng: np.random.Generator) -> pd.DataFrame:
    n = int(rng.integers(5, 200))
    number = ["1", "2.5", "-3", "", "NA", "abc", "inf", "1e400", "7", "8", "1,5", "0"]
    clean = ["1", "2", "3.5", "10"]

    def column(dirt: list[str], share: float) -> list[str]:
        return [str(rng.choice(dirt)) if rng.random() < share else str(rng.choice(clean)) for _ in range(n)]

    ids = [str(rng.choice(["", "NA", " 5", "5.0", "5"])) if rng.random() < 0.2 else str(i) for i in range(n)]
    frame = pd.DataFrame({"CustomerID": ids})
    for name in ("Recency", "Frequency", "Monetary"):
        frame[name] = column(number, rng.random() / 2)
    for i in range(int(rng.integers(0, 5))):
        frame[f"further {i}"] = column(["", "inf", "x", " y ", "007", "-inf"], rng.choice([0, 0.02, 0.5, 1]))
    if rng.random() < 0.5:
        frame["Cluster"] = column(["", "1.0", "A ", "NA"], 0.3)
    copies = frame.sample(frac=0.2, random_state=int(rng.integers(1 << 30)))
    return pd.concat([frame, copies], ignore_index=True)


@pytest.mark.parametrize("seed", range(60))
def test_every_row_is_kept_or_set_aside_and_reading_again_changes_nothing(seed):
    rng = np.random.default_rng(seed)
    frame = dirty_frame(rng)
    lines = frame.to_csv(index=False).splitlines()
    for at in rng.integers(1, len(lines), int(rng.integers(0, 4))):
        lines[at] += ",surplus" if rng.random() < 0.5 else ""
        lines[at] = "short" if rng.random() < 0.3 else lines[at]
    try:
        customers = read("\n".join(lines))
    except TableError:
        pytest.fail("a dirty table should still have rows")
    intake = customers.attrs["intake"]
    aside = intake.set_aside
    assert intake["rows"] == len(lines) - 1 == intake["kept"] + len(aside)
    assert len(customers) == intake["kept"]
    assert sum(reasons(customers).values()) == len(aside)
    assert aside["row"].is_unique
    assert aside["reason"].str.len().gt(0).all()
    assert customers["customer_id"].is_unique
    assert np.isfinite(customers[["recency", "frequency", "monetary"]]).all(axis=None)
    assert set(customers) == {
        *("customer_id", "recency", "frequency", "monetary"),
        *intake["metrics"],
        *intake["attributes"],
        *({"cluster"} & set(customers)),
    }
    plain = customers.copy()
    plain.attrs = {}
    again = read_customers(plain)
    pd.testing.assert_frame_equal(again, customers)
    assert again.attrs["intake"]["kept"] == again.attrs["intake"]["rows"]


# -- further columns ---------------------------------------------------------------------------


def test_metrics_attributes_and_their_order():
    customers = read(
        "City,Age,Cluster,CustomerID,Score,Monetary,Recency,Frequency\nA,41,x,1,,4,2.5,3\nB,42,y,2,1.5,5,3,4\n"
    )
    assert customers.dtypes.astype(str).to_dict() == {
        "customer_id": "str",
        "recency": "float64",
        "frequency": "int64",
        "monetary": "float64",
        "Age": "int64",
        "Score": "float64",
        "City": "str",
        "cluster": "str",
    }
    assert list(customers) == [
        "customer_id",
        "recency",
        "frequency",
        "monetary",
        "Age",
        "Score",
        "City",
        "cluster",
    ]
    assert notes(customers) == "Column 'Score' has no value in 1 row (first: row 1)."
    intake = customers.attrs["intake"]
    assert intake["columns"]["cluster"] == "Cluster"
    assert (intake["metrics"], intake["attributes"]) == (["Age", "Score"], ["City"])


def test_a_column_that_is_nearly_numeric_is_text_with_a_word_on_it():
    rows = "\n".join(f"{i},1,1,1,{'n/k' if i == 17 else i}" for i in range(1, 31))
    customers = read(f"{H},Age\n{rows}")
    assert customers.attrs["intake"]["attributes"] == ["Age"]
    assert "Column 'Age' is text in 1 of 30 rows with a value (first: row 17, 'n/k')" in notes(customers)


def test_text_in_a_row_set_aside_does_not_make_a_metric_text():
    customers = read(f"{H},Age\n1,1,1,1,40\n2,-1,1,1,old\n")
    assert customers.attrs["intake"]["metrics"] == ["Age"]


def test_empty_blank_and_coded_columns():
    customers = read(f"{H},x,,Zip,Region\n1,1,1,1,,5,01234,NA\n2,1,1,1, ,6,12345,\n")
    assert list(customers)[4:] == ["column 6", "Zip", "Region"]
    assert customers["Zip"].tolist() == ["01234", "12345"]
    assert customers["Region"].tolist() == ["NA", ""]
    assert "Column 'x' is empty and is left out." in notes(customers)
    assert "Column 'Zip' has numbers with leading zeros and is kept as text." in notes(customers)


def test_decimal_commas_are_noted():
    customers = read("CustomerID;Recency;Frequency;Monetary;Age\n1;1;1;1.234,50;3,5\n2;1;1;7;1.500\n")
    assert customers["monetary"].tolist() == [1234.5, 7]
    assert customers["Age"].tolist() == [3.5, 1500]
    assert "Column 'Monetary' is read with a decimal comma and a point between thousands." in notes(customers)


def test_a_leftover_heading_never_replaces_a_canonical_column():
    customers = read(f"{H},Revenue,Cluster\n1,1,1,1,9,x\n", columns={"monetary": "Revenue", "cluster": None})
    assert customers["monetary"].tolist() == [9]
    assert list(customers) == ["customer_id", "recency", "frequency", "monetary", "Monetary (column 4)"]
    assert "Column 'Cluster' is left out, as asked." in notes(customers)


# -- clusters ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cells", "clusters"),
    [
        (["1.0", "0", "2"], ["1", "0", "2"]),
        (["Loyal", " Lost ", "-1.0"], ["Loyal", "Lost", "-1"]),
        (["1", "", "nan"], ["1", "Unassigned", "Unassigned"]),
        (["same", "same", "same"], ["same", "same", "same"]),
    ],
)
def test_clusters_are_text(cells, clusters):
    customers = read(f"{H},Cluster\n" + "\n".join(f"{i},1,1,1,{cell}" for i, cell in enumerate(cells)))
    assert customers["cluster"].tolist() == clusters
    assert customers["cluster"].dtype == "str"
    assert ('"Unassigned"' in notes(customers)) == ("Unassigned" in clusters)


def test_forty_clusters_are_fine_and_an_empty_column_is_none():
    customers = read(f"{H},Cluster\n" + "\n".join(f"{i},1,1,1,{i % 40}" for i in range(80)))
    assert customers["cluster"].nunique() == 40
    customers = read(f"{H},Cluster\n1,1,1,1,\n2,1,1,1,\n")
    assert "cluster" not in customers
    assert "Column 'Cluster' is empty and is left out." in notes(customers)
    assert "cluster" not in customers.attrs["intake"]["columns"]


def test_segment_names_are_used_before_cluster_numbers():
    customers = read(f"{H},Cluster,Segment\n1,1,1,1,0,Loyal\n2,1,1,1,1,Lost\n")
    assert customers["cluster"].tolist() == ["Loyal", "Lost"]
    assert list(customers)[-1] == "cluster"
    assert notes(customers) == "The clusters are the values of column 'Segment'; column 'Cluster' is left out."
    assert customers.attrs["intake"]["columns"]["cluster"] == "Segment"
    assert read(f"{H},Segment\n1,1,1,1,Loyal\n")["cluster"].tolist() == ["Loyal"]
    assert read(f"{H},Cluster,Segment\n1,1,1,1,0,\n")["cluster"].tolist() == ["0"]
