"""Plain data that came from a file, checked: every value of its kind, nothing missing, nothing unknown."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from segdash.errors import ClusteringError, did_you_mean, quote

if TYPE_CHECKING:
    from collections.abc import Sequence

LONGEST_TEXT = 200


def record(value: Any, keys: Sequence[str], where: str) -> Mapping[str, Any]:
    """A mapping with exactly these keys.

    Examples
    --------
    >>> record({"centre": 1, "scael": 2}, ("centre", "scale"), "the model")
    Traceback (most recent call last):
    ...
    segdash.errors.ClusteringError: Unknown entry 'scael' in the model. Did you mean 'scale'? Known: centre, scale.
    """
    if not isinstance(value, Mapping):
        raise ClusteringError(f"{_upper(where)} must be a mapping with {', '.join(keys) or 'no entries'}.")
    for key in value:
        if key not in keys:
            raise ClusteringError(f"Unknown entry {quote(key)} in {where}.{did_you_mean(str(key), keys)}")
    for key in keys:
        if key not in value:
            raise ClusteringError(f"Entry {quote(key)} is missing in {where}. Save the model anew.")
    return value


def number(value: Any, where: str, *, least: float = -math.inf, above: float = -math.inf) -> float:
    """A finite number, at least ``least`` and more than ``above``."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not _finite(value):
        raise ClusteringError(f"{_upper(where)} must be a finite number, not {quote(value)}.")
    if value < least or value <= above:
        limit = f"more than {above:g}" if value <= above else f"{least:g} or more"
        raise ClusteringError(f"{_upper(where)} must be {limit}, not {quote(value)}.")
    return float(value)


def numbers(value: Any, shape: Sequence[int | None], where: str) -> np.ndarray:
    """Nested lists of finite numbers as an array of that shape; None is any length from 1.

    Examples
    --------
    >>> numbers([[1, 2], [3, 4.5]], (None, 2), "'centroids'").shape
    (2, 2)
    """
    if not shape:
        return np.asarray(number(value, f"each number of {where}"))
    if not isinstance(value, (list, tuple)) or not value or (shape[0] is not None and len(value) != shape[0]):
        size = " x ".join("n" if length is None else str(length) for length in shape)
        raise ClusteringError(f"{_upper(where)} must be lists of {size} numbers. Save the model anew.")
    if len(shape) == 1:
        return np.array([number(one, f"each number of {where}") for one in value])
    return np.stack([numbers(one, shape[1:], where) for one in value])


def increasing(value: Any, where: str, *, length: int | None = None) -> np.ndarray:
    """A list of finite numbers, each more than the one before."""
    found = numbers(value, (length,), where)
    if (np.diff(found) <= 0).any():
        raise ClusteringError(f"{_upper(where)} must increase from each number to the next. Save the model anew.")
    return found


def text(value: Any, where: str) -> str:
    """A text that is neither empty nor endless."""
    if not isinstance(value, str) or not 0 < len(value) <= LONGEST_TEXT:
        raise ClusteringError(f"{_upper(where)} must be a text of 1 to {LONGEST_TEXT} characters, not {quote(value)}.")
    return value


def texts(value: Any, where: str) -> tuple[str, ...]:
    """A list of texts, at least one, all different."""
    if not isinstance(value, (list, tuple)) or not value:
        raise ClusteringError(f"{_upper(where)} must be a list of texts, not {quote(value)}.")
    found = tuple(text(one, f"each of {where}") for one in value)
    if len(set(found)) < len(found):
        twice = next(one for one in found if found.count(one) > 1)
        raise ClusteringError(f"{_upper(where)} name {quote(twice)} twice. Keep one of them.")
    return found


def _finite(value: float) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:  # a whole number of a thousand digits
        return False


def _upper(where: str) -> str:
    return where[:1].upper() + where[1:]
