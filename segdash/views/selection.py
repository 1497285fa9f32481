"""The selected customers in a few lines, beside the scatter they were selected in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import panel as pn
import panel_material_ui as pmui

from segdash.markup import escape
from segdash.numbers import number, percent, short_money
from segdash.profile import against_the_rest
from segdash.reports.csv_file import csv_file
from segdash.schema import metric
from segdash.views import VIEWS
from segdash.views.view import View, empty, html, row

if TYPE_CHECKING:
    import io

    from panel.viewable import Viewable

    from segdash.state import Segmentation


SMALL: dict[str, Any] = {"size": "small", "margin": 0, "width": 170}


@VIEWS.register("Selection")
class Selection(View):
    """How the shown customers divide over the segments, and their list as a file."""

    title = "The selection"

    def body(self) -> list[Viewable]:
        """Bars of customers and revenue by segment, and the download."""
        self.bars = html("")
        self.force = html("")
        self.unfilter = pmui.Button(
            label="Clear filters",
            variant="text",
            size="small",
            margin=0,
            on_click=lambda _: self.change(segment_filter=[], ranges={}, attribute_filter={}, borderline_only=False),
        )
        self.filters = row(self.force, self.unfilter)
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
        self.called = pmui.TextInput(label="Segment name", **SMALL)
        self.save = pmui.Button(
            label="Save as segment", variant="outlined", size="small", margin=0, on_click=lambda _: self._save()
        )
        self.own = pmui.Select(label="Saved segments", **SMALL)
        self.remove = pmui.Button(
            label="Remove", variant="outlined", size="small", margin=0, on_click=lambda _: self._remove()
        )
        self.saving, self.saved = row(self.called, self.save), row(self.own, self.remove)
        self.follow(self._update, "profile", "segment_table", "currency")
        self.follow(
            self._update_force, "segment_filter", "ranges", "attribute_filter", "borderline_only", "segment_table"
        )
        self.follow(self._update_own, "own_segments")
        self.follow(self._update_saving, "selected")
        return [self.filters, self.bars, self.download, self.saving, self.saved]

    def _file(self) -> io.BytesIO:
        return csv_file(self.state.shown)

    def _update(self) -> None:
        state = self.state
        total, whole = state.totals.revenue, state.whole.revenue
        share = percent(total / whole if whole else 0)
        self.title = "The selection" if state.selected else "Who is shown"
        self.head(f"{self.part_of_all()} · {short_money(total, state.currency)} · {share} of revenue")
        self.download.disabled = not len(state.shown)
        self.download.visible = not state.asks_engine  # the customer list has the download of all
        if not len(state.profile):
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
        self.bars.object = (
            f'<div class="bars">{"".join(rows)}</div>{self._against_the_rest() if state.is_filtered else ""}'
        )

    def _update_force(self) -> None:
        """Say which filters are in force; a selection is of those who pass them."""
        said = filters_said(self.state)
        self.filters.visible = bool(said)
        listed = "".join(f"<li>{escape(one)}</li>" for one in said)
        self.force.object = f'<p class="muted">Filters in force</p><ul class="force">{listed}</ul>' if said else ""

    def _against_the_rest(self) -> str:
        """What sets those shown apart from everybody else."""
        state = self.state
        chosen = np.zeros(len(state.customers), dtype=bool)
        chosen[state.shown.index.to_numpy()] = True
        rows = []
        for one in against_the_rest(state.customers, chosen, state.compared).to_dict("records"):
            digits = metric(one["metric"]).decimals
            cells = [number(one["here"], digits), number(one["rest"], digits), number(one["index"], 0)]
            figures = "".join(f'<td class="n">{"–" if cell == "nan" else escape(cell)}</td>' for cell in cells)
            rows.append(f'<tr><th scope="row">{escape(metric(one["metric"]).title)}</th>{figures}</tr>')
        heads = "".join(f'<td class="n muted">{head}</td>' for head in ("here", "the rest", "index"))
        return (
            '<table class="facts"><caption class="muted">Medians; index: mean here, 100 is the mean of all</caption>'
            f"<tr><td></td>{heads}</tr>{''.join(rows)}</table>"
        )

    def _save(self) -> None:
        with pn.io.hold():
            if self.act(lambda: self.state.save_as_segment(self.called.value)):
                self.called.value = ""

    def _remove(self) -> None:
        gone = self.own.value
        self.change(own_segments={name: ids for name, ids in self.state.own_segments.items() if name != gone})

    def _update_own(self) -> None:
        names = list(self.state.own_segments)
        self.own.param.update(
            options=names, value=self.own.value if self.own.value in names else next(iter(names), None)
        )
        self.saved.visible = bool(names)

    def _update_saving(self) -> None:
        self.saving.visible = bool(self.state.selected)


def filters_said(state: Segmentation) -> list[str]:
    """The filters in force, in words, one each.

    Examples
    --------
    >>> import pandas as pd
    >>> from segdash.state import Segmentation
    >>> table = pd.DataFrame({"customer_id": ["a", "b"], "recency": [1, 9], "frequency": 1, "monetary": [5.0, 3.0]})
    >>> filters_said(Segmentation(table, method="single", ranges={"recency": (2, None), "monetary": (1, 4.5)}))
    ['Recency from 2', 'Monetary 1.00 to 4.50']
    """
    said = [f"Segment {' or '.join(state.segment_filter)}"] if state.segment_filter else []
    for name, (low, high) in state.ranges.items():
        low_said, high_said = (number(end, metric(name).decimals) if end is not None else "" for end in (low, high))
        if low_said and high_said:
            said.append(f"{metric(name).title} {low_said} to {high_said}")
        elif low_said or high_said:
            said.append(f"{metric(name).title} {'from' if low_said else 'up to'} {low_said or high_said}")
    said += [f"{name}: {' or '.join(values)}" for name, values in state.attribute_filter.items() if values]
    return [*said, "Only borderline customers"] if state.borderline_only else said
