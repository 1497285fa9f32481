"""Lists of rules, first match wins, to a partition of cells, with a report on what the list hides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from segdash.errors import count, quote
from segdash.rules.cells import Cell, all_cells, check_axes, listed
from segdash.rules.names import check_names
from segdash.rules.rule import Rule, checked_rules
from segdash.rules.rule_set import RuleSet
from segdash.scoring.thresholds import check_bins

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@dataclass(frozen=True, eq=False)
class Compiled:
    """What a list of rules comes to.

    Parameters
    ----------
    name, axes, bins
        Of the rule set.
    segments : tuple of str
        In the order they first occur, the one for the rest last.
    cells : mapping of tuple of int to str
        Segment per cell; without those that have none.
    uncovered : tuple of tuple of int
        Cells that no rule matches.
    overlaps : mapping of tuple of int to tuple of int
        Cell -> the rules that match it, more than one, counted from 1; the first of them decides.
    rules : pandas.DataFrame
        rule (from 1), segment, matches (cells within its ranges), wins (cells it decides), shadowed_by (tuple of the
        rules that take cells from it).
    sentences : tuple of str
        The same in words; empty when the list is a partition as it stands.
    """

    name: str
    axes: tuple[str, ...]
    bins: int
    segments: tuple[str, ...]
    cells: Mapping[Cell, str]
    uncovered: tuple[Cell, ...]
    overlaps: Mapping[Cell, tuple[int, ...]]
    rules: pd.DataFrame
    sentences: tuple[str, ...]

    @property
    def rule_set(self) -> RuleSet:
        """The partition.

        Raises
        ------
        RulesError
            When cells are left without a segment.
        """
        return RuleSet(self.name, self.axes, self.bins, self.segments, self.cells)

    @property
    def dead(self) -> list[int]:
        """Rules that decide no cell, counted from 1: earlier ones take all of theirs."""
        return self.rules.loc[self.rules["wins"] == 0, "rule"].tolist()


def compile_rules(
    rules: Sequence[Rule | Mapping[str, Any]],
    axes: Sequence[str] = ("r", "f", "m"),
    *,
    bins: int = 5,
    otherwise: str | None = "Others",
    name: str = "Rules of your own",
) -> Compiled:
    """Turn a list of rules into cells: the first rule that matches a cell decides.

    Parameters
    ----------
    rules : sequence of Rule or mapping
        In the order they are tried. A mapping has ``segment`` and a range per axis: a score, [low, high] or "low-high".
    axes : sequence of str
        Scores that make a cell.
    bins : int
        Number of scores on each axis, 3 to 10.
    otherwise : str or None
        Segment of the cells that no rule matches; None to leave them, which gives no rule set if there are any.
    name : str
        Of the rule set.

    Returns
    -------
    Compiled

    Raises
    ------
    RulesError, UnknownNameError
        For a range outside the scores or the wrong way round, a name that is empty or written in two ways, too many
        rules, or an unknown axis.

    Examples
    --------
    >>> rules = [{"segment": "Good", "r": "2-3"}, {"segment": "Best", "r": 3, "f": 3}]
    >>> made = compile_rules(rules, ("r", "f"), bins=3, otherwise="Rest")
    >>> made.rule_set.segments, made.uncovered, made.dead
    (('Good', 'Best', 'Rest'), ((1, 1), (1, 2), (1, 3)), [2])
    >>> print(made.sentences[-1])
    Rule 2 ('Best') never applies: its 1 cell is taken by rule 1 ('Good').
    """
    axes = tuple(axes)
    check_axes(axes)
    check_bins(bins)
    given = checked_rules(rules, axes, bins)
    matches = _matches(given, axes, bins)
    uncovered = tuple(cell for cell, found in matches.items() if not found)
    segments = list(dict.fromkeys(rule.segment for rule in given))
    cells = {cell: given[found[0] - 1].segment for cell, found in matches.items() if found}
    if uncovered and otherwise is not None:
        cells.update(dict.fromkeys(uncovered, otherwise))
        segments = list(dict.fromkeys([*segments, otherwise]))
    check_names(segments)
    overlaps = {cell: found for cell, found in matches.items() if len(found) > 1}
    table = _table(given, matches)
    sentences = (
        *_on_uncovered(uncovered, len(matches), axes, otherwise),
        *_on_overlaps(overlaps, len(matches), given),
        *_on_dead(table),
    )
    return Compiled(name, axes, int(bins), tuple(segments), cells, uncovered, overlaps, table, sentences)


def _matches(rules: Sequence[Rule], axes: Sequence[str], bins: int) -> dict[Cell, tuple[int, ...]]:
    """Rules that match each cell, counted from 1."""
    found: dict[Cell, list[int]] = {cell: [] for cell in all_cells(axes, bins)}
    for i, rule in enumerate(rules, 1):
        for cell in rule.cells(axes, bins):
            found[cell].append(i)
    return {cell: tuple(numbers) for cell, numbers in found.items()}


def _table(rules: Sequence[Rule], matches: Mapping[Cell, tuple[int, ...]]) -> pd.DataFrame:
    rows = []
    for i, rule in enumerate(rules, 1):
        own = [found for found in matches.values() if i in found]
        wins = sum(found[0] == i for found in own)
        rows.append((i, rule.segment, len(own), wins, tuple(sorted({found[0] for found in own} - {i}))))
    return pd.DataFrame(rows, columns=["rule", "segment", "matches", "wins", "shadowed_by"])


def _on_uncovered(cells: Sequence[Cell], total: int, axes: Sequence[str], otherwise: str | None) -> list[str]:
    if not cells:
        return []
    letters = " ".join(axis.upper() for axis in axes)
    end = "Add a rule for them, or a name for the rest." if otherwise is None else f"They are {quote(otherwise)}."
    return [f"{len(cells)} of {count(total, 'cell')} match no rule ({letters} {listed(cells)}). {end}"]


def _on_overlaps(overlaps: Mapping[Cell, Sequence[int]], total: int, rules: Sequence[Rule]) -> list[str]:
    if not overlaps:
        return []
    best = max(overlaps)
    first, second = (f"rule {i} ({quote(rules[i - 1].segment)})" for i in overlaps[best][:2])
    return [
        f"{len(overlaps)} of {count(total, 'cell')} match more than one rule, and the first in the list decides: "
        f"for {listed([best])} {first} before {second}."
    ]


def _on_dead(table: pd.DataFrame) -> list[str]:
    names = dict(zip(table["rule"], table["segment"], strict=True))
    sentences = []
    for row in table[table["wins"] == 0].to_dict("records"):
        takers = " and ".join(f"rule {i} ({quote(names[i])})" for i in row["shadowed_by"])
        cells = "1 cell is" if row["matches"] == 1 else f"{row['matches']} cells are"
        sentences.append(f"Rule {row['rule']} ({quote(row['segment'])}) never applies: its {cells} taken by {takers}.")
    return sentences
