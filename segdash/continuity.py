"""Segments that stay themselves when they are made again: names, colours, and what a person said of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from segdash.configuration import apply_overrides, settings_of
from segdash.errors import SegmentsError, did_you_mean, quote
from segdash.labelling.archetypes import ARCHETYPES, archetype_of
from segdash.labelling.identity import match_segments
from segdash.labelling.naming import EVERYONE, name_facts
from segdash.palette import normalise, own_colour
from segdash.schema import CLUSTER, CUSTOMER_ID, UNASSIGNED

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    from segdash.labelling.facts import Base, Facts
    from segdash.labelling.naming import SegmentName

Remembered = Mapping[str, Mapping[str, str]]
"""Cluster -> the name and the colour that its segment had; only what its numbers alone might not give it again."""

KEPT = ("name", "color")


class Before(NamedTuple):
    """The segments before a change: their table (None where there was none) and what a person had said of them."""

    table: pd.DataFrame | None
    overrides: Mapping[Any, Mapping[str, Any]]


class Named(NamedTuple):
    """Segments named, and what has to change along with them.

    Parameters
    ----------
    table : pandas.DataFrame
        As `segdash.configuration.apply_overrides` gives it.
    remembered : dict
        What gives these names and colours again; empty where the numbers alone do.
    overrides : dict
        What a person said, moved along with the segments.
    notes : tuple of str
        What gave way, a sentence each.
    """

    table: pd.DataFrame
    remembered: Remembered
    overrides: Mapping[Any, Mapping[str, Any]]
    notes: tuple[str, ...] = ()


def name_on(
    facts: tuple[Base, list[Facts]] | None,
    same: Mapping[str, str] | None,
    before: Before,
    *,
    remembered: Remembered | None,
    overrides: Mapping[Any, Mapping[str, Any]],
    follows: bool,
    currency: str = "",
) -> Named:
    """Name segments so that those which were there before stay themselves.

    Parameters
    ----------
    facts : tuple or None
        As `segdash.labelling.facts.segment_facts` gives it; None without customers.
    same : mapping of str to str, or None
        Cluster after -> cluster before where segments were made anew; None where they are the same ones.
    before : Before
        How things were.
    remembered : mapping or None
        What is to be remembered; None takes it from the segments before.
    overrides : mapping
        What a person said.
    follows : bool
        True has it move along with the segments; False takes it as it is.
    currency : str
        Written beside money.

    Raises
    ------
    SegmentsError
        When two segments would have one name or colour.
    """
    matched = same if same is not None else same_clusters(before.table)
    if remembered is None:
        known = worth_remembering(before.table, before.overrides) if before.table is not None else {}
        remembered = {new: known[old] for new, old in matched.items() if old in known}
    named = _named(facts, remembered, currency)
    given_way: list[str] = []
    if follows and before.table is not None:
        was = dict(zip(before.table[CLUSTER], before.table["automatic"], strict=True))
        overrides, given_way = follow(overrides, matched, was, {one.cluster: one.name for one in named})
    # A colour chosen for a segment that stays is no reason against more segments; a new choice of colour is one.
    yielding = follows and same is not None
    table = apply_overrides(named, overrides, kept=_entries(remembered, "color"), yielding=yielding)
    if remembered or yielding:
        remembered = _least(table, facts, overrides)
    notes = [
        f"Settings that waited for a segment {quote(key)} gave way to those of the segment so called now."
        for key in given_way
    ]
    return Named(table, remembered, overrides, tuple(notes))


def _named(facts: tuple[Base, list[Facts]] | None, remembered: Remembered, currency: str = "") -> list[SegmentName]:
    if facts is None:
        return []
    return name_facts(*facts, currency=currency, remembered=_entries(remembered, "name"))


def _entries(remembered: Remembered, entry: str) -> dict[str, str]:
    return {cluster: kept[entry] for cluster, kept in remembered.items() if entry in kept}


def _least(
    table: pd.DataFrame, facts: tuple[Base, list[Facts]] | None, overrides: Mapping[Any, Mapping[str, Any]]
) -> Remembered:
    """As little as gives these names and colours again: nothing, what numbers alone would make another, or all."""
    told, known = _told(table), worth_remembering(table, overrides)
    plain = _told_again(facts, {}, overrides)
    if plain == told:
        return {}
    others = {cluster: kept for cluster, kept in known.items() if plain.get(cluster) != told[cluster]}
    return others if _told_again(facts, others, overrides) == told else known


def _told(table: pd.DataFrame) -> dict[str, tuple[str, str]]:
    """Cluster -> automatic name and colour."""
    return dict(zip(table[CLUSTER], zip(table["automatic"], table["color"], strict=True), strict=True))


def _told_again(
    facts: tuple[Base, list[Facts]] | None, remembered: Remembered, overrides: Mapping[Any, Mapping[str, Any]]
) -> dict[str, tuple[str, str]]:
    """What would be told; nothing where a colour that gave way would clash, or a name."""
    try:
        return _told(apply_overrides(_named(facts, remembered), overrides, kept=_entries(remembered, "color")))
    except SegmentsError:
        return {}


def same_clusters(table: pd.DataFrame | None) -> dict[str, str]:
    """Every cluster is itself."""
    return {} if table is None else {cluster: cluster for cluster in table[CLUSTER]}


def same_segments(before: pd.DataFrame | None, features: pd.DataFrame, labels: np.ndarray) -> dict[str, str]:
    """Which segment of a new clustering is which of the one before: cluster after -> cluster before.

    Parameters
    ----------
    before : pandas.DataFrame of shape (n_before, ...) or None
        The customers before, with their clusters.
    features : pandas.DataFrame of shape (n_after, ...)
        The customers now.
    labels : numpy.ndarray of shape (n_after,)
        Their clusters.

    Returns
    -------
    dict
        By `match_segments`, over the customers that both have; empty where one of them tells nobody apart.

    Examples
    --------
    >>> before = pd.DataFrame({"customer_id": list("abcd"), "cluster": ["0", "0", "1", "1"]})
    >>> same_segments(before, before.iloc[1:], ["1", "0", "0"])
    {'0': '1', '1': '0'}
    """
    if before is None or before[CLUSTER].nunique() < 2 or len(pd.unique(pd.Series(labels))) < 2:
        return {}
    was, now = before[CUSTOMER_ID].to_numpy(dtype=object), features[CUSTOMER_ID].to_numpy(dtype=object)
    if len(was) == len(now) and (was == now).all():
        return match_segments(before[CLUSTER].to_numpy(dtype=object), labels)
    return match_segments(pd.Series(before[CLUSTER].to_numpy(dtype=object), was), pd.Series(labels, now))


def worth_remembering(table: pd.DataFrame, overrides: Mapping[Any, Mapping[str, Any]]) -> dict[str, dict[str, str]]:
    """Names and colours of segments, as far as neither the data nor a person gave them.

    Parameters
    ----------
    table : pandas.DataFrame
        As `segdash.configuration.apply_overrides` gives it.
    overrides : mapping
        What a person said, as for `segdash.configuration.check_overrides`.

    Returns
    -------
    dict
        Cluster -> name, where it follows from numbers, and color, where it is not the name's own.

    Notes
    -----
    Naming the same segments by what is remembered of all of them gives the same names again: taking the same amount off
    the cost of each chosen pair leaves the cheapest assignment the cheapest.
    """
    found = {}
    for cluster, name, colour in zip(table[CLUSTER], table["automatic"], table["color"], strict=True):
        kept = {}
        if name != cluster and archetype_of(name):
            kept["name"] = name
        plain = name in (EVERYONE, UNASSIGNED) or colour == own_colour(name)
        if not plain and "color" not in settings_of(name, cluster, overrides):
            kept["color"] = colour
        if kept:
            found[cluster] = kept
    return found


def follow(
    overrides: Mapping[Any, Mapping[str, Any]],
    same: Mapping[str, str],
    before: Mapping[str, str],
    after: Mapping[str, str],
) -> tuple[dict[Any, Mapping[str, Any]], list[str]]:
    """What a person said of segments, moved along with them.

    Parameters
    ----------
    overrides : mapping
        Settings by automatic name or by cluster, as they applied before.
    same : mapping of str to str
        Cluster after -> cluster before.
    before, after : mapping of str to str
        Cluster -> automatic name.

    Returns
    -------
    overrides : dict
        By the new automatic name or the new cluster. What was said of a segment that is gone waits under the automatic
        name that it had, and what waited waits on.
    given_way : list of str
        Keys under which something waited that gave way, for a segment that lives on is called so now.

    Examples
    --------
    >>> said = {"Loyal": {"name": "Friends"}, "Lost": {"name": "Gone"}}
    >>> follow(said, {"0": "2"}, {"2": "Loyal", "1": "Lost"}, {"0": "Champions", "1": "Regulars"})[0]
    {'Lost': {'name': 'Gone'}, 'Champions': {'name': 'Friends'}}
    """
    lives_on = {old: new for new, old in same.items()}
    moved: dict[Any, Mapping[str, Any]] = {}
    waiting: dict[Any, Mapping[str, Any]] = {}
    for key, settings in overrides.items():
        old = _segment_of(str(key), before, overrides)
        if old is None:
            waiting[key] = settings
        elif old in lives_on:
            new = lives_on[old]
            moved[_alike(key, after[new] if str(key) == before[old] else new)] = settings
        else:
            waiting[_alike(key, before[old])] = settings
    taken = {str(key) for key in moved}
    given_way = [str(key) for key in waiting if str(key) in taken]
    return {key: settings for key, settings in waiting.items() if str(key) not in taken} | moved, given_way


def renamed(chosen: Sequence[str], same: Mapping[str, str], before: pd.DataFrame, after: pd.DataFrame) -> list[str]:
    """Names of segments as they are now; a segment that is gone keeps the name it had."""
    was = dict(zip(before[CLUSTER], before["segment"], strict=True))
    now = dict(zip(after[CLUSTER], after["segment"], strict=True))
    new = {was[old]: now[cluster] for cluster, old in same.items()}
    return list(dict.fromkeys(new.get(name, name) for name in chosen))


def check_remembered(remembered: Any) -> None:
    """Raise when it is not what `worth_remembering` gives.

    Raises
    ------
    SegmentsError
        For a value of the wrong kind, an unknown entry or kind of segment, or an invalid colour.

    Examples
    --------
    >>> check_remembered({"0": {"name": "Loyl"}})
    Traceback (most recent call last):
    ...
    segdash.errors.SegmentsError: Cluster '0' can't be remembered as 'Loyl'. Did you mean 'Loyal'? Known: ...
    """
    if not isinstance(remembered, Mapping):
        raise SegmentsError(
            f"What is remembered must be a mapping of cluster to name and color, not {quote(remembered)}."
        )
    for cluster, kept in remembered.items():
        if not isinstance(cluster, str) or not isinstance(kept, Mapping):
            raise SegmentsError(
                f"What is remembered of cluster {quote(cluster)} must be such as '0': {{'name': 'Loyal'}}, "
                f"not {quote(kept)}."
            )
        for entry, value in kept.items():
            if entry not in KEPT:
                raise SegmentsError(
                    f"Unknown entry {quote(entry)} in what is remembered of cluster {quote(cluster)}."
                    f"{did_you_mean(str(entry), KEPT)}"
                )
            if not isinstance(value, str):
                raise SegmentsError(
                    f"Entry {quote(entry)} in what is remembered of cluster {quote(cluster)} must be text, "
                    f"not {quote(value)}."
                )
        if "name" in kept and not archetype_of(kept["name"]):
            known = did_you_mean(kept["name"], [kind.name for kind in ARCHETYPES])
            raise SegmentsError(f"Cluster {quote(cluster)} can't be remembered as {quote(kept['name'])}.{known}")
        if "color" in kept:
            normalise(kept["color"])


def _segment_of(key: str, names: Mapping[str, str], overrides: Mapping[Any, Any]) -> str | None:
    """Cluster of the segment that the settings under this key apply to, None when there is none."""
    by_name = next((cluster for cluster, name in names.items() if name == key), None)
    if by_name is not None:
        return by_name
    said = {str(other) for other in overrides}
    # The automatic name goes before the cluster.
    return key if key in names and names[key] not in said else None


def _alike(key: Any, text: str) -> Any:
    """The key itself where it says the same: a cluster may be given as a number."""
    return key if str(key) == text else text
