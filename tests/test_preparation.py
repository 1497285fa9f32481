"""A draft of orders: tried out, applied or forgotten."""

from __future__ import annotations

import io

import ibis
import pandas as pd
import pytest

import segdash as sd
from segdash.errors import SegdashError, TableError
from segdash.intake.dates import DateTieError
from segdash.intake.either import read_either
from segdash.intake.orders import orders_of
from segdash.preparation import Preparation
from segdash.sources.rows import Options, read_rows


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


def test_who_would_flip_is_known_before_anything_is_applied(state, draft):
    before = state.customers
    draft.choose(refunds="ignore")
    assert draft.effect["shared"].tolist() == [4, 4]
    assert draft.can_flip
    draft.try_flips()
    moves = draft.flips.moves
    assert moves.titles == ("now", "with these choices")
    # A spent 10, gave it back, and was there with nothing; without the refund she is worth as much as the others.
    money = moves.customers.set_index("customer_id").loc["A", ["monetary_before", "monetary_after"]]
    assert money.tolist() == [0.0, 10.0]
    assert state.customers is before
    applied = state.fork()
    applied.load_orders(draft.draft)
    now, then = (table.set_index("customer_id")["segment"].astype(str) for table in (before, applied.customers))
    assert moves.customers.set_index("customer_id")["after"].to_dict() == then.to_dict()
    assert moves.customers.set_index("customer_id")["before"].to_dict() == now.to_dict()


def test_who_would_flip_is_forgotten_with_another_choice_or_another_page(state, draft):
    draft.try_flips()
    assert len(draft.flips.moves.moved) == 0
    draft.choose(zero_amounts="keep")
    assert draft.flips is None
    draft.try_flips()
    assert draft.flips.moves.only_after["customer_id"].tolist() == ["E"]
    state.change(n_segments=3)
    assert draft.flips is None
    draft.try_flips()
    draft.cancel()
    assert draft.flips is None
    assert not draft.can_flip


def test_strangers_can_not_flip():
    page = sd.Segmentation(orders=sd.read_orders(log(customer=list("UUVVWXY")), name="log"), n_segments=2)
    preparation = Preparation(page)
    preparation.take(sd.read_orders(log(), name="other"))
    assert preparation.effect["shared"].tolist() == [4, 0]
    assert not preparation.can_flip


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


TEXT = "customer;date;amount;land\nA;2024-01-13;1,500;DE\nB;2024-01-14;2,250;SE\nB;2024-02-20;4,000;SE\n"


@pytest.fixture
def text(state):
    source = io.BytesIO(TEXT.encode())
    preparation = Preparation(state)
    rows = read_rows(source, Options(name="log.csv"))
    with pytest.raises(TableError) as undecided:
        orders_of(rows, {})
    preparation.ask(rows, undecided.value, source)
    return preparation


def test_numbers_that_can_be_read_two_ways_are_asked_about(text):
    assert text.under_way
    assert text.draft is None
    assert "whose comma can be a decimal sign" in text.problem
    assert text.choose(decimal=",")
    assert text.problem == ""
    text.cancel()
    assert not text.under_way


def test_a_text_is_read_again_as_the_person_says(text):
    assert text.rows.text == {"delimiter": ";", "encoding": "utf-8", "header": True}
    text.choose(decimal=",")
    before = text.draft
    assert not text.choose(text={"delimiter": ","})
    assert "No column is" in text.problem
    assert (text.draft, text.text) == (before, {})
    assert text.choose(text={"encoding": "latin-1"})
    assert text.rows.text["encoding"] == "latin-1"
    assert text.effect["revenue"].tolist()[1] == 7.75


def test_columns_that_no_heading_names_are_asked_about(state):
    source = io.BytesIO(b"a,b,c\n7,2024-01-13,5.5\n8,2024-01-14,6.5\n7,2024-02-15,1\n")
    rows = read_rows(source, Options(name="log.csv"))
    preparation = Preparation(state)
    with pytest.raises(TableError) as undecided:
        orders_of(rows, {})
    preparation.ask(rows, undecided.value, source)
    assert "No column is the customer" in preparation.problem
    assert not preparation.choose(roles={"order_id": "b"})
    assert preparation.choose(roles={"customer_id": "a", "ordered_at": "b", "amount": "c"})
    assert preparation.effect["revenue"].tolist()[1] == 13.0


def test_the_decimal_sign_is_the_persons_to_say(text):
    assert text.choose(decimal=",")
    assert text.effect["revenue"].tolist()[1] == 7.75
    assert text.choose(decimal=".")
    assert text.effect["revenue"].tolist()[1] == 7750.0


def test_a_choice_that_only_lacked_another_is_taken_with_it(state):
    source = io.BytesIO(b"a;b;c\n7;2024-01-13;5,500\n8;2024-01-14;6,250\n7;2024-02-15;1,000\n")
    rows = read_rows(source, Options(name="log.csv"))
    preparation = Preparation(state)
    preparation.take(orders_of(rows, {"customer_id": "a"}))
    assert not preparation.choose(roles={"customer_id": "a", "amount": "c"})
    assert "decimal" in preparation.problem
    assert preparation.choose(decimal=",")
    assert preparation.roles == {"customer_id": "a", "amount": "c"}
    assert preparation.effect["revenue"].tolist()[1] == 12.75


def test_columns_about_the_customer_are_the_persons_to_say(state, text):
    assert text.choose(decimal=",", about=["land"])
    text.apply()
    assert state.customers.set_index("customer_id")["land"].to_dict() == {"A": "DE", "B": "SE"}
    assert state.attributes == ["land"]


def test_rows_that_cannot_be_read_again_stay_as_they_are(draft):
    assert draft.source is None
    before = draft.rows
    draft.choose(text={"delimiter": ","})
    assert draft.rows is before


def log_of(customers):
    rows = [(f"c{i}", f"2024-01-{1 + i % 28:02}", 5.0 + i) for i in customers]
    return sd.read_orders(pd.DataFrame(rows, columns=["customer", "date", "amount"]))


@pytest.mark.parametrize(("first", "second"), [(range(9), range(9)), (range(40), range(9)), (range(9), range(30, 70))])
def test_the_effect_is_that_of_all_customers_wherever_they_are(first, second):
    def effect(most):
        preparation = Preparation(sd.Segmentation(orders=log_of(first), method="single", max_rows_in_memory=most))
        preparation.take(log_of(second))
        return preparation.effect

    pd.testing.assert_frame_equal(effect(20), effect(1_000))


def test_of_a_log_of_more_customers_than_fit_none_is_fetched_for_its_effect(monkeypatch):
    orders = log_of(range(40))
    state = sd.Segmentation(orders=orders, method="single", max_rows_in_memory=20)
    preparation = Preparation(state)
    rows = []
    execute = ibis.expr.types.core.Expr.execute

    def counted(self, *args, **kwargs):
        found = execute(self, *args, **kwargs)
        rows.append(len(found) if isinstance(found, pd.DataFrame) else 1)
        return found

    monkeypatch.setattr(ibis.expr.types.core.Expr, "execute", counted)
    preparation.take(orders.with_(refunds="ignore"))
    assert preparation.effect[["customers", "shared"]].to_numpy().tolist() == [[40, 40], [40, 40]]
    assert rows
    assert max(rows) <= 10
    preparation.take(log_of(range(30, 70)))
    assert preparation.effect["shared"].tolist() == [40, None]  # two engines
    assert preparation.can_flip
