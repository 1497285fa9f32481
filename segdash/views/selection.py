"""The selected customers in a few lines, beside the scatter they were selected in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import panel_material_ui as pmui

from segdash.markup import escape
from segdash.numbers import number, percent, short_money
from segdash.reports.csv_file import csv_file
from segdash.schema import MONETARY, metric
from segdash.views import VIEWS
from segdash.views.view import View, empty, html

if TYPE_CHECKING:
    import io

    from panel.viewable import Viewable


@VIEWS.register("Selection")
class Selection(View):
    """How the shown customers divide over the segments, and their list as a file."""

    title = "The selection"

    def body(self) -> list[Viewable]:
        """Bars of customers and revenue by segment, and the download."""
        self.bars = html("")
        self.download = pmui.FileDownload(
            callback=self._file,
            filename="customers.csv",
            label="Download these customers (CSV)",
            variant="outlined",
            size="small",
            color="primary",
            sizing_mode="stretch_width",
            margin=0,
        )
        self.follow(self._update, "profile", "segment_table", "currency")
        return [self.bars, self.download]

    def _file(self) -> io.BytesIO:
        return csv_file(self.state.shown)

    def _update(self) -> None:
        state = self.state
        total, whole = float(state.shown[MONETARY].sum()), float(state.customers[MONETARY].sum())
        share = percent(total / whole if whole else 0)
        self.title = "The selection" if state.selected else "Who is shown"
        self.head(f"{self.part_of_all()} · {short_money(total, state.currency)} · {share} of revenue")
        self.download.disabled = not len(state.shown)
        if not len(state.shown):
            self.bars.object = empty("Nobody passes. Clear the selection or widen the filters.")
            return
        parts = state.profile.set_index(state.profile["segment"].astype(str))
        most = float(parts["customers"].max())
        rows = []
        for name, colour in state.colours.items():
            size = int(parts["customers"].get(name, 0))
            revenue = float(parts["revenue"].get(name, 0.0))
            rows.append(
                f'<span class="name" title="{escape(name)}">{escape(name)}</span><span class="track"><div class="bar" '
                f'style="width:{100 * size / most:.1f}%;background:{escape(colour)}"></div></span>'
                f'<span class="value">{size:,} · {escape(short_money(revenue, state.currency))}</span>'
            )
        self.bars.object = f'<div class="bars">{"".join(rows)}</div>{self._against_all() if state.is_filtered else ""}'

    def _against_all(self) -> str:
        """Medians of those shown beside those of everybody."""
        state = self.state
        rows = []
        for name in state.compared:
            digits = metric(name).decimals
            here, there = (number(float(table[name].median()), digits) for table in (state.shown, state.customers))
            rows.append(
                f'<tr><th scope="row">{escape(metric(name).title)}</th>'
                f'<td class="n">{here}</td><td class="n">{there}</td></tr>'
            )
        return (
            '<table class="facts"><caption class="muted">Medians</caption>'
            '<tr><td></td><td class="n muted">here</td><td class="n muted">everybody</td></tr>'
            + "".join(rows)
            + "</table>"
        )
