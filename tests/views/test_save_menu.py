"""Charts saved from their cards: the numbers as CSV, and what the browser is asked for."""

from __future__ import annotations

import io

import pandas as pd
import pytest
from states_shown import six

from segdash.reports.csv_file import csv_file
from segdash.state import Segmentation
from segdash.views import VIEWS


@pytest.fixture
def state():
    """Gold a and b, Silver c and d, Bronze e and f."""
    return Segmentation(six(), currency="£")


def shown(name, state):
    view = VIEWS[name](state)
    root = view.__panel__().get_root()
    return view, root


def numbers(menu):
    table, headings = menu.table()
    return pd.read_csv(csv_file(table, headings=headings))


@pytest.mark.parametrize("name", ["SegmentShare", "SegmentRevenue"])
def test_the_bars_as_numbers(state, name):
    view, _ = shown(name, state)
    saved = numbers(view.save)
    assert list(saved) == ["Segment", "Customers", "Share of customers", "Revenue", "Share of revenue"]
    assert saved["Revenue"].tolist() == [1750.0, 380.0, 30.0]
    state.select(["a", "c"])
    assert numbers(view.save)["Revenue"].tolist() == [900.0, 200.0]


def test_the_boxes_as_numbers(state):
    view, _ = shown("BoxPlot", state)
    saved = numbers(view.save).set_index("Segment")
    # Gold spent 850 and 900: 5 % of the way between them is 852.5.
    assert saved.loc["Gold", ["5%", "25%", "50%", "75%", "95%"]].tolist() == [852.5, 862.5, 875.0, 887.5, 897.5]
    assert saved["Customers"].tolist() == [2, 2, 2]
    assert view.save.name == "Monetary by segment"


def test_the_scatter_as_numbers(state):
    view, _ = shown("Scatter", state)
    state.change(x="age", segment_filter=["Gold", "Silver"])
    saved = numbers(view.save)
    assert saved["Customer"].tolist() == ["a", "b", "c", "d"]
    assert "Selected" not in saved
    assert saved.iloc[2, 1:].tolist() == ["Silver", 50.0, 200.0]
    state.select(["e", "b"])
    assert numbers(view.save)["Selected"].tolist() == ["no", "yes", "no", "no"]
    state.change(x="monetary")
    assert numbers(view.save).shape == (4, 4)


@pytest.mark.parametrize("name", ["SegmentShare", "SegmentRevenue", "BoxPlot", "Scatter"])
def test_what_is_chosen_in_the_menu_is_asked_of_the_browser_by_the_figure_s_mark(state, name):
    view, root = shown(name, state)
    (plot,) = view.plot.plots
    post = next(model for model in root.references() if model.id == view.save.post._models[root.ref["id"]][0].id)
    assert "change:tags" in post.js_property_callbacks
    view.save.ask("PNG")
    assert post.tags[:4] == ["png", view.save.name, *plot.state.css_classes, ""]
    before = list(post.tags)
    view.save.ask("PNG")
    assert post.tags != before
    view.save.ask("CSV")
    kind, _, _, text, _ = post.tags
    assert kind == "csv"
    assert len(pd.read_csv(io.StringIO(text))) == len(numbers(view.save))


def test_a_figure_that_is_drawn_anew_keeps_its_mark(state):
    view, _ = shown("SegmentShare", state)
    state.currency = "$"
    assert [plot.state.css_classes for plot in view.plot.plots] == [[view.plot.mark]]
