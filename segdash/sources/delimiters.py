"""What stands between the cells of a text: found by its first rows."""

from __future__ import annotations

import csv
import io
import itertools

from segdash.errors import TableError, quote

DELIMITERS = {";": "';'", "\t": "tab", "|": "'|'", ",": "','"}
"""Delimiters tried and how sentences call them; the comma, which also stands inside cells, loses a tie."""

BLANKS = "blanks"
"""The delimiter of aligned columns: any number of blanks."""

MOST_ROWS = 1000
"""Rows that are looked at."""


def delimiter_of(sample: str, name: str, *, is_cut: bool, aligned: bool = False) -> str:
    r"""What splits the first rows into the most columns, most evenly.

    Parameters
    ----------
    sample : str
        How the text begins.
    name : str
        What sentences call it.
    is_cut : bool
        True when the sample may end within a row, which then says nothing.
    aligned : bool
        Whether columns that are aligned with blanks are understood: `BLANKS`.

    Raises
    ------
    TableError
        When there is one column, whatever one tries.

    Examples
    --------
    >>> delimiter_of("id;name\n1;Eve, Ada\n", "people.csv", is_cut=False)
    ';'
    >>> delimiter_of("id  amount\n 1    2.50\n12   10.00\n", "list.txt", is_cut=False, aligned=True)
    'blanks'
    """
    scores = {delimiter: _evenness(sample, delimiter, is_cut=is_cut) for delimiter in DELIMITERS}
    best = max(scores, key=lambda delimiter: scores[delimiter])
    if scores[best] > 0:
        return best
    if aligned and _is_aligned(sample):
        return BLANKS
    first = quote(sample.strip().splitlines()[0])
    tried = ", ".join(DELIMITERS.values())
    raise TableError(name, [f"The first line, {first}, is one column. Put one of these between the cells: {tried}."])


def _evenness(sample: str, delimiter: str, *, is_cut: bool) -> float:
    """Columns beyond the first, times the share of rows that have as many; 0 for what can't be split so."""
    try:
        rows = list(itertools.islice(csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter), MOST_ROWS))
    except csv.Error:
        return 0.0
    whole = rows if not is_cut or len(rows) == MOST_ROWS else rows[:-1] or rows
    widths = [len(row) for row in whole if row]
    return (widths[0] - 1) * widths.count(widths[0]) / len(widths) if widths else 0.0


def _is_aligned(sample: str) -> bool:
    """True when nearly all lines have as many words as the first, which has several."""
    lines = [line.split() for line in sample.splitlines()[:MOST_ROWS] if line.strip()]
    width = len(lines[0]) if lines else 0
    return width > 1 and sum(len(line) == width for line in lines[:-1]) >= 0.9 * (len(lines) - 1)
