"""The segments retold as a few rules: in words, as SQL, and as cells for the rule studio."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import panel as pn
import panel_material_ui as pmui

from segdash.alternative import titled
from segdash.errors import CancelledError, SegdashError, count
from segdash.explanation import RuleTree, as_cells, retell
from segdash.markup import escape, swatch
from segdash.numbers import percent
from segdash.schema import AVERAGE_ORDER, MONETARY, RFM, SEGMENT, metric
from segdash.scoring.values import MEAN, SUM
from segdash.views import VIEWS
from segdash.views.view import View, html, part, row

if TYPE_CHECKING:
    from panel.viewable import Viewable

    from segdash.state import Segmentation
    from segdash.work import Task

DEEPEST = 8
MOST_RULES = 40


@VIEWS.register("Explanation")
class Explanation(View):
    """Rules that retell the segments, with what each covers and how often it is right; as SQL; to the rule studio."""

    title = "The segments as rules"

    def body(self) -> list[Viewable]:
        """What the rules may look at, the rules, the SQL."""
        self.told: RuleTree | None = None
        self._of: Any = None
        self.metrics = pmui.MultiChoice(
            label="The rules look at", sizing_mode="stretch_width", min_width=260, max_width=410, margin=0
        )
        self.depth = self._whole("Most thresholds per rule", 4, DEEPEST)
        self.most = self._whole("Most rules (0: 2 a segment)", 0, MOST_RULES)
        self.tell = pmui.Button(label="Tell it as rules", size="small", margin=0, on_click=lambda _: self._tell())
        self.said, self.rules, self.sql = html(""), html(""), html("")
        self.send = pmui.Button(
            label="Send to the rule studio", variant="outlined", size="small", margin=0, on_click=lambda _: self._send()
        )
        self.download = pmui.FileDownload(
            callback=self._file,
            filename="segments.sql",
            label="Download the SQL",
            variant="outlined",
            size="small",
            color="primary",
            margin=0,
        )
        self.ends = row(self.send, self.download)
        self.follow(self._offer, "features", "clustering")
        self.follow(self._forget, "customers")
        if not self.state.work.title:  # nothing that this would stop
            self._tell()
        return [row(self.metrics, self.depth, self.most, self.tell), self.said, self.rules, self.ends, self.sql]

    def _whole(self, label: str, value: int, end: int) -> Any:
        return pmui.IntInput(label=label, value=value, start=min(value, 1), end=end, size="small", width=215, margin=0)

    # ------------------------------------------------------------------ what a person does

    def _tell(self) -> None:
        """Find the rules, beside the page."""
        state = self.state
        customers, currency, metrics = state.customers, state.currency, list(self.metrics.value)
        depth, most = self.depth.value or 1, self.most.value or None
        if not len(customers):
            return

        def work(_task: Task) -> RuleTree | str:
            try:
                return retell(
                    customers, customers[SEGMENT], metrics, max_depth=depth, max_rules=most, currency=currency
                )
            except CancelledError:
                raise
            except SegdashError as refused:
                return str(refused)

        def show(found: RuleTree | str) -> None:
            if isinstance(found, str):
                self._refuse(found)
            elif self.state.customers is customers:
                self._of = customers
                with pn.io.hold():
                    self._show(found)

        state.work.start("Telling the segments as rules", work, show)

    def _send(self) -> None:
        """Have the rule studio begin with these rules."""
        state = self.state
        try:
            order = list(state.colours)
            sent = as_cells(self.told, state.features, order=order, name=f"Retold from {titled(state)}")  # type: ignore[arg-type]  # hidden without
        except SegdashError as refused:
            self._refuse(str(refused))
            return
        with pn.io.hold():
            state.sent_rules = sent
        self.said.object = (
            '<p class="muted" role="status">Sent: the rule studio has them as cells, and the page its segments until '
            "you apply them there.</p>"
        )

    def _file(self) -> io.BytesIO:
        return io.BytesIO((self._written() + "\n").encode())

    # ------------------------------------------------------------------ what is shown

    def _offer(self) -> None:
        """The metrics that rules can look at: those the segments were made from, first."""
        state = self.state
        titles = {metric(name).title: name for name in state.metrics}
        if len(titles) < len(state.metrics):
            titles = {name: name for name in state.metrics}
        self.metrics.param.update(options=titles, value=_own(state))

    def _forget(self) -> None:
        """The page has other segments than those that were told."""
        if self._of is not self.state.customers:
            self.told = self._of = None
            self.rules.object = self.sql.object = ""
            self.ends.visible = False
            some = len(self.state.customers) > 0
            self.said.object = '<p class="muted">The page has other segments now. Tell them anew.</p>' if some else ""
            self.head("" if some else "No segments to tell: open a file in the drawer (Data).")
            self.tell.disabled = not some

    def _show(self, told: RuleTree) -> None:
        self.told = told
        self.said.object = ""
        self.ends.visible = True
        self.head(
            f"{count(len(told.rules), 'rule')} put {percent(told.fidelity)} of the customers into their own segment."
        )
        colours = self.state.colours
        lines = "".join(
            f'<tr><th scope="row">{swatch(colours[rule.segment])}{escape(rule.segment)}</th>'
            f'<td class="words">{escape(told.words(rule))}</td><td class="n">{rule.customers:,}</td>'
            f'<td class="n">{percent(rule.precision)}</td><td class="n">{percent(rule.coverage)}</td></tr>'
            for rule in told.rules
        )
        heads = "".join(f'<th class="n">{head}</th>' for head in ("Customers", "Right (precision)", "Finds (coverage)"))
        missed = told.sentences[len(told.rules) + 1 :]
        warned = "".join(f'<p class="warning">{escape(sentence)}</p>' for sentence in missed)
        self.rules.object = (
            f'<div class="wide"><table class="ledger full"><thead><tr><th>Segment</th><th>Rule</th>{heads}</tr></thead>'
            f"<tbody>{lines}</tbody></table></div>{warned}"
            '<p class="muted">Right: share of the customers under the rule who are in the segment. Finds: share of the '
            "segment's customers who are under the rule.</p>"
        )
        code = f'<pre class="code" tabindex="0" aria-label="The rules as SQL">{escape(self._written())}</pre>'
        self.sql.object = part("As SQL", "a click selects all of it") + code

    def _written(self) -> str:
        told: RuleTree = self.told  # type: ignore[assignment]  # nothing is written without
        right = f"{percent(told.fidelity)} of {count(len(self._of), 'customer')}"
        return f"-- {right} are in their own segment by these rules\n{told.sql()}"

    def _refuse(self, sentence: str) -> None:
        self.said.object = f'<div class="note problem" role="alert">{escape(sentence)}</div>'


def _own(state: Segmentation) -> list[str]:
    """Metrics that the segments were made from, as far as they are in the table; of rules those that are scored."""
    own = [name for name in state.clustering.features if name in state.metrics]
    mean = getattr(state.model, "spend", SUM) == MEAN and AVERAGE_ORDER in state.metrics
    return own or [AVERAGE_ORDER if name == MONETARY and mean else name for name in RFM]
