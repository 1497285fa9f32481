"""What an edit of segments makes of the settings that there are: tables and dicts in, a dict out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from segdash.configuration import settings_of
from segdash.errors import SegmentsError, quote
from segdash.palette import LEAST_DIFFERENCE, difference, normalise, refuse_clashes
from segdash.schema import CLUSTER, UNASSIGNED

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import pandas as pd

Settings = dict[Any, dict[str, Any]]
"""As for `segdash.configuration.check_overrides`."""


class Edited(NamedTuple):
    """Settings after an edit, and what gave way for it, a sentence each."""

    segments: Settings
    notes: tuple[str, ...] = ()


def edited(segments: Mapping[Any, Mapping[str, Any]], table: pd.DataFrame, changed: Mapping[str, dict]) -> Edited:
    """Settings with these changes of segments that are there.

    Parameters
    ----------
    segments : mapping
        The settings that there are.
    table : pandas.DataFrame
        The segments that there are, as `segdash.configuration.apply_overrides` gives them.
    changed : mapping of str to dict
        Automatic name -> settings to change; None takes one back.

    Returns
    -------
    Edited
        Keys stay as they were written; a segment without settings has no entry. A name or colour that waits for a
        segment which isn't there gives way to the same one asked for now.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"cluster": ["0", "1"], "automatic": ["Loyal", "Lost"]})
    >>> table = table.assign(segment=table["automatic"], color=["#198480", "#576896"])
    >>> edited({1: {"order": 1}}, table, {"Loyal": {"name": "Friends"}, "Lost": {"order": None}}).segments
    {'Loyal': {'name': 'Friends'}}
    """
    _refuse_taken(table, changed)
    keys = _keys(segments, table)
    waiting, notes = _give_way(segments, set(keys.values()), list(changed.values()))
    found = {**segments, **waiting}
    for name, settings in changed.items():
        said = {**found.get(keys[name], {}), **settings}
        found[keys[name]] = {setting: value for setting, value in said.items() if value is not None}
    return Edited({key: dict(said) for key, said in found.items() if said}, notes)


def moved(segments: Mapping[Any, Mapping[str, Any]], table: pd.DataFrame, name: str, step: int) -> Edited:
    """Settings with a segment some places further down (or up, below 0); those that were moved before stay so.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"cluster": ["0", "1", "2"], "automatic": ["Loyal", "Promising", "Lost"]})
    >>> table = table.assign(segment=table["automatic"], color=["#198480", "#0EA4AE", "#576896"])
    >>> moved({}, table, "Lost", -1).segments
    {'Lost': {'order': 2}}
    """
    order = table["automatic"].tolist()
    at = order.index(name)
    order.insert(max(at + step, 0), order.pop(at))
    clusters = _clusters(table)
    ordered = {one for one in order if "order" in settings_of(one, clusters[one], segments)} | {name}
    return edited(segments, table, {one: {"order": order.index(one) + 1} for one in order if one in ordered})


def painted(segments: Mapping[Any, Mapping[str, Any]], table: pd.DataFrame, colours: Sequence[str] | None) -> Edited:
    """Settings with these colours for all segments, the best first; None gives each the colour of its name.

    Raises
    ------
    SegmentsError
        When there are more segments than colours.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"cluster": ["0", "1"], "automatic": ["Loyal", "Lost"]})
    >>> table = table.assign(segment=table["automatic"], color=["#198480", "#576896"])
    >>> painted({"Lost": {"order": 1}}, table, ["#9687E1", "#C3875A", "#695AB4"]).segments
    {'Lost': {'order': 1, 'color': '#C3875A'}, 'Loyal': {'color': '#9687E1'}}
    """
    names = to_paint(table)
    if colours is None:
        return edited(segments, table, {name: {"color": None} for name in table["automatic"]})
    if len(names) > len(colours):
        raise SegmentsError(f"{len(colours)} colours are too few for {len(names)} segments. Choose another palette.")
    # Who is in no segment stays grey.
    return edited(segments, table, {name: {"color": colour} for name, colour in zip(names, colours, strict=False)})


def to_paint(table: pd.DataFrame) -> list[str]:
    """Automatic names of segments that take a colour of a palette."""
    return [name for name in table["automatic"] if name != UNASSIGNED]


def _refuse_taken(table: pd.DataFrame, changed: Mapping[str, Mapping[str, Any]]) -> None:
    """Raise for a colour that a segment has which does not change its own."""
    news = {name: said["color"] for name, said in changed.items() if said.get("color")}
    for automatic, name, colour in zip(table["automatic"], table["segment"], table["color"], strict=True):
        if automatic not in news:
            for other, wanted in news.items():
                refuse_clashes({name: colour, _called(table, other): wanted})


def _called(table: pd.DataFrame, automatic: str) -> str:
    return str(table.loc[table["automatic"] == automatic, "segment"].iloc[0])


def _clusters(table: pd.DataFrame) -> dict[str, str]:
    return dict(zip(table["automatic"], table[CLUSTER], strict=True))


def _keys(segments: Mapping[Any, Any], table: pd.DataFrame) -> dict[str, Any]:
    """Automatic name -> the key that its settings have, or get."""
    written = {str(key): key for key in segments}
    return {name: written.get(name, written.get(cluster, name)) for name, cluster in _clusters(table).items()}


def _give_way(
    segments: Mapping[Any, Mapping[str, Any]], present: set[Any], news: Iterable[Mapping[str, Any]]
) -> tuple[Settings, tuple[str, ...]]:
    """Settings of segments that aren't there, without names and colours that are asked for now."""
    names = {said["name"].strip().casefold() for said in news if said.get("name")}
    colours = [normalise(said["color"]) for said in news if said.get("color")]
    found, notes = {}, []
    for key, said in segments.items():
        if key in present:
            continue
        kept = dict(said)
        if str(kept.get("name", "")).strip().casefold() in names:
            notes.append(
                f"The name {quote(kept.pop('name'))}, kept for {quote(key)}, which is not there now, gave way."
            )
        if "color" in kept and any(difference(kept["color"], colour) < LEAST_DIFFERENCE for colour in colours):
            notes.append(f"The colour {kept.pop('color')}, kept for {quote(key)}, which is not there now, gave way.")
        found[key] = kept
    return found, tuple(notes)
