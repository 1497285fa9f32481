"""Rule sets as people write them down: a line of cells per segment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segdash.rules.rule_set import RuleSet

if TYPE_CHECKING:
    from collections.abc import Mapping


def partition(name: str, axes: tuple[str, ...], segments: Mapping[str, str], *, bins: int = 5) -> RuleSet:
    """A rule set from cells written as digits, best segment first.

    Examples
    --------
    >>> partition("Two", ("r", "f"), {"Good": "33 32 31 23", "Other": "22 21 13 12 11"}, bins=3).cells[2, 3]
    'Good'
    """
    parts = [
        {"name": segment, "cells": [[int(digit) for digit in cell] for cell in cells.split()]}
        for segment, cells in segments.items()
    ]
    return RuleSet.from_dict({"name": name, "axes": axes, "bins": bins, "segments": parts})
