"""How many segments the customers speak for: every number measured, a recommendation with its reason."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import panel as pn
import panel_material_ui as pmui

from segdash.charts.study import segment_study, what_it_shows
from segdash.clustering import METHODS
from segdash.errors import count
from segdash.markup import escape
from segdash.numbers import number
from segdash.state.study_space import StudySpace
from segdash.views import VIEWS
from segdash.views.refusal import or_refusal, refusal
from segdash.views.save_buttons import SaveMenu
from segdash.views.view import STYLE, View, html, row

if TYPE_CHECKING:
    import pandas as pd
    from panel.viewable import Viewable

    from segdash.clustering.quality import Study
    from segdash.work import Task

PICTURE = {
    "segments": "k",
    **{name: name for name in ("silhouette", "inertia", "davies_bouldin", "calinski_harabasz", "stability")},
    "smallest_share": "smallest_share",
}
"""Column of a study -> column of its picture."""

COLUMNS = {
    "segments": ("Segments", 0),
    "silhouette": ("Silhouette", 3),
    "advantage": ("Beyond chance", 3),
    "davies_bouldin": ("Davies-Bouldin", 2),
    "calinski_harabasz": ("Calinski-Harabasz", 0),
    "inertia": ("Inertia", 0),
    "smallest": ("Smallest", 0),
    "stability": ("Stability (ARI)", 2),
    "jaccard_min": ("Least Jaccard", 2),
}
"""Columns of the table: heading and digits."""


@VIEWS.register("SegmentStudy")
class SegmentStudy(View):
    """A study of 2 to 10 segments: indices, stability, and the number they speak for, to be used with a click."""

    title = "How many segments"

    def body(self) -> list[Viewable]:
        """A button, what the study found, and a number to use."""
        self.found: Study | None = None
        self._of: StudySpace | None = None
        self._gone = False
        self.begin = pmui.Button(
            label="Study 2 to 10 segments", size="small", margin=0, on_click=lambda _: self._study()
        )
        self.number = pmui.Select(label="Segments", size="small", width=120, margin=0, options=[4], value=4)
        self.number.param.watch(lambda _: self._offer(), "value")
        self.use = pmui.Button(
            label="Use 4 segments", variant="outlined", size="small", margin=0, on_click=lambda _: self._use()
        )
        self.chosen = row(self.number, self.use)
        self.stale, self.said, self.table = html(""), html(""), html("")
        self.picture = pn.Column(
            css_classes=["segdash-grid"],
            stylesheets=[STYLE],
            sizing_mode="stretch_width",
            margin=0,
            visible=False,
        )
        mark = str(self.picture.name)
        self.picture.css_classes = [*self.picture.css_classes, mark]
        self.save = SaveMenu(mark, self.title, self._numbers)
        self.save.button.visible = False
        self.follow(self._look, "fitted", "features")
        self.follow(self._offer, "n_segments", "method")
        self.state.param.watch(lambda *_: self._draw(), "dark")
        return [*self.save.parts, row(self.begin), self.stale, self.said, self.chosen, self.picture, self.table]

    # ------------------------------------------------------------------ what a person does

    def _study(self) -> None:
        """Try the numbers, beside the page; what is found is kept with the choices it was found for."""
        space = StudySpace.of(self.state)

        def work(task: Task) -> Study:
            from segdash.clustering.quality import study

            return study(
                space.points(),
                seed=space.seed,
                progress=lambda done, of, text: task.tell(text, done, of),
                cancelled=lambda: task.cancelled,
            )

        def show(found: Study | str) -> None:
            with pn.io.hold():
                if isinstance(found, str):
                    self.stale.object = refusal(found)
                else:
                    self.found, self._of, self._gone = found, space, False
                    self._show(found)
                    self._look()

        self.state.work.start("Studying 2 to 10 segments", or_refusal(work), show)

    def _use(self) -> None:
        """Make that many segments; by k-means where the page's method takes no number."""
        method = {} if self._counts() else {"method": "k_means"}
        self.change(n_segments=int(self.number.value), **method)

    # ------------------------------------------------------------------ what is shown

    def _look(self) -> None:
        """Whether what was found is of the page's customers and choices. Another number of segments changes nothing."""
        some, now = len(self.state.features) > 0, StudySpace.of(self.state)
        self.begin.disabled = not some
        if self._of is None or self._of.features is not now.features:
            self._gone = self._gone or self._of is not None
            self._forget()
            return
        stale = not now.same_as(self._of)
        self.chosen.visible = not stale
        self.stale.object = f'<p class="warning" role="status">{_STALE}</p>' if stale else ""

    def _forget(self) -> None:
        """Nothing was found, or it is of customers who are gone."""
        some = len(self.state.features) > 0
        self.found = self._of = None
        self.chosen.visible = self.picture.visible = self.save.button.visible = False
        self.picture.objects, self.table.object, self.said.object = [], "", ""
        self.head("" if some else "No customers to study: open a file in the drawer (Data).")
        again = "The page has other customers now. Study them anew." if self._gone else _EXPLAINED
        self.stale.object = f'<p class="muted">{again}</p>' if some else ""

    def _show(self, found: Study) -> None:
        sampled = found.sample < found.customers
        drawn = f"; silhouettes and refits on a sample of {found.sample:,}" if sampled else ""
        self.head(f"k-means on {count(found.customers, 'customer')}{drawn}.")
        verdict = "No clear structure" if found.recommended is None else f"{found.recommended} segments"
        # The reason may begin with the verdict.
        reason = found.reason.removeprefix(f"{verdict}: ").removeprefix(f"{verdict} ")
        reason = reason[:1].upper() + reason[1:]
        self.said.object = f'<p role="status"><strong>{escape(verdict)}.</strong> {escape(reason)}</p>'
        self.table.object = _table(found)
        tried = found.table["segments"].astype(int).tolist()
        own = self.state.n_segments if self.state.n_segments in tried else tried[0]
        self.number.param.update(options=tried, value=found.recommended or own)
        self.picture.visible = self.save.button.visible = True
        self._draw()

    def _numbers(self) -> tuple[pd.DataFrame, dict[str, str]]:
        """What was measured, a row per number of segments, and the headings of the columns."""
        headings = {name: heading for name, (heading, _) in COLUMNS.items()}
        return self.found.table[list(COLUMNS)], headings  # type: ignore[union-attr]  # hidden without

    def _offer(self) -> None:
        """What the button would do."""
        k = int(self.number.value)
        in_use = self._counts() and self.state.n_segments == k
        self.use.param.update(label=f"{k} segments in use" if in_use else f"Use {k} segments", disabled=in_use)

    def _counts(self) -> bool:
        """Whether the page's method makes as many segments as it is told to."""
        return "n_clusters" in METHODS[self.state.method].names

    def _draw(self) -> None:
        if self.found is not None:
            columns = self.found.table.rename(columns=PICTURE)[list(PICTURE.values())]
            drawn = segment_study(columns, recommended=self.found.recommended, dark=self.state.dark)
            # A pane each: Panel can't dress the grid of a whole layout in the page's design.
            self.picture.objects = [_panel(one, last=i >= len(drawn) - 2) for i, one in enumerate(drawn)]


_EXPLAINED = (
    "Each number is measured by several indices, drawn anew, and held against customers in whom there is nothing to "
    "find. It takes a few seconds, and the page stays usable."
)

_STALE = "This study is of other metrics or settings than the page has now. Study 2 to 10 segments anew."


def _panel(drawn: Any, *, last: bool) -> Viewable:
    """One of the pictures; in a cell of its own, because a grid takes its cells' heights away."""
    plot = pn.pane.HoloViews(drawn, sizing_mode="stretch_width", height=150 + 22 * last, linked_axes=False)
    return pn.Column(plot, margin=0, css_classes=["segdash-steps", "half"], stylesheets=[STYLE])


def _table(found: Study) -> str:
    heads = "".join(f'<th class="n">{heading}</th>' for heading, _ in COLUMNS.values())
    lines = []
    for one in found.table.to_dict("records"):
        best = ' class="best"' if one["segments"] == found.recommended else ""
        cells = "".join(
            f'<td class="n">{number(float(one[name]), digits)}</td>' for name, (_, digits) in COLUMNS.items()
        )
        lines.append(f"<tr{best}>{cells}</tr>")
    return (
        f'<p class="muted">{escape(what_it_shows(found.recommended))}</p><div class="wide"><table class="ledger full">'
        f"<thead><tr>{heads}</tr></thead><tbody>{''.join(lines)}</tbody></table></div>"
    )
