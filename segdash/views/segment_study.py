"""How many segments the customers speak for, how well each repeats, and who sits on a border."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
import panel as pn
import panel_material_ui as pmui

from segdash.charts.study import segment_study, what_it_shows
from segdash.errors import CancelledError, SegdashError, count
from segdash.markup import escape, swatch
from segdash.numbers import number, percent
from segdash.reports.csv_file import csv_file
from segdash.schema import CUSTOMER_ID, SEGMENT, UNASSIGNED
from segdash.views import VIEWS
from segdash.views.view import STYLE, View, html, part, row

if TYPE_CHECKING:
    from collections.abc import Callable

    from panel.viewable import Viewable

    from segdash.clustering.quality import Study
    from segdash.state import Segmentation
    from segdash.work import Task

PREPARING = ("standardise", "winsorise", "weights")
"""Settings of methods that say in which space distances are measured."""

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


class Judged(NamedTuple):
    """What is known about the segments on the page."""

    quality: pd.DataFrame
    borders: pd.DataFrame


@VIEWS.register("SegmentStudy")
class SegmentStudy(View):
    """A study of 2 to 10 segments with its recommendation, a badge per segment, and the borderline customers."""

    title = "What the figures say"

    def body(self) -> list[Viewable]:
        """Two buttons, what they found, and what can be done with it."""
        self.found: Study | None = None
        self.judged: Judged | None = None
        self._of: Any = None
        self.begin = _button("Study 2 to 10 segments", self._study)
        self.use = _button("Use this number", self._use)
        self.number = pmui.Select(label="Segments", size="small", width=120, margin=0, options=[4], value=4)
        self.chosen = row(self.number, self.use)
        self.said, self.table = html(""), html("")
        self.picture = pn.Column(
            css_classes=["segdash-grid", "segdash-tiles"],
            stylesheets=[STYLE],
            sizing_mode="stretch_width",
            margin=0,
            visible=False,
        )
        self.judge = _button("Judge the segments on the page", self._judge)
        self.badges = html("")
        self.select_borderline = _button("Select the borderline customers", self._select_borderline)
        self.download = pmui.FileDownload(
            callback=self._file,
            filename="borderline.csv",
            label="Download them (CSV)",
            variant="outlined",
            size="small",
            color="primary",
            margin=0,
        )
        self.borderline = row(self.select_borderline, self.download)
        self.follow(self._forget_study, "fitted", "features")
        self.follow(self._forget_quality, "customers")
        self.state.param.watch(lambda *_: self._draw(), "dark")
        return [
            row(self.begin, self.judge),
            self.said,
            self.picture,
            self.table,
            self.chosen,
            self.badges,
            self.borderline,
        ]

    # ------------------------------------------------------------------ what a person does

    def _study(self) -> None:
        from segdash.clustering.quality import study

        features, seed, points_of = self.state.features, self.state.seed, _space(self.state)

        def work(task: Task) -> Any:
            return study(
                points_of(),
                seed=seed,
                progress=lambda done, of, text: task.tell(text, done, of),
                cancelled=lambda: task.cancelled,
            )

        self._beside("Studying 2 to 10 segments", work, self._show_study, features)

    def _judge(self) -> None:
        state = self.state
        customers, seed, points_of = state.customers, state.seed, _space(state)

        def work(task: Task) -> Judged:
            return judged(points_of(), customers, seed=seed, cancelled=lambda: task.cancelled)

        self._beside("Judging the segments", work, self._show_quality, state.features)

    def _beside(self, title: str, work: Callable[[Task], Any], show: Callable[[Any], None], features: Any) -> None:
        def try_it(task: Task) -> Any:
            try:
                return work(task)
            except CancelledError:
                raise
            except SegdashError as refused:
                return str(refused)

        def done(found: Any) -> None:
            with pn.io.hold():
                if isinstance(found, str):
                    self.said.object = f'<div class="note problem" role="alert">{escape(found)}</div>'
                elif self.state.features is features:
                    show(found)

        self.state.work.start(title, try_it, done)

    def _use(self) -> None:
        method = {} if "n_clusters" in _settings_of(self.state) else {"method": "k_means"}
        self.change(n_segments=int(self.number.value), **method)

    def _select_borderline(self) -> None:
        if self.judged is not None:
            self.select(self.judged.borders[CUSTOMER_ID].tolist())

    def _file(self) -> io.BytesIO:
        return csv_file(self.judged.borders) if self.judged is not None else io.BytesIO()

    # ------------------------------------------------------------------ what is shown

    def _key(self) -> Any:
        state = self.state
        own = {name: state.method_settings.get(name) for name in PREPARING}
        return (id(state.features), tuple(state.feature_names), state.transform, state.seed, repr(own))

    def _forget_study(self) -> None:
        """Other customers, or another space: what was found is not of these. Another number changes nothing."""
        some = len(self.state.features) > 0
        self.begin.disabled = self.judge.disabled = not some
        if self._of == self._key():
            return
        stale, self.found, self._of = self.found is not None, None, None
        self.picture.objects, self.table.object, self.chosen.visible = [], "", False
        self.picture.visible = False
        self.head("" if some else "No customers to study: open a file in the drawer (Data).")
        again = "Customers, metrics or settings are others now. Study them anew." if stale else ""
        self.said.object = f'<p class="muted">{again or _EXPLAINED}</p>' if some else ""

    def _forget_quality(self) -> None:
        self.judged, self.badges.object, self.borderline.visible = None, "", False

    def _show_study(self, found: Study) -> None:
        self.found, self._of = found, self._key()
        sampled = found.sample < found.customers
        drawn = f"; silhouettes and refits on a sample of {found.sample:,}" if sampled else ""
        self.head(f"k-means on {count(found.customers, 'customer')}{drawn}.")
        verdict = "No clear structure" if found.recommended is None else f"{found.recommended} segments"
        # The reason may begin with the verdict.
        reason = found.reason.removeprefix(f"{verdict}: ")
        reason = reason[:1].upper() + reason[1:]
        self.said.object = f'<p role="status"><strong>{escape(verdict)}.</strong> {escape(reason)}</p>'
        self.table.object = _table(found)
        tried = found.table["segments"].astype(int).tolist()
        self.number.param.update(options=tried, value=found.recommended or tried[0])
        self.chosen.visible = self.picture.visible = True
        self._draw()

    def _draw(self) -> None:
        if self.found is not None:
            columns = self.found.table.rename(columns=PICTURE)[list(PICTURE.values())]
            drawn = segment_study(columns, recommended=self.found.recommended, dark=self.state.dark)
            # A pane each: Panel can't dress the grid of a whole layout in the page's design.
            self.picture.objects = [
                pn.pane.HoloViews(one, sizing_mode="stretch_width", linked_axes=False) for one in drawn
            ]

    def _show_quality(self, found: Judged) -> None:
        from segdash.clustering.quality.segments import BADGES

        self.judged = found
        colours = self.state.colours
        quality: dict[str, dict[Any, Any]] = {str(one["segment"]): one for one in found.quality.to_dict("records")}
        lines = []
        for name in colours:
            if name not in quality:
                continue
            one = quality[name]
            neighbour = "–" if pd.isna(one["neighbour"]) else str(one["neighbour"])
            figures = (
                f"{int(one['customers']):,}",
                number(float(one["stability"]), 2),
                number(float(one["separation"]), 2),
                percent(float(one["borderline"])),
            )
            cells = "".join(f'<td class="n">{figure}</td>' for figure in figures)
            lines.append(
                f'<tr><th scope="row">{swatch(colours[name])}{escape(name)}</th><td>{escape(str(one["badge"]))}</td>'
                f'{cells}<td>{escape(neighbour)}</td><td class="words">{escape(BADGES[one["badge"]])}</td></tr>'
            )
        numeric = ("Customers", "Stability", "Separation", "Borderline")
        heads = "".join(f'<th class="n">{head}</th>' for head in numeric)
        self.badges.object = (
            part("The segments on the page", "stability: mean Jaccard when customers are drawn anew, 0 to 1")
            + f'<div class="wide"><table class="ledger full"><thead><tr><th>Segment</th><th>Badge</th>{heads}'
            f"<th>Nearest</th><th>What it means</th></tr></thead><tbody>{''.join(lines)}</tbody></table></div>"
            f'<p class="muted">{count(len(found.borders), "customer")} borderline: nearly as near to the centre of '
            "another segment, the runner-up, as to that of their own.</p>"
        )
        self.borderline.visible = bool(len(found.borders))


_EXPLAINED = (
    "Each number is measured by several indices, drawn anew, and held against customers in whom there is nothing to "
    "find. It takes a few seconds, and the page stays usable."
)


def judged(points: np.ndarray, customers: pd.DataFrame, *, seed: int = 42, cancelled: Any = None) -> Judged:
    """How good the segments are, and who is borderline.

    Parameters
    ----------
    points : numpy.ndarray of shape (n, n_features)
        Customers in the space distances are measured in.
    customers : pandas.DataFrame of shape (n, ...)
        With customer_id and segment.
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

    labels = customers[SEGMENT].astype(str).to_numpy()
    quality = segment_quality(points, labels, seed=seed, cancelled=cancelled)
    rows = np.flatnonzero(labels != UNASSIGNED)
    names, codes = np.unique(labels[rows], return_inverse=True)
    borders = pd.DataFrame({CUSTOMER_ID: customers[CUSTOMER_ID].to_numpy()[rows], SEGMENT: labels[rows]})
    if len(names) > 1:
        margin, other = around_centroids(points[rows], codes)
        borders = borders.assign(runner_up=names[other], margin=margin)
    else:
        borders = borders.assign(runner_up="", margin=1.0)
    near = borders["margin"] < NARROW
    shares = near.groupby(borders[SEGMENT]).mean()
    quality = quality.assign(borderline=quality["segment"].map(shares))
    return Judged(quality, borders[near].sort_values("margin", kind="stable", ignore_index=True))


def _space(state: Segmentation) -> Callable[[], np.ndarray]:
    """Makes the points of the page's customers, in the space its choices say."""
    customers, features = state.features, list(state.feature_names)
    own = {name: value for name, value in state.method_settings.items() if name in PREPARING}
    transform = state.transform

    def points() -> np.ndarray:
        from segdash.clustering.features import FeatureSpace

        return FeatureSpace.fit(customers, features, transform=transform, **own).transform(customers)

    return points


def _settings_of(state: Segmentation) -> Any:
    from segdash.clustering import METHODS

    return METHODS[state.method].names


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


def _button(label: str, act: Callable[[], None]) -> Any:
    return pmui.Button(label=label, variant="outlined", size="small", margin=0, on_click=lambda _: act())
