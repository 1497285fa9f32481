"""What segments are called, which colour they have, where they stand and what to do about them, by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import panel as pn
import panel_material_ui as pmui

from segdash.configuration import settings_of
from segdash.errors import SegmentsError, count
from segdash.markup import escape, swatch
from segdash.palette import PALETTE, normalise
from segdash.schema import CLUSTER
from segdash.views import VIEWS
from segdash.views.view import STYLE, View, empty, html, row

if TYPE_CHECKING:
    from panel.viewable import Viewable

FULL: dict[str, Any] = {"sizing_mode": "stretch_width", "margin": 0}

WORDS = (
    *("Purple", "Teal", "Amber", "Brick", "Blue", "Mauve", "Moss", "Sage"),
    *("Pink", "Slate", "Rosewood", "Periwinkle", "Turquoise", "Raspberry", "Olive", "Khaki"),
)
"""What a screen reader calls the colours of the palette, in its order."""

SWATCHES: dict[str, Any] = {
    "display": "grid",
    "gridTemplateColumns": "repeat(8, minmax(0, 1fr))",
    "gap": "6px",
    "& .MuiToggleButton-root": {
        # The word stays for who can't see the colour.
        "fontSize": 0,
        "minHeight": "28px",
        "padding": 0,
        "border": 0,
        "borderRadius": "6px !important",
        "margin": "0 !important",
    },
    "& .MuiToggleButton-root.Mui-selected, & .MuiToggleButton-root:focus-visible": {
        "boxShadow": "0 0 0 2px var(--panel-surface-color, #fff), 0 0 0 4px var(--panel-on-surface-color, #1b2430)",
    },
    **{
        f"& .MuiToggleButton-root:nth-of-type({i})": {
            "backgroundColor": f"{colour} !important",
            "&:hover": {"filter": "brightness(1.12)"},
        }
        for i, colour in enumerate(PALETTE, 1)
    },
}


@VIEWS.register("SegmentEditor")
class SegmentEditor(View):
    """Names, colours, order and advice of segments; what is refused says why and leaves all as it was."""

    title = "Names and colours"
    classes = ("segdash-controls",)

    def body(self) -> list[Viewable]:
        """The segments in their order, and a button that opens the editor."""
        self.key = html("")
        self.open = pmui.Button(
            label="Edit names, colours and advice",
            variant="outlined",
            size="small",
            on_click=lambda _: self.edit(),
            **FULL,
        )
        self.editor = pn.Column(css_classes=["segdash-editor"], stylesheets=[STYLE], visible=False, **FULL)
        self.follow(self._update, "segment_table", "segments", "remembered")
        return [self.key, self.open, self.editor]

    def edit(self) -> None:
        """Open the editor, or close it; its widgets are made when it is first opened."""
        if not self.editor.objects:
            self.editor.objects = self._parts()
            self._show()
        self.editor.visible = not self.editor.visible
        self.open.label = "Close" if self.editor.visible else "Edit names, colours and advice"

    def _parts(self) -> list[Viewable]:
        small: dict[str, Any] = {"size": "small", **FULL}
        self.which = pmui.Select(label="Segment", **small)
        self.which.param.watch(lambda _: self._show(), "value")
        self.called = pmui.TextInput(label="Name", **small)
        self.called.param.watch(lambda event: self._named(event.new), "value")
        self.swatches = pmui.RadioButtonGroup(
            label="Colour", options=dict(zip(WORDS, PALETTE, strict=True)), value=None, sx=SWATCHES, **FULL
        )
        self.swatches.param.watch(lambda event: self._coloured(event.new), "value")
        self.colour = pmui.TextInput(label="Colour", **small)
        self.colour.param.watch(lambda event: self._coloured(event.new), "value")
        self.advice = pmui.TextAreaInput(label="What to do", auto_grow=True, rows=2, max_rows=8, **small)
        self.advice.param.watch(lambda event: self._advised(event.new), "value")
        self.up = self._button("Move up", lambda: self._move(-1))
        self.down = self._button("Move down", lambda: self._move(1))
        self.reset = self._button("Reset this one", self._reset)
        self.reset_all = self._button("Reset all", lambda: self._change(segments={}))
        self.afresh = self._button("Name all by their numbers", lambda: self._change(remembered={}))
        self.why = html("")
        self.refused = html("")
        return [
            self.which,
            self.refused,
            self.called,
            self.swatches,
            self.colour,
            self.advice,
            row(self.up, self.down),
            row(self.reset, self.reset_all),
            self.why,
            self.afresh,
        ]

    def _button(self, label: str, act: Any) -> Any:
        return pmui.Button(label=label, variant="outlined", size="small", margin=0, on_click=lambda _: act())

    # ------------------------------------------------------------------ what a person does

    def _named(self, name: str) -> None:
        name = name.strip()
        if name != self._row["segment"]:
            self._set("name", None if name in ("", self._row["automatic"]) else name)

    def _coloured(self, colour: str | None) -> None:
        if colour is None or self._same_colour(colour):
            return
        self._set("color", colour.strip() or None)

    def _same_colour(self, colour: str) -> bool:
        try:
            return normalise(colour) == self._row["color"]
        except SegmentsError:
            return False

    def _advised(self, advice: str) -> None:
        if advice.strip() != self._row["strategy"].strip():
            self._set("advice", advice.strip() or None)

    def _set(self, setting: str, value: Any) -> None:
        """Give the segment a setting, None takes it back."""
        said = {**settings_of(self._row["automatic"], self._row[CLUSTER], self.state.segments), setting: value}
        self._change(segments=self._with({self._row["automatic"]: said}))

    def _with(self, changed: dict[str, dict[str, Any]]) -> dict[Any, dict[str, Any]]:
        """All settings, with these in place of those of the same segments; keys stay as they were written."""
        segments = dict(self.state.segments)
        clusters = dict(zip(self.state.segment_table["automatic"], self.state.segment_table[CLUSTER], strict=True))
        for automatic, said in changed.items():
            written = {str(key): key for key in segments}
            key = written.get(automatic, written.get(clusters[automatic], automatic))
            kept = {setting: value for setting, value in said.items() if value is not None}
            segments[key] = kept
            if not kept:
                del segments[key]
        return segments

    def _move(self, step: int) -> None:
        """One place up or down; those that were moved before keep the places they have then."""
        state = self.state
        order = state.segment_table["automatic"].tolist()
        at = order.index(self._row["automatic"])
        order.insert(at + step, order.pop(at))
        clusters = dict(zip(state.segment_table["automatic"], state.segment_table[CLUSTER], strict=True))
        said = {name: settings_of(name, clusters[name], state.segments) for name in order}
        moved = {name for name in order if "order" in said[name]} | {self._row["automatic"]}
        self._change(segments=self._with({name: {**said[name], "order": order.index(name) + 1} for name in moved}))

    def _reset(self) -> None:
        self._change(segments=self._with({self._row["automatic"]: {}}))

    def _change(self, **choices: Any) -> None:
        taken = self.change(**choices)
        self.refused.object = "" if taken else f'<div class="note problem">{escape(self.state.problem)}</div>'
        self._show(keep_refusal=True)

    # ------------------------------------------------------------------ what is shown

    @property
    def _row(self) -> dict[Any, Any]:
        """The segment that is being edited."""
        table = self.state.segment_table
        return table.loc[table["automatic"] == self.which.value].iloc[0].to_dict()

    def _update(self) -> None:
        table, segments = self.state.segment_table, self.state.segments
        shown = "".join(
            f"<li>{swatch(colour)}{escape(name)}</li>"
            for name, colour in zip(table["segment"], table["color"], strict=True)
        )
        self.key.object = f'<ol class="segments">{shown}</ol>' if len(table) else empty("No segments yet.")
        self.open.disabled = not len(table)
        pairs = zip(table["automatic"], table[CLUSTER], strict=True)
        changed = sum(bool(settings_of(name, cluster, segments)) for name, cluster in pairs)
        self.head(f"{changed} of {count(len(table), 'segment')} changed by hand" if changed else "By their numbers")
        if self.editor.objects:
            self._show()

    def _show(self, *, keep_refusal: bool = False) -> None:
        """Show the segment as it is, also where a change was refused."""
        table = self.state.segment_table
        if not len(table):
            self.editor.visible = False
            return
        options = dict(zip(table["segment"], table["automatic"], strict=True))
        value = self.which.value if self.which.value in options.values() else table["automatic"].iloc[0]
        if self.which.options != options or self.which.value != value:
            self.which.param.update(options=options, value=value)
        if not keep_refusal:
            self.refused.object = ""
        self._fill(self._row, table["automatic"].tolist())

    def _fill(self, segment: dict[Any, Any], order: list[str]) -> None:
        colour, state = segment["color"], self.state
        self.called.param.update(value=segment["segment"], placeholder=segment["automatic"])
        self.swatches.value = colour if colour in PALETTE else None
        self.colour.value = colour
        self.advice.value = segment["strategy"]
        self.up.disabled, self.down.disabled = segment["automatic"] == order[0], segment["automatic"] == order[-1]
        self.reset.disabled = not settings_of(segment["automatic"], segment[CLUSTER], state.segments)
        self.reset_all.disabled = not state.segments
        self.afresh.visible = bool(state.remembered)
        kept = " Some names or colours were kept from the segments before." if state.remembered else ""
        self.why.object = (
            f'<p class="muted">By its numbers: {escape(segment["automatic"])} ({escape(segment["reason"])}).'
            f"{kept} What is emptied goes back to that.</p>"
        )
