"""The embedded engine: a DuckDB of its own per data set, in memory, which spills to disk what is beyond its limit."""

from __future__ import annotations

import shutil
import tempfile
import weakref
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ibis.backends.duckdb import Backend

MEMORY_LIMIT = "1.5GB"
"""What the engine keeps in memory before it writes to disk."""


def embedded(memory_limit: str = MEMORY_LIMIT) -> Backend:
    """A new embedded engine, whose files go away with it.

    Parameters
    ----------
    memory_limit : str
        As DuckDB writes it; beyond it, the engine spills to disk.
    """
    import ibis

    folder = Path(tempfile.mkdtemp(prefix="segdash-"))
    connection = ibis.duckdb.connect(memory_limit=memory_limit, temp_directory=str(folder / "spill"))
    connection.raw_sql("SET TimeZone = 'UTC'")
    # Not to print it: `segdash.sources.answering.doing` asks for it.
    connection.raw_sql("SET enable_progress_bar = true; SET enable_progress_bar_print = false")
    weakref.finalize(connection, shutil.rmtree, folder, ignore_errors=True)
    return connection


def literal(text: str) -> str:
    """A text as SQL writes it.

    Examples
    --------
    >>> literal("it's")
    "'it''s'"
    """
    return "'" + text.replace("'", "''") + "'"
