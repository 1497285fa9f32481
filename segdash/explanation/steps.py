"""The grain of a metric: whole numbers, cents, or any number. Thresholds and changes are written in it."""

from __future__ import annotations

import numpy as np

from segdash.errors import count
from segdash.labelling.words import NOUNS, UNITS
from segdash.numbers import money, number
from segdash.schema import metric

_FINEST = 12


def grain(values: np.ndarray) -> int | None:
    """Digits after the point that all values have at most: 0, 1 or 2; None for finer ones.

    Examples
    --------
    >>> grain(np.array([1.0, 31.0])), grain(np.array([1.5, 2.25])), grain(np.array([1 / 3]))
    (0, 2, None)
    """
    for digits in range(3):
        if np.allclose(values, np.round(values, digits), rtol=0, atol=1e-9):
            return digits
    return None


def roundest(low: float, high: float) -> float:
    """The number with the fewest digits in ``low <= x < high``; of several, the one nearest the middle.

    Examples
    --------
    >>> roundest(31, 32), roundest(1234.5, 1310.25), roundest(0.2, 0.3), roundest(3, 90)
    (31.0, 1300.0, 0.2, 50.0)
    """
    middle = low + (high - low) / 2
    largest = max(abs(low), abs(high))
    top = int(np.ceil(np.log10(largest))) if largest > 0 else 0
    for power in range(top, -_FINEST - 1, -1):
        steps = middle / 10.0**power
        # Rounded as a decimal: 3 * 0.1 is not 0.3.
        both = [round(float(step * 10.0**power), -power) for step in (np.floor(steps), np.ceil(steps))]
        if inside := [number for number in both if low <= number < high]:
            return min(inside, key=lambda number: abs(number - middle))
    return low


def after(value: float, digits: int | None) -> float:
    """The next value above, in the metric's grain."""
    return round(value + 10.0**-digits, digits) if digits is not None else float(np.nextafter(value, np.inf))


def written(name: str, value: float, currency: str = "", digits: int | None = None) -> str:
    """A metric's value with its unit, with as many digits as it needs.

    Examples
    --------
    >>> written("recency", 31), written("frequency", 1), written("monetary", 1300, "£"), written("age", 4.25)
    ('31 days', '1 order', '£1,300', '4.25')
    """
    needed = next((d for d in range(7) if round(value, d) == value), 6)
    decimals = needed if digits is None or not needed else max(needed, digits)
    if name in UNITS and decimals == 0:
        return count(int(value), UNITS[name])
    if metric(name).money:
        return money(value, currency, decimals)
    return f"{number(value, decimals)} {UNITS[name]}s" if name in UNITS else number(value, decimals)


def told(name: str, value: float, currency: str = "", digits: int | None = None) -> str:
    """As `written`, but money to the cent: a mean has more digits than anybody reads.

    Examples
    --------
    >>> told("average_order_value", 136 / 3, "£", 2), told("frequency", 3.5)
    ('£45.33', '3.5 orders')
    """
    return written(name, round(value, 2) if metric(name).money else value, currency, digits)


def spoken(name: str) -> str:
    """What a sentence calls a metric.

    Examples
    --------
    >>> spoken("monetary"), spoken("average_order_value")
    ('spend', 'average order value')
    """
    title = metric(name).title
    return NOUNS.get(name) or (title[:1].lower() + title[1:] if title[1:2].islower() else title)
