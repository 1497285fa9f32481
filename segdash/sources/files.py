"""Files, open files and frames to a raw table: headings and cells, nothing dropped, nothing repaired.

What a file is gets decided by its first bytes, not by its name. Delimited text is read as text, cell by cell;
what the cells mean is decided upstairs, in ``segdash.intake``.
"""

from __future__ import annotations

import codecs
import contextlib
import difflib
import gzip
import io
import os
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa

from segdash.errors import MissingExtraError, SegdashError, SourceError, TableError, count, did_you_mean, quote
from segdash.sources import long_lines
from segdash.sources.delimiters import delimiter_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Source = str | os.PathLike[str] | IO[bytes] | IO[str] | pd.DataFrame

UNPACKED_LIMIT = 2 * 1024**3
"""Bytes that a .gz file may unpack to: a few kilobytes can hold any amount of nothing."""

SAMPLE = 65_536
"""Bytes that the delimiter is judged by."""

_MAGIC = {
    b"PAR1": "parquet",
    b"\x1f\x8b": "gzip",
    b"PK\x03\x04": "zip",
    b"PK\x05\x06": "zip",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": "xls",
    b"\x89PNG": "a PNG image",
    b"\xff\xd8\xff": "a JPEG image",
    b"GIF8": "a GIF image",
    b"%PDF": "a PDF document",
}
_TABLES = "CSV, TSV, Parquet or Excel file"
_BLOCK = 64 * 1024**2


@dataclass(frozen=True, eq=False)
class RawTable:
    """A table as its file has it.

    Parameters
    ----------
    name : str
        What sentences call the table.
    headings : list of str
        One per column, surrounding blanks removed; a blank heading is called "column 7" after its position.
    cells : pandas.DataFrame of shape (n_rows, n_columns)
        Columns 0..n_columns-1. Text as it stands for delimited files; typed for Parquet, Excel and frames.
    rows : numpy.ndarray of int, shape (n_rows,)
        Number of each row among the data rows, counted from 1; the line of headings does not count.
    bad_rows : pandas.DataFrame of shape (n_bad, 3)
        Rows of the wrong width, which are not in ``cells``: row, width (cells found), text.
    delimiter : str
        Between the cells of delimited text, "" for other kinds.
    notes : tuple of str
        What had to be decided to read the file (encoding, sheet, ...), a sentence each.
    """

    name: str
    headings: list[str]
    cells: pd.DataFrame
    rows: np.ndarray
    bad_rows: pd.DataFrame = field(default_factory=lambda: _bad_rows([]))
    delimiter: str = ""
    notes: tuple[str, ...] = ()


def read_table(source: Source, *, sheet: str | int | None = None, name: str = "") -> RawTable:
    r"""The raw table in a file, an open file or a frame.

    Parameters
    ----------
    source : str, path, file object or pandas.DataFrame
        CSV, TSV or text with ``,`` ``;`` tab or ``|`` between the cells (UTF-8, UTF-16 with byte order mark,
        cp1252, latin-1), Parquet, Excel; each also gzipped. The named index levels of a frame are columns.
    sheet : str or int, optional
        Sheet of an Excel file, by name or by position from 0; the first one by default.
    name : str, optional
        What sentences call the table; by default the file's name.

    Returns
    -------
    RawTable

    Raises
    ------
    SourceError
        When the file can't be opened or is no table.
    TableError
        When the table is empty, has headings only, or has one column.
    MissingExtraError
        For an Excel file without the library that reads it.

    Examples
    --------
    >>> raw = read_table(io.BytesIO(b"id;name\n1;Ada\n2\n3;Eve"), name="people.csv")
    >>> raw.headings, raw.cells[1].tolist(), raw.rows.tolist()
    (['id', 'name'], ['Ada', 'Eve'], [1, 3])
    >>> raw.bad_rows
       row  width text
    0    2      1    2
    """
    if isinstance(source, pd.DataFrame):
        return _from_frame(source, name or "The table")
    data, found = _bytes_of(source)
    name = name or found
    kind = _kind(data)
    if kind == "gzip":
        data = _unpacked(data, name)
        kind = _kind(data)
    if kind == "zip" and _is_workbook(data):
        kind = "xlsx"
    if kind in ("xls", "xlsx"):
        return _from_excel(data, name, sheet)
    if sheet is not None:
        raise TableError(name, [f"It is no Excel file and has no sheet {quote(sheet)}. Leave the sheet out."])
    if kind == "parquet":
        return _from_parquet(data, name)
    if kind:
        what = {"zip": "a ZIP archive", "gzip": "gzipped twice"}.get(kind, kind)
        mend = "Unpack it and open the table inside." if kind in ("zip", "gzip") else f"Open a {_TABLES}."
        raise SourceError(f"{name} is {what}, not a table. {mend}")
    return _from_text(data, name)


# -- bytes --------------------------------------------------------------------------------------------------


def _bytes_of(source: Any) -> tuple[bytes, str]:
    """Everything in the file, and its name without folders."""
    if isinstance(source, str | os.PathLike):
        return _read_path(Path(source).expanduser()), Path(source).name
    if not hasattr(source, "read"):
        mend = "Wrap it in io.BytesIO." if isinstance(source, bytes) else "Give a path, an open file or a frame."
        raise SourceError(f"A value of type {type(source).__name__} is no source of a table. {mend}")
    name = getattr(source, "name", "")
    data = source.read()
    # A lone surrogate has no UTF-8 form; it becomes a question mark rather than the end of the reading.
    data = data.encode("utf-8", "replace") if isinstance(data, str) else bytes(data)
    return data, Path(name).name if isinstance(name, str) and name else "The file"


def _read_path(path: Path) -> bytes:
    """Everything in the file at ``path``."""
    with reading(path):
        if not kind_of(path) and long_lines.long_lines(path):
            what = f"One of its lines is longer than {long_lines.LONGEST_LINE:,} characters"
            raise TableError(path.name, [f"{what}. Look for missing line breaks."])
        return path.read_bytes()


@contextlib.contextmanager
def reading(path: Path) -> Iterator[None]:
    """Turns what goes wrong with the file at ``path`` into a sentence that says how to mend it."""
    try:
        yield
    except FileNotFoundError:
        beside = [p.name for p in path.parent.iterdir()] if path.parent.is_dir() else []
        close = difflib.get_close_matches(path.name, beside, n=1)
        hint = f"Did you mean {quote(close[0])}?" if close else "Check the path."
        raise SourceError(f"There is no file {quote(path, 200)}. {hint}") from None
    except IsADirectoryError:
        raise SourceError(f"{quote(path, 200)} is a folder, not a file. Name a file in it.") from None
    except PermissionError:
        raise SourceError(f"{quote(path, 200)} may not be read. Give yourself the right to read it.") from None
    except (OSError, ValueError) as error:
        if isinstance(error, SegdashError):
            raise
        raise SourceError(f"{quote(path, 200)} can't be read: {error}. Check the path.") from error


def kind_of(path: Path) -> str:
    """What the first bytes of a file say it is ("parquet", "gzip", "zip", "xls", "xlsx", ...), "" for text."""
    with reading(path), path.open("rb") as file:
        head = file.read(4096)
    kind = _kind(head)
    if kind == "zip" and zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            return "xlsx" if any(name.startswith("xl/workbook.") for name in archive.namelist()) else "zip"
    return kind


def _kind(data: bytes) -> str:
    """What the first bytes say the data is, "" when nothing: text, then."""
    return next((kind for magic, kind in _MAGIC.items() if data.startswith(magic)), "")


def _unpacked(data: bytes, name: str) -> bytes:
    """What the gzip file holds, refused above `UNPACKED_LIMIT`."""
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as file:
            unpacked = file.read(UNPACKED_LIMIT + 1)
    except EOFError:
        raise SourceError(f"{name} is a gzip file whose end is missing. Copy or download it again.") from None
    except (gzip.BadGzipFile, zlib.error) as error:
        raise SourceError(f"{name} is a damaged gzip file ({error}). Copy or download it again.") from error
    if len(unpacked) > UNPACKED_LIMIT:
        limit = f"{UNPACKED_LIMIT / 1024**3:.3g} GiB"
        raise SourceError(f"{name} unpacks to more than {limit}. Open a smaller file, or Parquet.")
    return unpacked


def _is_workbook(data: bytes) -> bool:
    """True for the ZIP archives that are Excel files."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return any(member.startswith("xl/workbook.") for member in archive.namelist())
    except zipfile.BadZipFile:
        # A truncated workbook: its reader says so better than "a ZIP archive" would.
        return b"xl/" in data[:4096] or b"[Content_Types].xml" in data[:4096]


# -- delimited text -----------------------------------------------------------------------------------------


def _from_text(data: bytes, name: str) -> RawTable:
    """The table in delimited text."""
    data, note = _as_utf8(data, name)
    # Empty lines around the table are no rows; one between rows is a row without a customer.
    data = data.strip(b"\r\n")
    if not data.strip():
        raise TableError(name, ["The file is empty. Open a file with a line of headings and a row per customer."])
    delimiter = delimiter_of(data[:SAMPLE].decode("utf-8", "ignore"), name, is_cut=len(data) > SAMPLE)
    table, bad = _parse(data, delimiter, name)
    read = table.num_rows + len(bad) - 1
    if read == 0:
        raise TableError(name, ["The file has headings but no rows. Open a file with a row per customer."])
    rows = np.delete(np.arange(1, read + 1), [row - 1 for row, _, _ in bad])
    lines = len(data.splitlines()) - 1
    notes = [note] if note else []
    if lines > read:
        notes.append(
            f"Some cells hold line breaks: {lines:,} lines make {count(read, 'row')}. If that is not meant, "
            "look for a quotation mark that is never closed."
        )
    cells = table.slice(1).to_pandas()
    cells.columns = pd.RangeIndex(table.num_columns)
    headings = _named([column[0].as_py() for column in table.columns])
    return RawTable(name, headings, cells, rows, _bad_rows(bad), delimiter, tuple(notes))


def _as_utf8(data: bytes, name: str) -> tuple[bytes, str]:
    """The text in UTF-8 without byte order mark, and a note when it was something else."""
    note = ""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        try:
            data, note = data.decode("utf-16").encode(), "The file is UTF-16."
        except UnicodeError:
            raise SourceError(f"{name} is damaged UTF-16 text. Save it as UTF-8.") from None
    data = data.removeprefix(codecs.BOM_UTF8)
    if b"\0" in data:
        raise SourceError(f"{name} holds binary data, not a table. Open a {_TABLES}; save text as UTF-8.")
    try:
        data.decode()
    except UnicodeDecodeError:
        pass
    else:
        return data, note
    for encoding in ("cp1252", "latin-1"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        break
    return text.encode(), f"The file is not UTF-8 and is read as {encoding}; check accented letters."


def _parse(data: bytes, delimiter: str, name: str) -> tuple[pa.Table, list[tuple[int, int, str]]]:
    """All rows of the right width as text, the headings first; and row, width, text of the others."""
    from pyarrow import csv as arrow_csv

    bad: list[tuple[int, int, str]] = []

    def set_aside(row: Any) -> str:
        bad.append((row.number - 1, row.actual_columns, row.text))
        return "skip"

    # More names than columns do no harm; a column without its type would be guessed at.
    names = [f"f{i}" for i in range(data[:SAMPLE].count(delimiter.encode()) + 1)]
    try:
        table = arrow_csv.read_csv(
            pa.BufferReader(data + b"\n"),
            # One thread: with several, the number of a bad row is not known.
            read_options=arrow_csv.ReadOptions(
                use_threads=False, block_size=min(len(data) + 2, _BLOCK), autogenerate_column_names=True
            ),
            parse_options=arrow_csv.ParseOptions(
                delimiter=delimiter,
                newlines_in_values=True,
                ignore_empty_lines=False,
                invalid_row_handler=set_aside,
            ),
            convert_options=arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False
            ),
        )
    except pa.ArrowInvalid as error:
        mend = "Look for a quotation mark that is never closed."
        raise TableError(name, [f"The rows can't be told apart ({error}). {mend}"]) from error
    last = bad[-1][2] if bad and bad[-1][0] == table.num_rows + len(bad) - 1 else None
    ends = [last] if last is not None else [column[-1].as_py() for column in table.columns]
    if data.count(b'"') % 2 and any("\n" in end or "\r" in end for end in ends):
        row = table.num_rows + len(bad) - 1
        what = f"A quotation mark in row {row:,} is never closed and takes in all lines that follow."
        raise TableError(name, [f"{what} Close it, or double the quotation marks inside cells."])
    return table, bad


def _bad_rows(found: Sequence[tuple[int, int, str]]) -> pd.DataFrame:
    """Rows of the wrong width as a frame."""
    return pd.DataFrame(found, columns=["row", "width", "text"])


# -- typed tables -------------------------------------------------------------------------------------------


def _from_parquet(data: bytes, name: str) -> RawTable:
    """The table in a Parquet file."""
    from pyarrow import parquet

    # A missing value would make an integer column float64, which rounds ids of 17 digits and more.
    whole = {pa.int32(): pd.Int32Dtype(), pa.int64(): pd.Int64Dtype(), pa.uint64(): pd.UInt64Dtype()}
    try:
        frame = parquet.read_table(pa.BufferReader(data)).to_pandas(types_mapper=whole.get)
    except (pa.ArrowException, OSError) as error:
        raise SourceError(f"{name} is a damaged Parquet file ({error}). Copy or write it again.") from error
    return _from_frame(frame, name)


def _from_excel(data: bytes, name: str, sheet: str | int | None) -> RawTable:
    """The table on one sheet of an Excel file, its first row taken for headings."""
    try:
        from python_calamine import CalamineError
    except ImportError:
        raise MissingExtraError.of("Reading Excel files", "excel") from None
    try:
        with pd.ExcelFile(io.BytesIO(data), engine="calamine") as book:
            sheets = [str(known) for known in book.sheet_names]
            chosen = _sheet(sheets, sheet, name)
            frame = pd.read_excel(
                book, sheet_name=chosen, header=None, dtype=object, na_filter=False, keep_default_na=False
            )
    except CalamineError as error:
        raise SourceError(f"{name} is an Excel file that can't be read ({error}). Save it again.") from error
    if frame.empty:
        raise TableError(name, [f"Sheet {quote(chosen)} is empty. Choose another of: {', '.join(sheets)}."])
    headings = [str(heading) for heading in frame.iloc[0]]
    note = f"Read is sheet {quote(chosen)}, one of {len(sheets)}." if len(sheets) > 1 and sheet is None else ""
    body = frame.iloc[1:].infer_objects()
    body.columns = pd.Index(headings)
    return _from_frame(body, name, (note,) if note else ())


def _sheet(sheets: Sequence[str], sheet: str | int | None, name: str) -> str:
    """The name of the sheet that is asked for."""
    if isinstance(sheet, str) and sheet in sheets:
        return sheet
    position = 0 if sheet is None else sheet
    if isinstance(position, int) and 0 <= position < len(sheets):
        return sheets[position]
    raise TableError(name, [f"It has no sheet {quote(sheet)}.{did_you_mean(str(sheet), sheets)}"])


def _from_frame(frame: pd.DataFrame, name: str, notes: tuple[str, ...] = ()) -> RawTable:
    """The table in a frame; named levels of its index come first."""
    index = frame.index
    levels = [i for i, level in enumerate(index.names) if level is not None]
    columns = [pd.Series(index.get_level_values(i)) for i in levels]
    cells = pd.concat([*columns, frame.reset_index(drop=True)], axis=1)
    headings = _named([str(label) for label in (*(index.names[i] for i in levels), *frame.columns)])
    if not headings:
        raise TableError(name, ["It has no columns. Give a table with a row per customer."])
    if not len(cells):
        raise TableError(name, ["It has headings but no rows. Give a table with a row per customer."])
    cells.columns = pd.RangeIndex(cells.shape[1])
    cells.attrs = {}
    return RawTable(name, headings, cells, np.arange(1, len(cells) + 1), notes=notes)


def _named(headings: Sequence[str]) -> list[str]:
    """Headings without surrounding blanks; a blank one is called after its position, from 1."""
    return [heading.strip() or f"column {i}" for i, heading in enumerate(headings, 1)]
