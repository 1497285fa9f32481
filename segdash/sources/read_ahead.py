"""Columns of text that are cast while they are loaded, so that no query has to cast them again."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import ibis.expr.types as ir

READ = "read "
"""Begins the names of columns that hold what others hold as text."""

MOMENT, NUMBER = "moment", "number"

_ISO = re.compile(r"\d{4}-\d\d-\d\d([ T]\d\d:\d\d(:\d\d)?)?")
_DECIMAL = re.compile(r"[-+]?(\d+|\d*\.\d+)")


def kinds(rows: Iterable[Sequence[str]], width: int) -> dict[str, str]:
    """Columns that look like moments in ISO form or like numbers with a decimal point, by their first rows.

    Parameters
    ----------
    rows : iterable of list of str
        Cells; rows of another width are passed over.
    width : int
        Number of columns.

    Returns
    -------
    dict of str to str
        Column (c0, c1, ...) -> `MOMENT` or `NUMBER`. Only what costs time depends on it: what a cell is, is decided
        for each cell.

    Examples
    --------
    >>> kinds([["17850", "2024-01-05 08:26", "2.55"], ["17850", "2024-01-06", ""]], 3)
    {'c1': 'moment', 'c2': 'number'}
    """
    columns = list(zip(*(row for row in rows if len(row) == width), strict=True))
    found = {}
    for i, column in enumerate(columns):
        cells = [cell for cell in column if cell]
        if cells and all(_ISO.fullmatch(cell) for cell in cells):
            found[f"c{i}"] = MOMENT
        elif any("." in cell for cell in cells) and all(_DECIMAL.fullmatch(cell) for cell in cells):
            found[f"c{i}"] = NUMBER
    return found


def reading(source: str, columns: Sequence[str], found: dict[str, str]) -> str:
    """SQL that selects columns of text, and after them what some are cast to.

    Parameters
    ----------
    source : str
        SQL of the text.
    columns : sequence of str
        All its columns.
    found : dict of str to str
        As `kinds` gives it.
    """
    import ibis

    text = ibis.table(dict.fromkeys(columns, "string"), name="text")
    casts = {MOMENT: iso_moment, NUMBER: lambda cell: cell.try_cast("float64")}
    both = text.mutate(**{f"{READ}{column}": casts[kind](text[column]) for column, kind in found.items()})
    return f"WITH text AS ({source}) {ibis.to_sql(both, dialect='duckdb')}"


def moment_read(table: ir.Table, column: str) -> ir.TimestampValue:
    """The moment that each cell of a column of text holds in ISO form, NULL where it holds none."""
    read = _read(table, column)
    return iso_moment(table[column]) if read is None or not read.type().is_timestamp() else read


def number_read(table: ir.Table, column: str) -> ir.FloatingValue:
    """The number that each cell of a column of text holds, NULL where it holds none."""
    read = _read(table, column)
    return table[column].try_cast("float64") if read is None or not read.type().is_floating() else read


def _read(table: ir.Table, column: str) -> ir.Value | None:
    name = f"{READ}{column.rpartition(' ')[2]}"  # the same for the column whose blanks are stripped
    return table[name] if name in table.columns else None


def iso_moment(cell: ir.StringValue) -> ir.TimestampValue:
    """The moment that a cell holds in ISO form without zone, NULL where it holds none."""
    import ibis

    size = cell.length()
    # A pattern of single places is quicker than looking at them one by one.
    form = ibis.cases(
        (size == 19, cell.like("____-__-_____:__:__")),
        (size == 10, cell.like("____-__-__")),
        (size == 16, cell.like("____-__-_____:__")),
        else_=False,
    )
    # A moment is cast as one: a wrong time of day is no date either.
    return ibis.cases((form, cell.try_cast("timestamp")))
