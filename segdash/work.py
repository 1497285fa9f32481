"""Long work beside the page: what is being done, how far it is, and a way to stop it."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import param

from segdash.errors import CancelledError
from segdash.sources.answering import doing, interrupt

if TYPE_CHECKING:
    from collections.abc import Callable


LOOKS = 0.3
"""Seconds between two looks at how far an engine is."""


class Task:
    """One piece of work, as the function that does it sees it.

    Parameters
    ----------
    told : callable
        Called with what is being done and, where it is known, the share that is done (0..1).
    """

    def __init__(self, told: Callable[[Task, str, float | None], None]) -> None:
        self.thread: int | None = None
        self.step = ""
        self._told = told
        self._cancelled = threading.Event()
        self.ended = threading.Event()
        self._stops: list[Callable[[], None]] = []

    @property
    def cancelled(self) -> bool:
        """True when the result is not wanted any more."""
        return self._cancelled.is_set()

    def tell(self, step: str, done: float | None = None, of: float | None = None) -> None:
        """Say what is being done, ``done`` of ``of``.

        Raises
        ------
        CancelledError
            When the result is not wanted any more.
        """
        if self.cancelled:
            raise CancelledError(f"Cancelled while {step[:1].lower()}{step[1:]}.")
        self.step = step
        self._told(self, step, done / of if done is not None and of else None)

    def on_cancel(self, stop: Callable[[], None]) -> None:
        """Have ``stop`` called when the task is cancelled, from another thread."""
        self._stops.append(stop)
        if self.cancelled:
            stop()

    def cancel(self) -> None:
        """Ask the task to stop, and the engine that works for it."""
        self._cancelled.set()
        if self.thread is not None and self.thread != threading.get_ident():
            interrupt(self.thread)
        for stop in self._stops:
            stop()


class Work(param.Parameterized):
    """At most one task of a session at a time; a new one takes the place of the last.

    Where ``later`` is set, tasks run in a thread of their own and the page stays answerable; without it (a notebook,
    a script) they are done at once.

    Examples
    --------
    >>> work = Work()
    >>> work.start("Adding", lambda task: 1 + 1, print)
    2
    """

    title = param.String(default="", doc="What is being done; empty when nothing is.")
    step = param.String(default="", doc="The step of it that is being done.")
    share = param.Number(default=None, allow_None=True, bounds=(0, 1), doc="How much of it is done; None: not known.")

    def __init__(self) -> None:
        super().__init__()
        self.later: Callable[[Callable[[], None]], None] | None = None
        """Has a function called by the page's own thread, soon."""
        self._task: Task | None = None

    def start(self, title: str, function: Callable[[Task], Any], then: Callable[[Any], Any]) -> None:
        """Begin a task; what was being done is cancelled.

        Parameters
        ----------
        title : str
            What people read.
        function : callable
            ``function(task) -> result``, in another thread: it must not touch what the page shows. Mistakes of the
            person it returns as a result; any other error it raises is raised again by the page's own thread.
        then : callable
            ``then(result)``, by the page's own thread, unless the task was cancelled.
        """
        self.cancel()
        task = self._task = Task(self._told)
        self.param.update(title=title, step="", share=None)
        if self.later is None:
            self._run(task, function, then)
        else:
            threading.Thread(target=self._run, args=(task, function, then), daemon=True, name=title).start()
            threading.Thread(target=self._follow, args=(task,), daemon=True, name=f"{title}: how far").start()

    def cancel(self) -> None:
        """Stop what is being done; nothing on the page changes."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
        self.param.update(title="", step="", share=None)

    def abandon(self) -> None:
        """Stop what is being done, when there is no page any more that could be told."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()

    def _run(self, task: Task, function: Callable[[Task], Any], then: Callable[[Any], Any]) -> None:
        task.thread = threading.get_ident()
        try:
            result = function(task)
        except CancelledError:
            self._by_page(task, lambda: None)
        except BaseException as error:  # handed over, not swallowed: the page's thread raises it
            failed = error
            self._by_page(task, lambda: _raise(failed))
        else:
            self._by_page(task, lambda: then(result))
        finally:
            task.ended.set()

    def _follow(self, task: Task) -> None:
        """Tell what the engine does that works for a task, and how far it is, until the task has ended."""
        last: tuple[str, float | None] | None = None
        while not (task.ended.wait(LOOKS) or task.cancelled):
            now = doing(task.thread) if task.thread is not None else None
            if now != last:
                # Once the engine has done its work, what was said of it is not true any more.
                step, share = now or ("", None)
                self._told(task, step or task.step, share)
            last = now

    def _by_page(self, task: Task, end: Callable[[], Any]) -> None:
        def finish() -> None:
            if self._task is task:  # else it was cancelled, or another has taken its place
                self._task = None
                self.param.update(title="", step="", share=None)
                end()

        (self.later or _now)(finish)

    def _told(self, task: Task, step: str, share: float | None) -> None:
        def tell() -> None:
            if self._task is task:
                self.param.update(step=step, share=share)

        (self.later or _now)(tell)


def _now(function: Callable[[], None]) -> None:
    function()


def _raise(error: BaseException) -> None:
    raise error
