"""Standings against hand-worked numbers."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from segdash.errors import ChoiceError
from segdash.standing import segment_standing


def customers(**columns):
    segments = columns.pop("segment")
    return pd.DataFrame(columns).assign(segment=pd.Categorical(segments, ["A", "B"], ordered=True))


def test_z_scores_by_hand():
    # Mean 5, standard deviation 2 (2 4 4 4 5 5 7 9).
    table = customers(m=[2.0, 4, 4, 4, 5, 5, 7, 9], segment=["A"] * 4 + ["B"] * 4)
    found = segment_standing(table, ["m"])
    assert found["value"].tolist() == [3.5, 6.5]
    assert found["base_value"].tolist() == [5.0, 5.0]
    assert found["standing"].tolist() == pytest.approx([-0.75, 0.75])


def test_standardised_medians_by_hand():
    # Median 3, quartiles 2 and 4; a huge last value moves none of them.
    table = customers(m=[1.0, 2, 3, 4, 1000], segment=["A", "A", "B", "B", "B"])
    found = segment_standing(table, ["m"], statistic="median")
    assert found["value"].tolist() == [1.5, 4.0]
    assert found["standing"].tolist() == pytest.approx([-1.5 / (2 / 1.349), 1 / (2 / 1.349)], rel=1e-4)


def test_logarithms_measure_and_values_stay():
    # ln(1 + m) is 0 and 2: mean 1, standard deviation 1.
    table = customers(m=[0.0, np.expm1(2.0)], segment=["A", "B"])
    found = segment_standing(table, ["m"], log=["m"])
    assert found["standing"].tolist() == pytest.approx([-1.0, 1.0])
    assert found["value"].tolist() == pytest.approx([0.0, np.expm1(2.0)])


def test_segments_are_compared_with_the_base():
    base = customers(m=[0.0, 10.0], segment=["A", "B"])
    found = segment_standing(customers(m=[10.0], segment=["A"]), ["m"], base=base)
    assert found["standing"].tolist()[0] == 1.0
    assert found.iloc[1][["standing", "value"]].isna().all()


def test_rows_are_segment_by_segment_in_the_order_of_the_metrics():
    table = customers(z=[1.0, 2.0], a=[3.0, 4.0], segment=["B", "A"])
    found = segment_standing(table, ["z", "a"])
    assert list(zip(found["segment"], found["metric"], found["value"], strict=True)) == [
        ("A", "z", 2.0),
        ("A", "a", 4.0),
        ("B", "z", 1.0),
        ("B", "a", 3.0),
    ]


@pytest.mark.parametrize("statistic", ["mean", "median"])
def test_without_spread_there_is_no_standing(statistic):
    # Three times 0.1 has a standard deviation of 1e-17 by rounding.
    found = segment_standing(customers(m=[0.1, 0.1, 0.1], segment=["A", "A", "B"]), ["m"], statistic=statistic)
    assert found["standing"].isna().all()
    assert found["value"].tolist() == pytest.approx([0.1, 0.1])


def test_missing_values_are_left_out():
    table = customers(m=[0.0, 10.0, np.nan, np.inf], segment=["A", "B", "A", "B"])
    assert segment_standing(table, ["m"])["standing"].tolist() == [-1.0, 1.0]


def test_what_has_no_logarithm_is_refused():
    with pytest.raises(ChoiceError, match=r"'m' has values at or below -1 \(lowest: -3\)"):
        segment_standing(customers(m=[-3.0, 1.0], segment=["A", "B"]), ["m"], log=["m"])
