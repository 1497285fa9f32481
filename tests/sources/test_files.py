from __future__ import annotations

import gzip
import io
import sys
import zipfile

import numpy as np
import pandas as pd
import pytest

from segdash.errors import MissingExtraError, SourceError, TableError
from segdash.sources import files
from segdash.sources.files import read_table

ROWS = [
    ("CustomerID", "Name", "Spend"),
    ("007", "Zoë; A, B|C", "12.50"),
    ("8", 'the "best"', "3"),
    ("9", "", ""),
]


def written(delimiter: str = ",", line: str = "\n", encoding: str = "utf-8") -> bytes:
    cells = [[f'"{cell.replace(chr(34), chr(34) * 2)}"' for cell in row] for row in ROWS]
    return line.join(delimiter.join(row) for row in cells).encode(encoding)


def refused(source: object, **how: object) -> str:
    with pytest.raises((SourceError, TableError)) as caught:
        read_table(source if isinstance(source, str) else io.BytesIO(source), **how)
    return str(caught.value)


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252", "latin-1"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_every_way_of_writing_gives_the_same_table(delimiter, encoding, packed):
    data = written(delimiter, encoding=encoding)
    raw = read_table(io.BytesIO(gzip.compress(data) if packed else data))
    assert raw.headings == list(ROWS[0])
    assert raw.cells.to_numpy().tolist() == [list(row) for row in ROWS[1:]]
    assert raw.rows.tolist() == [1, 2, 3]
    assert raw.delimiter == delimiter
    assert bool(raw.notes) == (encoding in ("utf-16", "cp1252", "latin-1"))


@pytest.mark.parametrize("line", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("around", ["", "\n", "\r\n\r\n"])
def test_line_ends_and_empty_lines_around_the_table(line, around):
    raw = read_table(io.BytesIO(around.encode() + written(line=line) + around.encode()))
    assert len(raw.cells) == 3


def test_paths_and_open_files_of_both_kinds(tmp_path):
    path = tmp_path / "customers.csv"
    path.write_bytes(written())
    with path.open("rb") as binary, path.open(encoding="utf-8") as text:
        tables = [read_table(source) for source in (path, str(path), binary, text)]
    assert {raw.name for raw in tables} == {"customers.csv"}
    assert all(raw.cells.equals(tables[0].cells) for raw in tables)
    assert read_table(io.StringIO("a,b\n1,2"), name="upload.csv").name == "upload.csv"


def test_rows_of_the_wrong_width_keep_number_and_text():
    raw = read_table(io.BytesIO(b"a,b,c\n1,2,3\n4,5\n6,7,8\n9,9,9,9\n0,0,0"))
    assert raw.rows.tolist() == [1, 3, 5]
    assert raw.bad_rows.to_numpy().tolist() == [[2, 2, "4,5"], [4, 4, "9,9,9,9"]]


def test_an_empty_line_between_rows_counts_as_a_row():
    raw = read_table(io.BytesIO(b"a,b\n1,2\n\n3,4\n"))
    assert raw.rows.tolist() == [1, 2, 3]
    assert raw.cells.iloc[1].tolist() == ["", ""]


def test_line_breaks_in_cells_are_kept_and_noted():
    raw = read_table(io.BytesIO(b'a,b\n1,"x\ny"\n2,z'))
    assert raw.cells[1].tolist() == ["x\ny", "z"]
    assert raw.notes[0].startswith("Some cells hold line breaks: 3 lines make 2 rows.")


def test_a_quotation_mark_left_open_is_refused_not_swallowed():
    assert "quotation mark in row 2 is never closed" in refused(b'a,b\n1,2\n3,"4\n5,6\n7,8\n')
    assert "never closed" in refused(b'a,b\n1,2\n"3,4\n5,6\n7,8\n')
    assert read_table(io.BytesIO(b'a,b\n1,5" pipe\n2,x')).cells[1].tolist() == ['5" pipe', "x"]


def test_double_and_blank_headings_survive():
    raw = read_table(io.BytesIO(b"a, a ,,b\n1,2,3,4"))
    assert raw.headings == ["a", "a", "column 3", "b"]


def test_decimal_commas_do_not_pass_for_a_delimiter():
    raw = read_table(io.BytesIO(b"Income, total;Spend, total;n\n12,5;13,4;5\n1,5;1,4;6"))
    assert raw.headings == ["Income, total", "Spend, total", "n"]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "c.csv: The file is empty."),
        (b"\xef\xbb\xbf\r\n\n", "c.csv: The file is empty."),
        (b"a,b", "c.csv: The file has headings but no rows."),
        (b"a,b\n", "c.csv: The file has headings but no rows."),
        (
            b"a\n1\n",
            "c.csv: The first line, 'a', is one column. Put one of these between the cells: ';', tab, ",
        ),
        (b"\x89PNG\r\n\x1a\n\0\0", "c.csv is a PNG image, not a table."),
        (b"\xff\xd8\xff\xe0", "c.csv is a JPEG image, not a table."),
        (b"GIF89a", "c.csv is a GIF image, not a table."),
        (b"%PDF-1.7", "c.csv is a PDF document, not a table."),
        (b"a,b\n\0\1,2", "c.csv holds binary data, not a table."),
        (b"\xff\xfea", "c.csv is damaged UTF-16 text."),
        (gzip.compress(written() * 50)[:-12], "c.csv is a gzip file whose end is missing."),
        (b"\x1f\x8b\x08\x00" + bytes(6) + b"nonsense", "c.csv is a damaged gzip file"),
        (gzip.compress(gzip.compress(b"a,b\n1,2", mtime=0), mtime=0), "c.csv is gzipped twice"),
        (b"PAR1 and nothing else", "c.csv is a damaged Parquet file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 cut", "c.csv is an Excel file that can't be read"),
        (b"PK\x03\x04[Content_Types].xml cut", "c.csv is an Excel file that can't be read"),
    ],
)
def test_what_is_no_table_is_refused_by_name(data, sentence):
    assert refused(data, name="c.csv").startswith(sentence)


def test_a_zip_archive_is_refused():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a.csv", "a,b\n1,2")
    assert "is a ZIP archive, not a table. Unpack it" in refused(file.getvalue())


def test_a_gzip_file_that_unpacks_without_end_is_refused(monkeypatch):
    monkeypatch.setattr(files, "UNPACKED_LIMIT", 1024)
    assert "unpacks to more than" in refused(gzip.compress(bytes(2048)))


def test_no_such_file_names_the_nearest(tmp_path):
    (tmp_path / "customers.csv").write_text("a,b\n1,2")
    assert refused(str(tmp_path / "custmers.csv")).endswith("Did you mean 'customers.csv'?")
    assert "There is no file" in refused(str(tmp_path / "no" / "where.csv"))
    assert "is a folder" in refused(str(tmp_path))


def test_a_file_that_may_not_be_read(tmp_path, monkeypatch):
    def forbidden(path, *how):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(files.Path, "open", forbidden)
    assert "may not be read" in refused(str(tmp_path / "a.csv"))


@pytest.mark.parametrize("source", [b"a,b\n1,2", 5, None, ["a"]])
def test_a_source_of_another_kind_is_refused(source):
    with pytest.raises(SourceError, match="is no source of a table"):
        read_table(source)


def test_excel_is_typed_and_text_stays_text(tmp_path):
    path = tmp_path / "customers.xlsx"
    frame = pd.DataFrame({"ID": ["007", "8"], "Spend": [12.5, 3.0], "n": [1, 2]})
    with pd.ExcelWriter(path, engine="xlsxwriter") as book:
        frame.to_excel(book, sheet_name="Customers", index=False)
        frame.head(1).to_excel(book, sheet_name="Other", index=False)
    raw = read_table(path)
    assert raw.cells[0].tolist() == ["007", "8"]
    assert raw.cells[1].tolist() == [12.5, 3.0]
    assert raw.notes == ("Read is sheet 'Customers', one of 2.",)
    assert len(read_table(path, sheet="Other").cells) == len(read_table(path, sheet=1).cells) == 1
    assert "no sheet 'Othr'. Did you mean 'Other'?" in refused(str(path), sheet="Othr")
    assert "no sheet" in refused(str(path), sheet=7)


def test_a_sheet_of_a_text_file_is_refused():
    assert "no Excel file and has no sheet 'x'" in refused(b"a,b\n1,2", sheet="x")


def test_excel_without_its_library_names_the_extra(tmp_path, monkeypatch):
    pd.DataFrame({"a": [1], "b": [2]}).to_excel(tmp_path / "a.xlsx", engine="xlsxwriter")
    monkeypatch.setitem(sys.modules, "python_calamine", None)
    with pytest.raises(MissingExtraError, match=r'pip install "segdash\[excel\]"'):
        read_table(tmp_path / "a.xlsx")


def test_parquet_keeps_large_integers_next_to_missing_ones(tmp_path):
    frame = pd.DataFrame({"id": pd.array([2**60 + 1, None], "Int64"), "x": [1.5, np.nan]})
    frame.to_parquet(tmp_path / "a.dat")
    raw = read_table(tmp_path / "a.dat")
    assert raw.cells[0][0] == 2**60 + 1


def test_the_named_index_of_a_frame_is_a_column_and_the_frame_is_left_alone():
    frame = pd.DataFrame({"x": [1, 2]}, index=pd.Index(["a", "b"], name="CustomerID"))
    before = frame.copy()
    raw = read_table(frame)
    assert raw.headings == ["CustomerID", "x"]
    assert raw.cells[0].tolist() == ["a", "b"]
    pd.testing.assert_frame_equal(frame, before)


@pytest.mark.parametrize("frame", [pd.DataFrame(), pd.DataFrame({"a": []})])
def test_a_frame_without_rows_is_refused(frame):
    with pytest.raises(TableError, match="It has"):
        read_table(frame)
