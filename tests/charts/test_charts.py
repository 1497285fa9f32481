"""What every registered chart must do, whatever it shows."""

from __future__ import annotations

import datetime as dt
from itertools import product

import holoviews as hv
import numpy as np
import pandas as pd
import pytest
from bokeh.models import HoverTool

from segdash.charts import CHARTS
from segdash.palette import colours_for
from segdash.profile import box_summary, segment_profile

HOSTILE = "<img src=x onerror=alert(1)>"
LONG = "n" * 60
EMOJI = "🦊 Füchse & Co. {x} @y %z"


def customers(names, per_segment=3):
    rng = np.random.default_rng(0)
    n = per_segment * len(names)
    return pd.DataFrame(
        {
            "customer_id": [f"{HOSTILE}{i}" for i in range(n)],
            "recency": rng.integers(1, 300, n),
            "frequency": rng.integers(1, 9, n),
            "monetary": rng.exponential(100, n).round(2) + 1,
            HOSTILE: rng.random(n),
            "country": [EMOJI] * n,
            "segment": pd.Categorical(np.repeat(np.array(names, dtype=object), per_segment), list(names), ordered=True),
        }
    )


NAMES = {
    "three segments": ("Gold", "Silver", "Bronze"),
    "one segment": ("Everyone",),
    "ten segments": tuple(f"Segment {i}" for i in range(10)),
    "hostile names": (HOSTILE, LONG, EMOJI),
}

TABLES = {
    **{case: customers(names) for case, names in NAMES.items()},
    "no customers": customers(NAMES["three segments"]).iloc[:0],
    "no customers and no segments": customers(("x",)).iloc[:0].assign(segment=pd.Categorical([], [], ordered=True)),
    "one customer": customers(("Everyone",), per_segment=1),
    "one segment of three is empty": customers(NAMES["three segments"]).iloc[:6],
    "customers alike": customers(NAMES["three segments"]).assign(recency=5, monetary=7.0),
    "no revenue": customers(NAMES["three segments"]).assign(monetary=0.0),
}


def colours(table):
    return colours_for([str(name) for name in table["segment"].cat.categories])


def whole(table):
    """The same segments, as if a filter had left some customers out."""
    names = list(table["segment"].cat.categories)
    return segment_profile(customers(names), []) if names else segment_profile(table, [])


def ledger(table):
    """A ledger whose reasons are the segments, the first of them kept."""
    names = [str(name) for name in table["segment"].cat.categories]
    n = len(names)
    money = [10.0 * (-1) ** i for i in range(n)]
    return pd.DataFrame({"reason": names, "kept": [i == 0 for i in range(n)], "rows": 1, "money": money}).astype(
        {"kept": bool}
    )


# How each chart is called: chart -> {variant: function of customers}.
CALLS = {
    "day_calendar": {
        "plain": lambda t: CHARTS["day_calendar"]({dt.date(2024, 1, 1 + i): i + 1 for i in range(min(len(t), 28))}),
    },
    "ledger_waterfall": {
        "plain": lambda t: CHARTS["ledger_waterfall"](ledger(t)),
        "dark": lambda t: CHARTS["ledger_waterfall"](ledger(t), currency="£", dark=True),
    },
    "box_plot": {
        "plain": lambda t: CHARTS["box_plot"](box_summary(t, "recency"), colours(t)),
        "log": lambda t: CHARTS["box_plot"](box_summary(t, "recency"), colours(t), log=True, decimals=0),
    },
    "revenue_by_segment": {
        "plain": lambda t: CHARTS["revenue_by_segment"](segment_profile(t, []), colours(t)),
        "dark, against the whole": lambda t: CHARTS["revenue_by_segment"](
            segment_profile(t, []), colours(t), whole=whole(t), currency="£", dark=True
        ),
    },
    "scatter": {
        "plain": lambda t: CHARTS["scatter"](t, colours(t)),
        "log": lambda t: CHARTS["scatter"](t, colours(t), log_x=True, log_y=True, currency="£"),
        "hostile columns": lambda t: CHARTS["scatter"](
            t, colours(t), x=HOSTILE, y="frequency", metrics=[HOSTILE, "frequency"], attributes=["country"]
        ),
        "one metric on both axes": lambda t: CHARTS["scatter"](t, colours(t), x="recency", y="recency"),
    },
    "segment_share": {
        "plain": lambda t: CHARTS["segment_share"](segment_profile(t, []), colours(t), currency="£"),
    },
    "shaded_scatter": {
        "plain": lambda t: CHARTS["shaded_scatter"](t, colours(t)),
        "log, some lit": lambda t: CHARTS["shaded_scatter"](
            t, colours(t), log_x=True, log_y=True, lit=np.arange(len(t)) % 2 == 0, currency="£"
        ),
    },
}
EVERY = [(chart, variant) for chart, variants in CALLS.items() for variant in variants]
FEW = ("three segments", "ten segments", "hostile names", "no customers and no segments")
DRAWN = [(*every, case) for every, case in product(EVERY, TABLES) if every[1] == "plain" or case in FEW]
OF_ROWS = {"day_calendar", "ledger_waterfall"}  # these show rows of a file, not segments
NOT_HOVERED = {"shaded_scatter"}  # a picture of counts has no customers to name


def rendered(element):
    return hv.renderer("bokeh").get_plot(element)


def test_every_chart_is_called_here():
    assert set(CALLS) == set(CHARTS)


@pytest.mark.parametrize(("chart", "variant", "case"), DRAWN)
def test_every_chart_draws(chart, variant, case):
    fig = rendered(CALLS[chart][variant](TABLES[case])).state
    assert len(fig.renderers) >= 1
    described = fig.html_attributes["aria-label"]
    assert described


@pytest.mark.parametrize("chart", [name for name in CALLS if name not in NOT_HOVERED])
def test_every_chart_says_who_and_how_much_on_hover(chart):
    fig = rendered(CALLS[chart]["plain"](TABLES["three segments"])).state
    tips = [tool.tooltips for tool in fig.tools if isinstance(tool, HoverTool)]
    assert len(tips) == 1
    # A list of pairs is written as text by the browser; a string would be markup.
    assert all(isinstance(row, tuple) and len(row) == 2 for row in tips[0])
    assert ("Rows" if chart in OF_ROWS else "Segment") in dict(tips[0])


@pytest.mark.parametrize("chart", [name for name in CALLS if name not in NOT_HOVERED])
def test_every_column_named_in_a_hover_is_there(chart):
    import re

    fig = rendered(CALLS[chart]["plain"](TABLES["three segments"])).state
    (tool,) = [tool for tool in fig.tools if isinstance(tool, HoverTool)]
    sources = [
        renderer.data_source.data for renderer in (fig.renderers if tool.renderers == "auto" else tool.renderers)
    ]
    for _, field in tool.tooltips:
        name = re.match(r"@(?:\{(.+?)\}|(\w+))", field)
        assert any((name[1] or name[2]) in data for data in sources), field


@pytest.mark.parametrize("chart", ["scatter", "shaded_scatter"])
def test_a_scatter_is_called_scatter_and_labels_its_axes_with_units(chart):
    fig = rendered(CHARTS[chart](TABLES["three segments"], colours(TABLES["three segments"]), currency="£")).state
    assert fig.name == "scatter"
    assert fig.xaxis[0].axis_label == "Recency (days since last order)"
    assert fig.yaxis[0].axis_label == "Monetary (total spend, £)"


@pytest.mark.parametrize("chart", CALLS)
def test_every_chart_leaves_its_table_as_it_is(chart):
    table = customers(NAMES["three segments"])
    before = table.copy(deep=True)
    rendered(CALLS[chart]["plain"](table))
    pd.testing.assert_frame_equal(table, before)


@pytest.mark.parametrize("chart", CALLS)
def test_no_chart_has_a_logo(chart):
    fig = rendered(CALLS[chart]["plain"](TABLES["three segments"])).state
    assert fig.toolbar.logo is None


def test_an_unknown_chart_is_an_attribute_error_that_names_the_nearest():
    from segdash import charts

    with pytest.raises(AttributeError, match="Did you mean 'scatter'"):
        charts.scater  # noqa: B018 - the look-up is what is tested
    assert charts.scatter is CHARTS["scatter"]
