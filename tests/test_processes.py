"""A server of several processes ends as one."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LONG = 90.0


def until(is_so):
    start = time.monotonic()
    while not (found := is_so()):
        assert time.monotonic() - start < LONG
        time.sleep(0.1)
    return found


def children(pid):
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def is_alive(pid):
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False
    return status.rpartition(")")[2].split()[0] != "Z"


def answers(url):
    try:
        with urllib.request.urlopen(url) as answer:
            return answer.status == 200
    except OSError:
        return False


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux can end a process with the one that began it")
def test_processes_of_a_server_end_with_it(tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    where = ["--address", "127.0.0.1", "--port", str(port)]
    command = [sys.executable, "-m", "panel", "serve", "apps/dashboard.py", "--num-procs", "3", *where]
    with (tmp_path / "log").open("wb") as log:
        server = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log)
    begun = []
    try:
        begun = until(lambda: [*children(server.pid)][2:] and children(server.pid))
        # One of them answers; of the others nobody asked for a page.
        until(lambda: answers(f"http://127.0.0.1:{port}/dashboard"))
        server.terminate()
        server.wait(LONG)
        until(lambda: not any(map(is_alive, begun)))
    finally:
        server.kill()
        for child in filter(is_alive, begun):
            os.kill(child, 9)
