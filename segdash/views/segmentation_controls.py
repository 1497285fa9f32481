"""How customers are put into segments."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import panel as pn
import panel_material_ui as pmui

from segdash.clustering import METHODS
from segdash.schema import metric
from segdash.state.choices import MOST_SEGMENTS, declared_settings
from segdash.views import VIEWS
from segdash.views.control import control
from segdash.views.view import View, html

if TYPE_CHECKING:
    from panel.viewable import Viewable

    from segdash.clustering.settings import Setting

FULL = {"sizing_mode": "stretch_width"}

ELSEWHERE = {
    "cuts": "Cut points are set in the rule studio.",
    "model": "The model came with a segmentation file.",
}
"""Kinds of setting that are not chosen here, and where they are."""


@VIEWS.register("SegmentationControls")
class SegmentationControls(View):
    """Method, number of segments, features, transform and whatever else the method declares; nothing else is shown."""

    title = "Segmentation"
    classes = ("segdash-controls",)

    def body(self) -> list[Viewable]:
        """The controls."""
        self.method = control(self, "method", pmui.Select, **FULL)
        self.by_setting: dict[str, Any] = {
            "n_clusters": control(self, "n_segments", pmui.IntInput, start=2, end=MOST_SEGMENTS, step=1, **FULL),
            "features": control(self, "feature_names", pmui.MultiChoice, **FULL),
            "transform": control(self, "transform", pmui.Select, **FULL),
            **{name: self._further(setting) for name, setting in declared_settings().items()},
            "seed": control(self, "seed", pmui.IntInput, start=0, **FULL),
            "starts": control(self, "starts", pmui.IntInput, start=0, end=1000, **FULL),
        }
        self.follow(self._update, "clustering", "method")
        self.follow(self._update_further, "method_settings", "feature_names", "features", "problem")
        return [self.method, *self.by_setting.values()]

    # ------------------------------------------------------------------ settings that methods declare

    def _further(self, setting: Setting) -> Any:
        """The control of a setting that has no param of its own."""
        if setting.kind == "weights":
            return pn.Column(margin=0, **FULL)
        if setting.kind in ELSEWHERE:
            return html(f'<p class="muted">{ELSEWHERE[setting.kind]}</p>')
        about: dict[str, Any] = {"label": setting.title, "description": setting.doc, "margin": 0, **FULL}
        if setting.kind == "switch":
            widget: Any = pmui.Checkbox(**about)
        elif setting.kind in ("choice", "rule set"):
            options = {title: value for value, title in setting.options.items()}
            widget = pmui.Select(options=options, value=setting.default, size="small", **about)
        else:
            kind, step = (pmui.IntInput, 1) if setting.kind == "whole" else (pmui.FloatInput, 0.01)
            ends = dict(zip(("start", "end"), setting.bounds, strict=True)) if setting.bounds else {}
            widget = kind(step=step, value=setting.default, size="small", **ends, **about)
        widget.param.watch(partial(self._chosen, setting), "value")
        return widget

    def _chosen(self, setting: Setting, event: Any) -> None:
        if event.new is not None and event.new != self._value(setting):
            self._set(setting, event.new)

    def _set(self, setting: Setting, value: Any) -> None:
        others = {name: kept for name, kept in self.state.method_settings.items() if name != setting.name}
        self.change(method_settings=others if value == setting.default else {**others, setting.name: value})
        self._update_further()

    def _value(self, setting: Setting) -> Any:
        return self.state.method_settings.get(setting.name, setting.default)

    def _show(self, setting: Setting) -> None:
        """What is chosen, also a rule set of a person's own, which is none of the options."""
        widget, value = self.by_setting[setting.name], self._value(setting)
        if setting.kind == "rule set":
            options = {title: name for name, title in setting.options.items()}
            own = {} if value in list(setting.options) else {str(value["name"]): value}
            if widget.options != {**options, **own}:
                widget.param.update(options={**options, **own}, value=value)
        if widget.value != value:
            widget.value = value

    def _update_further(self) -> None:
        """Show what is chosen, also where another was refused."""
        for setting in declared_settings().values():
            if setting.kind == "weights":
                self._show_weights(setting)
            elif setting.kind not in ELSEWHERE:
                self._show(setting)

    def _show_weights(self, setting: Setting) -> None:
        """A number per metric that is clustered on."""
        weights, names = self._value(setting), self.state.feature_names
        column = self.by_setting[setting.name]
        if [one.tags for one in column.objects] != [[name] for name in names]:
            column.objects = [self._weight(setting, name) for name in names]
        for one, name in zip(column.objects, names, strict=True):
            if one.value != weights.get(name, 1.0):
                one.value = weights.get(name, 1.0)

    def _weight(self, setting: Setting, name: str) -> Any:
        low, high = setting.bounds or (0, None)
        label = f"Weight of {metric(name).title.lower()}"
        box = pmui.FloatInput(
            label=label, value=1.0, start=low, end=high, step=0.5, size="small", margin=(4, 0, 8, 0), **FULL
        )
        box.tags = [name]

        def chosen(event: Any) -> None:
            weights = {**self._value(setting), name: float(event.new if event.new is not None else 1.0)}
            wanted = {known: weight for known, weight in weights.items() if weight != 1.0}
            if wanted != self._value(setting):
                self._set(setting, wanted)

        box.param.watch(chosen, "value")
        return box

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
        self.head(f"{said}. {how.about}")
