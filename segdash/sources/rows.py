"""Where orders come from: every source gives its rows as an Ibis table, nothing interpreted yet."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from segdash.errors import SourceError
from segdash.registry import Registry
from segdash.sources.files import kind_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import ibis.expr.types as ir

ROW = "row"
"""Column of the row's number, from 1, in tables that have one."""


@dataclass(frozen=True, eq=False)
class Rows:
    """The rows of one source.

    Parameters
    ----------
    name : str
        What sentences call the source.
    table : ibis Table
        The source's columns as c0, c1, ... in order, so that no heading of a file becomes a name in a query; and
        `ROW` when the rows have an order.
    headings : list of str
        Of each column, as the source has them; each one differs from the others.
    loaded : bool
        True when the rows are in the embedded engine; False when each query reads the source again.
    bad_rows : pandas.DataFrame
        Rows that fit no table: line (from 1), reason, text.
    notes : tuple of str
        What had to be decided to read the source, a sentence each.
    headless : bool
        True when the source has no headings: they are "column 1", ...
    text : mapping
        How a text was read: delimiter, encoding, header (as in `Options`); empty for other sources.
    """

    name: str
    table: ir.Table
    headings: list[str]
    loaded: bool = False
    bad_rows: pd.DataFrame = field(default_factory=lambda: bad_rows([]))
    notes: tuple[str, ...] = ()
    headless: bool = False
    text: Mapping[str, Any] = field(default_factory=dict)

    @property
    def columns(self) -> dict[str, str]:
        """Heading -> column of the table."""
        return {heading: f"c{i}" for i, heading in enumerate(self.headings)}


@dataclass(frozen=True)
class Reader:
    """One kind of source.

    Parameters
    ----------
    title : str
        Name for people.
    accepts : callable
        ``accepts(source, options) -> bool``.
    read : callable
        ``read(source, options) -> Rows``; raises SourceError or TableError.
    order : int
        Kinds are asked in this order; the first that accepts reads.
    """

    title: str
    accepts: Callable[[Any, Options], bool]
    read: Callable[[Any, Options], Rows]
    order: int = 50


@dataclass(frozen=True)
class Options:
    """What a person says about a source; None leaves it to be found out.

    Parameters
    ----------
    name : str
        What sentences call it.
    table : str, optional
        Table, or SQL, in a database.
    sheet : str or int, optional
        Of an Excel file.
    delimiter, encoding : str, optional
        Of text.
    header : bool, optional
        Whether the first line of text has headings.
    memory_limit : str
        Of the embedded engine.
    fleeting : bool
        True when the source goes away after the reading.
    """

    name: str = ""
    table: str | None = None
    sheet: str | int | None = None
    delimiter: str | None = None
    encoding: str | None = None
    header: bool | None = None
    memory_limit: str = "1.5GB"
    fleeting: bool = False


READERS: Registry[Reader] = Registry("source", "segdash.sources")


def read_rows(source: Any, options: Options | None = None) -> Rows:
    """The rows of any source.

    Parameters
    ----------
    source : path, file object, pandas.DataFrame, Ibis table or connection, or URL
        What the readers in `READERS` accept.
    options : Options, optional
        What is known about it.

    Raises
    ------
    SourceError
        When the source can't be opened or is of no known kind.
    TableError
        When it holds no table.
    """
    options = options or Options()
    if isinstance(source, str | os.PathLike) and "://" not in str(source):
        source = Path(source).expanduser()
        options = replace(options, name=options.name or source.name)
    if callable(getattr(source, "read", None)):
        with tempfile.TemporaryDirectory(prefix="segdash-") as folder:
            return _choose(
                _saved(source, Path(folder)), replace(options, name=options.name or _called(source), fleeting=True)
            )
    return _choose(source, replace(options, name=options.name or "The orders"))


def _choose(source: Any, options: Options) -> Rows:
    for reader in sorted(READERS.values(), key=lambda reader: reader.order):
        if reader.accepts(source, options):
            return reader.read(source, options)
    if isinstance(source, Path):
        what = {"gzip": "gzipped twice"}.get(kind_of(source), kind_of(source))
        raise SourceError(f"{options.name} is {what}, not a table. Open a CSV, TSV, Parquet or Excel file.")
    kinds = ", ".join(sorted(reader.title for reader in READERS.values()))
    raise SourceError(f"A value of type {type(source).__name__} is no source of orders. Give one of: {kinds}.")


def _saved(file: Any, folder: Path) -> Path:
    """What an open file holds, in a file of our own."""
    path = folder / "source"
    with path.open("wb") as copy:
        while block := file.read(1 << 22):
            copy.write(block.encode("utf-8", "replace") if isinstance(block, str) else block)
    return path


def _called(file: Any) -> str:
    name = getattr(file, "name", "")
    return Path(name).name if isinstance(name, str) and name else "The file"


def distinct_headings(headings: list[str]) -> tuple[list[str], list[str]]:
    """Headings that all differ and are not blank, and a note for each that had to be changed.

    Examples
    --------
    >>> distinct_headings(["id", " ", "id"])[0]
    ['id', 'column 2', 'id (column 3)']
    """
    named: list[str] = []
    notes = []
    for i, heading in enumerate(headings, 1):
        clean = heading.strip() or f"column {i}"
        if clean in named:
            notes.append(
                f"Heading '{clean}' stands over several columns; that of column {i} is '{clean} (column {i})'."
            )
            clean = f"{clean} (column {i})"
        named.append(clean)
    return named, notes


def bad_rows(found: list[tuple[int, str, str]]) -> pd.DataFrame:
    """Rows that fit no table as a frame."""
    return pd.DataFrame(found, columns=["line", "reason", "text"])


def numbered(table: ir.Table, headings: list[str]) -> ir.Table:
    """The table with its columns called c0, c1, ..."""
    return table.select(**{f"c{i}": table[heading] for i, heading in enumerate(headings)})
