"""Rules: scores of recency, frequency and monetary, and a name for each cell of scores."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from segdash.clustering import METHODS, Clustering, Method
from segdash.clustering.rule_model import RuleModel
from segdash.clustering.settings import KINDS, Setting
from segdash.errors import ClusteringError, quote
from segdash.rules import DEFAULT_RULE_SET, RULE_SETS, rule_set_of
from segdash.scoring import DEFAULT_BINS, SCORINGS, score
from segdash.scoring.thresholds import FEWEST_BINS, MOST_BINS
from segdash.scoring.values import SPENDS, SUM

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from segdash.rules.rule_set import RuleSet


def rfm_rules(
    customers: pd.DataFrame,
    *,
    scoring: str = "quantiles",
    bins: int = DEFAULT_BINS,
    rule_set: str | Mapping[str, Any] = DEFAULT_RULE_SET,
    cuts: Mapping[str, Sequence[float]] | None = None,
    spend: str = SUM,
) -> Clustering:
    """Score customers and give each the segment of their cell.

    Parameters
    ----------
    customers : pandas.DataFrame of shape (n_customers, ...)
        With recency, frequency and monetary, nothing missing.
    scoring : str
        A name in `segdash.scoring.SCORINGS`.
    bins : int
        Number of scores, 3 to 10.
    rule_set : str or mapping
        A name in `segdash.rules.RULE_SETS`, or what `RuleSet.to_dict` wrote. One that is made for another number of
        bins is rescaled, and a note says so.
    cuts : mapping, optional
        Cut points per metric, for the scoring "fixed".
    spend : str
        What is scored as monetary, and what its cut points are of: "sum" of all orders or "mean" per order.

    Returns
    -------
    Clustering
        Labels are the names of the segments.

    Raises
    ------
    ScoringError, RulesError, UnknownNameError
        When these customers can't be scored so, or there is no such rule set.
    """
    written = rule_set_of(rule_set)
    rules = written.rescaled(bins)
    scores = score(customers, scoring, bins=bins, cuts=cuts, spend=spend)
    labels = rules.assign(scores)
    return Clustering(
        labels=labels,
        method="rfm_rules",
        settings={"scoring": scoring, "bins": bins, "rule_set": rule_set, "cuts": cuts, "spend": spend},
        model=RuleModel(scores.thresholds, rules),
        notes=(*_on_rescaling(written, rules), *scores.warnings, *_on_nobody(rules, set(labels))),
        fitted_on=len(customers),
    )


def _on_rescaling(written: RuleSet, rules: RuleSet) -> list[str]:
    if rules is written:
        return []
    said = (
        f"The rule set {quote(written.name)} is made for {written.bins} bins and was stretched to {rules.bins}: each "
        "cell has the segment at the same place."
    )
    gone = [name for name in written.segments if name not in rules.segments]
    return [f"{said} No cell is left for {_listed(gone)}." if gone else said]


def _on_nobody(rules: RuleSet, found: set[str]) -> list[str]:
    empty = [name for name in rules.segments if name not in found]
    return [f"Nobody is in {_listed(empty)}."] if empty else []


def _listed(names: Sequence[str]) -> str:
    quoted = [quote(name) for name in names]
    return f"{', '.join(quoted[:-1])} or {quoted[-1]}" if quoted[1:] else quoted[0]


@dataclass(frozen=True)
class RuleSetSetting(Setting):
    """The choice of a rule set: one of the options by name, or one of a person's own as a dict."""

    def check(self, value: Any) -> Any:
        """The name, or the rule set in plain types."""
        rules = rule_set_of(value)
        return value if isinstance(value, str) else rules.to_dict()


@dataclass(frozen=True)
class CutsSetting(Setting):
    """Cut points per metric."""

    def check(self, value: Any) -> Any:
        """A list per metric; what is in it is checked by the scoring that takes it."""
        if value is None:
            return None
        if not isinstance(value, Mapping):
            raise ClusteringError(f"Setting {quote(self.name)} must be {KINDS[self.kind]}, not {quote(value)}.")
        return {str(name): list(cuts) if isinstance(cuts, (list, tuple)) else cuts for name, cuts in value.items()}


SCORING = Setting(
    "scoring",
    "Scoring",
    "How the thresholds between scores are found.",
    "choice",
    default="quantiles",
    options={name: SCORINGS[name].title for name in SCORINGS},
)
BINS = Setting(
    "bins",
    "Scores",
    "Number of scores per metric; more is better, also in recency.",
    "whole",
    default=DEFAULT_BINS,
    bounds=(FEWEST_BINS, MOST_BINS),
)
RULE_SET = RuleSetSetting(
    "rule_set",
    "Rule set",
    "Which segment each cell of scores belongs to.",
    "rule set",
    default=DEFAULT_RULE_SET,
    options={name: RULE_SETS[name].name for name in RULE_SETS},
)
CUTS = CutsSetting(
    "cuts",
    "Cut points",
    "For fixed cut points: the values at which each metric goes from one score to the next, ascending.",
    "cuts",
    default=None,
)

SPEND = Setting(
    "spend",
    "Spend counts as",
    "What is scored as monetary: all that a customer spent, or what an order of theirs is worth on average.",
    "choice",
    default=SUM,
    options=SPENDS,
)

METHODS.register("rfm_rules")(
    Method(
        "Rules on scores",
        rfm_rules,
        "Segments that everyone can check by hand: scores of recency, frequency and monetary, and a name per cell.",
        settings=(SCORING, BINS, SPEND, RULE_SET, CUTS),
        takes_features=False,
    )
)
