"""What to know and what to do about each segment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import panel as pn
import panel_material_ui as pmui

from segdash.labelling.insights import habit_sentence, share_sentence
from segdash.markup import escape, swatch
from segdash.schema import RFM
from segdash.views import VIEWS
from segdash.views.view import STYLE, View, empty, html, row

if TYPE_CHECKING:
    from panel.viewable import Viewable


NOBODY = "a segment …"


@VIEWS.register("Insights")
class Insights(View):
    """A card per segment: what its numbers say, why it has its name, what to do, and where the name is not earned."""

    title = "Insights"

    def __panel__(self) -> Viewable:
        if self._card is None:
            self.cards = html("")
            self.segments = pmui.Select(
                label="Select the customers of", options=[NOBODY], value=NOBODY, size="small", width=260, margin=0
            )
            self.segments.param.watch(self._chosen, "value")
            self.follow(self._update_segments, "segment_table")
            self.follow(self._update, "profile", "segment_table", "currency")
            self._card = pn.Column(
                row(self.segments),
                self.cards,
                stylesheets=[STYLE],
                sizing_mode="stretch_width",
                margin=0,
                styles={"gap": "12px"},
            )
        return self._card

    def _update_segments(self) -> None:
        self.segments.param.update(options=[NOBODY, *self.state.colours], value=NOBODY)

    def _chosen(self, event: Any) -> None:
        if event.new != NOBODY:
            self.segments.value = NOBODY  # a button, not a state: what is selected is said by the selection
            self.select(self.members(event.new), toggle=True)

    def _update(self) -> None:
        state = self.state
        if not len(state.customers):
            self.cards.object = empty("No customers yet. Open a customer table to read about its segments.")
            return
        profile = state.profile_of(list(RFM))
        parts = {str(row["segment"]): row for row in profile.to_dict("records")}
        cards = [
            self._one(segment, parts.get(segment["segment"])) for segment in state.segment_table.to_dict("records")
        ]
        self.cards.object = f'<div class="insights">{"".join(cards)}</div>'

    def _one(self, segment: dict[Any, Any], part: dict[Any, Any] | None) -> str:
        state = self.state
        base = "customers" if not state.is_filtered else "the selection" if state.selected else "those shown"
        if part is None:
            said = f"None of its customers are in {base}."
        else:
            said = f"{share_sentence(part, base=base)} {habit_sentence(part, state.currency)}"
        warnings = "".join(f'<p class="warning">{escape(sentence)}</p>' for sentence in segment["warnings"])
        facts = [
            ("Why this name", segment["reason"]),
            ("Characteristics", segment["characteristics"]),
            ("Strategy", segment["strategy"]),
            ("Revenue impact", segment["impact"]),
        ]
        listed = "".join(f"<dt>{escape(what)}</dt><dd>{escape(text)}</dd>" for what, text in facts if text)
        return (
            f'<section class="insight" style="border-left-color:{escape(segment["color"])}">'
            f"<h3>{swatch(segment['color'])}{escape(segment['segment'])}</h3>"
            f"<p>{escape(said)}</p>{warnings}<dl>{listed}</dl></section>"
        )
