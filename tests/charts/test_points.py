from __future__ import annotations

import holoviews as hv
import numpy as np
import pandas as pd
import pytest
from bokeh.models import BoxSelectTool, LassoSelectTool, LinearScale, LogScale, PanTool, TapTool, WheelZoomTool

from segdash.charts.figure import axis_range, is_skewed, round_ticks
from segdash.charts.points import drawing_order, point_sizes, scatter, set_axis
from segdash.charts.shades import shade

COLOURS = {"Gold": "#111111", "Silver": "#222222"}


@pytest.fixture
def customers():
    return pd.DataFrame(
        {
            "customer_id": ["a", "b", "c", "d"],
            "recency": [1, 10, 100, 50],
            "frequency": [4, 3, 2, 1],
            "monetary": [100.0, 0.0, 25.0, 400.0],
            "segment": pd.Categorical(["Gold", "Silver", "Silver", "Silver"], list(COLOURS), ordered=True),
        }
    )


def drawn(customers, **settings):
    return hv.renderer("bokeh").get_plot(scatter(customers, COLOURS, **settings)).state


def test_there_is_a_point_per_customer_with_every_metric(customers):
    data = drawn(customers).renderers[0].data_source.data
    assert list(data["customer_id"]) == ["a", "b", "c", "d"]
    assert list(data["recency"]) == [1, 10, 100, 50]
    assert list(data["frequency"]) == [4, 3, 2, 1]
    assert list(data["monetary"]) == [100.0, 0.0, 25.0, 400.0]


@pytest.mark.parametrize("tool", [BoxSelectTool, LassoSelectTool, TapTool, PanTool, WheelZoomTool])
def test_points_can_be_selected_moved_and_zoomed(customers, tool):
    assert any(isinstance(one, tool) for one in drawn(customers).tools)


def test_a_box_is_what_a_drag_makes(customers):
    assert isinstance(drawn(customers).toolbar.active_drag, BoxSelectTool) or any(
        isinstance(one, BoxSelectTool) for one in np.atleast_1d(drawn(customers).toolbar.active_multi)
    )


def test_axes_show_every_customer_with_a_margin(customers):
    fig = drawn(customers)
    assert (fig.x_range.start, fig.x_range.end) == pytest.approx((1 - 0.04 * 99, 100 + 0.04 * 99))
    assert (fig.x_range.reset_start, fig.x_range.reset_end) == (fig.x_range.start, fig.x_range.end)


def test_a_log_axis_is_logarithmic(customers):
    fig = drawn(customers, log_x=True)
    assert isinstance(fig.x_scale, LogScale)
    assert isinstance(fig.y_scale, LinearScale)
    assert 0 < fig.x_range.start < 1


def test_an_axis_of_a_drawn_scatter_can_be_changed(customers):
    fig = drawn(customers)
    set_axis(fig, "x", np.array([1.0, 10.0]), "Orders", log=True)
    assert fig.xaxis[0].axis_label == "Orders"
    assert isinstance(fig.x_scale, LogScale)
    assert fig.x_range.start == pytest.approx(10**-0.04)
    set_axis(fig, "x", np.array([1.0, 10.0]), "Orders", log=False)
    assert isinstance(fig.x_scale, LinearScale)
    assert fig.x_range.end == pytest.approx(10.36)


def test_small_segments_are_drawn_last(customers):
    assert drawing_order(customers).tolist() == [1, 2, 3, 0]


def test_area_follows_spend_up_to_the_99th_percentile():
    spend = pd.DataFrame({"monetary": [0.0, 25.0, 100.0, 100.0]})
    assert point_sizes(spend, True).tolist() == pytest.approx([4.0, 15.0, 26.0, 26.0])


@pytest.mark.parametrize("spend", [[], [0.0, 0.0], [5.0]])
def test_sizes_where_spend_says_nothing(spend):
    sizes = point_sizes(pd.DataFrame({"monetary": spend}), True)
    assert len(sizes) == len(spend)
    assert np.isfinite(sizes).all()


def test_sizes_are_alike_unless_asked(customers):
    assert len(set(point_sizes(customers, False))) == 1


@pytest.mark.parametrize(
    ("values", "log", "ends"),
    [
        ([], False, (0.0, 1.0)),
        ([], True, (1.0, 10.0)),
        ([np.nan, np.inf], False, (0.0, 1.0)),
        ([0.0, -5.0], True, (1.0, 10.0)),
        ([5.0], False, (4.5, 5.5)),
        ([0.0], False, (-0.5, 0.5)),
        ([-10.0, -10.0], False, (-11.0, -9.0)),
        ([0.0, 1.0, np.nan], False, (-0.04, 1.04)),
        ([0.0, 10.0], True, (10**0.9, 10**1.1)),
    ],
)
def test_the_ends_of_an_axis(values, log, ends):
    assert axis_range(np.array(values, dtype=float), log=log) == pytest.approx(ends)


def test_skewed_means_above_zero_with_a_long_tail():
    assert is_skewed(np.array([1.0, 1.0, 9.0]))
    assert not is_skewed(np.array([1.0, 1.0, 8.0]))
    assert not is_skewed(np.array([0.0, 1.0, 900.0]))
    assert not is_skewed(np.array([np.nan]))


@pytest.mark.parametrize(("low", "high"), [(1.0, 1.0001), (3.1, 3.2), (1e-9, 1e9), (0.2, 7.0)])
def test_ticks_of_a_log_axis_are_inside_it(low, high):
    ticks = round_ticks(low, high)
    assert all(low <= tick <= high for tick in ticks)
    assert len(ticks) <= 30


@pytest.mark.parametrize("ends", [(3.1, 3.2), (22.0, 45.0), (1.1, 1.9)])
def test_a_short_log_axis_still_has_a_tick_or_two(ends):
    assert len(round_ticks(*ends)) >= 1


def test_shades_are_the_segments_colours_where_customers_are_and_nothing_elsewhere():
    # One Gold customer at the lower left, one Silver at the upper right.
    table = pd.DataFrame(
        {
            "recency": [1.0, 9.0],
            "monetary": [1.0, 9.0],
            "segment": pd.Categorical(["Gold", "Silver"], ["Gold", "Silver"], ordered=True),
        }
    )
    colours = {"Gold": "#FF0000", "Silver": "#0000FF"}
    pixels = shade(table, colours, "recency", "monetary", (0, 10), (0, 10), size=(100, 100))
    rgba = pixels.view(np.uint8).reshape(100, 100, 4)
    assert rgba[10, 10, 3] > 0
    assert rgba[10, 10, 0] > rgba[10, 10, 2]
    assert rgba[90, 90, 2] > rgba[90, 90, 0]
    assert (rgba[40:60, 40:60, 3] == 0).all()


def test_customers_outside_a_selection_are_grey():
    table = pd.DataFrame(
        {"recency": [5.0], "monetary": [5.0], "segment": pd.Categorical(["Gold"], ["Gold"], ordered=True)}
    )
    pixels = shade(
        table, {"Gold": "#FF0000"}, "recency", "monetary", (0, 10), (0, 10), lit=np.array([False]), size=(100, 100)
    )
    red, green, blue, alpha = (int(part) for part in pixels.view(np.uint8).reshape(100, 100, 4)[50, 50])
    assert alpha > 0
    assert max(red, green, blue) - min(red, green, blue) < 40
