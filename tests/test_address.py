from __future__ import annotations

import json
from urllib.parse import parse_qsl, urlencode

import numpy as np
import pandas as pd
import param
import pytest

from segdash.address import FEW, KEYS, LONGEST, Address, decode_selection, encode_selection
from segdash.state import Segmentation


class Location(param.Parameterized):
    """As much of a browser's address as `Address` uses."""

    search = param.String(default="")


def table(n=60, **changes):
    rng = np.random.default_rng(3)
    columns = {
        "customer_id": [f"c{i:03}" for i in range(n)],
        "recency": rng.integers(1, 365, n),
        "frequency": rng.integers(1, 20, n),
        "monetary": rng.exponential(100, n).round(2),
        "age": rng.integers(18, 90, n),
        "country": rng.choice(["NO", "SE", "A & B=C"], n),
    }
    return pd.DataFrame({**columns, **changes})


@pytest.fixture
def state():
    return Segmentation(table(), n_segments=3, starts=1)


def opened(state, search=""):
    location = Location(search=search)
    Address(state, location).connect()
    return location


def said(location):
    assert location.search == "" or location.search.startswith("?")
    return dict(parse_qsl(location.search.lstrip("?"), keep_blank_values=True))


CHOSEN = {
    "x": "age",
    "y": "frequency",
    "log_x": False,
    "log_y": False,
    "size": True,
    "method": "single",
    "k": 5,
    "features": ["recency", "age"],
    "transform": "none",
    "seed": 7,
    "starts": 2,
    "settings": {"winsorise": 0.05, "weights": {"monetary": 2.0}},
    "names": None,  # so do they
    "own": {"VIPs": [f"c{i:03}" for i in range(FEW + 3)], "Friends": ["c059"]},
    "compare": ["age", "monetary"],
    "segments": None,  # names depend on the numbers, see below
    "ranges": {"recency": (5, None), "monetary": (None, 99.5)},
    "attributes": {"country": ["NO", "A & B=C"]},
    "borderline": True,
    "quality": True,
    "currency": "£",
    "dark": True,
    "selected": ["c003", "c001"],
}


def chosen(state, key):
    if key == "names":
        return other_name(state)
    return list(state.colours)[:1] if key == "segments" else CHOSEN[key]


def other_name(state):
    """What it takes to be remembered for one segment to have another name."""
    other = state.fork()
    for cluster in state.segment_table["cluster"]:
        for name in ("Promising", "Regulars", "Low Value"):
            other.remembered = {cluster: {"name": name}}
            if other.remembered:
                return other.remembered
    raise AssertionError("no other name can be earned")


def test_every_key_is_tried():
    assert set(CHOSEN) == set(KEYS)


@pytest.mark.parametrize("key", KEYS)
def test_a_choice_is_written_and_a_page_opened_there_has_it(state, key):
    value = chosen(state, key)
    location = opened(state)
    setattr(state, KEYS[key], value)
    # Names that stay with their segments are written along.
    assert set(said(location)) == {key} | ({"names"} if state.remembered else set())
    other = Segmentation(table(), n_segments=3, starts=1)
    opened(other, location.search)
    assert getattr(other, KEYS[key]) == value
    assert other.notices == []


@pytest.mark.parametrize("key", KEYS)
def test_back_undoes_a_choice(state, key):
    location = opened(state)
    before = getattr(state, KEYS[key])
    setattr(state, KEYS[key], chosen(state, key))
    location.search = ""
    assert getattr(state, KEYS[key]) == before
    assert location.search == ""


def test_all_choices_at_once_come_back(state):
    value = {KEYS[key]: CHOSEN[key] for key in KEYS if key not in ("segments", "method", "names")}
    location = opened(state)
    state.param.update(**value)
    other = Segmentation(table(), n_segments=3, starts=1)
    opened(other, location.search)
    assert {name: getattr(other, name) for name in value} == value
    assert other.shown["customer_id"].tolist() == state.shown["customer_id"].tolist()


def test_a_bare_address_says_nothing(state):
    assert opened(state).search == ""


def test_only_what_differs_from_the_start_is_written(state):
    location = opened(state)
    state.param.update(x="age", n_segments=4)
    assert said(location) == {"x": "age", "k": "4"}
    state.x = "recency"
    assert said(location) == {"k": "4"}
    state.n_segments = 3
    assert location.search == ""


def test_back_and_forward_go_through_the_choices(state):
    location = opened(state)
    state.x = "age"
    first = location.search
    state.y = "frequency"
    second = location.search
    location.search = first
    assert (state.x, state.y) == ("age", "monetary")
    location.search = second
    assert (state.x, state.y) == ("age", "frequency")


def test_one_change_is_one_step_of_history(state):
    location = opened(state)
    steps = []
    location.param.watch(lambda event: steps.append(event.new), "search")
    state.param.update(x="age", n_segments=4, selected=["c001"])
    assert len(steps) == 1


def test_an_unknown_key_is_left_alone(state):
    opened(state, "?utm_source=mail&x=age")
    assert state.x == "age"
    assert state.notices == []


@pytest.mark.parametrize(
    "part",
    [
        "x=nope",
        "x=",
        "k=99",
        "k=-1",
        "k=four",
        "k=3.0",
        "k=true",
        "k=null",
        "k=1e400",
        "k=" + "9" * 5000,
        "seed=-1",
        "log_x=1",
        "log_x=yes",
        "dark=null",
        "method=nope",
        "transform=nope",
        "features=recency",
        "features=[]",
        'features=["nope"]',
        "features=[1]",
        "features={}",
        'compare=["nope"]',
        "compare=[[]]",
        "segments=[1]",
        'segments=["nobody"]',
        "ranges=[]",
        'ranges={"nope":[1,2]}',
        'ranges={"recency":5}',
        'ranges={"recency":[1]}',
        'ranges={"recency":[1,2,3]}',
        'ranges={"recency":["a","b"]}',
        'ranges={"recency":[[],{}]}',
        'ranges={"recency":null}',
        'ranges={"recency":"ab"}',
        'attributes={"country":"NO"}',
        'attributes={"country":5}',
        'attributes={"country":[["NO"]]}',
        'attributes={"nope":["NO"]}',
        'selected=["nobody"]',
        "names=[]",
        'names={"0":"Loyal"}',
        'names={"0":{"name":"Loyl"}}',
        'names={"0":{"name":5}}',
        'names={"0":{"colour":"teal"}}',
        'names={"0":{"color":"blurple"}}',
        "selected=[1]",
        "selected=~",
        "selected=~AAAA",
        "selected=~!!!!",
        "selected=~ÆØ",
        'selected="c001"',
        "selected={",
        "ranges=" + "[" * 3000,
        "selected=" + "[" * 3000 + "]" * 3000,
    ],
    ids=lambda part: part[:40],
)
def test_a_value_that_does_not_fit_is_ignored_with_a_notice_and_the_others_count(state, part):
    key, _, value = part.partition("=")
    other = ("y", "frequency") if key == "x" else ("x", "age")
    opened(state, "?" + urlencode([(key, value), other]))
    assert getattr(state, other[0]) == other[1]
    assert len(state.notices) == 1
    assert state.notices[0].startswith("The address holds 1 value that")
    fresh = Segmentation(table(), n_segments=3, starts=1)
    assert getattr(state, KEYS[key]) == getattr(fresh, KEYS[key])
    assert len(state.shown) == 60


def test_the_same_metric_compared_twice_is_compared_once_or_ignored(state):
    opened(state, "?" + urlencode({"compare": json.dumps(["age", "age"])}))
    assert state.profile.columns.is_unique


def test_several_bad_values_are_counted_in_one_notice(state):
    opened(state, "?k=99&x=nope&seed=-1&y=frequency")
    assert state.y == "frequency"
    assert len(state.notices) == 1
    assert "3 values" in state.notices[0]


def test_a_bad_value_arriving_later_keeps_the_page(state):
    location = opened(state)
    state.x = "age"
    location.search = "?k=99"
    assert state.n_segments == 3
    assert len(state.notices) == 1


def test_a_long_value_is_cut_in_the_notice(state):
    opened(state, "?x=" + "n" * 5000)
    assert len(state.notices[0]) < 300


def test_another_table_begins_a_new_start(state):
    location = opened(state)
    state.param.update(x="age", selected=["c001"])
    state.load(table(40))
    assert "selected" not in said(location)
    state.n_segments = 5
    assert said(location)["k"] == "5"


def test_a_link_gives_the_names_it_was_made_with_whatever_way_led_there(state):
    """Names that stay depend on the way; the address says where it led."""
    ways = {}
    for way in ([5], [8, 5], [2, 7, 5]):
        there = Segmentation(table(), n_segments=3, starts=1)
        location = opened(there)
        for k in way:
            there.n_segments = k
        other = Segmentation(table(), n_segments=3, starts=1)
        opened(other, location.search)
        assert other.segment_table.equals(there.segment_table)
        assert other.remembered == there.remembered
        ways[tuple(there.segment_table["segment"])] = location.search
    assert len(ways) == 3  # otherwise there is nothing to carry
    assert len(set(ways.values())) == len(ways)


def test_back_gives_the_names_there_were(state):
    location = opened(state)
    first = state.segment_table
    for k in (5, 2):
        state.n_segments = k
    location.search = ""
    assert (state.n_segments, state.remembered) == (3, {})
    assert state.segment_table.equals(first)


def test_a_choice_too_long_for_an_address_stays_where_the_address_changes(state):
    many = {"country": ["NO", *(f"{i:0>60}" for i in range(200))]}
    location = opened(state)
    state.attribute_filter = many
    assert location.search == ""
    location.search = "?x=age"
    assert (state.x, state.attribute_filter) == ("age", many)


# ---------------------------------------------------------------------- selections


def some(state, n):
    return state.features["customer_id"].tolist()[:n]


def test_few_ids_are_written_so_that_a_person_can_read_them(state):
    location = opened(state)
    state.selected = some(state, FEW)
    assert json.loads(said(location)["selected"]) == some(state, FEW)


def test_more_ids_are_one_bit_each(state):
    location = opened(state)
    state.selected = some(state, FEW + 1)
    assert said(location)["selected"].startswith("~")
    other = Segmentation(table(), n_segments=3, starts=1)
    opened(other, location.search)
    assert other.selected == some(state, FEW + 1)


@pytest.mark.parametrize("n", [1, 7, 8, 9, 60])
def test_a_bitmap_comes_back(state, n):
    ids = state.features["customer_id"].tolist()[-n:]
    assert decode_selection(encode_selection(ids, state), state) == ids


@pytest.mark.parametrize(
    "other",
    [
        table(59),
        table(61),
        table().iloc[::-1].reset_index(drop=True),
        table(customer_id=[f"d{i:03}" for i in range(60)]),
    ],
    ids=["one fewer", "one more", "another order", "other ids"],
)
def test_a_bitmap_is_refused_on_another_table(state, other):
    text = encode_selection(some(state, 30), state)
    with pytest.raises(ValueError, match="~"):
        decode_selection(text, Segmentation(other, starts=1))


@pytest.mark.parametrize(
    "damage",
    [lambda t: t[:-10], lambda t: t[:8], lambda t: "~" + t[5:], lambda t: t + "ÆØ", lambda t: "~"],
    ids=["end cut", "only the start", "start cut", "other alphabet", "empty"],
)
def test_a_damaged_bitmap_is_a_value_error(state, damage):
    text = encode_selection(some(state, 30), state)
    with pytest.raises(ValueError, match=r"~|ASCII"):
        decode_selection(damage(text), state)


def test_a_bitmap_that_unpacks_to_far_more_is_refused(state):
    import base64
    import zlib

    start = base64.urlsafe_b64decode(encode_selection(some(state, 30), state)[1:] + "==")[:4]
    bomb = "~" + base64.urlsafe_b64encode(start + zlib.compress(b"\xff" * 10_000_000, 9)).decode().rstrip("=")
    with pytest.raises(ValueError, match="~"):
        decode_selection(bomb, state)


@pytest.fixture(scope="module")
def large():
    n = 120_000
    return Segmentation(
        pd.DataFrame(
            {"customer_id": np.arange(n).astype(str), "recency": np.arange(n) % 300, "frequency": 1, "monetary": 1.0}
        ),
        method="single",
    )


def test_a_selection_too_long_for_an_address_is_not_written(large):
    picked = np.random.default_rng(0).random(120_000) < 0.5
    ids = large.features["customer_id"].to_numpy(dtype=object)[picked].tolist()
    assert encode_selection(ids, large) is None
    location = opened(large)
    large.param.update(selected=ids, currency="£")
    assert said(location) == {"currency": "£"}
    large.clear_filters()


def test_a_long_run_of_customers_is_short_in_the_address(large):
    ids = large.features["customer_id"].tolist()[:50_000]
    text = encode_selection(ids, large)
    assert len(text) < LONGEST
    assert decode_selection(text, large) == ids


def test_what_is_made_beside_the_page_stands_in_the_address_too(state):
    location = opened(state)
    state.beside("Segmenting", lambda copy, _task: copy.change(n_segments=5))
    assert said(location) == {"k": "5"}
    state.beside("Reading", lambda copy, _task: copy.load(table(50)))
    assert said(location) == {}


def test_segments_too_large_for_an_address_are_said_once_with_what_holds_them(large):
    large = large.fork()  # whose address no other test follows
    location = opened(large)
    chosen = np.random.default_rng(1).permutation(len(large.features))[: len(large.features) // 2]
    ids = large.features["customer_id"].iloc[chosen].tolist()
    before = len(large.notices)
    large.own_segments = {"Half": ids}
    large.x = "frequency"
    assert "own" not in said(location)
    assert "x" in said(location)
    (notice,) = large.notices[before:]
    assert "('Half')" in notice
    assert "its file holds them" in notice
    large.own_segments = {"Few": ids[:3]}
    assert json.loads(said(location)["own"]) == {"Few": ids[:3]}
    large.own_segments = {}
    assert "own" not in said(location)
    assert len(large.notices) == before + 1


def test_an_own_segment_with_a_customer_who_is_not_there_comes_back_without_her(state):
    location = opened(state)
    ids = state.features["customer_id"].tolist()[: FEW + 1]
    state.own_segments = {"VIPs": [*ids, "stranger"]}
    other = Segmentation(table(), n_segments=3, starts=1)
    opened(other, location.search)
    assert other.own_segments == {"VIPs": ids}
