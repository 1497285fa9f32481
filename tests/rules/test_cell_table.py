"""What a heat map shows, worked by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from segdash.errors import RulesError, UnknownNameError
from segdash.rules import RULE_SETS
from segdash.rules.cell_table import cell_table
from segdash.scoring import score

CUTS = {"recency": [10, 20], "frequency": [1, 2], "monetary": [10, 20]}
SIX = pd.DataFrame(
    {
        "recency": [1, 5, 15, 30, 40, 50],
        "frequency": [3, 4, 2, 1, 1, 1],
        "monetary": [100.0, 50, 15, 5, 20, 10],
        "age": [30, np.nan, np.nan, 20, 40, np.nan],
    }
)


def scores():
    return score(SIX, "fixed", bins=3, cuts=CUTS)


def test_cells_by_hand():
    cells = cell_table(SIX, scores(), axes=("r", "f"), metrics=["recency", "age"]).set_index(["r", "f"])
    assert len(cells) == 9
    assert cells.loc[(3, 3), ["customers", "revenue", "mean_recency", "mean_age"]].tolist() == [2, 150, 3, 30]
    assert cells.loc[(3, 3), ["share", "revenue_share"]].tolist() == pytest.approx([1 / 3, 0.75])
    assert cells.loc[(1, 1), ["customers", "revenue", "mean_recency", "mean_age"]].tolist() == [3, 35, 40, 30]
    # One customer, without an age.
    assert cells.loc[(2, 2), "customers"] == 1
    assert np.isnan(cells.loc[(2, 2), "mean_age"])
    empty = cells.loc[(2, 3)]
    assert empty[["customers", "share", "revenue", "revenue_share"]].tolist() == [0, 0, 0, 0]
    assert empty[["mean_recency", "mean_age"]].isna().all()
    assert cells["segment"].isna().all()


def test_cells_add_up_to_everybody():
    for axes in (("r", "fm"), ("r", "f", "m"), ("f", "m")):
        cells = cell_table(SIX, scores(), axes=axes)
        assert len(cells) == 3 ** len(axes)
        assert cells["customers"].sum() == 6
        assert cells["revenue"].sum() == 200
        assert cells["share"].sum() == pytest.approx(1)
        assert cells["revenue_share"].sum() == pytest.approx(1)


def test_a_rule_set_brings_its_axes_and_names_every_cell():
    rules = RULE_SETS["r_f"].rescaled(3)
    cells = cell_table(SIX, scores(), rule_set=rules)
    assert list(cells.columns[:3]) == ["r", "f", "segment"]
    assert cells["segment"].tolist() == [rules.cells[r, f] for r, f in zip(cells["r"], cells["f"], strict=True)]
    # More axes than the rules have: still decided. Others: not.
    finer = cell_table(SIX, scores(), axes=("m", "r", "f"), rule_set=rules)
    assert finer["segment"].notna().all()
    assert finer.loc[finer.eval("r == 3 and f == 3"), "segment"].unique().tolist() == ["Champions"]
    assert cell_table(SIX, scores(), axes=("r", "fm"), rule_set=rules)["segment"].isna().all()


def test_segments_of_cells_are_those_of_the_customers(rfm_r_customers):
    made = score(rfm_r_customers, "r_compatible")
    rules = RULE_SETS["r_vignette"]
    cells = cell_table(rfm_r_customers, made, rule_set=rules)
    by_cell = cells.groupby("segment")[["customers", "revenue"]].sum()
    by_customer = rfm_r_customers.groupby(rules.assign(made))["monetary"].agg(["size", "sum"])
    assert by_cell.loc[by_customer.index].to_numpy().tolist() == by_customer.to_numpy().tolist()
    assert by_cell.loc["Others", "customers"] == 0


def test_nobody_and_no_revenue():
    nobody = cell_table(SIX.iloc[:0], scored_nobody())
    assert nobody["customers"].sum() == 0
    assert nobody["share"].isna().all()
    free = SIX.assign(monetary=0.0)
    assert cell_table(free, score(free))["revenue_share"].isna().all()


def scored_nobody():
    from segdash.scoring.scores import scored

    return scored(SIX.iloc[:0], scores().thresholds)


def test_what_does_not_fit_is_refused():
    with pytest.raises(RulesError, match=r"^6 scores for 5 customers\. Score these\.$"):
        cell_table(SIX.iloc[:5], scores())
    with pytest.raises(UnknownNameError, match=r"No metric is named 'agee'. Did you mean 'age'\?"):
        cell_table(SIX, scores(), metrics=["agee"])
    with pytest.raises(UnknownNameError, match="No axis is named 'q'"):
        cell_table(SIX, scores(), axes=("r", "q"))
    with pytest.raises(RulesError, match="is made for scores 1 to 5"):
        cell_table(SIX, scores(), rule_set=RULE_SETS["r_f"])
