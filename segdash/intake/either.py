"""A file that may be a customer table or an order log."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from segdash.errors import TableError
from segdash.intake.customers import read_customers
from segdash.intake.orders import Orders, orders_of
from segdash.schema import HEADINGS, RFM, fold
from segdash.sources.rows import Options, read_rows

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

TRIED_TWICE = 64 * 1024**2
"""Bytes up to which a file that is no order log is tried as a customer table, whatever it is."""


def read_either(source: Any, *, name: str = "") -> pd.DataFrame | Orders:
    """The customers of a customer table, or the orders of an order log, by their headings.

    Parameters
    ----------
    source : path or file object
        A file object must be seekable.
    name : str
        What sentences call the source.

    Raises
    ------
    SegdashError
        When it is neither; for an order log whose dates can be read two ways, `DateTieError`.
    """
    try:
        rows = read_rows(source, Options(name=name))
    except TableError:
        # One column, or nothing: the reader of customer tables says so as well, and knows more encodings of nothing.
        # It reads all of a file at once, though.
        if isinstance(source, Path) and source.stat().st_size > TRIED_TWICE:
            raise
        _rewind(source)
        return read_customers(source, name=name)
    if looks_like_customers(rows.headings, at_least=2):
        _rewind(source)
        return read_customers(source, name=name)
    try:
        return orders_of(rows, {})
    except TableError as refused:
        if refused.faults and refused.faults[0].startswith("No column is"):
            _rewind(source)
            read_customers(source, name=name)  # neither: say what a customer table lacks
        raise


def looks_like_customers(headings: Iterable[str], *, at_least: int = 1) -> bool:
    """Whether that many of recency, frequency and monetary are among the headings, as no order log has them.

    Examples
    --------
    >>> looks_like_customers(["Customer ID", "Recency"]), looks_like_customers(["customer", "date", "amount"])
    (True, False)
    """
    known = {fold(heading) for heading in headings}
    return sum(any(alias in known for alias in HEADINGS[metric]) for metric in RFM) >= at_least


def _rewind(source: Any) -> None:
    if hasattr(source, "seek"):
        source.seek(0)
