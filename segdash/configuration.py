"""What a person says about the segments themselves: name, colour, order and advice, from code or a YAML file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from segdash.errors import SegmentsError, did_you_mean, quote
from segdash.palette import colours_for, normalise, refuse_clashes
from segdash.strict_yaml import read_yaml

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence

    from segdash.labelling.naming import SegmentName

SETTINGS = {"name": str, "color": str, "order": int, "advice": str}
"""What can be set per segment, and its type."""

LONGEST_NAME = 60
TABLE_COLUMNS = (
    "cluster",
    "segment",
    "automatic",
    "color",
    "reason",
    "warnings",
    "characteristics",
    "strategy",
    "impact",
)


def check_overrides(overrides: Mapping[Any, Any]) -> None:
    """Raise when segment settings contradict themselves, before any segmentation is known.

    Parameters
    ----------
    overrides : mapping
        ``{segment: {"name": ..., "color": ..., "order": ..., "advice": ...}}``; a segment is given by its automatic
        name or its cluster.

    Raises
    ------
    SegmentsError
        For an unknown setting, a value of the wrong kind, an invalid colour, or two names or colours alike.

    Examples
    --------
    >>> check_overrides({"Loyal": {"colour": "teal"}})
    Traceback (most recent call last):
    ...
    segdash.errors.SegmentsError: Segment 'Loyal' has an unknown setting 'colour'. Did you mean 'color'? Known: ...
    """
    if not isinstance(overrides, Mapping):
        raise SegmentsError(f"Segments must be a mapping of segment to settings, not {quote(overrides)}.")
    for segment, settings in overrides.items():
        _check_one(segment, settings)
    _refuse_same_names({str(key): s["name"] for key, s in overrides.items() if "name" in s})
    refuse_clashes({str(key): s["color"] for key, s in overrides.items() if "color" in s})


def read_overrides(path: str | os.PathLike[str]) -> dict[str, dict[str, Any]]:
    """Segment settings from the ``segments:`` part of a YAML file, checked; it may be a whole saved segmentation.

    Raises
    ------
    SourceError
        When the file can't be read or is no YAML.
    SegmentsError
        When its content contradicts itself.
    """
    content, name = read_yaml(path, what="segment settings"), Path(path).name
    if not isinstance(content, Mapping) or (set(content) != {"segments"} and "version" not in content):
        raise SegmentsError(f"{name} must have one entry, 'segments:', with a segment per line below it.")
    return overrides_in(content.get("segments"))


def overrides_in(segments: Any) -> dict[str, dict[str, Any]]:
    """Segment settings as a file has them, checked; segments by text."""
    check_overrides(segments or {})
    return {str(key): dict(settings) for key, settings in (segments or {}).items()}


def apply_overrides(
    named: Sequence[SegmentName],
    overrides: Mapping[Any, Mapping[str, Any]],
    *,
    kept: Mapping[str, str] | None = None,
    yielding: bool = False,
) -> pd.DataFrame:
    """One row per segment, best to worst unless ordered otherwise, with its colour.

    Parameters
    ----------
    named : sequence of SegmentName
        The automatic names, best to worst.
    overrides : mapping
        As for `check_overrides`. A setting for a segment that does not occur waits until it does.
    kept : mapping of str to str, optional
        Cluster -> colour that its segment had before, for names without a colour of their own.
    yielding : bool
        True has an automatic colour give way to one that a person chose earlier for another segment.

    Returns
    -------
    pandas.DataFrame
        Columns as in `TABLE_COLUMNS`; ``automatic`` is the name before overriding, ``warnings`` a tuple of
        sentences, ``color`` "#RRGGBB".

    Raises
    ------
    SegmentsError
        When two segments would have the same name or colours too near to tell apart.
    """
    settings = {one.name: settings_of(one.name, one.cluster, overrides) for one in named}
    chosen = {name: normalise(said["color"]) for name, said in settings.items() if "color" in said}
    before = {one.name: kept[one.cluster] for one in named if kept and one.cluster in kept}
    colours = colours_for([one.name for one in named], chosen=chosen, kept=before, yielding=yielding)
    rows = []
    for one in _in_order(named, settings):
        said = settings[one.name]
        name = str(said.get("name", one.name)).strip()
        strategy = str(said.get("advice", one.strategy))
        about = (one.reason, one.warnings, one.characteristics, strategy, one.impact)
        rows.append((one.cluster, name, one.name, colours[one.name], *about))
    table = pd.DataFrame(rows, columns=list(TABLE_COLUMNS))
    _refuse_same_names(dict(zip(table["automatic"], table["segment"], strict=True)))
    if chosen:
        refuse_clashes(dict(zip(table["segment"], table["color"], strict=True)))
    return table


def _in_order(named: Sequence[SegmentName], settings: Mapping[str, Mapping[str, Any]]) -> list[SegmentName]:
    """Segments with an order at that place, the others around them as their numbers have it."""
    ordered = [one for one in named if "order" not in settings[one.name]]
    for one in sorted((o for o in named if "order" in settings[o.name]), key=lambda o: settings[o.name]["order"]):
        ordered.insert(max(settings[one.name]["order"] - 1, 0), one)
    return ordered


def settings_of(name: str, cluster: str, overrides: Mapping[Any, Mapping[str, Any]]) -> Mapping[str, Any]:
    """Settings of a segment keyed by its automatic name, else by its cluster; empty when there are none.

    Examples
    --------
    >>> settings_of("Loyal", "2", {2: {"order": 1}, "Lost": {"order": 2}})
    {'order': 1}
    """
    by_text = {str(key): settings for key, settings in overrides.items()}
    return by_text.get(name, by_text.get(cluster, {}))


def _check_one(segment: Any, settings: Any) -> None:
    if not isinstance(settings, Mapping):
        raise SegmentsError(
            f"Segment {quote(segment)} needs settings such as {{'color': '#0F8B8D'}}, not {quote(settings)}."
        )
    for key, value in settings.items():
        if key not in SETTINGS:
            raise SegmentsError(
                f"Segment {quote(segment)} has an unknown setting {quote(key)}.{did_you_mean(str(key), SETTINGS)}"
            )
        if not isinstance(value, SETTINGS[key]) or isinstance(value, bool):
            kind = "a whole number" if SETTINGS[key] is int else "text"
            raise SegmentsError(f"Setting {quote(key)} of segment {quote(segment)} must be {kind}, not {quote(value)}.")
    name = settings.get("name")
    if name is not None and not 0 < len(name.strip()) <= LONGEST_NAME:
        raise SegmentsError(f"Segment {quote(segment)} needs a name of 1 to {LONGEST_NAME} characters.")
    if "color" in settings:
        normalise(settings["color"])


def _refuse_same_names(names: Mapping[str, str]) -> None:
    """Raise when two segments would carry the same name."""
    seen: dict[str, str] = {}
    for segment, name in names.items():
        other = seen.setdefault(name.strip().casefold(), segment)
        if other != segment:
            raise SegmentsError(
                f"Segments {quote(other)} and {quote(segment)} would both be named {quote(name)}. "
                "Give one of them another name."
            )
