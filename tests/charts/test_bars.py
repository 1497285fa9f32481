"""Bars against hand-worked numbers."""

from __future__ import annotations

import holoviews as hv
import pandas as pd
import pytest

from segdash.charts.revenue import revenue_by_segment, revenue_parts
from segdash.charts.share import segment_share, share_parts

COLOURS = {"Gold": "#111111", "Silver": "#222222", "Bronze": "#333333"}


def profile(*rows):
    return pd.DataFrame(rows, columns=["segment", "customers", "share", "revenue", "revenue_share"])


# 8 customers, 1,000 of revenue; then a part of them, in which nobody is Bronze.
WHOLE = profile(("Gold", 1, 0.125, 600.0, 0.6), ("Silver", 3, 0.375, 300.0, 0.3), ("Bronze", 4, 0.5, 100.0, 0.1))
PART = profile(("Gold", 1, 0.5, 600.0, 0.8), ("Silver", 1, 0.5, 150.0, 0.2))


def glyph_data(element, kind):
    """Columns that the glyphs of a kind are drawn from, in the order they were drawn."""
    fig = hv.renderer("bokeh").get_plot(element).state
    return [r.data_source.data for r in fig.renderers if type(r.glyph).__name__ == kind]


def test_revenue_is_drawn_from_the_worst_segment_to_the_best_because_axes_go_up():
    pale, bars = glyph_data(revenue_by_segment(WHOLE, COLOURS), "HBar")
    assert list(bars["segment"]) == ["Bronze", "Silver", "Gold"]
    assert list(bars["revenue"]) == [100.0, 300.0, 600.0]
    assert list(pale["of"]) == [100.0, 300.0, 600.0]
    assert list(bars["color"]) == ["#333333", "#222222", "#111111"]


def test_a_part_is_drawn_before_the_whole():
    pale, bars = glyph_data(revenue_by_segment(PART, COLOURS, whole=WHOLE), "HBar")
    assert list(bars["revenue"]) == [0.0, 150.0, 600.0]
    assert list(pale["of"]) == [100.0, 300.0, 600.0]


def test_the_texts_of_the_revenue_bars():
    rows = revenue_parts(PART, COLOURS, whole=WHOLE, currency="£")[0]
    assert rows["amount"].tolist() == ["£0.00", "£150.00", "£600.00"]
    assert rows["part"].tolist() == ["0.0 %", "20.0 %", "80.0 %"]
    assert rows["of_all"].tolist() == ["0.0 %", "50.0 %", "100.0 %"]
    assert rows["customers"].tolist() == ["0", "1", "1"]
    assert [text.strip() for text in rows["short"]] == ["£0", "£150", "£600"]


def test_amounts_stand_beside_the_longer_of_the_two_bars():
    assert revenue_parts(PART, COLOURS, whole=WHOLE)[0]["end"].tolist() == [100.0, 300.0, 600.0]


def test_the_axis_leaves_room_for_the_amounts():
    fig = hv.renderer("bokeh").get_plot(revenue_by_segment(WHOLE, COLOURS)).state
    assert fig.x_range.start == 0
    assert fig.x_range.end > 600 * 1.15


def test_shares_fill_each_bar_from_the_best_segment_on():
    (bars,) = glyph_data(segment_share(WHOLE, COLOURS), "Quad")
    assert list(bars["segment"]) == ["Gold", "Silver", "Bronze"] * 2
    assert [float(x) for x in bars["right"]] == pytest.approx([0.125, 0.5, 1.0, 0.6, 0.9, 1.0], abs=0.0021)
    assert [float(x) for x in bars["left"]] == pytest.approx([0.0, 0.125, 0.5, 0.0, 0.6, 0.9], abs=0.0021)


def test_the_texts_of_the_share_bars():
    rows = share_parts(WHOLE, COLOURS, currency="£")[0]
    assert rows["percent"].tolist() == ["12.5 %", "37.5 %", "50.0 %", "60.0 %", "30.0 %", "10.0 %"]
    assert rows["amount"].tolist()[1:] == ["3 customers", "4 customers", "£600.00", "£300.00", "£100.00"]


def test_one_customer_is_not_plural():
    assert share_parts(WHOLE, COLOURS)[0]["amount"][0] == "1 customer"


def test_a_part_too_narrow_for_its_percentage_has_none():
    rows = share_parts(profile(("Gold", 99, 0.99, 1.0, 0.01), ("Silver", 1, 0.01, 99.0, 0.99)), COLOURS)[0]
    assert [bool(text) for text in rows["text"]] == [True, False, False, False, True, False]


def test_a_segment_without_customers_keeps_its_place_with_no_width():
    rows = share_parts(PART, COLOURS)[0]
    bronze = rows[rows["segment"] == "Bronze"]
    assert (bronze["right"] - bronze["left"]).tolist() == pytest.approx([0.0, 0.0])


@pytest.mark.parametrize("segments", [0, 1, 3])
def test_percentages_of_equal_shares_have_the_column_that_says_where_they_fit(segments):
    names = list("abc")[:segments]
    shown = pd.DataFrame({"segment": names, "customers": [3] * segments, "revenue": [1.0] * segments})
    colours = dict(zip(names, ("#4477aa", "#ee6677", "#228833"), strict=False))
    plot = hv.renderer("bokeh").get_plot(segment_share(shown, colours))
    *_, texts = plot.subplots.values()
    assert texts.handles["source"].data["text_alpha"].tolist() == pytest.approx([1 / max(segments, 1)] * 2 * segments)
