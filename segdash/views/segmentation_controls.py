"""How customers are put into segments."""

from __future__ import annotations

from typing import TYPE_CHECKING

import panel_material_ui as pmui

from segdash.clustering import METHODS
from segdash.views import VIEWS
from segdash.views.control import control
from segdash.views.view import View

if TYPE_CHECKING:
    from panel.viewable import Viewable


@VIEWS.register("SegmentationControls")
class SegmentationControls(View):
    """Method, number of segments, features, transform and seed; only what the method listens to can be changed."""

    title = "Segmentation"
    classes = ("segdash-controls",)

    def body(self) -> list[Viewable]:
        """The controls."""
        full = {"sizing_mode": "stretch_width"}
        self.method = control(self, "method", pmui.Select, **full)
        self.by_setting = {
            "n_clusters": control(self, "n_segments", pmui.IntInput, start=2, end=10, step=1, **full),
            "features": control(self, "feature_names", pmui.MultiChoice, **full),
            "transform": control(self, "transform", pmui.Select, **full),
            "seed": control(self, "seed", pmui.IntInput, start=0, **full),
            "starts": control(self, "starts", pmui.IntInput, start=0, end=1000, **full),
        }
        self.follow(self._update, "clustering", "method")
        return [self.method, *self.by_setting.values()]

    def _update(self) -> None:
        state = self.state
        how = METHODS[state.method]
        for setting, widget in self.by_setting.items():
            widget.visible = how.takes_features if setting == "features" else setting in how.names
        run = state.clustering
        said = f"{how.title}, {len(state.segment_table)} segments"
        if starts := run.settings.get("starts"):
            said += f"; best of {starts} starts"
        if run.inertia is not None:
            said += f", inertia {run.inertia:,.1f}"
        self.head(said)
