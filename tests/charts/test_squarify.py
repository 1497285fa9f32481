"""Treemaps: areas are exact, nothing overlaps, nothing is left over."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from segdash.charts.areas import treemap_parts
from segdash.charts.squarify import squarify
from segdash.errors import ChoiceError


def test_the_published_example():
    """Areas 6 6 4 3 2 2 1 in 6 x 4 (Bruls, Huizing and van Wijk 2000, figure 3)."""
    found = squarify([6, 6, 4, 3, 2, 2, 1], 6, 4)
    sides = [(r - l, t - b) for l, b, r, t in found]  # noqa: E741 - left
    expected = [(3, 2), (3, 2), (12 / 7, 7 / 3), (9 / 7, 7 / 3), (6 / 5, 5 / 3), (6 / 5, 5 / 3), (0.6, 5 / 3)]
    assert np.array(sides) == pytest.approx(np.array(expected))


@pytest.mark.parametrize("seed", range(20))
def test_areas_are_exact_and_nothing_overlaps(seed):
    rng = np.random.default_rng(seed)
    values = rng.lognormal(0, 2, rng.integers(1, 25))
    width, height = rng.uniform(0.2, 5, 2)
    found = squarify(values, width, height)
    left, bottom, right, top = found.T
    assert (right - left) * (top - bottom) == pytest.approx(values / values.sum() * width * height)
    assert left.min() >= -1e-9
    assert bottom.min() >= -1e-9
    assert right.max() <= width + 1e-9
    assert top.max() <= height + 1e-9
    wide = np.minimum(right[:, None], right) - np.maximum(left[:, None], left)
    high = np.minimum(top[:, None], top) - np.maximum(bottom[:, None], bottom)
    shared = np.clip(wide, 0, None) * np.clip(high, 0, None)
    np.fill_diagonal(shared, 0)
    assert shared.max(initial=0) < 1e-9 * width * height


def test_what_is_not_above_zero_has_no_area():
    found = squarify([4.0, 0.0, -2.0, np.nan, 4.0])
    assert ((found[:, 2] - found[:, 0]) * (found[:, 3] - found[:, 1])).tolist() == pytest.approx([0.5, 0, 0, 0, 0.5])
    assert not squarify([0.0, -1.0]).any()
    assert squarify([]).shape == (0, 4)


PROFILE = pd.DataFrame({"segment": ["Gold", "Silver"], "customers": [10, 30], "revenue": [900.0, 100.0]})
COLOURS = {"Silver": "#222222", "Gold": "#111111", "Bronze": "#333333"}


@pytest.mark.parametrize(("area", "parts"), [("revenue", [0.1, 0.9, 0]), ("customers", [0.75, 0.25, 0])])
def test_segments_as_areas(area, parts):
    rows = treemap_parts(PROFILE, COLOURS, area=area, currency="£")[0]
    size = (rows["right"] - rows["left"]) * (rows["top"] - rows["bottom"])
    assert (size / 1.6).tolist() == pytest.approx(parts, abs=0.02)  # but for the hair between neighbours
    assert rows["segment"].tolist() == ["Silver", "Gold", "Bronze"]
    assert rows["amount"].tolist() == ["£100.00", "£900.00", "£0.00"]
    assert rows["of_customers"].tolist() == ["75.0 %", "25.0 %", "0.0 %"]
    assert rows["of_revenue"].tolist() == ["10.0 %", "90.0 %", "0.0 %"]


def test_names_stand_in_what_is_wide_enough():
    rows = treemap_parts(PROFILE, COLOURS)[0]
    assert rows["text"].tolist()[1:] == ["Gold\n90.0 %", ""]


def test_an_area_by_something_else_is_refused():
    with pytest.raises(ChoiceError, match="no area by 'orders'"):
        treemap_parts(PROFILE, COLOURS, area="orders")
