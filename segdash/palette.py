"""One colour per segment name, the same on every chart, in the light and the dark theme, for every eye.

Each colour of `PALETTE` has a contrast of at least 3:1 with the card of both themes, and neighbours (one or two
places apart) differ by at least 10.9 (CIEDE2000) in normal vision and as seen with deuteranopia, protanopia and
tritanopia. Found by simulated annealing; the test measures it.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from segdash.errors import SegmentsError, quote
from segdash.labelling.archetypes import archetype_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

CARDS = ("#FFFFFF", "#171C22")
"""What charts are drawn on: light theme, dark theme."""

SLOTS = {
    "Champions": "#705DB3",  # purple
    "Loyal": "#198480",  # teal
    "Low Value": "#C4883A",  # amber
    "At-Risk": "#B65139",  # brick
    "Can't Lose": "#387DD4",  # blue
    "About to Sleep": "#A07590",  # mauve
    "Potential Loyalist": "#5F7C5C",  # moss
    "Regulars": "#809C75",  # sage
    "Big Spenders": "#DD6DA8",  # pink
    "Lost": "#576896",  # slate
    "Hibernating": "#8E5C66",  # rosewood
    "Needs Attention": "#7D8AE6",  # periwinkle
    "Promising": "#0EA4AE",  # turquoise
    "New": "#B8587D",  # raspberry
    "Recent": "#87870F",  # olive
    "Others": "#69694B",  # khaki
}
"""The colour that belongs to a name, whatever the number of segments; the order is that of `PALETTE`."""

PALETTE = tuple(SLOTS.values())

NEUTRAL = "#838B96"
"""Of customers without a segment, and of what is not selected."""

NAMELESS = "unassigned"

LEAST_CONTRAST = 3.0
LEAST_DIFFERENCE = 8.0
"""Lab distance below which two segments are taken for one."""

# sRGB (D65) to CIE XYZ; each row is scaled so that white is (1, 1, 1), and the second gives luminance.
_XYZ = np.array([[0.41246, 0.35758, 0.18044], [0.21267, 0.71515, 0.07218], [0.01933, 0.11919, 0.95030]])
_XYZ = _XYZ / _XYZ.sum(axis=1, keepdims=True)


def colours_for(
    names: Sequence[str],
    *,
    chosen: Mapping[str, str] | None = None,
    kept: Mapping[str, str] | None = None,
    yielding: bool = False,
) -> dict[str, str]:
    """A colour per segment.

    Parameters
    ----------
    names : sequence of str
        Distinct segment names, best to worst.
    chosen : mapping of str to str, optional
        Colours that a person gave to some of them: those segments take them, and names without a colour of their
        own keep away from them.

    Returns
    -------
    dict of str to str
        Name -> "#RRGGBB", in the order given, all different. A name in `SLOTS` has its own colour always, and so has
        one that only writes it differently ("At Risk", "Can't Lose Them"), unless both are there; others take the
        free places of the palette in order, then colours made as far from all others as can be.

    Examples
    --------
    >>> colours_for(["Loyal", "Lost"])["Loyal"] == colours_for(["Gold", "Champions", "Loyal"])["Loyal"]
    True
    """
    reserved = {name.casefold(): colour for name, colour in SLOTS.items()} | {NAMELESS: NEUTRAL}
    own: dict[str, str] = dict(chosen or {})
    kept = kept or {}
    lent = {key for key, colour in reserved.items() if not _is_free(colour, own)}
    # First who writes a name as `SLOTS` does, then who writes it differently.
    for spelling in (str, _archetype_name):
        for name in names:
            if name not in own and (key := spelling(name).casefold()) in reserved:
                if key in lent and (yielding or name in kept):
                    continue
                own[name] = reserved.pop(key)
    for name in names:
        if name not in own and name in kept and _is_free(kept[name], own):
            own[name] = normalise(kept[name])
    free = [colour for colour in PALETTE if _is_free(colour, own)]
    others = [name for name in names if name not in own]
    own.update(zip(others, [*free, *_further(max(0, len(others) - len(free)))], strict=False))
    return {name: own[name] for name in names}


def own_colour(name: str) -> str | None:
    """The colour that belongs to a segment's name, however it is written; None for a name of a person's own.

    Examples
    --------
    >>> own_colour("at risk customers") == SLOTS["At-Risk"], own_colour("Gold")
    (True, None)
    """
    return SLOTS.get(_archetype_name(name))


def contrast(a: str, b: str) -> float:
    """Contrast ratio of two colours by WCAG 2, 1 (none) to 21 (black on white).

    Examples
    --------
    >>> contrast("black", "#FFFFFF")
    21.0
    """
    low, high = sorted(float(luminance) + 0.05 for luminance in linear(a, b) @ _XYZ[1])
    return round(high / low, 6)


def text_on(colour: str) -> str:
    """Black or white, whichever is easier to read on the colour.

    Examples
    --------
    >>> text_on("#D9A441"), text_on("#5B3FA8")
    ('#000000', '#FFFFFF')
    """
    return max(("#000000", "#FFFFFF"), key=lambda text: contrast(text, colour))


def normalise(colour: str) -> str:
    """A colour as "#RRGGBB".

    Parameters
    ----------
    colour : str
        "#RGB", "#RRGGBB" or a CSS name, in any case.

    Raises
    ------
    SegmentsError
        When it is neither.

    Examples
    --------
    >>> normalise("#0f8b8d"), normalise("#abc"), normalise("Teal")
    ('#0F8B8D', '#AABBCC', '#008080')
    >>> normalise("blurple")
    Traceback (most recent call last):
    ...
    segdash.errors.SegmentsError: 'blurple' is not a colour. Use a name such as 'teal' or a hex code such as ...
    """
    text = str(colour).strip().lower()
    if re.fullmatch("#[0-9a-f]{3}", text):
        text = "#" + "".join(2 * digit for digit in text[1:])
    if re.fullmatch("#[0-9a-f]{6}", text):
        return text.upper()
    # Bokeh is imported for names alone.
    from bokeh.colors import named

    if text in named.__all__:
        return str(getattr(named, text).to_hex()).upper()
    raise SegmentsError(f"{quote(colour)} is not a colour. Use a name such as 'teal' or a hex code such as '#0F8B8D'.")


def difference(a: str, b: str) -> float:
    """Distance of two colours in CIE Lab (CIE76): about 2 is just noticeable, black and white are 100 apart.

    Examples
    --------
    >>> round(difference("black", "white")), difference("teal", "#008080")
    (100, 0.0)
    """
    first, second = lab(linear(a, b))
    return float(np.linalg.norm(first - second))


def refuse_clashes(colours: Mapping[str, str]) -> None:
    """Raise when two segments have colours that can't be told apart.

    Parameters
    ----------
    colours : mapping of str to str
        Segment -> colour.

    Raises
    ------
    SegmentsError
        Naming both segments; also when a colour is none.

    Examples
    --------
    >>> refuse_clashes({"Gold": "teal", "Silver": "#008081"})
    Traceback (most recent call last):
    ...
    segdash.errors.SegmentsError: Segments 'Gold' and 'Silver' have nearly the same colour (#008080 and #008081). ...
    """
    for (one, a), (other, b) in combinations([(name, normalise(colour)) for name, colour in colours.items()], 2):
        if difference(a, b) < LEAST_DIFFERENCE:
            how = f"the same colour ({a})" if a == b else f"nearly the same colour ({a} and {b})"
            raise SegmentsError(
                f"Segments {quote(one)} and {quote(other)} have {how}. Give one of them another colour."
            )


def _is_free(colour: str, own: Mapping[str, str]) -> bool:
    return all(difference(colour, used) >= LEAST_DIFFERENCE for used in own.values())


def _archetype_name(name: str) -> str:
    kind = archetype_of(name)
    return kind.name if kind else name


def _channels(*colours: str) -> np.ndarray:
    """Red, green and blue, 0..1, shape (n_colours, 3)."""
    codes = [normalise(colour) for colour in colours]
    return np.array([[int(code[i : i + 2], 16) / 255 for i in (1, 3, 5)] for code in codes])


def linear(*colours: str) -> np.ndarray:
    """Linear red, green and blue of colours, 0..1, shape (n_colours, 3)."""
    return _linear(_channels(*colours))


def _linear(channels: np.ndarray) -> np.ndarray:
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def lab(linear_rgb: np.ndarray) -> np.ndarray:
    """CIE Lab (D65) of linear red, green and blue, shape (n_colours, 3)."""
    xyz = linear_rgb @ _XYZ.T
    x, y, z = np.where(xyz > (6 / 29) ** 3, np.cbrt(xyz), xyz / (3 * (6 / 29) ** 2) + 4 / 29).T
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=1)


@lru_cache(maxsize=1)
def _candidates() -> tuple[np.ndarray, np.ndarray]:
    """Channels and Lab of calm colours with enough contrast on both cards."""
    steps = np.linspace(0, 1, 18)
    channels = np.stack(np.meshgrid(steps, steps, steps), axis=-1).reshape(-1, 3)
    rgb = _linear(channels)
    light, dark = linear(*CARDS) @ _XYZ[1]
    luminance = rgb @ _XYZ[1] + 0.05
    seen = (luminance >= LEAST_CONTRAST * (dark + 0.05)) & (luminance <= (light + 0.05) / LEAST_CONTRAST)
    found = lab(rgb)
    calm = np.hypot(found[:, 1], found[:, 2]) < 60
    return channels[seen & calm], found[seen & calm]


def _further(n: int) -> list[str]:
    """``n`` more colours, each as far as can be from the palette and those before it."""
    channels, places = _candidates()
    taken = lab(linear(*PALETTE, NEUTRAL))
    gap = np.linalg.norm(places[:, None] - taken, axis=2).min(axis=1)
    found = []
    for _ in range(n):
        best = int(gap.argmax())
        found.append("#" + "".join(f"{round(255 * channel):02X}" for channel in channels[best]))
        gap = np.minimum(gap, np.linalg.norm(places - places[best], axis=1))
    return found
