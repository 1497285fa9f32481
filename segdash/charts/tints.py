"""Numbers as one hue, from the card's own colour to full, readable in the light and in the dark."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segdash.palette import CARDS

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

ACCENT = {False: "#2456A6", True: "#7FA8E8"}
"""Of what belongs to no segment: light theme, dark theme."""

WARM = {False: "#B8702A", True: "#DE9A55"}
"""Of what takes away, or is recommended."""

FAINT = {False: "#C9CFD6", True: "#3A424D"}
"""Of guides and edges that must not be louder than the data."""

_ENDS = {False: ("#E9EFF9", "#1E4588"), True: ("#222C3B", "#93B9F3")}


def blend(one: str, other: str, share: float) -> str:
    """The colour that is ``share`` (0..1) of the way from one "#RRGGBB" to the other.

    Examples
    --------
    >>> blend("#000000", "#FFFFFF", 0.2), blend("#102030", "#FFFFFF", 0)
    ('#333333', '#102030')
    """
    pairs = [(int(one[i : i + 2], 16), int(other[i : i + 2], 16)) for i in (1, 3, 5)]
    return "#" + "".join(f"{round(a + (b - a) * share):02X}" for a, b in pairs)


def pale(colour: str, *, dark: bool = False, share: float = 0.22) -> str:
    """A colour as if it were laid thinly on the card.

    Examples
    --------
    >>> pale("#705DB3")
    '#E0DBEE'
    """
    return blend(CARDS[dark], colour, share)


def tints(values: ArrayLike, *, dark: bool = False) -> list[str]:
    """A colour per number: the card's for a missing one, the lightest for 0 and below, full for the largest.

    The way between follows the square root, so that a long tail does not wash out everything else.

    Examples
    --------
    >>> tints([0.0, 25.0, 100.0, float("nan")])
    ['#E9EFF9', '#849AC0', '#1E4588', '#FFFFFF']
    """
    numbers = np.asarray(values, dtype="float64")
    top = np.nanmax(np.where(np.isfinite(numbers), numbers, 0.0), initial=0.0)
    shares = np.sqrt(np.clip(numbers / (top or 1.0), 0, 1))
    low, high = _ENDS[dark]
    return [blend(low, high, float(share)) if np.isfinite(share) else CARDS[dark] for share in shares]
