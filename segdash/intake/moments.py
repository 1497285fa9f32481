"""Cells of any engine to moments, as Ibis expressions: each is one, or NULL, and no text stops a query."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from segdash.errors import SourceError, TableError, count, quote
from segdash.intake.cells_sql import is_embedded, rewritten, stripped
from segdash.intake.date_patterns import MONTHS, date_patterns
from segdash.intake.dates import TIME, Reading, choose_reading, is_aware, read_with, shown, time_format
from segdash.sources.answering import fetched

if TYPE_CHECKING:
    from collections.abc import Sequence

    import ibis.expr.types as ir
    import pandas as pd

    from segdash.intake.date_patterns import DatePattern


@dataclass(frozen=True)
class Moments:
    """A column of moments, read.

    Parameters
    ----------
    value : ibis expression of timestamp
        Without zone; NULL where the cell is empty or can't be read.
    reading : Reading or None
        What the dates are read as; None for a column whose type says it.
    notes : list of str
        What had to be decided.
    """

    value: ir.TimestampValue
    reading: Reading | None
    notes: list[str]


def moments(
    table: ir.Table, column: str, heading: str, name: str, date_format: Any, zone: str, plain: Reading | None = None
) -> Moments:
    """Read a column of dates or moments; ``plain`` is the reading of one that is known to be in ISO form.

    Raises
    ------
    TableError
        When no reading is clear; see `segdash.intake.dates.choose_reading`.
    """
    cell = table[column]
    kind = cell.type()
    if kind.is_timestamp():
        if kind.timezone is None:
            return Moments(cell, None, [])
        return Moments(*_to_zone(table, cell, heading, zone))
    if kind.is_date():
        return Moments(cell.cast("timestamp"), None, [])
    text = stripped(cell)
    if plain is not None:
        note = f"Column {quote(heading)} is read as YYYY-MM-DD ({count(sum(plain.days.values()), 'row')})."
        return Moments(text.try_cast("timestamp"), plain, [note])
    if date_format and "%H" in "".join(_listed(date_format)):
        return _by_whole_format(table, text, heading, _listed(date_format))
    shapes = _shapes(table, text)
    times = sorted(set(shapes["time"]))
    dates = [(str(date), int(n)) for date, n in shapes.groupby("date")["n"].sum().items()]
    if date_format:
        reading, notes = read_with(_listed(date_format), dates), [f"Column {quote(heading)} is read as you said."]
    else:
        reading, notes = choose_reading(dates, name=name, heading=heading)
    if any(is_aware(time) for time in times):
        return _aware(table, text, heading, name, reading, notes, zone)
    endings = [ending for time in times if (ending := time_format(time)) is not None] or [""]
    formats = [form + ending for form in reading.formats for ending in dict.fromkeys(endings)]
    return Moments(_parsed(table, text, formats, heading), reading, notes)


def _listed(date_format: Any) -> list[str]:
    return [date_format] if isinstance(date_format, str) else list(date_format)


def _shapes(table: ir.Table, text: ir.StringValue) -> pd.DataFrame:
    """Each different date part and shape of the time part (its digits written 9), with the number of rows."""
    cells = table.select(cell=text).filter(lambda t: t.cell.notnull())
    cells = cells.group_by("cell").agg(n=lambda t: t.count())
    time = cells.cell.re_search(TIME).ifelse(cells.cell.re_extract("(" + TIME[:-1] + ")$", 1), "")
    parts = cells.select(date=cells.cell.re_replace(TIME, "").strip(), time=time.re_replace("[0-9]", "9"), n="n")
    found = fetched(parts.group_by("date", "time").agg(n=lambda t: t.n.sum()))
    found["time"] = found["time"].str.replace(r"\b9:", "99:", regex=True)
    found["time"] = found["time"].str.replace(r"([.,])9+", r"\g<1>999", regex=True)
    return found


def _to_zone(table: ir.Table, cell: ir.TimestampValue, heading: str, zone: str) -> tuple[Any, None, list[str]]:
    if zone != "UTC":
        if not is_embedded(table):
            raise SourceError(f"Moments of {quote(heading)} can be converted to UTC only; leave time_zone= out.")
        cell = _at_zone(zone, cell)
    else:
        cell = cell.cast("timestamp('UTC')").cast("timestamp")
    return cell, None, [f"Moments of column {quote(heading)} are converted to {zone}."]


def _at_zone(zone: str, cell: ir.TimestampValue) -> ir.TimestampValue:
    import ibis

    @ibis.udf.scalar.builtin(name="timezone", signature=(("string", "timestamp('UTC')"), "timestamp"))
    def timezone(zone, cell): ...  # type: ignore[no-untyped-def]  # the engine has it

    return timezone(zone, cell)


def _aware(
    table: ir.Table, text: ir.StringValue, heading: str, name: str, reading: Reading, notes: list[str], zone: str
) -> Moments:
    """Text that names its zone."""
    if not is_embedded(table) or reading.formats != ("%Y-%m-%d",):
        raise TableError(
            name,
            [f"Column {quote(heading)} names time zones, which can be read in the form 2024-12-31T23:59:59Z only."],
        )
    cell = text.try_cast("timestamp('UTC')")
    value, _, said = _to_zone(table, cell, heading, zone)
    return Moments(value, reading, [*notes, *said])


def _by_whole_format(table: ir.Table, text: ir.StringValue, heading: str, formats: Sequence[str]) -> Moments:
    told = ", ".join(shown(form) for form in formats)
    value = _parsed(table, text, formats, heading)
    return Moments(value, None, [f"Column {quote(heading)} is read as {told}, as you said."])


def _parsed(table: ir.Table, text: ir.StringValue, formats: Sequence[str], heading: str) -> ir.TimestampValue:
    import ibis

    # A year of two digits is no year of four; the other way round the year 24 would be found.
    formats = sorted(formats, key=lambda form: "%y" not in form)
    if not is_embedded(table):
        return guarded(text, formats, heading)
    if all(form.startswith("%Y-%m-%d") and not form.endswith("%p") for form in formats):
        return text.try_cast("timestamp")  # twice as fast

    @ibis.udf.scalar.builtin(name="try_strptime", signature=(("string", "array<string>"), "timestamp"))
    def try_strptime(text, formats): ...  # type: ignore[no-untyped-def]  # the engine has it

    return try_strptime(text, ibis.array(list(formats)))


def guarded(text: ir.StringValue, formats: Sequence[str], heading: str) -> ir.TimestampValue:
    """The moment that a text names in the first format it is in, NULL where it is in none; on any engine.

    Parameters
    ----------
    text : ibis expression of string
    formats : sequence of str
        As `strptime` has them.
    heading : str
        What sentences call the column.

    Raises
    ------
    SourceError
        For a format with other letters than `segdash.intake.date_patterns.date_patterns` knows.
    """
    import ibis

    cases = []
    for form in formats:
        patterns = date_patterns(form)
        if patterns is None:
            raise SourceError(
                f"Column {quote(heading)} is text that this engine can't read as {quote(form)}. Write the format with "
                "%d %m %b %B %Y %y %H %I %M %S %f %p, or give SQL that casts it to a timestamp: "
                'table="SELECT ...".'
            )
        cases += [(text.re_search(pattern.real), _iso(text, pattern)) for pattern in patterns]
    # Cast is only what is in ISO form and real: engines may work out branches that they do not need.
    moment = ibis.cases(*cases).cast("timestamp")
    return _afternoon(text, moment) if any("%p" in form for form in formats) else moment


def _iso(text: ir.StringValue, pattern: DatePattern) -> ir.StringValue:
    """A text in ISO form, the hour as it stands."""
    iso = rewritten(text, pattern.parts, pattern.iso)
    if pattern.is_named:
        for name, number in MONTHS.items():
            iso = rewritten(iso, name, number)
    return iso


def _afternoon(text: ir.StringValue, moment: ir.TimestampValue) -> ir.TimestampValue:
    """Hours that count to 12 as hours of the day."""
    import ibis

    half_day, noon = ibis.interval(hours=12), moment.hour() == 12
    late, early = text.re_search("[Pp][Mm]"), text.re_search("[Aa][Mm]")
    return ibis.cases((late & ~noon, moment + half_day), (early & noon, moment - half_day), else_=moment)
