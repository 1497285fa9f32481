"""Which format the dates of a column are in: every plausible one is tried on every different date."""

from __future__ import annotations

import datetime as dt
import re
from calendar import monthrange
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

from segdash.errors import TableError, count, quote

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

FIRST_YEAR, LAST_YEAR = 1900, 2100
"""A date outside these years is set aside: a typing error, or a place holder such as 9999-12-31."""

TIME = r"[T ]+[0-9]{1,2}:[0-9]{2}(:[0-9]{2}([.,][0-9]+)?)?( ?[AaPp]\.?[Mm]\.?)?( ?(Z|UTC|[+-][0-9]{2}(:?[0-9]{2})?))?$"
"""The part of a cell after its date, as a regular expression that all engines read."""

TOLERATED = 0.02
"""Share of rows in the other order of day and month above which a column is refused as mixed."""

CLEAR = 3.0
"""How many times as densely one reading must fill the calendar to win over another that loses no row either."""

ENOUGH = 10
"""Different dates below which the calendar proves nothing."""

_MONTHS = {
    name: i
    for i, name in enumerate(["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], 1)
}
_YMD = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})")
_ABY = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_NAMED_DAY_FIRST = re.compile(r"(\d{1,2})([ /-])([A-Za-z]{3,9})\2(\d{4})")
_NAMED_MONTH_FIRST = re.compile(r"([A-Za-z]{3,9}) (\d{1,2})(,? )(\d{4})")


@dataclass(frozen=True)
class Reading:
    """One way to read the dates of a column.

    Parameters
    ----------
    formats : tuple of str
        `strptime` formats of the date part; several where a column mixes notations.
    lost : int
        Rows it can't read.
    outside : int
        Rows it dates outside `FIRST_YEAR` to `LAST_YEAR`.
    days : dict of date to int
        Rows per day.
    """

    formats: tuple[str, ...]
    lost: int
    outside: int
    days: Mapping[dt.date, int]

    @property
    def span(self) -> str:
        """First and last date, in words."""
        if not self.days:
            return "no date"
        return f"{_said(min(self.days))} to {_said(max(self.days))}"

    @property
    def density(self) -> float:
        """Share of the days between the first and the last on which there is a row."""
        return len(self.days) / ((max(self.days) - min(self.days)).days + 1) if self.days else 0.0

    @property
    def days_of_month(self) -> int:
        """How many days of the month, 1 to 31, ever occur."""
        return len({day.day for day in self.days})


class DateTieError(TableError):
    """Dates that can be read day first or month first, and nothing in the column decides.

    Attributes
    ----------
    readings : tuple of Reading
        Day first, month first.
    """

    def __init__(self, name: str, heading: str, readings: Sequence[Reading]) -> None:
        self.readings = tuple(readings)
        self.heading = heading
        told = " or ".join(
            f"{how} ({reading.span}): date_format={reading.formats[0]!r}"
            for how, reading in zip(("day first", "month first"), readings, strict=True)
        )
        super().__init__(
            name,
            [f"The dates in column {quote(heading)} can be read {told}. Nothing in it decides: pass one."],
        )


def choose_reading(dates: Iterable[tuple[str, int]], *, name: str, heading: str) -> tuple[Reading, list[str]]:
    """The one clear reading of a column's dates.

    Parameters
    ----------
    dates : iterable of (str, int)
        Each different date part of the column's cells, and its number of rows.
    name, heading : str
        What sentences call the source and the column.

    Returns
    -------
    reading : Reading
    notes : list of str
        What had to be decided.

    Raises
    ------
    DateTieError
        When day first and month first are equally good.
    TableError
        When no row can be read, or both orders of day and month occur in one notation.

    Notes
    -----
    Dates are grouped by notation (separator, length of the year, names of months). In each group the reading that
    loses fewer rows wins. A group whose days never exceed 12 is decided by the others: the reading under which all
    dates together fill the calendar at least three times as densely wins.

    Examples
    --------
    >>> reading, notes = choose_reading([("31/12/2024", 5), ("01/02/2025", 1)], name="orders", heading="Date")
    >>> reading.formats, reading.lost
    (('%d/%m/%Y',), 0)
    """
    groups, unread = _by_notation(dates)
    rows = unread + sum(n for group in groups.values() for _, n in group)
    options = {key: _options(key, group) for key, group in groups.items()}
    sure = {key: found for key, found in options.items() if len(found) == 1}
    for key, found in options.items():
        if len(found) == 2 and (winner := _by_rows(found)):
            _refuse_mixed(name, heading, found, rows)
            sure[key] = [winner]
    open_groups = {key: found for key, found in options.items() if key not in sure}
    settled = [found[0] for found in sure.values()]
    if open_groups:
        settled = _by_calendar(name, heading, settled, list(open_groups.values()))
    whole = _joined(settled, unread)
    if not whole.days and whole.outside:
        when = f"before {FIRST_YEAR} or after {LAST_YEAR}"
        raise TableError(name, [f"Every date in column {quote(heading)} is {when}. Correct the years."])
    if not whole.days:
        raise TableError(
            name, [f'No cell of column {quote(heading)} is a date. Name the column of dates: ordered_at="...".']
        )
    return whole, _notes(heading, settled)


def read_with(formats: Sequence[str], dates: Iterable[tuple[str, int]]) -> Reading:
    """What given formats make of a column's dates."""
    days: dict[dt.date, int] = {}
    lost = outside = 0
    for text, n in dates:
        found = next((day for form in formats if (day := _strptime(text, form))), None)
        if found is None:
            lost += n
        elif FIRST_YEAR <= found.year <= LAST_YEAR:
            days[found] = days.get(found, 0) + n
        else:
            outside += n
    return Reading(tuple(formats), lost, outside, days)


def _strptime(text: str, form: str) -> dt.date | None:
    try:
        return dt.datetime.strptime(text, form).date()
    except ValueError:
        return None


def _by_notation(dates: Iterable[tuple[str, int]]) -> tuple[dict[tuple[str, ...], list], int]:
    """Dates as (three parts, rows) by notation, and the rows of cells that are in none."""
    groups: dict[tuple[str, ...], list] = {}
    unread = 0
    for text, n in dates:
        if found := _YMD.fullmatch(text):
            key, parts = ("ymd", found[2]), (int(found[1]), int(found[3]), int(found[4]))
        elif found := _ABY.fullmatch(text):
            key, parts = (f"aby{len(found[4])}", found[2]), (int(found[1]), int(found[3]), _year(found[4]))
        elif found := _COMPACT.fullmatch(text):
            key, parts = ("compact", ""), (int(found[1]), int(found[2]), int(found[3]))
        elif (found := _NAMED_DAY_FIRST.fullmatch(text)) and (month := _month(found[3])):
            form = f"%d{found[2]}{'%b' if len(found[3]) == 3 else '%B'}{found[2]}%Y"
            key, parts = ("named", form), (int(found[4]), month, int(found[1]))
        elif (found := _NAMED_MONTH_FIRST.fullmatch(text)) and (month := _month(found[1])):
            form = f"{'%b' if len(found[1]) == 3 else '%B'} %d{found[3]}%Y"
            key, parts = ("named", form), (int(found[4]), month, int(found[2]))
        else:
            unread += n
            continue
        groups.setdefault(key, []).append((parts, n))
    return groups, unread


def _year(text: str) -> int:
    """A year of two digits as `strptime` takes it: 69 to 99 are of the last century."""
    year = int(text)
    return year if len(text) == 4 else 1900 + year if year >= 69 else 2000 + year


def _month(text: str) -> int | None:
    return _MONTHS.get(text[:3].lower())


def _options(key: tuple[str, ...], group: list) -> list[Reading]:
    """One reading, or day first and month first."""
    kind, mark = key
    if kind == "ymd":
        return [_reading((f"%Y{mark}%m{mark}%d",), group, (0, 1, 2))]
    if kind == "compact":
        return [_reading(("%Y%m%d",), group, (0, 1, 2))]
    if kind == "named":
        return [_reading((mark,), group, (0, 1, 2))]
    year = "%Y" if kind == "aby4" else "%y"
    day_first = _reading((f"%d{mark}%m{mark}{year}",), group, (2, 1, 0))
    month_first = _reading((f"%m{mark}%d{mark}{year}",), group, (2, 0, 1))
    return [day_first, month_first]


def _reading(formats: tuple[str, ...], group: list, at: tuple[int, int, int]) -> Reading:
    days: dict[dt.date, int] = {}
    lost = outside = 0
    for parts, n in group:
        year, month, day = (parts[i] for i in at)
        if not (1 <= month <= 12 and 1 <= day <= (monthrange(year, month)[1] if 1 <= year <= 9999 else 31)):
            lost += n
        elif FIRST_YEAR <= year <= LAST_YEAR:
            date = dt.date(year, month, day)
            days[date] = days.get(date, 0) + n
        else:
            outside += n
    return Reading(formats, lost, outside, days)


def _by_rows(found: Sequence[Reading]) -> Reading | None:
    """The reading that loses fewer rows; the same days either way are no tie."""
    first, second = found
    if first.days == second.days and first.lost == second.lost:
        return first
    if (first.lost, first.outside) == (second.lost, second.outside):
        return None
    return min(found, key=lambda reading: (reading.lost, reading.outside))


def _refuse_mixed(name: str, heading: str, found: Sequence[Reading], rows: int) -> None:
    """Both orders in one notation: the rows with days up to 12 can't be told apart."""
    fewer = min(reading.lost for reading in found)
    if fewer > TOLERATED * rows and all(reading.days for reading in found):
        both = " and ".join(f"{count(found[1 - i].lost, 'row')} only as {r.formats[0]!r}" for i, r in enumerate(found))
        raise TableError(
            name,
            [
                f"Column {quote(heading)} mixes day first and month first in one notation: {both} can be read. "
                "The other rows would be guesses. Export the file again with one format."
            ],
        )


def _by_calendar(
    name: str, heading: str, settled: list[Reading], open_groups: Sequence[Sequence[Reading]]
) -> list[Reading]:
    """Settle the groups that lose no row either way by how all dates together fill the calendar."""
    ways = [[*settled, *choice] for choice in product(*open_groups)]
    joined = sorted(((_joined(way, 0), way) for way in ways), key=lambda each: -each[0].density)
    (best, way), (second, _) = joined[0], joined[1]
    clear = (
        settled
        and len(best.days) >= ENOUGH
        and best.density >= CLEAR * second.density
        and best.days_of_month >= second.days_of_month
    )
    if not clear:
        day_first, month_first = ([group[i] for group in open_groups] for i in (0, 1))
        raise DateTieError(
            name, heading, [_joined([*settled, *side], 0) if settled else side[0] for side in (day_first, month_first)]
        )
    return way


def _joined(readings: Sequence[Reading], unread: int) -> Reading:
    days: dict[dt.date, int] = {}
    for reading in readings:
        for day, n in reading.days.items():
            days[day] = days.get(day, 0) + n
    formats = tuple(dict.fromkeys(form for reading in readings for form in reading.formats))
    lost = unread + sum(reading.lost for reading in readings)
    return Reading(formats, lost, sum(reading.outside for reading in readings), days)


def _notes(heading: str, settled: Sequence[Reading]) -> list[str]:
    used = [reading for reading in settled if reading.days]
    told = ", ".join(f"{shown(r.formats[0])} ({count(sum(r.days.values()), 'row')})" for r in used)
    mixed = "mixes notations and is read as" if len(used) > 1 else "is read as"
    return [f"Column {quote(heading)} {mixed} {told}."]


def shown(form: str) -> str:
    """A format as people write it.

    Examples
    --------
    >>> shown("%d/%m/%Y")
    'DD/MM/YYYY'
    """
    letters = {"%Y": "YYYY", "%y": "YY", "%m": "MM", "%d": "DD", "%b": "Mon", "%B": "Month"}
    for code, letter in letters.items():
        form = form.replace(code, letter)
    return form


def time_format(shape: str) -> str | None:
    """The `strptime` format of the part after the date, from its shape with each digit written 9.

    Examples
    --------
    >>> time_format(" 99:99"), time_format("T99:99:99.999Z"), time_format("")
    (' %H:%M', 'T%H:%M:%S.%f', '')
    """
    if not shape:
        return ""
    lead = re.match(r"[T ]+", shape)[0]  # type: ignore[index]  # the shape of a match of TIME
    body = shape[len(lead) :]
    zone = re.search(r" ?(Z|UTC|[+-]99(:?99)?)$", body)
    body = body[: zone.start()] if zone else body
    half = re.search(r"( ?)[AaPp]\.?[Mm]\.?$", body)
    if half and "." in half[0]:
        return None
    clock = body[: half.start()] if half else body
    hour = "%I" if half else "%H"
    parts = clock.split(":")
    seconds = "" if len(parts) == 2 else ":%S.%f" if "." in parts[2] else ":%S,%f" if "," in parts[2] else ":%S"
    return f"{lead}{hour}:%M{seconds}{half[1] + '%p' if half else ''}"


def is_aware(shape: str) -> bool:
    """True when the part after the date names its zone."""
    return bool(re.search(r"(Z|UTC|[+-]99(:?99)?)$", shape))


def _said(day: dt.date) -> str:
    return f"{day.day} {day:%B %Y}"
