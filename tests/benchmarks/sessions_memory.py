"""How much memory sessions take, and whether it comes back when they end.

Run ``python tests/benchmarks/sessions_memory.py``, or with ``--customers 100000``. Each session is opened as a browser
opens it (page, websocket, document, the rest of the page) and closed; then some are kept open together. The clock is
the server's resident memory, which needs Linux.
"""

from __future__ import annotations

import argparse
import asyncio
import re
import tempfile
import time
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from bokeh.document import Document
from bokeh.document.events import MessageSentEvent
from bokeh.events import DocumentReady
from bokeh.protocol import Protocol
from customers import SAMPLE, write_customers
from servers import free_port, segdash_command, serving
from tornado.httpclient import AsyncHTTPClient, HTTPRequest
from tornado.websocket import WebSocketClientConnection, websocket_connect

if TYPE_CHECKING:
    import subprocess
    from collections.abc import AsyncIterator

AFTER = (2, 20, 50, 100, 150, 200)
KEPT_OPEN = 10
QUIET = 1.0
"""Seconds without a message after which a page is taken to be complete."""

ENDED = 14.0
"""Seconds after which a session that was left is gone, at the lifetimes below."""

SOON = ["--unused-session-lifetime", "10000", "--check-unused-sessions", "1000"]


async def say(socket: WebSocketClientConnection, *messages: object) -> None:
    """Send Bokeh messages."""
    for message in messages:
        for part in (message.header_json, message.metadata_json, message.content_json):
            await socket.write_message(part)


async def quiet(heard: list[float]) -> None:
    """Wait until a message has come, and then none for a while."""
    while not heard or time.monotonic() - heard[-1] < QUIET:
        await asyncio.sleep(QUIET / 10)
    heard.clear()


@asynccontextmanager
async def visit(port: int) -> AsyncIterator[None]:
    """A page that is open and complete."""
    page = await AsyncHTTPClient().fetch(f"http://127.0.0.1:{port}/dashboard", request_timeout=120)
    token = re.search(r'"token":"([^"]+)"', page.body.decode()).group(1)
    heard: list[float] = []
    request = HTTPRequest(f"ws://127.0.0.1:{port}/dashboard/ws", headers={"Origin": f"http://127.0.0.1:{port}"})
    socket = await websocket_connect(
        request,
        subprotocols=["bokeh", token],
        max_message_size=2**28,
        on_message_callback=lambda _: heard.append(time.monotonic()),
    )
    await quiet(heard)  # the server listens once it has greeted
    await say(socket, Protocol().create("PULL-DOC-REQ"))
    await quiet(heard)
    ready = MessageSentEvent(Document(), "bokeh_event", DocumentReady())
    await say(socket, Protocol().create("PATCH-DOC", [ready]))
    await quiet(heard)
    try:
        yield
    finally:
        socket.close()


def resident(process: subprocess.Popen) -> float:
    """MB that a process has in memory."""
    status = Path(f"/proc/{process.pid}/status").read_text(encoding="ascii")
    return int(re.search(r"VmRSS:\s+(\d+)", status).group(1)) / 1024


async def measure(process: subprocess.Popen, port: int, sessions: int) -> None:
    """Print the memory after so many sessions one after the other, and of some at once."""
    levels = {}
    for number in range(1, sessions + 1):
        async with visit(port):
            pass
        if number in AFTER or number == sessions:
            await asyncio.sleep(ENDED)
            levels[number] = resident(process)
            print(f"| {number} opened and closed | {levels[number]:,.0f} |", flush=True)
    async with AsyncExitStack() as stack:
        before = resident(process)
        for _ in range(KEPT_OPEN):
            await stack.enter_async_context(visit(port))
        each = (resident(process) - before) / KEPT_OPEN
        print(f"| each of {KEPT_OPEN} kept open | {each:,.1f} |")
    if 20 in levels:
        print(f"\nAfter {sessions} sessions {levels[sessions] / levels[20]:.3f} of the level after 20.")


def main() -> None:
    """Serve, open, close, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--customers", type=int, help="size of the table; default: the bundled sample")
    parser.add_argument("--sessions", type=int, default=200)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        table = write_customers(arguments.customers, Path(folder)) if arguments.customers else SAMPLE
        command = segdash_command(table, port := free_port())
        command[-2:-2] = SOON
        print(f"## {table.name}\n\n| sessions | MB |\n|---|---:|", flush=True)
        with serving(command, port) as process:
            asyncio.run(measure(process, port, arguments.sessions))


if __name__ == "__main__":
    main()
