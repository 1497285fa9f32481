"""Whom to show: segments, ranges of metrics, values of attributes."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import panel as pn
import panel_material_ui as pmui

from segdash.errors import quote
from segdash.numbers import number
from segdash.schema import metric
from segdash.views import VIEWS
from segdash.views.control import SWITCH, control
from segdash.views.view import View

if TYPE_CHECKING:
    from panel.viewable import Viewable

MOST_VALUES = 200
"""Attributes with more different values than this are searched in the customer list instead."""


@VIEWS.register("FilterControls")
class FilterControls(View):
    """Filters by segment, compared metrics, attributes and who is borderline; they add up, and the page says so."""

    title = "Filters"
    classes = ("segdash-controls",)

    def body(self) -> list[Viewable]:
        """The filters and the button that clears them."""
        self._following = False
        self.segments = pmui.MultiChoice(
            label="Segments shown",
            description=self.state.param.segment_filter.doc,
            margin=0,
            sizing_mode="stretch_width",
        )
        self.ranges = pn.Column(sizing_mode="stretch_width", margin=0)
        self.values = pn.Column(sizing_mode="stretch_width", margin=0)
        self.only = control(self, "borderline_only", pmui.Switch, description="", stylesheets=[SWITCH])
        self.clear = pmui.Button(
            label="Clear filters and selection",
            variant="outlined",
            size="small",
            margin=0,
            on_click=lambda _: self.change(
                segment_filter=[], ranges={}, attribute_filter={}, borderline_only=False, selected=[]
            ),
        )
        self.segments.param.watch(self._segments_chosen, "value")
        self.follow(self._update_segments, "segment_table", "segment_filter")
        self.follow(self._lay_out_ranges, "features", "compared", "currency")
        self.follow(self._lay_out_values, "features")
        self.follow(self._update, "shown", "ranges", "attribute_filter", "borderline_only")
        return [self.segments, self.ranges, self.values, self.only, self.clear]

    def _segments_chosen(self, event: Any) -> None:
        if event.new != self.state.segment_filter:
            self.change(segment_filter=list(event.new))

    def _update_segments(self) -> None:
        names = list(self.state.colours)
        wanted = [name for name in self.state.segment_filter if name in names]
        self.segments.param.update(options=names, value=wanted)

    def _lay_out_ranges(self) -> None:
        """A from and a to per compared metric."""
        self.ends: dict[tuple[str, int], Any] = {}
        rows = []
        for name in self.state.compared:
            values = self.state.features[name]
            ends = (values.min(), values.max())
            for end, word in enumerate(("from", "to")):
                self.ends[name, end] = pmui.TextInput(
                    label=f"{metric(name).title} {word}",
                    placeholder=number(float(ends[end]), metric(name).decimals) if len(values) else "",
                    size="small",
                    margin=0,
                    sizing_mode="stretch_width",
                )
                self.ends[name, end].param.watch(partial(self._range_chosen, name), "value")
            pair = pn.Row(self.ends[name, 0], self.ends[name, 1], sizing_mode="stretch_width", margin=(0, 0, 8, 0))
            rows.append(pair)
        self.ranges.objects = rows
        self._update()

    def _range_chosen(self, name: str, _event: Any) -> None:
        if self._following:
            return
        try:
            chosen = tuple(_end(self.ends[name, end].value) for end in (0, 1))
        except ValueError as wrong:
            self.state.problem = (
                f"{wrong} is no number to filter {metric(name).title} by. Write one such as 1000 or 12.5."
            )
            return
        if chosen == self.state.ranges.get(name, (None, None)):
            return
        ranges = {key: value for key, value in self.state.ranges.items() if key != name}
        self.change(ranges=ranges if chosen == (None, None) else {**ranges, name: chosen})

    def _lay_out_values(self) -> None:
        self.choices: dict[str, Any] = {}
        for name in self.state.attributes:
            options = sorted(value for value in self.state.features[name].unique() if value)
            if not 1 < len(options) <= MOST_VALUES:
                continue
            self.choices[name] = pmui.MultiChoice(
                label=name, options=options, margin=(0, 0, 8, 0), sizing_mode="stretch_width"
            )
            self.choices[name].param.watch(partial(self._value_chosen, name), "value")
        self.values.objects = list(self.choices.values())
        self._update()

    def _value_chosen(self, name: str, event: Any) -> None:
        if list(event.new) != self.state.attribute_filter.get(name, []):
            self.change(attribute_filter={**self.state.attribute_filter, name: list(event.new)})

    def _update(self) -> None:
        """Show what is in force, wherever it was changed."""
        self._following = True  # setting the first end of a range must not report the second as it was
        try:
            self._show_filters()
        finally:
            self._following = False
        state = self.state
        only = ", only borderline ones" if state.borderline_only else ""
        self.head(f"{self.part_of_all()} shown{only}" if only or state.is_filtered else "None in force")

    def _show_filters(self) -> None:
        for (name, end), widget in getattr(self, "ends", {}).items():
            wanted = self.state.ranges.get(name, (None, None))[end]
            if _end(widget.value, refuse=False) != wanted:
                widget.value = "" if wanted is None else f"{wanted:.15g}"
        for name, widget in getattr(self, "choices", {}).items():
            wanted = self.state.attribute_filter.get(name, [])
            if list(widget.value) != wanted:
                widget.value = wanted


def _end(text: str, *, refuse: bool = True) -> float | None:
    """The number a person wrote, None for nothing; ValueError with the text for anything else."""
    written = text.replace(",", "").replace(" ", "")
    try:
        value = float(written) if written else None
    except ValueError:
        value = float("nan")
    if value is not None and value != value:
        if refuse:
            raise ValueError(quote(text))
        return None
    return value
