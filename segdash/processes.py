"""A server of several processes (``panel serve --num-procs``): those it began end with it.

Neither Panel 1.9 nor Tornado 6 passes on the signal that ends the first process: the others would go on, and hold the
port. On Linux the first of them that shows a page asks to be told, and tells the others; elsewhere nothing is changed.
"""

from __future__ import annotations

import atexit
import os
import signal
import sys
from functools import cache
from pathlib import Path

from tornado.process import task_id

PR_SET_PDEATHSIG = 1
"""Of Linux' prctl(2): the signal that a process gets when the one that began it ends."""


@cache
def end_together() -> None:
    """Have this process, and those begun beside it, end with the server that began them."""
    if sys.platform != "linux" or task_id() is None:
        return
    import ctypes

    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    atexit.register(_tell_others, os.getppid())


def _tell_others(parent: int) -> None:
    """Where the server of this process has ended, end those beside it: nobody may have asked them for a page yet."""
    if os.getppid() == parent:
        return
    for process in Path("/proc").glob("[0-9]*"):
        if int(process.name) != os.getpid() and _is_orphan_like_me(process):
            os.kill(int(process.name), signal.SIGTERM)


def _is_orphan_like_me(process: Path) -> bool:
    """Whether a process lost its parent as this one did, runs the very same command, and is this user's."""
    mine = Path("/proc/self")
    try:
        return (
            _parent(process) == os.getppid()
            and (process / "cmdline").read_bytes() == (mine / "cmdline").read_bytes()
            and process.stat().st_uid == os.getuid()
        )
    except OSError:  # it ended meanwhile
        return False


def _parent(process: Path) -> int:
    return int((process / "stat").read_text().rpartition(")")[2].split()[1])
