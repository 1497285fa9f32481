"""Long work beside the page: in a thread of its own, told about, stopped, its mistakes not swallowed."""

from __future__ import annotations

import queue
import threading

import pandas as pd
import pytest

import segdash as sd
from segdash.errors import CancelledError
from segdash.sources.answering import doing, working
from segdash.sources.engine import embedded
from segdash.work import Task, Work

LOG = pd.DataFrame(
    {
        "customer": list("AABB"),
        "date": ["2024-01-01", "2024-01-13", "2024-01-14", "2024-02-20"],
        "amount": [1.0, 2, 3, 4],
    }
)


class Page:
    """The page's own thread: what it is handed is done when it says so."""

    def __init__(self, work):
        self.jobs = queue.Queue()
        work.later = self.jobs.put

    def do_next(self):
        self.jobs.get(timeout=10)()


@pytest.fixture
def work():
    return Work()


@pytest.fixture
def page(work):
    return Page(work)


def test_without_a_page_it_is_done_at_once(work):
    found = []
    work.start("Adding", lambda task: 2 + 3, found.append)
    assert found == [5]
    assert work.title == ""


def test_it_is_done_in_another_thread_and_ended_by_the_page(work, page):
    where, found = [], []
    work.start("Adding", lambda task: where.append(threading.current_thread().name) or 5, found.append)
    assert work.title == "Adding"
    assert found == []
    page.do_next()
    assert (where, found, work.title) == (["Adding"], [5], "")


def test_a_task_says_how_far_it_is(work, page):
    work.start("Reading", lambda task: task.tell("rows", 30, 120), lambda _: None)
    page.do_next()
    assert (work.step, work.share) == ("rows", 0.25)


def test_a_cancelled_task_stops_at_its_next_step_and_changes_nothing(work, page):
    begun, go, ended, found = threading.Event(), threading.Event(), [], []

    def task(task: Task):
        task.on_cancel(lambda: ended.append("told"))
        begun.set()
        go.wait(10)
        try:
            task.tell("more")
        except CancelledError as stopped:
            ended.append(str(stopped))
            raise

    work.start("Reading", task, found.append)
    begun.wait(10)
    work.cancel()
    assert work.title == ""
    go.set()
    page.do_next()
    assert ended == ["told", "Cancelled while more."]
    assert found == []


def test_a_second_task_takes_the_place_of_the_first(work, page):
    found = []
    work.start("one", lambda task: 1, found.append)
    work.start("two", lambda task: 2, found.append)
    page.do_next()
    page.do_next()
    assert found == [2]


def test_work_for_a_page_that_is_gone_is_stopped_and_tells_nobody(work, page):
    heard, begun, go = [], threading.Event(), threading.Event()
    work.start("Reading", lambda task: begun.set() or (go.wait(10) and False) or task.tell("more"), heard.append)
    begun.wait(10)
    work.param.watch(lambda *_: heard.append("told"), ["title", "step", "share"])
    work.abandon()
    go.set()
    page.do_next()
    assert heard == []


def test_an_error_of_the_program_is_raised_by_the_page(work, page):
    work.start("Failing", lambda task: 1 / 0, lambda _: None)
    with pytest.raises(ZeroDivisionError):
        page.do_next()
    assert work.title == ""


def test_a_state_is_changed_beside_the_page_and_taken_over():
    state = sd.Segmentation(orders=sd.read_orders(LOG), n_segments=2)
    page = Page(state.work)
    made = []
    state.param.watch(lambda *events: made.extend(e.name for e in events), ["features", "customers", "profile"])
    state.beside("Measuring", lambda copy, task: copy.change(as_of=pd.Timestamp("2024-03-01").to_pydatetime()))
    state.y = "frequency"  # meanwhile
    page.do_next()
    assert state.customers["recency"].tolist() == [48, 10]
    assert (state.y, state.as_of.isoformat()) == ("frequency", "2024-03-01T00:00:00")
    assert made == ["features", "customers", "profile"]  # once each
    state.n_segments = 2
    assert len(state.profile) == 2


def test_a_refusal_beside_the_page_leaves_it_and_says_why():
    state = sd.Segmentation(orders=sd.read_orders(LOG), n_segments=2)
    page = Page(state.work)
    before = state.customers
    state.beside("Segmenting", lambda copy, task: copy.change(method="k_means", n_segments=9))
    page.do_next()
    assert state.customers is before
    assert "cannot make 9 segments" in state.problem


class Engine:
    """An engine that knows how far it is."""

    def __init__(self, percent):
        self.con = self
        self.query_progress = lambda: percent


@pytest.mark.parametrize(("percent", "share"), [(40.0, 0.4), (-1.0, None)])
def test_what_an_engine_does_and_the_share_it_knows_are_told(work, page, monkeypatch, percent, share):
    monkeypatch.setattr("segdash.work.LOOKS", 0.01)
    go, shown = threading.Event(), []

    def read(task):
        task.tell("Reading")
        with working(Engine(percent), "Loading the rows"):
            go.wait(10)

    work.param.watch(lambda *_: shown.append((work.step, work.share)), ["step", "share"])
    work.start("Opening", read, lambda _: None)
    while work.step != "Loading the rows":
        page.do_next()
    assert (work.step, work.share) == ("Loading the rows", share)
    go.set()
    while work.title:
        page.do_next()
    assert ("Reading", None) in shown
    assert (work.step, work.share) == ("", None)


def test_the_embedded_engine_tells_how_far_it_is():
    connection = embedded()
    seen, ended = [], threading.Event()
    thread = threading.get_ident()

    def look():
        while not ended.wait(0.02):
            seen.append(doing(thread))

    looking = threading.Thread(target=look)
    looking.start()
    with working(connection, "Counting"):
        connection.con.execute("CREATE TABLE n AS SELECT range::VARCHAR v FROM range(3000000)")
        connection.con.execute("SELECT count(DISTINCT md5(v)) FROM n").fetchall()
    ended.set()
    looking.join()
    shares = [found[1] for found in seen if found and found[0] == "Counting" and found[1] is not None]
    assert shares
    assert all(0 <= share <= 1 for share in shares)
    assert doing(thread) is None
