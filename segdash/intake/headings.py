"""Which column of a table is which: headings to canonical names, with every fault named at once."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from segdash.errors import did_you_mean, quote
from segdash.schema import CLUSTER, CUSTOMER_ID, HEADINGS, METRICS, RFM, SEGMENT, fold

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

REQUIRED = (CUSTOMER_ID, *RFM)

NEAR = 0.75
"""Likeness, 0 to 1, from which a heading is suggested: "country" is like "monetary" to 0.67."""


@dataclass(frozen=True)
class Roles:
    """What each column of a table is.

    Parameters
    ----------
    place : dict of str to int
        Canonical name -> position, from 0.
    further : dict of int to str
        Position -> name in the result, for all other columns, in file order.
    faults, notes : tuple of str
        What makes the table unusable; what had to be decided.
    """

    place: dict[str, int]
    further: dict[int, str]
    faults: tuple[str, ...]
    notes: tuple[str, ...]


def assign_roles(headings: Sequence[str], columns: Mapping[str, str | None] | None = None) -> Roles:
    """Match headings to canonical columns.

    Parameters
    ----------
    headings : sequence of str
        As the file has them.
    columns : mapping, optional
        Canonical name -> heading, where the headings do not say it; None leaves a column out that could
        be taken for the cluster or segment.

    Returns
    -------
    Roles

    Notes
    -----
    Headings are compared without case, blanks, underscores, hyphens and dots. Of several aliases the first in
    `segdash.schema.HEADINGS` wins, and the others are further columns.

    Examples
    --------
    >>> headings = ["Customer ID", "RECENCY", "Frequency", "Revenue", "Age"]
    >>> roles = assign_roles(headings, {"monetary": "Revenue"})
    >>> roles.place, roles.further, roles.faults
    ({'monetary': 3, 'customer_id': 0, 'recency': 1, 'frequency': 2}, {4: 'Age'}, ())
    """
    columns = columns or {}
    faults = _twice(headings)
    at: dict[str, int] = {}
    for name, heading in columns.items():
        fault = _place(name, heading, headings, at)
        faults += [fault] if fault else []
    out = [i for name, heading in columns.items() if heading is None for i in _matching(name, headings, at)]
    for name in HEADINGS:
        if name not in columns:
            found = _matching(name, headings, at)
            at |= {name: found[0]} if found else {}
            if len(found) > 1 and len({headings[i] for i in found}) > 1:
                faults.append(_rivals(name, headings, found))
    missing = [name for name in REQUIRED if name not in at and name not in columns]
    faults += _absent(missing, headings, [h for i, h in enumerate(headings) if i not in at.values()])
    further = {
        i: _further_name(heading, i) for i, heading in enumerate(headings) if i not in at.values() and i not in out
    }
    notes = [f"Column {quote(headings[i])} is left out, as asked." for i in out]
    notes += [
        f"Column {quote(headings[i])} is called {quote(name)}, because its name is taken."
        for i, name in further.items()
        if name != headings[i]
    ]
    return Roles(at, further, tuple(faults), tuple(notes))


def _twice(headings: Sequence[str]) -> list[str]:
    """A fault for each heading that stands over several columns."""
    faults = []
    for heading in dict.fromkeys(headings):
        places = [str(i) for i, other in enumerate(headings, 1) if other == heading]
        if len(places) > 1:
            where = f"{', '.join(places[:-1])} and {places[-1]}"
            faults.append(f"Heading {quote(heading)} stands over columns {where}. Give each column its own.")
    return faults


def _place(name: str, heading: str | None, headings: Sequence[str], at: dict[str, int]) -> str:
    """Put the column that ``columns`` names in its place; the fault when that can't be."""
    if name not in HEADINGS:
        return f"columns= names {quote(name)}, no column of a customer table.{did_you_mean(name, HEADINGS)}"
    if heading is None:
        need = f"columns= leaves {quote(name)} out, but every customer table needs it. Name its heading."
        return need if name in REQUIRED else ""
    wanted = str(heading).strip()
    found = [i for i, known in enumerate(headings) if known == wanted]
    found = found or [i for i, known in enumerate(headings) if fold(known) == fold(wanted)]
    if not found:
        asked = f"columns= takes {quote(name)} from {quote(wanted)}, but there is no such heading."
        return f"{asked}{did_you_mean(wanted, headings)}"
    rival = next((other for other, i in at.items() if i == found[0]), None)
    if rival:
        both = f"{quote(rival)} and {quote(name)}"
        return f"columns= takes both {both} from {quote(wanted)}. Name another heading for one."
    at[name] = found[0]
    return ""


def _matching(name: str, headings: Sequence[str], at: Mapping[str, int]) -> list[int]:
    """Positions of the headings that match the first alias that any heading matches."""
    free = {i: fold(heading) for i, heading in enumerate(headings) if i not in at.values()}
    for alias in HEADINGS.get(name, ()):
        found = [i for i, folded in free.items() if folded == alias]
        if found:
            return found
    return []


def _rivals(name: str, headings: Sequence[str], found: Sequence[int]) -> str:
    """The fault of several headings for one canonical column."""
    listed = " and ".join(f"{quote(headings[i])} (column {i + 1})" for i in found)
    return f"Headings {listed} both mean {name}. Rename one, or choose: {mend(name, headings[found[0]])}."


def _absent(names: Sequence[str], headings: Sequence[str], spare: Sequence[str]) -> list[str]:
    """A fault for each required column that no heading names."""
    if len(names) == len(REQUIRED) and all(re.match(r"[-+\d]", heading) for heading in headings[:2]):
        return [f"The first line, {quote(', '.join(headings))}, seems to be a row. Put headings above it."]
    folded = {fold(heading): heading for heading in reversed(spare)}
    faults, helped = [], True
    for name in names:
        what = f"{name} ({METRICS[name].unit})" if name in METRICS else name
        near = [m for alias in HEADINGS[name] for m in difflib.get_close_matches(alias, folded, 1, NEAR)]
        if near:
            heading = folded[near[0]]
            how = f"The nearest is {quote(heading)}; to take it: {mend(name, heading)}."
        else:
            how, helped = f"Say which one it is: {mend(name, '...')}.", False
        faults.append(f"No heading is {what}. {how}")
    if not helped:
        listed = ", ".join(quote(heading, 30) for heading in spare[:12]) + (", ..." if len(spare) > 12 else "")
        faults[-1] += f" Headings to choose from: {listed}." if spare else " No other heading is left."
    return faults


def mend(name: str, heading: str | None) -> str:
    """The argument that names a column.

    Examples
    --------
    >>> mend("monetary", "Revenue"), mend("cluster", None)
    ('columns={"monetary": "Revenue"}', 'columns={"cluster": None}')
    """
    value = "None" if heading is None else f'"{quote(heading)[1:-1]}"'
    return f'columns={{"{name}": {value}}}'


def _further_name(heading: str, position: int) -> str:
    """The heading, unless reading the result again would take it for a canonical column."""
    taken = {HEADINGS[name][0] for name in REQUIRED} | {*HEADINGS[CLUSTER], *HEADINGS[SEGMENT]}
    return f"{heading} (column {position + 1})" if fold(heading) in taken else heading
