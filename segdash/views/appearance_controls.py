"""How things are written and which metrics are compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

import panel_material_ui as pmui

from segdash.views import VIEWS
from segdash.views.control import control
from segdash.views.view import View

if TYPE_CHECKING:
    from panel.viewable import Viewable


@VIEWS.register("AppearanceControls")
class AppearanceControls(View):
    """Currency, and the metrics in box plots, hover and comparison table."""

    title = "Appearance"
    classes = ("segdash-controls",)

    def body(self) -> list[Viewable]:
        """The controls."""
        self.head()
        return [
            control(self, "compared", pmui.MultiChoice, sizing_mode="stretch_width"),
            control(self, "currency", pmui.TextInput, sizing_mode="stretch_width"),
        ]
