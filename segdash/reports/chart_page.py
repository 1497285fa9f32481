"""A chart as a web page of its own that asks no other machine for anything."""

from __future__ import annotations

import base64
import io
from typing import TYPE_CHECKING, Any

import holoviews as hv
from bokeh.embed import components
from bokeh.models import Plot
from bokeh.resources import Resources

from segdash.charts.theme import DARK_INK, DARK_SURFACE, FONT, INK, SURFACE, apply_theme
from segdash.markup import escape
from segdash.reports.csv_file import csv_file
from segdash.reports.picture_script import SAVE

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
{resources}
<style>
body {{ margin: 0; padding: 16px; background: {surface}; color: {ink}; font: 14px/1.45 {font}; }}
main {{ max-width: 1100px; margin: 0 auto; }}
h1 {{ font-size: 18px; margin: 0 0 4px; }}
p {{ margin: 0 0 12px; opacity: 0.8; }}
a, button {{ color: inherit; font: inherit; }}
button {{ background: none; border: 1px solid; border-radius: 6px; padding: 4px 12px; margin-right: 8px; }}
.tools {{ margin-top: 12px; opacity: 1; }}
</style>
</head>
<body>
<main>
<h1>{title}</h1>
{note}
{place}
<p class="tools"><button data-kind="png">Save as PNG</button><button data-kind="svg">Save as SVG</button>{numbers}</p>
</main>
{script}
<script>{save}
for (const button of document.querySelectorAll("button[data-kind]"))
  button.onclick = () => save(Bokeh.index.roots[0], button.dataset.kind, document.title)
</script>
</body>
</html>
"""


def chart_page(
    element: Any,
    *,
    title: str,
    note: str = "",
    table: pd.DataFrame | None = None,
    headings: Mapping[str, str] | None = None,
    dark: bool = False,
) -> io.BytesIO:
    """The chart as one HTML file with hover, buttons that save PNG and SVG, and its numbers as CSV.

    Parameters
    ----------
    element : holoviews element or layout
        As a function of `segdash.charts` returns it, made with the same ``dark``.
    title : str
        Heading of the page and name of saved files; may come from data, it is escaped.
    note : str
        A line below the heading; escaped as well.
    table : pandas.DataFrame, optional
        Offered as CSV: the frame that the chart was made from.
    headings : mapping of str to str, optional
        Column name -> heading, as `csv_file` takes them.
    dark : bool
        A page in the dark theme.

    Returns
    -------
    io.BytesIO
        UTF-8, at its beginning; about 1.3 MB, most of it Bokeh's own script, which is inside.
    """
    shown = hv.renderer("bokeh").get_plot(element).state
    for fig in shown.select({"type": Plot}):
        apply_theme(fig, dark=dark)
    script, place = components(shown)
    ink, surface = (DARK_INK, DARK_SURFACE) if dark else (INK, SURFACE)
    page = PAGE.format(
        title=escape(title),
        note=f"<p>{escape(note)}</p>" if note else "",
        resources=_library(),
        surface=surface,
        ink=ink,
        font=FONT,
        place=place,
        numbers="" if table is None else _numbers(table, headings, title),
        script=script,
        save=SAVE,
    )
    return io.BytesIO(page.encode("utf-8"))


def _library() -> str:
    """Bokeh's own script, without those that Panel adds to `INLINE`: one of them would be fetched."""
    return "\n".join(f"<script>{code}</script>" for code in Resources(mode="inline", components=["bokeh"]).js_raw)


def _numbers(table: pd.DataFrame, headings: Mapping[str, str] | None, title: str) -> str:
    content = base64.b64encode(csv_file(table, headings=headings).getvalue()).decode("ascii")
    href = f"data:text/csv;charset=utf-8;base64,{content}"
    return f'<a href="{href}" download="{escape(title)}.csv">The numbers as CSV</a>'
