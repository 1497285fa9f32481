"""One rule of a list: a segment for all cells within ranges of scores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any

from segdash.errors import RulesError, UnknownNameError, did_you_mean, quote
from segdash.rules.names import check_names

if TYPE_CHECKING:
    from segdash.rules.cells import Cell

MOST_RULES = 200


@dataclass(frozen=True)
class Rule:
    """A segment for all cells within ranges.

    Parameters
    ----------
    segment : str
        Name of the segment.
    ranges : mapping of str to tuple of int
        ``{axis: (low, high)}``, both included; an axis that is left out takes any score.
    """

    segment: str
    ranges: Mapping[str, tuple[int, int]]

    def cells(self, axes: Sequence[str], bins: int) -> list[Cell]:
        """Cells within the ranges."""
        ends = [self.ranges.get(axis, (1, bins)) for axis in axes]
        return list(product(*(range(low, high + 1) for low, high in ends)))


def checked_rules(rules: Sequence[Rule | Mapping[str, Any]], axes: Sequence[str], bins: int) -> list[Rule]:
    """Rules with ranges that there are and names that can be told apart; raises for others."""
    if isinstance(rules, (str, Mapping)) or not isinstance(rules, Sequence) or not rules:
        raise RulesError(f"Rules are a list of segments with ranges, at least one, not {quote(rules)}.")
    if len(rules) > MOST_RULES:
        raise RulesError(f"{len(rules)} rules are too many to oversee. Use at most {MOST_RULES}.")
    given = [_rule(i, rule, axes, bins) for i, rule in enumerate(rules, 1)]
    check_names(list(dict.fromkeys(rule.segment for rule in given)))
    return given


def _rule(i: int, rule: Rule | Mapping[str, Any], axes: Sequence[str], bins: int) -> Rule:
    if isinstance(rule, Rule):
        segment, ranges = rule.segment, rule.ranges
    elif isinstance(rule, Mapping):
        segment, ranges = rule.get("segment", ""), {key: ends for key, ends in rule.items() if key != "segment"}
    else:
        raise RulesError(f"Rule {i} must be a segment with ranges, not {quote(rule)}.")
    if not isinstance(segment, str) or not segment.strip():
        raise RulesError(f"Rule {i} has no name. Give it the segment it is for.")
    for axis in ranges:
        if axis not in axes:
            raise UnknownNameError(
                f"Rule {i} ({quote(segment)}) has an unknown axis {quote(axis)}.{did_you_mean(str(axis), axes)}"
            )
    where = f"Rule {i} ({quote(segment)})"
    return Rule(segment, {axis: _ends(where, axis, ends, bins) for axis, ends in ranges.items()})


def _ends(where: str, axis: str, given: Any, bins: int) -> tuple[int, int]:
    """Low and high of a range that is a score, [low, high] or "low-high"."""
    ends = given.split("-") if isinstance(given, str) else given
    ends = [ends, ends] if isinstance(ends, int) else list(ends) if isinstance(ends, (list, tuple)) else []
    ends = ends * 2 if len(ends) == 1 else ends
    try:
        whole = [int(end) for end in ends]
    except (TypeError, ValueError, OverflowError):
        whole = []
    if len(whole) != 2 or any(isinstance(end, (bool, float)) for end in ends):
        raise RulesError(f"{where} has the range {quote(given)} for {axis.upper()}. Write a score, or low-high.")
    low, high = whole
    if not (1 <= low <= bins and 1 <= high <= bins):
        raise RulesError(f"{where} asks for {axis.upper()} {low} to {high}, and scores go from 1 to {bins}.")
    if low > high:
        raise RulesError(f"{where} asks for {axis.upper()} {low} to {high}, the wrong way round. Write {high}-{low}.")
    return low, high
