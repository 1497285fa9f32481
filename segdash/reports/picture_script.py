"""A drawn chart as a PNG or SVG file, made by the browser that shows it.

Bokeh draws in the browser only: on the server a picture needs a browser driven by selenium, which segdash does not
ask for. In the page, Bokeh's own save tool writes PNG; this script writes both, of one figure or of several in a
layout, and asks no other machine.
"""

from __future__ import annotations

from typing import Any, Literal

from bokeh.models import CustomJS

Kind = Literal["png", "svg"]

SAVE = r"""
const save = async (view, kind, name) => {
  const blob = await view.export(kind).to_blob()
  const link = document.createElement("a")
  link.download = name.replace(/[^\p{L}\p{N} ._-]+/gu, "_") + "." + kind
  link.href = URL.createObjectURL(blob)
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 1000)
}
"""
"""JavaScript function of a Bokeh view, "png" or "svg", and the name of the file without its ending."""


def save_picture(shown: Any, kind: Kind, name: str) -> CustomJS:
    """Callback that saves what is drawn as a file, for any event of the same page.

    Parameters
    ----------
    shown : bokeh.models.LayoutDOM
        A figure, or a layout of figures.
    kind : {"png", "svg"}
        PNG has the screen's pixels; SVG has shapes that stay sharp.
    name : str
        Of the file, without its ending; characters that files can't have become underscores.

    Returns
    -------
    bokeh.models.CustomJS
    """
    code = f"{SAVE}\nawait save(Bokeh.index.find_one(shown), kind, name)"
    return CustomJS(args={"shown": shown, "kind": kind, "name": name}, code=code)
