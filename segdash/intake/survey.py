"""One pass over all rows that finds which columns need no care: reading those then costs nothing per query."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd

from segdash.intake.cells import MISSING
from segdash.intake.dates import FIRST_YEAR, LAST_YEAR, Reading
from segdash.sources.answering import fetched
from segdash.sources.read_ahead import moment_read, number_read

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    import ibis.expr.types as ir

ID, WORD, DATE, NUMBER = "id", "word", "date", "number"
"""What a column is read as."""

LONGEST_MISSING = max(len(word) for word in MISSING)

LARGEST = 500_000_000_000
"""Numbers beyond it are set aside: ten thousand times as much is still a whole number that float64 holds exactly."""

LOOKING = "Looking at every cell"


@dataclass(frozen=True)
class Survey:
    """What one pass over the columns in use found. An empty one claims nothing.

    Parameters
    ----------
    plain : frozenset of str
        Columns each of whose cells is NULL or can be used as it stands: no blanks around it, no word such as "n/a",
        no id such as 17.0, no number that can't be counted; dates in ISO form, all of them real ones.
    full : frozenset of str
        Columns without a NULL.
    in_range : bool
        True when every date is known to be in the years `FIRST_YEAR` to `LAST_YEAR`.
    days : mapping of date to int
        Rows per day of a column of text in ISO form.
    """

    plain: frozenset[str] = frozenset()
    full: frozenset[str] = frozenset()
    in_range: bool = False
    days: Mapping[date, int] = field(default_factory=dict)

    @property
    def reading(self) -> Reading | None:
        """How dates in ISO form are read, if they are."""
        return Reading(("%Y-%m-%d",), 0, 0, self.days) if self.days else None

    def is_sound(self, column: str) -> bool:
        """True when every cell of the column holds a value that can be used as it stands."""
        return column in self.plain and column in self.full


def survey(table: ir.Table, uses: Sequence[tuple[str, str]], name: str = "") -> Survey:
    """Look at every cell of some columns once.

    Parameters
    ----------
    table : ibis Table
        Of the embedded engine. The claims hold as long as its rows stay the same.
    uses : sequence of (str, str)
        Columns, and what each is read as: `ID`, `WORD`, `DATE` or `NUMBER`. One column may have several uses.
    name : str
        What sentences call the source.
    """
    names = list(dict.fromkeys(column for column, _ in uses))
    date = next((name for name, kind in uses if kind == DATE), None)
    written = date is not None and table[date].type().is_string()
    flagged = [(column, kind) for column, kind in uses if not (written and kind == DATE)]
    rough = {f"rough {i}": _is_rough(table, *use).fill_null(False).any() for i, use in enumerate(flagged)}
    given = {f"given {name}": table[name].count() for name in names}
    ends = {}
    if date is not None and _is_calendar(table[date].type()):
        ends = {"first": table[date].min().year(), "last": table[date].max().year()}
    # Days apart from the rest: aggregates per day would take longer than those of all rows.
    found = fetched(table.aggregate(rows=table.count(), **rough, **given, **ends), name, LOOKING).iloc[0]
    days = _days(table, str(date), name) if written else {}
    years = [day.year for day in days] + [int(found[end]) for end in ends if pd.notna(found[end])]
    in_range = bool(years) and min(years) >= FIRST_YEAR and max(years) <= LAST_YEAR
    bad = {column for i, (column, _) in enumerate(flagged) if found[f"rough {i}"]}
    if written and (not in_range or sum(days.values()) < found[f"given {date}"]):
        bad.add(str(date))  # typing errors are counted and told apart where other dates are
    return Survey(
        plain=frozenset(names) - bad,
        full=frozenset(name for name in names if found[f"given {name}"] == found["rows"]),
        in_range=in_range and date not in bad,
        days={} if date in bad else days,
    )


def _days(table: ir.Table, column: str, name: str) -> dict[date, int]:
    """Rows per day of a column of text, of the cells in ISO form."""
    day = moment_read(table, column).cast("date")
    counted = fetched(table.select(day=day).group_by("day").agg(rows=lambda days: days.count()), name, LOOKING).dropna()
    return {pd.Timestamp(day).date(): int(n) for day, n in zip(counted["day"], counted["rows"], strict=True)}


def _is_rough(cells: ir.Table, name: str, kind: str) -> ir.BooleanValue:
    """True for the cells of a column that can't be used as they stand."""
    import ibis

    cell = cells[name]
    if not cell.type().is_string():
        return _is_rough_value(cell, kind)
    if kind == NUMBER:
        # A number with blanks around it is cast all the same.
        return cell.notnull() & ~is_countable(number_read(cells, name)).fill_null(False)
    rough = is_padded(cell) | is_missing_word(cell)
    whole = cell.endswith(".0") | cell.endswith(".00") if kind == ID else ibis.literal(False)
    return rough | whole


def _is_rough_value(cell: ir.Value, kind: str) -> ir.BooleanValue:
    """The same for a column whose type says more than that it is text."""
    import ibis

    known = cell.type()
    if kind == NUMBER and known.is_numeric():
        return ~is_countable(cell.cast("float64"))
    plain = {DATE: _is_calendar(known), NUMBER: False}.get(kind, not known.is_floating())
    return cell.notnull() & ibis.literal(not plain)


def _is_calendar(known: Any) -> bool:
    """True for the types of dates, and of moments without zone."""
    return bool(known.is_date() or (known.is_timestamp() and known.timezone is None))


def is_padded(cell: ir.StringValue) -> ir.BooleanValue:
    """True where blanks may stand around a cell. Seeing that takes a thirtieth of the time of removing them."""
    ends = cell.endswith(" ") | cell.endswith("\t") | cell.endswith("\r") | cell.endswith("\n")
    return (cell < "!") | ends  # whatever sorts before "!" is blank


def is_missing_word(cell: ir.StringValue) -> ir.BooleanValue:
    """True where a cell without blanks around it says that it holds no value."""
    import ibis

    # The engine looks only at the branch it needs: long cells are not compared with the words for nothing.
    return ibis.cases((cell.length() > LONGEST_MISSING, False), else_=cell.lower().isin(MISSING))


def is_countable(value: ir.FloatingValue) -> ir.BooleanValue:
    """True for numbers up to `LARGEST`; not for NaN, which engines sort above any number."""
    return value.abs() <= LARGEST
