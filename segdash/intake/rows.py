"""Which rows can't be used, and why: each has exactly one reason."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Sequence

WIDTH = "wrong number of cells"
NO_ID = "no customer id"
COPY = "exact copy of another row"
SHARED_ID = "customer id on several rows with different values"


class Tally:
    """Rows in, rows kept, and the first reason that set each other row aside.

    Parameters
    ----------
    rows : numpy.ndarray of int, shape (n_rows,)
        Number of each row in the file.

    Attributes
    ----------
    codes : numpy.ndarray of int, shape (n_rows,)
        0 for rows that are kept, else the position of the reason in ``reasons``, from 1.
    reasons : list of str
        In the order they were first looked for.
    details : dict of int to str
        The exact wording for single rows, by position.

    Examples
    --------
    >>> tally = Tally(np.array([1, 2, 4]))
    >>> tally.mark(np.array([False, True, True]), "no customer id")
    >>> tally.mark(np.array([True, True, False]), "recency is missing")
    >>> tally.kept.tolist(), tally.summary()[1]
    ([False, False, False], {'reason': 'recency is missing', 'rows': 1, 'first_row': 1})
    """

    def __init__(self, rows: np.ndarray) -> None:
        self.rows = rows
        self.codes = np.zeros(len(rows), dtype=np.int32)
        self.reasons: list[str] = []
        self.details: dict[int, str] = {}

    @property
    def kept(self) -> np.ndarray:
        """True for rows that nothing speaks against so far."""
        return self.codes == 0

    def mark(self, where: np.ndarray, reason: str) -> None:
        """Set aside those of the rows ``where`` that are still kept."""
        where = where & self.kept
        if where.any():
            if reason not in self.reasons:
                self.reasons.append(reason)
            self.codes[where] = self.reasons.index(reason) + 1

    def reason(self, position: int) -> str:
        """Why the row at that position was set aside."""
        return self.details.get(position, self.reasons[self.codes[position] - 1])

    def summary(self) -> list[dict[str, Any]]:
        """Each reason with its rows counted and the number of the first."""
        found = []
        for code, reason in enumerate(self.reasons, 1):
            at = np.flatnonzero(self.codes == code)
            found.append({"reason": reason, "rows": len(at), "first_row": int(self.rows[at].min())})
        return found


def mark_duplicates(tally: Tally, ids: np.ndarray, columns: Sequence[np.ndarray]) -> None:
    """Set aside the copies of a row but the first, then all rows of an id whose values differ.

    Parameters
    ----------
    tally : Tally
        Changed in place; only rows that it still keeps are compared.
    ids : numpy.ndarray of int, shape (n_rows,)
        Equal where the customer id is equal.
    columns : sequence of numpy.ndarray, each of shape (n_rows,)
        All other cells, as numbers or codes; missing equals missing.
    """
    at = _shared(tally.kept, ids)
    if not len(at):
        return
    key = ids[at].astype(np.int64)
    for column in columns:
        codes = pd.factorize(column[at], use_na_sentinel=False)[0]
        key = pd.factorize(key * (codes.max() + 1) + codes)[0].astype(np.int64)
    first = at[np.unique(key, return_index=True)[1]][_rank(key)]
    copies = np.zeros(len(ids), dtype=bool)
    copies[at[first != at]] = True
    tally.mark(copies, COPY)
    tally.details |= {int(i): f"exact copy of row {tally.rows[j]}" for i, j in zip(at, first, strict=True) if i != j}
    shared = np.zeros(len(ids), dtype=bool)
    shared[_shared(tally.kept, ids)] = True
    tally.mark(shared, SHARED_ID)


def _shared(kept: np.ndarray, ids: np.ndarray) -> np.ndarray:
    """Positions of the kept rows whose id another kept row has too."""
    return np.flatnonzero(kept & (np.bincount(ids[kept], minlength=int(ids.max(initial=0)) + 1) > 1)[ids])


def _rank(key: np.ndarray) -> np.ndarray:
    """Position of each key among the sorted different keys."""
    return np.unique(key, return_inverse=True)[1]


def set_aside_frame(
    tally: Tally, headings: Sequence[str], cells: Sequence[np.ndarray], bad: pd.DataFrame, delimiter: str
) -> pd.DataFrame:
    """The rows set aside in file order: row, reason, then the cells as text under the file's headings.

    Parameters
    ----------
    tally : Tally
        Of the rows that had the right width.
    headings : sequence of str
        One per column; "row" and "reason" are called "row (file)" and "reason (file)".
    cells : sequence of numpy.ndarray of str, each of shape (n_set_aside,)
        Per column, the text of the rows that ``tally`` does not keep, in file order.
    bad : pandas.DataFrame
        Rows of the wrong width: row, width, text. What exceeds the table stands in the last column.
    delimiter : str
        Between the cells of ``bad``.

    Returns
    -------
    pandas.DataFrame of shape (n_set_aside, 2 + n_columns)
    """
    names = [f"{heading} (file)" if heading in ("row", "reason") else heading for heading in headings]
    at = np.flatnonzero(~tally.kept)
    table = pd.DataFrame(dict(enumerate(cells)), index=range(len(at)), columns=range(len(names)))
    table.insert(0, "reason", [tally.reason(i) for i in at.tolist()])
    table.insert(0, "row", tally.rows[at])
    if len(bad):
        wide = [_fit(text, delimiter, len(names)) for text in bad["text"]]
        others = pd.DataFrame(wide, columns=range(len(names)))
        others.insert(0, "reason", [f"{WIDTH}: {n} instead of {len(names)}" for n in bad["width"]])
        others.insert(0, "row", bad["row"].to_numpy())
        table = pd.concat([table, others] if len(table) else [others])
    table.columns = pd.Index(["row", "reason", *names])
    return table.sort_values("row", ignore_index=True)


def _fit(text: str, delimiter: str, width: int) -> list[str]:
    """Cells of a row of the wrong width, the surplus kept together in the last one."""
    cells = text.split(delimiter)
    cells = [*cells[: width - 1], delimiter.join(cells[width - 1 :])]
    return cells + [""] * (width - len(cells))
