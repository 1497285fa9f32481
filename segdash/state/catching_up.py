"""What a person changed on the page while work on a copy went on beside it: the copy catches up before it is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from segdash.continuity import follow, renamed, same_clusters, same_segments
from segdash.errors import ChoiceError, SegdashError, quote
from segdash.schema import CLUSTER
from segdash.state.opening import own_in
from segdash.state.stages import CARRIED, CHOICES, INPUTS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from segdash.state.segmentation import Segmentation

Base = dict[str, Any]
"""Choices and tables of the page when the copy was made, by name."""

PLAIN = tuple(name for name in CHOICES if name not in ("features", "population", *CARRIED))
"""Choices that say the same whatever the segments are."""

OF_ONE_TABLE = ("ranges", "attribute_filter", "selected", "borderline_only")
"""Choices that another table clears, as it does whenever one is opened."""


def catch_up(copy: Segmentation, page: Segmentation, base: Base, *, large: int) -> dict[str, Any]:
    """Have a copy keep what the page's person changed since the copy was made, as far as the work did not change it.

    Choices that both changed are the copy's. Names, colours and advice move along with the segments, as they do when
    segments are made anew. What does not fit the copy's data is left out, with a sentence among its notices.

    Parameters
    ----------
    copy : Segmentation
        What the work made of the page's state; it is changed.
    page : Segmentation
        As it is now.
    base : dict
        What the page was when the copy was made.
    large : int
        Customers above whom segments are not made here.

    Returns
    -------
    dict
        Choices that are left for work of their own: they would make the segments of so many customers anew.

    Raises
    ------
    ChoiceError
        When the page has other customers by now and the copy still has those from before.
    """
    same_table = copy.features is base["features"]
    if page.features is not base["features"]:
        if same_table:
            raise ChoiceError("Other customers were opened meanwhile, so what was worked out was left out. Try again.")
        return {}
    names = [name for name in ("segments", "segment_filter") if getattr(page, name) != base[name]]
    same = Same(copy)
    names = [name for name in names if _only_followed(name, copy, base, same)]
    edits = {name: getattr(page, name) for name in PLAIN if _edited(name, page, copy, base)}
    if not same_table:
        edits = {name: value for name, value in edits.items() if name not in OF_ONE_TABLE}
        if "own_segments" in edits:
            edits["own_segments"] = own_in(edits["own_segments"], copy.features)
    later = set(edits).intersection(INPUTS["fitted"]) if len(copy.features) > large else set()
    _take(copy, {name: value for name, value in edits.items() if name not in later})
    _take_names(copy, page, names if same_table else [name for name in names if name != "segment_filter"], same)
    if copy.clustering is page.clustering and _edited("remembered", page, copy, base):
        _take(copy, {"remembered": page.remembered})
    if same_table:
        told = [said for said in page.notices if said not in base["notices"] and said not in copy.notices]
        for sentence in told:
            copy.notify(sentence)
    return {name: edits[name] for name in later}


def _edited(name: str, page: Segmentation, copy: Segmentation, base: Base) -> bool:
    """Whether the person changed a choice, and the work did not."""
    return getattr(page, name) != base[name] and getattr(copy, name) == base[name]


def _only_followed(name: str, copy: Segmentation, base: Base, same: Same) -> bool:
    """Whether a choice about segments is what it was, but for having followed its segments through the work."""
    before, after = base["segment_table"], copy.segment_table
    matched = same.of(base["clustering"], base["customers"], before)
    if name == "segments":
        return copy.segments == follow(base["segments"], matched, _automatic(before), _automatic(after))[0]
    return copy.segment_filter == renamed(base["segment_filter"], matched, before, after)


def _take_names(copy: Segmentation, page: Segmentation, names: Sequence[str], same: Same) -> None:
    """What a person said of segments since, said of those that they are in the copy."""
    matched = same.of(page.clustering, page.customers, page.segment_table) if names else {}
    if "segment_filter" in names:
        chosen = renamed(page.segment_filter, matched, page.segment_table, copy.segment_table)
        _take(copy, {"segment_filter": [name for name in chosen if name in copy.colours]})
    if "segments" in names:
        was, now = _automatic(page.segment_table), _automatic(copy.segment_table)
        # The filter, whose segments may be called otherwise now, follows by itself.
        _take(copy, {"segments": follow(page.segments, matched, was, now)[0]})


class Same:
    """Which segments of a copy are which of others; found out once per pair, as every customer is looked at."""

    def __init__(self, copy: Segmentation) -> None:
        self._copy = copy
        self._found: list[tuple[Any, Any, dict[str, str]]] = []

    def of(self, clustering: Any, customers: pd.DataFrame, table: pd.DataFrame) -> dict[str, str]:
        """Cluster of the copy -> cluster of these customers."""
        now = self._copy.clustering
        if now is clustering:
            return same_clusters(table)
        for mine, theirs, matched in self._found:
            if mine is now and theirs is clustering:
                return matched
        matched = same_segments(customers, self._copy.features, now.labels)
        self._found.append((now, clustering, matched))
        return matched


def _automatic(table: pd.DataFrame) -> dict[str, str]:
    return dict(zip(table[CLUSTER], table["automatic"], strict=True))


def _take(copy: Segmentation, edits: Mapping[str, Any]) -> None:
    """Set all at once, or one by one when one of them is refused."""
    if not edits:
        return
    try:
        copy.change(**edits)
    except (SegdashError, ValueError) as refused:
        if len(edits) > 1:
            for name, value in edits.items():
                _take(copy, {name: value})
        else:
            title = copy.param[next(iter(edits))].label
            copy.notify(f"What was chosen meanwhile as {quote(title)} was left out: {refused}")
