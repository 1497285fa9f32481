"""Names that people can tell apart."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from segdash.errors import RulesError, quote
from segdash.schema import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_SEGMENTS = 40
LONGEST_NAME = 60


def check_names(names: Sequence[str]) -> None:
    """Raise for segment names that people could not tell apart, or could not read."""
    if not names:
        raise RulesError("A rule set needs at least one segment.")
    if len(names) > MOST_SEGMENTS:
        raise RulesError(f"{len(names)} segments are too many to tell apart. Use at most {MOST_SEGMENTS}.")
    seen: dict[str, str] = {}
    for name in names:
        if not isinstance(name, str) or not 0 < len(name.strip()) <= LONGEST_NAME or not name.isprintable():
            raise RulesError(f"{quote(name)} is no name of a segment. Use 1 to {LONGEST_NAME} characters.")
        if name != name.strip():
            raise RulesError(f"The segment's name {quote(name)} has a blank at an end. Leave it out.")
        if re.fullmatch(r"-?\d+", name):
            # Labels that are whole numbers are taken for clusters, which get names of their own.
            raise RulesError(f"{quote(name)} is a number, no name of a segment. Add a word to it.")
        if (other := seen.get(fold(name))) is not None:
            how = "two segments" if other == name else f"a segment, and {quote(other)}, which reads alike, another"
            raise RulesError(f"{quote(name)} names {how}. Give each segment one name, written one way.")
        seen[fold(name)] = name
