"""Sessions of a server: nothing of one outlives it."""

from __future__ import annotations

import asyncio
import gc
import re
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path
from weakref import ref

import pytest
from bokeh.document import Document
from bokeh.document.events import MessageSentEvent
from bokeh.events import DocumentReady
from bokeh.protocol import Protocol
from panel.io.server import get_server
from tornado.httpclient import AsyncHTTPClient, HTTPRequest
from tornado.websocket import websocket_connect

from segdash import Dashboard, Segmentation, read_orders
from segdash.dashboard import ROOMS

DATA = Path(__file__).parents[1] / "data"
SOON = {"unused_session_lifetime_milliseconds": 1500, "check_unused_sessions_milliseconds": 100}
LONG = 60.0


@asynccontextmanager
async def visit(port):
    """Open the page as a browser does and leave it at the end."""
    address = f"127.0.0.1:{port}"
    html = await AsyncHTTPClient().fetch(f"http://{address}/")
    token = re.search(r'"token":"([^"]+)"', html.body.decode()).group(1)
    request = HTTPRequest(f"ws://{address}/ws", headers={"Origin": f"http://{address}"})
    socket = await websocket_connect(request, subprotocols=["bokeh", token], max_message_size=10**8)
    for _ in ("header", "metadata", "content"):
        await socket.read_message()  # the server listens once it has greeted
    drawn = MessageSentEvent(Document(), "bokeh_event", DocumentReady())
    for message in (Protocol().create("PULL-DOC-REQ"), Protocol().create("PATCH-DOC", [drawn])):
        for part in (message.header_json, message.metadata_json, message.content_json):
            await socket.write_message(part)
    try:
        yield
    finally:
        socket.close()


async def until(is_so, what):
    start = time.monotonic()
    while not is_so():
        assert time.monotonic() - start < LONG, f"{what} did not come about"
        await asyncio.sleep(0.05)


async def use(state, act, sessions):
    """Visit a server of this state so many times and do ``act(dashboard)`` in each; nothing of the first may stay."""
    made = []

    def app():
        made.append(ref(Dashboard(state=state.fork()).servable()))

    server = get_server({"/": app}, port=0, address="127.0.0.1", websocket_origin="*", start=True, **SOON)
    try:
        for number in range(sessions):
            async with visit(server.port):
                await until(lambda: len(made) > number and made[-1]()._rest.objects, "a page")  # noqa: B023
                (session,) = server.get_sessions("/")
                await session.with_document_locked(act, made[-1]())
                await asyncio.sleep(0.5)
            await until(lambda: not server.get_sessions("/"), "the end of the session")
        # The last may still be held by what the server did last.
        await until(lambda: gc.collect() >= 0 and made[0]() is None, "the end of the first page")
    finally:
        server.stop()


def use_everything(dashboard):
    """The drawer and every room open, a selection made, undone and made again, another clustering, axis and theme."""
    state = dashboard.state
    dashboard.page.sidebar_open = True
    dashboard._below[-1].active = list(range(len(ROOMS)))
    state.selected = state.customers["customer_id"].head(20).tolist()
    state.undo_selection()
    state.selected = state.customers["customer_id"].head(1).tolist()
    state.n_segments = 5
    state.x, state.dark = "frequency", True
    state.keep("before")
    dashboard.preparation.take(state.orders)
    assert dashboard._room.objects


@pytest.mark.parametrize("act", [lambda _: None, use_everything], ids=["looked at", "used"])
def test_nothing_of_a_session_outlives_it(act):
    state = Segmentation(orders=read_orders(DATA / "orders.csv"))
    # In a thread of its own: in this one a browser test may have left a loop that runs.
    with ThreadPoolExecutor(1) as alone:
        alone.submit(lambda: asyncio.run(use(state, act, sessions=2))).result()
