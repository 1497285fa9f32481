"""What a person changed while work ran beside the page stays, whatever the work changed besides."""

from __future__ import annotations

import time

import pandas as pd
import pytest

from segdash.state import Segmentation, catching_up, stages


def table(**changes):
    """Six customers in three plain groups of two."""
    columns = {
        "customer_id": list("abcdef"),
        "recency": [1, 2, 10, 12, 90, 99],
        "frequency": [9, 8, 3, 4, 1, 1],
        "monetary": [900.0, 850.0, 200.0, 180.0, 20.0, 10.0],
    }
    return pd.DataFrame({**columns, **changes})


@pytest.fixture
def state():
    return Segmentation(table(), n_segments=3)


def members(state):
    """Segment -> its customers' ids."""
    return state.customers.groupby("segment", observed=True)["customer_id"].agg("".join).to_dict()


def segment_of(state, customer):
    return state.customers.set_index("customer_id")["segment"].astype(str)[customer]


def meanwhile(state, work, person):
    """The page after work on a branch of it, during which a person does something."""
    copy = state.branch()
    work(copy)
    person(state)
    state.settle(copy)
    assert state.problem == ""
    return state


# ---------------------------------------------------------------------- choices that say the same of any segments


EDITS = {
    "a range": {"ranges": {"recency": (2, None)}},
    "a selection": {"selected": ["a", "c"]},
    "only borderline": {"borderline_only": True},
    "a currency": {"currency": "£"},
    "metrics compared": {"compared": ["monetary"]},
    "an axis": {"x": "frequency", "log_x": False},
    "quality": {"show_quality": True},
    "dark": {"dark": True},
    "a segment of one's own": {"own_segments": {"Mine": ["a", "f"]}},
    "another seed": {"seed": 7},
}


@pytest.mark.parametrize("case", EDITS)
def test_an_edit_stays_and_so_does_what_the_work_made(state, case):
    edit = EDITS[case]
    meanwhile(state, lambda copy: copy.change(n_segments=2), lambda page: page.change(**edit))
    assert state.n_segments == 2
    assert {name: getattr(state, name) for name in edit} == edit
    plain = Segmentation(table(), n_segments=2, **edit)
    for name in ("shown", "customers"):
        ids = [getattr(one, name)["customer_id"].tolist() for one in (state, plain)]
        assert ids[0] == ids[1]
    assert state.profile["customers"].tolist() == plain.profile["customers"].tolist()
    assert state.profile.columns.tolist() == plain.profile.columns.tolist()
    assert (state.borders is None) == (plain.borders is None)


def test_without_edits_the_copys_tables_are_taken_as_they_are(state):
    copy = state.branch()
    copy.change(n_segments=2)
    tables = [copy.customers, copy.shown, copy.profile]
    state.settle(copy)
    assert all(mine is its for mine, its in zip([state.customers, state.shown, state.profile], tables, strict=True))


def test_what_both_changed_is_the_works(state):
    meanwhile(
        state,
        lambda copy: copy.change(ranges={"recency": (None, 50)}, currency="€"),
        lambda page: page.change(ranges={"recency": (2, None)}, currency="£", selected=["a"]),
    )
    assert (state.ranges, state.currency, state.selected) == ({"recency": (None, 50)}, "€", ["a"])


def test_an_edit_taken_back_meanwhile_is_none(state):
    state.change(selected=["a"])
    meanwhile(state, lambda copy: copy.change(n_segments=2), lambda page: page.clear_filters())
    assert state.selected == []


def test_all_is_published_as_one_change(state):
    heard = []
    copy = state.branch()
    copy.change(n_segments=2)
    state.change(selected=["a"], segments={segment_of(state, "a"): {"name": "Best"}})
    state.param.watch(lambda *events: heard.append({event.name for event in events}), ["customers", "shown", "profile"])
    state.settle(copy)
    assert heard == [{"customers", "shown", "profile"}]


# ---------------------------------------------------------------------- names, colours and filters of segments


def test_a_new_name_follows_its_segment_to_where_it_is_now(state):
    last = segment_of(state, "f")
    best, said = segment_of(state, "a"), {last: {"name": "Asleep", "color": "#5B3FA8", "advice": "Wake them"}}
    # With two segments those of a to d come together, and e and f stay what they are.
    meanwhile(state, lambda copy: copy.change(n_segments=2), lambda page: page.change(segments=said))
    assert members(state)["Asleep"] == "ef"
    assert state.colours["Asleep"] == "#5B3FA8"
    assert best not in members(state) or members(state)[best] == "abcd"


def test_a_name_by_cluster_follows_as_well(state):
    cluster = state.customers["cluster"].iloc[5]
    meanwhile(
        state, lambda copy: copy.change(n_segments=2), lambda page: page.change(segments={cluster: {"name": "Asleep"}})
    )
    assert members(state)["Asleep"] == "ef"


def test_a_name_given_before_and_another_given_meanwhile_both_stay(state):
    state.segments = {segment_of(state, "a"): {"name": "Best"}}
    last = {segment_of(state, "f"): {"name": "Asleep"}}
    meanwhile(
        state, lambda copy: copy.change(n_segments=2), lambda page: page.change(segments={**page.segments, **last})
    )
    assert members(state) == {"Best": "abcd", "Asleep": "ef"}


def test_a_name_taken_back_meanwhile_is_gone(state):
    last = segment_of(state, "f")
    state.segments = {last: {"name": "Asleep"}}
    meanwhile(state, lambda copy: copy.change(n_segments=2), lambda page: page.change(segments={}))
    assert "Asleep" not in state.colours
    assert state.segments == {}


def test_names_that_the_work_says_itself_win(state):
    best = segment_of(state, "a")
    meanwhile(
        state,
        lambda copy: copy.change(segments={best: {"name": "From a file"}}),
        lambda page: page.change(segments={best: {"name": "By hand"}}),
    )
    assert members(state)["From a file"] == "ab"


def test_a_filter_on_a_segment_renamed_meanwhile_shows_the_same_customers(state):
    last = segment_of(state, "f")

    def person(page):
        page.change(segment_filter=[last])
        page.change(segments={last: {"name": "Asleep"}})

    meanwhile(state, lambda copy: copy.change(n_segments=2), person)
    assert state.segment_filter == ["Asleep"]
    assert state.shown["customer_id"].tolist() == ["e", "f"]


def test_a_filter_from_before_follows_a_name_given_meanwhile(state):
    last = segment_of(state, "f")
    state.segment_filter = [last]
    meanwhile(
        state, lambda copy: copy.change(n_segments=2), lambda page: page.change(segments={last: {"name": "Asleep"}})
    )
    assert state.shown["customer_id"].tolist() == ["e", "f"]


def test_a_name_and_a_segment_of_ones_own_together(state):
    def person(page):
        page.change(own_segments={"Mine": ["a", "e"]})
        page.change(segments={"Mine": {"advice": "Write"}, segment_of(page, "f"): {"name": "Asleep"}})

    meanwhile(state, lambda copy: copy.change(n_segments=2), person)
    found = members(state)
    assert (found["Mine"], found["Asleep"]) == ("ae", "f")
    assert state.segments["Mine"] == {"advice": "Write"}


# ---------------------------------------------------------------------- another table


def test_another_table_keeps_names_and_clears_filters(state):
    last = segment_of(state, "f")

    def person(page):
        page.change(segments={last: {"name": "Asleep"}}, currency="£", own_segments={"Mine": ["a"], "Gone": ["c"]})
        page.change(ranges={"recency": (50, None)}, selected=["e"], segment_filter=["Asleep"], borderline_only=True)

    without_c = table().drop(index=2)
    meanwhile(state, lambda copy: copy.load(without_c), person)
    assert members(state)["Asleep"] == "ef"
    assert state.own_segments == {"Mine": ["a"]}
    assert (state.currency, state.ranges, state.selected, state.segment_filter) == ("£", {}, [], [])
    assert len(state.shown) == 5
    assert state.earlier_selections == []


def test_what_the_new_table_has_not_got_is_left_out_with_a_sentence():
    state = Segmentation(table(age=range(6)), n_segments=2)
    meanwhile(state, lambda copy: copy.load(table()), lambda page: page.change(feature_names=["age"], currency="£"))
    assert (state.metrics, state.currency) == (["recency", "frequency", "monetary"], "£")
    assert state.feature_names == ["recency", "frequency", "monetary"]
    assert "was left out" in state.notices[-1]


def test_work_on_customers_that_are_gone_is_left_out(state):
    copy = state.branch()
    copy.change(n_segments=2)
    state.load(table(customer_id=list("uvwxyz")))
    state.settle(copy)
    assert "Try again" in state.problem
    assert (state.features["customer_id"].iloc[0], state.n_segments) == ("u", 3)


def test_a_table_that_work_opened_after_another_was_is_shown(state):
    copy = state.branch()
    copy.load(table(customer_id=list("uvwxyz")))
    state.load(table(customer_id=list("ABCDEF")))
    state.settle(copy)
    assert state.features["customer_id"].iloc[0] == "u"


# ---------------------------------------------------------------------- many customers


def test_segments_of_many_are_not_made_on_the_pages_thread(monkeypatch):
    monkeypatch.setattr("segdash.state.segmentation.LARGE", 5)
    state = Segmentation(table(), n_segments=3)
    jobs = []
    state.work.later = jobs.append
    copy = state.branch()
    copy.load(table(monetary=[900.0, 850.0, 200.0, 180.0, 20.0, 11.0]))
    state.param.update(n_segments=2, currency="£")
    state.settle(copy)
    assert (state.n_segments, state.currency, state.features["monetary"].iloc[5]) == (3, "£", 11.0)
    assert state.work.title == "Segmenting the customers"
    deadline = time.monotonic() + 10
    while not jobs and time.monotonic() < deadline:
        time.sleep(0.01)
    jobs.pop()()
    assert (state.n_segments, state.currency) == (2, "£")


def test_notices_of_both_are_kept(state):
    def person(page):
        page.notify("By the page.")

    meanwhile(state, lambda copy: copy.notify("By the work."), person)
    assert state.notices[-2:] == ["By the work.", "By the page."]


def test_what_segments_are_named_by_is_worked_out_once(monkeypatch):
    """Each takes looking at every customer: neither a rename nor settling after one does so again."""
    looked = []
    for name in ("segment_facts", "same_segments"):
        real = getattr(stages, name)
        monkeypatch.setattr(stages, name, lambda *args, real=real, name=name: looked.append(name) or real(*args))
    real_same = catching_up.same_segments
    monkeypatch.setattr(catching_up, "same_segments", lambda *args: looked.append("settled") or real_same(*args))
    page = Segmentation(table(), n_segments=3, starts=2)
    copy = page.branch()
    copy.change(n_segments=2)
    looked.clear()
    page.change(segments={page.segment_table["automatic"].iloc[0]: {"name": "VIPs"}})
    assert looked == []
    page.settle(copy)
    assert looked == ["settled"]
    assert page.n_segments == 2
    assert "VIPs" in page.colours
    looked.clear()
    page.change(segments={})
    assert looked == []
