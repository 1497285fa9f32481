"""A rule set on its way to the page: thresholds, cells and their segments, each tried before any is applied."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import param

from segdash.errors import RulesError, SegdashError, quote
from segdash.rules import DEFAULT_RULE_SET, rule_set_of
from segdash.rules.cell_table import cell_table
from segdash.rules.compiler import compile_rules
from segdash.rules.lines import rules_of
from segdash.rules.rule_set import RuleSet
from segdash.schema import RFM
from segdash.scoring import DEFAULT_BINS, score
from segdash.scoring.scores import Scores
from segdash.scoring.values import SUM

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from segdash.state import Segmentation

METHOD = "rfm_rules"
SCORED_BY = ("scoring", "bins", "cuts", "spend")
MOST_UNDONE = 100


class RuleDraft(param.Parameterized):
    """What a person tries out on scores and rules; the page keeps its segments until `apply`.

    Parameters
    ----------
    state : Segmentation
        Whose customers are scored, and where the rules go when they are applied.

    Examples
    --------
    >>> import pandas as pd, segdash
    >>> table = pd.DataFrame({"customer_id": list("abcdef"), "recency": [1, 2, 30, 60, 200, 300],
    ...     "frequency": [9, 8, 3, 2, 1, 1], "monetary": [900.0, 850.0, 90.0, 60.0, 20.0, 10.0]})
    >>> draft = RuleDraft(segdash.Segmentation(customers=table, n_segments=2))
    >>> draft.paint([(5, 5)], "VIPs")
    True
    >>> draft.cells.query("segment == 'VIPs'")["customers"].tolist()
    [1]
    """

    scoring = param.String(default="quantiles", doc="How thresholds are found, a name in `segdash.scoring.SCORINGS`.")
    bins = param.Integer(default=DEFAULT_BINS, doc="Number of scores per metric.")
    cuts = param.Dict(default=None, allow_None=True, doc="Cut points per metric, for the scoring 'fixed'.")
    spend = param.String(default=SUM, doc="What is scored as monetary, a name in `segdash.scoring.values.SPENDS`.")
    rules: RuleSet = param.ClassSelector(  # type: ignore[assignment]
        class_=RuleSet, doc="Which segment each cell belongs to."
    )
    scores: Scores = param.ClassSelector(  # type: ignore[assignment]
        class_=Scores, allow_None=True, doc="Of the state's customers; None where there are none."
    )
    cells = param.DataFrame(allow_None=True, doc="One row per cell with its customers, revenue and mean metrics.")
    found = param.List(default=[], item_type=str, doc="What a list of rules hides, a sentence each.")
    problem = param.String(default="", doc="Why the last choice was refused; empty when none was.")

    def __init__(self, state: Segmentation) -> None:
        super().__init__(rules=rule_set_of(DEFAULT_RULE_SET))
        self.state = state
        self._before: list[RuleSet] = []
        self._scored_customers: Any = None
        self.take()

    def take(self, settings: Mapping[str, Any] | None = None) -> bool:
        """Begin with these settings of the method, with the rules in force, or anew with the customers of now."""
        settings = self.state.method_settings if settings is None else settings
        given = {name: settings[name] for name in SCORED_BY if name in settings}
        return self._try(rules=rule_set_of(settings.get("rule_set", self.rules)), **given)

    def choose(self, **choices: Any) -> bool:
        """Try another scoring, number of bins, cut points or kind of spend; rules for other bins are stretched."""
        return self._try(**choices)

    def preset(self, name: str) -> bool:
        """Begin again with a rule set that comes with segdash."""
        return self._try(rules=rule_set_of(name), found=[])

    def paint(self, cells: Iterable[Sequence[int]], segment: str) -> bool:
        """Give these cells to a segment, a new one if there is none of that name."""
        cells = list(cells)
        if not cells:
            return self._refuse("No cell is selected. Click one, or drag over several.")
        try:
            return self._try(rules=self.rules.paint(cells, segment.strip()).without_empty(), found=[])
        except SegdashError as refused:
            return self._refuse(str(refused))

    def compile(self, lines: str, axes: Sequence[str]) -> bool:
        """Make cells of a list of rules, a line each; what it hides is said in ``found``."""
        try:
            made = compile_rules(rules_of(lines), axes, bins=self.bins)
        except SegdashError as refused:
            return self._refuse(str(refused))
        return self._try(rules=made.rule_set, found=list(made.sentences))

    @property
    def can_undo(self) -> bool:
        """Whether there is a rule set before this one."""
        return bool(self._before)

    def undo(self) -> bool:
        """Go back to the rule set before the last change."""
        if not self._before:
            return False
        rules = self._before.pop()
        done = self._try(rules=rules, found=[])
        self._before.pop()  # what was undone is no step of its own
        self.param.trigger("rules")
        return done

    def apply(self) -> None:
        """Segment the page's customers by these rules."""
        settings = {"scoring": self.scoring, "bins": self.bins, "rule_set": self.rules.to_dict()}
        if self.cuts:
            settings["cuts"] = self.cuts
        if self.spend != SUM:
            settings["spend"] = self.spend
        own = (*settings, *SCORED_BY)
        kept = {name: value for name, value in self.state.method_settings.items() if name not in own}
        self.state.change_beside("Segmenting the customers", method=METHOD, method_settings={**kept, **settings})

    def _try(self, **choices: Any) -> bool:
        """Take choices with all that follows, or none of them."""
        wanted = {**{name: getattr(self, name) for name in SCORED_BY}, "rules": self.rules, **choices}
        customers = self.state.features
        try:
            rules = wanted["rules"].rescaled(wanted["bins"])
            scores = self._scored(wanted) if len(customers) else None
            cells = cell_table(customers, scores, metrics=RFM, rule_set=rules) if scores else None
        except SegdashError as refused:
            return self._refuse(str(refused))
        if rules != self.rules:
            self._before = [*self._before, self.rules][-MOST_UNDONE:]
        self.param.update(**{**wanted, "rules": rules}, scores=scores, cells=cells, problem="")
        return True

    def _scored(self, wanted: Mapping[str, Any]) -> Scores:
        """Scores, made anew only where customers or thresholds changed."""
        customers = self.state.features
        same = all(wanted[name] == getattr(self, name) for name in SCORED_BY)
        if same and self.scores is not None and self._scored_customers is customers:
            return self.scores
        self._scored_customers = customers
        return score(customers, wanted["scoring"], bins=wanted["bins"], cuts=wanted["cuts"], spend=wanted["spend"])

    def _refuse(self, sentence: str) -> bool:
        self.problem = ""
        self.problem = sentence
        return False


def cut_points(text: str, what: str) -> list[float]:
    """Numbers of a line such as "30, 90, 180".

    Raises
    ------
    RulesError
        When one of them is none.

    Examples
    --------
    >>> cut_points("30; 90 180.5", "recency")
    [30.0, 90.0, 180.5]
    """
    found = []
    for part in text.replace(";", " ").replace(", ", " ").split():
        try:
            found.append(float(part.rstrip(",")))
        except ValueError:
            raise RulesError(f"{quote(part)} among the cut points of {what} is no number. Write 30; 90; 180.") from None
    return found
