"""A rectangle cut into parts of given areas that are as square as can be."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


def squarify(values: ArrayLike, width: float = 1.0, height: float = 1.0) -> np.ndarray:
    """Left, bottom, right and top of a rectangle per value, side by side in one large rectangle.

    Parameters
    ----------
    values : array-like of shape (n,)
        Areas, relative to each other; a missing one and one at or below 0 get no area.
    width, height : float
        Of the large rectangle, whose lower left corner is (0, 0).

    Returns
    -------
    numpy.ndarray of shape (n, 4)
        In the order of ``values``; the largest is at the upper left. Areas are exact, nothing overlaps and nothing
        is left over.

    References
    ----------
    Bruls, Huizing and van Wijk (2000), Squarified Treemaps.

    Examples
    --------
    >>> squarify([6, 6, 4, 3, 2, 2, 1], 6, 4).round(2).tolist()[:3]
    [[0.0, 2.0, 3.0, 4.0], [0.0, 0.0, 3.0, 2.0], [3.0, 1.67, 4.71, 4.0]]
    """
    sizes = np.nan_to_num(np.asarray(values, dtype="float64"), nan=0.0, posinf=0.0)
    found = np.zeros((len(sizes), 4))
    order = [int(i) for i in np.argsort(-sizes, kind="stable") if sizes[i] > 0]
    if not order:
        return found
    areas = sizes * (width * height / sizes[order].sum())
    left, top, right, bottom = 0.0, height, width, 0.0
    while order:
        # A row is laid along the shorter side of what is free.
        side = min(right - left, top - bottom)
        row = _row([float(areas[i]) for i in order], side)
        along, thick = 0.0, sum(areas[i] for i in order[:row]) / side
        for i in order[:row]:
            length = areas[i] / thick
            if right - left >= top - bottom:
                found[i] = left, top - along - length, left + thick, top - along
            else:
                found[i] = left + along, top - thick, left + along + length, top
            along += length
        if right - left >= top - bottom:
            left += thick
        else:
            top -= thick
        order = order[row:]
    return found


def _row(areas: list[float], side: float) -> int:
    """How many of the largest areas make a row whose worst part is squarest."""
    n = 1
    while n < len(areas) and _worst(areas[: n + 1], side) <= _worst(areas[:n], side):
        n += 1
    return n


def _worst(areas: list[float], side: float) -> float:
    """Longest side over shortest of the least square part of a row."""
    total = sum(areas)
    return max(side**2 * areas[0] / total**2, total**2 / (side**2 * areas[-1]))
