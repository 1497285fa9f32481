"""Asking an engine: what it refuses becomes a sentence, and another thread can stop it or see how far it is."""

from __future__ import annotations

import contextlib
import re
import threading
from typing import TYPE_CHECKING, Any

from segdash.errors import CancelledError, SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator

    import ibis.expr.types as ir

ENGINES = ("duckdb", "_duckdb", "psycopg", "py4j", "pyspark")
"""Packages whose errors are those of an engine, not of the program."""

INTERRUPTED = ("InterruptException", "QueryCanceled")
"""Errors of engines that were stopped."""

_working: dict[int, tuple[Any, str]] = {}


def fetched(expression: ir.Expr, name: str = "", step: str = "") -> Any:
    """The answer of the engine that an Ibis expression belongs to.

    Parameters
    ----------
    expression : ibis Expr
        What is asked.
    name : str
        What sentences call the source.
    step : str
        What is being done, for who waits for it; see `doing`.

    Raises
    ------
    SourceError
        When the engine does not answer, or can't.
    CancelledError
        When another thread stopped it, see `interrupt`.
    """
    with answering(expression._find_backend(), name, step):
        return expression.execute()


@contextlib.contextmanager
def answering(connection: Any, name: str = "", step: str = "") -> Iterator[None]:
    """While an Ibis connection works: its errors become sentences, `interrupt` and `doing` find it."""
    try:
        with working(connection, step):
            yield
    except Exception as error:  # engines' errors share no parent
        if type(error).__module__.split(".")[0] not in ENGINES:
            raise
        raise SourceError(
            f"{name or 'The engine'} stopped answering: {said(error)}. Look whether it is still there, and try again."
        ) from error


@contextlib.contextmanager
def working(connection: Any, step: str = "") -> Iterator[None]:
    """While an Ibis connection works: `interrupt` and `doing` find it."""
    thread = threading.get_ident()
    _working[thread] = (connection, step)
    try:
        yield
    except Exception as error:  # as above; any other goes on
        if type(error).__name__ not in INTERRUPTED:
            raise
        raise CancelledError("Cancelled while the engine was at work.") from None
    finally:
        _working.pop(thread, None)


def interrupt(thread: int) -> bool:
    """Stop what an engine does for a thread; True when it was at work and can be stopped."""
    connection = getattr(_working.get(thread, (None, ""))[0], "con", None)
    stop = getattr(connection, "interrupt", None) or getattr(connection, "cancel", None)
    if stop is None:
        return False
    stop()
    return True


def doing(thread: int) -> tuple[str, float | None] | None:
    """What an engine does for a thread, and the share that is done (0..1) where the engine knows it; None for nothing.

    Examples
    --------
    >>> doing(-1)
    """
    import duckdb

    found = _working.get(thread)
    if found is None:
        return None
    connection, step = found
    ask = getattr(getattr(connection, "con", None), "query_progress", None)
    try:
        percent = ask() if ask else -1.0  # -1 where the engine does not know
    except duckdb.Error:  # it has just gone away
        percent = -1.0
    return step, percent / 100 if 0 <= percent <= 100 else None


def said(error: Exception) -> str:
    """What an engine says, without a password that it may repeat."""
    lines = str(error).strip().splitlines()
    return re.sub(r"://[^@\s]*@", "://", lines[0][:200]) if lines else type(error).__name__
