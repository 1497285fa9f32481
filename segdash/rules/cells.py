"""Cells of scores: which there are, and how people write them."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

from segdash.errors import RulesError, UnknownNameError, quote
from segdash.scoring.thresholds import AXES

if TYPE_CHECKING:
    from collections.abc import Sequence

Cell = tuple[int, ...]
"""Scores on the axes of a rule set, in their order."""

SHOWN = 20
"""Cells that a sentence lists before it says how many more there are."""


def all_cells(axes: Sequence[str], bins: int) -> list[Cell]:
    """Every cell of a grid, worst scores first.

    Examples
    --------
    >>> all_cells(("r", "fm"), 5)[:3], len(all_cells(("r", "f", "m"), 5))
    ([(1, 1), (1, 2), (1, 3)], 125)
    """
    return list(product(range(1, bins + 1), repeat=len(axes)))


def check_axes(axes: Sequence[str]) -> None:
    """Raise unless these are two or three different scores."""
    for axis in axes:
        if axis not in AXES:
            raise UnknownNameError.of("axis", str(axis), AXES)
    if not 2 <= len(axes) <= 3 or len(set(axes)) < len(axes):
        raise RulesError(f"A rule set has two or three different axes, not {quote(', '.join(axes))}.")


def listed(cells: Sequence[Cell]) -> str:
    """Cells as people write them.

    Examples
    --------
    >>> listed([(5, 5), (5, 4)]), listed([(10, 9)])
    ('55 54', '10-9')
    """
    joint = "-" if any(len(str(score)) > 1 for cell in cells for score in cell) else ""
    texts = [joint.join(str(score) for score in cell) for cell in cells[:SHOWN]]
    return " ".join(texts) + (f" and {len(cells) - SHOWN} more" if len(cells) > SHOWN else "")


def grid(axes: Sequence[str], bins: int) -> str:
    """A grid in words.

    Examples
    --------
    >>> grid(("r", "fm"), 5)
    'R x FM with scores 1 to 5'
    """
    return f"{' x '.join(axis.upper() for axis in axes)} with scores 1 to {bins}"
