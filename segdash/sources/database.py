"""Tables of databases and engines: a DuckDB file, any Ibis connection, table or URL (Postgres, Spark, ...)."""

from __future__ import annotations

import re
import weakref
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from segdash.errors import MissingExtraError, SourceError, did_you_mean, quote
from segdash.sources.answering import said
from segdash.sources.rows import READERS, Options, Reader, Rows, distinct_headings, numbered

if TYPE_CHECKING:
    import ibis.expr.types as ir

EXTRAS = {"postgres": "postgres", "postgresql": "postgres", "pyspark": "spark"}
"""Scheme of a URL -> the extra that brings its library."""


def _accepts(source: Any, _options: Options) -> bool:
    if isinstance(source, Path):
        return _is_duckdb(source)
    if isinstance(source, str):
        return "://" in source
    return _is_connection(source) or _is_table(source)


def _is_duckdb(path: Path) -> bool:
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(12)[8:12] == b"DUCK"


def _is_table(source: Any) -> bool:
    return type(source).__module__.startswith("ibis.expr.types") and hasattr(source, "columns")


def _is_connection(source: Any) -> bool:
    spark = type(source).__name__ == "SparkSession"
    return spark or type(source).__module__.startswith("ibis.backends.")


def _read(source: Any, options: Options) -> Rows:
    table = source if _is_table(source) else _table(_connected(source, options), options)
    headings, notes = distinct_headings(list(table.columns))
    return Rows(options.name, numbered(table, list(table.columns)), headings, notes=tuple(notes))


def _connected(source: Any, options: Options) -> Any:
    import ibis

    if _is_connection(source) and type(source).__name__ != "SparkSession":
        return source
    if isinstance(source, str) and source.startswith("duckdb://"):
        # Read only: a file that another process reads as well, or that another address names, opens all the same.
        source = Path(source.removeprefix("duckdb://"))
    scheme = "duckdb" if isinstance(source, Path) else urlsplit(source).scheme if isinstance(source, str) else "pyspark"
    try:
        if isinstance(source, Path):
            return _closing(ibis.duckdb.connect(source, read_only=True))
        return _closing(ibis.connect(source)) if isinstance(source, str) else ibis.pyspark.connect(source)
    except ImportError:
        raise MissingExtraError.of(f"Reading from {scheme}", EXTRAS.get(scheme, scheme)) from None
    except Exception as error:  # each backend has errors of its own
        raise SourceError(
            f"{_shown(source)} does not answer: {said(error)}. Check address, name and password."
        ) from None


def _closing(connection: Any) -> Any:
    """A connection of our own, closed when nothing uses it any more."""
    weakref.finalize(connection, connection.con.close)
    return connection


def _table(connection: Any, options: Options) -> ir.Table:
    wanted = options.table
    try:
        known = sorted(connection.list_tables())
        if wanted is None:
            if len(known) == 1:
                return connection.table(known[0])
            raise SourceError(f"Say which table holds the orders: table=.{did_you_mean('orders', known)}")
        if re.match(r"\s*(select|with)\b", wanted, re.IGNORECASE):
            return connection.sql(wanted)
        if wanted not in known and "." not in wanted:
            raise SourceError(f"No table is called {quote(wanted)}.{did_you_mean(wanted, known)}")
        return connection.table(wanted)
    except SourceError:
        raise
    except Exception as error:
        raise SourceError(f"{quote(wanted, 100)} can't be read: {said(error)}. Check the name or the SQL.") from None


def _shown(source: Any) -> str:
    """An address without its password."""
    if not isinstance(source, str):
        return quote(source) if isinstance(source, Path) else "The engine"
    parts = urlsplit(source)
    where = f"{parts.hostname or ''}{f':{parts.port}' if parts.port else ''}{parts.path}"
    return f"{parts.scheme}://{where}"


READERS.register("database")(Reader("a DuckDB file, an Ibis table, connection or URL", _accepts, _read, order=5))
