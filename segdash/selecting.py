"""How a new selection and the present one make the next, and the selections there were."""

from __future__ import annotations

from segdash.errors import UnknownNameError

MODES = {"replace": "New", "append": "Add", "intersect": "In both", "subtract": "Take away"}
"""What a new selection does with the present one, by Bokeh's names, and what people call it."""

MOST_EARLIER = 50
MOST_REMEMBERED = 2_000_000
"""Ids in all earlier selections together: of more, the oldest selections are forgotten."""


def mode_of(*, shift: bool, ctrl: bool, otherwise: str) -> str:
    """The mode that modifier keys ask for, as in Bokeh's own selection tools.

    Examples
    --------
    >>> mode_of(shift=True, ctrl=True, otherwise="replace")
    'subtract'
    >>> mode_of(shift=False, ctrl=False, otherwise="append")
    'append'
    """
    asked = {(True, False): "append", (False, True): "intersect", (True, True): "subtract"}
    return asked.get((shift, ctrl), otherwise)


def combined(present: list[str], ids: list[str], mode: str) -> list[str]:
    """The selection that follows from the present one and a new one; the present one's order stays.

    Parameters
    ----------
    present, ids : list of str
        Customer ids, each at most once.
    mode : str
        A key of `MODES`.

    Raises
    ------
    UnknownNameError
        When there is no such mode.

    Examples
    --------
    >>> combined(["a", "b"], ["b", "c"], "append")
    ['a', 'b', 'c']
    >>> combined(["a", "b"], ["b", "c"], "intersect"), combined(["a", "b"], ["b", "c"], "subtract")
    (['b'], ['a'])
    """
    if mode not in MODES:
        raise UnknownNameError.of("selection mode", mode, MODES)
    if mode == "append":
        return list(dict.fromkeys([*present, *ids]))
    new = set(ids)
    if mode == "intersect":
        return [one for one in present if one in new]
    if mode == "subtract":
        return [one for one in present if one not in new]
    return list(ids)


def left(earlier: list[list[str]], selection: list[str]) -> list[list[str]]:
    """Earlier selections, oldest first, with the one that a person just left; no more than can be kept.

    Examples
    --------
    >>> left([["a"]], [])
    [['a'], []]
    """
    kept = [*earlier, selection][-MOST_EARLIER:]
    total = sum(map(len, kept))
    while total > MOST_REMEMBERED:
        total -= len(kept.pop(0))
    return kept
