"""A rename, another colour or order: what is drawn is told, and no figure is drawn anew."""

from __future__ import annotations

import panel as pn
import pytest
from bokeh.plotting import figure
from states_shown import six

from segdash import views
from segdash.state import Segmentation
from segdash.views.live import LivePlot

PARTS = ("SegmentShare", "SegmentRevenue", "Scatter", "ProfileTable", "BoxPlots", "Insights", "CustomerTable")


@pytest.fixture
def charts(monkeypatch):
    """The page's charts as they stand in a browser, their state, and the figures drawn anew since."""
    state = Segmentation(six().drop(columns="cluster"), n_segments=3, starts=2)
    root = pn.Column(*(getattr(views, name)(state) for name in PARTS)).get_root()
    anew = []
    draw = LivePlot._element
    monkeypatch.setattr(LivePlot, "_element", lambda plot: anew.append(plot.mark) or draw(plot))
    return root, state, anew


def figures(root):
    found = {fig.name: fig for fig in root.select({"type": figure}) if fig.name}
    assert {"segment_share", "revenue_by_segment", "scatter", "box_plot"} <= set(found)
    return found


def drawn_segments(root):
    """Segments, best to worst, as each figure has them; and their colours."""
    found = figures(root)
    share = found["segment_share"].renderers[0].data_source.data
    bars = found["revenue_by_segment"].renderers[1].data_source.data
    boxes, scatter = found["box_plot"], found["scatter"].renderers[0]
    names = {
        tuple(share["segment"][:3]),
        tuple(found["revenue_by_segment"].y_range.factors[::-1]),
        tuple(bars["segment"][::-1]),
        tuple(boxes.yaxis[0].major_label_overrides[place] for place in boxes.yaxis[0].ticker.ticks),
        tuple(scatter.glyph.fill_color.transform.factors),
    }
    colours = {
        tuple(share["color"][:3]),
        tuple(bars["color"][::-1]),
        tuple(boxes.renderers[0].data_source.data["color"][:3]),
        tuple(scatter.glyph.fill_color.transform.palette),
        tuple(scatter.nonselection_glyph.fill_color.transform.palette),
    }
    assert len(names) == len(colours) == 1
    return dict(zip(*names, *colours, strict=True))


def test_a_rename_another_colour_and_another_order_draw_no_figure_anew(charts):
    root, state, anew = charts
    before = figures(root)
    first, _, last = state.segment_table["automatic"]
    assert drawn_segments(root) == state.colours
    state.segments = {first: {"name": "Gold"}}
    assert next(iter(drawn_segments(root))) == "Gold"
    assert set(before["scatter"].renderers[0].data_source.data["segment"]) == set(state.colours)
    state.segments = {first: {"name": "Gold", "color": "#112233"}, last: {"order": 1}}
    assert drawn_segments(root)["Gold"] == "#112233"
    assert (
        list(drawn_segments(root))
        == list(state.colours)
        == [last, "Gold", *[n for n in state.colours if n not in (last, "Gold")]]
    )
    assert anew == []
    assert figures(root) == before


def test_a_rename_leaves_the_ranges_where_somebody_looks_closer(charts):
    root, state, _ = charts
    fig = figures(root)["scatter"]
    fig.x_range.update(start=5, end=20)
    state.segments = {state.segment_table["automatic"].iloc[0]: {"name": "Gold"}}
    assert (fig.x_range.start, fig.x_range.end) == (5, 20)


def test_another_number_of_segments_draws_no_figure_anew(charts):
    root, state, anew = charts
    state.n_segments = 2
    found = figures(root)
    assert len(state.colours) == 2
    assert found["revenue_by_segment"].y_range.factors == list(state.colours)[::-1]
    boxes = found["box_plot"]
    assert boxes.yaxis[0].major_label_overrides == dict(enumerate(reversed(state.colours)))
    # 30 and 34 pixels a segment, under 56 and 40 of the rest.
    assert (boxes.height, found["revenue_by_segment"].height) == (116, 108)
    assert (boxes.y_range.start, boxes.y_range.end) == (-0.6, 1.6)
    assert set(found["scatter"].renderers[0].data_source.data["segment"]) == set(state.colours)
    assert anew == []


def test_a_segment_that_is_alone_and_called_like_a_colour_is_drawn_in_its_own():
    state = Segmentation(six())
    state.segment_filter = ["Gold"]
    root = views.Scatter(state).__panel__().get_root()
    glyph = root.select_one({"name": "scatter"}).renderers[0].glyph
    assert (
        dict(zip(glyph.fill_color.transform.factors, glyph.fill_color.transform.palette, strict=True)) == state.colours
    )
    state.segment_filter = []
    assert glyph.fill_color.field == "segment"
