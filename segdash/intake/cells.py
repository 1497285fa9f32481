"""Cells of any type to text and to numbers, a whole column at a time."""

from __future__ import annotations

import datetime as dt
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pandas.api.types import (
    is_bool_dtype,
    is_complex_dtype,
    is_datetime64_any_dtype,
    is_float_dtype,
    is_integer_dtype,
    is_numeric_dtype,
)

MISSING = ("", "na", "n/a", "#n/a", "<na>", "nan", "null", "none", "-")
"""What a cell without a value is written as, in lower case."""

EXACT = 2.0**53
"""Whole numbers below it are exact in float64."""


def as_text(column: pd.Series) -> pa.Array:
    """Each cell as text (large_string, "" where missing), whole floats without ".0", moments in ISO form.

    Examples
    --------
    >>> as_text(pd.Series([12346.0, None])).to_pylist(), as_text(pd.Series([True, False])).to_pylist()
    (['12346', ''], ['True', 'False'])
    """
    if is_bool_dtype(column) or is_integer_dtype(column):
        column = column.astype(str).where(column.notna(), "")
    elif is_float_dtype(column):
        column = _float_text(column.to_numpy(dtype="float64", na_value=np.nan))
    elif is_datetime64_any_dtype(column):
        dates = bool((column.dropna() == column.dropna().dt.normalize()).all())
        text = column.dt.strftime("%Y-%m-%d") if dates else column.astype(str).str.replace(" ", "T", n=1)
        column = text.where(column.notna(), "")
    elif not isinstance(column.dtype, pd.StringDtype):
        return _arrow([_cell_text(cell) for cell in column.astype(object)])
    return _arrow(column)


def _arrow(column: pd.Series | list[str]) -> pa.Array:
    """Text as one Arrow array; what has no UTF-8 form becomes a question mark."""
    try:
        array = pa.array(column, from_pandas=True)
    except UnicodeEncodeError:
        array = pa.array([cell.encode("utf-8", "replace").decode() for cell in column])
    array = array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array
    return pc.fill_null(array.cast(pa.large_string()), "")


def _float_text(values: np.ndarray) -> pd.Series:
    """Whole numbers as integers, others in their shortest form."""
    text = np.full(len(values), "", dtype=object)
    whole = np.isfinite(values) & (np.abs(values) < EXACT) & (values == np.floor(values))
    text[whole] = values[whole].astype("int64").astype(str)
    other = ~whole & ~np.isnan(values)
    text[other] = [repr(value) for value in values[other].tolist()]
    return pd.Series(text)


def _cell_text(cell: Any) -> str:
    """One cell of a column of mixed types as text."""
    if cell is None or cell is pd.NA or cell is pd.NaT or (isinstance(cell, float) and cell != cell):
        return ""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < EXACT:
        return str(int(cell))
    if isinstance(cell, dt.date):
        return cell.isoformat().removesuffix("T00:00:00")
    return cell.decode("utf-8", "replace") if isinstance(cell, bytes) else str(cell)


def text_series(array: pa.Array) -> pd.Series:
    """Arrow text as a pandas column of text."""
    return pd.Series(array.to_pandas()).astype(str)


def mask(array: pa.Array) -> np.ndarray:
    """Arrow booleans as numpy."""
    return array.to_numpy(zero_copy_only=False)


def matches(text: pa.Array, pattern: str) -> np.ndarray:
    """True where the whole cell matches the regular expression, shape (n,)."""
    return mask(pc.match_substring_regex(text, f"^(?:{pattern})$"))


class Column:
    """One column, each different cell of which is looked at once.

    Parameters
    ----------
    heading : str
        As the file has it.
    cells : pandas.Series of shape (n_rows,)
        Of any type.

    Attributes
    ----------
    numeric : numpy.ndarray of float64, shape (n_rows,), or None
        The values of a column whose type is numeric, which needs no interpretation.

    Examples
    --------
    >>> column = Column("City", pd.Series(["Oslo ", "n/a", "Oslo"]))
    >>> column.distinct.to_pylist(), column.of_row.tolist(), column.padded.tolist()
    (['Oslo', 'n/a'], [0, 1, 0], [True, False, False])
    """

    def __init__(self, heading: str, cells: pd.Series) -> None:
        self.heading = heading
        self.cells = cells
        self.numeric: np.ndarray | None = None
        if is_numeric_dtype(cells) and not is_bool_dtype(cells) and not is_complex_dtype(cells):
            self.numeric = cells.to_numpy(dtype="float64", na_value=np.nan)

    @cached_property
    def _split(self) -> tuple[pa.Array, np.ndarray, np.ndarray]:
        text = as_text(self.cells)
        trimmed = pc.utf8_trim_whitespace(text)
        encoded = trimmed.dictionary_encode()
        padded = mask(pc.not_equal(pc.binary_length(text), pc.binary_length(trimmed)))
        return encoded.dictionary, encoded.indices.to_numpy(), padded

    @property
    def distinct(self) -> pa.Array:
        """The different cells as text, surrounding blanks removed, shape (n_distinct,)."""
        return self._split[0]

    @property
    def of_row(self) -> np.ndarray:
        """Position in ``distinct`` of each row's cell, shape (n_rows,)."""
        return self._split[1]

    @property
    def padded(self) -> np.ndarray:
        """True for rows whose cell blanks were removed from."""
        return self._split[2]

    @property
    def blank(self) -> np.ndarray:
        """True where nothing stands."""
        return np.isnan(self.numeric) if self.numeric is not None else self.spread(self.distinct_is(("",)))

    @property
    def missing(self) -> np.ndarray:
        """True where no value stands."""
        return np.isnan(self.numeric) if self.numeric is not None else self.spread(self.distinct_is(MISSING))

    def distinct_is(self, words: tuple[str, ...]) -> np.ndarray:
        """True for the different cells that are one of ``words``, which are in lower case."""
        return mask(pc.is_in(pc.utf8_lower(self.distinct), pa.array(words, pa.large_string())))

    def spread(self, values: np.ndarray) -> np.ndarray:
        """A value per different cell to a value per row."""
        return values[self.of_row]

    def text(self, distinct: pa.Array | None = None) -> pa.Array:
        """Each row's cell as text, or its replacement in ``distinct``."""
        return (self.distinct if distinct is None else distinct).take(pa.array(self.of_row))

    def cell(self, row: int | np.integer[Any]) -> str:
        """The text of one row, counted from 0."""
        return self.distinct[int(self.of_row[row])].as_py()
