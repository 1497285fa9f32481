"""A chart as a page of its own: whole, harmless, and asking nobody."""

from __future__ import annotations

import base64
import re

import pandas as pd
import pytest
from bokeh.models import CustomJS

from segdash.charts import CHARTS
from segdash.reports.chart_page import chart_page
from segdash.reports.picture_script import save_picture

HOSTILE = "</script><img src=x onerror=alert(1)>"
PROFILE = pd.DataFrame({"segment": [HOSTILE], "customers": [3], "revenue": [30.0]})


@pytest.fixture(scope="module")
def page():
    chart = CHARTS["treemap"](PROFILE, {HOSTILE: "#705DB3"})
    content = chart_page(chart, title=HOSTILE, note=HOSTILE, table=PROFILE, dark=True)
    return content.read().decode("utf-8")


def test_text_from_data_is_never_markup(page):
    assert "<img" not in page
    assert page.count("&lt;img src=x onerror=alert(1)&gt;") >= 4  # title, heading, note, chart


def test_the_page_asks_no_other_machine(page):
    assert not re.findall(r"<(?:script|link|img|iframe)[^>]+(?:src|href)=", page)
    assert "@import" not in page
    assert "Bokeh" in page


def test_it_is_dark_where_asked(page):
    assert "background: #171C22; color: #E6EAF0" in page


def test_the_numbers_are_in_it_as_csv_that_does_nothing(page):
    (content,) = re.findall(r'href="data:text/csv;charset=utf-8;base64,([^"]+)"', page)
    text = base64.b64decode(content).decode("utf-8-sig")
    assert text == f"segment,customers,revenue\n{HOSTILE},3,30.0\n"


def test_there_are_buttons_for_both_kinds_of_picture(page):
    assert re.findall(r'data-kind="(\w+)"', page) == ["png", "svg"]


def test_a_layout_is_a_page_too():
    study = pd.DataFrame({"k": [2, 3], "inertia": [2.0, 1.0], "silhouette": [0.5, 0.4]})
    page = chart_page(CHARTS["segment_study"](study), title="Study").read().decode("utf-8")
    assert "Silhouette" in page
    assert "The numbers as CSV" not in page


def test_a_picture_is_saved_from_what_is_shown():
    from bokeh.plotting import figure

    shown = figure()
    script = save_picture(shown, "svg", "Q1: all")
    assert isinstance(script, CustomJS)
    assert script.args == {"shown": shown, "kind": "svg", "name": "Q1: all"}
    assert "view.export(kind)" in script.code
