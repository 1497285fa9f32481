"""YAML that says what a reader of the file sees, and nothing else: no aliases, no key twice, no objects, no end."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from segdash.errors import SegmentsError, SourceError, did_you_mean, quote

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable

DEEPEST = 10
MEGABYTE = 1_000_000


def read_yaml(source: str | os.PathLike[str] | IO[bytes], *, what: str, most: int = MEGABYTE, name: str = "") -> Any:
    """The content of a YAML file in plain types.

    Parameters
    ----------
    source : path or binary file object
    what : str
        What the file should hold, for sentences.
    most : int
        Bytes above which it isn't read.
    name : str
        What sentences call it; by default the name of the file.

    Raises
    ------
    SourceError
        When it can't be read or is no YAML.
    SegmentsError
        When it is too large, nested too deeply, uses aliases, or has a key twice.
    """
    import yaml

    # The one written in C is ten times as fast and as safe.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    name = name or name_of(source)
    try:
        content = _bytes(source, most)
        if len(content) > most:
            raise SegmentsError(f"{name} is larger than {most // MEGABYTE} MB: not a file of {what}.")
        text = content.decode("utf-8-sig")
        _refuse_tricks(yaml.parse(text, Loader=loader), name)
        return yaml.load(text, Loader=loader)
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError(f"{name} can't be read ({error}). Give a YAML file of {what}.") from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        if isinstance(error, SegmentsError):
            raise
        raise SourceError(f"{name} is no valid YAML: {' '.join(str(error).split())}") from None


def name_of(source: str | os.PathLike[str] | IO[bytes]) -> str:
    """What a file is called, without its folder.

    Examples
    --------
    >>> import io
    >>> name_of("folder/segments.yaml"), name_of(io.BytesIO())
    ('segments.yaml', 'The file')
    """
    if hasattr(source, "read"):
        return Path(str(getattr(source, "name", "The file"))).name
    return Path(source).name


def known_entries(content: Mapping[Any, Any], known: Iterable[str], where: str) -> None:
    """Raise for an entry that is not among the known ones.

    Examples
    --------
    >>> known_entries({"feature": 1}, ("features", "method"), "a.yaml")
    Traceback (most recent call last):
    ...
    segdash.errors.SegmentsError: Unknown entry 'feature' in a.yaml. Did you mean 'features'? Known: features, method.
    """
    for entry in content:
        if entry not in list(known):
            raise SegmentsError(f"Unknown entry {quote(entry)} in {where}.{did_you_mean(str(entry), known)}")


def entries(value: Any, where: str) -> Mapping[Any, Any]:
    """A mapping, empty for nothing; anything else is refused."""
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise SegmentsError(f"{where[:1].upper()}{where[1:]} must have entries, one per line, not {quote(value)}.")
    return value


def _bytes(source: str | os.PathLike[str] | IO[bytes], most: int) -> bytes:
    """Its content, one byte more than the most at most."""
    if hasattr(source, "read"):
        return source.read(most + 1)
    with Path(source).open("rb") as file:
        return file.read(most + 1)


def _refuse_tricks(events: Iterable[Any], name: str) -> None:
    """Raise for YAML that says more, or less, than a reader of the file sees."""
    import yaml

    keys: list[set[str] | None] = []  # of the mappings around, None for a list
    at_key: list[bool] = []
    for event in events:
        if isinstance(event, yaml.AliasEvent):
            # Ten lines of aliases stand for billions of entries, and no segment needs one.
            raise SegmentsError(f"{name} uses YAML aliases (*name). Write each value out.")
        if isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            keys.pop()
            at_key.pop()
            continue
        if keys and keys[-1] is not None and isinstance(event, yaml.NodeEvent):
            if at_key[-1] and isinstance(event, yaml.ScalarEvent):
                if event.value in keys[-1]:
                    raise SegmentsError(f"{name} has {quote(event.value)} twice. Keep one of them.")
                keys[-1].add(event.value)
            at_key[-1] = not at_key[-1]
        if isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
            keys.append(set() if isinstance(event, yaml.MappingStartEvent) else None)
            at_key.append(True)
            if len(keys) > DEEPEST:
                raise SegmentsError(f"{name} is nested too deeply to be read.")
