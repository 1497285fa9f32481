"""Parquet: a file, a folder or a glob. Small ones are loaded; large ones are read by each query, never as a whole."""

from __future__ import annotations

import glob
from pathlib import Path
from typing import Any

from segdash.errors import SourceError, TableError
from segdash.sources.answering import working
from segdash.sources.engine import embedded
from segdash.sources.files import kind_of
from segdash.sources.rows import READERS, ROW, Options, Reader, Rows, distinct_headings, numbered

LOADED = 5_000_000
"""Rows up to which they are copied into the engine, where each further question costs less."""


def _files(source: Path) -> list[str]:
    if source.is_dir():
        return sorted(str(path) for path in source.rglob("*.parquet"))
    return sorted(glob.glob(str(source))) if glob.has_magic(str(source)) else []  # noqa: PTH207 - absolute globs


def _accepts(source: Any, _options: Options) -> bool:
    return isinstance(source, Path) and (bool(_files(source)) or source.is_dir() or kind_of(source) == "parquet")


def _read(source: Path, options: Options) -> Rows:
    files = _files(source) or [str(source)]
    if source.is_dir() and not _files(source):
        raise SourceError(f"{options.name}: the folder holds no file that ends in .parquet. Name a file in it.")
    import duckdb

    connection = embedded(options.memory_limit)
    try:
        with working(connection, "Loading the rows"):
            table = connection.read_parquet(files, table_name="source", union_by_name=True)
            headings, notes = distinct_headings(list(table.columns))
            size = table.count().execute()
            table = numbered(table, list(table.columns))
            loaded = options.fleeting or size <= LOADED
            if loaded:
                connection.create_table("loaded", table)
                table = connection.table("loaded")
                table = table.mutate(**{ROW: table.rowid() + 1})
    except duckdb.Error as error:
        said = str(error).splitlines()[0]
        raise SourceError(f"{options.name} is a damaged Parquet file ({said}). Copy or write it again.") from None
    if not size:
        raise TableError(options.name, ["The file has no rows. Open a file with a row per order line."])
    notes += [f"Read together are {len(files):,} files."] if len(files) > 1 else []
    return Rows(options.name, table, headings, loaded=loaded, notes=tuple(notes))


READERS.register("parquet")(Reader("a Parquet file, folder or glob", _accepts, _read, order=10))
