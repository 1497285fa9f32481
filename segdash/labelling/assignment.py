"""Which archetype each segment gets: one to one at the least total cost, numbered where one is used again."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import linear_sum_assignment

from segdash.labelling.archetypes import ARCHETYPES, Archetype

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segdash.labelling.facts import Base, Facts

WEIGHTS = np.array([1.5, 1.0, 1.0])
"""Of squared distances in recency, frequency and monetary; the last two mostly say the same thing."""

UNEARNED = 5.0
"""Cost of a claim that doesn't hold: more than any two points are apart, so what is earned goes first."""

AGAIN = 0.12
"""Cost of using a name once more ("Loyal 2"): a number is better than a name that is far off."""


def costs(base: Base, segments: Sequence[Facts]) -> np.ndarray:
    """How badly each archetype fits each segment, shape (n_segments, n_archetypes)."""
    homes = np.array([kind.home for kind in ARCHETYPES])
    points = np.array([one.percentiles for one in segments])
    distances = ((points[:, None, :] - homes) ** 2 * WEIGHTS).sum(axis=2)
    reluctance = np.array([kind.reluctance for kind in ARCHETYPES])
    unmet = [[kind.unmet(one, base) for kind in ARCHETYPES] for one in segments]
    return distances + reluctance + UNEARNED * np.array(unmet)


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


def distinct(names: Sequence[str]) -> list[str]:
    """Number the names that occur again, in order; case alone doesn't make two names.

    Examples
    --------
    >>> distinct(["Loyal", "Lost", "Loyal", "LOYAL"])
    ['Loyal', 'Lost', 'Loyal 2', 'LOYAL 3']
    """
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
