"""Customers as points: any metric against any other, coloured by segment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import hvplot.pandas  # noqa: F401 - adds .hvplot to frames
import numpy as np
from bokeh.core.property.vectorization import Field
from bokeh.models import CategoricalColorMapper, LassoSelectTool

from segdash.charts import CHARTS
from segdash.charts.figure import axis_range, described, hover, named, number_field, quiet, set_scale
from segdash.schema import CUSTOMER_ID, MONETARY, SEGMENT, metric

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import holoviews as hv
    import pandas as pd

SIZE = "point_size"
PLAIN_SIZE = 7.0

GLYPHS = ("glyph", "selection_glyph", "nonselection_glyph", "hover_glyph", "muted_glyph")
"""What a renderer draws points with: as they are, and as selecting and hovering make them."""


@CHARTS.register("scatter")
def scatter(
    customers: pd.DataFrame,
    colours: Mapping[str, str],
    *,
    x: str = "recency",
    y: str = "monetary",
    log_x: bool = False,
    log_y: bool = False,
    metrics: Sequence[str] = ("recency", "frequency", "monetary"),
    attributes: Sequence[str] = (),
    currency: str = "",
) -> hv.Points:
    """One point per customer, smaller segments on top, with hover, zoom, pan, box, lasso and tap.

    Parameters
    ----------
    customers : pandas.DataFrame of shape (n_customers, ...)
        customer_id, the metrics and attributes named, and segment as an ordered category.
    colours : mapping of str to str
        Segment -> colour.
    x, y : str
        Metrics on the axes.
    log_x, log_y : bool
        Logarithmic axes; points at 0 or below are not drawn on them.
    metrics, attributes : sequence of str
        Columns shown in the hover.
    currency : str
        Written in labels of money.

    Returns
    -------
    holoviews.Points
        Rows are in the order of `drawing_order`.
    """
    columns = dict.fromkeys([x, y, CUSTOMER_ID, *metrics, *attributes])
    table = customers.loc[:, list(columns)]
    table[SEGMENT] = customers[SEGMENT].astype(str)
    table[SIZE] = PLAIN_SIZE
    points = table.hvplot.points(
        x,
        y,
        hover_cols=[c for c in (*columns, SEGMENT, SIZE) if c not in (x, y)],
        responsive=True,
        height=440,
    )

    def scales(plot: Any, _element: Any) -> None:
        colour_points(plot, colours)
        for dimension, log, values in (("x", log_x, table[x]), ("y", log_y, table[y])):
            set_scale(plot.state, dimension, log=log)
            set_range(plot.state, dimension, values.to_numpy(dtype="float64"), log=log)

    return points.opts(
        size=SIZE,
        alpha=0.8,
        line_alpha=0,
        nonselection_alpha=0.15,
        selection_alpha=0.9,
        # The lasso's outline counts when it is closed, as the box does: on the way each move would be a selection.
        tools=[hover(_tips(metrics, attributes, currency)), "box_select", LassoSelectTool(continuous=False), "tap"],
        active_tools=["box_select"],
        default_tools=["save", "pan", "wheel_zoom", "box_zoom", "reset"],
        framewise=True,
        show_legend=False,
        show_grid=True,
        show_frame=False,
        title="",
        xlabel=metric(x).label(currency),
        ylabel=metric(y).label(currency),
        logx=log_x,
        logy=log_y,
        toolbar="above",
        hooks=[quiet, scales, named("scatter"), described("Scatter plot of customers, coloured by segment")],
    )


def colour_points(plot: Any, colours: Mapping[str, str]) -> None:
    """Have the points of a drawn scatter coloured by these segments; who is in which is a column of its source.

    HoloViews would take a segment that is called Gold, and is alone on the plot, for a colour.
    """
    renderer = plot.handles["glyph_renderer"]
    known = getattr(renderer.glyph.fill_color, "transform", None)
    if isinstance(known, CategoricalColorMapper):
        known.update(factors=list(colours), palette=list(colours.values()))
        return
    mapper = CategoricalColorMapper(factors=list(colours), palette=list(colours.values()))
    for which in GLYPHS:
        glyph = getattr(renderer, which)
        if hasattr(glyph, "fill_color"):
            glyph.fill_color = Field(SEGMENT, transform=mapper)


def drawing_order(customers: pd.DataFrame) -> np.ndarray:
    """Row positions, customers of large segments first, so that the few of small ones lie on top.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"segment": pd.Categorical(["A", "B", "B"])})
    >>> drawing_order(table).tolist()
    [1, 2, 0]
    """
    codes = customers[SEGMENT].cat.codes.to_numpy()
    sizes = np.bincount(codes, minlength=len(customers[SEGMENT].cat.categories))
    return np.argsort(-sizes[codes], kind="stable")


def point_sizes(customers: pd.DataFrame, by_monetary: bool) -> np.ndarray:
    """Diameter of each point in pixels: all alike, or area by spend between 4 and 26 pixels."""
    if not by_monetary:
        return np.full(len(customers), PLAIN_SIZE)
    spend = np.clip(customers[MONETARY].to_numpy(dtype="float64"), 0, None)
    top = np.quantile(spend, 0.99) if len(spend) else 0.0
    return 4 + 22 * np.sqrt(np.clip(spend / top, 0, 1)) if top > 0 else np.full(len(customers), PLAIN_SIZE)


def set_axis(fig: Any, dimension: str, values: np.ndarray, label: str, *, log: bool) -> None:
    """Change what an axis of a drawn scatter shows: label, scale and range. The points are not sent again."""
    axis = (fig.xaxis if dimension == "x" else fig.yaxis)[0]
    axis.axis_label = label
    set_scale(fig, dimension, log=log)
    set_range(fig, dimension, values, log=log)


def set_range(fig: Any, dimension: str, values: np.ndarray, *, log: bool) -> None:
    """Show all values on an axis, and make that what the reset tool goes back to."""
    low, high = axis_range(values, log=log)
    getattr(fig, f"{dimension}_range").update(start=low, end=high, reset_start=low, reset_end=high)


def _tips(metrics: Sequence[str], attributes: Sequence[str], currency: str) -> list[tuple[str, str]]:
    tips = [("Customer", f"@{CUSTOMER_ID}"), ("Segment", f"@{SEGMENT}")]
    tips += [(metric(m).label(currency), number_field(m, metric(m).decimals)) for m in metrics]
    return tips + [(name, f"@{{{name}}}") for name in attributes]
