"""A comparison of two segmentations as a page shows it: figures, heat map, streams, a table; a click selects."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pandas as pd
import panel as pn
import panel_material_ui as pmui
from bokeh.models.widgets.tables import NumberFormatter

from segdash.charts.moves import contingency
from segdash.charts.streams import flows
from segdash.errors import count
from segdash.markup import escape
from segdash.numbers import number, percent, short_money
from segdash.reports.csv_file import csv_file
from segdash.views.gestures import on_tap
from segdash.views.live import LivePlot
from segdash.views.save_buttons import SaveMenu
from segdash.views.table import Table
from segdash.views.view import STYLE, html, row, tiles

if TYPE_CHECKING:
    import io

    from panel.viewable import Viewable

    from segdash.alternative import Beside
    from segdash.comparison import Comparison
    from segdash.views.view import View

FILLS = {
    "% of the row": "from_share",
    "% of the column": "to_share",
    "Customers": "customers",
    "Revenue": "revenue",
}
COLUMNS = {
    "before": "From",
    "after": "To",
    "customers": "Customers",
    "share": "Share of where they were (%)",
    "revenue_after": "Revenue",
}
DONE = {
    "replace": "{0} selected: {1}",
    "append": "{0} added: {1}",
    "intersect": "Kept of the selection: {1}",
    "subtract": "{0} taken away: {1}",
}
"""What is said after a selection, by its mode."""

PAIRS = {"before": "From", "after": "To", "customers": "Customers", "revenue_after": "Revenue"}

NOBODY = "(choose a move)"
MOST_LISTED = 12


class MovesShown:
    """Parts of a card that show who moves between two segmentations.

    Parameters
    ----------
    view : View
        Whose state is asked to select customers.
    """

    def __init__(self, view: View) -> None:
        self.view = view
        self.beside: Beside | None = None
        self.figures, self.said, self.chosen = html(""), html(""), html("", sizing_mode=None)
        self.fill = pmui.Select(
            label="Numbers in the cells", options=FILLS, value="from_share", size="small", width=180, margin=0
        )
        self.fill.param.watch(lambda _: self.draw(), "value")
        self.cells, self.streams = LivePlot(height=300, on_draw=self._drawn), LivePlot(height=300)
        view.live += [self.cells, self.streams]
        self.table = Table(
            value=pd.DataFrame(columns=list(COLUMNS)),
            titles=COLUMNS,
            formatters={
                name: NumberFormatter(format=form)
                for name, form in (("customers", "0,0"), ("share", "0.0"), ("revenue_after", "0,0.00"))
            },
            text_align=dict.fromkeys(("customers", "share", "revenue_after"), "right"),
            header_align=dict.fromkeys(("customers", "share", "revenue_after"), "right"),
            pagination="local",
            page_size=10,
            layout="fit_columns",
            configuration={"columnDefaults": {"headerWordWrap": True, "minWidth": 96, "headerSort": False}},
        )
        self.table.on_click(lambda event: self.select(*self._moves()[int(event.row)]))
        self.pick = pmui.Select(
            label="Select the customers who went", options=[NOBODY], value=NOBODY, size="small", width=320, margin=0
        )
        self.pick.param.watch(self._picked, "value")
        self.download = pmui.FileDownload(
            callback=self._file,
            filename="who_moved.csv",
            label="Download who moved (CSV)",
            variant="outlined",
            size="small",
            color="primary",
            margin=0,
        )
        self.all = self._laid_out()

    def _laid_out(self) -> Viewable:
        self.saves = [
            SaveMenu(plot.mark, name, self._pairs, corner=False)
            for plot, name in ((self.cells, "Moves as a table"), (self.streams, "Moves as streams"))
        ]
        pictures = [
            pn.Column(*save.parts, plot.pane, margin=0, css_classes=["segdash-steps", "half"], stylesheets=[STYLE])
            for save, plot in zip(self.saves, (self.cells, self.streams), strict=True)
        ]
        return pn.Column(
            self.figures,
            self.said,
            row(self.fill, self.chosen),
            pn.Column(
                *pictures,
                css_classes=["segdash-grid"],
                stylesheets=[STYLE],
                sizing_mode="stretch_width",
                margin=0,
                min_width=1,
            ),
            self.table,
            row(self.pick, self.download),
            css_classes=["segdash-steps"],
            stylesheets=[STYLE],
            sizing_mode="stretch_width",
            margin=0,
            visible=False,
            styles={"gap": "8px"},
        )

    # ------------------------------------------------------------------ what is shown

    def show(self, beside: Beside | None) -> None:
        """Show another comparison; None for none."""
        self.beside = beside
        self.all.visible = beside is not None
        if beside is None:
            return
        moves = beside.moves
        self.figures.object = figures_html(moves)
        self.said.object = further_html(moves)
        self.chosen.object = _chip("Click a cell or a row to select its customers")
        gone = moves.pairs[~moves.pairs["same"]].sort_values("customers", ascending=False, kind="stable")
        table = gone[list(COLUMNS)].reset_index(drop=True)
        self.table.value = table.assign(share=100 * table["share"])
        options = {NOBODY: NOBODY, **{f"{a} → {b} ({n:,})": (a, b) for a, b, n in _rows(gone)}}
        self.pick.param.update(options=options, value=NOBODY)
        self.download.visible = self.pick.visible = self.table.visible = bool(len(gone))
        self.draw()

    def draw(self) -> None:
        """Heat map and streams, in the page's theme."""
        if self.beside is None:
            return
        moves, (colours, to_colours), state = self.beside.moves, self.beside.colours, self.view.state
        columns = {"before": "from", "after": "to", "revenue_after": "revenue"}
        pairs = moves.pairs.rename(columns=columns)[["from", "to", "customers", "revenue"]]
        titles = [title[:1].upper() + title[1:] for title in moves.titles]
        about: dict[str, Any] = {
            "to_colours": to_colours,
            "before": titles[0],
            "after": titles[1],
            "currency": state.currency,
            "dark": state.dark,
        }
        self.cells.pane.height = 130 + 34 * max(len(colours), 1)
        self.streams.pane.height = 120 + 36 * max(len(to_colours), 3)
        self.cells.show(partial(contingency, pairs, colours, fill=self.fill.value, **about), None, object())
        self.streams.show(partial(flows, pairs, colours, **about), None, object())

    # ------------------------------------------------------------------ what a person does

    def _drawn(self, plot: Any) -> None:
        def tapped(cells: list[int], mode: str | None) -> None:
            if self.beside is not None:
                before, after = (list(colours) for colours in self.beside.colours)
                self.select(before[cells[0] // len(after)], after[cells[0] % len(after)], mode)

        on_tap(plot, tapped)

    def _moves(self) -> list[tuple[str, str]]:
        return list(zip(self.table.value["before"], self.table.value["after"], strict=True))

    def _picked(self, event: Any) -> None:
        if event.new != NOBODY:
            self.select(*event.new)

    def select(self, before: str, after: str, mode: str | None = None) -> None:
        """Select the customers of one cell in the way of ``mode``, or of the page; once more clears the selection."""
        state, moves = self.view.state, self.beside.moves  # type: ignore[union-attr]  # nothing else can be clicked
        ids = moves.customers_of(before, after)
        if ids and self.view.select(ids, mode, toggle=True):
            said = DONE[mode or state.selecting].format(count(len(ids), "customer"), f"{before} → {after}")
            said = said if state.selected else "Nobody selected"
            self.chosen.object = _chip(said)

    def _pairs(self) -> tuple[pd.DataFrame, dict[str, str]]:
        """What both pictures are drawn from, a row per pair of segments, and the headings of the columns."""
        pairs = self.beside.moves.pairs  # type: ignore[union-attr]  # hidden without
        return pairs[list(PAIRS)], PAIRS

    def _file(self) -> io.BytesIO:
        return csv_file(self.beside.moves.moved)  # type: ignore[union-attr]  # hidden without


def figures_html(moves: Comparison) -> str:
    """Who moved, revenue that moved, agreement: three tiles."""
    total = float(moves.both["monetary_after"].sum())
    share = f"{percent(moves.revenue_moved / total)} of revenue" if total else ""
    index = f"{moves.agreement:.2f}" if len(moves.both) else number(float("nan"))
    of_both = f"{percent(moves.share_moved)} of {len(moves.both):,} in both"
    figures = (
        ("Customers who move", number(len(moves.moved)), of_both),
        ("Revenue that moves", short_money(moves.revenue_moved, moves.currency), share),
        ("Adjusted Rand index", index, moves.agreement_words),
    )
    return tiles([tuple(map(escape, figure)) for figure in figures])


def further_html(moves: Comparison) -> str:
    """What the figures leave unsaid, a sentence each."""
    sentences = moves.summary[2:] if len(moves.both) else moves.summary
    return "".join(f"<p>{escape(sentence)}</p>" for sentence in sentences)


def flips_html(beside: Beside) -> str:
    """The same as `MovesShown`, to read only: figures, sentences, the largest moves."""
    moves = beside.moves
    gone = moves.pairs[~moves.pairs["same"]].sort_values("revenue_after", ascending=False, kind="stable")
    lines = "".join(
        f'<tr><td>{escape(before)}</td><td>{escape(after)}</td><td class="n">{n:,}</td>'
        f'<td class="n">{escape(short_money(money, moves.currency))}</td></tr>'
        for before, after, n, money in zip(
            *(gone[name].head(MOST_LISTED) for name in ("before", "after", "customers", "revenue_after")), strict=True
        )
    )
    heads = '<th>From</th><th>To</th><th class="n">Customers</th><th class="n">Revenue</th>'
    table = f'<table class="ledger"><thead><tr>{heads}</tr></thead><tbody>{lines}</tbody></table>' if lines else ""
    return figures_html(moves) + further_html(moves) + table


def _rows(pairs: pd.DataFrame) -> list[tuple[str, str, int]]:
    return list(pairs[["before", "after", "customers"]].itertuples(index=False, name=None))


def _chip(said: str) -> str:
    return f'<span class="chip none" role="status">{escape(said)}</span>'
