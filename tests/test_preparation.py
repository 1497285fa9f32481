"""A draft of orders: tried out, applied or forgotten."""

from __future__ import annotations

import pandas as pd
import pytest

import segdash as sd
from segdash.errors import SegdashError
from segdash.intake.dates import DateTieError
from segdash.intake.either import read_either
from segdash.intake.orders import orders_of
from segdash.preparation import Preparation
from segdash.sources.rows import read_rows


def log(**columns):
    return pd.DataFrame(
        {
            "customer": list("AABBCDE"),
            "order": list("1234567"),
            "date": [f"2024-01-{day:02}" for day in (1, 9, 13, 14, 15, 16, 20)],
            "amount": [10.0, -10.0, 5.0, 7.0, 9.0, 11.0, 0.0],
            "land": "DE",
            **columns,
        }
    )


@pytest.fixture
def state():
    return sd.Segmentation(orders=sd.read_orders(log(), name="log"), n_segments=2)


@pytest.fixture
def draft(state):
    preparation = Preparation(state)
    preparation.take(state.orders)
    return preparation


def test_a_draft_shows_its_effect_and_changes_nothing(state, draft):
    assert draft.choose(refunds="ignore", zero_amounts="keep")
    assert draft.effect["customers"].tolist() == [4, 5]
    assert draft.effect["revenue"].tolist() == [32.0, 42.0]
    assert len(state.customers) == 4
    assert state.orders.policies.refunds == "net"


def test_apply_puts_the_draft_on_the_page(state, draft):
    draft.choose(refunds="ignore", zero_amounts="keep")
    draft.apply()
    assert len(state.customers) == 5
    assert state.orders.policies.refunds == "ignore"
    assert draft.draft is None


def test_cancel_leaves_the_page(state, draft):
    draft.choose(as_of="2024-01-14")
    draft.cancel()
    assert len(state.customers) == 4
    assert draft.effect is None


def test_a_refused_choice_leaves_the_draft(draft):
    before = draft.draft
    assert not draft.choose(roles={"amount": "land"})
    assert "is an order" in draft.problem
    assert not draft.choose(as_of="1999-01-01")
    assert draft.draft is before
    assert draft.choose(duplicates="drop")
    assert draft.problem == ""


def test_another_column_is_read_anew(draft):
    assert draft.choose(roles={"order_id": None})
    assert "order_id" not in draft.draft.roles


def test_a_tie_is_asked_about(state):
    rows = read_rows(log(date=[f"0{day}/02/2024" for day in range(1, 8)]))
    preparation = Preparation(state)
    with pytest.raises(DateTieError) as tie:
        orders_of(rows, {})
    preparation.ask(rows, tie.value)
    assert [reading.formats for reading in preparation.tie] == [("%d/%m/%Y",), ("%m/%d/%Y",)]
    preparation.apply()  # nothing yet to apply
    assert preparation.tie
    assert preparation.choose(date_format="%m/%d/%Y")
    assert preparation.tie == []
    preparation.apply()
    assert state.as_of == pd.Timestamp("2024-06-03")  # the latest kept row is of 2 June


def test_another_moment_measures_everybody_anew(state):
    recency = state.customers.set_index("customer_id")["recency"]
    state.as_of = pd.Timestamp("2024-01-31").to_pydatetime()
    assert (state.customers.set_index("customer_id")["recency"] > recency).all()
    with pytest.raises(SegdashError):
        state.as_of = pd.Timestamp("1999-01-01").to_pydatetime()
    assert state.as_of == pd.Timestamp("2024-01-31")
    assert len(state.customers) == 4


def test_a_customer_table_has_no_orders(state):
    state.load(pd.DataFrame({"customer_id": ["a"], "recency": [1], "frequency": [1], "monetary": [1.0]}))
    assert state.orders is None
    assert state.as_of is None


def test_measures_of_orders_become_metrics_with_units(state):
    assert state.label("days_between_orders").startswith("Days between orders (mean")
    assert {"average_order_value", "tenure"} <= set(state.metrics)


def test_a_file_is_read_for_what_it_is(tmp_path, request):
    data = request.config.rootpath / "data"
    assert isinstance(read_either(data / "orders.csv"), sd.Orders)
    assert isinstance(read_either(data / "customers.csv"), pd.DataFrame)
    (tmp_path / "neither.csv").write_text("a,b\n1,2\n")
    with pytest.raises(SegdashError, match="No heading is customer_id"):
        read_either(tmp_path / "neither.csv")
