"""Cells of any engine to canonical values, as Ibis expressions: ids, numbers."""

from __future__ import annotations

import contextlib
import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from segdash.errors import SourceError, TableError, quote
from segdash.intake.cells import MISSING, Column
from segdash.intake.numbers import read_numbers
from segdash.intake.survey import LONGEST_MISSING, Survey, is_countable, is_padded
from segdash.sources.answering import answering, fetched
from segdash.sources.read_ahead import number_read

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import ibis.expr.types as ir

MOST_NUMBERS = 20_000
"""Different cells by which the decimal sign of a column of text is judged."""

STRIPPED = "stripped "
"""Begins the names of columns whose cells are stripped already."""

_NUMBERS = itertools.count(1)

_PLAIN = r"^[-+]?([0-9]{1,15}(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]{1,2})?$"
_CURRENCY = r"^(\(?[-+]?) ?([A-Z]{2,3}\$?|[$€£¥₹₽₩₺฿₫₪₦])? ?"
_CURRENCY_AFTER = r" ?([A-Z]{3}|[$€£¥₹₽₩₺฿₫₪₦]|kr|zł|Kč|Ft)?(\)?)$"


def is_embedded(table: ir.Table) -> bool:
    """True for tables of the DuckDB engine, whose functions go further than Ibis'."""
    return table._find_backend().name == "duckdb"


def staged(table: ir.Table) -> ir.Table:
    """The same table under a name of its own, where the engine is ours.

    Expressions built on each other are written out in full at each place of use; planning such a query takes longer
    than running it on a million rows. A named stage is written once.
    """
    if not is_embedded(table):
        return table
    import ibis

    backend, name = table._find_backend(), f"stage_{next(_NUMBERS)}"
    # Temporary: the file of a database that is only read stays as it is.
    backend.raw_sql(f"CREATE TEMP VIEW {name} AS {ibis.to_sql(table, dialect='duckdb')}")
    return backend.table(name)


def stored(table: ir.Table, name: str, step: str = "Sorting the rows") -> ir.Table:
    """The same table, computed once and kept in its engine.

    ``name`` is what sentences call the source, ``step`` what is being done.
    Where the engine lets us make no table, as one that is only read, it stays as it is.
    """
    backend = table._find_backend()
    if backend.name not in ("duckdb", "postgres"):
        return table
    try:
        with answering(backend, name, step):
            return backend.create_table(f"lines_{next(_NUMBERS)}", table, temp=True)
    except SourceError:
        if is_embedded(table):
            raise
        return table


@contextlib.contextmanager
def held(table: ir.Table, name: str) -> Iterator[ir.Table]:
    """The same table, computed once and kept for the block; the table itself in an engine that is not ours."""
    if not is_embedded(table):
        yield table
        return
    backend, held_as = table._find_backend(), f"held_{next(_NUMBERS)}"
    with answering(backend, name, "Accounting for every row"):
        kept = backend.create_table(held_as, table, temp=True)
    try:
        yield kept
    finally:
        backend.drop_table(held_as)


def prepared(table: ir.Table, columns: Iterable[str], known: Survey) -> tuple[ir.Table, dict[str, str]]:
    """The table with text columns stripped once, under other names; and column -> the name to use."""
    texts = {name: f"{STRIPPED}{name}" for name in dict.fromkeys(columns) if table[name].type().is_string()}
    cells = {new: table[name] if name in known.plain else stripped(table[name]) for name, new in texts.items()}
    table = table.mutate(**cells)
    table = table if known.plain.issuperset(texts) else staged(table)
    return table, {name: texts.get(name, name) for name in columns}


def stripped(cell: ir.Value) -> ir.StringValue:
    """A cell as text without surrounding blanks, NULL where it holds no value."""
    import ibis

    if not cell.type().is_string():
        return cell.cast("string")
    if cell.get_name().startswith(STRIPPED):
        return cell
    text = cell.strip()
    if cell._find_backend().name == "duckdb":
        text = is_padded(cell).ifelse(text, cell)
    # Engines look only at the branches they need: long cells are not compared with the words for nothing.
    return ibis.cases((text.length() > LONGEST_MISSING, text), (text.lower().isin(MISSING), None), else_=text)


def rewritten(text: ir.StringValue, pattern: str, new: str) -> ir.StringValue:
    r"""A text with each match of a pattern replaced; ``\1`` in ``new`` is its first group."""
    if any(engine.name == "pyspark" for engine in text._find_backends()[0]):
        new = new.replace("\\", "$")  # as Java writes groups
    return text.re_replace(pattern, new)


def is_missing(cell: ir.Value) -> ir.BooleanValue:
    """True where a cell holds no value."""
    return stripped(cell).isnull() if cell.type().is_string() else cell.isnull()


def identity(cell: ir.Value, *, plain: bool = False) -> ir.StringValue:
    """An id as text: 17850.0 is 17850, and anything else stays as it is, as do all ids of a plain column."""
    kind = cell.type()
    if plain:
        return cell if kind.is_string() else cell.cast("string")
    if kind.is_floating():
        whole = (cell == cell.floor()) & (cell.abs() < 2.0**53)
        return whole.ifelse(cell.cast("int64").cast("string"), cell.cast("string"))
    text = stripped(cell)
    if not kind.is_string():
        return text
    whole = text.endswith(".0") | text.endswith(".00")
    return whole.ifelse(rewritten(text, r"^(-?[0-9]+)\.0+$", r"\1"), text)


@dataclass(frozen=True)
class Figures:
    """A column of numbers, read: NULL where the cell is empty, no number, or none that can be counted."""

    value: ir.FloatingValue
    notes: list[str]


def figures(
    table: ir.Table, column: str, heading: str, name: str, decimal: str | None, *, plain: bool = False
) -> Figures:
    """Read a column of amounts, prices or quantities, with its currency signs, separators and parentheses.

    Nothing is looked for in a column that is known to be ``plain``.

    Raises
    ------
    TableError
        When nothing decides whether 1,234 is a little more than one or more than a thousand.
    """
    cell = table[column]
    if cell.type().is_numeric():
        value = cell if cell.type().is_float64() else cell.cast("float64")
        return Figures(value if plain else countable(value), [])
    text = stripped(cell)
    if plain and decimal != ",":
        return Figures(number_read(table, column), [])
    value = countable(_number(table, text))
    odd = table.select(cell=text, number=value).filter(lambda t: t.cell.notnull() & t.number.isnull())
    found = fetched(odd.select("cell").distinct().limit(MOST_NUMBERS))["cell"].dropna().astype("str")
    if not len(found) and decimal != ",":
        return Figures(value, [])
    bare = found.str.replace(_CURRENCY, r"\1", regex=True).str.replace(_CURRENCY_AFTER, r"\2", regex=True)
    bare = bare.str.replace(r"^\((.*)\)$", r"-\1", regex=True)
    usual = fetched(table.select(cell=text).filter(lambda t: t.cell.contains(".")).distinct().limit(1000))["cell"]
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
    clean = rewritten(rewritten(text, _CURRENCY, r"\1"), _CURRENCY_AFTER, r"\2")
    clean = clean.re_search(r"^\(.*\)$").ifelse(_concat("-", clean.re_replace(r"[()]", "")), clean)
    if numbers.group:
        for _ in range(2):
            clean = rewritten(clean, f"([0-9])[{numbers.group}]([0-9]{{3}})", r"\1\2")
    if numbers.decimal == ",":
        clean = clean.replace(",", ".")
    return Figures(countable(_number(table, clean)), notes)


def countable(value: ir.FloatingValue) -> ir.FloatingValue:
    """A number that can be counted, NULL where it is too large, infinite or NaN."""
    return is_countable(value).ifelse(value, None)


def _concat(lead: str, text: ir.StringValue) -> ir.StringValue:
    import ibis

    return ibis.literal(lead) + text


def _number(table: ir.Table, text: ir.StringValue) -> ir.FloatingValue:
    """Text as a number, NULL where it is none."""
    import ibis

    if is_embedded(table):
        return text.try_cast("float64")
    return ibis.cases((text.re_search(_PLAIN), text.cast("float64")))
