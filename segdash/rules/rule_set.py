"""A partition of score cells into named segments: each cell has exactly one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from segdash.errors import RulesError, UnknownNameError, count, quote
from segdash.rules.cells import Cell, all_cells, check_axes, grid, listed
from segdash.rules.names import check_names
from segdash.scoring.thresholds import check_bins

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from segdash.scoring.scores import Scores


@dataclass(frozen=True)
class RuleSet:
    """Which segment each cell belongs to.

    Parameters
    ----------
    name : str
        What people call it.
    axes : tuple of str
        Two or three scores that make a cell: ("r", "fm"), ("r", "f") or ("r", "f", "m").
    bins : int
        Number of scores on each axis, 3 to 10.
    segments : tuple of str
        Names, best to worst.
    cells : mapping of tuple of int to str
        Segment of every cell, ``bins ** len(axes)`` of them.

    Raises
    ------
    RulesError, UnknownNameError, ScoringError
        When a cell has no segment or is none, when a segment isn't listed, when names are empty, alike or too many, or
        when there are no such axes or bins.

    Examples
    --------
    >>> from segdash.rules import RULE_SETS
    >>> rules = RULE_SETS["r_fm"]
    >>> rules.cells[5, 5], rules.paint([(5, 5), (5, 4)], "VIPs").cells[5, 5], rules.cells[5, 5]
    ('Champions', 'VIPs', 'Champions')
    """

    name: str
    axes: tuple[str, ...]
    bins: int
    segments: tuple[str, ...]
    cells: Mapping[Cell, str]

    def __post_init__(self) -> None:
        check_axes(self.axes)
        check_bins(self.bins)
        check_names(self.segments)
        every = set(all_cells(self.axes, self.bins))
        if strangers := sorted(set(self.cells) - every):
            raise RulesError(f"{listed(strangers)} is no cell of {grid(self.axes, self.bins)}.")
        if bare := sorted(every - set(self.cells)):
            raise RulesError(
                f"{count(len(bare), 'cell')} of {len(every)} without a segment: {listed(bare)}. Give each cell to one."
            )
        for segment in self.cells.values():
            if segment not in self.segments:
                raise UnknownNameError.of("segment", segment, self.segments)

    def assign(self, scores: Scores | pd.DataFrame) -> np.ndarray:
        """Segment of each customer.

        Parameters
        ----------
        scores : Scores, or pandas.DataFrame of shape (n_customers, ...)
            With a column of whole numbers, 1 to ``bins``, per axis.

        Returns
        -------
        numpy.ndarray of str, shape (n_customers,)

        Raises
        ------
        RulesError
            When the scores have another number of bins, or a score is outside.
        """
        table, bins = (scores, self.bins) if isinstance(scores, pd.DataFrame) else (scores.table, scores.bins)
        lacking = [axis for axis in self.axes if axis not in table.columns]
        if lacking:
            raise UnknownNameError.of("score", lacking[0], [str(column) for column in table.columns])
        values = table[list(self.axes)].to_numpy()
        self.refuse_other_bins(bins)
        if not np.isin(values, range(1, self.bins + 1)).all():
            raise self._misfit(f"{values.min()} to {values.max()}")
        names = np.array(self.segments, dtype=object)
        return names[self._codes()[tuple(values.astype(int).T - 1)]]

    def refuse_other_bins(self, bins: int) -> None:
        """Raise RulesError for scores of another number of bins."""
        if bins != self.bins:
            raise self._misfit(f"1 to {bins}")

    def _misfit(self, found: str) -> RulesError:
        return RulesError(
            f"Rule set {quote(self.name)} is made for scores 1 to {self.bins}, and these go from {found}. "
            f"Rescale it with rescaled(bins), or score in {self.bins} bins."
        )

    def _codes(self) -> np.ndarray:
        """Place in ``segments`` per cell, an axis per score."""
        place = {name: i for i, name in enumerate(self.segments)}
        codes = [place[self.cells[cell]] for cell in all_cells(self.axes, self.bins)]
        return np.array(codes).reshape([self.bins] * len(self.axes))

    def cells_of(self, segment: str) -> list[Cell]:
        """Cells of a segment, best scores first; a segment that was painted over has none."""
        if segment not in self.segments:
            raise UnknownNameError.of("segment", segment, self.segments)
        return sorted((cell for cell, name in self.cells.items() if name == segment), reverse=True)

    def paint(self, cells: Iterable[Sequence[int]], segment: str) -> RuleSet:
        """A rule set in which these cells belong to ``segment``, which is added as the last one if it is new."""
        painted = dict.fromkeys((tuple(int(score) for score in cell) for cell in cells), segment)
        segments = self.segments if segment in self.segments else (*self.segments, segment)
        return replace(self, segments=segments, cells={**self.cells, **painted})

    def renamed(self, names: Mapping[str, str]) -> RuleSet:
        """A rule set with other names: old -> new; a segment that isn't named keeps its own."""
        for segment in names:
            if segment not in self.segments:
                raise UnknownNameError.of("segment", segment, self.segments)
        segments = tuple(names.get(one, one) for one in self.segments)
        return replace(self, segments=segments, cells={cell: names.get(one, one) for cell, one in self.cells.items()})

    def ordered(self, segments: Sequence[str]) -> RuleSet:
        """A rule set with the same segments in this order, best to worst."""
        for segment in segments:
            if segment not in self.segments:
                raise UnknownNameError.of("segment", segment, self.segments)
        if left_out := [name for name in self.segments if name not in segments]:
            raise RulesError(f"The order leaves out {quote(left_out[0])}. Name every segment once.")
        return replace(self, segments=tuple(segments))

    def without_empty(self) -> RuleSet:
        """A rule set without the segments that have no cell."""
        used = set(self.cells.values())
        return replace(self, segments=tuple(name for name in self.segments if name in used))

    def rescaled(self, bins: int) -> RuleSet:
        """The same picture on another number of bins.

        Notes
        -----
        A new cell takes the segment at its middle: on 10 bins each cell of a 5-bin set becomes four, on 3 bins the
        scores 1, 3 and 5 remain. Going to fewer bins leaves segments without a cell; those are dropped.

        Examples
        --------
        >>> from segdash.rules import RULE_SETS
        >>> RULE_SETS["r_f"].rescaled(10).cells[10, 9], RULE_SETS["r_f"].rescaled(3).cells[2, 2]
        ('Champions', 'Need Attention')
        """
        if bins == self.bins:
            return self
        check_bins(bins)
        # Whole numbers: the middle of new score i lies at (2 i - 1) / (2 bins) of the axis.
        source = {i: self.bins * (2 * i - 1) // (2 * bins) + 1 for i in range(1, bins + 1)}
        cells = {cell: self.cells[tuple(source[i] for i in cell)] for cell in all_cells(self.axes, bins)}
        return replace(self, bins=int(bins), cells=cells).without_empty()

    def to_dict(self) -> dict[str, Any]:
        """Plain types, as JSON and YAML take them."""
        segments = [{"name": name, "cells": [list(cell) for cell in self.cells_of(name)]} for name in self.segments]
        return {"name": self.name, "axes": list(self.axes), "bins": self.bins, "segments": segments}

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> RuleSet:
        """The rule set that `to_dict` wrote, or a person in the same form.

        Raises
        ------
        RulesError
            When the content has another form, a cell has two segments, or one has none.
        """
        try:
            parts = [(_text(part["name"]), [_cell(cell) for cell in part["cells"]]) for part in content["segments"]]
            name, axes, bins = str(content["name"]), tuple(str(axis) for axis in content["axes"]), content["bins"]
        except (KeyError, TypeError, ValueError, AttributeError) as wrong:
            raise RulesError(
                "A rule set has a name, axes, bins, and segments with a name and cells each, best to worst; this one "
                f"hasn't ({type(wrong).__name__}: {quote(wrong, 200)})."
            ) from None
        cells: dict[Cell, str] = {}
        for segment, own in parts:
            for cell in own:
                if cells.setdefault(cell, segment) != segment:
                    raise RulesError(
                        f"Cell {listed([cell])} is in {quote(cells[cell])} and in {quote(segment)}. Leave it in one."
                    )
        return cls(name, axes, bins, tuple(segment for segment, _ in parts), cells)


def _text(name: Any) -> str:
    if not isinstance(name, str):
        raise TypeError(f"a segment's name must be text, not {name!r:.60}")
    return name


def _cell(cell: Any) -> Cell:
    if isinstance(cell, str) or any(isinstance(score, bool) or not isinstance(score, int) for score in cell):
        raise TypeError(f"a cell is a list of whole numbers, not {cell!r:.60}")
    return tuple(cell)
