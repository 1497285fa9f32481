"""What segments are called, which colour they have, where they stand and what to do about them, by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import panel as pn
import panel_material_ui as pmui

from segdash.colour_vision import PALETTES, hard_to_see, seen_alike
from segdash.configuration import settings_of
from segdash.editing import edited, moved, painted, to_paint
from segdash.errors import SegmentsError, count
from segdash.markup import escape, swatch
from segdash.palette import normalise
from segdash.schema import CLUSTER
from segdash.views import VIEWS
from segdash.views.view import STYLE, View, empty, html, row

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from panel.viewable import Viewable

    from segdash.editing import Edited

FULL: dict[str, Any] = {"sizing_mode": "stretch_width", "margin": 0}

OPEN, CLOSE = "Edit names, colours and advice", "Close the editor"

SMALL_LABEL = ".MuiFormLabel-root { font-size: 12px; margin-bottom: 4px; }"

OF_NAMES = next(iter(PALETTES))
"""The palette that has a colour for each name."""

NONE_OF_THESE = {"Another colour": ""}
"""Hidden first of the swatches: a group of buttons without a value takes its first option for one."""

MOST_SAID = 3
"""Pairs of colours that are spelled out; the rest is counted."""


@VIEWS.register("SegmentEditor")
class SegmentEditor(View):
    """Names, colours, order and advice of segments; what is refused says why and leaves all as it was."""

    title = "Names and colours"
    classes = ("segdash-controls",)

    def body(self) -> list[Viewable]:
        """The segments in their order, and a button that opens the editor."""
        self.key = html("")
        self.edited = ""
        self.open = pmui.Button(label=OPEN, variant="outlined", size="small", on_click=lambda _: self.edit(), **FULL)
        self.editor = pn.Column(css_classes=["segdash-editor"], stylesheets=[STYLE], visible=False, **FULL)
        self.follow(self._update, "segment_table", "segments", "remembered")
        return [self.key, self.open, self.editor]

    def edit(self) -> None:
        """Open the editor, or close it; its widgets are made when it is first opened."""
        if not self.editor.objects:
            self.editor.objects = self._parts()
        self._turn(not self.editor.visible)
        self._show()

    def _turn(self, to_open: bool) -> None:
        self.editor.visible = to_open and len(self.state.segment_table) > 0
        self.open.label = CLOSE if self.editor.visible else OPEN

    def _parts(self) -> list[Viewable]:
        small: dict[str, Any] = {"size": "small", **FULL}
        # By the names that are shown: what stands in the box is then told anew with each of them.
        self.which = pmui.Select(label="Segment", options=[], **small)
        self.called = pmui.TextInput(label="Name", **small)
        self.palette = pmui.Select(label="Palette", options=list(PALETTES), value=OF_NAMES, **small)
        self.swatches = pmui.RadioButtonGroup(
            label="Colour", options=NONE_OF_THESE, value="", stylesheets=[SMALL_LABEL], **FULL
        )
        self.colour = pmui.TextInput(label="Or a colour's code or name", **{**small, "margin": (6, 0, 0, 0)})
        self.advice = pmui.TextAreaInput(label="What to do", auto_grow=True, rows=2, max_rows=8, **small)
        self.refused, self.eyes, self.why = html(""), html(""), html("")
        self.use = self._button("Use this palette for all", self._paint)
        self.up = self._button("Move up", lambda: self._move(-1))
        self.down = self._button("Move down", lambda: self._move(1))
        self.reset = self._button("Reset this one", self._reset)
        self.reset_all = self._button("Reset all", lambda: self._change(segments={}))
        self.afresh = self._button("Name all by their numbers", lambda: self._change(remembered={}))
        for widget, act in {
            self.which: self._chosen,
            self.called: self._named,
            self.palette: lambda _: self._show(),
            self.swatches: lambda colour: self._coloured(colour) if colour else None,
            self.colour: self._coloured,
            self.advice: self._advised,
        }.items():
            widget.param.watch(_with_value(act), "value")
        colours = [self.palette, self.swatches, self.colour, row(self.use), self.eyes]
        names = [self.which, self.refused, self.called]
        buttons = row(self.up, self.down, self.reset, self.reset_all)
        return [*names, *colours, self.advice, buttons, self.why, self.afresh]

    def _button(self, label: str, act: Callable[[], None]) -> Any:
        return pmui.Button(label=label, variant="outlined", size="small", margin=0, on_click=lambda _: act())

    # ------------------------------------------------------------------ what a person does

    def _chosen(self, name: str | None) -> None:
        table = self.state.segment_table
        found = table.loc[table["segment"] == name, "automatic"]
        if len(found) and found.iloc[0] != self.edited:
            self.edited = found.iloc[0]
            self._show()

    def _named(self, name: str) -> None:
        segment, name = self._row, name.strip()
        if name != segment["segment"]:
            self._set(name=None if name in ("", segment["automatic"]) else name)

    def _coloured(self, colour: str) -> None:
        if _normal(colour) != self._row["color"]:
            self._set(color=colour.strip() or None)

    def _advised(self, advice: str) -> None:
        if advice.strip() != self._row["strategy"].strip():
            self._set(advice=advice.strip() or None)

    def _set(self, **settings: Any) -> None:
        """Give the segment settings, None takes one back."""
        self._edit(lambda segments, table: edited(segments, table, {self.edited: settings}))

    def _reset(self) -> None:
        self._set(name=None, color=None, order=None, advice=None)

    def _move(self, step: int) -> None:
        self._edit(lambda segments, table: moved(segments, table, self.edited, step))

    def _paint(self) -> None:
        title = self.palette.value
        colours = None if title == OF_NAMES else list(PALETTES[title].values())
        self._edit(lambda segments, table: painted(segments, table, colours))

    def _edit(self, make: Callable[[Any, Any], Edited]) -> None:
        """Take an edit over, and say what gave way for it, or why it is refused."""
        try:
            to = make(self.state.segments, self.state.segment_table)
        except SegmentsError as refused:
            self._said([str(refused)], "problem")
            self._show(keep=True)
        else:
            self._change(to.notes, segments=to.segments)

    def _change(self, notes: Iterable[str] = (), **choices: Any) -> None:
        if self.change(**choices):
            self._said(notes, "caution")
        else:
            self._said([self.state.problem], "problem")
        self._show(keep=True)

    def _said(self, sentences: Iterable[str], kind: str) -> None:
        self.refused.object = "".join(
            f'<div class="note {kind}" role="alert">{escape(sentence)}</div>' for sentence in sentences
        )

    # ------------------------------------------------------------------ what is shown

    @property
    def _row(self) -> dict[Any, Any]:
        """The segment that is being edited."""
        table = self.state.segment_table
        return table.loc[table["automatic"] == self.edited].iloc[0].to_dict()

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
        self._turn(self.editor.visible)
        self._show()

    def _show(self, *, keep: bool = False) -> None:
        """Show the segment as it is, also where a change was refused."""
        table = self.state.segment_table
        if not self.editor.visible:
            return
        if self.edited not in table["automatic"].tolist():
            self.edited = table["automatic"].iloc[0]
        self.which.param.update(options=table["segment"].tolist(), value=self._row["segment"])
        if not keep:
            self.refused.object = ""
        self._fill(self._row)
        self._fill_colours(self._row["color"])

    def _fill(self, segment: dict[Any, Any]) -> None:
        state, order = self.state, self.state.segment_table["automatic"].tolist()
        self.called.param.update(value=segment["segment"], placeholder=segment["automatic"])
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

    def _fill_colours(self, colour: str) -> None:
        table, palette = self.state.segment_table, PALETTES[self.palette.value]
        self.swatches.param.update(
            options={**NONE_OF_THESE, **palette},
            value=colour if colour in palette.values() else "",
            sx=_swatches(list(palette.values()), taken=set(table["color"]) - {colour}),
        )
        self.colour.value = colour
        self.use.disabled = len(to_paint(table)) > len(palette)
        said = _for_every_eye(dict(zip(table["segment"], table["color"], strict=True)))
        if themes := hard_to_see(colour):
            said.insert(0, f"{colour} is hard to see on the {' and the '.join(themes)} page.")
        self.eyes.object = "".join(f'<p class="muted">{escape(sentence)}</p>' for sentence in said)


def _with_value(act: Callable[[Any], None]) -> Callable[[Any], None]:
    return lambda event: act(event.new)


def _normal(colour: str) -> str:
    """A colour's code, or what was written where it is none."""
    try:
        return normalise(colour)
    except SegmentsError:
        return colour


def _for_every_eye(colours: dict[str, str]) -> list[str]:
    """Which segments some people can't tell apart by colour, in sentences."""
    pairs = seen_alike(colours)
    said = [f"{pair.one} and {pair.other} look alike with {' and '.join(pair.eyes)}." for pair in pairs[:MOST_SAID]]
    if len(pairs) > MOST_SAID:
        said.append(f"So do {count(len(pairs) - MOST_SAID, 'further pair')}.")
    return said or ["All of them can be told apart, whatever the colour vision."]


def _swatches(colours: list[str], *, taken: set[str]) -> dict[str, Any]:
    """Style of a group of buttons that makes them swatches; those that other segments have bear a dot."""
    dot = {"content": '""', "width": "8px", "height": "8px", "borderRadius": "50%", "backgroundColor": "#fff"}
    return {
        "display": "grid",
        "gridTemplateColumns": f"repeat({8 if len(colours) % 8 == 0 else 6}, minmax(0, 1fr))",
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
                **({"&::after": dot} if colour in taken else {}),
            }
            for i, colour in enumerate(colours, 2)
        },
        "& .MuiToggleButton-root:first-of-type": {"display": "none"},
    }
