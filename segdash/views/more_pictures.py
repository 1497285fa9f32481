"""Further pictures of the customers, one at a time."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import panel as pn
import panel_material_ui as pmui
import param

from segdash.markup import escape
from segdash.views import VIEWS
from segdash.views.pictures import PICTURES
from segdash.views.save_buttons import SaveButtons
from segdash.views.view import STYLE, View, colour_key, empty, html, row

if TYPE_CHECKING:
    from panel.viewable import Viewable

    from segdash.views.pictures.picture import Picture

FIRST = "score_grid"
NO_CUSTOMERS = "No customers. Open a file in the drawer."
NOBODY_SHOWN = "Nobody passes. Clear the selection or widen the filters."


@VIEWS.register("Pictures")
class Pictures(View):
    """A picture to choose among several, of the customers shown; only the chosen one is made, and only while seen."""

    title = "More pictures"

    awake = param.Boolean(default=True, doc="Whether anybody can see the card; asleep it draws nothing.")

    def body(self) -> list[Viewable]:
        """Chooser, the picture's own controls, picture, what was found, files."""
        self.made: dict[str, Picture] = {}
        self.saves: dict[str, SaveButtons] = {}
        self.places: dict[str, Viewable] = {}
        self._is_stale = True
        titles = {PICTURES[name].title: name for name in PICTURES}
        self.chooser = pmui.Select(label="Picture", options=titles, value=FIRST, size="small", width=190, margin=0)
        self.chooser.param.watch(lambda _: self._choose(), "value")
        self.clear = pmui.Button(
            label="Clear selection", variant="text", size="small", margin=0, on_click=lambda _: self.change(selected=[])
        )
        self.controls = row()
        self.lacking, self.key, self.found = html(""), html(""), html("")
        self.place = pn.Column(
            css_classes=["segdash-steps"], stylesheets=[STYLE], sizing_mode="stretch_width", margin=0
        )
        self.param.watch(lambda _: self._wake(), "awake")
        followed = ["profile", "shown", "customers", "segment_table", "compared", "currency", "dark", "orders"]
        self.state.param.watch(lambda *_: self.refresh(), followed)
        self._choose()
        return [self.controls, self.lacking, self.key, self.place]

    # ------------------------------------------------------------------ what a person does

    @property
    def picture(self) -> Picture:
        """The chosen picture, made when it is first chosen."""
        name = self.chooser.value
        if name not in self.made:
            picture = self.made[name] = PICTURES[name](self.state, partial(self.select, toggle=True), self.refresh)
            self.live.append(picture.plot)
            self.saves[name] = SaveButtons(picture.plot.mark, picture.title, picture.table)
            self.places[name] = pn.Column(picture.plot.pane, sizing_mode="stretch_width", margin=0, min_width=1)
        return self.made[name]

    def _choose(self) -> None:
        with pn.io.hold():
            if not self.awake:
                self._is_stale = True
                return
            # Off the page first: what is drawn then is sent once.
            self.place.objects = []
            picture, name = self.picture, self.chooser.value
            self.refresh()
            self.controls.objects = [self.chooser, *picture.controls, self.clear]
            self.place.objects = [self.places[name], self.found, self.saves[name].row]

    def _wake(self) -> None:
        if self.awake and self._is_stale:
            self._choose()

    # ------------------------------------------------------------------ what is shown

    def refresh(self) -> None:
        """Draw the chosen picture anew, when anybody can see it."""
        if not self.awake:
            self._is_stale = True
            return
        self._is_stale = False
        with pn.io.hold():
            self._show()

    def _show(self) -> None:
        state, picture = self.state, self.picture
        seen = state.sizes[0] if picture.of_profile else len(state.shown)
        lacks = NO_CUSTOMERS if not len(state.features) else NOBODY_SHOWN if not seen else picture.lacks()
        said = "" if lacks else picture.draw()
        found: list[str] = [] if lacks else picture.findings()
        self.clear.visible = bool(state.selected)
        self.lacking.object = empty(lacks) if lacks else ""
        self.found.object = "".join(f"<p>{escape(sentence)}</p>" for sentence in found)
        self.key.object = colour_key(state.colours) if picture.needs_key and not lacks else ""
        name = self.chooser.value
        self.places[name].visible = self.saves[name].row.visible = not lacks
        self.head(f"{self.whom(sample=not picture.of_profile)}. {said}" if said else "")
