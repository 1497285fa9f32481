"""What the person must know before reading the numbers: refused choices, rows set aside, doubts about the data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segdash.errors import count
from segdash.markup import escape
from segdash.views import VIEWS
from segdash.views.view import View, html

if TYPE_CHECKING:
    from panel.viewable import Viewable


@VIEWS.register("Notices")
class Notices(View):
    """Sentences above the page: the last refused choice, choices segdash made itself, and what the file hides."""

    title = "Notices"

    def __panel__(self) -> Viewable:
        if self._card is None:
            self.notes = html("")
            self.follow(self._update, "problem", "notices", "intake", "clustering", "everyone")
            self._card = self.notes
        return self._card

    def _update(self) -> None:
        state = self.state
        intake = state.intake
        said = [("problem", state.problem)] if state.problem else []
        aside = intake["rows"] - intake["kept"]
        if aside:
            why = "; ".join(f"{reason['reason']} ({reason['rows']:,})" for reason in intake["reasons"][:4])
            more = f"; and {len(intake['reasons']) - 4} further reasons" if len(intake["reasons"]) > 4 else ""
            rows = f"{count(aside, 'row')} of {intake['rows']:,} set aside, in no figure here: {why}{more}."
            said.append(("caution", f"{rows} The drawer (Data) lists and downloads them."))
        if state.sample_said:
            said.append(("info", state.sample_said))
        said += [
            ("caution", sentence) for sentence in (*state.notices, *intake.get("doubts", []), *state.clustering.notes)
        ]
        notes = "".join(f'<div class="note {kind}">{escape(sentence)}</div>' for kind, sentence in said)
        self.notes.visible = bool(said)
        self.notes.object = f'<div class="notes" role="alert" aria-live="polite">{notes}</div>'
