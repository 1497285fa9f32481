"""Rules as a method: names as labels, notes that say what happened, and a model for new customers."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
import yaml

from segdash.clustering import METHODS, fit
from segdash.clustering.rule_model import RuleModel
from segdash.errors import ClusteringError, RulesError, ScoringError, SegdashError, SourceError, UnknownNameError
from segdash.rules import RULE_SETS
from segdash.rules.compiler import compile_rules

CUTS = {"recency": [30, 90, 180, 365], "frequency": [1, 2, 4, 8], "monetary": [50, 100, 500, 1000]}
TABLE = pd.DataFrame(
    {
        "recency": [10, 10, 10, 80, 200, 200, 400, 400],
        "frequency": [9, 4, 1, 3, 2, 6, 1, 9],
        "monetary": [5000.0, 400, 20, 90, 90, 600, 20, 2000],
    }
)


def test_each_customer_is_labelled_with_the_name_of_their_cell():
    run = fit("rfm_rules", TABLE, scoring="fixed", cuts=CUTS)
    # R FM: 55, 53, 51, 43 (F 3, M 2, so 2.5 up), 22, 24, 11, 15.
    assert run.labels.tolist() == [
        "Champions",
        "Loyal",
        "Recent",
        "Potential Loyalist",
        "Needing Attention",
        "At Risk",
        "Lost",
        "Can't Lose",
    ]
    assert (run.method, run.fitted_on, run.inertia, run.features) == ("rfm_rules", 8, None, ())
    assert run.settings == {"scoring": "fixed", "bins": 5, "rule_set": "r_fm", "cuts": CUTS, "spend": "sum"}
    assert run.notes[-1] == "Nobody is in 'Promising', 'About To Sleep' or 'Hibernating'."


def test_the_published_segments_come_out(rfm_r_customers):
    run = fit("rfm_rules", rfm_r_customers, scoring="r_compatible", rule_set="r_vignette")
    sizes = pd.Series(run.labels).value_counts()
    assert (sizes["Champions"], sizes["Potential Loyalist"], sizes["Lost"]) == (35, 342, 148)
    assert run.notes == ("Nobody is in 'Others'.",)


def test_a_rule_set_of_ones_own_may_be_a_dict():
    rules = RULE_SETS["r_fm"].paint([(5, 5)], "VIPs")
    run = fit("rfm_rules", TABLE, scoring="fixed", cuts=CUTS, rule_set=rules.to_dict())
    assert run.labels[0] == "VIPs"
    assert run.model.labels[-1] == "VIPs"
    assert fit("rfm_rules", TABLE, scoring="fixed", cuts=CUTS, rule_set=rules).settings == run.settings
    mine = compile_rules([{"segment": "Big", "m": "4-5"}], ("r", "m"), otherwise="Small").rule_set
    run = fit("rfm_rules", TABLE, scoring="fixed", cuts=CUTS, rule_set=mine.to_dict())
    assert run.labels.tolist() == ["Big", *["Small"] * 4, "Big", "Small", "Big"]


def test_warnings_of_the_scoring_are_notes():
    run = fit("rfm_rules", pd.concat([TABLE, TABLE.assign(frequency=1)], ignore_index=True))
    assert run.notes[:2] == (
        "Recency comes out in 4 of 5 bins: nobody scores 1. 25.0 % of customers share one value (400).",
        "Frequency comes out in 3 of 5 bins: nobody scores 2 or 3. 62.5 % of customers share one value (1).",
    )


def test_another_number_of_bins_rescales_and_says_so():
    run = fit("rfm_rules", TABLE, bins=3)
    assert run.notes[0] == (
        "The rule set '11 segments on R and FM' is made for 5 bins and was stretched to 3: each cell has the segment "
        "at the same place. No cell is left for 'Needing Attention', 'About To Sleep' or 'Hibernating'."
    )
    more = fit("rfm_rules", TABLE, bins=10).notes[0]
    assert more.endswith("was stretched to 10: each cell has the segment at the same place.")
    assert not any("stretched" in note for note in fit("rfm_rules", TABLE).notes)


@pytest.mark.parametrize("rule_set", RULE_SETS)
@pytest.mark.parametrize("bins", [3, 5, 8])
def test_any_rule_set_on_any_bins_is_repeated_by_its_record_and_its_model(rule_set, bins):
    rng = np.random.default_rng(4)
    table = pd.DataFrame(
        {
            "recency": rng.integers(1, 300, 400),
            "frequency": rng.geometric(0.4, 400),
            "monetary": rng.lognormal(4, 1, 400),
        }
    )
    run = fit("rfm_rules", table, bins=bins, rule_set=rule_set)
    assert fit("rfm_rules", table, **run.settings).labels.tolist() == run.labels.tolist()
    assert set(run.settings) == set(METHODS["rfm_rules"].names)
    assert run.model.predict(table).tolist() == run.labels.tolist()
    assert set(run.labels) <= set(run.model.labels)


def test_new_customers_are_scored_by_the_thresholds_of_old_ones():
    model = fit("rfm_rules", TABLE, scoring="quantiles").model
    new = pd.DataFrame({"recency": [500, 1], "frequency": [1, 50], "monetary": [1.0, 9999.0]})
    assert model.predict(new).tolist() == ["Lost", "Champions"]
    assert model.predict(new.iloc[[1]]).tolist() == ["Champions"]
    assert model.predict(new.iloc[:0]).tolist() == []
    with pytest.raises(ScoringError, match="no number for 1 customer of 2"):
        model.predict(new.assign(monetary=[np.nan, 1]))


@pytest.mark.parametrize("scoring", ["quantiles", "nested", "fixed", "r_compatible"])
def test_the_model_survives_json_and_yaml(scoring):
    model = fit("rfm_rules", TABLE, scoring=scoring, cuts=CUTS, rule_set="r_vignette").model
    plain = model.to_dict()
    for again in (json.loads(json.dumps(plain)), yaml.safe_load(yaml.safe_dump(plain))):
        assert RuleModel.from_dict(again) == model
        assert RuleModel.from_dict(again).predict(TABLE).tolist() == model.predict(TABLE).tolist()


def test_the_model_survives_a_file_and_another_kind_of_model_is_refused(tmp_path):
    table = pd.DataFrame({"recency": [1, 50, 99], "frequency": [9, 3, 1], "monetary": [900.0, 80.0, 10.0]})
    model = fit("rfm_rules", table, bins=3).model
    model.save(tmp_path / "rules.json")
    again = RuleModel.load(tmp_path / "rules.json")
    assert again.to_dict() == model.to_dict()
    assert again.predict(table).tolist() == model.predict(table).tolist()
    fit("k_means", table, features=["monetary"], n_clusters=2).model.save(tmp_path / "centres.json")
    with pytest.raises(ClusteringError, match=r"centres\.json is no model that can be used\."):
        RuleModel.load(tmp_path / "centres.json")
    with pytest.raises(SourceError, match=r"nowhere\.json can't be read"):
        RuleModel.load(tmp_path / "nowhere.json")


def test_a_model_can_have_other_names():
    model = fit("rfm_rules", TABLE, scoring="fixed", cuts=CUTS).model.renamed({"Champions": "VIPs"})
    assert model.labels[0] == "VIPs"
    assert model.predict(TABLE)[0] == "VIPs"


def test_spend_as_a_mean_is_in_labels_record_and_model():
    # Means 555.56, 100, 20, 30, 45, 100, 20, 222.22: of the cut points 50, 100, 500, 1000 M is 4 2 1 1 1 2 1 3.
    run = fit("rfm_rules", TABLE, scoring="fixed", cuts=CUTS, spend="mean")
    # R FM: 55 (5 and 4, so 4.5 up), 53 (3 and 2), 51, 42 (3 and 1), 22 (2 and 1, so 1.5 up), 23 (4 and 2), 11, 14.
    assert run.labels.tolist() == [
        "Champions",
        "Loyal",
        "Recent",
        "Potential Loyalist",
        "Needing Attention",
        "Needing Attention",
        "Lost",
        "Can't Lose",
    ]
    assert run.model.spend == run.settings["spend"] == "mean"
    assert fit("rfm_rules", TABLE, **run.settings).labels.tolist() == run.labels.tolist()
    again = RuleModel.from_dict(json.loads(json.dumps(run.model.to_dict())))
    assert again.spend == "mean"
    assert again.predict(TABLE).tolist() == run.labels.tolist()
    assert fit("frozen", TABLE, model=run.model.to_dict()).labels.tolist() == run.labels.tolist()
    with pytest.raises(UnknownNameError, match="'mean'"):
        fit("rfm_rules", TABLE, spend="maen")


def test_what_is_no_model_of_rules_is_refused():
    plain = fit("rfm_rules", TABLE).model.to_dict()
    bad = [
        None,
        {},
        {**plain, "version": 2},
        {**plain, "kind": "centroids"},
        {**plain, "more": 1},
        {**plain, "thresholds": {}},
        {**plain, "rule_set": []},
        {**plain, "rule_set": RULE_SETS["r_fm"].rescaled(4).to_dict()},
    ]
    for content in bad:
        with pytest.raises(SegdashError) as error:
            RuleModel.from_dict(content)
        assert str(error.value).endswith(".")


def test_choices_that_can_not_be_are_refused_with_a_sentence():
    with pytest.raises(UnknownNameError, match=r"No rule set is named 'r_fmm'. Did you mean 'r_fm'\?"):
        fit("rfm_rules", TABLE, rule_set="r_fmm")
    with pytest.raises(UnknownNameError, match="No scoring is named 'quantile'"):
        fit("rfm_rules", TABLE, scoring="quantile")
    with pytest.raises(ClusteringError, match="'bins' must be a whole number, 3 to 10, not '2'"):
        fit("rfm_rules", TABLE, bins=2)
    with pytest.raises(ClusteringError, match="'cuts' must be a mapping of metric to cut points"):
        fit("rfm_rules", TABLE, scoring="fixed", cuts=[1, 2])
    with pytest.raises(ScoringError, match="Fixed cut points must be given for each metric"):
        fit("rfm_rules", TABLE, scoring="fixed")
    with pytest.raises(RulesError, match="not '3'"):
        fit("rfm_rules", TABLE, rule_set=3)
