"""Tables as CSV files that a spreadsheet opens without running what is in them."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Literal

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Mapping

DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")
"""A text cell that begins so is read as a formula by spreadsheets."""


def csv_file(table: pd.DataFrame, *, headings: Mapping[str, str] | None = None, begins: bool = True) -> io.BytesIO:
    r"""The table as UTF-8 CSV with BOM; text cells that a spreadsheet would run get a leading apostrophe.

    Parameters
    ----------
    table : pandas.DataFrame of shape (n_rows, n_columns)
        Written without its index.
    headings : mapping of str to str, optional
        Column name -> heading, where they differ.
    begins : bool
        False where the rows follow others in a file: then there are neither BOM nor headings.

    Returns
    -------
    io.BytesIO
        At its beginning.

    Examples
    --------
    >>> csv_file(pd.DataFrame({"id": ["=1+1", "-5"], "value": [-5.5, 2.0]})).getvalue().decode("utf-8-sig")
    "id,value\n'=1+1,-5.5\n'-5,2.0\n"
    """
    written = table.rename(columns=dict(headings or {}))
    written.columns = [neutral(str(name)) for name in written.columns]
    safe = {
        i: written.iloc[:, i].astype("object").map(neutral, na_action="ignore")
        for i in range(written.shape[1])
        if not pd.api.types.is_numeric_dtype(written.dtypes.iloc[i])
    }
    columns = [safe.get(i, written.iloc[:, i]) for i in range(written.shape[1])]
    names = list(written.columns)
    written = pd.concat(columns, axis=1) if columns else written
    written.columns = names
    # The writer leaves a lone carriage return unquoted, and some readers begin another row there.
    quoting: Literal[0, 2] = (
        csv.QUOTE_NONNUMERIC if any(_breaks(column) for column in safe.values()) else csv.QUOTE_MINIMAL
    )
    text = written.to_csv(index=False, header=begins, lineterminator="\n", quoting=quoting)
    return io.BytesIO(text.encode("utf-8-sig" if begins else "utf-8"))


def _breaks(column: pd.Series) -> bool:
    return bool(column.astype("str").str.contains("\r", regex=False).any())


def neutral(cell: object) -> object:
    """A text cell with an apostrophe before a character that would start a formula; anything else as it is."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(DANGEROUS) else cell
