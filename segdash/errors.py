"""One family of errors; each sentence is built here, from facts.

A sentence says what is wrong with its value, where, the nearest right thing, and the next step. Each class keeps
the parent that Python's own error of that kind has, so ``except ValueError`` still catches a bad value.
This is the bottom floor: it imports nothing from the package.
"""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


class SegdashError(Exception):
    """Any mistake segdash can name in a sentence that says how to mend it."""

    def __str__(self) -> str:
        # KeyError would print the sentence inside quotation marks.
        return str(self.args[0]) if self.args else ""


class UnknownNameError(SegdashError, KeyError):
    """A name that is not in a registry, a table or a list of choices."""

    @classmethod
    def of(cls, kind: str, name: str, known: Iterable[str]) -> UnknownNameError:
        """Sentence for a ``kind`` (metric, method, chart, ...) called ``name`` that is not among ``known``."""
        return cls(f"No {kind} is named {quote(name)}.{did_you_mean(name, known)}")


class SourceError(SegdashError, OSError):
    """A file or connection that can't be opened or isn't what its name says."""


class TableError(SegdashError, ValueError):
    """A table that can't be used as it is; ``faults`` lists every one of its faults.

    Attributes
    ----------
    faults : tuple of str
        One sentence each, in the order found.
    """

    def __init__(self, name: str, faults: Sequence[str]) -> None:
        self.faults = tuple(faults)
        if len(self.faults) == 1:
            super().__init__(f"{name}: {self.faults[0]}")
        else:
            listed = " ".join(f"({i}) {fault}" for i, fault in enumerate(self.faults, 1))
            super().__init__(f"{name} has {len(self.faults)} faults. {listed}")


class ClusteringError(SegdashError, ValueError):
    """A segmentation that can't be made from these customers with these choices."""


class ScoringError(SegdashError, ValueError):
    """Scores that can't be made from these customers with these bins or cut points."""


class RulesError(SegdashError, ValueError):
    """A rule or rule set that is no partition of score cells into named segments."""


class SegmentsError(SegdashError, ValueError):
    """A segment configuration (names, colours, order, advice) that contradicts itself or the data."""


class ChoiceError(SegdashError, ValueError):
    """A choice (axis, filter, selection, ...) that does not fit the data."""


class CancelledError(SegdashError, RuntimeError):
    """Work that was stopped because the person did not want it any more; nothing has changed."""


class MissingExtraError(SegdashError, ImportError):
    """A feature whose library isn't installed."""

    @classmethod
    def of(cls, what: str, extra: str) -> MissingExtraError:
        """Sentence for ``what`` needing the optional dependencies ``extra``."""
        return cls(f'{what} needs the extra "{extra}". Install it with: pip install "segdash[{extra}]"')


def quote(value: object, limit: int = 60) -> str:
    """``value`` in single quotes, cut to ``limit`` characters, control characters shown as escapes.

    Examples
    --------
    >>> quote("12,50")
    "'12,50'"
    >>> quote("x" * 100, limit=10)
    "'xxxxxxxxx…'"
    """
    text = str(value)
    text = text if len(text) <= limit else text[: limit - 1] + "…"
    text = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
    return f"'{text}'"


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """The nearest known name and the list of all, as a continuation of a sentence.

    Examples
    --------
    >>> did_you_mean("recncy", ["recency", "frequency"])
    " Did you mean 'recency'? Known: frequency, recency."
    """
    names = sorted({str(k) for k in known})
    folded = {n.casefold(): n for n in names}
    close = difflib.get_close_matches(str(name).casefold()[:200], list(folded), n=1)
    hint = f" Did you mean {quote(folded[close[0]])}?" if close else ""
    shown = ", ".join(names[:20]) + (f" and {len(names) - 20} more" if len(names) > 20 else "")
    return f"{hint} Known: {shown}." if names else hint


def count(n: int, noun: str, plural: str | None = None) -> str:
    """``n`` with a thousands separator and its noun in the right number.

    Examples
    --------
    >>> count(1, "row"), count(2852, "customer"), count(2, "copy", "copies")
    ('1 row', '2,852 customers', '2 copies')
    """
    return f"{n:,} {noun if n == 1 else plural or noun + 's'}"
