"""Which archetype each segment gets: one to one at the least total cost, numbered where one is used again."""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import linear_sum_assignment

from segdash.labelling.archetypes import ARCHETYPES, Archetype

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from segdash.labelling.facts import Base, Facts

WEIGHTS = np.array([1.5, 1.0, 1.0])
"""Of squared distances in recency, frequency and monetary; the last two mostly say the same thing."""

UNEARNED = 5.0
"""Cost of a claim that doesn't hold: more than any two points are apart, so what is earned goes first."""

REMEMBERED = 1.0
"""What is taken off the cost of the archetype that the segment was called by before. The two nearest archetypes of a
segment are seldom more than 0.15 apart, so a name stays; no two points are more than 3.5 apart, so a name whose claim
doesn't hold goes, remembered or not: 3.5 + 1 is less than `UNEARNED`."""

AGAIN = 0.12
"""Cost of using a name once more ("Loyal 2"): a number is better than a name that is far off."""


def costs(base: Base, segments: Sequence[Facts], before: Mapping[str, Archetype] | None = None) -> np.ndarray:
    """How badly each archetype fits each segment, shape (n_segments, n_archetypes).

    Parameters
    ----------
    base, segments
        As `segdash.labelling.facts.segment_facts` gives them.
    before : mapping of str to Archetype, optional
        Cluster -> what its segment was before: that one costs `REMEMBERED` less.
    """
    homes = np.array([kind.home for kind in ARCHETYPES])
    points = np.array([one.percentiles for one in segments])
    distances = ((points[:, None, :] - homes) ** 2 * WEIGHTS).sum(axis=2)
    reluctance = np.array([kind.reluctance for kind in ARCHETYPES])
    unmet = [[kind.unmet(one, base) for kind in ARCHETYPES] for one in segments]
    was = np.array([[(before or {}).get(one.cluster) is kind for kind in ARCHETYPES] for one in segments])
    return distances + reluctance + UNEARNED * np.array(unmet) - REMEMBERED * was


def assign(costs: np.ndarray) -> list[Archetype]:
    """An archetype per segment, at the least total cost.

    Parameters
    ----------
    costs : numpy.ndarray of shape (n_segments, n_archetypes)

    Returns
    -------
    list of Archetype, length n_segments
        Each as often as it pays: a second use costs `AGAIN`, later ones slowly more.
    """
    n_segments, n_archetypes = costs.shape
    again = AGAIN * np.cbrt(np.arange(n_segments))
    repeated = (costs[:, None, :] + again[:, None]).reshape(n_segments, -1)
    _, columns = linear_sum_assignment(repeated)
    return [ARCHETYPES[column % n_archetypes] for column in columns]


def distinct(names: Sequence[str], before: Sequence[str] | None = None) -> list[str]:
    """Number the names that occur again, in order; case alone doesn't make two names.

    Parameters
    ----------
    names : sequence of str
    before : sequence of str, optional
        What each was called before, "" for nothing: where names occur again, a number that one had, it keeps.

    Examples
    --------
    >>> distinct(["Loyal", "Lost", "Loyal", "LOYAL"])
    ['Loyal', 'Lost', 'Loyal 2', 'LOYAL 3']
    >>> distinct(["Loyal", "Lost", "Loyal"], ["Loyal 2", "", ""])
    ['Loyal 2', 'Lost', 'Loyal']
    """
    if before:
        names = _numbered_as_before(names, before)
    taken = {name.casefold() for name in names}
    seen: set[str] = set()
    made = []
    for name in names:
        if name.casefold() in seen:
            numbered = (f"{name} {i}" for i in itertools.count(2))
            name = next(new for new in numbered if new.casefold() not in taken)
        taken.add(name.casefold())
        seen.add(name.casefold())
        made.append(name)
    return made


def _numbered_as_before(names: Sequence[str], before: Sequence[str]) -> list[str]:
    """Names that occur again, with the numbers that they had."""
    numbered: list[str] = []
    for name, was in zip(names, before, strict=True):
        had = re.fullmatch(re.escape(name) + r" [1-9]\d{0,2}", was) and names.count(name) > 1
        numbered.append(was if had and was not in numbered else name)
    return numbered
