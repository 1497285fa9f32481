"""Who they are against what they bring: shares of customers and of revenue, one bar above the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import holoviews as hv
import numpy as np
import pandas as pd
from bokeh.core.property.vectorization import Field
from bokeh.models import CustomJS, CustomJSTransform

from segdash.charts import CHARTS
from segdash.charts.figure import described, hover, named, only_what_is_meant, quiet
from segdash.errors import count
from segdash.numbers import money, percent
from segdash.palette import text_on

if TYPE_CHECKING:
    from collections.abc import Mapping

NARROWEST_LABEL = 0.03
"""Share below which a part of the bar is too narrow for its percentage on any screen."""

# Bold figures of 13 px are 8 px wide, the sign 12, and a hair of room is left at both sides. A picture that has no
# width yet is drawn again when it has one.
WHERE_IT_FITS = """
    const room = fig.properties.inner_width.is_unset ? 0 : fig.inner_width
    return xs.map((share) => 8 * String(Math.round(100 * share)).length + 18 <= share * room ? 1 : 0)
"""

BARS = (("Customers", "customers", 1.0), ("Revenue", "revenue", 0.0))


@CHARTS.register("segment_share")
def segment_share(shown: pd.DataFrame, colours: Mapping[str, str], *, currency: str = "") -> hv.Overlay:
    """Two bars of 100 %: how many customers each segment has, and how much of the revenue.

    A pie shows one of the two and hides small parts; here a segment of 0.2 % of the customers that brings 17 % of
    the revenue is seen at once.

    Parameters
    ----------
    shown : pandas.DataFrame
        One row per segment: segment, customers, share, revenue, revenue_share, as `segment_profile` returns it.
    colours : mapping of str to str
        Segment -> colour, best to worst; a segment without a row has width 0.
    currency : str
        Written beside amounts in the hover.

    Returns
    -------
    holoviews.Overlay
        Bars, percentages.
    """
    rows, texts = share_parts(shown, colours, currency=currency)
    tips = [("Segment", "@segment"), ("Share of", "@bar"), ("Percent", "@percent"), ("Amount", "@amount")]
    edges = ["left", "bottom", "right", "top"]
    bars = hv.Rectangles(rows, edges, ["segment", "bar", "percent", "amount", "color"])
    inside = hv.Labels(texts, ["centre", "height"], ["text", "text_color", "share"])
    return (bars * inside).opts(
        hv.opts.Rectangles(color="color", line_alpha=0, tools=[hover(tips), "tap"], nonselection_alpha=1.0),
        hv.opts.Labels(text_color="text_color", text_alpha="share", text_font_size="13px", text_font_style="bold"),
        hv.opts.Overlay(
            responsive=True,
            height=150,
            xlim=(0, 1),
            ylim=(-0.5, 1.5),
            xaxis=None,
            xlabel="",
            ylabel="",
            yticks=[(y, label) for label, _, y in BARS],
            show_legend=False,
            show_frame=False,
            toolbar="above",
            default_tools=["save"],
            hooks=[
                quiet,
                only_what_is_meant,
                _only_where_it_fits,
                named("segment_share"),
                described("Bars: share of customers and share of revenue by segment"),
            ],
        ),
    )


def _only_where_it_fits(plot: Any, _element: Any) -> None:
    """HoloViews hook that leaves out percentages which are wider than their part of the bar on this screen."""
    fig = plot.state
    fits = CustomJSTransform(args={"fig": fig}, v_func=WHERE_IT_FITS)
    *_, texts = plot.subplots.values()
    source, glyph = texts.handles["source"], texts.handles["glyph"]
    if "text_alpha" not in source.data:
        # HoloViews gives the glyph one number where all are the same: with one segment, or none.
        source.data["text_alpha"] = np.full(len(source.data["text"]), glyph.text_alpha)
    glyph.text_alpha = Field("text_alpha", transform=fits)
    fig.js_on_change("inner_width", CustomJS(args={"fits": fits}, code="fits.change.emit()"))


def share_parts(shown: pd.DataFrame, colours: Mapping[str, str], *, currency: str = "") -> list[pd.DataFrame]:
    """Columns of the bars and of the percentages inside them: each segment once per bar."""
    part = shown.set_index(shown["segment"].astype(str)).reindex(list(colours))
    pieces = []
    for label, column, y in BARS:
        amounts = part[column].fillna(0.0).to_numpy(dtype="float64")
        total = amounts.sum()
        shares = np.clip(amounts, 0, None) / total if total > 0 else amounts * 0
        ends = np.cumsum(shares)
        written = [money(a, currency) if column == "revenue" else count(int(a), "customer") for a in amounts]
        gap = np.minimum(0.002, shares / 4)  # a hair of surface between neighbours
        pieces.append(
            pd.DataFrame(
                {
                    "left": ends - shares + gap,
                    "bottom": y - 0.36,
                    "right": ends - gap,
                    "top": y + 0.36,
                    "segment": list(colours),
                    "bar": label.lower(),
                    "percent": [percent(s) for s in shares],
                    "amount": written,
                    "color": list(colours.values()),
                    "centre": ends - shares / 2,
                    "height": y,
                    "text": [f"{s:.0%}" if s >= NARROWEST_LABEL else "" for s in shares],
                    "text_alpha": shares,
                    "share": shares,
                    "text_color": [text_on(colour) for colour in colours.values()],
                }
            )
        )
    rows = pd.concat(pieces, ignore_index=True)
    return [rows, rows]
