"""What the charts of cells, moves, distributions, profiles and time draw, against hand-worked numbers."""

from __future__ import annotations

import holoviews as hv
import numpy as np
import pandas as pd
import pytest

from segdash.charts import CHARTS
from segdash.charts.cells import score_parts
from segdash.charts.histograms import histogram_parts
from segdash.charts.history import timeline_parts
from segdash.charts.lorenz import concentration_parts
from segdash.charts.moves import contingency_parts, crossed
from segdash.charts.parallel import parallel_parts
from segdash.charts.periods import time_parts
from segdash.charts.streams import flow_parts
from segdash.charts.study import study_measures, study_parts
from segdash.charts.tints import tints
from segdash.errors import ChoiceError

COLOURS = {"Gold": "#111111", "Silver": "#222222"}

CELLS = pd.DataFrame(
    {
        "r": [1, 2, 2],
        "fm": [1, 1, 2],
        "customers": [1500, 0, 500],
        "revenue": [100.0, 0.0, 900.0],
        "mean_recency": [30.0, np.nan, 2.5],
        "segment": ["Silver", "Silver", "Gold"],
    }
)


def test_every_cell_has_a_row_from_the_lowest_scores_on():
    rows = score_parts(CELLS, COLOURS, levels=(2, 2), currency="£")[0]
    assert list(zip(rows["x"], rows["y"], strict=True)) == [(1, 1), (2, 1), (1, 2), (2, 2)]
    assert rows["segment"].tolist() == ["Silver", "Silver", "none", "Gold"]
    assert rows["counted"].tolist() == ["1,500", "0", "0", "500"]
    assert rows["text"].tolist() == ["1,500", "", "", "500"]
    assert rows["share"].tolist() == ["75.0 %", "0.0 %", "0.0 %", "25.0 %"]
    assert rows["amount"].tolist() == ["£100.00", "£0.00", "£0.00", "£900.00"]
    assert rows["said_0"].tolist() == ["30.00", "–", "–", "2.50"]


def test_a_cell_has_its_segments_colour_and_a_pale_one_where_nobody_is():
    colours = score_parts(CELLS, COLOURS, levels=(2, 2))[0]["color"].tolist()
    assert (colours[0], colours[3]) == ("#222222", "#111111")
    assert colours[1] == "#CECECE"  # 22 % of #222222 on white


def test_cells_by_a_number_are_stronger_where_it_is_larger():
    colours = score_parts(CELLS, COLOURS, levels=(2, 2), fill="revenue")[0]["color"].tolist()
    assert colours == tints([100.0, np.nan, np.nan, 900.0])


def test_a_count_too_long_for_its_cell_is_written_short():
    many = CELLS.assign(customers=[1_234_567, 0, 1])
    assert score_parts(many, COLOURS, levels=(5, 5))[0]["text"][0] == "1.23 M"


MOVES = pd.DataFrame(
    {
        "from": ["Gold", "Gold", "Silver", "Silver"],
        "to": ["Gold", "Silver", "Gold", "Silver"],
        "customers": [30, 10, 0, 60],
        "revenue": [300.0, 50.0, 0.0, 60.0],
    }
)


def test_shares_of_rows_and_columns():
    table = crossed(MOVES, COLOURS, COLOURS)
    assert table["from_share"].tolist() == [0.75, 0.25, 0.0, 1.0]
    assert table["to_share"].tolist() == pytest.approx([1.0, 1 / 7, 0.0, 6 / 7])
    assert table["share"].tolist() == [0.3, 0.1, 0.0, 0.6]


def test_a_pair_in_two_rows_is_added_up():
    table = crossed(pd.concat([MOVES, MOVES.head(1)]), COLOURS, COLOURS)
    assert table["customers"].tolist() == [60, 10, 0, 60]


@pytest.mark.parametrize(
    ("fill", "texts"),
    [
        ("customers", ["30", "10", "", "60"]),
        ("revenue", ["300", "50", "", "60"]),
        ("from_share", ["75", "25", "", "100"]),
        ("to_share", ["100", "14", "", "86"]),
    ],
)
def test_what_is_written_into_a_pair(fill, texts):
    rows = contingency_parts(MOVES, COLOURS, fill=fill)[0]
    assert rows["text"].tolist() == texts
    assert rows["y"].tolist() == [1, 1, 0, 0]
    assert rows["color"].nunique() == 4
    assert rows["color"][2] == "#FFFFFF"


def test_pairs_by_something_else_are_refused():
    with pytest.raises(ChoiceError, match="cannot be coloured by 'orders'"):
        contingency_parts(MOVES, COLOURS, fill="orders")


def test_streams_of_nobody_are_not_there():
    streams, ends = flow_parts(MOVES, COLOURS, currency="£")
    assert streams["customers"].tolist() == [30, 10, 60]
    # Numbered from the worst on the left to the best on the right.
    assert list(zip(streams["source"], streams["target"], strict=True)) == [(1, 3), (1, 2), (0, 2)]
    assert streams["stream_colour"].tolist() == ["#111111", "#111111", "#222222"]
    assert streams["amount"].tolist() == ["£300.00", "£50.00", "£60.00"]
    assert ends["label"].tolist() == ["Silver 60", "Gold 40", "Silver 70", "Gold 30"]


def test_a_segment_nobody_goes_to_has_no_end_there():
    _, ends = flow_parts(MOVES.tail(1), COLOURS)
    assert ends["label"].tolist() == ["Silver 60", "Silver 60"]


def test_the_best_segment_is_the_highest_stream():
    plot = hv.renderer("bokeh").get_plot(CHARTS["flows"](MOVES, COLOURS))
    nodes = plot.handles["quad_1_source"].data
    heights = dict(zip(nodes["index"], nodes["y0"], strict=True))
    assert heights[1] > heights[0]
    assert heights[3] > heights[2]


COUNTS = pd.DataFrame(
    {
        "segment": ["Gold", "Gold", "Silver", "Silver"],
        "left": [0.5, 1.5, 0.5, 1.5],
        "right": [1.5, 2.5, 1.5, 2.5],
        "customers": [1, 3, 2, 0],
    }
)


def test_stacked_bars_begin_with_the_worst_segment():
    rows = histogram_parts(COUNTS, COLOURS, metric="frequency")[0]
    assert rows["bottom"].tolist() == [2, 0, 0, 0]
    assert rows["top"].tolist() == [3, 3, 2, 0]
    assert rows["span"].tolist() == ["1", "2", "1", "2"]
    assert rows["share"].tolist() == ["25.0 %", "75.0 %", "100.0 %", "0.0 %"]


def test_bars_apart_reach_the_same_height_in_every_segment():
    rows = histogram_parts(COUNTS, COLOURS, apart=True)[0]
    assert rows["bottom"].tolist() == [1, 1, 0, 0]
    assert (rows["top"] - rows["bottom"]).tolist() == pytest.approx([0.86 / 3, 0.86, 0.86, 0])


def test_the_marks_of_the_top_customers():
    curve = pd.DataFrame({"customers": np.linspace(0, 1, 101), "revenue": np.linspace(0, 1, 101) ** 2})
    _, _, line, marks, _, written = concentration_parts(curve, gini=0.3333)
    assert marks["said"].tolist() == ["top 20 %: 36 %", "top 10 %: 19 %", "top 1 %: 2 %"]
    assert line.iloc[80][["lowest", "brings", "top", "top_brings"]].tolist() == [
        "the lowest 80.0 %",
        "64.0 %",
        "the top 20.0 %",
        "36.0 %",
    ]
    assert written["text"].tolist() == ["Gini 0.33"]


STANDING = pd.DataFrame(
    {
        "segment": ["Gold"] * 3 + ["Silver"] * 3,
        "metric": ["recency", "frequency", "monetary"] * 2,
        "standing": [-1.0, 2.0, 3.0, 0.5, np.nan, -0.25],
        "value": [3.0, 9.5, 1234.5, 40.0, 1.0, 20.0],
        "base_value": [20.0, 4.0, 400.0] * 2,
    }
)


def test_lines_join_neighbouring_metrics_and_leave_gaps():
    _, lines, points = parallel_parts(STANDING, COLOURS, currency="£")
    assert lines[["left", "right"]].to_numpy().tolist() == [[0, 1], [1, 2]] * 2
    assert lines[["bottom", "top"]].to_numpy()[:2].tolist() == [[-1, 2], [2, 3]]
    assert lines[["bottom", "top"]].iloc[2:].isna().all(axis=None)
    assert points["said"].tolist()[:3] == ["3.00", "9.50", "1,234.50"]
    assert points["distance"].tolist() == ["-1.00", "+2.00", "+3.00", "+0.50", "–", "-0.25"]
    assert points["metric"][2] == "Monetary (total spend, £)"


PERIODS = pd.DataFrame(
    {
        "period": pd.to_datetime(["2024-01-01", "2024-03-01", "2024-01-01", "2024-02-01"]),
        "segment": ["Gold", "Gold", "Silver", "Silver"],
        "orders": [2, 1, 4, 5],
        "revenue": [10.0, 30.0, -8.0, 20.0],
    }
)


def test_a_gap_is_a_gap():
    _, lines, points = time_parts(PERIODS, COLOURS, currency="£")
    assert points["x"].dt.month.tolist() == [1, 2, 3] * 2
    assert points["y"].tolist() == pytest.approx([10, np.nan, 30, -8, 20, np.nan], nan_ok=True)
    # Gold is never two months in a row, Silver is once.
    assert lines[["bottom", "top"]].dropna().to_numpy().tolist() == [[-8.0, 20.0]]
    assert points["when"][0] == "January 2024"
    assert points["each"].tolist() == ["£5.00", "–", "£30.00", "-£2.00", "£4.00", "–"]


def test_stacked_bars_go_down_where_revenue_is_negative():
    bars, _, _ = time_parts(PERIODS, COLOURS, stacked=True)
    ends = bars[["bottom", "top"]].to_numpy().tolist()
    assert ends[0] == [0, 10]  # Gold in January, above 0
    assert ends[3] == [-8, 0]  # Silver in January
    assert np.isnan(ends[1]).all()
    assert ends[4] == [0, 20]


def test_weeks_in_which_nobody_ordered_are_gaps_too():
    weeks = PERIODS.head(1).assign(period=pd.to_datetime(["2024-01-01"]))
    weeks = pd.concat([weeks, weeks.assign(period=pd.to_datetime(["2024-01-22"]))])
    points = time_parts(weeks, COLOURS, every="week", value="orders")[2]
    assert points["x"].dt.day.tolist() == [1, 8, 15, 22] * 2
    assert points["y"].tolist()[:4] == pytest.approx([2, np.nan, np.nan, 2], nan_ok=True)
    assert points["when"][1] == "week of 8 January 2024"


def test_another_value_over_time_is_refused():
    with pytest.raises(ChoiceError, match="called 'customers'"):
        CHARTS["over_time"](PERIODS, COLOURS, value="customers")


def test_a_customers_orders_in_the_order_of_time():
    orders = pd.DataFrame(
        {
            "ordered_at": pd.to_datetime(["2024-03-05 14:30", "2024-03-01 00:00"]),
            "amount": [-5.0, 20.0],
            "kind": ["refund", "order"],
        }
    )
    _, stems, dots = timeline_parts(orders, currency="£")
    assert dots["when"].tolist() == ["1 March 2024", "5 March 2024, 14:30"]
    assert dots["said"].tolist() == ["£20.00", "-£5.00"]
    assert stems["top"].tolist() == [20.0, -5.0]
    assert dots["color"].tolist() == ["#2456A6", "#B8702A"]


def test_times_with_a_zone_are_drawn_as_they_are_written():
    orders = pd.DataFrame(
        {"ordered_at": pd.to_datetime(["2024-03-05 14:30+02:00"]), "amount": [1.0], "kind": ["order"]}
    )
    assert timeline_parts(orders)[2]["when"].tolist() == ["5 March 2024, 14:30"]


STUDY = pd.DataFrame({"k": [3, 2], "silhouette": [0.5, 0.4], "smallest_share": [0.125, 0.3], "other": [1, 2]})


def test_a_study_has_a_panel_for_each_measure_it_knows():
    assert study_measures(STUDY) == ["silhouette", "smallest_share"]
    mark, line, points, *_ = study_parts(STUDY, recommended=3)
    assert mark["left"].tolist() == [3.0]
    assert line["k"].tolist() == [2.0, 3.0]
    assert line["value"].tolist() == [0.4, 0.5]
    assert points["said_k"].tolist() == ["2", "3 (recommended)"]
    assert points["size"].tolist() == [6.0, 11.0]
    assert study_parts(STUDY)[5]["said"].tolist() == ["30.0 %", "12.5 %"]


def test_nothing_is_marked_where_nothing_is_recommended():
    assert study_parts(STUDY)[0]["left"].isna().all()
    assert study_parts(STUDY, recommended=9)[0]["left"].isna().all()
