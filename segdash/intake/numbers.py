"""Text to numbers, with the decimal sign and the thousands separator decided by what the cells hold."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from segdash.errors import quote
from segdash.intake.cells import MISSING, mask, matches

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from segdash.intake.cells import Column

_INFINITE = "[+-]?(?:inf|infinity|∞)"
_EXPONENT = "(?:[eE][+-]?[0-9]+)?"
_SPACES = " \u00a0\u2009\u202f"
_APOSTROPHES = "'\u2019"


@dataclass(frozen=True, eq=False)
class Numbers:
    """What the cells of one column are as numbers. Each cell is missing, text or a number.

    Parameters
    ----------
    value : numpy.ndarray of float64, shape (n_rows,)
        NaN where missing or text; infinite where the cell says so or is too large for float64 (1e400).
    missing, text : numpy.ndarray of bool, shape (n_rows,)
        Cells without a value; cells that are no number.
    coded : numpy.ndarray of bool, shape (n_rows,)
        Whole numbers written with leading zeros, such as postcodes.
    decimal, group : str
        The decimal sign; the signs taken for thousands separators, "" for none.
    unsure : bool
        True when cells such as 1,234 could be either, and nothing in the table decides. They count as text.
    mixed : bool
        True when some cells prove a decimal point and others a decimal comma. The more frequent one is taken.
    """

    value: np.ndarray
    missing: np.ndarray
    text: np.ndarray
    coded: np.ndarray
    decimal: str = "."
    group: str = ""
    unsure: bool = False
    mixed: bool = False

    @property
    def found(self) -> np.ndarray:
        """True where there is a number, finite or not."""
        return ~(self.missing | self.text)

    def note(self, heading: str) -> str:
        """How the column is read, "" when as usual."""
        sign = {".": "point", ",": "comma"}[self.decimal]
        if self.mixed:
            return (
                f"Column {quote(heading)} mixes decimal points and decimal commas. "
                f"It is read with a decimal {sign}; write all its numbers in one way."
            )
        group = {".": "a point", ",": "a comma", _APOSTROPHES: "an apostrophe"}.get(self.group, "a blank")
        grouped = f"{group} between thousands" if self.group else ""
        parts = [part for part in ("a decimal comma" if self.decimal == "," else "", grouped) if part]
        return f"Column {quote(heading)} is read with {' and '.join(parts)}." if parts else ""


@dataclass(frozen=True)
class _Evidence:
    """Cells of a column that prove a decimal sign, or could be read with either, counted."""

    point: int
    comma: int
    either_point: int
    either_comma: int


def read_numbers(columns: Mapping[int, Column], decimal: str | None = None) -> dict[int, Numbers]:
    """The numbers of each column.

    Parameters
    ----------
    columns : mapping of int to Column
        By position; all columns of one table that may hold numbers: together they decide how 1,234 is read.
    decimal : {".", ","}, optional
        The decimal sign of all text columns; by default each column's cells decide.

    Returns
    -------
    dict of int to Numbers

    Notes
    -----
    12.5, 0.123 and 1,234.56 prove a decimal point; 12,5, 0,123 and 1.234,56 a decimal comma. 1.234 and 1,234
    prove nothing: the other cells of the column decide, then the other columns. Failing these, 1.234 is a
    little more than one, and 1,234 is unsure. A column that uses two separators, or both signs, has none.

    Examples
    --------
    >>> import pandas as pd
    >>> from segdash.intake.cells import Column
    >>> cells = Column("Monetary", pd.Series(["1.234,56", "12,50", "7", "n/a", "abc"]))
    >>> numbers = read_numbers({0: cells})[0]
    >>> numbers.value.tolist(), numbers.decimal, numbers.group
    ([1234.56, 12.5, 7.0, nan, nan], ',', '.')
    """
    plain = {i: _plain(column, decimal) for i, column in columns.items()}
    texts = {i: column for i, column in columns.items() if column.numeric is None}
    evidence = {i: _survey(column) for i, column in texts.items() if plain[i] is None}
    if any(e.comma or e.either_comma for e in evidence.values()):
        # Only now do the columns that could be read as they stand matter, for their points.
        evidence |= {i: _survey(column) for i, column in texts.items() if i not in evidence and _has_point(column)}
    overall = decimal or _majority(evidence.values())
    read = {}
    for i, column in columns.items():
        as_it_stands = plain[i]
        if as_it_stands is not None and not (i in evidence and overall == ","):
            read[i] = as_it_stands
        else:
            read[i] = _interpret(column, evidence[i], decimal, overall)
    return read


def _plain(column: Column, decimal: str | None) -> Numbers | None:
    """The numbers of a column that has no separators but decimal points, else None."""
    if column.numeric is not None:
        missing = np.isnan(column.numeric)
        nowhere = np.zeros(len(missing), dtype=bool)
        return Numbers(column.numeric, missing, nowhere, nowhere)
    if decimal == ",":
        return None
    missing = column.distinct_is(MISSING)
    try:
        values = _cast(pc.if_else(pa.array(missing), pa.scalar(None, pa.large_string()), column.distinct))
    except pa.ArrowInvalid:
        return None
    if (np.isnan(values) & ~missing).any():
        return None  # "-nan", which Arrow takes for a number
    return _by_row(column, values, missing, np.zeros(len(missing), dtype=bool))


def _cast(text: pa.Array) -> np.ndarray:
    """Plain numbers in text to float64, null to NaN."""
    return pc.cast(text, pa.float64()).to_numpy(zero_copy_only=False)


def _by_row(column: Column, values: np.ndarray, missing: np.ndarray, text: np.ndarray) -> Numbers:
    """Numbers of the different cells to numbers of the rows."""
    coded = matches(column.distinct, "[+-]?0[0-9]+")
    return Numbers(column.spread(values), column.spread(missing), column.spread(text), column.spread(coded))


def _has_point(column: Column) -> bool:
    """True when a cell has a point."""
    return bool(pc.any(pc.match_substring(column.distinct, ".")).as_py())


def _survey(column: Column) -> _Evidence:
    """What the cells of a text column prove."""
    rows = np.bincount(column.of_row, minlength=len(column.distinct))
    counted = {}
    for decimal, other in ((".", ","), (",", ".")):
        d, o = f"[{decimal}]", f"[{other}]"
        groups = f"[1-9][0-9]{{0,2}}(?:[{other}{_SPACES}{_APOSTROPHES}][0-9]{{3}})+"
        either = matches(column.distinct, f"[+-]?[1-9][0-9]{{0,2}}{d}[0-9]{{3}}")
        plain = f"(?:[0-9]*{d}[0-9]+|[0-9]+{d}){_EXPONENT}"
        proof = matches(column.distinct, f"[+-]?(?:{plain}|{groups}{d}[0-9]*|[1-9][0-9]{{0,2}}(?:{o}[0-9]{{3}}){{2,}})")
        counted[decimal] = int(rows[proof & ~either].sum()), int(rows[either].sum())
    return _Evidence(counted["."][0], counted[","][0], counted["."][1], counted[","][1])


def _majority(evidence: Iterable[_Evidence]) -> str | None:
    """The decimal sign that more columns prove, None when neither."""
    total = sum(int(np.sign(e.comma - e.point)) for e in evidence)
    return "," if total > 0 else "." if total < 0 else None


def _interpret(column: Column, evidence: _Evidence, decimal: str | None, overall: str | None) -> Numbers:
    """The numbers of a column by what its own cells prove, then by what the table's others do."""
    mixed = bool(evidence.point and evidence.comma)
    own = None
    if evidence.point or evidence.comma:
        own = "," if evidence.comma > evidence.point else "."
    unsure = not (decimal or own or overall) and evidence.either_comma > 0
    sign = decimal or own or (overall if evidence.either_point or evidence.either_comma else None) or "."
    group = "" if mixed or unsure else _separator(column.distinct, sign)
    missing = column.distinct_is(MISSING)
    values, found = _values(column.distinct, sign, group)
    text = ~(found | missing)
    values[missing] = np.nan
    numbers = _by_row(column, values, missing, text)
    return replace(numbers, decimal=sign, group=group, unsure=unsure, mixed=mixed)


def _separator(text: pa.Array, decimal: str) -> str:
    """The signs that stand between thousands, "" when there are none or several kinds."""
    kinds = ("." if decimal == "," else ",", _SPACES, _APOSTROPHES)
    used = [kind for kind in kinds if matches(text, _grouped(decimal, kind)).any()]
    return used[0] if len(used) == 1 else ""


def _grouped(decimal: str, group: str) -> str:
    """Pattern of a number with thousands separators."""
    return f"[+-]?[1-9][0-9]{{0,2}}(?:[{group}][0-9]{{3}})+(?:[{decimal}][0-9]*)?"


def _values(text: pa.Array, decimal: str, group: str) -> tuple[np.ndarray, np.ndarray]:
    """Values of the cells written this way, NaN for the others; and which cells are."""
    if group:
        grouped = pa.array(matches(text, _grouped(decimal, group)))
        text = pc.if_else(grouped, pc.replace_substring_regex(text, f"[{group}]", ""), text)
    d = f"[{decimal}]"
    found = matches(text, f"[+-]?(?:[0-9]+{d}?[0-9]*|{d}[0-9]+){_EXPONENT}")
    text = pc.replace_substring(text, decimal, ".")
    values = _cast(pc.if_else(pa.array(found), text, pa.scalar(None, pa.large_string()))).copy()
    infinite = matches(pc.utf8_lower(text), _INFINITE)
    values[infinite] = np.inf
    values[infinite & mask(pc.starts_with(text, "-"))] = -np.inf
    return values, found | infinite
