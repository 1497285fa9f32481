"""What goes wrong between a person, a browser and a server, in real sessions."""

from __future__ import annotations

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path

import pandas as pd
import pytest
from bokeh.document import Document
from bokeh.document.events import MessageSentEvent
from bokeh.events import DocumentReady
from bokeh.protocol import Protocol
from panel.io.server import get_server
from test_sessions import until
from tornado.httpclient import AsyncHTTPClient, HTTPRequest
from tornado.websocket import websocket_connect

from segdash import Dashboard, Segmentation

DATA = Path(__file__).parents[1] / "data"
SOON = {
    "unused_session_lifetime_milliseconds": 1500,
    "check_unused_sessions_milliseconds": 50,
    "keep_alive_milliseconds": 100,
}


def of_ten():
    """Ten customers, alike in twos."""
    ids = [f"c{i}" for i in range(10)]
    recency, frequency = [1, 2, 30, 31, 90, 91, 200, 201, 300, 301], [9, 9, 7, 7, 5, 5, 3, 3, 1, 1]
    spent = [900.0, 890.0, 400.0, 390.0, 200.0, 190.0, 90.0, 80.0, 10.0, 9.0]
    return pd.DataFrame({"customer_id": ids, "recency": recency, "frequency": frequency, "monetary": spent})


class Browser:
    """As much of a browser as a server sees of it."""

    def __init__(self, port):
        self.address = f"127.0.0.1:{port}"
        self.token = self.socket = None

    async def open(self):
        html = await AsyncHTTPClient().fetch(f"http://{self.address}/")
        self.token = re.search(r'"token":"([^"]+)"', html.body.decode()).group(1)
        await self.connect()
        await self.send(Protocol().create("PATCH-DOC", [MessageSentEvent(Document(), "bokeh_event", DocumentReady())]))

    async def connect(self):
        request = HTTPRequest(f"ws://{self.address}/ws", headers={"Origin": f"http://{self.address}"})
        self.socket = await websocket_connect(request, subprotocols=["bokeh", self.token], max_message_size=10**8)
        for _ in ("header", "metadata", "content"):
            await self.socket.read_message()  # the server listens once it has greeted
        await self.send(Protocol().create("PULL-DOC-REQ"))

    async def send(self, message):
        for part in (message.header_json, message.metadata_json, message.content_json):
            await self.socket.write_message(part)

    def leave(self):
        self.socket.close()


@asynccontextmanager
async def serving(state):
    """A server whose sessions each have a page on this state; yields it, the pages, and a way to open a further one."""
    pages, browsers = [], []

    def app():
        pages.append(Dashboard(state=state.fork()).servable())

    server = get_server({"/": app}, port=0, address="127.0.0.1", websocket_origin="*", start=True, **SOON)

    async def opened():
        number = len(pages)
        browsers.append(Browser(server.port))
        await browsers[-1].open()
        await until(lambda: len(pages) > number and pages[number]._rest.objects, "a page")
        return browsers[-1]

    try:
        yield server, pages, opened
        for browser in browsers:
            browser.leave()
        await until(lambda: not server.get_sessions("/"), "the end of all sessions")
    finally:
        server.stop()


def played(scene):
    # In a thread of its own: in this one a browser test may have left a loop that runs.
    with ThreadPoolExecutor(1) as alone:
        return alone.submit(lambda: asyncio.run(scene())).result()


def segmented():
    return Segmentation(of_ten(), n_segments=3, starts=2)


def test_two_tabs_of_one_user_are_two_pages():
    async def scene():
        async with serving(segmented()) as (server, pages, opened):
            await opened()
            (session,) = server.get_sessions("/")
            await opened()
            one, other = pages
            marks = [one.document.roots[0].tags[-1] for one in server.get_sessions("/")]
            assert len({mark for mark in marks if re.fullmatch("[0-9a-f]{16}", mark)}) == 2
            before = {name: getattr(other.state, name) for name in ("selected", "x", "n_segments", "ranges")}
            await session.with_document_locked(
                lambda: one.state.param.update(
                    selected=["c1"], x="frequency", n_segments=2, ranges={"recency": (2, None)}
                )
            )
            assert {name: getattr(other.state, name) for name in before} == before
            assert len(other.state.shown) == 10
            assert len(one.state.shown) == 1

    played(scene)


def test_a_page_that_is_left_open_stays_usable_and_a_closed_one_ends():
    # An hour at the pace of this server: three times as long as a page that nobody looks at is kept.
    async def scene():
        async with serving(segmented()) as (server, pages, opened):
            await opened()
            gone = await opened()
            gone.leave()
            await until(lambda: len(server.get_sessions("/")) == 1, "the end of the closed one")
            await asyncio.sleep(3 * SOON["unused_session_lifetime_milliseconds"] / 1000)
            (session,) = server.get_sessions("/")
            assert session.connection_count == 1
            await session.with_document_locked(lambda: setattr(pages[0].state, "x", "frequency"))
            figure = session.document.get_model_by_name("scatter")
            assert figure.xaxis[0].axis_label == "Frequency (orders)"

    played(scene)


def test_a_browser_that_comes_back_in_time_finds_its_page_and_what_was_worked_out_meanwhile():
    async def scene():
        async with serving(segmented()) as (server, pages, opened):
            browser = await opened()
            (session,) = server.get_sessions("/")
            state = pages[0].state
            await session.with_document_locked(lambda: setattr(state, "selected", ["c1", "c2"]))
            browser.leave()
            await until(lambda: session.connection_count == 0, "the loss of the browser")
            await session.with_document_locked(
                lambda: state.beside("Segmenting", lambda copy, _: copy.change(n_segments=2))
            )
            await asyncio.sleep(0.2)
            assert state.n_segments == 3  # a page that is away would not hear of it
            await browser.connect()
            await until(lambda: state.n_segments == 2, "what was worked out")
            assert server.get_sessions("/") == [session]
            assert state.selected == ["c1", "c2"]

    played(scene)


# -- selections -----------------------------------------------------------------------------------------------


@pytest.fixture
def whole():
    dashboard = Dashboard(state=segmented())
    dashboard.__panel__()
    dashboard._fill()
    dashboard._below[-1].active = list(range(len(dashboard._below[-1])))  # every room open
    dashboard.page.sidebar_open = True
    return dashboard


def scatter_of(whole):
    return next(view for view in whole.page.select() if "segdash-selected-count" in str(getattr(view, "object", "")))


def test_a_selection_of_nothing_shows_all_and_says_so(whole):
    state = whole.state
    state.selected = ["c1"]
    state.select(["c2"], "intersect")
    assert state.selected == []
    assert len(state.shown) == 10
    assert "No selection, all are shown" in scatter_of(whole).object
    state.undo_selection()
    assert state.selected == ["c1"]


def test_a_selection_of_everything_is_one(whole):
    state = whole.state
    state.selected = state.customers["customer_id"].tolist()
    assert "10 of 10 customers selected" in scatter_of(whole).object
    assert (len(state.shown), state.is_filtered) == (10, False)
    state.save_as_segment("All")
    assert list(state.profile["segment"].astype(str)) == ["All"]
    state.own_segments = {}
    assert len(state.profile) == 3


def test_the_customers_of_a_segment_that_goes_stay_selected(whole):
    state = whole.state
    gone = state.customers["segment"].iloc[-1]
    state.segment_filter = [str(gone)]
    state.selected = state.filtered["customer_id"].tolist()
    chosen = state.selected
    state.n_segments = 2
    state.segments = {name: {"name": f"New {name}"} for name in state.colours}
    assert state.selected == chosen
    assert set(state.shown["customer_id"]) <= set(chosen)
    assert all(name in state.colours for name in state.segment_filter)
    state.method = "single"
    assert set(state.shown["customer_id"]) == set(chosen)


# -- another table while something is under way ---------------------------------------------------------------


def test_an_outline_begun_over_another_table_selects_nobody():
    import panel as pn

    state = segmented()
    dashboard = Dashboard(state=state)
    doc = Document()
    dashboard.__panel__()
    main = pn.Column(*dashboard.page.main)
    doc.add_root(main.get_root(doc))
    old = doc.get_model_by_name("scatter").renderers[0].data_source.selected
    state.load(of_ten().assign(customer_id=[f"new{i}" for i in range(10)]).head(4))
    fresh = doc.get_model_by_name("scatter").renderers[0].data_source.selected
    assert old is not fresh
    late = {"kind": "ModelChanged", "model": {"id": old.id}, "attr": "indices", "new": [7, 8]}
    doc.apply_json_patch({"events": [late]})
    assert state.selected == []
    # Within one table: a filter went ahead of an outline that was still drawn over more points.
    state.ranges = {"monetary": (500, None)}
    fresh.indices = [0, 3]
    assert [one[:3] for one in state.selected] == ["new"]


def test_what_is_selected_while_a_table_is_loaded_beside_the_page_gives_way(whole):
    state = whole.state
    branch = state.branch()
    branch.load(of_ten().assign(customer_id=[f"new{i}" for i in range(10)]))
    state.selected = ["c1", "c2"]
    state.settle(branch)
    assert state.selected == []
    assert len(state.shown) == 10
    assert state.earlier_selections == []
