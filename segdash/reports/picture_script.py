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
const colour_below = (model) => {
  const own = model?.background_fill_color
  return typeof own === "string" ? own : (model?.children ?? []).flat().map(colour_below).find((found) => found)
}
const surface = (view) => colour_below(view.model) ?? "#FFFFFF"
const whole = async (view, kind) => {
  const layer = view.export(kind)
  if (kind === "svg") {
    const text = await (await layer.to_blob()).text()
    const below = `<rect width="100%" height="100%" fill="${surface(view)}"/>`
    return new Blob([text.replace(/<svg[^>]*>/, (tag) => tag + below)], {type: "image/svg+xml"})
  }
  const {canvas} = layer
  const page = Object.assign(document.createElement("canvas"), {width: canvas.width, height: canvas.height})
  const pen = page.getContext("2d")
  pen.fillStyle = surface(view)
  pen.fillRect(0, 0, page.width, page.height)
  pen.drawImage(canvas, 0, 0)
  return new Promise((done) => page.toBlob(done))
}
const hand_over = (blob, kind, name) => {
  const link = document.createElement("a")
  link.download = name.replace(/[^\p{L}\p{N} ._-]+/gu, "_") + "." + kind
  link.href = URL.createObjectURL(blob)
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 1000)
}
const save = async (view, kind, name) => hand_over(await whole(view, kind), kind, name)
"""
"""JavaScript function of a Bokeh view, "png" or "svg", and the name of the file without its ending.

Figures are see-through on a page; in a file the card's colour is below them, so that letters of the dark theme can be
read wherever it is opened.
"""


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
