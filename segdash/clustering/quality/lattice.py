"""Metrics that take few values, such as numbers of orders: what lies between two of them is no gap."""

from __future__ import annotations

import numpy as np

_FEW = 5
_REGULAR = 2.5


class Lattice:
    """The values of a metric that takes few, and the cell around each; without cells where it takes many.

    Parameters
    ----------
    values : numpy.ndarray of shape (n,)
        Each value that occurs must do so five times on average, else they are no lattice.

    Notes
    -----
    The cells of neighbours meet half way. A step more than 2.5 times as wide as a step beside it is no step of the
    lattice but a gap in the customers: there a cell ends after half the smaller step.

    Examples
    --------
    >>> orders = Lattice(np.repeat([1.0, 2.0, 3.0, 20.0, 21.0], 10))
    >>> orders.snap(np.array([1.2, 2.6, 3.3, 9.0, 19.8, 30.0])).tolist()
    [1.0, 3.0, 3.0, 9.0, 20.0, 30.0]
    >>> Lattice(np.arange(50.0)).snap(np.array([1.2])).tolist()
    [1.2]
    """

    def __init__(self, values: np.ndarray) -> None:
        known = np.unique(values)
        if len(known) < 2 or len(known) * _FEW > len(values):
            known = known[:0]
        self._known = known
        if len(known):
            reach = _reach(np.diff(known))
            # Beyond the ends, as far as inwards.
            self._left, self._right = np.append(reach[0], reach), np.append(reach, reach[-1])

    def snap(self, values: np.ndarray) -> np.ndarray:
        """Each value that is in a cell moved to the cell's own."""
        if not len(self._known):
            return values
        nearest = self._nearest(values)
        off = values - self._known[nearest]
        inside = np.abs(off) <= np.where(off > 0, self._right[nearest], self._left[nearest])
        return np.where(inside, self._known[nearest], values)

    def spread(self, values: np.ndarray, random: np.random.Generator) -> np.ndarray:
        """Each value of the lattice moved to a random place in its cell."""
        if not len(self._known):
            return values
        nearest = self._nearest(values)
        place = random.uniform(-self._left[nearest], self._right[nearest])
        return np.where(values == self._known[nearest], values + place, values)

    def _nearest(self, values: np.ndarray) -> np.ndarray:
        above = np.searchsorted(self._known, values).clip(1, len(self._known) - 1)
        return np.where(values - self._known[above - 1] <= self._known[above] - values, above - 1, above)


def _reach(steps: np.ndarray) -> np.ndarray:
    """How far from either end of each step values are moved to it."""
    beside = np.minimum(np.append(np.inf, steps[:-1]), np.append(steps[1:], np.inf))
    return np.where(steps <= _REGULAR * beside, steps, np.minimum(beside, steps)) / 2
