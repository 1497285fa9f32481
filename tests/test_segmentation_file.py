from __future__ import annotations

import io
from pathlib import Path

import pandas as pd
import pytest
import yaml

import segdash as sd
from segdash import segmentation_file
from segdash.errors import ChoiceError, SegdashError, SegmentsError, SourceError
from segdash.segmentation_file import VIEW, load_segmentation, read_segmentation, save_segmentation
from segdash.state import Segmentation
from segdash.state.stages import MAKING

SAMPLE = Path(__file__).parents[1] / "data"
LOG = pd.DataFrame(
    {
        "buyer": ["a", "a", "b", "b", "c", "d", "e", "e", "f"],
        "client": ["x", "x", "y", "y", "z", "x", "y", "y", "z"],
        "when": ["2024-01-01", "2024-03-01", "2024-01-20", "2024-02-20"] + ["2024-01-05"] * 3 + ["2024-02-01"] * 2,
        "amount": [10.0, 20, 200, -50, 30, 5, 900, 100, 7],
        "country": ["NO", "NO", "SE", "SE", "NO", "DK", "SE", "SE", "NO"],
    }
)


def table(**changes):
    columns = {
        "customer_id": list("abcdefgh"),
        "recency": [1, 2, 10, 12, 90, 99, 40, 45],
        "frequency": [9, 8, 3, 4, 1, 1, 2, 2],
        "monetary": [900.0, 850.0, 200.0, 180.0, 20.0, 10.0, 70.0, 60.0],
        "age": [30, 25, 50, 40, 20, 60, 33, 44],
    }
    return pd.DataFrame({**columns, **changes})


def written(state):
    file = io.BytesIO()
    save_segmentation(state, file)
    return file.getvalue()


def load(state, content, **how):
    content = content if isinstance(content, bytes) else yaml.safe_dump(content, allow_unicode=True).encode()
    return load_segmentation(state, io.BytesIO(content), name="mine.yaml", **how)


def made(state):
    """Everything that a file should rebuild."""
    choices = {name: getattr(state, name) for name in (*MAKING, "remembered", "segments", *VIEW)}
    return choices, state.segment_table.to_dict("records"), state.customers["cluster"].tolist()


def all_of(state):
    """What a refused file must leave as it is."""
    tables = [id(getattr(state, name)) for name in ("features", "clustering", "segment_table", "customers", "profile")]
    return tables, list(state.notices), state.as_of, state.orders, made(state)


@pytest.fixture
def state():
    return Segmentation(table(), n_segments=3, starts=2)


@pytest.fixture(scope="module")
def content():
    """A file as plain types, to be spoilt."""
    state = Segmentation(table(), n_segments=3, starts=2, segments={"Loyal": {"name": "Friends"}})
    return yaml.safe_load(written(state))


# ---------------------------------------------------------------------- there and back


def test_a_file_rebuilds_everything_on_the_same_customers(state):
    state.change(
        n_segments=4,
        feature_names=["recency", "age"],
        transform="none",
        seed=7,
        method_settings={"weights": {"age": 2.0}, "winsorise": 0.05},
        segments={},
        x="age",
        log_y=False,
        compared=["age"],
        currency="£",
    )
    first = state.segment_table["automatic"].iloc[0]
    state.segments = {first: {"name": "Ünsere <Besten>", "color": "#112233", "order": 2, "advice": "Call.\n\nTwice: é"}}
    state.n_segments = 3
    other = Segmentation(table())
    told = load(other, written(state))
    assert made(other) == made(state)
    assert told == ["Loaded mine.yaml: k-means, 3 segments."]
    assert other.notices == told


def test_a_second_saving_is_the_same_file(state):
    state.n_segments = 4
    other = Segmentation(table())
    load(other, written(state))
    assert written(other) == written(state)


def test_every_choice_of_making_is_in_the_file(content):
    assert set(content["segmentation"]) == set(MAKING)
    assert {"method", "n_segments", "feature_names", "transform", "seed", "starts", "method_settings"} <= set(MAKING)
    assert set(content["view"]) == set(VIEW)
    assert "dark" not in VIEW
    assert "orders" not in content


def test_names_that_were_kept_come_back_though_numbers_alone_would_give_others():
    names = {}
    for way in ((4, 5, 4), (4,)):
        state = Segmentation(sd.read_customers(SAMPLE / "customers.csv"), starts=5)
        for k in way:
            state.n_segments = k
        other = Segmentation(sd.read_customers(SAMPLE / "customers.csv"), starts=5, n_segments=7)
        load(other, written(state))
        assert made(other) == made(state)
        names[way] = list(other.colours)
    assert names[4, 5, 4] != names[4,]


@pytest.mark.parametrize("method", ["k_means", "gaussian_mixture", "ward", "hdbscan", "bisecting_k_means", "rfm_rules"])
def test_every_method_comes_back(method):
    customers = sd.read_customers(SAMPLE / "customers.csv").head(300).reset_index(drop=True)
    state = Segmentation(customers, method=method, n_segments=3, starts=2)
    other = Segmentation(customers, starts=1)
    load(other, written(state))
    assert made(other) == made(state)


def test_rules_on_the_mean_per_order_come_back_and_score_other_customers():
    customers = sd.read_customers(SAMPLE / "customers.csv").head(300).reset_index(drop=True)
    state = Segmentation(customers, method="rfm_rules", method_settings={"spend": "mean"})
    by_sum = Segmentation(customers, method="rfm_rules")
    assert state.customers["segment"].tolist() != by_sum.customers["segment"].tolist()
    load(by_sum, written(state))
    assert made(by_sum) == made(state)
    others = Segmentation(customers.head(40).reset_index(drop=True), n_segments=2)
    load(others, written(state), frozen=True)
    assert others.customers["segment"].astype(str).tolist() == state.customers["segment"].head(40).astype(str).tolist()


def test_clusters_of_a_table_come_back():
    mine = table(cluster=["Gold"] * 3 + ["Iron"] * 5)
    state = Segmentation(mine, segments={"Gold": {"name": "Best"}})
    other = Segmentation(mine)
    load(other, written(state))
    assert made(other) == made(state)
    with pytest.raises(SegdashError, match="no cluster column"):
        load(Segmentation(table()), written(state))


def test_a_path_does_as_well(state, tmp_path):
    sd.save_segmentation(state, tmp_path / "mine.yaml")
    assert (tmp_path / "mine.yaml").read_text(encoding="utf-8").startswith("# A segmentation by segdash.")
    other = Segmentation(table())
    assert sd.load_segmentation(other, tmp_path / "mine.yaml")[0].startswith("Loaded mine.yaml: k-means, 3 segments.")
    with pytest.raises(SourceError, match="can't be written"):
        save_segmentation(state, tmp_path / "nowhere" / "mine.yaml")


def test_filters_selection_and_theme_are_nobody_elses(state):
    other = Segmentation(table())
    other.param.update(dark=True, selected=["a"], ranges={"recency": (None, 50)})
    load(other, written(state))
    assert (other.dark, other.selected, other.ranges) == (True, ["a"], {"recency": (None, 50)})


# ---------------------------------------------------------------------- orders


def orders(**how):
    return sd.read_orders(LOG, customer_id="buyer", amount="amount", ordered_at="when", name="log", **how)


def test_what_was_decided_about_orders_comes_back():
    chosen = orders(refunds="ignore", zero_amounts="keep", as_of="2024-03-05", attributes=["country"])
    state = Segmentation(orders=chosen, n_segments=2)
    plain = Segmentation(orders=sd.read_orders(LOG, ordered_at="when", name="log"), n_segments=2)
    assert plain.orders.roles["customer_id"].heading == "client"
    load(plain, written(state))
    assert made(plain) == made(state)
    assert plain.orders.roles["customer_id"].heading == "buyer"
    assert plain.orders.policies == chosen.policies
    assert (plain.as_of, plain.attributes) == (state.as_of, ["country"])
    pd.testing.assert_frame_equal(plain.features, state.features)


def test_policies_alone_read_no_row_again(monkeypatch):
    state = Segmentation(orders=orders(refunds="ignore"), n_segments=2)
    other = Segmentation(orders=orders(), n_segments=2)
    lines = other.orders.lines
    load(other, written(state))
    assert other.orders.lines is lines
    assert other.orders.policies.refunds == "ignore"


def test_the_same_orders_are_not_measured_again():
    state = Segmentation(orders=orders(), n_segments=2)
    features = state.features
    load(state, written(state))
    assert state.features is features


def test_orders_measured_at_their_latest_row_stay_so():
    assert yaml.safe_load(written(Segmentation(orders=orders(), n_segments=2)))["orders"]["as_of"] == "latest"
    said = yaml.safe_load(written(Segmentation(orders=orders(as_of="2024-03-05"), n_segments=2)))
    assert said["orders"]["as_of"] == "2024-03-05T00:00:00"


def test_rules_for_orders_mean_nothing_for_a_customer_table(state):
    told = load(state, written(Segmentation(orders=orders(), n_segments=2)))
    assert "What it says about orders (columns, dates, cleaning) has no meaning for a customer table." in told
    assert "It was saved of 6 customers of 'log'; here are 8 of 'The table'." in told[0]


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        ({"refund": "net"}, "Unknown entry 'refund' in 'orders:' of mine.yaml. Did you mean 'refunds'"),
        ({"refunds": "gross"}, "refunds= is 'gross'"),
        ({"refunds": ["net"]}, "'refunds' of mine.yaml must be one of its choices"),
        ({"duplicates": {"drop": 1}}, "it can be one of"),
        ({"statuses": "Shipped"}, "must be a list of texts"),
        ({"as_of": "soon"}, "no date"),
        ({"as_of": "1999-01-01"}, "None of 9 rows is an order"),
        ({"roles": {"customer": "buyer"}}, "Did you mean 'customer_id'"),
        ({"roles": {"customer_id": "nobody"}}, "'nobody'"),
        ({"roles": []}, "must have entries"),
        ({"attributes": ["nowhere"]}, "nowhere"),
        ({"decimal": 5}, "decimal"),
        ({"date_format": "%d"}, "must be a list of texts"),
        ({"date_format": ["%d"]}, "can't be read"),
        ({"time_zone": "Nowhere/Here"}, "no zone"),
        ({"time_zone": 5}, "no zone"),
        ({"attributes": [5]}, "must be a list of texts"),
    ],
    ids=str,
)
def test_orders_that_cannot_be_read_so_leave_everything(spoil, said):
    state = Segmentation(orders=orders(), n_segments=2)
    before = all_of(state)
    whole = yaml.safe_load(written(state))
    with pytest.raises(SegdashError) as refused:
        load(state, {**whole, "orders": {**whole["orders"], **spoil}})
    assert said in str(refused.value)
    assert all_of(state) == before


# ---------------------------------------------------------------------- other data, frozen


def test_other_customers_are_segmented_anew_or_scored_as_learned(state):
    strangers = table(monetary=[90.0, 85.0, 20.0, 18.0, 2.0, 1.0, 7.0, 6.0], customer_id=list("ijklmnop"))
    file = written(state)
    anew, scored = Segmentation(strangers), Segmentation(strangers)
    load(anew, file)
    load(scored, file, frozen=True)
    assert (anew.method, scored.method) == ("k_means", "frozen")
    assert scored.customers["cluster"].tolist() == state.model.predict(strangers).tolist()
    assert scored.model.to_dict() == state.model.to_dict()
    assert anew.model.to_dict() != state.model.to_dict()


def test_a_frozen_segmentation_can_be_saved_and_loaded(state):
    frozen = Segmentation(table())
    load(frozen, written(state), frozen=True)
    assert frozen.customers["segment"].astype(str).tolist() == state.customers["segment"].astype(str).tolist()
    file = written(frozen)
    assert "model" not in yaml.safe_load(file)["segmentation"]["method_settings"]
    again = Segmentation(table())
    load(again, file)
    assert made(again) == made(frozen)


def test_customers_chosen_by_hand_come_back_and_strangers_are_counted(state):
    state.own_segments = {"Mine": ["a", "h"], "7 days": ["c"]}
    other = Segmentation(table())
    load(other, written(state))
    assert made(other) == made(state)
    assert other.customers.set_index("customer_id")["cluster"][["a", "h", "c"]].tolist() == ["Mine", "Mine", "7 days"]
    others = Segmentation(table(customer_id=list("aBCDEFGH")))
    load(others, written(state))
    assert (others.customers["cluster"] == "Mine").sum() == 1
    assert (
        "1 customer chosen by hand is in the segment 'Mine' (1 more is not in this table)." in others.clustering.notes
    )


def test_what_would_not_be_read_again_is_not_written(state, monkeypatch, tmp_path):
    monkeypatch.setattr(segmentation_file, "LARGEST", 900)
    state.own_segments = {"Mine": ["a", "h"]}
    with pytest.raises(ChoiceError, match="Its own segments hold 2 customer ids"):
        save_segmentation(state, tmp_path / "mine.yaml")
    assert list(tmp_path.iterdir()) == []


def test_a_model_scores_where_a_metric_that_it_left_out_is_missing(state):
    state.change(feature_names=["recency", "monetary", "age"], method_settings={"weights": {"age": 0.0}})
    assert state.model.features == ("recency", "monetary")
    other = Segmentation(table().drop(columns="age"), n_segments=2)
    load(other, written(state), frozen=True)
    assert other.customers["cluster"].tolist() == state.customers["cluster"].tolist()
    assert other.feature_names == ["recency", "monetary"]


def test_a_file_without_a_model_cannot_score(state):
    file = written(Segmentation(table(), method="single"))
    with pytest.raises(SegdashError, match=r"mine\.yaml holds no model to score by"):
        load(state, file, frozen=True)


@pytest.mark.parametrize("frozen", [False, True])
def test_a_metric_that_these_customers_have_not_got_is_named(frozen):
    state = Segmentation(table(), feature_names=["recency", "age"], n_segments=2)
    other = Segmentation(table().drop(columns="age"), n_segments=2)
    before = all_of(other)
    with pytest.raises(SegdashError, match="No metric of these customers is named 'age'"):
        load(other, written(state), frozen=frozen)
    assert all_of(other) == before


def test_a_view_that_does_not_fit_is_left_out_and_said(state):
    state.param.update(x="age", currency="£")
    other = Segmentation(table().drop(columns="age"))
    told = load(other, written(state))
    assert "Its view 'x' ('age') does not fit these data and was left out." in told
    assert (other.x, other.currency, other.n_segments) == ("recency", "£", 3)


# ---------------------------------------------------------------------- settings alone


def test_a_file_of_settings_alone_changes_nothing_else(state):
    before = {name: getattr(state, name) for name in (*MAKING, *VIEW)}
    first = state.segment_table["automatic"].iloc[0]
    told = load(state, {"segments": {first: {"name": "Best"}, "Nobody": {"order": 1}}})
    assert told == [
        "Loaded mine.yaml: settings of 2 segments. Nothing else changes.",
        "Settings for 'Nobody' wait until there is such a segment.",
    ]
    assert state.segment_table["segment"].iloc[0] == "Best"
    assert {name: getattr(state, name) for name in (*MAKING, *VIEW)} == before


def test_settings_can_be_taken_from_a_whole_file(state, content, tmp_path):
    path = tmp_path / "whole.yaml"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    state.load_segments(path)
    assert state.segments == {"Loyal": {"name": "Friends"}}


# ---------------------------------------------------------------------- refusals


def put(content, *path_and_value):
    *path, value = path_and_value
    spoilt = yaml.safe_load(yaml.safe_dump(content))
    at = spoilt
    for part in path[:-1]:
        at = at[part]
    at[path[-1]] = value
    return spoilt


@pytest.mark.parametrize(
    ("path", "said"),
    [
        (("segmnets", {}), "Unknown entry 'segmnets' in mine.yaml. Did you mean 'segments'"),
        (("version", 2), "of version '2'; this segdash reads version 1"),
        (("version", "1"), "of version"),
        (("version", True), "of version"),
        (("segmentation", "n_segment", 4), "Did you mean 'n_segments'"),
        (
            ("segmentation", "method", "k_meens"),
            "mine.yaml can't be 'k_meens'. Did you mean 'k_means'?",
        ),
        (
            ("segmentation", "n_segments", 99),
            "must be a whole number from 2 to 12, not '99'.",
        ),
        (("segmentation", "n_segments", "4"), "n_segments"),
        (("segmentation", "n_segments", True), "'n_segments' of mine.yaml must be a number, not 'True'"),
        (("segmentation", "n_segments", 9), "9 segments"),
        (("segmentation", "seed", -1), "Entry 'seed' of mine.yaml must be a whole number from 0 to 4294967295"),
        (
            ("segmentation", "starts", 1.5),
            "must be a whole number from 0 to 1000, not '1.5'",
        ),
        (("segmentation", "starts", float("nan")), "not 'nan'"),
        (("segmentation", "feature_names", ["income"]), "No metric of these customers is named 'income'"),
        (("segmentation", "feature_names", []), "at least one metric"),
        (("segmentation", "feature_names", "recency"), "'feature_names' of mine.yaml must be a list, not 'recency'"),
        (("segmentation", "feature_names", [["recency"]]), "Did you mean 'recency'"),
        (("segmentation", "feature_names", 5), "feature_names"),
        (("segmentation", "transform", "log"), "Entry 'transform' of mine.yaml can't be 'log'. Did you mean 'log1p'?"),
        (("segmentation", "method_settings", {"winsorize": 0.1}), "Did you mean 'winsorise'"),
        (("segmentation", []), "must have entries"),
        (("segments", {"Loyal": {"colour": "teal"}}), "Did you mean 'color'"),
        (("segments", {"Loyal": {"color": "blurple"}}), "is not a colour"),
        (("segments", {"Loyal": {"name": "A"}, "Lost": {"name": "a "}}), "would both be named"),
        (("segments", {"Loyal": {"color": "teal"}, "Lost": {"color": "#008081"}}), "nearly the same colour"),
        (
            ("segmentation", "own_segments", {"Mine": [7]}),
            "Own segment 'Mine' must be a list",
        ),
        (("names", {"0": {"name": "Loyl"}}), "Did you mean 'Loyal'"),
        (("names", {"0": "Loyal"}), "must be such as"),
        (("view", {"z": "age"}), "Unknown entry 'z' in 'view:' of mine.yaml"),
        (("data", {"path": "x"}), "Unknown entry 'path'"),
        (("model", {"version": 99}), "version '99'"),
        (("model", []), "must have entries"),
    ],
    ids=str,
)
def test_a_file_that_is_not_right_is_refused_in_a_sentence_and_everything_stays(state, content, path, said):
    before = all_of(state)
    with pytest.raises(SegdashError) as refused:
        load(state, put(content, *path))
    assert said in str(refused.value)
    assert len(str(refused.value)) < 300
    assert all_of(state) == before


@pytest.mark.parametrize(
    ("content", "error", "said"),
    [
        (b"", SegmentsError, "must begin with 'version: 1'"),
        (b"- 1\n", SegmentsError, "must begin with"),
        (b"method: k_means\n", SegmentsError, "must begin with"),
        (b"version: 1\nversion: 1\n", SegmentsError, "twice"),
        (b"version: 1\nsegments:\n  a: &x {name: A}\n  b: *x\n", SegmentsError, "aliases"),
        (b"version: 1\nmodel: " + b"[" * 1200 + b"]" * 1200, SegmentsError, "nested too deeply"),
        (b"version: !!python/object/apply:os.system ['true']\n", SourceError, "no valid YAML"),
        (b"version: [", SourceError, "no valid YAML"),
        (b"\xff\xfe\x00", SourceError, "can't be read"),
        (b"version: 1\n" + b"#" * 10_000_000, SegmentsError, "larger than 5 MB"),
    ],
    ids=["empty", "a list", "no version", "key twice", "alias", "deep", "object", "not closed", "not UTF-8", "10 MB"],
)
def test_a_file_that_is_no_segmentation_is_refused(state, content, error, said):
    before = all_of(state)
    with pytest.raises(error) as refused:
        load(state, content)
    assert said in str(refused.value)
    assert str(refused.value).startswith("mine.yaml")
    assert all_of(state) == before


def test_a_missing_file_is_named(state, tmp_path):
    with pytest.raises(SourceError, match=r"nowhere\.yaml can't be read"):
        load_segmentation(state, tmp_path / "nowhere.yaml")


def test_what_a_file_says_can_be_looked_at(content):
    saved = read_segmentation(io.BytesIO(yaml.safe_dump(content).encode()), name="mine.yaml")
    assert saved.choices["n_segments"] == 3
    assert (saved.data, saved.segments, saved.whole) == (
        {"name": "The table", "customers": 8},
        {"Loyal": {"name": "Friends"}},
        True,
    )


# ---------------------------------------------------------------------- real data


@pytest.mark.parametrize("source", ["sample customers", "sample orders", "online retail"])
def test_the_same_labels_and_names_on_real_data(source, request):
    if source == "sample customers":
        data = {"customers": sd.read_customers(SAMPLE / "customers.csv")}
    elif source == "sample orders":
        data = {"orders": sd.read_orders(SAMPLE / "orders.csv", duplicates="drop")}
    else:
        path = request.getfixturevalue("shared_data") / "online_retail" / "online_retail.parquet"
        data = {"orders": sd.read_orders(path, refunds="ignore", products=["POST"])}
    state = Segmentation(**data, starts=3)
    for k in (5, 4):
        state.n_segments = k
    state.segments = {state.segment_table["automatic"].iloc[0]: {"name": "VIPs", "color": "#223344"}}
    # The page that the file is opened on knows the data as they come.
    other = (
        Segmentation(orders=data["orders"].with_(refunds="net", products=()))
        if "orders" in data
        else Segmentation(**data)
    )
    load(other, written(state))
    assert made(other) == made(state)
    pd.testing.assert_frame_equal(other.customers, state.customers)
