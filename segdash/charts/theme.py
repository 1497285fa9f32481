"""The themes of the page as Bokeh properties.

The page's template themes each figure in the browser, property by property, and every change lays the figure out
again: 1 s of a first visit. Figures that already have these values are left alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bokeh.core.properties import value
from bokeh.models import GlyphRenderer, Text

if TYPE_CHECKING:
    from bokeh.plotting import figure

FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif'
"""The system's own sans: nothing is downloaded."""

SURFACE, INK, MUTED = "#FFFFFF", "#1B2430", "#56616D"
"""Card, text and secondary text of the light theme."""

DARK_SURFACE, DARK_INK, DARK_MUTED = "#171C22", "#E6EAF0", "#A3ADB8"
"""The same of the dark theme."""

_INKS = {False: (SURFACE, INK, MUTED), True: (DARK_SURFACE, DARK_INK, DARK_MUTED)}
_LINE = {False: "rgba(0, 0, 0, 0.22)", True: "rgba(255, 255, 255, 0.26)"}
_GRID = {False: "rgba(0, 0, 0, 0.1)", True: "rgba(255, 255, 255, 0.12)"}


def apply_theme(fig: figure, *, dark: bool = False) -> None:
    """Give a figure the values that the light page would give it, or for a page of its own those of the dark."""
    surface, ink, _ = _INKS[dark]
    fig.update(
        background_fill_color=surface,
        background_fill_alpha=0,
        border_fill_color=surface,
        border_fill_alpha=0,
        outline_line_color=None,
    )
    if fig.title is not None:
        fig.title.update(text_color=ink, text_font=FONT, text_font_size="1.05em", text_font_style="normal")
    for renderer in fig.select({"type": GlyphRenderer}):
        if isinstance(renderer.glyph, Text):
            renderer.glyph.text_font = value(FONT)  # a bare string with commas would be taken for a column
    for axis in (*fig.xaxis, *fig.yaxis):
        axis.update(**_axis(dark))
    for grid in (*fig.xgrid, *fig.ygrid):
        if grid.grid_line_color is not None:
            grid.update(grid_line_color=_GRID[dark], grid_line_alpha=1)


def _axis(dark: bool) -> dict[str, object]:
    _, ink, muted = _INKS[dark]
    return {
        "axis_line_color": _LINE[dark],
        "axis_line_alpha": 0,
        "major_tick_line_color": _LINE[dark],
        "major_tick_line_alpha": 0,
        "minor_tick_line_color": _LINE[dark],
        "minor_tick_line_alpha": 0,
        "major_label_text_color": muted,
        "major_label_text_font": FONT,
        "major_label_text_font_size": "0.925em",
        "major_label_text_font_style": "normal",
        "axis_label_text_color": ink,
        "axis_label_text_font": FONT,
        "axis_label_text_font_size": "1em",
        "axis_label_text_font_style": "normal",
        "axis_label_standoff": 12,
    }
