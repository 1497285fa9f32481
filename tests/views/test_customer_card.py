"""A customer's card: found by id or by the selection, her numbers by hand, and nothing done while nobody looks."""

from __future__ import annotations

import pandas as pd
import pytest
from states_shown import HOSTILE, hostile, six

from segdash.intake.orders import read_orders
from segdash.rules.compiler import compile_rules
from segdash.state import Segmentation
from segdash.views import customer_card
from segdash.views.customer_card import CustomerCard


def shown(state):
    view = CustomerCard(state)
    view.__panel__().get_root()
    return view


@pytest.fixture
def state():
    return Segmentation(six().drop(columns=["cluster", "age"]), method="k_means", n_segments=2, currency="£")


def test_numbers_by_hand(state):
    view = shown(state)
    state.change(selected=["d"])
    found = view.found
    frequency = found.numbers.set_index("metric").loc["frequency"]
    # 1 1 3 4 8 9: three below, she is one: 3.5 of 6.
    assert (frequency["value"], frequency["base_median"]) == (4.0, 3.5)
    assert frequency["base_percentile"] == pytest.approx(3.5 / 6)
    assert "Customer d" in view.heading.object
    assert "58th" in view.facts.object
    assert "£180.00" in view.facts.object
    assert found.scores.keys() == {"r", "f", "m"}
    others = set(state.segment_table["segment"]) - {found.segment}
    assert found.explanation.runner_up in others


def test_the_smallest_change_by_the_rules_in_force(state):
    cuts = {"recency": [11, 50], "frequency": [2, 5], "monetary": [100, 500]}
    cells = [[r, f] for r in (1, 2, 3) for f in (1, 2, 3)]
    loyal = [[3, 2], [3, 3]]
    rules = {"name": "Two", "axes": ["r", "f"], "bins": 3}
    parts = [
        {"name": "Loyal", "cells": loyal},
        {"name": "Others", "cells": [cell for cell in cells if cell not in loyal]},
    ]
    settings = {"scoring": "fixed", "bins": 3, "cuts": cuts, "rule_set": {**rules, "segments": parts}}
    state.change(method="rfm_rules", method_settings=settings)
    view = shown(state)
    state.change(selected=["d"])
    # d: 12 days, 4 orders of £45 on average. Loyal is up to 11 days with more than 2 orders.
    assert view.found.scores == {"r": 2, "f": 2, "m": 2}
    assert "R2 F2 M2" in view.who.object
    assert "One order of £45 within 11 days makes this customer Loyal." in view.facts.object
    state.change(selected=["c"])
    assert "After 2 more days without an order this customer is Others." in view.facts.object


def test_what_moves_a_customer_whose_spend_counts_as_a_mean(state):
    cuts = {"recency": [11, 50], "frequency": [2, 5], "monetary": [44, 60]}
    big = compile_rules([{"segment": "Big", "m": "3"}], ("f", "m"), bins=3, otherwise="Small").rule_set
    settings = {"scoring": "fixed", "bins": 3, "cuts": cuts, "rule_set": big.to_dict(), "spend": "mean"}
    state.change(method="rfm_rules", method_settings=settings)
    view = shown(state)
    state.change(selected=["d"])
    # d spent £180 in 4 orders: £45 each is the middle bin. More orders of £45 leave the mean where it is.
    assert view.found.scores == {"r": 2, "f": 2, "m": 2}
    assert "order of £45" not in view.facts.object
    assert "With an average order value of £60.01 instead of £45, this customer would be Big." in view.facts.object


def test_found_by_id_or_a_part_of_it(state):
    state.load(six().assign(customer_id=["A1", "A2", "B10", "B11", "C3", "a"]))
    view = shown(state)
    view.search.value = "C"
    assert state.selected == ["C3"]
    view.search.value = "b1"
    assert view.matches.visible
    assert view.matches.options[1:] == ["B10", "B11"]
    view.matches.value = "B11"
    assert state.selected == ["B11"]
    assert not view.matches.visible
    view.search.value = "a"  # an id of its own, though others have it in them
    assert state.selected == ["a"]
    view.search.value = HOSTILE
    assert "No customer has such an id" in view.said.object
    assert state.selected == ["a"]


def test_none_or_several_selected(state):
    view = shown(state)
    assert "Select one customer" in view.who.object
    state.change(selected=["a"])
    state.change(selected=["a", "b"])
    assert "2 customers selected; the card is of one." in view.heading.object
    assert view.facts.object == ""


def test_without_a_model_there_are_numbers_and_a_reason(state):
    state.load(six())
    view = shown(state)
    state.change(selected=["a"])
    assert "Nothing was learned" in view.facts.object
    assert "£900.00" in view.facts.object


def test_orders_stand_on_a_timeline():
    log = pd.DataFrame(
        {"customer": ["a", "a", "b", "c"], "date": ["2024-01-01", "2024-01-31", "2024-01-02", "2024-01-09"]}
    )
    state = Segmentation(orders=read_orders(log.assign(amount=[10.0, 5.5, 20.0, 7.0])), n_segments=2)
    view = shown(state)
    assert not view.orders.visible
    state.change(selected=["a"])
    assert view.orders.visible
    assert view.found.orders["amount"].tolist() == [10.0, 5.5]
    # Days between orders are unknown of who ordered once.
    state.change(selected=["b"])
    assert "Days between orders" in view.facts.object
    assert "–" in view.facts.object


def test_asleep_it_does_nothing_and_awake_it_catches_up(state, monkeypatch):
    view = shown(state)
    looked = []
    look = customer_card.look
    monkeypatch.setattr(customer_card, "look", lambda *args: looked.append(args[1]) or look(*args))
    view.awake = False
    state.change(selected=["a"])
    state.change(selected=["b"])
    assert looked == []
    view.awake = True
    assert looked == ["b"]
    view.awake = False
    view.awake = True
    state.change(x="monetary")
    assert looked == ["b"]


def test_it_stops_no_other_work_and_looks_when_asked(state):
    view = shown(state)
    state.work.param.update(title="Reading a file")
    state.change(selected=["a"])
    assert view.found is None
    assert view.again.visible
    assert state.work.title == "Reading a file"
    state.work.param.update(title="")
    view.again.clicks += 1
    assert view.found.customer_id == "a"
    assert not view.again.visible


def test_names_are_text(state):
    state.load(hostile())
    view = shown(state)
    state.change(selected=[state.features["customer_id"].iloc[0]])
    for pane in (view.heading, view.who, view.facts):
        assert "<img" not in pane.object
    assert "&lt;img" in view.who.object
