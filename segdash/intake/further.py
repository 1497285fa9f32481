"""Columns beyond the canonical ones: a metric, an attribute, or nothing at all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from segdash.errors import count, quote

if TYPE_CHECKING:
    from segdash.intake.cells import Column
    from segdash.intake.numbers import Numbers

NEARLY = 0.9
"""Share of numbers from which a text column is worth a word on the cells that are none."""


@dataclass(frozen=True, eq=False)
class Further:
    """A column beyond the canonical ones.

    Parameters
    ----------
    name : str
        In the result.
    column : Column
    numbers : Numbers
    """

    name: str
    column: Column
    numbers: Numbers

    def kind(self, kept: np.ndarray) -> str:
        """What the column is on the ``kept`` rows: "metric", "attribute" or "empty".

        Only these rows count, so that reading the result again gives the same result.
        """
        numbers = self.numbers
        if (numbers.found & kept).any() and not ((numbers.text | numbers.coded) & kept).any():
            return "metric"
        return "attribute" if (~self.column.blank & kept).any() else "empty"

    def key(self) -> np.ndarray:
        """Equal where cells are equal, to compare rows by."""
        return self.column.of_row if self.numbers.text.any() else self.numbers.value

    def notes(self, kept: np.ndarray, rows: np.ndarray) -> list[str]:
        """What a reader should know about the column as it was read."""
        kind = self.kind(kept)
        title = f"Column {quote(self.name)}"
        if kind == "empty":
            return [f"{title} is empty and is left out."]
        if kind == "attribute":
            return [note for note in (self._nearly(kept, rows, title), _padding(self, kept, rows)) if note]
        found = [self.numbers.note(self.name)] if self.numbers.note(self.name) else []
        absent = np.flatnonzero(self.numbers.missing & kept)
        if len(absent):
            found.append(f"{title} has no value in {count(len(absent), 'row')} (first: row {rows[absent[0]]:,}).")
        return found

    def _nearly(self, kept: np.ndarray, rows: np.ndarray, title: str) -> str:
        """Why a column that is nearly all numbers is text, "" when it is not."""
        numbers = self.numbers
        given = int((~numbers.missing & kept).sum())
        if numbers.unsure:
            return f"{title} has commas that may be decimal or between thousands, and is kept as text."
        odd = np.flatnonzero(numbers.text & kept)
        if not len(odd):
            coded = (numbers.coded & kept).any()
            return f"{title} has numbers with leading zeros and is kept as text." if coded else ""
        if given - len(odd) < NEARLY * given:
            return ""
        first = f"first: row {rows[odd[0]]:,}, {quote(self.column.cell(odd[0]))}"
        return (
            f"{title} is text in {len(odd):,} of {count(given, 'row')} with a value ({first}), so it is an "
            "attribute. To use it as a metric, correct or empty these cells."
        )


def _padding(further: Further, kept: np.ndarray, rows: np.ndarray) -> str:
    """How many cells of an attribute had blanks around them."""
    return padding_note(further.name, further.column, kept, rows)


def padding_note(name: str, column: Column, kept: np.ndarray, rows: np.ndarray) -> str:
    """How many cells had blanks removed from around them, "" when none."""
    at = np.flatnonzero(column.padded & kept)
    if not len(at):
        return ""
    where = f"{count(len(at), 'cell')} of column {quote(name)} (first: row {rows[at[0]]:,})"
    return f"Blanks were removed from around {where}."
