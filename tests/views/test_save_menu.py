"""Charts saved from their cards: the numbers as CSV, and what the browser is asked for."""

from __future__ import annotations

import io

import numpy as np
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


def test_a_study_is_saved_once_there_is_one():
    rng = np.random.default_rng(0)
    spend = np.concatenate([rng.normal(20, 1, 30), rng.normal(900, 20, 30)])
    table = pd.DataFrame({"customer_id": [str(i) for i in range(60)], "recency": 10 + spend / 90, "frequency": 3})
    view, _ = shown("SegmentStudy", Segmentation(table.assign(monetary=spend), method="k_means", n_segments=2))
    assert not view.save.button.visible
    view.begin.clicks += 1
    assert view.save.button.visible
    saved = numbers(view.save)
    assert list(saved.columns[:2]) == ["Segments", "Silhouette"]
    assert saved["Segments"].tolist() == list(range(2, 11))
    assert saved["Silhouette"].idxmax() == 0


def test_a_comparison_is_saved_as_its_pairs(state):
    state.keep("Before")
    view, _ = shown("Comparison", state)
    view.against.value = view.against.options[next(t for t in view.against.options if "Before" in t)]
    view.compare.clicks += 1
    assert [numbers(menu).to_numpy().tolist() for menu in view.shown.saves] == 2 * [
        [["Gold", "Gold", 2, 1750.0], ["Silver", "Silver", 2, 380.0], ["Bronze", "Bronze", 2, 30.0]]
    ]
