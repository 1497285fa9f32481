"""What a person can get wrong about segments: a sentence on the page each, and the segments before stay."""

from __future__ import annotations

from html import unescape

import numpy as np
import pandas as pd
import pytest

import segdash as sd
from segdash.rule_draft import RuleDraft
from segdash.rules import RULE_SETS
from segdash.state import Segmentation
from segdash.views import Notices

RFM = ["recency", "frequency", "monetary"]


def table(**changes):
    """Eight customers of two kinds; spend is one of two numbers, one metric is the same for all, one has a gap."""
    columns = {
        "customer_id": list("abcdefgh"),
        "recency": [1, 2, 1, 2, 90, 91, 90, 91],
        "frequency": [9, 8, 9, 8, 1, 2, 1, 2],
        "monetary": [900.0] * 4 + [20.0] * 4,
        "flat": [7.0] * 8,
        "gaps": [1.0, np.nan, 3, 4, 5, 6, 7, 8],
    }
    return pd.DataFrame({**columns, **changes})


def overlapping():
    """A rule set that gives a cell to two segments."""
    plain = RULE_SETS["r_f"].to_dict()
    plain["segments"][0]["cells"].append(plain["segments"][1]["cells"][0])
    return plain


def with_a_hole():
    plain = RULE_SETS["r_f"].to_dict()
    plain["segments"][0]["cells"].pop()
    return plain


def rules(**settings):
    return {"method": "rfm_rules", "method_settings": settings}


BAD = {
    "k above the customers": ({"n_segments": 9}, "9 segments"),
    "k above the distinct rows": ({"n_segments": 5}, "5 segments"),
    "k above them, of rows that a transform makes alike": (
        {"n_segments": 3, "feature_names": ["monetary"]},
        "3 segments",
    ),
    "a constant feature alone": ({"feature_names": ["flat"]}, "equal in flat"),
    "a feature with a gap": ({"feature_names": ["recency", "gaps"]}, "'gaps'"),
    "weights all zero": ({"method_settings": {"weights": dict.fromkeys(RFM, 0.0)}}, "weight"),
    "a weight that is no number": (
        {"method_settings": {"weights": {"recency": float("nan")}}},
        "The weight of 'recency'",
    ),
    "a setting that no method has": ({"method_settings": {"winsorize": 0.1}}, "Did you mean 'winsorise'"),
    "rules that overlap": (rules(rule_set=overlapping()), "is in 'Champions' and in 'Loyal'"),
    "rules with a hole": (rules(rule_set=with_a_hole()), "without a segment"),
    "a rule set that there is not": (rules(rule_set="r_fmm"), "Did you mean 'r_fm'"),
    "cut points that do not ascend": (
        rules(scoring="fixed", bins=3, cuts={"recency": [9, 3], "frequency": [1, 2], "monetary": [1, 2]}),
        "ascending",
    ),
    "no cut points": (rules(scoring="fixed"), "cut points"),
    "spend of a kind that there is not": (rules(spend="median"), "'median'"),
    "a model that is none": ({"method": "frozen", "method_settings": {"model": {"version": 1}}}, "model"),
    "no model": ({"method": "frozen"}, "No saved model"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_a_sentence_on_the_page_and_the_segments_stay(case):
    choices, said = BAD[case]
    state = Segmentation(table(), n_segments=2)
    notices = Notices(state)
    notices.__panel__().get_root()
    tables = [state.features, state.clustering, state.segment_table, state.customers, state.shown, state.profile]
    chosen = {name: getattr(state, name) for name in choices}
    assert state.try_update(**choices) is False
    assert said in state.problem
    assert state.problem[-1] in ".?"
    assert len(state.problem) < 400
    now = [state.features, state.clustering, state.segment_table, state.customers, state.shown, state.profile]
    assert all(one is other for one, other in zip(tables, now, strict=True))
    assert {name: getattr(state, name) for name in choices} == chosen
    assert said in unescape(notices.notes.object)
    assert notices.notes.visible


def test_a_constant_feature_among_others_is_left_out_and_it_is_said():
    state = Segmentation(table(), n_segments=2, feature_names=[*RFM, "flat"])
    assert state.clustering.features == tuple(RFM)
    assert any("flat" in note.lower() for note in state.clustering.notes)


def test_a_perfectly_bimodal_metric_makes_two_segments():
    state = Segmentation(table(), n_segments=2, feature_names=["monetary"])
    assert sorted(state.customers.groupby("segment", observed=True)["customer_id"].agg("".join)) == ["abcd", "efgh"]
    scored = Segmentation(table(), method="rfm_rules")
    assert any("Monetary comes out in 2 of 5 bins" in note for note in scored.clustering.notes)


@pytest.mark.parametrize("n", [1, 2])
def test_one_or_two_customers_make_a_page(n):
    state = Segmentation(table().head(n))
    assert len(state.customers) == n
    assert len(state.segment_table) == n
    assert state.problem == ""


def test_customers_that_are_all_equal_are_one_segment():
    same = table(recency=5, frequency=2, monetary=10.0).drop(columns="gaps")
    state = Segmentation(same)
    assert len(state.segment_table) == 1
    assert any("cannot be told apart" in said for said in state.notices)


@pytest.mark.parametrize("bad", [np.inf, -np.inf])
def test_an_infinite_value_never_comes_in(bad):
    state = Segmentation(table(), n_segments=2)
    before = state.customers
    read = sd.read_customers(table(monetary=[bad, *[20.0] * 7]))
    assert np.isfinite(read["monetary"]).all()
    assert len(read) == 7
    assert read.attrs["intake"]["rows"] - read.attrs["intake"]["kept"] == 1
    assert state.customers is before


def test_a_draft_of_rules_that_overlap_says_so_and_the_page_stays():
    state = Segmentation(table(), n_segments=2)
    before = state.customers
    draft = RuleDraft(state)
    assert draft.compile("A: r 1-3\nB: r 2-5", ("r", "f"))
    assert any("match more than one rule" in said for said in draft.found)
    assert not draft.compile("A: r 9", ("r", "f"))
    assert draft.problem
    assert state.customers is before
