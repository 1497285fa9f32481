"""Delimited and aligned text, plain, gzipped or alone in a ZIP archive, into the embedded engine."""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import itertools
import re
import shutil
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from segdash.errors import SourceError, TableError, count, quote
from segdash.sources import long_lines, read_ahead
from segdash.sources.answering import working
from segdash.sources.delimiters import BLANKS, delimiter_of
from segdash.sources.engine import embedded, literal
from segdash.sources.files import kind_of
from segdash.sources.rows import READERS, ROW, Options, Reader, Rows, bad_rows, distinct_headings

if TYPE_CHECKING:
    from collections.abc import Iterator

SAMPLE = 1 << 18
"""Bytes that delimiter and headings are judged by."""

LONGEST_CELL = 100_000
"""Characters of a line that its delimiter is judged by."""

MOST_SHOWN = 10_000
"""Rows that fit no table are counted all; the text of this many is kept."""

_BLOCK = 1 << 22
_REASONS = {
    "TOO MANY COLUMNS": "The row has more cells than there are columns",
    "MISSING COLUMNS": "The row has fewer cells than there are columns",
    "LINE SIZE OVER MAXIMUM": "The row is longer than {longest:,} characters",
    "UNQUOTED VALUE": "A quotation mark in the row is never closed",
}
_NUMBER_OR_DATE = re.compile(r"[-+(]?[^\w\s]?\d[\d.,:/\-T )]*")


def _accepts(source: Any, options: Options) -> bool:
    return isinstance(source, Path) and kind_of(source) in ("", "gzip", "zip")


def _read(source: Path, options: Options) -> Rows:
    with tempfile.TemporaryDirectory(prefix="segdash-") as folder:
        path, encoding, notes = _plain(source, options, Path(folder))
        try:
            return _load(path, options, encoding, notes, Path(folder))
        except _OtherEncodingError:
            encoding = _guess(path, options.name)
        plain = _transcoded(path, "", encoding, options.name, Path(folder))
        notes.append(f"The file is not UTF-8 and is read as {encoding}; check accented letters.")
        return _load(plain, options, encoding, notes, Path(folder))


class _OtherEncodingError(Exception):
    """Some cells are no UTF-8."""


READERS.register("delimited")(Reader("CSV, TSV or text", _accepts, _read, order=90))


def _plain(source: Path, options: Options, folder: Path) -> tuple[Path, str, list[str]]:
    """A file of UTF-8 or ASCII text, the encoding it had, and what had to be done for it."""
    kind = kind_of(source)
    notes: list[str] = []
    if kind == "zip":
        source = _unzipped(source, options.name, folder)
        kind = kind_of(source)
    head = _head(source, kind, options.name)
    encoding = options.encoding or _marked(head) or "utf-8"
    try:
        codecs.lookup(encoding)
    except LookupError:
        raise SourceError(f"{options.name}: no encoding is called {quote(encoding)}. Try utf-8 or cp1252.") from None
    if encoding in ("utf-8", "ascii") and kind != "gzip":
        return source, encoding, notes
    if encoding in ("utf-8", "ascii"):
        path = folder / "unpacked"
        with path.open("wb") as plain:
            plain.writelines(_blocks(source, kind, options.name))
        return path, encoding, notes
    return _transcoded(source, kind, encoding, options.name, folder), encoding, notes


def _unzipped(source: Path, name: str, folder: Path) -> Path:
    with zipfile.ZipFile(source) as archive:
        members = [m for m in archive.infolist() if not m.is_dir() and not m.filename.startswith("__MACOSX/")]
        if len(members) != 1:
            listed = ", ".join(quote(member.filename) for member in members[:5])
            raise SourceError(
                f"{name} is a ZIP archive of {count(len(members), 'file')}{': ' + listed if listed else ''}. "
                "Unpack it and open one of them."
            )
        with archive.open(members[0]) as packed, (folder / "unzipped").open("wb") as plain:
            shutil.copyfileobj(packed, plain, _BLOCK)
    return folder / "unzipped"


def _blocks(source: Path, kind: str, name: str) -> Iterator[bytes]:
    opener: Any = gzip.open if kind == "gzip" else Path.open
    try:
        with opener(source, "rb") as file:
            while block := file.read(_BLOCK):
                yield block
    except EOFError:
        raise SourceError(f"{name} is a gzip file whose end is missing. Copy or download it again.") from None
    except (gzip.BadGzipFile, OSError) as error:
        raise SourceError(f"{name} can't be read ({error}). Copy or download it again.") from error


def _head(source: Path, kind: str, name: str) -> bytes:
    head = next(_blocks(source, kind, name), b"")
    if b"\0" in head[:SAMPLE] and _marked(head) is None:
        raise SourceError(f"{name} holds binary data, not a table. Save it as CSV or Parquet.")
    if not head.strip(b"\xef\xbb\xbf\r\n \t"):
        raise TableError(name, ["The file is empty. Open a file with a row per order line."])
    return head


def _marked(head: bytes) -> str | None:
    """The encoding that a byte order mark names."""
    if head.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    return "utf-16" if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else None


def _guess(source: Path, name: str) -> str:
    """The code page under which the letters beyond ASCII make most sense."""
    foreign: list[bytes] = []
    for block in _blocks(source, "", name):
        foreign += [line for line in block.splitlines() if not line.isascii()][:500]
        if len(foreign) >= 500:
            break
    import charset_normalizer

    sample = b"\n".join(line[:2000] for line in foreign)
    best = charset_normalizer.from_bytes(sample, cp_isolation=["cp1252", "cp850", "cp437"]).best()
    encoding = best.encoding if best else "cp1252"
    try:
        sample.decode(encoding)
    except UnicodeDecodeError:
        return "latin-1"
    return encoding


def _transcoded(source: Path, kind: str, encoding: str, name: str, folder: Path) -> Path:
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    path = folder / "utf8"
    with path.open("wb") as plain:
        for block in _blocks(source, kind, name):
            plain.write(decoder.decode(block).encode())
        plain.write(decoder.decode(b"", final=True).encode())
    return path


def _load(path: Path, options: Options, encoding: str, notes: list[str], folder: Path) -> Rows:
    path = long_lines.shortened(path, options.name, folder)
    with path.open("rb") as file:
        head = file.read(SAMPLE)
    sample = head.decode("utf-8", "ignore").removeprefix("\ufeff")
    sample = "\n".join(line[:LONGEST_CELL] for line in sample.splitlines())
    delimiter = options.delimiter or delimiter_of(sample, options.name, is_cut=len(head) == SAMPLE, aligned=True)
    text = {"delimiter": delimiter, "encoding": encoding}
    if delimiter == BLANKS:
        path, delimiter = _joined(path, folder), ","
        sample = "\n".join(",".join(line.split()) for line in sample.splitlines())
        notes.append("The columns are aligned with blanks.")
    lines = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
    try:
        first = next(line for line in lines if line)
    except csv.Error:
        raise TableError(
            options.name, [f"A cell of its first line is longer than {LONGEST_CELL:,} characters."]
        ) from None
    headless = not options.header if options.header is not None else _is_data(first)
    headings, renamed = distinct_headings([""] * len(first) if headless else first)
    if headless:
        notes.append("The first line seems to be a row: the columns are called after their positions.")
    ahead = _kinds(lines, len(first))
    rows = _into_engine(path, delimiter, headings, options, ahead, headless=headless)
    return Rows(
        options.name,
        rows[0],
        headings,
        loaded=True,
        bad_rows=rows[1],
        notes=(*notes, *renamed),
        headless=headless,
        text={**text, "header": not headless},
    )


def _joined(path: Path, folder: Path) -> Path:
    """The same rows with a comma between cells that blanks had aligned."""
    joined = folder / "joined"
    with path.open(encoding="utf-8-sig") as aligned, joined.open("w", encoding="utf-8", newline="\n") as plain:
        plain.writelines(",".join(line.split()) + "\n" for line in aligned if line.strip())
    return joined


def _is_data(cells: list[str]) -> bool:
    """True when a line holds a number or a date, which no line of headings does."""
    return any(_NUMBER_OR_DATE.fullmatch(cell.strip()) for cell in cells)


def _kinds(lines: Iterator[list[str]], width: int) -> dict[str, str]:
    try:
        return read_ahead.kinds(list(itertools.islice(lines, 1000))[:-1], width)
    except csv.Error:
        return {}


def _into_engine(
    path: Path, delimiter: str, headings: list[str], options: Options, ahead: dict[str, str], *, headless: bool
) -> Any:
    connection = embedded(options.memory_limit)
    names = [f"c{i}" for i in range(len(headings))]
    columns = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in names)
    settings = {
        "header": "false",
        "skip": str(int(not headless)),
        "auto_detect": "false",
        "delim": literal(delimiter),
        "quote": "'\"'",
        "escape": "'\"'",
        "columns": "{" + columns + "}",
        "max_line_size": str(long_lines.LONGEST_LINE),
        "store_rejects": "true",
        "rejects_limit": "0",
    }
    written = ", ".join(f"{name}={value}" for name, value in settings.items())
    import duckdb

    try:
        with working(connection, "Loading the rows"):
            text = f"SELECT * FROM read_csv({literal(str(path))}, {written})"
            connection.raw_sql(f"CREATE TABLE loaded AS {read_ahead.reading(text, names, ahead)}")
    except duckdb.Error as error:
        said = str(error).splitlines()[0]
        raise TableError(
            options.name, [f"Its rows can't be told apart ({quote(said, 160)}). Look for an unclosed quotation mark."]
        ) from None
    if connection.con.execute("SELECT 1 FROM reject_errors WHERE error_type = 'INVALID ENCODING' LIMIT 1").fetchall():
        raise _OtherEncodingError
    bad = _rejects(connection)
    table = connection.table("loaded")
    read = int(table.count().execute())
    if not read and not len(bad):
        raise TableError(options.name, ["The file has headings but no rows. Open a file with a row per order line."])
    return table.mutate(**{ROW: table.rowid() + 1}), bad


def _rejects(connection: Any) -> Any:
    """Every row that fits no table, once; one line may have several faults, of which its length is the first."""
    found = connection.con.execute(
        "SELECT line, coalesce(any_value(error_type) FILTER (error_type = 'LINE SIZE OVER MAXIMUM'), "
        "any_value(error_type)), any_value(csv_line[:2000]) FROM reject_errors GROUP BY line ORDER BY line"
    ).fetchall()
    return bad_rows(
        [(int(line), _reason(kind), text if i < MOST_SHOWN else "") for i, (line, kind, text) in enumerate(found)]
    )


def _reason(kind: str) -> str:
    said = _REASONS.get(kind, f"The row can't be read ({kind.lower()})")
    return said.format(longest=long_lines.LONGEST_LINE)
