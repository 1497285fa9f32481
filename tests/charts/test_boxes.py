from __future__ import annotations

import holoviews as hv
import pandas as pd
import pytest
from bokeh.models import NoOverlap

from segdash.charts.boxes import box_parts, box_plot

COLOURS = {"Gold": "#111111", "Silver": "#222222"}
SUMMARY = pd.DataFrame(
    [["Gold", 1.0, 2.0, 4.0, 8.0, 16.0, 30, 3], ["Silver", 10.0, 20.0, 40.0, 80.0, 1600.5, 1200, 0]],
    columns=["segment", "low", "q1", "median", "q3", "high", "customers", "beyond"],
)


def test_whiskers_then_boxes_then_medians_from_the_best_segment_on():
    (rows,) = box_parts(SUMMARY, COLOURS, limits=(0.0, 100.0))
    assert rows["segment"].tolist() == ["Gold", "Silver"] * 3
    assert rows["left"].tolist() == pytest.approx([1.0, 10.0, 2.0, 20.0, 3.5, 39.5])
    assert rows["right"].tolist() == pytest.approx([16.0, 1600.5, 8.0, 80.0, 4.5, 40.5])


def test_the_best_segment_is_at_the_top():
    (rows,) = box_parts(SUMMARY, COLOURS, limits=(0.0, 100.0))
    middle = (rows["bottom"] + rows["top"]) / 2
    assert middle.tolist() == pytest.approx([1.0, 0.0] * 3)


def test_the_median_on_a_log_axis_is_one_percent_of_it_wide():
    (rows,) = box_parts(SUMMARY, COLOURS, limits=(1.0, 10_000.0), log=True)
    # 10,000 ** 0.01
    assert (rows["right"] / rows["left"])[4] == pytest.approx(1.0965, abs=1e-4)


def test_the_texts_of_the_boxes():
    (rows,) = box_parts(SUMMARY, COLOURS, limits=(0.0, 1.0), decimals=1)
    silver = rows.iloc[1]
    assert (silver["at_median"], silver["half"], silver["span"]) == ("40.0", "20.0 to 80.0", "10.0 to 1,600.5")
    assert (silver["customers"], silver["beyond"]) == ("1,200", "0")


def test_the_axis_is_the_one_asked_for():
    fig = hv.renderer("bokeh").get_plot(box_plot(SUMMARY, COLOURS, log=True, limits=(0.5, 2000.0))).state
    assert (fig.x_range.start, fig.x_range.end) == (0.5, 2000.0)


def test_ticks_of_a_log_axis_are_round_and_inside_it():
    fig = hv.renderer("bokeh").get_plot(box_plot(SUMMARY, COLOURS, log=True, limits=(0.5, 2000.0))).state
    assert fig.xaxis[0].ticker.ticks == [1.0, 10.0, 100.0, 1000.0]


def test_labels_of_the_axis_give_way_to_one_another():
    fig = hv.renderer("bokeh").get_plot(box_plot(SUMMARY, COLOURS, log=True, limits=(0.5, 2000.0))).state
    assert isinstance(fig.xaxis[0].major_label_policy, NoOverlap)


def test_long_names_are_cut_on_the_axis_and_whole_in_the_hover():
    names = {"n" * 60: "#111111"}
    summary = SUMMARY.head(1).assign(segment="n" * 60)
    fig = hv.renderer("bokeh").get_plot(box_plot(summary, names)).state
    assert all(len(label) <= 18 for label in fig.yaxis[0].major_label_overrides.values())
    assert fig.renderers[0].data_source.data["segment"][0] == "n" * 60
