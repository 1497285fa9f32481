"""How good the segments on the page are: a badge for each, and the customers on their borders."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
import panel as pn
import panel_material_ui as pmui

from segdash.clustering import METHODS
from segdash.errors import count
from segdash.markup import escape, swatch
from segdash.numbers import NOTHING, number, percent
from segdash.reports.csv_file import csv_file
from segdash.schema import CLUSTER, CUSTOMER_ID, SEGMENT, UNASSIGNED, metric
from segdash.views import VIEWS
from segdash.views.study_space import StudySpace, or_refusal, refusal
from segdash.views.view import View, html, row

if TYPE_CHECKING:
    import io
    from collections.abc import Callable, Mapping

    from panel.viewable import Viewable

    from segdash.work import Task

HEADS = ("Customers", "Share", "Stability", "Separation", "Borderline")

EXPLAINED = (
    "Each segment is looked for again among customers drawn anew, and measured against its nearest neighbour. It takes "
    "a few seconds, and the page stays usable."
)


class Judged(NamedTuple):
    """What is known about the segments on the page."""

    quality: pd.DataFrame
    borders: pd.DataFrame


@VIEWS.register("SegmentQuality")
class SegmentQuality(View):
    """A badge per segment with stability, separation and nearest neighbour; the borderline customers, to be shown."""

    title = "How good the segments are"

    def body(self) -> list[Viewable]:
        """A button, the badges, and what can be done with the borderline customers."""
        self.judged: Judged | None = None
        self._ids: list[str] = []
        self._gone = False
        self.judge = pmui.Button(
            label="Judge the segments on the page", size="small", margin=0, on_click=lambda _: self._judge()
        )
        self.said, self.badges = html(""), html("")
        self.only = pmui.Switch(
            label="Show only borderline customers",
            size="small",
            margin=0,
            stylesheets=[".MuiTypography-root { font-size: 14px !important; }"],
        )
        self.only.param.watch(lambda event: self._show_only(event.new), "value")
        self.download = pmui.FileDownload(
            callback=self._file,
            filename="borderline.csv",
            label="Download them (CSV)",
            variant="outlined",
            size="small",
            color="primary",
            margin=0,
        )
        self.borderline = row(self.only, self.download)
        self.follow(self._forget, "customers")
        self.follow(self._turn, "selected")
        return [row(self.judge), self.said, self.badges, self.borderline]

    # ------------------------------------------------------------------ what a person does

    def _judge(self) -> None:
        """Judge the segments, beside the page."""
        state = self.state
        customers, space = state.customers, StudySpace.of(state)

        def work(task: Task) -> Judged:
            return judged(space.points(), customers, seed=space.seed, cancelled=lambda: task.cancelled)

        def show(found: Judged | str) -> None:
            with pn.io.hold():
                if isinstance(found, str):
                    self.said.object = refusal(found)
                elif state.customers is customers:
                    self._show(found, space)
                else:
                    self.said.object = '<p class="muted">The page has other segments now. Judge them anew.</p>'

        state.work.start("Judging the segments", or_refusal(work), show)

    def _show_only(self, on: bool) -> None:
        """Select the borderline customers, or nobody again."""
        if on != self._shows_only():
            self.change(selected=self._ids if on else [])

    def _file(self) -> io.BytesIO:
        return csv_file(self.judged.borders)  # type: ignore[union-attr]  # hidden without

    # ------------------------------------------------------------------ what is shown

    def _forget(self) -> None:
        """The page has other segments than those that were judged."""
        some = len(self.state.customers) > 0
        self._gone = self._gone or self.judged is not None
        self.judged, self._ids = None, []
        self.badges.object, self.borderline.visible, self.judge.disabled = "", False, not some
        self.head("" if some else "No segments to judge: open a file in the drawer (Data).")
        said = "The page has other segments now. Judge them anew." if self._gone else EXPLAINED
        self.said.object = f'<p class="muted">{said}</p>' if some else ""
        self._turn()

    def _shows_only(self) -> bool:
        return bool(self._ids) and self.state.selected == self._ids

    def _turn(self) -> None:
        """The switch says what is selected, whoever selected it."""
        self.only.value = self._shows_only()

    def _show(self, found: Judged, space: StudySpace) -> None:
        self.judged, self._ids, self._gone = found, found.borders[CUSTOMER_ID].tolist(), False
        self.head(f"Measured on {', '.join(metric(name).title for name in space.names)}.")
        self.said.object = self._caution()
        self.badges.object = _badges(found, self.state.colours)
        self.borderline.visible = bool(self._ids)
        self._turn()

    def _caution(self) -> str:
        """What stability means for segments that were not made by k-means."""
        if self.state.method == "k_means":
            return ""
        title = METHODS[self.state.method].title
        said = f"The page's method is {title}; stability says how well k-means finds the same segments by itself."
        return f'<p class="muted">{escape(said)}</p>'


def judged(
    points: np.ndarray, customers: pd.DataFrame, *, seed: int = 42, cancelled: Callable[[], bool] | None = None
) -> Judged:
    """How good the segments are, and who is borderline.

    Parameters
    ----------
    points : numpy.ndarray of shape (n, n_features)
        Customers in the space distances are measured in.
    customers : pandas.DataFrame of shape (n, ...)
        With customer_id, cluster and segment.
    seed : int
        Of the bootstrap.
    cancelled : callable, optional
        Asked between refits.

    Returns
    -------
    Judged
        ``quality``: as `segdash.clustering.quality.segment_quality`, with ``borderline`` (share, 0..1). ``borders``:
        customer_id, segment, runner_up and margin of the borderline customers, the nearest to the border first.
    """
    from segdash.clustering.quality import segment_quality
    from segdash.clustering.quality.borders import NARROW, around_centroids

    # The segment of those who are in none may have been renamed.
    labels = customers[SEGMENT].astype(str).mask(customers[CLUSTER] == UNASSIGNED, UNASSIGNED).to_numpy()
    quality = segment_quality(points, labels, seed=seed, cancelled=cancelled)
    rows = np.flatnonzero(labels != UNASSIGNED)
    names, codes = np.unique(labels[rows], return_inverse=True)
    everyone = pd.DataFrame({CUSTOMER_ID: customers[CUSTOMER_ID].to_numpy()[rows], SEGMENT: labels[rows]})
    if len(names) > 1:
        margin, other = around_centroids(points[rows], codes)
        everyone = everyone.assign(runner_up=names[other], margin=margin)
    else:
        everyone = everyone.assign(runner_up="", margin=1.0)
    near = everyone["margin"] < NARROW
    shares = near.groupby(everyone[SEGMENT]).mean()
    quality = quality.assign(borderline=quality["segment"].map(shares))
    return Judged(quality, everyone[near].sort_values("margin", kind="stable", ignore_index=True))


def _badges(found: Judged, colours: Mapping[str, str]) -> str:
    """A line per segment, best to worst, and what the badges and figures mean."""
    from segdash.clustering.quality.segments import BADGES

    place = found.quality["segment"].map({name: i for i, name in enumerate(colours)})
    ordered = found.quality.iloc[place.argsort(kind="stable")]
    heads = "".join(f'<th class="n">{head}</th>' for head in HEADS)
    lines = "".join(_line(one, colours) for one in ordered.to_dict("records"))
    seen = set(ordered["badge"])
    meant = "".join(f"<dt>{word}</dt><dd>{meaning}</dd>" for word, meaning in BADGES.items() if word in seen)
    some = count(len(found.borders), "customer")
    return (
        f'<div class="wide"><table class="ledger full"><thead><tr><th>Segment</th><th>Badge</th>{heads}'
        f'<th>Nearest</th></tr></thead><tbody>{lines}</tbody></table></div><dl class="reasons">{meant}</dl>'
        '<p class="muted">Stability: mean Jaccard similarity when customers are drawn anew, 0 to 1. Separation: how '
        f"much nearer its customers are to their own centre than to the next, 0 to 1. {some} borderline: the centre of "
        "another segment, the runner-up, is at most a quarter farther away than that of their own.</p>"
    )


def _line(one: Mapping[Any, Any], colours: Mapping[str, str]) -> str:
    name = str(one["segment"])
    neighbour = NOTHING if pd.isna(one["neighbour"]) else str(one["neighbour"])
    figures = (
        number(one["customers"]),
        percent(one["share"]),
        number(one["stability"], 2),
        number(one["separation"], 2),
        percent(one["borderline"]),
    )
    cells = "".join(f'<td class="n">{figure}</td>' for figure in figures)
    return (
        f'<tr><th scope="row">{swatch(colours[name])}{escape(name)}</th>'
        f'<td><span class="chip">{one["badge"]}</span></td>{cells}<td>{escape(neighbour)}</td></tr>'
    )
