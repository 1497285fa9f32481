"""A `strptime` format as regular expressions that every engine has: which texts are real dates, and their ISO form.

Engines differ in what their own parsing does with a text that is none: PostgreSQL stops the query or makes the
30th of February the 1st of March, Spark stops the query, and neither knows all of `strptime`'s letters.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_NAMES = (
    ("jan", "uary"),
    ("feb", "ruary"),
    ("mar", "ch"),
    ("apr", "il"),
    ("may", ""),
    ("jun", "e"),
    ("jul", "y"),
    ("aug", "ust"),
    ("sep", "tember"),
    ("oct", "ober"),
    ("nov", "ember"),
    ("dec", "ember"),
)
_ALL = range(1, 13)
_LONG = (1, 3, 5, 7, 8, 10, 12)
_BUT_FEBRUARY = (1, *range(3, 13))

_DAYS = {28: "{0}[1-9]|1[0-9]|2[0-8]", 30: "29|30", 31: "31", 29: "29"}
_YEAR = "[1-9][0-9]{3}|0[1-9][0-9]{2}|00[1-9][0-9]|000[1-9]"
_LEAP_YEAR = "[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:0[48]|[2468][048]|[13579][26])00"
_CENTURIES = {  # digits before a year of two -> such years, leap years
    "19": ("69|[7-9][0-9]", "7[26]|8[048]|9[26]"),
    "20": ("[0-5][0-9]|6[0-8]", "[024][048]|[135][26]|6[048]"),
}
_CLOCK = {"H": "[01]?[0-9]|2[0-3]", "I": "0?[1-9]|1[0-2]", "M": "[0-5]?[0-9]", "S": "[0-5]?[0-9]"}
_WIDE = {
    "d": "[0-9]{1,2}",
    "m": "[0-9]{1,2}",
    "b": "[A-Za-z]+",
    "B": "[A-Za-z]+",
    "Y": "[0-9]{4}",
    "y": "[0-9]{2}",
    **dict.fromkeys("HIMS", "[0-9]{1,2}"),
    "f": "[0-9]{1,6}",
    "p": "[AaPp][Mm]",
}
_PIECE = re.compile(r"%(.)|( +)|([^%])", re.DOTALL)


@dataclass(frozen=True)
class DatePattern:
    r"""The texts of one format, of one century where its year has two digits.

    Parameters
    ----------
    real : str
        Matches the texts that name a real day, lengths of months and leap years observed, and a real time.
    parts : str
        Matches the same texts, each part a group.
    iso : str
        What to put in place of ``parts``: "\3-\2-\1 \4:\5". A month written as a name stays one, see `MONTHS`.
    is_named : bool
        True when the month is a name.
    """

    real: str
    parts: str
    iso: str
    is_named: bool


def _any_case(word: str) -> str:
    return "".join(f"[{letter.upper()}{letter}]" for letter in word)


MONTHS = {f"-{_any_case(short)}[A-Za-z]*-": f"-{i}-" for i, (short, _) in enumerate(_NAMES, 1)}
"""A month's name between the year and the day of an ISO form -> its number there."""


def date_patterns(form: str) -> list[DatePattern] | None:
    r"""The patterns of a `strptime` format; None for one that names no whole day, or that has other letters.

    Parameters
    ----------
    form : str
        Of ``%d %m %b %B %Y %y``, ``%H %I %M %S %f %p`` and what stands between them.

    Notes
    -----
    Numbers may lack their leading zero where something stands between them; a year has all its digits. One blank
    stands for any number of them.

    Examples
    --------
    >>> found = date_patterns("%d/%m/%Y %H:%M")[0]
    >>> [bool(re.search(found.real, text)) for text in ("29/2/2024 8:26", "29/2/2023 8:26", "1/13/2024 8:26")]
    [True, False, False]
    >>> re.sub(found.parts, found.iso, "29/2/2024 8:26")
    '2024-2-29 8:26'
    """
    pieces = _PIECE.findall(form)
    letters = [letter for letter, _, _ in pieces if letter]
    if not _is_whole(letters):
        return None
    # Nothing between two numbers: only their widths tell them apart.
    is_tight = re.search(r"%[dmYyHIMS]%[dmYyHIMSf]", form) is not None
    centuries = _CENTURIES if "y" in letters else {"": (_YEAR, _LEAP_YEAR)}
    return [
        DatePattern(
            real=_anchored("|".join(_calendar(pieces, years, leap_years, is_tight=is_tight))),
            parts=_anchored("".join(_piece(piece, f"({_wide(piece[0], is_tight=is_tight)})") for piece in pieces)),
            iso=_iso(letters, century),
            is_named=bool({"b", "B"} & set(letters)),
        )
        for century, (years, leap_years) in centuries.items()
    ]


def _is_whole(letters: list[str]) -> bool:
    """True for a day, month and year, each once, and at most one time of day."""
    kinds = "".join(sorted({"b": "m", "B": "m", "y": "Y"}.get(letter, letter) for letter in letters))
    times = ("", "HM", "HMS", "HMSf", "IMp", "IMSp", "IMSfp", "H", "Ip")
    return kinds in {"".join(sorted("dmY" + time)) for time in times}


def _calendar(pieces: list[tuple[str, str, str]], years: str, leap_years: str, *, is_tight: bool) -> list[str]:
    """The whole format four times: any month's days, all but February's, the long months', and leap days."""
    ways = ((28, _ALL, years), (30, _BUT_FEBRUARY, years), (31, _LONG, years), (29, (2,), leap_years))
    zero = "0" if is_tight else "0?"
    found = []
    for days, months, of_years in ways:
        exact = {
            **{letter: pattern.replace("?", "") if is_tight else pattern for letter, pattern in _CLOCK.items()},
            "d": _DAYS[days].format(zero),
            "m": "|".join(f"{zero}{month}" if month < 10 else str(month) for month in months),
            "b": "|".join(_any_case(_NAMES[month - 1][0]) for month in months),
            "B": "|".join(_any_case("".join(_NAMES[month - 1])) for month in months),
            "Y": of_years,
            "y": of_years,
            "f": _WIDE["f"],
            "p": _WIDE["p"],
        }
        found.append("".join(_piece(piece, f"(?:{exact.get(piece[0], '')})") for piece in pieces))
    return found


def _wide(letter: str, *, is_tight: bool) -> str:
    return _WIDE.get(letter, "").replace("{1,2}", "{2}" if is_tight else "{1,2}")


def _piece(piece: tuple[str, str, str], pattern: str) -> str:
    letter, blanks, other = piece
    return pattern if letter else " +" if blanks else re.sub(r"([][.^$*+?{}()|\\])", r"\\\1", other)


def _anchored(pattern: str) -> str:
    return f"^(?:{pattern})$"


def _iso(letters: list[str], century: str) -> str:
    r"""The groups of the letters in ISO order."""
    at = {letter: f"\\{i}" for i, letter in enumerate(letters, 1)}
    year = century + at.get("Y", at.get("y", ""))
    month = next(at[letter] for letter in "mbB" if letter in at)
    hour = at.get("H", at.get("I"))
    time = f" {hour}:{at.get('M', '00')}" if hour else ""
    time += "".join(f"{mark}{at[letter]}" for mark, letter in ((":", "S"), (".", "f")) if letter in at)
    return f"{year}-{month}-{at['d']}{time}"
