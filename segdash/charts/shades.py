"""Very many customers as a shaded picture: which segments lie where, and how densely."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import holoviews as hv
import numpy as np
import pandas as pd

from segdash.charts import CHARTS
from segdash.charts.figure import axis_range, described, named, quiet, set_scale
from segdash.schema import SEGMENT, metric

if TYPE_CHECKING:
    from collections.abc import Mapping

UNLIT = "#8A929C"
"""Customers outside the selection."""

FAINTEST = 90
"""Alpha, of 255, of a pixel that holds a single customer."""


@CHARTS.register("shaded_scatter")
def shaded_scatter(
    customers: pd.DataFrame,
    colours: Mapping[str, str],
    *,
    x: str = "recency",
    y: str = "monetary",
    log_x: bool = False,
    log_y: bool = False,
    lit: np.ndarray | None = None,
    currency: str = "",
    x_range: tuple[float, float] | None = None,
    y_range: tuple[float, float] | None = None,
) -> hv.RGB:
    """Two metrics of any number of customers, counted per pixel and coloured by segment.

    Parameters
    ----------
    customers : pandas.DataFrame of shape (n_customers, ...)
        The two metrics, and segment as an ordered category.
    colours : mapping of str to str
        Segment -> colour.
    x, y : str
        Metrics on the axes.
    log_x, log_y : bool
        Logarithmic axes.
    lit : numpy.ndarray of bool, optional
        Customers to show in colour, the others grey; default all.
    currency : str
        Written in labels of money.
    x_range, y_range : (float, float), optional
        Ends of the axes, default those that show these customers.

    Returns
    -------
    holoviews.RGB
        A picture of 900 x 440 pixels in data coordinates.
    """
    x_range = x_range or axis_range(customers[x].to_numpy(dtype="float64"), log=log_x)
    y_range = y_range or axis_range(customers[y].to_numpy(dtype="float64"), log=log_y)
    pixels = shade(customers, colours, x, y, x_range, y_range, log_x=log_x, log_y=log_y, lit=lit)

    def scales(plot: object, _element: object) -> None:
        for dimension, log, ends in (("x", log_x, x_range), ("y", log_y, y_range)):
            set_scale(plot.state, dimension, log=log)  # type: ignore[attr-defined]
            axis = getattr(plot.state, f"{dimension}_range")  # type: ignore[attr-defined]
            axis.update(start=ends[0], end=ends[1], reset_start=ends[0], reset_end=ends[1])

    bounds = (x_range[0], y_range[0], x_range[1], y_range[1])
    return hv.RGB(np.flipud(pixels.view(np.uint8).reshape(*pixels.shape, 4)), bounds=bounds, vdims=list("RGBA")).opts(
        tools=["box_select", "lasso_select"],
        active_tools=["box_select"],
        default_tools=["save", "pan", "wheel_zoom", "box_zoom", "reset"],
        show_frame=False,
        show_grid=True,
        xlabel=metric(x).label(currency),
        ylabel=metric(y).label(currency),
        logx=log_x,
        logy=log_y,
        responsive=True,
        height=440,
        toolbar="above",
        hooks=[
            quiet,
            scales,
            named("scatter"),
            described("Shaded scatter plot of customers, coloured by segment"),
        ],
    )


def shade(
    customers: pd.DataFrame,
    colours: Mapping[str, str],
    x: str,
    y: str,
    x_range: tuple[float, float],
    y_range: tuple[float, float],
    *,
    log_x: bool = False,
    log_y: bool = False,
    lit: np.ndarray | None = None,
    size: tuple[int, int] = (900, 440),
) -> np.ndarray:
    """Customers counted per pixel and segment, as colours.

    Returns
    -------
    numpy.ndarray of uint32, shape (height, width)
        RGBA, the first row at the bottom, as Bokeh's image_rgba takes it.
    """
    # datashader brings numba: 0.4 s and 80 MB that a page of few customers never needs.
    import datashader

    codes = customers[SEGMENT].cat.codes.to_numpy()
    shown = (codes if lit is None else np.where(lit, codes, len(colours))).astype("int64")
    category = pd.Categorical.from_codes(shown, categories=pd.Index([str(i) for i in range(len(colours) + 1)]))
    # Constant column names: numba compiles once, not once per pair of metrics.
    points = pd.DataFrame(
        {
            "x": customers[x].to_numpy(dtype="float64"),
            "y": customers[y].to_numpy(dtype="float64"),
            "segment": category,
        }
    )
    canvas = datashader.Canvas(
        *size,
        x_range=x_range,
        y_range=y_range,
        x_axis_type="log" if log_x else "linear",
        y_axis_type="log" if log_y else "linear",
    )
    counts = canvas.points(points, "x", "y", datashader.by("segment", datashader.count()))
    return _coloured(counts, colours)


def shade_counts(counts: np.ndarray, colours: Mapping[str, str]) -> np.ndarray:
    """What `shade` draws, of customers who were counted elsewhere.

    Parameters
    ----------
    counts : numpy.ndarray of uint32, shape (height, width, n_segments)
        The first row at the bottom, segments in the order of ``colours``.
    colours : mapping of str to str
        Segment -> colour.

    Returns
    -------
    numpy.ndarray of uint32, shape (height, width)
    """
    import xarray

    unlit = np.zeros((*counts.shape[:2], 1), dtype=counts.dtype)
    names = [str(i) for i in range(len(colours) + 1)]
    table = xarray.DataArray(np.dstack([counts, unlit]), dims=("y", "x", "segment"), coords={"segment": names})
    return _coloured(table, colours)


def _coloured(counts: Any, colours: Mapping[str, str]) -> np.ndarray:
    from datashader import transfer_functions

    picture = transfer_functions.shade(counts, color_key=[*colours.values(), UNLIT], min_alpha=FAINTEST)
    return np.asarray(transfer_functions.spread(picture, px=1).data)


def feed_picture(
    source: object, pixels: np.ndarray, x_range: tuple[float, float], y_range: tuple[float, float]
) -> None:
    """Put a newly shaded picture into the data source of a drawn one."""
    source.data = {  # type: ignore[attr-defined]
        "image": [pixels],
        "x": [x_range[0]],
        "y": [y_range[0]],
        "dw": [x_range[1] - x_range[0]],
        "dh": [y_range[1] - y_range[0]],
    }
