"""The two servers under the clock: each on a free port of this machine, ended by its process id."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).parent
APP = HERE.parents[1] / "apps" / "dashboard.py"
PATIENCE = 120.0


def dash_command(customers: Path, port: int) -> list[str]:
    """Serves the reference page at ``/``."""
    return [sys.executable, str(HERE / "dash_page.py"), str(customers), "--port", str(port)]


def segdash_command(customers: Path, port: int) -> list[str]:
    """Serves segdash at ``/dashboard``."""
    origin = f"127.0.0.1:{port}"
    serve = [sys.executable, "-m", "panel", "serve", str(APP), "--address", "127.0.0.1", "--port", str(port)]
    return [*serve, "--allow-websocket-origin", origin, "--args", str(customers)]


@contextlib.contextmanager
def serving(command: list[str], port: int) -> Iterator[subprocess.Popen]:
    """Run a server that has just begun to listen, and was asked for nothing yet."""
    with tempfile.TemporaryFile("w+") as log:
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
        try:
            _await(process, port, log)
            yield process
            _report_faults(log)
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on."""
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return asked.getsockname()[1]


def _await(process: subprocess.Popen, port: int, log) -> None:
    start = time.monotonic()
    while not _listens(port):
        if process.poll() is not None or time.monotonic() - start > PATIENCE:
            log.seek(0)
            sys.exit(f"{' '.join(process.args)} does not serve:\n{log.read()[-2000:]}")
        time.sleep(0.1)


def _listens(port: int) -> bool:
    with socket.socket() as asked:
        return asked.connect_ex(("127.0.0.1", port)) == 0


def _report_faults(log) -> None:
    log.seek(0)
    if "Traceback" in (said := log.read()):
        print(f"The server's log holds a traceback:\n{said[-2000:]}", file=sys.stderr)
