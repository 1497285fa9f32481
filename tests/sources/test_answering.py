"""Engines that are stopped, or stop by themselves."""

from __future__ import annotations

import threading
import time

import ibis
import pandas as pd
import pytest

from segdash.errors import CancelledError, SourceError
from segdash.intake.orders import read_orders
from segdash.sources.answering import fetched, interrupt
from segdash.work import Work

LOG = pd.DataFrame({"customer": ["a", "b"], "date": ["2024-01-13", "2024-02-20"], "amount": [1.0, 2.0]})

ENDLESS = "SELECT sum(a.range * b.range) AS n FROM range(9000000) a, range(9000000) b"
"""Hours of work."""


@pytest.fixture
def engine():
    connection = ibis.duckdb.connect()
    yield connection
    connection.disconnect()


def test_a_query_is_stopped_from_another_thread():
    connection = ibis.duckdb.connect()
    found = []

    def ask():
        try:
            fetched(connection.sql(ENDLESS))
        except CancelledError as stopped:
            found.append(str(stopped))

    thread = threading.Thread(target=ask)
    thread.start()
    for _ in range(200):
        time.sleep(0.05)
        if interrupt(thread.ident) and not thread.is_alive():
            break
    thread.join(20)
    assert found == ["Cancelled while the engine was at work."]
    connection.disconnect()


def test_cancelling_work_stops_the_engine_that_does_it():
    connection = ibis.duckdb.connect()
    work, ended = Work(), threading.Event()
    work.later = lambda function: None

    def ask(task):
        try:
            return fetched(connection.sql(ENDLESS))
        finally:
            ended.set()

    work.start("Asking", ask, lambda _: None)
    task = work._task
    for _ in range(200):
        time.sleep(0.05)
        task.cancel()
        if ended.is_set():
            break
    assert ended.is_set()
    connection.disconnect()


def test_an_engine_that_went_away_is_said(engine):
    connection = ibis.duckdb.connect()
    connection.create_table("log", LOG)
    orders = read_orders(connection.table("log"), name="the shop")
    connection.disconnect()
    with pytest.raises(SourceError, match=r"the shop stopped answering: .*try again"):
        orders.bucket_rows("order")


def test_an_error_of_the_program_is_not_taken_for_one_of_the_engine(engine):
    with pytest.raises(TypeError):
        fetched(engine.sql("SELECT 1 AS n").n + None)  # type: ignore[operator]


def test_nothing_at_work_is_not_stopped():
    assert not interrupt(-1)
