"""How good the segments on the page are: a badge for each, and the customers on their borders."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd
import panel as pn
import panel_material_ui as pmui

from segdash.clustering import METHODS
from segdash.errors import count
from segdash.markup import escape, swatch
from segdash.numbers import NOTHING, number, percent
from segdash.reports.csv_file import csv_file
from segdash.schema import CUSTOMER_ID, SEGMENT, metric
from segdash.state.study_space import StudySpace
from segdash.views import VIEWS
from segdash.views.control import SWITCH, control
from segdash.views.refusal import or_refusal, refusal
from segdash.views.view import View, html, row

if TYPE_CHECKING:
    import io
    from collections.abc import Callable, Mapping

    import numpy as np
    from panel.viewable import Viewable

    from segdash.state import Segmentation
    from segdash.work import Task

HEADS = ("Customers", "Share", "Stability", "Separation", "Borderline")

EXPLAINED = (
    "Each segment is looked for again among customers drawn anew, and measured against its nearest neighbour. It takes "
    "a few seconds, and the page stays usable."
)


class Judged(NamedTuple):
    """What is known about segments, by their labels: a row per segment, a row per customer."""

    quality: pd.DataFrame
    borders: pd.DataFrame


@VIEWS.register("SegmentQuality")
class SegmentQuality(View):
    """A badge per segment with stability, separation and nearest neighbour; only borderline customers on request."""

    title = "How good the segments are"

    def body(self) -> list[Viewable]:
        """A button, the badges, and what can be done with the borderline customers."""
        self._known = self._gone = False
        self.judge = pmui.Button(
            label="Judge the segments on the page", size="small", margin=0, on_click=lambda _: self._judge()
        )
        self.said, self.badges = html(""), html("")
        self.only = control(
            self,
            "borderline_only",
            pmui.Switch,
            label="Show only borderline customers",
            description="",
            stylesheets=[SWITCH],
        )
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
        self.follow(self._update, "judgement", "customers")
        return [row(self.judge), self.said, self.badges, self.borderline]

    # ------------------------------------------------------------------ what a person does

    def _judge(self) -> None:
        """Judge the segments, beside the page."""
        state = self.state
        made, space = state.clustering, StudySpace.of(state)

        def work(task: Task) -> Judged:
            return judged(space.points(), made.labels, seed=space.seed, cancelled=lambda: task.cancelled)

        def show(found: Judged | str) -> None:
            with pn.io.hold():
                if isinstance(found, str):
                    self.said.object = refusal(found)
                elif state.clustering is made:
                    state.know_quality(*found)
                else:
                    self.said.object = '<p class="muted">The page has other segments now. Judge them anew.</p>'

        state.work.start("Judging the segments", or_refusal(work), show)

    def _file(self) -> io.BytesIO:
        """The borderline customers, the nearest to the border first."""
        state, names = self.state, self.state.names
        borders = state.borders[state.borders["borderline"]].sort_values("margin", kind="stable")
        table = state.customers.loc[borders.index, [CUSTOMER_ID, SEGMENT]]
        return csv_file(table.assign(runner_up=borders["runner_up"].map(names), margin=borders["margin"]))

    # ------------------------------------------------------------------ what is shown

    def _update(self) -> None:
        """What is known of the segments on the page, by the names they have now."""
        known, some = self.state.judgement is not None, len(self.state.customers) > 0
        self._gone = not known and (self._gone or self._known)
        self._known = known
        self.judge.disabled = not some
        self.borderline.visible = known and bool(self.state.borders["borderline"].any())
        self.badges.object = _badges(self.state) if known else ""
        if known:
            self.head(f"Measured on {', '.join(metric(name).title for name in self.state.feature_names)}.")
            self.said.object = self._caution()
            return
        self.head("" if some else "No segments to judge: open a file in the drawer (Data).")
        said = "The page has other segments now. Judge them anew." if self._gone else EXPLAINED
        self.said.object = f'<p class="muted">{said}</p>' if some else ""

    def _caution(self) -> str:
        """What stability means for segments that were not made by k-means."""
        if self.state.method == "k_means":
            return ""
        title = METHODS[self.state.method].title
        said = f"The page's method is {title}; stability says how well k-means finds the same segments by itself."
        return f'<p class="muted">{escape(said)}</p>'


def judged(
    points: np.ndarray, labels: np.ndarray, *, seed: int = 42, cancelled: Callable[[], bool] | None = None
) -> Judged:
    """How good segments are, and who is borderline.

    Parameters
    ----------
    points : numpy.ndarray of shape (n, n_features)
        Customers in the space distances are measured in.
    labels : numpy.ndarray of str, shape (n,)
        Segment of each; "Unassigned" for none.
    seed : int
        Of the bootstrap.
    cancelled : callable, optional
        Asked between refits.

    Returns
    -------
    Judged
        ``quality``: as `segdash.clustering.quality.segment_quality`, with ``borderline`` (share, 0..1). ``borders``:
        as `segdash.clustering.quality.borders.around_segments`.
    """
    from segdash.clustering.quality import segment_quality
    from segdash.clustering.quality.borders import around_segments, per_segment

    quality = segment_quality(points, labels, seed=seed, cancelled=cancelled)
    borders = around_segments(points, labels)
    shares = per_segment(borders, labels)["borderline"]
    return Judged(quality.assign(borderline=quality["segment"].map(shares)), borders)


def _badges(state: Segmentation) -> str:
    """A line per segment, best to worst, and what the badges and figures mean."""
    from segdash.clustering.quality.segments import BADGES

    place = state.judgement["segment"].map({cluster: i for i, cluster in enumerate(state.names)})
    ordered = state.judgement.iloc[place.argsort(kind="stable")]
    heads = "".join(f'<th class="n">{head}</th>' for head in HEADS)
    lines = "".join(_line(one, state.names, state.colours) for one in ordered.to_dict("records"))
    seen = set(ordered["badge"])
    meant = "".join(f"<dt>{word}</dt><dd>{meaning}</dd>" for word, meaning in BADGES.items() if word in seen)
    some = count(int(state.borders["borderline"].sum()), "customer")
    return (
        f'<div class="wide"><table class="ledger full"><thead><tr><th>Segment</th><th>Badge</th>{heads}'
        f'<th>Nearest</th></tr></thead><tbody>{lines}</tbody></table></div><dl class="reasons">{meant}</dl>'
        '<p class="muted">Stability: mean Jaccard similarity when customers are drawn anew, 0 to 1. Separation: how '
        f"much nearer its customers are to their own centre than to the next, 0 to 1. {some} borderline: the centre of "
        "another segment, the runner-up, is at most a quarter farther away than that of their own.</p>"
    )


def _line(one: Mapping[Any, Any], names: Mapping[str, str], colours: Mapping[str, str]) -> str:
    name = names[one["segment"]]
    neighbour = NOTHING if pd.isna(one["neighbour"]) else names[one["neighbour"]]
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
