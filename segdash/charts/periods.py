"""Orders and revenue per month or week, by segment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import holoviews as hv
import numpy as np
import pandas as pd

from segdash.charts import CHARTS
from segdash.charts.figure import axis_range, few_dates, hover, outside, set_scale, wall_time
from segdash.charts.lettering import EMPTY, refuse_unknown
from segdash.errors import ChoiceError, quote
from segdash.numbers import money, number

if TYPE_CHECKING:
    from collections.abc import Mapping

Every = Literal["month", "week"]

VALUES = {"revenue": "Revenue", "orders": "Orders"}
STEPS = {"month": "MS", "week": "7D"}
DAYS = {"month": 30, "week": 7}
MOST_DOTS = 400


def what_it_shows(value: str = "revenue", *, every: Every = "month", stacked: bool = False) -> str:
    """What the picture says, for the line below its card's title."""
    how = "one segment on top of the other" if stacked else "a line per segment"
    return f"{VALUES[value]} per {every}, {how}; a gap means that there was nothing in that {every}."


@CHARTS.register("over_time")
def over_time(
    periods: pd.DataFrame,
    colours: Mapping[str, str],
    *,
    value: str = "revenue",
    every: Every = "month",
    stacked: bool = False,
    currency: str = "",
) -> hv.Overlay:
    """Lines, or stacked bars, of what each segment brought in each period.

    Parameters
    ----------
    periods : pandas.DataFrame
        One row per period and segment that had orders: period (its first day), segment, orders, revenue.
    colours : mapping of str to str
        Segment -> colour, best to worst.
    value : {"revenue", "orders"}
        What is drawn; the hover has both.
    every : {"month", "week"}
        How long a period is. A period and segment without a row is a gap, never 0 and never bridged.
    stacked : bool
        Bars of all segments on top of each other in place of a line each; what is below 0 is stacked downwards.
    currency : str
        Written beside amounts.

    Returns
    -------
    holoviews.Overlay
        Bars, lines and points; the bars, or the lines and points, are empty.
    """
    if value not in VALUES:
        raise ChoiceError(f"Nothing over time is called {quote(value)}. Choose 'revenue' or 'orders'.")
    bars, lines, points = time_parts(periods, colours, value=value, every=every, stacked=stacked, currency=currency)
    tips = [("Segment", "@segment"), (every.capitalize(), "@when"), ("Orders", "@counted"), ("Revenue", "@amount")]
    tips += [("Revenue per order", "@each")]
    texts = ["segment", "when", "counted", "amount", "each", "color"]
    edges = ["left", "bottom", "right", "top"]
    reached = np.concatenate([bars["bottom"], bars["top"], points["y"], [0.0]]).astype("float64")
    low, high = axis_range(reached, log=False, padding=0.06)
    start, end = _first_and_last(periods, every)

    def scale(plot: Any, _element: Any) -> None:
        set_scale(plot.state, "y", log=False)
        plot.state.yaxis[0].ticker.desired_num_ticks = 5
        few_dates(plot.state)

    tool = hover(tips)
    unit = f" ({currency})" if value == "revenue" and currency else ""
    return (
        hv.Rectangles(bars, edges, texts).opts(color="color", line_alpha=0, tools=[tool] if stacked else [])
        * hv.Segments(lines, edges, ["color"]).opts(color="color", line_width=2, alpha=0.85)
        * hv.Points(points, ["x", "y"], texts).opts(
            color="color", size=6 if len(points) <= MOST_DOTS else 3, tools=[] if stacked else [tool]
        )
    ).opts(
        xlim=(start, end),
        ylim=(0.0 if np.nanmin(reached) >= 0 else low, high),
        xlabel="",
        ylabel=f"{VALUES[value]} per {every}{unit}",
        show_grid=True,
        gridstyle={"xgrid_line_color": None},
        **outside(
            "over_time",
            f"{'Stacked bars' if stacked else 'Lines'}: {VALUES[value].lower()} per {every} by segment",
            height=320,
            empty="" if len(periods) else EMPTY,
            hooks=[scale],
        ),
    )


def time_parts(
    periods: pd.DataFrame,
    colours: Mapping[str, str],
    *,
    value: str = "revenue",
    every: Every = "month",
    stacked: bool = False,
    currency: str = "",
) -> list[pd.DataFrame]:
    """Columns of the stacked bars, of the pieces of lines, and of the points.

    Every period from the first to the last, segment by segment; a piece whose one end is missing is missing.
    """
    refuse_unknown(periods["segment"].unique(), colours)
    table = _every_period(periods, colours, every)
    y = table[value].to_numpy(dtype="float64")
    revenue, orders = table["revenue"].to_numpy(dtype="float64"), table["orders"].to_numpy(dtype="float64")
    each = np.divide(revenue, orders, out=np.full(len(table), np.nan), where=orders > 0)
    told = pd.DataFrame(
        {
            "segment": table["segment"],
            "when": [_written(day, every) for day in table["period"]],
            "counted": [number(n) for n in orders],
            "amount": [money(v, currency) for v in revenue],
            "each": [money(v, currency) for v in each],
            "color": [colours[name] for name in table["segment"]],
        }
    )
    points = told.assign(x=table["period"], y=y)
    shape = (len(colours), -1 if len(colours) else 0)
    left, bottom = points["x"].to_numpy(), points["y"].to_numpy()
    same = told["segment"].to_numpy()[:-1] == told["segment"].to_numpy()[1:]
    lines = pd.DataFrame(
        {"left": left[:-1], "bottom": bottom[:-1], "right": left[1:], "top": bottom[1:], "color": told["color"][:-1]}
    )[same].reset_index(drop=True)
    lines.loc[lines[["bottom", "top"]].isna().any(axis=1), ["bottom", "top"]] = np.nan
    width = pd.Timedelta(days=DAYS[every])
    base, end = _stack(y.reshape(shape)) if len(y) else (y, y)
    bars = told.assign(
        left=table["period"] + width * 0.06, bottom=base.ravel(), right=table["period"] + width * 0.94, top=end.ravel()
    )
    return [bars, lines.iloc[:0], points.iloc[:0]] if stacked else [bars.iloc[:0], lines, points]


def _every_period(periods: pd.DataFrame, colours: Mapping[str, str], every: Every) -> pd.DataFrame:
    days = wall_time(periods["period"])
    span: pd.Index = pd.date_range(days.min(), days.max(), freq=STEPS[every]) if len(days) else pd.DatetimeIndex([])
    # Periods that begin on other days than the first one does are kept as they are.
    span = span.union(pd.DatetimeIndex(days.unique())).astype("datetime64[ns]")
    full = pd.MultiIndex.from_product([list(colours), span], names=["segment", "period"])
    given = periods.assign(period=days, segment=periods["segment"].astype(str))
    return given.groupby(["segment", "period"])[["orders", "revenue"]].sum().reindex(full).reset_index()


def _stack(y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Lower and upper ends of bars, the worst segment nearest to 0, by sign."""
    ends = np.empty((2, *y.shape))
    up, down = np.zeros(y.shape[1]), np.zeros(y.shape[1])
    for i in range(len(y) - 1, -1, -1):
        above, below = np.clip(np.nan_to_num(y[i]), 0, None), np.clip(np.nan_to_num(y[i]), None, 0)
        ends[0, i] = np.where(y[i] < 0, down + below, up)
        ends[1, i] = np.where(y[i] < 0, down, up + above)
        up, down = up + above, down + below
    ends[:, np.isnan(y)] = np.nan
    return ends[0], ends[1]


def _first_and_last(periods: pd.DataFrame, every: Every) -> tuple[pd.Timestamp, pd.Timestamp]:
    if not len(periods):
        return pd.Timestamp(2000, 1, 1), pd.Timestamp(2001, 1, 1)
    days, width = wall_time(periods["period"]), pd.Timedelta(days=DAYS[every])
    return days.min() - width / 2, days.max() + width * 1.1


def _written(day: pd.Timestamp, every: Every) -> str:
    return f"{day:%B %Y}" if every == "month" else f"week of {day.day} {day:%B %Y}"
