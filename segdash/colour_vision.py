"""Colours for every eye: palettes to choose from, and which colours of a choice some people can't tell apart.

A palette that is offered has a contrast of at least 3:1 with the card of both themes. Those made to be far apart hold
each pair of their colours at least 16.5 (of six), 11.9 (of eight) or 8.2 (of twelve) apart by CIEDE2000, in normal
vision and as seen with deuteranopia, protanopia and tritanopia. Found by simulated annealing; the test measures it.
"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from segdash.palette import CARDS, LEAST_CONTRAST, LEAST_DIFFERENCE, PALETTE, contrast, lab, linear

if TYPE_CHECKING:
    from collections.abc import Mapping

EYES = {
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
"""Linear RGB as seen without one kind of cone: Machado, Oliveira and Fernandes (2009), severity 1."""

_OWN_WORDS = (
    *("Purple", "Teal", "Amber", "Brick", "Blue", "Mauve", "Moss", "Sage"),
    *("Pink", "Slate", "Rosewood", "Periwinkle", "Turquoise", "Raspberry", "Olive", "Khaki"),
)

PALETTES: dict[str, dict[str, str]] = {
    "Sixteen, one for each name": dict(zip(_OWN_WORDS, PALETTE, strict=True)),
    "Six, furthest apart": {
        **{"Lavender": "#9687E1", "Copper": "#C3875A", "Violet": "#695AB4"},
        **{"Olive": "#786900", "Jade": "#00A596", "Crimson": "#C33C69"},
    },
    "Eight, far apart": {
        **{"Lavender": "#8787E1", "Ochre": "#B4872D", "Magenta": "#B43C78", "Turquoise": "#0FA5A5"},
        **{"Olive": "#78691E", "Rose": "#E15A87", "Green": "#1E875A", "Violet": "#695AB4"},
    },
    "Twelve, far apart": {
        **{"Periwinkle": "#7887F0", "Brown": "#965A00", "Pine": "#0F7869", "Khaki": "#96965A"},
        **{"Mauve": "#A56996", "Crimson": "#C33C69", "Blue": "#3C78C3", "Cyan": "#0096B4"},
        **{"Purple": "#964B96", "Mustard": "#A5871E", "Dusty pink": "#C37887", "Moss": "#5A783C"},
    },
}
"""Palettes that are offered: title -> word for a colour -> "#RRGGBB"."""


class Alike(NamedTuple):
    """Two segments whose colours some people can't tell apart."""

    one: str
    other: str
    eyes: tuple[str, ...]


def seen_alike(colours: Mapping[str, str]) -> list[Alike]:
    """Pairs of segments that look alike without one kind of cone.

    Parameters
    ----------
    colours : mapping of str to str
        Segment -> colour.

    Returns
    -------
    list of Alike
        In the order of the segments, with the kinds of colour vision that see them so.

    Examples
    --------
    >>> seen_alike({"Gold": "#B65139", "Silver": "#6B6B20", "Bronze": "#387DD4"})
    [Alike(one='Gold', other='Silver', eyes=('deuteranopia',))]
    """
    names = list(colours)
    if len(names) < 2:
        return []
    as_seen = {eye: lab(np.clip(linear(*colours.values()) @ np.array(cones).T, 0, 1)) for eye, cones in EYES.items()}
    found = []
    for i, j in combinations(range(len(names)), 2):
        eyes = tuple(eye for eye, seen in as_seen.items() if np.linalg.norm(seen[i] - seen[j]) < LEAST_DIFFERENCE)
        if eyes:
            found.append(Alike(names[i], names[j], eyes))
    return found


def hard_to_see(colour: str) -> list[str]:
    """Themes on whose cards a colour has too little contrast.

    Examples
    --------
    >>> hard_to_see("#FFFF00"), hard_to_see("#198480")
    (['light'], [])
    """
    return [
        theme for theme, card in zip(("light", "dark"), CARDS, strict=True) if contrast(colour, card) < LEAST_CONTRAST
    ]
