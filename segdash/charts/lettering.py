"""Texts inside and beside a picture: cut where they are too long, left out where they don't fit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segdash.errors import UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

CHARACTER = 0.56
"""Width of an average character, relative to the size of the letters."""

PHONE = 290.0
"""Width in pixels that the inside of a chart has on a phone 390 px wide."""

EMPTY = "No customers to show"


def cut(text: object, length: int = 18) -> str:
    """Text of at most so many characters, the last an ellipsis where some are missing.

    Examples
    --------
    >>> cut("Potential Loyalist"), cut("Potential Loyalists", 10)
    ('Potential Loyalist', 'Potential…')
    """
    written = str(text)
    return written if len(written) <= length else written[: length - 1] + "…"


def fitting(text: str, share: float, *, size: float = 12) -> str:
    """The text, in letters of so many pixels, when it fits into a share (0..1) of a phone's width, else "".

    Examples
    --------
    >>> fitting("1,234", 0.2), fitting("1,234", 0.05)
    ('1,234', '')
    """
    return text if len(text) * CHARACTER * size <= share * PHONE else ""


def cut_to(text: object, share: float, *, size: float = 12, least: int = 5) -> str:
    """As much of the text as fits into a share of a phone's width; "" when that is fewer than ``least`` characters.

    Examples
    --------
    >>> cut_to("Champions", 0.5), cut_to("Champions", 0.15), cut_to("Champions", 0.05)
    ('Champions', 'Champ…', '')
    """
    room = int(share * PHONE / CHARACTER / size)
    return cut(text, room) if room >= min(least, len(str(text))) and room > 0 else ""


def refuse_unknown(names: Iterable[object], colours: Mapping[str, str]) -> None:
    """Raise for a segment that has no colour: leaving its customers out would make the picture untrue.

    Raises
    ------
    UnknownNameError
        Naming the segment.
    """
    for name in names:
        if str(name) not in colours:
            raise UnknownNameError.of("segment", str(name), colours)
