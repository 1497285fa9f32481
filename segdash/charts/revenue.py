"""What each segment brings: horizontal bars, the shown part before the whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

import holoviews as hv
import hvplot.pandas  # noqa: F401 - adds .hvplot to frames
import numpy as np
import pandas as pd

from segdash.charts import CHARTS
from segdash.charts.figure import INK, described, hover, named, only_what_is_meant, quiet
from segdash.numbers import money, percent, short_money

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bokeh.plotting import figure


@CHARTS.register("revenue_by_segment")
def revenue_by_segment(
    shown: pd.DataFrame,
    colours: Mapping[str, str],
    *,
    whole: pd.DataFrame | None = None,
    currency: str = "",
    dark: bool = False,
) -> hv.Overlay:
    """Bars of revenue per segment with their amounts beside them, best segment at the top.

    Parameters
    ----------
    shown : pandas.DataFrame
        One row per segment: segment, customers, revenue, revenue_share (0..1), as `segment_profile` returns it.
    colours : mapping of str to str
        Segment -> colour, best to worst; a segment without a row in ``shown`` keeps its place, at 0.
    whole : pandas.DataFrame, optional
        The same of all customers: drawn pale behind, so that a selection is seen against the whole.
    currency : str
        Written beside amounts.
    dark : bool
        Ink for a dark surface.

    Returns
    -------
    holoviews.Overlay
        Pale bars, bars, amounts.
    """
    rows, *_ = revenue_parts(shown, colours, whole=whole, currency=currency)
    size = {"responsive": True, "height": _height(len(rows))}
    pale = rows.hvplot.barh("segment", "of", color="color", alpha=0.22, hover=False, **size)
    texts = ["customers", "amount", "part", "of_all"]
    bars = rows.hvplot.barh("segment", "revenue", color="color", hover_cols=texts, **size)
    tips = [
        ("Segment", "@segment"),
        ("Revenue", "@amount"),
        ("Share", "@part"),
        ("Customers", "@customers"),
        ("Of all its revenue", "@of_all"),
    ]
    amounts = hv.Labels(rows, ["segment", "end"], ["short"]).opts(
        text_color=INK[dark], text_align="left", text_font_size="12px", invert_axes=True
    )
    bars = bars.opts(line_alpha=0, bar_width=0.6, tools=[hover(tips), "tap"], nonselection_alpha=1.0)
    pale = pale.opts(line_alpha=0, bar_width=0.6)
    return (pale * bars * amounts).opts(
        hv.opts.Bars(invert_axes=True),
        hv.opts.Overlay(
            ylim=(0, _longest(rows)),
            xlabel="",
            ylabel="",
            xaxis=None,
            show_legend=False,
            show_frame=False,
            toolbar="above",
            default_tools=["save"],
            hooks=[
                quiet,
                only_what_is_meant,
                named("revenue_by_segment"),
                described("Bar chart: revenue by segment"),
            ],
        ),
    )


def lay_out_revenue(fig: figure, rows: pd.DataFrame) -> None:
    """Give a drawn figure the names beside the bars, the length of the axis and the height that these rows need."""
    fig.y_range.factors = rows["segment"].tolist()
    fig.x_range.end = _longest(rows)
    fig.height = _height(len(rows))


def _height(n: int) -> int:
    return 40 + 34 * n


def _longest(rows: pd.DataFrame) -> float:
    """Where the axis ends: there is room for the amount beside the longest bar."""
    return 1.3 * float(max(rows["of"].max(), rows["revenue"].max()) or 1.0)


def revenue_parts(
    shown: pd.DataFrame, colours: Mapping[str, str], *, whole: pd.DataFrame | None = None, currency: str = ""
) -> list[pd.DataFrame]:
    """Columns of the pale bars, the bars and the amounts.

    One row per segment, worst first: a categorical axis is drawn from the bottom up.
    """
    whole = shown if whole is None else whole
    names = list(colours)[::-1]
    part = shown.set_index(shown["segment"].astype(str)).reindex(names)
    full = whole.set_index(whole["segment"].astype(str)).reindex(names)
    revenue = part["revenue"].fillna(0.0).to_numpy(dtype="float64")
    of = full["revenue"].fillna(0.0).to_numpy(dtype="float64")
    with np.errstate(invalid="ignore", divide="ignore"):
        reach = np.where(of > 0, revenue / of, np.nan)
    rows = pd.DataFrame(
        {
            "segment": names,
            "revenue": revenue,
            "of": of,
            "color": [colours[name] for name in names],
            "customers": [f"{n:,.0f}" for n in part["customers"].fillna(0)],
            "amount": [money(value, currency) for value in revenue],
            "part": [percent(value) for value in part["revenue_share"].fillna(0)],
            "of_all": [percent(value) for value in reach],
            "end": np.maximum(revenue, of),
            "short": [f"  {short_money(value, currency)}" for value in revenue],
        }
    )
    return [rows, rows, rows]
