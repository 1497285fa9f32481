"""Every way of scoring, and each against numbers worked by hand or published."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segdash.errors import ScoringError, SegdashError, UnknownNameError
from segdash.schema import RFM
from segdash.scoring import SCORINGS, score
from segdash.scoring.scores import Scores, scored
from segdash.scoring.thresholds import Thresholds

CUTS = {"recency": [30, 90, 180, 365], "frequency": [1, 2, 4, 8], "monetary": [50, 100, 500, 1000]}


def alike(values: list[float]) -> pd.DataFrame:
    """Customers whose three metrics are the same number."""
    return pd.DataFrame(dict.fromkeys(RFM, values))


def counts(scores: Scores, axis: str) -> list[int]:
    return np.bincount(scores.table[axis], minlength=scores.bins + 1)[1:].tolist()


# ------------------------------------------------------------------ each by hand


def test_quantiles_by_hand():
    # 1..11: the quantiles at 20, 40, 60, 80 % are 3, 5, 7, 9; a value on an edge is in the bin below it.
    made = score(alike([float(n) for n in range(1, 12)]))
    assert made.edges["monetary"][()] == pytest.approx((3, 5, 7, 9))
    assert made.table["m"].tolist() == [1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5]
    assert made.table["r"].tolist() == [5, 5, 5, 4, 4, 3, 3, 2, 2, 1, 1]


def test_fm_is_the_mean_rounded_half_up():
    table = pd.DataFrame({"recency": [1] * 4, "frequency": [1, 1, 9, 9], "monetary": [10.0, 2000, 10, 2000]})
    made = score(table, "fixed", cuts=CUTS).table
    assert made[["f", "m", "fm"]].to_numpy().tolist() == [[1, 1, 1], [1, 5, 3], [5, 1, 3], [5, 5, 5]]
    table = pd.DataFrame({"recency": 1, "frequency": [1, 2, 3], "monetary": [51.0, 20, 100]})
    assert score(table, "fixed", cuts=CUTS).table["fm"].tolist() == [2, 2, 3]  # (1+2, 2+1, 3+2) / 2


def test_fixed_cut_points_by_hand():
    table = pd.DataFrame({"recency": [30, 31, 366], "frequency": [1, 2, 9], "monetary": [1000.0, 1000.01, -5]})
    made = score(table, "fixed", cuts=CUTS)
    assert made.table[["r", "f", "m"]].to_numpy().tolist() == [[5, 1, 4], [4, 2, 5], [1, 5, 1]]


NINE = pd.DataFrame(
    {
        "recency": [1, 1, 1, 9, 9, 9, 99, 99, 99],
        "frequency": [1, 2, 3, 10, 10, 40, 5, 5, 5],
        "monetary": [50.0, 60.0, 70.0, 100.0, 400.0, 1.0, 7.0, 8.0, 9.0],
    }
)


def test_nested_by_hand():
    made = score(NINE, "nested", bins=3)
    # Thirds of recency at 19/3 and 39; of frequency among the recent at 5/3 and 7/3, then at 10 and 20, then at 5, 5.
    assert made.edges["recency"] == {(): pytest.approx((19 / 3, 39))}
    assert made.edges["frequency"][3,] == pytest.approx((5 / 3, 7 / 3))
    assert made.edges["frequency"][2,] == pytest.approx((10, 20))
    assert made.edges["frequency"][1,] == pytest.approx((5, 5))
    assert made.table["r"].tolist() == [3, 3, 3, 2, 2, 2, 1, 1, 1]
    assert made.table["f"].tolist() == [1, 2, 3, 1, 1, 3, 1, 1, 1]
    # Alone in its cell a customer scores 1; 100 and 400 are cut at 200 and 300; 7, 8, 9 at 7.67 and 8.33.
    assert made.edges["monetary"][2, 1] == pytest.approx((200, 300))
    assert made.table["m"].tolist() == [1, 1, 1, 1, 3, 1, 1, 2, 3]


def test_a_parent_that_nobody_was_in_is_scored_by_the_edges_of_everybody():
    made = score(NINE, "nested", bins=3)
    assert (2, 2) not in made.edges["monetary"]
    newcomer = pd.DataFrame({"recency": [9], "frequency": [15], "monetary": [65.0]})
    # Thirds of all nine monetary values lie at 8.67 and 63.33.
    assert made.edges["monetary"][()] == pytest.approx((26 / 3, 190 / 3))
    assert made.thresholds.score(newcomer)[["r", "f", "m"]].iloc[0].tolist() == [2, 2, 3]


# ------------------------------------------------------------------ the R package's published table


def test_edges_and_counts_of_the_r_package(rfm_r_customers):
    made = score(rfm_r_customers, "r_compatible")
    assert len(rfm_r_customers) == 995
    assert made.edges["recency"][()] == pytest.approx((115, 181, 297.4, 482))
    assert made.edges["frequency"][()] == pytest.approx((4, 5, 6, 8))
    assert made.edges["monetary"][()] == pytest.approx((255.8, 382, 506.4, 666))
    assert counts(made, "r") == [197, 200, 199, 199, 200]
    assert counts(made, "f") == [268, 187, 176, 244, 120]
    assert counts(made, "m") == [200, 200, 198, 202, 195]
    assert made.warnings == ()


def test_sizes_are_the_counts_with_the_values_that_are_there(rfm_r_customers):
    sizes = score(rfm_r_customers, "r_compatible").sizes.set_index(["metric", "score"])
    assert sizes.loc["frequency", "customers"].tolist() == [268, 187, 176, 244, 120]
    assert sizes.loc[("recency", 5), ["lowest", "highest"]].tolist() == [1, 114]
    assert sizes.loc[("frequency", 4), ["lowest", "highest"]].tolist() == [6, 7]
    assert sizes.loc[("frequency", 5), "share"] == pytest.approx(120 / 995)


def test_ranks_in_equal_parts_would_score_equal_customers_differently(rfm_r_customers):
    """The common recipe, for comparison: why ties matter."""
    frequency = rfm_r_customers["frequency"]
    recipe = pd.qcut(frequency.rank(method="first"), 5, labels=False) + 1
    ours = score(rfm_r_customers).table["f"]
    assert int((recipe != ours).sum()) == 239
    split = [len(set(scores)) for _, scores in recipe.groupby(frequency)]
    assert sum(n > 1 for n in split) == 4  # each of its four cuts goes through customers with equal orders
    assert {len(set(scores)) for _, scores in ours.groupby(frequency)} == {1}


# ------------------------------------------------------------------ every scoring


def given_cuts(values: list[float], bins: int) -> dict[str, list[float]]:
    low, high = min(values) - 1, max(values) + 1
    return {name: [low + (high - low) * (i + 1) / bins for i in range(bins - 1)] for name in RFM}


METRIC_VALUES = st.lists(st.one_of(st.integers(0, 6), st.floats(-1e6, 1e6)).map(float), min_size=1, max_size=40)


@pytest.mark.parametrize("scoring", SCORINGS)
@settings(max_examples=40, deadline=None)
@given(values=METRIC_VALUES, bins=st.integers(3, 10))
def test_equal_values_score_equal_and_better_values_never_worse(scoring, values, bins):
    table = alike(values)
    # Within one parent: nested scores can be compared no further.
    table["recency"] = table["frequency"] = 1.0
    made = score(table, scoring, bins=bins, cuts=given_cuts(values, bins)).table["m"].to_numpy()
    assert made.min() >= 1
    assert made.max() <= bins
    order = np.argsort(values, kind="stable")
    assert (np.diff(made[order]) >= 0).all()
    assert pd.Series(made).groupby(np.asarray(values)).nunique().max() == 1


@pytest.mark.parametrize("scoring", [name for name in SCORINGS if name != "nested"])
@settings(max_examples=25, deadline=None)
@given(values=METRIC_VALUES)
def test_recency_is_the_other_way_round(scoring, values):
    made = score(alike(values), scoring, cuts=given_cuts(values, 5)).table
    assert (made["r"] == 6 - made["m"]).all()


@pytest.mark.parametrize("scoring", SCORINGS)
def test_thresholds_score_the_same_customers_the_same_way_after_a_round_trip(scoring):
    rng = np.random.default_rng(2)
    table = pd.DataFrame(
        {
            "recency": rng.integers(1, 300, 500),
            "frequency": rng.geometric(0.4, 500),
            "monetary": rng.lognormal(4, 1, 500),
        },
        index=range(7, 507),
    )
    made = score(table, scoring, cuts=CUTS)
    again = Thresholds.from_dict(made.thresholds.to_dict())
    assert again == made.thresholds
    pd.testing.assert_frame_equal(again.score(table), made.table)
    part = table.sample(50, random_state=1)
    pd.testing.assert_frame_equal(again.score(part), made.table.loc[part.index])


@pytest.mark.parametrize("scoring", SCORINGS)
def test_to_dict_is_plain(scoring):
    import json

    written = score(NINE, scoring, bins=3, cuts=given_cuts([1, 99], 3)).thresholds.to_dict()
    assert Thresholds.from_dict(json.loads(json.dumps(written))).to_dict() == written


@pytest.mark.parametrize("scoring", SCORINGS)
def test_the_table_stays_as_it_is(scoring):
    before = NINE.copy(deep=True)
    score(NINE, scoring, bins=3, cuts=given_cuts([1, 99], 3))
    pd.testing.assert_frame_equal(NINE, before)


@pytest.mark.parametrize("scoring", SCORINGS)
@pytest.mark.parametrize("bins", [2, 11, 5.0, True, "5", None])
def test_every_scoring_refuses_other_numbers_of_bins(scoring, bins):
    with pytest.raises(ScoringError, match=r"^Scores have 3 to 10 bins, not '"):
        score(NINE, scoring, bins=bins, cuts=CUTS)


@pytest.mark.parametrize("scoring", SCORINGS)
def test_every_scoring_refuses_no_customers_and_missing_numbers(scoring):
    with pytest.raises(ScoringError, match="need customers; there are none"):
        score(NINE.iloc[:0], scoring, cuts=CUTS)
    with pytest.raises(ScoringError, match=r"^Metric 'monetary' has no number for 1 customer of 9, who can't be"):
        score(NINE.assign(monetary=NINE["monetary"].where(NINE["monetary"] != 9.0)), scoring, cuts=CUTS)
    with pytest.raises(UnknownNameError, match=r"No metric is named 'monetary'. Did you mean 'monetery'\?"):
        score(NINE.rename(columns={"monetary": "monetery"}), scoring, cuts=CUTS)


def test_an_unknown_scoring_names_the_nearest():
    with pytest.raises(UnknownNameError, match=r"No scoring is named 'quantile'. Did you mean 'quantiles'\?"):
        score(NINE, "quantile")


# ------------------------------------------------------------------ ties, few values, others' thresholds


def test_fewer_distinct_bins_than_asked_for_are_said():
    table = pd.DataFrame({"recency": range(10), "frequency": [1] * 6 + [2, 3, 4, 5], "monetary": np.arange(10.0)})
    made = score(table)
    # The edges of frequency: 1, 1, 1.4, 3.2.
    assert made.table["f"].tolist() == [1] * 6 + [4, 4, 5, 5]
    assert made.warnings == (
        "Frequency comes out in 3 of 5 bins: nobody scores 2 or 3. 60.0 % of customers share one value (1).",
    )
    assert made.sizes.query("metric == 'frequency'")["customers"].tolist() == [6, 0, 0, 2, 2]
    assert made.sizes.query("metric == 'frequency' and score == 2")["lowest"].isna().all()


def test_customers_who_are_all_alike():
    made = score(alike([3.0] * 8))
    assert made.table.drop_duplicates().to_numpy().tolist() == [[5, 1, 1, 1]]
    assert made.warnings[0] == (
        "Recency comes out in 1 of 5 bins: nobody scores 1, 2, 3 or 4. 100.0 % of customers share one value (3)."
    )
    assert len(made.warnings) == 3


def test_one_customer_can_be_scored():
    assert score(alike([3.0])).table.iloc[0].tolist() == [5, 1, 1, 1]


def test_other_customers_are_judged_by_their_own_bins_but_scored_by_frozen_thresholds():
    thresholds = score(alike([float(n) for n in range(1, 12)])).thresholds
    others = scored(alike([100.0, 200.0]), thresholds)
    assert others.table["m"].tolist() == [5, 5]
    assert others.warnings[2] == "Monetary comes out in 1 of 5 bins: nobody scores 1, 2, 3 or 4."
    nobody = scored(alike([]), thresholds)
    assert (len(nobody.table), nobody.warnings, nobody.sizes["customers"].sum()) == (0, (), 0)


def test_nested_scores_among_few_customers_are_doubted():
    made = score(NINE, "nested", bins=3)
    assert made.warnings == (
        "Frequency is scored among fewer than 30 customers in 3 of 3 recency bins: scores there say little.",
        "Monetary is scored among fewer than 30 customers in 6 of 6 recency-frequency bins: scores there say little.",
    )


def test_nested_bins_of_few_values_are_said():
    table = pd.DataFrame({"recency": [1] * 50 + [9] * 50 + [50] * 50, "frequency": 1, "monetary": range(150)})
    said = score(table, "nested", bins=3).warnings
    assert "Frequency comes out in fewer than 3 bins in 3 of 3 recency bins." in said


# ------------------------------------------------------------------ edges for people, and refused ones


def test_ranges_say_which_values_get_which_score():
    closed_above = score(alike([float(n) for n in range(1, 12)])).thresholds.ranges()
    assert closed_above.loc[closed_above["metric"] == "recency", ["score", "said"]].to_numpy().tolist() == [
        [5, "up to 3"],
        [4, "over 3 up to 5"],
        [3, "over 5 up to 7"],
        [2, "over 7 up to 9"],
        [1, "over 9"],
    ]
    assert closed_above["low"].isna().sum() == 3
    closed_below = score(alike([1.0, 2.0, 3.0, 1500.5]), "r_compatible", bins=3).thresholds.ranges()
    assert closed_below["said"].iloc[-3:].tolist() == ["under 3", "3 to under 4", "4 and more"]


def test_ranges_of_nested_thresholds_say_within_what():
    ranges = score(NINE, "nested", bins=3).thresholds.ranges()
    assert ranges["within"].unique().tolist()[:5] == ["", "R 1", "R 2", "R 3", "R 1, F 1"]


def refused(**changed):
    with pytest.raises(ScoringError) as error:
        score(NINE, "fixed", cuts={**CUTS, **changed})
    return str(error.value)


def test_fixed_cut_points_that_do_not_fit_are_refused_with_a_sentence():
    assert refused(frequency=[1, 2, 4]) == "Frequency has 3 cut points; 5 bins need 4. Add or leave out some."
    assert refused(frequency=[1, 4, 2, 8]) == ("Frequency has the cut point 2 after 4. Give them ascending, each once.")
    assert "has the cut point 1 after 1" in refused(frequency=[1, 1, 2, 3])
    assert refused(monetary=[1, 2, "3", 4]) == (
        "Monetary has the cut point '3', which is no number. Give 4 cut points for 5 bins."
    )
    assert "'nan', which is no number" in refused(monetary=[1, 2, 3, float("nan")])
    assert refused(recency=None) == "Recency has no cut points. Give 4 cut points for 5 bins."
    assert refused(recncy=[1, 2, 3, 4]).startswith(
        "Cut points are given for 'recncy', which is not scored. Did you mean 'recency'?"
    )
    with pytest.raises(ScoringError, match="must be given for each metric"):
        score(NINE, "fixed")


def test_thresholds_that_segdash_did_not_write_are_refused():
    good = score(NINE, bins=3).thresholds.to_dict()
    part = good["edges"]["recency"][0]
    bad = [
        {},
        {**good, "edges": 3},
        {**good, "bins": 4},
        {**good, "bins": "3"},
        {**good, "edge_counts": "beside"},
        {**good, "edges": {**good["edges"], "tenure": [part]}},
        {**good, "edges": {**good["edges"], "recency": [{**part, "within": [1]}]}},
        {**good, "edges": {**good["edges"], "frequency": [part, {**part, "within": [9]}]}},
        {**good, "edges": {**good["edges"], "recency": [{**part, "edges": [2, 1]}]}},
        {**good, "edges": {**good["edges"], "recency": [{**part, "edges": [1, float("nan")]}]}},
        {**good, "edges": {**good["edges"], "recency": [{**part, "edges": ["a", "b"]}]}},
    ]
    for content in bad:
        with pytest.raises(ScoringError) as error:
            Thresholds.from_dict(content)
        assert isinstance(error.value, SegdashError)
        assert str(error.value).endswith(".")
