"""Cells of any engine to canonical values, as Ibis expressions: ids, moments, numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from segdash.errors import SourceError, TableError, quote
from segdash.intake.cells import MISSING, Column
from segdash.intake.dates import TIME, Reading, choose_reading, is_aware, read_with, shown, time_format
from segdash.intake.numbers import read_numbers

if TYPE_CHECKING:
    from collections.abc import Sequence

    import ibis.expr.types as ir

MOST_NUMBERS = 20_000
"""Different cells by which the decimal sign of a column of text is judged."""

_PLAIN = r"^[-+]?([0-9]{1,15}(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]{1,2})?$"
_CURRENCY = r"^(\(?[-+]?) ?([A-Z]{2,3}\$?|[$€£¥₹₽₩₺฿₫₪₦])? ?"
_CURRENCY_AFTER = r" ?([A-Z]{3}|[$€£¥₹₽₩₺฿₫₪₦]|kr|zł|Kč|Ft)?(\)?)$"


def is_embedded(table: ir.Table) -> bool:
    """True for tables of the DuckDB engine, whose functions go further than Ibis'."""
    return table._find_backend().name == "duckdb"


def stripped(cell: ir.Value) -> ir.StringValue:
    """A cell as text without surrounding blanks, NULL where it holds no value."""
    text = cell.cast("string").strip() if not cell.type().is_string() else cell.strip()
    return text.lower().isin(MISSING).ifelse(None, text)


def identity(cell: ir.Value) -> ir.StringValue:
    """An id as text: 17850.0 is 17850, and anything else stays as it is."""
    kind = cell.type()
    if kind.is_floating():
        whole = (cell == cell.floor()) & (cell.abs() < 2.0**53)
        return whole.ifelse(cell.cast("int64").cast("string"), cell.cast("string"))
    text = stripped(cell)
    if kind.is_integer():
        return text
    return text.re_search(r"^[0-9]+\.0+$").ifelse(text.re_extract(r"^([0-9]+)\.0+$", 1), text)


# -- moments ------------------------------------------------------------------------------------------------


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


def moments(table: ir.Table, column: str, heading: str, name: str, date_format: Any, zone: str) -> Moments:
    """Read a column of dates or moments.

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
    found = parts.group_by("date", "time").agg(n=lambda t: t.n.sum()).execute()
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

    if not is_embedded(table):
        if any(not form.startswith("%Y-%m-%d") for form in formats):
            raise SourceError(
                f"Column {quote(heading)} is text that this engine can't read as {shown(formats[0])}. "
                'Give SQL that casts it to a timestamp: table="SELECT ...".'
            )
        plain = text.re_search(r"^[0-9]{4}-[0-9]{2}-[0-9]{2}")
        return ibis.cases((plain, text.cast("timestamp")))
    if all(form.startswith("%Y-%m-%d") and not form.endswith("%p") for form in formats):
        return text.try_cast("timestamp")  # twice as fast

    @ibis.udf.scalar.builtin(name="try_strptime", signature=(("string", "array<string>"), "timestamp"))
    def try_strptime(text, formats): ...  # type: ignore[no-untyped-def]  # the engine has it

    return try_strptime(text, ibis.array(list(formats)))


# -- numbers ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Figures:
    """A column of numbers, read: NULL where the cell is empty, no number, or not finite."""

    value: ir.FloatingValue
    notes: list[str]


def figures(table: ir.Table, column: str, heading: str, name: str, decimal: str | None) -> Figures:
    """Read a column of amounts, prices or quantities, with its currency signs, separators and parentheses.

    Raises
    ------
    TableError
        When nothing decides whether 1,234 is a little more than one or more than a thousand.
    """
    cell = table[column]
    if cell.type().is_numeric():
        value = cell.cast("float64")
        # NaN would pass every comparison and spoil every sum.
        return Figures((value.isnan() | value.isinf()).ifelse(None, value) if cell.type().is_floating() else value, [])
    text = stripped(cell)
    plain = _number(table, text)
    odd = table.select(cell=text, number=plain).filter(lambda t: t.cell.notnull() & t.number.isnull())
    found = odd.select("cell").distinct().limit(MOST_NUMBERS).execute()["cell"].dropna().astype("str")
    if not len(found) and decimal != ",":
        return Figures(plain, [])
    bare = found.str.replace(_CURRENCY, r"\1", regex=True).str.replace(_CURRENCY_AFTER, r"\2", regex=True)
    bare = bare.str.replace(r"^\((.*)\)$", r"-\1", regex=True)
    usual = table.select(cell=text).filter(lambda t: t.cell.contains(".")).distinct().limit(1000).execute()["cell"]
    column_of = Column(heading, pd.concat([bare, usual.astype("str")], ignore_index=True))
    numbers = read_numbers({0: column_of}, decimal)[0]
    if numbers.unsure:
        cell_text = next(c for c in bare if "," in c)
        raise TableError(
            name,
            [
                f"Column {quote(heading)} holds {quote(cell_text)}, whose comma can be a decimal sign or stand between "
                'thousands, and no cell decides. Pass decimal="," or decimal=".".'
            ],
        )
    notes = [said] if (said := numbers.note(heading)) else []
    if (bare.to_numpy() != found.to_numpy()).any():
        notes.append(
            f"Currency signs and parentheses (for negative numbers) in column {quote(heading)} are understood."
        )
    clean = text.re_replace(_CURRENCY, r"\1").re_replace(_CURRENCY_AFTER, r"\2")
    clean = clean.re_search(r"^\(.*\)$").ifelse(_concat("-", clean.re_replace(r"[()]", "")), clean)
    if numbers.group:
        clean = clean.re_replace(f"([0-9])[{numbers.group}]([0-9]{{3}})", r"\1\2")
        clean = clean.re_replace(f"([0-9])[{numbers.group}]([0-9]{{3}})", r"\1\2")
    if numbers.decimal == ",":
        clean = clean.replace(",", ".")
    return Figures(_number(table, clean), notes)


def _concat(lead: str, text: ir.StringValue) -> ir.StringValue:
    import ibis

    return ibis.literal(lead) + text


def _number(table: ir.Table, text: ir.StringValue) -> ir.FloatingValue:
    """Text as a number, NULL where it is none."""
    import ibis

    if is_embedded(table):
        value = text.try_cast("float64")
        return (value.isnan() | value.isinf()).ifelse(None, value)
    return ibis.cases((text.re_search(_PLAIN), text.cast("float64")))
