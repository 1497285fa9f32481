"""Two segmentations side by side, chosen, kept or from a file; clicks select, nothing on the page changes unasked."""

from __future__ import annotations

from types import SimpleNamespace

import pandas as pd
import pytest
from bokeh.events import Tap
from states_shown import HOSTILE, six

from segdash.clustering.model_file import model_file
from segdash.intake.orders import read_orders
from segdash.rules.compiler import compile_rules
from segdash.state import Segmentation
from segdash.views.comparison import MODEL, Comparison

NAMES = {"0": {"name": "Top"}, "1": {"name": "Middle"}, "2": {"name": "Low"}}


def shown(state):
    view = Comparison(state)
    view.__panel__().get_root()
    return view


@pytest.fixture
def view():
    """Top a and b, Middle c and d, Low e and f."""
    return shown(Segmentation(six().drop(columns="cluster"), method="k_means", n_segments=3, segments=NAMES))


def keep_and_merge(view):
    """The page with two segments, Top (a to d) and Low (e and f), beside the three that were kept."""
    view.called.value = "three <b>"
    view.keep.clicks += 1
    view.state.change(n_segments=2)
    view.against.value = ("kept", "three <b>")
    view.compare.clicks += 1


def test_three_against_two_by_hand(view):
    keep_and_merge(view)
    assert view.state.customers["segment"].astype(str).tolist() == ["Top"] * 4 + ["Low"] * 2
    moves = view.shown.beside.moves
    assert moves.contingency().to_numpy().tolist() == [[2, 0], [2, 0], [0, 2]]
    # Names that stay are the same segment: c and d have another one now, 380 of 2,160.
    assert moves.moved["customer_id"].tolist() == ["c", "d"]
    assert "380" in view.shown.figures.object
    assert "17.6 % of revenue" in view.shown.figures.object
    # Pairs together in both: 3; before 3, after 6 + 1, of 15: (3 - 1.4) / (5 - 1.4).
    assert "0.44" in view.shown.figures.object
    assert "poor agreement" in view.shown.figures.object
    assert view.shown.table.value[["before", "after", "customers", "share", "revenue_after"]].to_numpy().tolist() == [
        ["Middle", "Top", 2, 100.0, 380.0],
    ]


def test_a_row_a_cell_and_the_list_select_the_same_customers(view):
    keep_and_merge(view)
    state = view.state
    view.shown.table._on_click_callbacks[None][0](SimpleNamespace(row=0))
    assert state.selected == ["c", "d"]
    assert "2 customers selected: Middle → Top" in view.shown.chosen.object
    view.shown.select("Middle", "Top")
    assert state.selected == []
    view.shown.pick.value = ("Low", "Low")
    assert state.selected == ["e", "f"]
    (plot,) = view.shown.cells.plots
    data = next(iter(plot.subplots.values())).handles["source"].data
    x, y = (float(data[a][2] + data[b][2]) / 2 for a, b in (("left", "right"), ("bottom", "top")))
    keys = {"shift": True, "ctrl": False, "alt": False}
    plot.state._trigger_event(Tap(plot.state, x=x, y=y, modifiers=keys))  # row 1 (Middle), column 0 (Top)
    assert state.selected == ["e", "f", "c", "d"]
    assert "2 customers added: Middle → Top" in view.shown.chosen.object


def test_an_empty_cell_selects_nobody(view):
    keep_and_merge(view)
    view.state.change(selected=["a"])
    view.shown.select("Top", "Low")
    assert view.state.selected == ["a"]


def test_other_choices_change_nothing_until_they_are_applied(view):
    state = view.state
    before = state.customers
    view.k.value = 2
    view.compare.clicks += 1
    assert state.customers is before
    assert view.shown.beside.moves.titles == ("on the page", "with 2 segments")
    assert view.shown.all.visible
    view.apply.clicks += 1
    assert state.n_segments == 2
    assert not view.shown.all.visible
    assert view.apply.disabled
    assert "Compare again" in view.said.object


def test_rules_against_k_means(view):
    view.method.value = "rfm_rules"
    assert not view.k.visible
    view.compare.clicks += 1
    assert view.shown.beside.moves.titles[1] == "with Rules on scores"


def test_what_is_refused_is_said_in_the_card(view):
    view.compare.clicks += 1
    assert "Change one of them" in view.said.object
    view.method.value = "given"
    view.compare.clicks += 1
    assert "no cluster column" in view.said.object
    assert view.state.method == "k_means"
    nobody = shown(Segmentation())
    nobody.compare.clicks += 1
    assert "no customers to compare" in nobody.said.object


def test_last_months_model_from_its_file(view):
    content = view._file().getvalue()
    view.state.load(six().drop(columns="cluster").assign(monetary=[15.0, 850.0, 200.0, 180.0, 20.0, 10.0]))
    view.against.value = MODEL
    view.upload.value = {"may.json": content}
    moves = view.shown.beside.moves
    assert moves.titles == ("by may.json", "on the page")
    assert set(moves.order[0]) <= {"Top", "Middle", "Low"}
    compared = view.shown.beside.moves.pairs["before"].tolist()
    view.apply.clicks += 1
    assert view.state.method == "frozen"
    assert set(view.state.customers["segment"]) == set(compared)
    view.against.value = MODEL
    view.upload.value = {f"{HOSTILE}.json": b"{}"}
    assert "is no model that can be used" in view.said.object
    assert "<img" not in view.said.object


def test_the_kept_one_comes_back_whole(view):
    keep_and_merge(view)
    view.apply.clicks += 1
    assert (view.state.n_segments, len(view.state.segment_table)) == (3, 3)


def test_a_model_without_a_metric_of_now_is_refused(view):
    other = Segmentation(six().drop(columns="cluster"), method="k_means", feature_names=["frequency", "monetary"])
    content = model_file(other.model, {}).getvalue().replace(b'"frequency"', b'"loyalty"')
    view._compare_model("old.json", content)
    assert "loyalty" in view.said.object


@pytest.fixture
def logged():
    rows = [("a", 1, 100.0), ("a", 20, 60.0), ("a", 40, -90.0), ("b", 5, 30.0), ("c", 41, 8.0), ("d", 43, 9.0)]
    log = pd.DataFrame(rows, columns=["customer", "day", "amount"])
    log["date"] = (pd.Timestamp("2024-01-01") + pd.to_timedelta(log.pop("day"), "D")).dt.strftime("%Y-%m-%d")
    return shown(Segmentation(orders=read_orders(log), n_segments=2))


def test_a_policy_and_another_moment_of_the_log(logged):
    state = logged.state
    assert logged.as_of.visible
    logged.policies["refunds"].value = "ignore"
    logged.compare.clicks += 1
    moves = logged.shown.beside.moves
    assert moves.titles[1] == "with Refunds: set aside"
    # a spent 160 - 90; without the refund all of it.
    money = moves.customers.set_index("customer_id").loc["a", ["monetary_before", "monetary_after"]]
    assert money.tolist() == [70.0, 160.0]
    logged.policies["refunds"].value = "net"
    logged.as_of.value = pd.Timestamp("2024-02-10").date()
    logged.compare.clicks += 1
    # c and d ordered 41 and 43 days after 1 January, on 11 and 13 February: too late for that moment.
    assert logged.shown.beside.moves.only_before["customer_id"].tolist() == ["c", "d"]
    logged.apply.clicks += 1
    assert f"{state.as_of:%Y-%m-%d}" == "2024-02-10"
    assert logged.as_of.value == state.orders.as_of.date()


def test_mean_instead_of_summed_spend(logged):
    assert logged.spend.visible
    logged.spend.value = "mean"
    choices, _ = logged._chosen()
    assert choices["feature_names"] == ["recency", "frequency", "average_order_value"]
    logged.compare.clicks += 1
    assert logged.shown.beside.moves.titles[1] == "with spend as mean per order"
    logged.apply.clicks += 1
    assert logged.state.feature_names == ["recency", "frequency", "average_order_value"]
    assert logged.spend.value == "mean"


def test_rules_on_the_mean_instead_of_the_sum_say_who_flips_and_how_much_money():
    # Sums 100, 90, 80 and means 10, 45, 80: the best of three by the one is the last by the other.
    table = pd.DataFrame(
        {"customer_id": list("abc"), "recency": [1, 1, 1], "frequency": [10, 2, 1], "monetary": [100.0, 90.0, 80.0]}
    )
    big = compile_rules([{"segment": "Big", "m": "3"}], ("r", "m"), bins=3, otherwise="Small").rule_set
    rules = {"bins": 3, "rule_set": big.to_dict()}
    view = shown(Segmentation(customers=table, method="rfm_rules", method_settings=rules))
    assert view.spend.visible
    view.compare.clicks += 1
    assert "These are the choices of the page" in view.said.object
    view.spend.value = "mean"
    view.compare.clicks += 1
    moves = view.shown.beside.moves
    assert moves.titles[1] == "with spend as mean per order"
    assert moves.moved["customer_id"].tolist() == ["a", "c"]
    assert moves.summary[0] == "2 customers of 3 in both moved (66.7 %), and with them 180 of revenue (66.7 %)."
    assert view.state.customers["segment"].tolist() == ["Big", "Small", "Small"]  # nothing is applied yet
    view.apply.clicks += 1
    assert view.state.customers["segment"].tolist() == ["Small", "Small", "Big"]
    assert view.state.method_settings == {**rules, "spend": "mean"}
    assert view.spend.value == "mean"
