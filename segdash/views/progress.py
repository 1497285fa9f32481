"""What the page is busy with, how far it is, and the way to stop it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import panel as pn
import panel_material_ui as pmui

from segdash.markup import escape
from segdash.numbers import percent
from segdash.views import VIEWS
from segdash.views.view import STYLE, View, html

if TYPE_CHECKING:
    from panel.viewable import Viewable


@VIEWS.register("Progress")
class Progress(View):
    """A strip at the foot of the window while long work is done, with a button to stop it; nothing at other times."""

    title = "Progress"

    def __panel__(self) -> Viewable:
        if self._card is None:
            self.said = html("", sizing_mode="stretch_width")
            # Only where the share is known: a bar that runs to and fro keeps a browser without a GPU from its work.
            # Without a value it would become such a bar, and stay one.
            self.bar = pmui.LinearProgress(
                value=0, variant="determinate", sizing_mode="stretch_width", margin=0, visible=False
            )
            self.cancel = pmui.Button(
                label="Stop", variant="text", size="small", margin=0, on_click=lambda _: self.state.work.cancel()
            )
            self.strip = self._card = pn.Column(
                pn.Row(self.said, self.cancel, margin=0, sizing_mode="stretch_width"),
                self.bar,
                css_classes=["segdash-progress"],
                stylesheets=[STYLE],
                margin=0,
                visible=False,
            )
            self.state.work.param.watch(lambda *_: self._update(), ["title", "step", "share"])
            self._update()
        return self._card

    def _update(self) -> None:
        work = self.state.work
        share = "" if work.share is None else f" ({percent(work.share, 0)})"
        step = f'<span class="muted">{escape(work.step)}{share}</span>' if work.step else ""
        self.said.object = (
            f'<div role="status"><strong>{escape(work.title)}</strong> {step}</div>' if work.title else ""
        )
        self.bar.param.update(value=round(100 * (work.share or 0)), visible=work.share is not None)
        self.strip.visible = bool(work.title)
