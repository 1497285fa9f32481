from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
import param
import pytest

import segdash
from segdash.errors import ChoiceError, ClusteringError, SegdashError, SegmentsError, UnknownNameError
from segdash.state import Segmentation
from segdash.state.stages import CHOICES, STAGES

NAN = float("nan")
DERIVED = ("fitted", "clustering", "segment_table", "customers", "borders", "everyone", "filtered", "shown", "profile")


def table(**changes):
    """Six customers in three plain groups of two; b has no age, d no country."""
    columns = {
        "customer_id": ["a", "b", "c", "d", "e", "f"],
        "recency": [1, 2, 10, 12, 90, 99],
        "frequency": [9, 8, 3, 4, 1, 1],
        "monetary": [900.0, 850.0, 200.0, 180.0, 20.0, 10.0],
        "age": [30, NAN, 50, 40, 20, 60],
        "country": ["NO", "NO", "SE", "", "SE", "DK"],
    }
    return pd.DataFrame({**columns, **changes})


def given(**changes):
    """The same with its own clusters, whose names are words and so are the segments' names."""
    return table(cluster=["Gold", "Gold", "Silver", "Silver", "Bronze", "Bronze"], **changes)


@pytest.fixture
def state():
    return Segmentation(given())


@pytest.fixture
def clustered():
    return Segmentation(table(), n_segments=3)


@pytest.fixture
def runs(monkeypatch):
    """How often each stage ran since the last ``clear``."""
    counted = Counter()

    def counting(stage):
        def make(*args):
            counted[stage.output] += 1
            return stage.make(*args)

        return stage._replace(make=make)

    monkeypatch.setattr("segdash.state.segmentation.STAGES", tuple(counting(stage) for stage in STAGES))
    return counted


def ids(frame):
    return "".join(frame["customer_id"])


def everything(state):
    """Choices by value, tables by identity."""
    choices = {name: state.param[name] and getattr(state, name) for name in state.param if name not in DERIVED}
    choices.pop("problem")
    tables = {name: id(getattr(state, name)) for name in (*DERIVED, "features", "intake")}
    objects = {name: list(state.param[name].objects) for name in ("x", "y", "feature_names", "compared")}
    choices["features"] = None
    return choices, tables, objects


# ---------------------------------------------------------------------- stages


def once(*stages):
    return dict.fromkeys(stages, 1)


LATER = {name: DERIVED[place:] for place, name in enumerate(DERIVED)}
SAME_BORDERS = ("segment_table", "customers", *LATER["everyone"])


def test_making_a_state_runs_each_stage_once(runs):
    Segmentation(table(), n_segments=3, selected=["a"], x="frequency", currency="£")
    # Once for the empty table that a state begins with is allowed, and once for this one.
    assert set(runs) == set(DERIVED)
    assert set(runs.values()) == {1}


@pytest.mark.parametrize(
    ("choice", "value"),
    [("x", "frequency"), ("y", "age"), ("log_x", False), ("log_y", False), ("size_by_monetary", True), ("dark", True)],
)
def test_what_only_changes_the_picture_computes_nothing(runs, choice, value):
    state = Segmentation(table(), n_segments=3)
    runs.clear()
    setattr(state, choice, value)
    assert getattr(state, choice) == value
    assert runs == {}


@pytest.mark.parametrize(
    ("choice", "value", "stages"),
    [
        ("n_segments", 2, LATER["fitted"]),
        ("method", "single", LATER["fitted"]),
        ("feature_names", ["recency"], LATER["fitted"]),
        ("transform", "none", LATER["fitted"]),
        ("seed", 7, LATER["fitted"]),
        ("starts", 3, LATER["fitted"]),
        ("own_segments", {"Mine": ["a", "f"]}, LATER["clustering"]),
        ("segments", {"0": {"advice": "Call them"}}, SAME_BORDERS),
        ("currency", "£", SAME_BORDERS),
        ("ranges", {"recency": (2, None)}, LATER["filtered"]),
        ("attribute_filter", {"country": ["NO"]}, LATER["filtered"]),
        ("selected", ["a", "c"], LATER["shown"]),
        ("compared", ["age"], LATER["profile"]),
    ],
)
def test_a_choice_runs_what_follows_from_it_once_and_nothing_else(runs, choice, value, stages):
    state = Segmentation(table(), n_segments=3)
    runs.clear()
    setattr(state, choice, value)
    assert runs == once(*stages)


def test_a_segment_filter_runs_what_follows_from_it_once(runs):
    state = Segmentation(given())
    runs.clear()
    state.segment_filter = ["Gold"]
    assert runs == once(*LATER["filtered"])


def test_several_choices_at_once_run_each_stage_once(runs):
    state = Segmentation(table(), n_segments=3)
    runs.clear()
    state.param.update(
        n_segments=2,
        seed=1,
        transform="none",
        selected=["a"],
        ranges={"recency": (None, 50)},
        compared=["age"],
        x="age",
    )
    assert runs == once(*DERIVED)


def test_another_table_runs_each_stage_once(runs):
    state = Segmentation(given(), selected=["a"], segment_filter=["Gold"])
    runs.clear()
    state.load(table(), n_segments=2)
    assert runs == once(*DERIVED)


def test_the_same_value_again_computes_nothing(runs):
    state = Segmentation(table(), n_segments=3, selected=["a"])
    runs.clear()
    state.param.update(n_segments=3, selected=["a"], seed=42)
    assert runs == {}


def test_listeners_do_not_make_a_stage_run_again(runs):
    state = Segmentation(table(), n_segments=3)
    for _ in range(20):
        state.param.watch(lambda *events: [event.new for event in events], ["shown", "profile", "customers"])
    runs.clear()
    state.n_segments = 2
    assert runs == once(*DERIVED)


def test_tables_of_one_change_are_published_together(clustered):
    heard = []
    clustered.param.watch(lambda *events: heard.append({event.name for event in events}), list(DERIVED))
    clustered.n_segments = 2
    assert heard == [set(DERIVED) - {"borders", "everyone"}]  # nobody asked for these; all are in memory


@pytest.mark.parametrize("listened", ["n_segments", "x", "dark", "y"])
def test_a_listener_finds_choices_and_tables_in_step(clustered, listened):
    seen = []
    clustered.param.watch(lambda _: seen.append((clustered.n_segments, len(clustered.segment_table))), listened)
    clustered.param.update(x="age", dark=True, n_segments=2, y="frequency")
    assert seen == [(2, 2)]


@pytest.mark.parametrize("name", [*DERIVED[:5], *DERIVED[6:], "features", "intake", "notices"])
def test_what_follows_from_choices_cannot_be_assigned(state, name):
    with pytest.raises(TypeError, match=r"[Cc]onstant"):
        setattr(state, name, {"notices": ["Mine."], "borders": table()}.get(name))


def test_the_stages_hang_together():
    made = {"features"}
    for stage in STAGES:
        assert set(stage.inputs) - set(CHOICES) <= made
        made.add(stage.output)
    assert made == {"features", *DERIVED}


# ---------------------------------------------------------------------- numbers


def test_the_profile_of_the_plain_groups(state):
    profile = state.profile
    assert profile["segment"].astype(str).tolist() == ["Gold", "Silver", "Bronze"]
    assert profile["customers"].tolist() == [2, 2, 2]
    assert profile["revenue"].tolist() == [1750.0, 380.0, 30.0]
    assert profile["median_recency"].tolist() == [1.5, 11.0, 94.5]
    assert profile["mean_age"].tolist() == [30.0, 45.0, 40.0]


def test_k_means_finds_the_plain_groups(clustered):
    groups = clustered.customers.groupby("cluster")["customer_id"].agg("".join)
    assert sorted(groups) == ["ab", "cd", "ef"]


def test_the_index_of_a_part_is_relative_to_everyone(state):
    # 2,160 from six is 360 each; a and c bring 900 and 200.
    state.selected = ["a", "c"]
    assert state.profile["index"].tolist() == pytest.approx([250.0, 100 * 200 / 360])
    assert state.profile["share"].tolist() == [0.5, 0.5]


def test_colours_are_one_per_segment_in_their_order(state):
    assert list(state.colours) == ["Gold", "Silver", "Bronze"]
    assert len(set(state.colours.values())) == 3


def test_the_label_of_an_axis_has_unit_and_currency(state):
    state.currency = "£"
    assert state.label("monetary") == "Monetary (total spend, £)"
    assert state.label("recency") == "Recency (days since last order)"
    assert state.label("age") == "Age"


def test_metrics_and_attributes_are_those_of_the_file(state):
    assert state.metrics == ["recency", "frequency", "monetary", "age"]
    assert state.attributes == ["country"]


# ---------------------------------------------------------------------- filters and selection


@pytest.mark.parametrize(
    ("filters", "left"),
    [
        ({}, "abcdef"),
        ({"segment_filter": ["Gold"]}, "ab"),
        ({"segment_filter": ["Bronze", "Gold"]}, "abef"),
        ({"ranges": {"recency": (2, 12)}}, "bcd"),
        ({"ranges": {"recency": (None, 10)}}, "abc"),
        ({"ranges": {"recency": (12, None)}}, "def"),
        ({"ranges": {"recency": (None, None)}}, "abcdef"),
        ({"ranges": {"recency": (13, 20)}}, ""),
        ({"ranges": {"recency": (20, 13)}}, ""),
        ({"ranges": {"age": (30, 50)}}, "acd"),
        ({"ranges": {"age": (None, None)}}, "abcdef"),
        ({"ranges": {"recency": (2, 90), "monetary": (20, 200)}}, "cde"),
        ({"attribute_filter": {"country": ["NO", "DK"]}}, "abf"),
        ({"attribute_filter": {"country": [""]}}, "d"),
        ({"attribute_filter": {"country": []}}, "abcdef"),
        ({"attribute_filter": {"country": ["XX"]}}, ""),
        ({"attribute_filter": {"country": ["SE"]}, "ranges": {"recency": (2, 50)}, "segment_filter": ["Silver"]}, "c"),
    ],
)
def test_filters_leave_those_who_pass_them_all(filters, left):
    state = Segmentation(given(), **filters)
    assert ids(state.filtered) == left
    assert ids(state.shown) == left
    assert state.profile["customers"].sum() == len(left)
    assert state.is_filtered == (left != "abcdef")


def test_a_selection_leaves_the_selected(state):
    state.selected = ["e", "a"]
    assert ids(state.shown) == "ae"
    assert ids(state.filtered) == "abcdef"


def test_an_id_selected_twice_counts_once(state):
    state.selected = ["a", "a"]
    assert ids(state.shown) == "a"


def test_selection_and_filters_both_count(state):
    state.selected = ["a", "c", "e"]
    state.ranges = {"recency": (2, 50)}
    assert ids(state.shown) == "c"
    state.ranges = {}
    assert ids(state.shown) == "ace"


def test_the_selection_survives_other_axes_and_another_clustering(clustered):
    clustered.selected = ["a", "f"]
    clustered.param.update(x="frequency", y="age", n_segments=2)
    assert ids(clustered.shown) == "af"


def test_clearing_shows_everyone_again(state):
    state.param.update(
        selected=["a"],
        ranges={"recency": (1, 2)},
        segment_filter=["Gold"],
        attribute_filter={"country": ["NO"]},
        borderline_only=True,
    )
    state.clear_filters()
    assert ids(state.shown) == "abcdef"
    assert not state.borderline_only
    assert (state.selected, state.ranges, state.segment_filter, state.attribute_filter) == ([], {}, [], {})


def test_a_filter_for_a_segment_that_is_gone_filters_nothing():
    state = Segmentation(given(), segment_filter=["Gold"])
    state.method = "single"
    assert ids(state.shown) == "abcdef"
    state.method = "given"
    assert ids(state.shown) == "ab"


def test_positions_of_ids(state):
    assert state.positions(["c", "nobody", "a"]).tolist() == [2, -1, 0]


def test_rows_taken_from_a_table_that_was_read_are_these_customers():
    read = segdash.read_customers(given())
    state = Segmentation(read[read["recency"] > 5])
    assert ids(state.customers) == "cdef"
    state.selected = ["e"]
    assert ids(state.shown) == "e"
    assert state.intake["kept"] == 4


def test_a_metric_added_to_a_table_that_was_read_can_be_chosen():
    read = segdash.read_customers(given())
    state = Segmentation(read.assign(tenure=[5, 6, 7, 8, 9, 10]), x="tenure")
    assert state.x == "tenure"


def test_a_value_spoilt_in_a_table_that_was_read_is_refused_or_set_aside():
    read = segdash.read_customers(given())
    read.loc[0, "monetary"] = NAN
    try:
        state = Segmentation(read)
    except SegdashError:
        return
    assert ids(state.customers) == "bcdef"


def test_changing_the_table_afterwards_changes_nothing():
    read = segdash.read_customers(given())
    state = Segmentation(read)
    read.loc[0, "monetary"] = 1e9
    state.currency = "£"
    assert state.profile["revenue"].tolist() == [1750.0, 380.0, 30.0]


# ---------------------------------------------------------------------- refused changes

REFUSED = {
    "more segments than different customers": ({"n_segments": 8}, ClusteringError, "8 segments"),
    "a selected id that is not there": ({"selected": ["a", "zz"]}, ChoiceError, "'zz'"),
    "a range of an unknown metric": ({"ranges": {"recncy": (1, 2)}}, UnknownNameError, "Did you mean 'recency'"),
    "a range of an attribute": ({"ranges": {"country": (1, 2)}}, UnknownNameError, "No metric is named 'country'"),
    "a range with one end": ({"ranges": {"recency": (1,)}}, SegdashError, "recency"),
    "a range that is a number": ({"ranges": {"recency": 5}}, SegdashError, "recency"),
    "a range of words": ({"ranges": {"recency": ("low", "high")}}, SegdashError, "recency"),
    "an unknown segment": ({"segment_filter": ["nobody"]}, UnknownNameError, "No segment is named 'nobody'"),
    "an unknown attribute": ({"attribute_filter": {"cuntry": ["NO"]}}, UnknownNameError, "Did you mean 'country'"),
    "attribute values that are no list": ({"attribute_filter": {"country": "NO"}}, SegdashError, "country"),
    "two segments of one colour": (
        {"segments": {"0": {"color": "#0F8B8D"}, "1": {"color": "#0f8b8d"}}},
        SegmentsError,
        "colour",
    ),
    "two segments of one name": ({"segments": {"0": {"name": "A"}, "1": {"name": "a"}}}, SegmentsError, "named"),
    "no features": ({"feature_names": []}, ClusteringError, "at least one metric"),
    "a feature with missing values": ({"feature_names": ["age"]}, ClusteringError, "'age'"),
    "clusters that the table lacks": ({"method": "given"}, ClusteringError, "no cluster column"),
    "a good and a bad choice": ({"x": "age", "seed": 7, "n_segments": 8}, ClusteringError, "8 segments"),
    "a good choice and a bad colour": (
        {"seed": 7, "segments": {"0": {"color": "blurple"}}},
        SegmentsError,
        "blurple",
    ),
    "an unknown axis": ({"x": "nope"}, ValueError, "nope"),
    "too many segments": ({"n_segments": 13}, ValueError, "12"),
    "too few segments": ({"n_segments": 1}, ValueError, "2"),
    "a good choice and one out of bounds": ({"seed": 7, "selected": ["a"], "n_segments": 99}, ValueError, "99"),
    "ids that are numbers": ({"selected": [1]}, (SegdashError, ValueError, TypeError), "selected"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_refused_change_says_why_and_leaves_everything_as_it_was(clustered, case):
    choices, error, said = REFUSED[case]
    clustered.param.update(selected=["a", "c"], ranges={"recency": (1, 50)}, segments={"2": {"name": "Third"}})
    before = everything(clustered)
    heard = []
    clustered.param.watch(lambda *events: heard.extend(event.name for event in events), [*choices, *DERIVED])
    with pytest.raises(error, match=re.escape(said)):
        clustered.change(**choices)
    assert everything(clustered) == before
    # Nothing is left over that the next change would bring along.
    clustered.dark = True
    assert heard == []


# param itself refuses these when it sets them, one after the other; only `change` looks at all of them first.
OF_THE_WRONG_KIND = {"a good choice and a bad colour", "a good choice and one out of bounds"}


@pytest.mark.parametrize("case", [case for case in REFUSED if case not in OF_THE_WRONG_KIND])
def test_an_update_by_param_is_refused_as_a_whole_too(clustered, case):
    choices, _, said = REFUSED[case]
    before = everything(clustered)
    with pytest.raises((SegdashError, ValueError, TypeError), match=re.escape(said)):
        clustered.param.update(**choices)
    assert everything(clustered) == before


@pytest.mark.parametrize("case", REFUSED)
def test_a_page_puts_the_sentence_of_a_refused_change_into_problem(clustered, case):
    choices, _, said = REFUSED[case]
    before = everything(clustered)
    assert clustered.try_update(**choices) is False
    assert said in clustered.problem
    assert clustered.problem
    assert everything(clustered) == before


def test_the_same_problem_twice_is_announced_twice(clustered):
    heard = []
    clustered.param.watch(lambda event: heard.append(event.new), "problem")
    clustered.try_update(n_segments=8)
    clustered.try_update(n_segments=8)
    assert len([sentence for sentence in heard if sentence]) == 2


def test_a_change_that_is_taken_clears_the_problem(clustered):
    clustered.try_update(n_segments=8)
    assert clustered.try_update(n_segments=2) is True
    assert clustered.problem == ""
    assert clustered.n_segments == 2


def test_after_a_refusal_the_next_change_counts(clustered):
    with pytest.raises(ClusteringError):
        clustered.n_segments = 8
    clustered.n_segments = 2
    assert len(clustered.segment_table) == 2


# ---------------------------------------------------------------------- another table

BAD_TABLES = {
    "no such file": "no/such/file.csv",
    "no monetary": table().drop(columns="monetary"),
    "no rows": table().iloc[:0],
    "words for numbers": table(recency=list("uvwxyz")),
}


@pytest.mark.parametrize("bad", BAD_TABLES)
def test_a_bad_table_keeps_the_present_one(clustered, bad):
    clustered.selected = ["a"]
    before = everything(clustered)
    with pytest.raises(SegdashError):
        clustered.load(BAD_TABLES[bad])
    assert everything(clustered) == before


@pytest.mark.parametrize("bad", BAD_TABLES)
def test_a_page_keeps_the_present_table_and_says_why(clustered, bad):
    before = everything(clustered)
    assert clustered.try_load(BAD_TABLES[bad]) is False
    assert clustered.problem
    assert everything(clustered) == before


def small():
    return table().drop(columns=["age", "country"]).assign(score=[1, 2, 3, 4, 5, 6])


@pytest.mark.parametrize(
    "choices",
    [{"n_segments": 8}, {"x": "nope"}, {"selected": ["zz"]}, {"n_segments": 99}, {"segments": {"0": {"nme": "A"}}}],
    ids=str,
)
def test_a_good_table_with_a_bad_choice_keeps_the_present_one(clustered, choices):
    clustered.param.update(selected=["a"], x="age", compared=["age"])
    before = everything(clustered)
    heard = []
    watched = ["features", *DERIVED, "x", "selected"]
    clustered.param.watch(lambda *events: heard.extend(event.name for event in events), watched)
    with pytest.raises((SegdashError, ValueError)):
        clustered.load(small(), **choices)
    assert everything(clustered) == before
    assert clustered.positions(["b"]).tolist() == [1]
    clustered.dark = True
    assert heard == []


def test_choices_that_fit_stay_and_filters_go(clustered):
    clustered.param.update(
        x="age", y="frequency", selected=["a"], ranges={"age": (1, 99)}, attribute_filter={"country": ["NO"]}, seed=7
    )
    clustered.load(small())
    assert (clustered.x, clustered.y, clustered.seed) == ("recency", "frequency", 7)
    assert (clustered.selected, clustered.ranges, clustered.attribute_filter) == ([], {}, {})
    assert clustered.metrics == ["recency", "frequency", "monetary", "score"]
    assert list(clustered.param["x"].objects) == ["recency", "frequency", "monetary", "score"]
    assert ids(clustered.shown) == "abcdef"


def test_features_that_the_next_table_lacks_are_left_out():
    state = Segmentation(small(), feature_names=["recency", "score"], n_segments=2)
    state.load(table())
    assert state.feature_names == ["recency"]


def test_a_table_that_brings_clusters_is_honoured_and_the_next_one_is_clustered(clustered):
    clustered.load(given())
    assert clustered.method == "given"
    assert list(clustered.colours) == ["Gold", "Silver", "Bronze"]
    clustered.load(table())
    assert clustered.method == "k_means"
    assert len(clustered.segment_table) == 3


def test_another_method_can_be_asked_for_although_the_table_brings_clusters():
    state = Segmentation(given(), method="k_means", n_segments=2)
    assert len(state.segment_table) == 2
    state.method = "given"
    assert list(state.colours) == ["Gold", "Silver", "Bronze"]


def test_a_path_is_read(tmp_path):
    file = tmp_path / "spring.csv"
    given().to_csv(file, index=False)
    state = Segmentation(file)
    assert state.intake["name"] == "spring.csv"
    assert ids(state.customers) == "abcdef"


def test_the_sample_can_be_opened():
    sample = Path(__file__).parents[1] / "data" / "customers.csv"
    state = Segmentation(sample)
    assert len(state.segment_table) == 4
    assert state.profile["customers"].sum() == len(state.customers) > 1000


# ---------------------------------------------------------------------- few, many, none


def test_no_table_is_an_empty_state():
    state = Segmentation()
    assert (len(state.customers), len(state.shown), len(state.profile), state.colours) == (0, 0, 0, {})
    assert not state.is_filtered
    assert state.notices == []


@pytest.mark.parametrize(
    ("choice", "value"),
    [
        ("n_segments", 5),
        ("x", "frequency"),
        ("currency", "£"),
        ("compared", ["recency"]),
        ("ranges", {"recency": (1, 2)}),
    ],
)
def test_an_empty_state_takes_choices(choice, value):
    state = Segmentation()
    setattr(state, choice, value)
    assert len(state.shown) == 0
    assert state.profile.columns[0] == "segment"


def test_an_empty_state_has_nobody_to_select():
    state = Segmentation()
    with pytest.raises(ChoiceError):
        state.selected = ["a"]


def test_one_customer_is_one_segment_and_the_page_says_so():
    state = Segmentation(table().iloc[:1])
    assert state.method == "single"
    assert state.profile["customers"].tolist() == [1]
    assert state.profile["revenue"].tolist() == [900.0]
    assert len(state.notices) == 1


def test_two_customers_alike_are_one_segment_and_the_page_says_so():
    alike = pd.DataFrame({"customer_id": ["a", "b"], "recency": 5, "frequency": 2, "monetary": 10.0})
    state = Segmentation(alike)
    assert state.profile["customers"].tolist() == [2]
    assert "cannot be told apart" in state.notices[0]


def test_three_kinds_of_customers_are_three_segments_and_the_page_says_so():
    state = Segmentation(table().iloc[:3])
    assert len(state.segment_table) == 3
    assert state.n_segments == 3
    assert "3 segments instead of 4" in state.notices[0]


def test_kinds_are_counted_beyond_the_first_ten_thousand_rows():
    n = 10_050
    recency = np.r_[np.full(10_000, 5), np.arange(10, 60)]
    many = pd.DataFrame(
        {"customer_id": [f"c{i}" for i in range(n)], "recency": recency, "frequency": 1, "monetary": 1.0}
    )
    state = Segmentation(many, starts=1)
    assert state.n_segments == 4
    assert state.notices == []


@pytest.mark.parametrize("n", [*range(1, 13), 40])
def test_any_number_of_given_clusters(n):
    rng = np.random.default_rng(n)
    size = 5 * n
    state = Segmentation(
        pd.DataFrame(
            {
                "customer_id": [f"c{i}" for i in range(size)],
                "recency": rng.integers(1, 365, size),
                "frequency": rng.integers(1, 20, size),
                "monetary": rng.exponential(100, size).round(2),
                "cluster": np.arange(size) % n,
            }
        )
    )
    assert state.profile["customers"].tolist() == [5] * n
    assert len(set(state.colours)) == n
    assert len(set(state.colours.values())) == n
    assert all(re.fullmatch("#[0-9A-F]{6}", colour) for colour in state.colours.values())
    # Each cluster is one segment, and every customer is in that of its cluster.
    pairs = state.customers[["cluster", "segment"]].drop_duplicates()
    assert len(pairs) == n


@pytest.mark.parametrize("k", range(2, 13))
def test_any_number_of_segments_has_distinct_names(k):
    rng = np.random.default_rng(0)
    size = 120
    many = pd.DataFrame(
        {
            "customer_id": [f"c{i}" for i in range(size)],
            "recency": rng.integers(1, 365, size),
            "frequency": rng.integers(1, 20, size),
            "monetary": rng.exponential(100, size).round(2),
        }
    )
    state = Segmentation(many, n_segments=k, starts=2)
    assert len(set(state.segment_table["segment"])) == k
    assert state.profile["customers"].sum() == size


@pytest.mark.parametrize("order", [[0, 1, 2, 3], [1, 0, 3, 2], [3, 2, 1, 0], [2, 3, 0, 1]])
def test_the_seed_files_names_do_not_depend_on_the_clusters_integers(shared_data, order):
    file = pd.read_csv(shared_data / "seed_original" / "RFM_Clustered.csv")
    file["Cluster"] = file["Cluster"].map(dict(enumerate(order)))
    state = Segmentation(file)
    assert state.method == "given"
    counts = state.profile.set_index(state.profile["segment"].astype(str))["customers"].to_dict()
    assert counts == {"Champions": 7, "Loyal": 1155, "Low Value": 987, "At-Risk": 703}
    by_name = dict(zip(state.segment_table["segment"], state.segment_table["cluster"], strict=True))
    assert by_name == {
        "Low Value": str(order[0]),
        "Champions": str(order[1]),
        "Loyal": str(order[2]),
        "At-Risk": str(order[3]),
    }
    assert state.profile["revenue"].sum() == pytest.approx(3747491.56, abs=0.01)


# ---------------------------------------------------------------------- names, colours, advice


def test_an_override_reaches_table_customers_and_profile(state):
    state.segments = {"Gold": {"name": "VIP", "color": "teal", "advice": "Call them"}}
    first = state.segment_table.iloc[0]
    assert (first["segment"], first["color"], first["strategy"]) == ("VIP", "#008080", "Call them")
    assert state.customers["segment"].astype(str).tolist()[:2] == ["VIP", "VIP"]
    assert state.profile["segment"].astype(str).tolist() == ["VIP", "Silver", "Bronze"]
    state.segments = {}
    assert list(state.colours) == ["Gold", "Silver", "Bronze"]


def test_overrides_come_from_a_file_and_a_bad_one_changes_nothing(state, tmp_path):
    good, bad = tmp_path / "good.yaml", tmp_path / "bad.yaml"
    good.write_text("segments:\n  Gold:\n    name: VIP\n", encoding="utf-8")
    bad.write_text("segments:\n  Gold:\n    nme: VIP\n", encoding="utf-8")
    state.load_segments(good)
    with pytest.raises(SegmentsError):
        state.load_segments(bad)
    assert state.segments == {"Gold": {"name": "VIP"}}
    assert list(state.colours) == ["VIP", "Silver", "Bronze"]


def test_a_clustering_that_would_give_two_segments_one_name_is_refused(clustered):
    first, second = clustered.segment_table["segment"][:2]
    before = everything(clustered)
    with pytest.raises(SegmentsError, match="would both be named"):
        clustered.segments = {first: {"name": second}}
    assert everything(clustered) == before


def test_a_notice_is_added_to_those_before(clustered):
    clustered.notify("One.")
    clustered.notify("Two.")
    assert clustered.notices == ["One.", "Two."]


# ---------------------------------------------------------------------- docs


def undocumented(kind: type) -> list[str]:
    """Params that a Parameterized class itself declares without saying what they are."""
    own = {name: thing for name, thing in vars(kind).items() if isinstance(thing, param.Parameter)}
    return [name for name, thing in own.items() if not (thing.doc or "").strip() and not name.startswith("_")]


def parameterized_classes() -> list[type]:
    import importlib
    import pkgutil

    for module in pkgutil.walk_packages(segdash.__path__, "segdash."):
        importlib.import_module(module.name)
    found, queue = set(), [param.Parameterized]
    while queue:
        kind = queue.pop()
        found.add(kind)
        queue += [child for child in kind.__subclasses__() if child not in found]
    return sorted((kind for kind in found if kind.__module__.split(".")[0] == "segdash"), key=lambda k: k.__qualname__)


def test_every_param_says_what_it_is():
    kinds = parameterized_classes()
    assert Segmentation in kinds
    assert len(kinds) > 10
    assert {kind.__name__: undocumented(kind) for kind in kinds if undocumented(kind)} == {}


def test_a_param_that_does_not_say_what_it_is_would_be_found():
    class Silent(param.Parameterized):
        said = param.Integer(doc="Something.")
        unsaid = param.Integer()

    assert undocumented(Silent) == ["unsaid"]


def test_new_customers_get_the_names_of_the_segments():
    table = pd.DataFrame(
        {
            "customer_id": list("abcd"),
            "recency": [1, 2, 90, 99],
            "frequency": [9, 8, 1, 1],
            "monetary": [900.0, 850.0, 20.0, 10.0],
        }
    )
    state = Segmentation(table, method="k_means", n_segments=2)
    best, worst = state.segment_table["segment"]
    assert state.predict(state.customers).tolist() == [best, best, worst, worst]
    new = pd.DataFrame({"recency": [80, 3], "frequency": [1, 7], "monetary": [15.0, 700.0]}, index=["x", "y"])
    assert state.predict(new).to_dict() == {"x": worst, "y": best}
    state.segments = {best: {"name": "VIPs"}}
    assert state.predict(new)["y"] == "VIPs"
    state.method = "single"
    with pytest.raises(ChoiceError, match="learns nothing"):
        state.predict(new)
