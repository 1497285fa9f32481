"""The page's segmentation and another one side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import panel as pn
import panel_material_ui as pmui

from segdash.alternative import by_model, change, differing, set_beside, side_of, spend_of, spending, titled
from segdash.clustering import METHODS
from segdash.clustering.model_file import model_file, model_from
from segdash.errors import CancelledError, ChoiceError, SegdashError
from segdash.intake.policies import CHOICES
from segdash.markup import escape
from segdash.schema import AVERAGE_ORDER, CLUSTER, MONETARY, SEGMENT
from segdash.scoring.values import SPENDS
from segdash.state.choices import MOST_SEGMENTS
from segdash.views import VIEWS
from segdash.views.data_panel import DROP_STYLE
from segdash.views.moves_shown import MovesShown
from segdash.views.order_words import CHOICE_TITLES, POLICY_TITLES
from segdash.views.view import View, html, row

if TYPE_CHECKING:
    import io
    from collections.abc import Callable

    from panel.viewable import Viewable

    from segdash.alternative import Beside
    from segdash.state import Segmentation
    from segdash.work import Task

CHOICES_OF_NOW, MODEL = "choices", "model"
POLICIES = ("refunds", "grain")
LARGEST_MODEL = "5MB"


@VIEWS.register("Comparison")
class Comparison(View):
    """Who moves, and how much revenue with them, between the page's segments and others; a click selects them."""

    title = "Compare segmentations"

    def body(self) -> list[Viewable]:
        """What is compared with, its choices, the buttons, the result."""
        self._upload: tuple[str, bytes] | None = None
        self._apply: Callable[[], None] | None = None
        self._page: Any = None
        self.against = self._select("Compare the page with", {}, 250)
        self.against.param.watch(lambda _: self._show_mode(), "value")
        self.shown = MovesShown(self)
        self.said = html("")
        parts = [*self._choice_parts(), *self._kept_parts()]
        self.follow(self._take_choices, "clustering", "orders", "method", "n_segments", "feature_names")
        self.follow(self._show_kept, "kept")
        self.follow(self._forget, "customers")
        self.follow(self.shown.draw, "dark", "currency")
        return [*parts, self.said, self.shown.all]

    def _choice_parts(self) -> list[Viewable]:
        self.method = self._select("Method", {METHODS[name].title: name for name in METHODS}, 220)
        self.method.param.watch(lambda _: self._show_mode(), "value")
        self.k = pmui.IntInput(label="Segments", value=4, start=2, end=MOST_SEGMENTS, size="small", width=110, margin=0)
        self.spend = self._select("Spend counts as", {title: name for name, title in SPENDS.items()}, 190)
        self.as_of = pmui.DatePicker(label="As of", size="small", width=190, margin=0)
        self.policies = {
            name: self._select(
                POLICY_TITLES[name], {CHOICE_TITLES[name][choice]: choice for choice in CHOICES[name]}, 190
            )
            for name in POLICIES
        }
        self.choices = row(self.method, self.k, self.spend, self.as_of, *self.policies.values())
        self.upload = pn.widgets.FileDropper(
            multiple=False,
            previews=[],
            max_file_size=LARGEST_MODEL,
            layout="integrated",
            height=76,
            sizing_mode="stretch_width",
            margin=0,
            stylesheets=[DROP_STYLE],
        )
        self.upload.param.watch(self._uploaded, "value")
        self.hint = html("")
        return [row(self.against), self.hint, self.choices, self.upload]

    def _kept_parts(self) -> list[Viewable]:
        self.compare = pmui.Button(label="Compare", size="small", margin=0, on_click=lambda _: self._compare())
        self.apply = pmui.Button(
            label="Apply the other one",
            variant="outlined",
            size="small",
            margin=0,
            disabled=True,
            on_click=lambda _: self._apply_it(),
        )
        self.called = pmui.TextInput(label="Keep this one as", size="small", width=240, margin=0, max_length=60)
        self.keep = pmui.Button(
            label="Keep this one to compare",
            variant="text",
            size="small",
            margin=0,
            on_click=lambda _: self._keep(),
        )
        self.download = pmui.FileDownload(
            callback=self._file,
            filename="segments.json",
            label="Save this one as a model (JSON)",
            variant="text",
            size="small",
            color="primary",
            margin=0,
        )
        return [row(self.compare, self.apply), row(self.called, self.keep, self.download)]

    def _select(self, label: str, options: dict[str, Any], width: int) -> Any:
        first = next(iter(options.values()), None)
        return pmui.Select(label=label, options=options, value=first, size="small", width=width, margin=0)

    # ------------------------------------------------------------------ what can be chosen

    def _take_choices(self) -> None:
        """The page's own choices, from which a person changes some."""
        state = self.state
        self.method.value, self.k.value = state.method, state.n_segments
        self.spend.value = spend_of(state)
        if state.orders is not None:
            self.as_of.value = state.orders.as_of.date()
            for name, select in self.policies.items():
                select.value = getattr(state.orders.policies, name)
        self._show_mode()

    def _show_kept(self) -> None:
        options = {
            "Other choices": CHOICES_OF_NOW,
            **{f"Kept: {title}": ("kept", title) for title, _ in self.state.kept},
        }
        options["A saved model (JSON file)"] = MODEL
        value = self.against.value if self.against.value in options.values() else CHOICES_OF_NOW
        self.against.param.update(options=options, value=value)
        self._show_mode()

    def _show_mode(self) -> None:
        state, mode = self.state, self.against.value
        how, logged = METHODS[self.method.value], state.orders is not None
        self.choices.visible, self.upload.visible = mode == CHOICES_OF_NOW, mode == MODEL
        self.k.visible = "n_clusters" in how.names
        self.spend.visible = self._spends() if how.takes_features else "spend" in how.names
        for control in (self.as_of, *self.policies.values()):
            control.visible = logged
        self.compare.visible = mode != MODEL
        self.keep.disabled = not len(state.customers)
        self.download.visible = state.model is not None
        hints = {
            CHOICES_OF_NOW: "These are the page's choices: change one or more, then compare.",
            MODEL: "Drop a model that was saved here, last month's for instance: it segments the customers of now.",
        }
        said = hints.get(mode, "As it was when it was kept.")
        self.hint.object = f'<p class="muted">{escape(said)}</p>'

    def _spends(self) -> bool:
        """Whether clusters are made of one kind of spend and could be made of the other."""
        both = {AVERAGE_ORDER, MONETARY}
        return both <= set(self.state.metrics) and bool(both & set(self.state.feature_names))

    def _chosen(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """Choices and definitions of the log as the controls have them."""
        state = self.state
        choices: dict[str, Any] = {"method": self.method.value, "n_segments": self.k.value}
        if self.spend.visible:
            choices |= spending(state, self.method.value, self.spend.value)
        log: dict[str, Any] = {}
        if state.orders is not None:
            log = {name: select.value for name, select in self.policies.items()}
            if self.as_of.value is not None and self.as_of.value != state.orders.as_of.date():
                log["as_of"] = pd.Timestamp(self.as_of.value).to_pydatetime()
        return choices, log

    # ------------------------------------------------------------------ what a person does

    def _compare(self) -> None:
        mode = self.against.value
        if not len(self.state.customers):
            self._refuse("There are no customers to compare. Open a file in the drawer (Data).")
        elif mode == CHOICES_OF_NOW:
            self._compare_choices()
        else:
            self._compare_kept(mode[1])

    def _compare_choices(self) -> None:
        state = self.state
        try:
            choices, log = differing(state, *self._chosen())
        except ChoiceError as refused:
            self._refuse(str(refused))
            return
        copy, page, said = state.fork(), side_of(state), self._worded(choices, log)

        def beside(_task: Task) -> Beside:
            change(copy, choices, log)
            return set_beside(page, side_of(copy, said), state.currency)

        def apply() -> None:
            state.beside("Segmenting the customers", lambda other, _task: change(other, choices, log))

        self._start(beside, apply)

    def _compare_kept(self, title: str) -> None:
        state = self.state
        earlier: Segmentation = dict(state.kept)[title]
        page = side_of(state)

        def beside(_task: Task) -> Beside:
            return set_beside(side_of(earlier, f"in {title}"), page, state.currency)

        self._start(beside, lambda: state.adopt(earlier))

    def _uploaded(self, _event: Any) -> None:
        if self.upload.value:
            name, content = next(iter(self.upload.value.items()))
            self._compare_model(str(name), content if isinstance(content, bytes) else str(content).encode())
            self.upload.value = {}

    def _compare_model(self, name: str, content: bytes) -> None:
        state, copy, page = self.state, self.state.fork(), side_of(self.state)

        def beside(_task: Task) -> Beside:
            change(copy, by_model(copy, model_from(content, name)), {})
            return set_beside(side_of(copy, f"by {name}"), page, state.currency)

        def apply() -> None:
            choices = by_model(state, model_from(content, name))
            state.beside("Segmenting the customers", lambda other, _task: change(other, choices, {}))

        self._start(beside, apply)

    def _start(self, beside: Callable[[Task], Beside], apply: Callable[[], None]) -> None:
        """Compare beside the page; a refusal is shown in the card."""
        customers = self.state.customers

        def work(task: Task) -> Beside | str:
            try:
                return beside(task)
            except CancelledError:
                raise
            except SegdashError as refused:
                return str(refused)

        def show(found: Beside | str) -> None:
            if isinstance(found, str):
                self._refuse(found)
            elif self.state.customers is customers:
                self._page, self._apply = customers, apply
                self.said.object, self.apply.disabled = "", False
                with pn.io.hold():
                    self.shown.show(found)

        self.state.work.start("Comparing", work, show)

    def _apply_it(self) -> None:
        if self._apply is not None:
            with pn.io.hold():
                self._apply()

    def _keep(self) -> None:
        state = self.state
        state.keep(self.called.value.strip() or titled(state))
        self.called.value = ""
        self.said.object = f'<p class="muted" role="status">Kept as {escape(state.kept[-1][0])}.</p>'

    def _file(self) -> io.BytesIO:
        table = self.state.segment_table
        return model_file(self.state.model, dict(zip(table[CLUSTER], table[SEGMENT], strict=True)))

    # ------------------------------------------------------------------ what is shown

    def _worded(self, choices: dict[str, Any], log: dict[str, Any]) -> str:
        """The other one by what is different about it: "with k-means, 5 segments"."""
        said = [METHODS[choices["method"]].title] if "method" in choices else []
        said += [f"{choices['n_segments']} segments"] if "n_segments" in choices else []
        said += [f"spend as {self._title(self.spend)}"] if {"feature_names", "method_settings"} & set(choices) else []
        said += [f"{POLICY_TITLES[n]}: {self._title(self.policies[n])}" for n in POLICIES if n in log]
        said += [f"as of {log['as_of']:%Y-%m-%d}"] if "as_of" in log else []
        return f"with {', '.join(said)}"

    def _title(self, select: Any) -> str:
        return next(title for title, value in select.options.items() if value == select.value).lower()

    def _refuse(self, sentence: str) -> None:
        self.said.object = f'<div class="note problem" role="alert">{escape(sentence)}</div>'

    def _forget(self) -> None:
        """The page has other segments: what was compared was not with them."""
        if self._page is not None and self._page is not self.state.customers:
            self._page = self._apply = None
            self.apply.disabled = True
            self.shown.show(None)
            self.said.object = '<p class="muted">The page has other segments now. Compare again.</p>'
        else:
            self.said.object = ""
        self.head(f"The page: {titled(self.state)}." if len(self.state.customers) else "No customers to compare.")
