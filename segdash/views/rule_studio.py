"""Rules on scores, made by hand: thresholds, a grid of cells, a brush, and what a list of rules hides."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import panel as pn
import panel_material_ui as pmui

from segdash.charts.cells import score_grid, score_parts, what_it_shows
from segdash.errors import SegdashError, count
from segdash.markup import escape, swatch
from segdash.numbers import percent, short_money
from segdash.palette import colours_for
from segdash.rule_draft import RuleDraft, cut_points
from segdash.rules import DEFAULT_RULE_SET, RULE_SETS
from segdash.schema import RFM, SEGMENT
from segdash.scoring import SCORINGS
from segdash.scoring.thresholds import FEWEST_BINS, MOST_BINS
from segdash.scoring.values import SPENDS, title_of
from segdash.views import VIEWS
from segdash.views.live import LivePlot
from segdash.views.view import View, html, row

if TYPE_CHECKING:
    import pandas as pd
    from panel.viewable import Viewable

FILLS = {"Segments": SEGMENT, "Customers": "customers", "Revenue": "revenue", "Mean spend": "mean_monetary"}
NEW = "(a new segment)"
HINT = "Champions: r 5, f 5, m 5\nLoyal: r 2-4, f 2-4\nLost: r 1"


@VIEWS.register("RuleStudio")
class RuleStudio(View):
    """Scores with their real thresholds, a grid to assign cells to segments on, and rules compiled into cells."""

    title = "Rule studio"

    def body(self) -> list[Viewable]:
        """Thresholds, grid and brush, segments as they come out, a list of rules, apply."""
        self.draft = RuleDraft(self.state)
        self._chosen_cells: list[int] = []
        parts = [*self._scoring_parts(), *self._grid_parts(), *self._list_parts()]
        self.apply = pmui.Button(
            label="Segment by these rules", size="small", margin=0, on_click=lambda _: self._apply()
        )
        self.draft.param.watch(lambda *_: self._update(), ["rules", "cells", "found", "problem"])
        self.follow(self._customers_changed, "features", "dark", "currency")
        self.follow(self._take_sent, "sent_rules")
        return [*parts, row(self.apply)]

    def _scoring_parts(self) -> list[Viewable]:
        draft = self.draft
        self.preset = self._select("Begin with", {RULE_SETS[name].name: name for name in RULE_SETS}, width=270)
        self.preset.value = DEFAULT_RULE_SET
        self.preset.param.watch(lambda event: draft.preset(event.new), "value")
        self.scoring = self._select("Scoring", {SCORINGS[name].title: name for name in SCORINGS}, width=230)
        self.scoring.value = draft.scoring
        self.scoring.param.watch(self._scoring_chosen, "value")
        self.bins = pmui.IntInput(
            label="Scores", value=draft.bins, start=FEWEST_BINS, end=MOST_BINS, size="small", width=110, margin=0
        )
        self.bins.param.watch(lambda event: event.new and draft.choose(bins=int(event.new)), "value")
        self.spend = self._select("Spend counts as", {title: name for name, title in SPENDS.items()}, width=190)
        self.spend.value = draft.spend
        self.spend.param.watch(lambda event: draft.choose(spend=event.new), "value")
        self.cuts = {
            name: pmui.TextInput(label="Cut points", placeholder="30; 90; 180", size="small", width=250, margin=0)
            for name in RFM
        }
        for box in self.cuts.values():
            box.param.watch(lambda _: self._cut(), "value")
        self.cut_row = row(*self.cuts.values())
        self.said, self.edges = html(""), html("")
        return [self.said, row(self.preset, self.scoring, self.bins, self.spend), self.cut_row, self.edges]

    def _grid_parts(self) -> list[Viewable]:
        self.fill = self._select("Colour by", FILLS, width=150)
        self.fill.param.watch(lambda _: self._draw(), "value")
        self.level = self._select("Monetary score", {}, width=150)
        self.level.param.watch(lambda _: self._draw(), "value")
        self.plot = LivePlot(height=320, on_draw=self._drawn)
        self.live.append(self.plot)
        self.brush = self._select("Give the chosen cells to", {}, width=230)
        self.new = pmui.TextInput(label="Its name", size="small", width=190, margin=0, max_length=60)
        self.brush.param.watch(lambda _: self._brush_chosen(), "value")
        button = partial(pmui.Button, size="small", margin=0)
        self.paint = button(label="Assign", on_click=lambda _: self._paint())
        self.undo = button(label="Undo", variant="text", on_click=lambda _: self.draft.undo())
        self.chosen = html("", sizing_mode=None)
        self.table = html("")
        return [
            row(self.fill, self.level),
            self.plot.pane,
            row(self.chosen, self.brush, self.new, self.paint, self.undo),
            self.table,
        ]

    def _list_parts(self) -> list[Viewable]:
        self.lines = pmui.TextAreaInput(
            label="Or a list of rules, the first that matches decides",
            placeholder=HINT,
            rows=5,
            sizing_mode="stretch_width",
            margin=0,
        )
        self.axes = self._select(
            "Scores it names",
            {"R, F and M": ("r", "f", "m"), "R and F": ("r", "f"), "R and FM": ("r", "fm")},
            width=150,
        )
        self.compile = pmui.Button(
            label="Make cells of it",
            variant="outlined",
            size="small",
            margin=0,
            on_click=lambda _: self.draft.compile(self.lines.value, self.axes.value),
        )
        self.found = html("")
        return [self.lines, row(self.axes, self.compile), self.found]

    def _select(self, label: str, options: dict[str, Any], *, width: int) -> Any:
        first = next(iter(options.values()), None)
        return pmui.Select(label=label, options=options, value=first, size="small", width=width, margin=0)

    # ------------------------------------------------------------------ what a person does

    def _scoring_chosen(self, event: Any) -> None:
        if event.new == "fixed" and not self.draft.cuts:
            self._show_cuts()  # first the cut points
        else:
            self.draft.choose(scoring=event.new)

    def _cut(self) -> None:
        try:
            cuts = {name: cut_points(box.value, name) for name, box in self.cuts.items()}
        except SegdashError as refused:
            self.draft.problem = str(refused)
            return
        if all(cuts.values()):
            self.draft.choose(scoring="fixed", cuts=cuts, bins=len(cuts[RFM[0]]) + 1)

    def _brush_chosen(self) -> None:
        self.new.visible = self.brush.value == NEW

    def _paint(self) -> None:
        name = self.new.value if self.brush.value == NEW else self.brush.value
        if self.draft.paint(self._cells_chosen(), name or ""):
            self._chosen_cells = []
            self._say_chosen()

    def _cells_chosen(self) -> list[tuple[int, ...]]:
        """Cells of the rule set under the chosen squares."""
        bins, deep = self.draft.bins, len(self.draft.rules.axes) == 3
        found = [(i % bins + 1, i // bins + 1) for i in self._chosen_cells]
        return [(*cell, self.level.value) for cell in found] if deep else list(found)

    def _apply(self) -> None:
        with pn.io.hold():
            self.draft.apply()

    def _selected(self, _attr: str, _old: list[int], new: list[int]) -> None:
        self._chosen_cells = list(new)
        self._say_chosen()

    def _drawn(self, plot: Any) -> None:
        cells = next(iter(plot.subplots.values()))
        cells.handles["source"].selected.on_change("indices", self._selected)

    # ------------------------------------------------------------------ what is shown

    def _customers_changed(self) -> None:
        self.draft.take()
        self._update()

    def _take_sent(self) -> None:
        """Begin with rules that another part of the page sent."""
        sent = self.state.sent_rules
        if sent and self.draft.take(sent) and self.draft.scoring == "fixed":
            self.scoring.value = "fixed"
            for name, box in self.cuts.items():
                box.value = "; ".join(f"{cut:.15g}" for cut in sent["cuts"][name])

    def _update(self) -> None:
        draft = self.draft
        problem = f'<div class="note problem">{escape(draft.problem)}</div>' if draft.problem else ""
        self.said.object = problem
        there = draft.cells is not None
        self.apply.disabled = self.paint.disabled = not there
        self.undo.disabled = not draft.can_undo
        self.head(f"{draft.rules.name}: {what_it_shows(self.fill.value)}" if there else "No customers to score.")
        self.found.object = "".join(f'<p class="warning">{escape(sentence)}</p>' for sentence in draft.found)
        if not there:
            return
        self.bins.value = draft.bins
        self.spend.value = draft.spend
        if draft.scoring != "fixed" or self.scoring.value == "fixed":
            self.scoring.value = draft.scoring
        self._show_cuts()
        segments = list(draft.rules.segments)
        if list(self.brush.options or []) != [*segments, NEW]:
            value = self.brush.value if self.brush.value in segments else segments[0]
            self.brush.param.update(options=[*segments, NEW], value=value)
        self._brush_chosen()
        levels = list(range(draft.bins, 0, -1)) if len(draft.rules.axes) == 3 else []
        self.level.visible = bool(levels)
        if levels and list(self.level.options or []) != levels:
            self.level.param.update(options=levels, value=levels[0])
        self._show_edges()
        self._show_segments()
        self._draw()
        self._say_chosen()

    def _show_cuts(self) -> None:
        self.cut_row.visible = self.scoring.value == "fixed"
        for name, box in self.cuts.items():
            box.label = f"Cut points of {title_of(name, self.draft.spend).lower()}"

    def _say_chosen(self) -> None:
        n = len(self._chosen_cells)
        said = f"{count(n, 'cell')} chosen" if n else "Click a cell, or drag over several"
        self.chosen.object = f'<span class="chip{"" if n else " none"}" role="status">{escape(said)}</span>'

    def _draw(self) -> None:
        draft, state = self.draft, self.state
        if draft.cells is None:
            return
        axes, cells = draft.rules.axes, draft.cells
        if len(axes) == 3:
            cells = cells[cells[axes[2]] == self.level.value]
        colours = colours_for(list(draft.rules.segments))
        about: dict[str, Any] = {
            "x": axes[0],
            "y": axes[1],
            "fill": self.fill.value,
            "levels": (draft.bins, draft.bins),
            "currency": state.currency,
            "dark": state.dark,
        }
        key = (*about.values(), tuple(cells.columns))
        self.plot.show(partial(score_grid, cells, colours, **about), score_parts(cells, colours, **about), key)

    def _show_edges(self) -> None:
        """Which values get which score, and how many customers that is."""
        scores = self.draft.scores
        ranges = scores.thresholds.ranges()
        sizes = scores.sizes.set_index(["metric", "score"])["customers"]
        heads = "".join(f'<th class="n">{score}</th>' for score in range(1, scores.bins + 1))
        lines = []
        for name in RFM:
            own = ranges[ranges["metric"] == name]
            said = own.drop_duplicates("score", keep=False).set_index("score")["said"]
            cells = []
            for score in range(1, scores.bins + 1):
                span = said.get(score, "differs by cell")
                n = int(sizes.get((name, score), 0))
                cells.append(f'<td class="n">{escape(span)}<br><span class="muted">{n:,}</span></td>')
            lines.append(f'<tr><th scope="row">{escape(scores.thresholds.title(name))}</th>{"".join(cells)}</tr>')
        warned = "".join(f'<p class="warning">{escape(sentence)}</p>' for sentence in scores.warnings)
        self.edges.object = (
            f'<div class="wide"><table class="ledger"><thead><tr><th>Score, and its customers</th>{heads}</tr></thead>'
            f"<tbody>{''.join(lines)}</tbody></table></div>{warned}"
        )

    def _show_segments(self) -> None:
        """Customers and revenue of each segment, as the cells are painted now."""
        draft, currency = self.draft, self.state.currency
        cells: pd.DataFrame = draft.cells  # type: ignore[assignment]  # _update() sees to it
        totals = cells.groupby(SEGMENT, sort=False)[["customers", "revenue"]].sum()
        everyone, revenue = (float(cells[name].sum()) for name in ("customers", "revenue"))
        colours = colours_for(list(draft.rules.segments))
        lines = "".join(
            f'<tr><th scope="row">{swatch(colours[name])}{escape(name)}</th>'
            f'<td class="n">{len(draft.rules.cells_of(name)):,}</td><td class="n">{int(n):,}</td>'
            f'<td class="n">{percent(n / everyone if everyone else 0)}</td>'
            f'<td class="n">{escape(short_money(money, currency))}</td>'
            f'<td class="n">{percent(money / revenue if revenue else 0)}</td></tr>'
            for name, n, money in _rows(totals, draft.rules.segments)
        )
        heads = "".join(f'<th class="n">{head}</th>' for head in ("Cells", "Customers", "", "Revenue", ""))
        self.table.object = (
            f'<div class="wide"><table class="ledger"><thead><tr><th>Segment</th>{heads}</tr></thead>'
            f"<tbody>{lines}</tbody></table></div>"
        )


def _rows(totals: pd.DataFrame, segments: tuple[str, ...]) -> list[tuple[str, float, float]]:
    """Customers and revenue per segment, best to worst, also of those nobody is in."""
    whole = totals.reindex(list(segments)).fillna(0.0)
    return list(whole.itertuples(name=None))
