"""Segments that a person made of customers chosen by hand: they stand beside those that a method makes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from segdash.errors import SegmentsError, count, quote

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from segdash.clustering import Clustering

MOST = 40
LONGEST_NAME = 60


def check_own_segments(own: Any) -> None:
    """Check ``{name: [customer id, ...]}``.

    Raises
    ------
    SegmentsError
        When a name can't be one of a segment, ids are no list of texts, or there are too many segments.
    """
    if not isinstance(own, Mapping):
        raise SegmentsError(f"Own segments must be {{name: [customer id, ...]}}, not {quote(own)}.")
    if len(own) > MOST:
        raise SegmentsError(f"There are {len(own)} own segments; at most {MOST} can be told apart. Remove some.")
    for name, ids in own.items():
        check_own_name(name)
        if not isinstance(ids, (list, tuple)) or not ids or any(not isinstance(one, str) for one in ids):
            raise SegmentsError(f"Own segment {quote(name)} must be a list of at least one customer id, as text.")
    known: dict[str, str] = {}
    for name in own:
        if (first := known.setdefault(name.strip().casefold(), name)) is not name:
            raise SegmentsError(f"Own segments {quote(first)} and {quote(name)} read alike. Give one another name.")


def check_own_name(name: Any) -> None:
    """Check the name of one own segment.

    Raises
    ------
    SegmentsError
        When it is empty, too long, a number, or means something else.
    """
    if not isinstance(name, str) or not name.strip():
        raise SegmentsError("Give the segment a name.")
    if len(name) > LONGEST_NAME:
        raise SegmentsError(f"The name {quote(name)} has {len(name)} characters; at most {LONGEST_NAME} fit the page.")
    if name.strip().lstrip("-").isdigit() or name.strip().casefold() == "unassigned":
        raise SegmentsError(f"A segment can't be called {quote(name)}: numbers and 'Unassigned' are what methods say.")


def set_apart(
    found: Clustering, own: Mapping[str, Iterable[str]], positions: Callable[[Any], np.ndarray]
) -> Clustering:
    """The clusters of a method, with the customers of own segments taken out of them; the later segment goes first.

    Parameters
    ----------
    found : Clustering
    own : mapping of str to iterable of str
        Name -> customer ids.
    positions : callable
        Row number of each id, -1 for one that is not in the table.

    Returns
    -------
    Clustering
        Labels of those customers are the names of their segments; a note says how many.

    Examples
    --------
    >>> from segdash.clustering import Clustering
    >>> found = Clustering(labels=np.array(["0", "1", "1"], dtype=object), method="k_means")
    >>> apart = set_apart(found, {"Mine": ["c", "z"]}, lambda ids: np.array([{"c": 2}.get(one, -1) for one in ids]))
    >>> apart.labels.tolist()
    ['0', '1', 'Mine']
    >>> apart.notes
    ("1 customer chosen by hand is in the segment 'Mine' (1 more is not in this table).",)
    """
    if not own:
        return found
    labels = found.labels.astype(object)
    said = []
    for name, ids in own.items():
        where = np.asarray(positions(ids))
        there = where[where >= 0]
        labels[there] = name
        lost = len(where) - len(there)
        more = f" ({lost:,} more {'is' if lost == 1 else 'are'} not in this table)" if lost else ""
        verb = "is" if len(there) == 1 else "are"
        said.append(f"{count(len(there), 'customer')} chosen by hand {verb} in the segment {quote(name)}{more}.")
    return replace(found, labels=labels, notes=(*found.notes, *said))
