"""A segmentation in one YAML file: how orders are read, how segments are made and called, and what was learned."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from segdash.clustering import METHODS
from segdash.clustering.frozen import model_of
from segdash.configuration import overrides_in, settings_of
from segdash.continuity import check_remembered, worth_remembering
from segdash.errors import (
    ChoiceError,
    SegdashError,
    SegmentsError,
    SourceError,
    UnknownNameError,
    count,
    did_you_mean,
    quote,
)
from segdash.orders_file import orders_as, orders_part
from segdash.schema import CLUSTER
from segdash.state.stages import MAKING, PICTURE
from segdash.strict_yaml import MEGABYTE, entries, known_entries, name_of, read_yaml

if TYPE_CHECKING:
    import os

    from segdash.state import Segmentation

VERSION = 1
LARGEST = 5 * MEGABYTE
"""Bytes above which a file is neither written nor read: a model of ranks takes a tenth of one."""

VIEW = (*(name for name in PICTURE if name != "dark"), "compared", "currency")
"""Params that say how a segmentation is looked at; whether it is dark is everybody's own business."""

PARTS = {
    "version": f"{VERSION}",
    "data": "what it was saved of",
    "orders": "how orders are read and cleaned",
    "segmentation": "how segments are made",
    "names": "what each cluster was called",
    "segments": "what a person said about segments",
    "view": "how they are looked at",
    "model": "what was learned",
}
"""Entries of a file, and what they hold."""

KINDS: dict[Any, str] = {
    bool: "true or false",
    (int, float): "a number",
    str: "text",
    (list, tuple): "a list",
    Mapping: "entries with a value each",
}
"""Kinds of choices, and what a file has for them."""

HEADER = "# A segmentation by segdash. Load it on the page (Segmentation file) or with segdash.load_segmentation.\n"


@dataclass(frozen=True)
class SavedSegmentation:
    """What a file says, its parts and their kinds checked, nothing applied yet.

    Parameters
    ----------
    name : str
        What sentences call the file.
    data : mapping
        Name of the data and number of customers it was saved of.
    orders : mapping
        As `segdash.orders_file.orders_part` gives it; empty when it was saved of a customer table.
    choices : mapping
        Param of the state -> value.
    names : mapping
        As `segdash.continuity.worth_remembering` gives it.
    segments : mapping
        As for `segdash.configuration.check_overrides`.
    view : mapping
        Param of the state -> value.
    model : mapping or None
        What ``to_dict`` of the model wrote.
    whole : bool
        False for a file that has settings of segments alone.
    """

    name: str
    data: Mapping[str, Any] = field(default_factory=dict)
    orders: Mapping[str, Any] = field(default_factory=dict)
    choices: Mapping[str, Any] = field(default_factory=dict)
    names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    segments: Mapping[Any, Mapping[str, Any]] = field(default_factory=dict)
    view: Mapping[str, Any] = field(default_factory=dict)
    model: Mapping[str, Any] | None = None
    whole: bool = True


def save_segmentation(state: Segmentation, target: str | os.PathLike[str] | IO[bytes]) -> None:
    """Write everything that makes the present segmentation to a YAML file.

    The customers are not in it, but for the ids of those chosen by hand for own segments.

    Parameters
    ----------
    state : Segmentation
    target : path or binary file object

    Raises
    ------
    ChoiceError
        When it would be larger than `load_segmentation` reads.
    SourceError
        When the file can't be written.

    Examples
    --------
    >>> import io, pandas as pd, segdash
    >>> table = pd.DataFrame({"customer_id": ["a", "b", "c", "d"], "recency": [1, 2, 90, 99],
    ...     "frequency": [9, 8, 1, 1], "monetary": [900.0, 850.0, 20.0, 10.0]})
    >>> state = segdash.Segmentation(table, n_segments=2, segments={"Loyal": {"name": "Friends"}})
    >>> file = io.BytesIO()
    >>> save_segmentation(state, file)
    >>> other = segdash.Segmentation(table)
    >>> _ = load_segmentation(other, io.BytesIO(file.getvalue()))
    >>> list(other.colours)
    ['Friends', 'At-Risk']
    """
    content = (HEADER + _text(_content(state))).encode()
    if len(content) > LARGEST:
        ids = sum(map(len, state.own_segments.values()))
        raise ChoiceError(
            f"As a file this segmentation has {len(content) / MEGABYTE:.1f} MB, and at most {LARGEST // MEGABYTE} "
            f"MB are read again. Its own segments hold {count(ids, 'customer id')}: take some out."
        )
    if hasattr(target, "write"):
        target.write(content)
        return
    file = Path(target)
    try:
        file.write_bytes(content)
    except OSError as error:
        raise SourceError(f"{file.name} can't be written ({error}). Choose another place.") from None


def load_segmentation(
    state: Segmentation, source: str | os.PathLike[str] | IO[bytes], *, frozen: bool = False, name: str = ""
) -> list[str]:
    """Make the state's customers the segments that a file says.

    Parameters
    ----------
    state : Segmentation
        With the customers, or orders, that are to be segmented.
    source : path or binary file object
        What `save_segmentation` wrote, or a file with ``segments:`` alone.
    frozen : bool
        False makes segments anew by the same choices: on the same data, the same segments. True puts these customers
        into the segments as they were learned, by the saved model.
    name : str
        What sentences call the file.

    Returns
    -------
    list of str
        What was loaded and what did not fit, a sentence each; they are also among the state's notices.

    Raises
    ------
    SegdashError
        When the file can't be read, says something unknown, contradicts itself, or asks for what these data have not
        got. The present segmentation stays.
    """
    saved = read_segmentation(source, name=name)
    copy = state.fork()
    told = _applied(copy, saved, frozen=frozen) if saved.whole else _settings_applied(copy, saved)
    waiting = [key for key in saved.segments if not _occurs(copy, str(key))]
    if waiting:
        listed = ", ".join(quote(key) for key in waiting[:5])
        told.append(f"Settings for {listed} wait until there is such a segment.")
    state.adopt(copy)
    told += [said for entry, value in saved.view.items() if (said := _looked_at(state, entry, value))]
    for sentence in told:
        if sentence not in state.notices:
            state.notify(sentence)
    return told


def read_segmentation(source: str | os.PathLike[str] | IO[bytes], *, name: str = "") -> SavedSegmentation:
    """What a file says, read strictly.

    Raises
    ------
    SourceError
        When it can't be read or is no YAML.
    SegmentsError
        When an entry is unknown, of the wrong kind, or of another version.
    """
    name = name or name_of(source)
    content = read_yaml(source, what="a segmentation", most=LARGEST, name=name)
    if isinstance(content, Mapping) and set(content) == {"segments"}:
        return SavedSegmentation(name, segments=overrides_in(content["segments"]), whole=False)
    if not isinstance(content, Mapping) or "version" not in content:
        raise SegmentsError(f"{name} must begin with 'version: {VERSION}', or have 'segments:' alone. Save one to see.")
    if content["version"] != VERSION or isinstance(content["version"], bool):
        raise SegmentsError(
            f"{name} is of version {quote(content['version'])}; this segdash reads version {VERSION}. "
            "Open it with the segdash that wrote it."
        )
    known_entries(content, PARTS, name)
    parts = {part: entries(content.get(part), f"'{part}:' of {name}") for part in PARTS if part != "version"}
    known_entries(parts["data"], ("name", "customers"), f"'data:' of {name}")
    known_entries(parts["segmentation"], MAKING, f"'segmentation:' of {name}")
    known_entries(parts["view"], VIEW, f"'view:' of {name}")
    names = {str(cluster): kept for cluster, kept in parts["names"].items()}
    check_remembered(names)
    if parts["model"]:
        model_of(parts["model"])
    return SavedSegmentation(
        name,
        parts["data"],
        parts["orders"],
        parts["segmentation"],
        names,
        overrides_in(parts["segments"]),
        parts["view"],
        parts["model"] or None,
    )


# ---------------------------------------------------------------------- saving


def _content(state: Segmentation) -> dict[str, Any]:
    settings = {name: value for name, value in state.method_settings.items() if name != "model"}
    model = state.model
    parts = {
        "version": VERSION,
        "data": {"name": state.intake["name"], "customers": len(state.customers)},
        "orders": orders_part(state.orders) if state.orders is not None else None,
        "segmentation": {name: _plain(state, name) for name in MAKING} | {"method_settings": settings},
        "names": worth_remembering(state.segment_table, state.segments),
        "segments": {str(key): dict(said) for key, said in state.segments.items()},
        "view": {name: _plain(state, name) for name in VIEW},
        "model": model.to_dict() if model is not None else None,
    }
    return {part: value for part, value in parts.items() if value is not None}


def _plain(state: Segmentation, name: str) -> Any:
    """A choice in types that a file can hold."""
    return state.param[name].serialize(getattr(state, name))


def _text(content: dict[str, Any]) -> str:
    import yaml

    # By way of JSON no list stands for two choices, which YAML would write as an alias.
    content = json.loads(json.dumps(content, allow_nan=False))
    # The one written in C is ten times as fast.
    dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    return yaml.dump(content, Dumper=dumper, sort_keys=False, allow_unicode=True, default_flow_style=None, width=120)


# ---------------------------------------------------------------------- loading


def _applied(copy: Segmentation, saved: SavedSegmentation, *, frozen: bool) -> list[str]:
    """Apply a whole file; what there is to say about it."""
    told = [_of_what(copy, saved)]
    if saved.orders and copy.orders is None:
        told.append("What it says about orders (columns, dates, cleaning) has no meaning for a customer table.")
    elif saved.orders:
        orders = orders_as(copy.orders, saved.orders, saved.name)
        if orders is not copy.orders:
            # Everybody is measured first: what can be clustered on is known then.
            copy.load_orders(orders, method="single")
    copy.change(**_choices(copy, saved, frozen=frozen), remembered=dict(saved.names), segments=dict(saved.segments))
    how, n = METHODS[copy.method].title, len(copy.segment_table)
    return [f"Loaded {saved.name}: {how}, {count(n, 'segment')}.{told[0]}", *told[1:]]


def _settings_applied(copy: Segmentation, saved: SavedSegmentation) -> list[str]:
    copy.change(segments=dict(saved.segments))
    return [f"Loaded {saved.name}: settings of {count(len(saved.segments), 'segment')}. Nothing else changes."]


def _of_what(state: Segmentation, saved: SavedSegmentation) -> str:
    """Where these are other data than it was saved of."""
    was, now = (saved.data.get("name"), saved.data.get("customers")), (state.intake["name"], len(state.customers))
    if was == now or None in was:
        return ""
    size = f"{was[1]:,}" if isinstance(was[1], int) else str(was[1])
    return f" It was saved of {size} customers of {quote(was[0])}; here are {now[1]:,} of {quote(now[0])}."


def _choices(state: Segmentation, saved: SavedSegmentation, *, frozen: bool) -> dict[str, Any]:
    """Params of the state, in their own types."""
    choices = {name: _typed(state, name, value, saved.name) for name, value in saved.choices.items()}
    if frozen or choices.get("method") == "frozen":
        if saved.model is None:
            raise ChoiceError(f"{saved.name} holds no model to score by. Load it to make segments anew.")
        choices |= {"method": "frozen", "method_settings": {"model": dict(saved.model)}}
        features = model_of(saved.model).features
        # Of what it was made of, a model may need less than there was to choose from.
        names = [name for name in choices.get("feature_names", []) if name in state.metrics]
        choices["feature_names"] = names or state.feature_names
    else:
        features = choices.get("feature_names", ())
    for feature in features:
        if feature not in state.metrics:
            raise UnknownNameError.of("metric of these customers", feature, state.metrics)
    return choices


def _typed(state: Segmentation, name: str, value: Any, file: str) -> Any:
    """A value from a file as the param's own type, among those it can have."""
    present = getattr(state, name)
    wanted = next((kind for kind in KINDS if isinstance(present, kind)), None)
    if wanted is not None and not _is(value, wanted):
        raise ChoiceError(f"Entry {quote(name)} of {file} must be {KINDS[wanted]}, not {quote(value)}.")
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _whole_between(value, state.param[name].bounds, f"Entry {quote(name)} of {file}")
    if isinstance(value, str) and hasattr(state.param[name], "get_range"):
        known = list(state.param[name].get_range().values())
        if value not in known:
            raise ChoiceError(f"Entry {quote(name)} of {file} can't be {quote(value)}.{did_you_mean(value, known)}")
    return tuple(value) if isinstance(present, tuple) else value


def _whole_between(value: float, bounds: tuple[int, int], what: str) -> float:
    """A whole number; anything else is refused."""
    low, high = bounds
    if value != value // 1 or not low <= value <= high:
        raise ChoiceError(f"{what} must be a whole number from {low} to {high}, not {quote(value)}.")
    return int(value)


def _is(value: Any, kind: type | tuple[type, ...]) -> bool:
    # True is a number to Python, and none to anybody else.
    return isinstance(value, kind) and (kind is bool or not isinstance(value, bool))


def _looked_at(state: Segmentation, name: str, value: Any) -> str:
    """Set one of `VIEW`; why it does not fit, else nothing."""
    try:
        state.change(**{name: _typed(state, name, value, "the file")})
    except (SegdashError, ValueError):
        return f"Its view {quote(name)} ({quote(value)}) does not fit these data and was left out."
    return ""


def _occurs(state: Segmentation, key: str) -> bool:
    table = state.segment_table
    pairs = zip(table["automatic"], table[CLUSTER], strict=True)
    return any(settings_of(name, cluster, {key: {"": 1}}) for name, cluster in pairs)
