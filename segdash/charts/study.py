"""How many segments: each measure of quality against k, side by side."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import holoviews as hv
import numpy as np
import pandas as pd
from bokeh.models import FixedTicker, NumeralTickFormatter

from segdash.charts import CHARTS
from segdash.charts.figure import hover, outside, set_scale
from segdash.charts.tints import ACCENT, FAINT, WARM
from segdash.numbers import number, percent

if TYPE_CHECKING:
    from collections.abc import Sequence

COLUMNS = 2


@dataclass(frozen=True)
class Measure:
    """A column of a study of k.

    Parameters
    ----------
    title : str
        Above its panel, with the direction that is better.
    decimals : int
        Digits after the point in the hover.
    share : bool
        True when it is a share, 0..1, written as per cent.
    """

    title: str
    decimals: int
    share: bool = False


MEASURES = {
    "silhouette": Measure("Silhouette ↑", 3),
    "inertia": Measure("Inertia (its bend)", 1),
    "davies_bouldin": Measure("Davies-Bouldin ↓", 3),
    "calinski_harabasz": Measure("Calinski-Harabasz ↑", 1),
    "stability": Measure("Stability ↑", 3),
    "smallest_share": Measure("Smallest segment", 1, share=True),
}
"""What is drawn where a study has it, in this order."""


def what_it_shows(recommended: int | None = None) -> str:
    """What the picture says, for the line below its card's title."""
    said = "Each picture measures segmentations into k segments in its own way, an arrow says which way is better"
    return f"{said}." if recommended is None else f"{said}; k = {recommended}, marked, is recommended."


@CHARTS.register("segment_study")
def segment_study(study: pd.DataFrame, *, recommended: int | None = None, dark: bool = False) -> hv.Layout:
    """A small picture per measure, k on the horizontal axis, the recommended k marked in each.

    Parameters
    ----------
    study : pandas.DataFrame
        One row per k: k, and any of inertia, silhouette, davies_bouldin, calinski_harabasz, smallest_share (0..1),
        stability. A missing value is a gap in the line.
    recommended : int, optional
        The k to mark.
    dark : bool
        Colours for a dark surface.

    Returns
    -------
    holoviews.Layout
        Two panels a row.
    """
    names = study_measures(study)
    parts = study_parts(study, recommended=recommended, dark=dark)
    panels = [
        _panel(name, parts[3 * i : 3 * i + 3], study["k"], last=i >= len(names) - COLUMNS, dark=dark)
        for i, name in enumerate(names)
    ]
    return hv.Layout(panels).cols(COLUMNS).opts(toolbar=None, shared_axes=False)


def study_measures(study: pd.DataFrame) -> list[str]:
    """The measures that a study has a column for, in the order they are drawn; the first one where it has none."""
    return [name for name in MEASURES if name in study.columns] or list(MEASURES)[:1]


def study_parts(study: pd.DataFrame, *, recommended: int | None = None, dark: bool = False) -> list[pd.DataFrame]:
    """Columns of each panel's mark, line and points, panel by panel."""
    study = study.sort_values("k", ignore_index=True)
    is_best = (study["k"] == recommended).to_numpy()
    parts = []
    for name in study_measures(study):
        values = study.get(name, pd.Series(np.nan, index=study.index)).to_numpy(dtype="float64")
        low, high = _ends(values)
        write = percent if MEASURES[name].share else number
        points = pd.DataFrame(
            {
                "k": study["k"].astype("float64"),
                "value": values,
                "said_k": [
                    f"{k:,}" + (" (recommended)" if b else "") for k, b in zip(study["k"], is_best, strict=True)
                ],
                "said": [write(value, MEASURES[name].decimals) for value in values.tolist()],
                "size": np.where(is_best, 11.0, 6.0),
                "color": np.where(is_best, WARM[dark], ACCENT[dark]),
            }
        )
        at = float(recommended) if recommended is not None and is_best.any() else np.nan
        mark = pd.DataFrame({"left": [at], "bottom": [low], "right": [at], "top": [high]})
        parts += [mark, points, points]
    return parts


def _panel(name: str, parts: Sequence[pd.DataFrame], ks: pd.Series, *, last: bool, dark: bool) -> hv.Overlay:
    mark, line, points = parts
    title = MEASURES[name].title
    low, high = _ends(points["value"].to_numpy())

    def ticks(plot: Any, _element: Any) -> None:
        set_scale(plot.state, "y", log=False)
        if MEASURES[name].share:
            plot.state.yaxis[0].formatter = NumeralTickFormatter(format="0 %")
        plot.state.yaxis[0].ticker.desired_num_ticks = 4
        plot.state.yaxis[0].ticker.num_minor_ticks = 0
        plot.state.xaxis[0].ticker = FixedTicker(ticks=_few([int(k) for k in ks]))

    def small(plot: Any, _element: Any) -> None:
        plot.state.title.text_font_size = "12px"

    tips = [("Segments", "@said_k"), (re.split(r" [↑↓(]", title)[0], "@said")]
    drawn = (
        hv.Segments(mark, ["left", "bottom", "right", "top"]).opts(color=FAINT[dark], line_width=6)
        * hv.Curve(line, "k", "value").opts(color=ACCENT[dark], line_width=1.5)
        * hv.Points(points, ["k", "value"], ["said_k", "said", "size", "color"]).opts(
            size="size", color="color", tools=[hover(tips)]
        )
    )
    options = outside(f"segment_study_{name}", f"Line chart: {title} by number of segments", height=150 + 22 * last)
    return drawn.opts(
        xlim=(float(ks.min()) - 0.4, float(ks.max()) + 0.4) if len(ks) else (1.6, 10.4),
        ylim=(low, high),
        xlabel="segments (k)" if last else "",
        ylabel="",
        show_grid=True,
        gridstyle={"xgrid_line_color": None},
        **{**options, "title": title, "toolbar": None, "hooks": [ticks, *options["hooks"], small]},
    )


def _few(ks: list[int], most: int = 10) -> list[int]:
    """The values of k that are labelled: all, or every second, third, ..."""
    return ks[:: -(-len(ks) // most) or 1]


def _ends(values: np.ndarray) -> tuple[float, float]:
    found = values[np.isfinite(values)]
    if not len(found):
        return 0.0, 1.0
    low, high = float(found.min()), float(found.max())
    margin = (high - low) * 0.12 or abs(high) * 0.1 or 0.5
    return low - margin, high + margin
