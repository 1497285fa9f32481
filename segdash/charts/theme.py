"""The light theme of the page as Bokeh properties.

The page's template themes each figure in the browser, property by property, and every change lays the figure out
again: 1 s of a first visit. Figures that already have these values are left alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bokeh.plotting import figure

FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif'
"""The system's own sans: nothing is downloaded."""

SURFACE, INK, MUTED = "#FFFFFF", "#1B2430", "#56616D"
"""Card, text and secondary text of the light theme."""

_LINE = "rgba(0, 0, 0, 0.22)"

AXIS = {
    "axis_line_color": _LINE,
    "axis_line_alpha": 0,
    "major_tick_line_color": _LINE,
    "major_tick_line_alpha": 0,
    "minor_tick_line_color": _LINE,
    "minor_tick_line_alpha": 0,
    "major_label_text_color": MUTED,
    "major_label_text_font": FONT,
    "major_label_text_font_size": "0.925em",
    "major_label_text_font_style": "normal",
    "axis_label_text_color": INK,
    "axis_label_text_font": FONT,
    "axis_label_text_font_size": "1em",
    "axis_label_text_font_style": "normal",
    "axis_label_standoff": 12,
}
TITLE = {"text_color": INK, "text_font": FONT, "text_font_size": "1.05em", "text_font_style": "normal"}
FIGURE = {
    "background_fill_color": SURFACE,
    "background_fill_alpha": 0,
    "border_fill_color": SURFACE,
    "border_fill_alpha": 0,
    "outline_line_color": None,
}


def apply_theme(fig: figure) -> None:
    """Give a figure the values that the light page would give it."""
    fig.update(**FIGURE)
    if fig.title is not None:
        fig.title.update(**TITLE)
    for axis in (*fig.xaxis, *fig.yaxis):
        axis.update(**AXIS)
    for grid in (*fig.xgrid, *fig.ygrid):
        if grid.grid_line_color is not None:
            grid.update(grid_line_color="rgba(0, 0, 0, 0.1)", grid_line_alpha=1)
