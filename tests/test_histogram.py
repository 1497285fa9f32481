"""Bins against hand-worked numbers."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from segdash.errors import ChoiceError
from segdash.histogram import bin_edges, histogram, uncounted


def customers(values, segments):
    return pd.DataFrame({"m": values, "segment": pd.Categorical(segments, ["A", "B", "C"], ordered=True)})


def test_customers_per_bin_and_segment():
    found = histogram(customers([0.5, 1.0, 2.0, 4.5], ["A", "A", "B", "B"]), "m", bins=4)
    assert found["segment"].tolist() == ["A"] * 4 + ["B"] * 4 + ["C"] * 4
    assert found["left"].tolist()[:4] == [0.5, 1.5, 2.5, 3.5]
    assert found["right"].tolist()[:4] == [1.5, 2.5, 3.5, 4.5]
    # The last bin has its right edge in it.
    assert found["customers"].tolist() == [2, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0]


def test_logarithmic_bins():
    table = customers([1.0, 9.0, 11.0, 1000.0, 0.0, -4.0, np.nan], ["A"] * 7)
    found = histogram(table, "m", bins=3, log=True)
    assert found["right"].tolist()[:3] == pytest.approx([10.0, 100.0, 1000.0])
    assert found["customers"].tolist()[:3] == [2, 1, 1]
    assert (uncounted(table, "m", log=True), uncounted(table, "m")) == (3, 1)


def test_equal_values_are_in_one_bin():
    table = customers([0.1 + 0.2, 0.1 + 0.2, 5.0, 5.0, 9.7], ["A"] * 5)
    found = histogram(table, "m", bins=7)
    assert sorted(found["customers"])[-3:] == [1, 2, 2]


@pytest.mark.parametrize(("value", "log"), [(7.0, False), (7.3, False), (0.0, False), (-2.5, False), (7.3, True)])
def test_one_value_has_one_bin_around_it(value, log):
    edges = bin_edges(np.array([value, value]), log=log)
    assert len(edges) == 2
    assert edges[0] < value < edges[1]
    assert not log or edges[0] > 0


@pytest.mark.parametrize(("high", "step", "n"), [(29, 1, 30), (30, 2, 16), (299, 10, 30)])
def test_whole_numbers_have_bins_of_whole_widths(high, step, n):
    edges = bin_edges(np.arange(high + 1.0))
    assert len(edges) == n + 1
    assert np.diff(edges).tolist() == [step] * n
    assert edges[0] == -0.5
    assert edges[-1] > high


def test_every_customer_is_counted_once():
    rng = np.random.default_rng(0)
    for log in (False, True):
        table = customers(rng.lognormal(3, 2, 500), rng.choice(["A", "B", "C"], 500))
        assert histogram(table, "m", log=log)["customers"].sum() == 500


def test_without_customers_there_are_bins_for_the_axis_only():
    assert histogram(customers([], []), "m")["customers"].sum() == 0


def test_no_bins_are_refused():
    with pytest.raises(ChoiceError, match="cannot have 0 bins"):
        bin_edges(np.array([1.0, 2.0]), bins=0)
