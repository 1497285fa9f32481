"""Rooms below the page: made when they are opened, at rest when they are closed."""

from __future__ import annotations

import pandas as pd
import panel_material_ui as pmui
import pytest

from segdash import dashboard
from segdash.dashboard import ROOMS, Dashboard
from segdash.state import Segmentation
from segdash.views.customer_card import CustomerCard
from segdash.views.explanation import Explanation

CARD, STUDIO, EXPLAIN = (list(ROOMS).index(title) for title in ("Customer card", "Rule studio", "Explain"))


@pytest.fixture
def page(monkeypatch):
    """A dashboard's rooms and the views that are made for them, by name."""
    table = pd.DataFrame(
        {
            "customer_id": list("abcdef"),
            "recency": [1, 2, 10, 12, 90, 99],
            "frequency": [9, 8, 3, 4, 1, 1],
            "monetary": [900.0, 850.0, 200.0, 180.0, 20.0, 10.0],
        }
    )
    made = {}

    def remembered(kind):
        def make(state):
            made[kind.__name__] = kind(state)
            return made[kind.__name__]

        return make

    for kind in (CustomerCard, Explanation):
        monkeypatch.setattr(dashboard.views, kind.__name__, remembered(kind), raising=False)
    board = Dashboard(state=Segmentation(table, n_segments=2))
    (rooms,) = board._rooms().select(pmui.Accordion)
    return board.state, rooms, made


def test_a_room_is_made_when_it_is_first_opened(page):
    _, rooms, made = page
    assert made == {}
    rooms.active = [CARD]
    card = made["CustomerCard"]
    rooms.active = []
    rooms.active = [CARD]
    assert list(made) == ["CustomerCard"]
    assert made["CustomerCard"] is card


def test_in_a_closed_room_nobody_is_looked_at(page):
    state, rooms, made = page
    rooms.active = [CARD]
    card = made["CustomerCard"]
    state.change(selected=["a"])
    assert card.found.customer_id == "a"
    rooms.active = []
    state.change(selected=["b"])
    assert card.found.customer_id == "a"
    rooms.active = [CARD]
    assert card.found.customer_id == "b"


def test_rules_that_are_sent_open_the_studio(page):
    state, rooms, made = page
    rooms.active = [EXPLAIN]
    made["Explanation"].send.clicks += 1
    assert state.sent_rules
    assert sorted(rooms.active) == sorted([EXPLAIN, STUDIO])
