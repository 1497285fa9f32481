"""What every registered chart must do, whatever it shows."""

from __future__ import annotations

import datetime as dt
import pkgutil
import re
import sys
from functools import cache

import holoviews as hv
import numpy as np
import pandas as pd
import pytest
from bokeh.models import HoverTool, Plot

from segdash import charts
from segdash.charts import CHARTS
from segdash.charts.areas import treemap_parts
from segdash.charts.cells import score_parts
from segdash.charts.histograms import histogram_parts
from segdash.charts.history import timeline_parts
from segdash.charts.lorenz import concentration_parts as lorenz_parts
from segdash.charts.moves import contingency_parts
from segdash.charts.parallel import parallel_parts
from segdash.charts.periods import time_parts
from segdash.charts.study import study_parts
from segdash.concentration import gini, lorenz
from segdash.errors import UnknownNameError
from segdash.histogram import histogram
from segdash.palette import colours_for
from segdash.profile import box_summary, segment_profile
from segdash.standing import segment_standing

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


def cells(table):
    """A score cell per segment that has customers, along the diagonal and round again."""
    profile = segment_profile(table, [HOSTILE])
    at = np.arange(len(profile))
    return profile.assign(r=at % 5 + 1, fm=at // 5 + 1).astype({"r": int, "fm": int})


def moves(table):
    """Everyone stays, and the first segment's customers also go to the last."""
    profile = segment_profile(table, [])
    there = profile.assign(**{"from": profile["segment"], "to": profile["segment"]})
    away = there.head(1).assign(to=there["to"].tail(1).to_list()) if len(there) else there
    return pd.concat([there, away.assign(customers=2, revenue=3.0)])[["from", "to", "customers", "revenue"]]


def months(table):
    """The first segment has orders in January and March, every other in February only."""
    profile = segment_profile(table, [])
    rows = [(dt.date(2024, 2, 1), name, 3, 40.0) for name in profile["segment"].iloc[1:]]
    rows += [(dt.date(2024, m, 1), name, m, -5.0 * m) for name in profile["segment"].iloc[:1] for m in (1, 3)]
    return pd.DataFrame(rows, columns=["period", "segment", "orders", "revenue"])


def orders(table):
    n = len(table)
    kinds = [HOSTILE, "order", "refund"]
    return pd.DataFrame(
        {
            "ordered_at": pd.to_datetime([f"2024-01-{1 + i % 28:02d} 10:00" for i in range(n)]),
            "amount": [(-10.0) ** (i % 3) for i in range(n)],
            "kind": [kinds[i % 3] for i in range(n)],
        }
    )


STUDY = pd.DataFrame({"k": [2, 3, 4], "inertia": [9.0, 4.0, 3.0], "silhouette": [0.4, 0.5, np.nan]})

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
    "concentration": {
        "plain": lambda t: CHARTS["concentration"](lorenz(t["monetary"]), gini=gini(t["monetary"])),
        "dark": lambda t: CHARTS["concentration"](lorenz(t["monetary"]), dark=True),
    },
    "contingency": {
        "plain": lambda t: CHARTS["contingency"](moves(t), colours(t)),
        "dark": lambda t: CHARTS["contingency"](
            moves(t), colours(t), fill="revenue", before=HOSTILE, after=LONG, currency="£", dark=True
        ),
    },
    "distributions": {
        "plain": lambda t: CHARTS["distributions"](histogram(t, "recency"), colours(t), metric="recency"),
        "log, apart": lambda t: CHARTS["distributions"](
            histogram(t, "monetary", log=True), colours(t), log=True, apart=True, currency="£"
        ),
        "hostile columns": lambda t: CHARTS["distributions"](histogram(t, HOSTILE), colours(t), metric=HOSTILE),
    },
    "flows": {
        "plain": lambda t: CHARTS["flows"](moves(t), colours(t)),
        "dark": lambda t: CHARTS["flows"](moves(t), colours(t), before=HOSTILE, after=LONG, currency="£", dark=True),
    },
    "over_time": {
        "plain": lambda t: CHARTS["over_time"](months(t), colours(t)),
        "stacked": lambda t: CHARTS["over_time"](months(t), colours(t), value="orders", stacked=True, currency="£"),
        "weeks": lambda t: CHARTS["over_time"](months(t), colours(t), every="week"),
    },
    "parallel_profile": {
        "plain": lambda t: CHARTS["parallel_profile"](segment_standing(t, ["recency", HOSTILE]), colours(t)),
        "medians, dark": lambda t: CHARTS["parallel_profile"](
            segment_standing(t, ["recency"], statistic="median"), colours(t), statistic="median", dark=True
        ),
    },
    "score_grid": {
        "plain": lambda t: CHARTS["score_grid"](cells(t), colours(t)),
        "by a number, dark": lambda t: CHARTS["score_grid"](
            cells(t), colours(t), fill=f"mean_{HOSTILE}", currency="£", dark=True
        ),
    },
    "segment_study": {
        "plain": lambda t: CHARTS["segment_study"](STUDY.head(len(t)), recommended=3),
        "dark": lambda t: CHARTS["segment_study"](STUDY.head(len(t)).assign(smallest_share=0.1), dark=True),
    },
    "timeline": {
        "plain": lambda t: CHARTS["timeline"](orders(t), currency="£"),
        "dark": lambda t: CHARTS["timeline"](orders(t), dark=True),
    },
    "treemap": {
        "plain": lambda t: CHARTS["treemap"](segment_profile(t, []), colours(t), currency="£"),
        "customers": lambda t: CHARTS["treemap"](segment_profile(t, []), colours(t), area="customers"),
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
EXPLAINED_BY_THEIR_CARD = {  # these charts' cards say more than a sentence that is always the same could
    "box_plot",
    "day_calendar",
    "ledger_waterfall",
    "revenue_by_segment",
    "scatter",
    "segment_share",
    "shaded_scatter",
}
# The other charts are made from summaries, which can't be strange in as many ways as customers; the arithmetic that
# makes them has tests of its own.
SUMMED = (*FEW[1:], "no customers", "one segment of three is empty", "no revenue")


def cases(chart, variant):
    if variant == "plain":
        return TABLES if chart in EXPLAINED_BY_THEIR_CARD else SUMMED
    return FEW if chart in EXPLAINED_BY_THEIR_CARD else FEW[2:]


DRAWN = [(*every, case) for every in EVERY for case in cases(*every)]
WHO = {  # what a hover begins with where a chart does not show segments
    "concentration": "Customers",
    "contingency": "From",
    "day_calendar": "Rows",
    "flows": "From",
    "ledger_waterfall": "Rows",
    "segment_study": "Segments",
    "timeline": "Date",
}
SELECTABLE = {"contingency": "TapTool", "distributions": "BoxSelectTool", "score_grid": "TapTool", "treemap": "TapTool"}
NOT_HOVERED = {"shaded_scatter"}  # a picture of counts has no customers to name


def rendered(element):
    return hv.renderer("bokeh").get_plot(element)


@cache
def figures(chart, variant="plain", case="three segments"):
    """The figure of a chart, or those of a layout; drawn once for all tests that only look."""
    found = list(rendered(CALLS[chart][variant](TABLES[case])).state.select({"type": Plot}))
    assert found
    return found


def test_every_chart_is_called_here():
    assert set(CALLS) == set(CHARTS)


@pytest.mark.parametrize(("chart", "variant", "case"), DRAWN)
def test_every_chart_draws(chart, variant, case):
    for fig in figures(chart, variant, case):
        assert len(fig.renderers) >= 1
        described = fig.html_attributes["aria-label"]
        assert described


@pytest.mark.parametrize("chart", [name for name in CALLS if name not in NOT_HOVERED])
def test_every_chart_says_who_and_how_much_on_hover(chart):
    for fig in figures(chart):
        tips = [tool.tooltips for tool in fig.tools if isinstance(tool, HoverTool)]
        assert len(tips) == 1
        # A list of pairs is written as text by the browser; a string would be markup.
        assert all(isinstance(row, tuple) and len(row) == 2 for row in tips[0])
        assert WHO.get(chart, "Segment") in dict(tips[0])


@pytest.mark.parametrize("chart", [name for name in CALLS if name not in NOT_HOVERED])
def test_every_column_named_in_a_hover_is_there(chart):
    for fig in figures(chart):
        (tool,) = [tool for tool in fig.tools if isinstance(tool, HoverTool)]
        hovered = fig.renderers if tool.renderers == "auto" else tool.renderers
        # A graph has two sources; the hover is that of its edges.
        sources = [getattr(renderer, "edge_renderer", renderer).data_source.data for renderer in hovered]
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
    for fig in figures(chart):
        assert fig.toolbar.logo is None


def module_of(chart):
    return sys.modules[CHARTS[chart].__module__]


@pytest.mark.parametrize("chart", sorted(set(CALLS) - EXPLAINED_BY_THEIR_CARD))
def test_every_chart_says_in_one_sentence_what_it_shows(chart):
    said = module_of(chart).what_it_shows()
    assert re.fullmatch(r"[A-Z][^\n]{30,220}[^.]\.", said)
    assert ". " not in said


@pytest.mark.parametrize("chart", sorted(set(CALLS) - EXPLAINED_BY_THEIR_CARD))
def test_there_are_no_tools_but_those_meant(chart):
    for fig in figures(chart):
        tools = {type(tool).__name__ for tool in fig.tools}
        assert tools <= {"HoverTool", "SaveTool", "TapTool", "BoxSelectTool"}
        assert chart not in SELECTABLE or SELECTABLE[chart] in tools


@pytest.mark.parametrize("chart", sorted(set(CALLS) - EXPLAINED_BY_THEIR_CARD - {"segment_study"}))
def test_an_empty_chart_says_that_it_is(chart):
    (empty,) = figures(chart, "plain", "no customers and no segments")
    (full,) = figures(chart)
    assert re.fullmatch("No (customers|orders) to show", empty.title.text)
    assert full.title.text == ""


def test_no_chart_has_the_name_of_a_module():
    """`segdash.charts.x` would be the one or the other, whichever was asked for first."""
    modules = {module.name for module in pkgutil.iter_modules(charts.__path__)}
    assert not modules & set(CHARTS)


def leaves(plot):
    if not getattr(plot, "subplots", None):
        return [plot]
    return [leaf for part in plot.subplots.values() for leaf in leaves(part)]


# The columns a drawn chart is fed with when only numbers change, chart by chart.
FED = {
    "concentration": lambda t: lorenz_parts(lorenz(t["monetary"]), gini=gini(t["monetary"])),
    "contingency": lambda t: contingency_parts(moves(t), colours(t)),
    "distributions": lambda t: histogram_parts(histogram(t, "recency"), colours(t), metric="recency"),
    "over_time": lambda t: time_parts(months(t), colours(t)),
    "parallel_profile": lambda t: parallel_parts(segment_standing(t, ["recency", HOSTILE]), colours(t)),
    "score_grid": lambda t: score_parts(cells(t), colours(t)),
    "segment_study": lambda t: study_parts(STUDY.head(len(t)), recommended=3),
    "timeline": lambda t: timeline_parts(orders(t), currency="£"),
    "treemap": lambda t: treemap_parts(segment_profile(t, []), colours(t), currency="£"),
}


@pytest.mark.parametrize("chart", FED)
def test_a_drawn_chart_can_be_fed_with_all_of_its_columns(chart):
    """The columns of the parts, fed in place, are those that were drawn: glyph by glyph, row by row."""
    table = TABLES["three segments"]
    drawn = [leaf.handles["source"].data for leaf in leaves(rendered(CALLS[chart]["plain"](table)))]
    parts = FED[chart](table)
    assert len(drawn) == len(parts)
    for data, part in zip(drawn, parts, strict=True):
        own = {name: column for name, column in data.items() if name not in ("xs", "ys")}  # of a polygon
        assert set(own) <= set(part.columns)
        for name, column in own.items():
            assert list(pd.Series(column).astype(str)) == list(part[name].astype(str)), name


@pytest.mark.parametrize(
    "chart", ["contingency", "distributions", "flows", "over_time", "parallel_profile", "score_grid", "treemap"]
)
def test_a_segment_without_a_colour_is_refused(chart, monkeypatch):
    """Leaving it out would make the picture untrue."""
    monkeypatch.setitem(globals(), "colours", lambda table: {"Gold": "#111111", "Silver": "#222222"})
    with pytest.raises(UnknownNameError, match="No segment is named 'Bronze'"):
        CALLS[chart]["plain"](TABLES["three segments"])


def test_an_unknown_chart_is_an_attribute_error_that_names_the_nearest():
    with pytest.raises(AttributeError, match="Did you mean 'scatter'"):
        charts.scater  # noqa: B018 - the look-up is what is tested
    assert charts.scatter is CHARTS["scatter"]
