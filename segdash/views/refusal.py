"""Work whose refusal is shown in the card that asked for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from segdash.errors import CancelledError, SegdashError
from segdash.markup import escape

if TYPE_CHECKING:
    from collections.abc import Callable

    from segdash.work import Task


def or_refusal(work: Callable[[Task], Any]) -> Callable[[Task], Any]:
    """The same work, which gives the sentence of a refusal instead of raising it; being cancelled is none."""

    def try_it(task: Task) -> Any:
        try:
            return work(task)
        except CancelledError:
            raise
        except SegdashError as refused:
            return str(refused)

    return try_it


def refusal(sentence: str) -> str:
    """The sentence of a refusal, as markup."""
    return f'<div class="note problem" role="alert">{escape(sentence)}</div>'
