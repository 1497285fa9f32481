"""What every chart looks like: the HoloViews backend, a quiet frame, numbers people can read, log axes that work."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import holoviews as hv
import numpy as np
import pandas as pd
from bokeh.models import (
    BasicTicker,
    BoxZoomTool,
    CustomJSTickFormatter,
    DatetimeTickFormatter,
    HoverTool,
    LinearScale,
    LogScale,
    LogTicker,
    PanTool,
    ResetTool,
    WheelZoomTool,
)

from segdash.charts.theme import apply_theme

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bokeh.models import Axis
    from bokeh.plotting import figure

if "bokeh" not in hv.Store.loaded_backends():
    hv.extension("bokeh", logo=False)
# Points on canvas repaint faster than WebGL wherever that runs in software, and as fast elsewhere.
hv.renderer("bokeh").webgl = False

INK = {False: "#1B2430", True: "#E6EAF0"}
"""Colour of text inside a chart: light theme, dark theme."""

# A plain number for people: 1,200 or 0.05, and 1.2 M above a million; a tick of Bokeh's own would read 1.000e+5.
SHORT_NUMBER = """
    const a = Math.abs(tick)
    const cut = (v) => Number(v.toPrecision(3)).toLocaleString("en-US", {maximumFractionDigits: 6})
    if (a >= 1e9) return cut(tick / 1e9) + " bn"
    if (a >= 1e6) return cut(tick / 1e6) + " M"
    return Number(tick.toPrecision(6)).toLocaleString("en-US", {maximumFractionDigits: 6})
"""


def short_numbers() -> CustomJSTickFormatter:
    """A tick formatter of its own for each axis: a Bokeh model belongs to one document."""
    return CustomJSTickFormatter(code=SHORT_NUMBER)


def quiet(plot: Any, _element: Any) -> None:
    """HoloViews hook: no frame, a toolbar that shows itself on hover, nothing that shouts."""
    fig = plot.state
    fig.toolbar.autohide = True
    fig.toolbar.logo = None
    fig.min_border = 4
    apply_theme(fig)


def named(name: str) -> Any:
    """HoloViews hook that gives the figure a model name, for tests and scripts to find it by."""

    def name_figure(plot: Any, _element: Any) -> None:
        plot.state.name = name

    return name_figure


def outside(name: str, text: str, *, height: int, empty: str = "", hooks: Sequence[Any] = ()) -> dict[str, Any]:
    """HoloViews options for all around the data, alike on every chart.

    Parameters
    ----------
    name : str
        Model name of the figure.
    text : str
        Read out by screen readers in place of the picture.
    height : int
        Pixels; the width is that of the card.
    empty : str
        Written above when there is nothing to draw. Whoever feeds a drawn chart in place draws it anew when it
        becomes empty or no longer is.
    hooks : sequence of callable
        Further HoloViews hooks, run first.
    """
    return {
        "responsive": True,
        "height": height,
        "title": empty,
        "show_frame": False,
        "toolbar": "above",
        "default_tools": ["save"],
        "hooks": [*hooks, quiet, only_what_is_meant, named(name), described(text)],
    }


def only_what_is_meant(plot: Any, _element: Any) -> None:
    """HoloViews hook that takes out the tools which the parts of an overlay bring along unasked.

    Panning would also catch the finger that scrolls the page.
    """
    unasked = (PanTool, BoxZoomTool, WheelZoomTool, ResetTool)
    plot.state.toolbar.tools = [tool for tool in plot.state.toolbar.tools if not isinstance(tool, unasked)]


def described(text: str) -> Any:
    """HoloViews hook that gives the figure a text for screen readers, in place of the picture."""

    def describe(plot: Any, _element: Any) -> None:
        plot.state.html_attributes = {"role": "img", "aria-label": text}

    return describe


def set_scale(fig: figure, dimension: str, *, log: bool) -> None:
    """Make an axis of a drawn figure logarithmic or linear: scale, ticks and formatter together.

    HoloViews' own ``logx`` only counts when a plot is first drawn.
    """
    scale, axis = (LogScale, LinearScale)[not log], (fig.xaxis if dimension == "x" else fig.yaxis)[0]
    if not isinstance(getattr(fig, f"{dimension}_scale"), scale):
        setattr(fig, f"{dimension}_scale", scale())
    if isinstance(axis.ticker, LogTicker) != log or type(axis.ticker) not in (LogTicker, BasicTicker):
        axis.ticker = LogTicker(mantissas=[1, 3], num_minor_ticks=0) if log else BasicTicker()
        for grid in fig.xgrid if dimension == "x" else fig.ygrid:
            grid.ticker = axis.ticker
    _write_numbers(axis)


def wall_time(moments: pd.Series) -> pd.Series:
    """Moments as they are written, without their zone: axes of dates have none.

    Examples
    --------
    >>> wall_time(pd.Series(["2024-03-05 14:30+02:00"])).tolist()
    [Timestamp('2024-03-05 14:30:00')]
    """
    return pd.to_datetime(moments).dt.tz_localize(None).astype("datetime64[ns]")


def few_dates(fig: figure) -> None:
    """Make the labels of a horizontal axis of dates readable: few enough for a phone, and no bare 03/04."""
    axis = fig.xaxis[0]
    axis.ticker.desired_num_ticks = 3
    axis.formatter = DatetimeTickFormatter(
        hours="%H:%M", days="%-d %b %Y", months="%b %Y", years="%Y", hourmin="%H:%M", minutes="%H:%M"
    )


def _write_numbers(axis: Axis) -> None:
    if not isinstance(axis.formatter, CustomJSTickFormatter):
        axis.formatter = short_numbers()


def round_ticks(low: float, high: float) -> list[float]:
    """Few round values inside a logarithmic range: 1, 10, 100; with 3 or 2 and 5 between where it is short.

    Examples
    --------
    >>> round_ticks(0.8, 120), round_ticks(0.9, 25)
    ([1.0, 3.0, 10.0, 30.0, 100.0], [1.0, 2.0, 5.0, 10.0, 20.0])
    """
    decades = np.log10(high / low)
    steps = (1, 2, 5) if decades < 1.8 else (1, 3) if decades < 3 else (1,)
    powers = range(int(np.floor(np.log10(low))), int(np.ceil(np.log10(high))) + 1)
    ticks = [s * 10.0**p for p in powers for s in steps if low <= s * 10.0**p <= high]
    if len(ticks) >= 2:
        return ticks
    # A fraction of a decade: round steps as on a linear axis.
    step = 10.0 ** np.floor(np.log10((high - low) / 2))
    step *= next(s for s in (5, 2, 1) if (high - low) / (s * step) >= 2)
    return [float(f"{tick:.12g}") for tick in np.arange(np.ceil(low / step), high / step + 1e-9) * step]


def axis_range(values: np.ndarray, *, log: bool, padding: float = 0.04) -> tuple[float, float]:
    """Ends of an axis that shows all values with a margin, in data units.

    Examples
    --------
    >>> axis_range(np.array([0.0, 100.0]), log=False)
    (-4.0, 104.0)
    >>> [round(end, 3) for end in axis_range(np.array([1.0, 100.0]), log=True)]
    [0.832, 120.226]
    """
    values = values[np.isfinite(values)]
    if log:
        values = values[values > 0]
    if not len(values):
        return (1.0, 10.0) if log else (0.0, 1.0)
    low, high = float(values.min()), float(values.max())
    if log:
        low, high = np.log10(low), np.log10(high)
    margin = (high - low) * padding or (0.1 if log else abs(high) * 0.1 or 0.5)
    ends = (low - margin, high + margin)
    return (float(10 ** ends[0]), float(10 ** ends[1])) if log else ends


def is_skewed(values: np.ndarray) -> bool:
    """True when a log axis shows a metric better: all values above 0, and a long right tail.

    Examples
    --------
    >>> is_skewed(np.array([1.0, 2, 3, 4, 500])), is_skewed(np.array([0.0, 1, 500]))
    (True, False)
    """
    values = values[np.isfinite(values)]
    if not len(values) or values.min() <= 0:
        return False
    median = float(np.median(values))
    return float(values.max()) > 8 * median


def hover(rows: Sequence[tuple[str, str]], **settings: Any) -> HoverTool:
    """A hover tool; a row is (label, Bokeh field expression). Bokeh writes both as text, never as markup."""
    return HoverTool(tooltips=list(rows), **settings)


def number_field(name: str, decimals: int) -> str:
    """The hover expression of a numeric column with thousands separators.

    Examples
    --------
    >>> number_field("monetary", 2)
    '@{monetary}{0,0.[00]}'
    """
    return f"@{{{name}}}{{0,0{'.[' + '0' * decimals + ']' if decimals else ''}}}"
