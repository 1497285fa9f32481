"""Rules in days, orders and money as cells of scores, for the rule studio."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from segdash.errors import ChoiceError
from segdash.explanation.steps import roundest, spoken
from segdash.rules.rule_set import RuleSet
from segdash.schema import AVERAGE_ORDER, METRICS, MONETARY, RFM
from segdash.scoring.thresholds import AXIS_OF, FEWEST_BINS, MOST_BINS
from segdash.scoring.values import MEAN, SUM, as_scored

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segdash.explanation.rule_tree import RuleTree


def as_cells(
    tree: RuleTree, customers: pd.DataFrame, *, order: Sequence[str] = (), name: str = "Retold rules"
) -> dict[str, Any]:
    """Settings of the method `rfm_rules` that give each customer the segment the rules give.

    Parameters
    ----------
    tree : RuleTree
        Rules that look at recency, frequency and spend only: monetary, or average_order_value in its place.
    customers : pandas.DataFrame of shape (n, ...)
        Whom the further cut points are to divide evenly.
    order : sequence of str
        Segments, best to worst; those that the rules lead to stand in this order.
    name : str
        Of the rule set.

    Returns
    -------
    dict
        scoring ("fixed"), bins, cuts, spend, rule_set.

    Raises
    ------
    ChoiceError
        When a rule looks at another metric, or at more thresholds of one than there are scores.
    RulesError
        When a segment's name can't be that of a rule set's segment.

    Notes
    -----
    The cut points of a metric are the thresholds of the rules on it. Scores need equally many cut points of each
    metric: where one has fewer, its bin with the most customers is halved, which changes no segment.

    Examples
    --------
    >>> from segdash.explanation.retelling import retell
    >>> table = pd.DataFrame({"recency": [3, 20, 31, 45, 90], "frequency": [4, 6, 9, 5, 1],
    ...     "monetary": [10.0, 20.0, 30.0, 40.0, 50.0]})
    >>> told = retell(table, ["Loyal", "Loyal", "Loyal", "Lost", "Lost"], ["recency"])
    >>> made = as_cells(told, table)
    >>> made["bins"], made["cuts"]["recency"]
    (3, [30.0, 40.0])
    """
    looked_at = {name for rule in tree.rules for name in rule.ranges}
    spend = MEAN if AVERAGE_ORDER in looked_at and MONETARY not in looked_at else SUM
    named = {metric: AVERAGE_ORDER if metric == MONETARY and spend == MEAN else metric for metric in RFM}
    wanted = {metric: _thresholds(tree, name) for metric, name in named.items()}
    _refuse(tree, wanted, list(named.values()))
    n = max(FEWEST_BINS - 1, *(len(cuts) for cuts in wanted.values()))
    seen = as_scored(customers, spend)
    cuts = {metric: _filled(cuts, n, seen[metric].to_numpy(dtype="float64")) for metric, cuts in wanted.items()}
    metrics = RFM if wanted[MONETARY] else RFM[:2]
    # A value per bin: its upper edge, and one above the last.
    values = [[*cuts[metric], cuts[metric][-1] + 1] for metric in metrics]
    scores = [range(1, n + 2) if METRICS[m].higher_is_better else range(n + 1, 0, -1) for m in metrics]
    found = tree.predict(pd.DataFrame(list(product(*values)), columns=[named[m] for m in metrics]))
    cells = dict(zip(product(*scores), found.tolist(), strict=True))
    told = set(cells.values())
    segments = [one for one in order if one in told]
    rest = [one for one in dict.fromkeys(rule.segment for rule in tree.rules) if one in told and one not in segments]
    axes = tuple(AXIS_OF[metric] for metric in metrics)
    rules = RuleSet(name, axes, n + 1, (*segments, *rest), cells)
    return {"scoring": "fixed", "bins": n + 1, "cuts": cuts, "spend": spend, "rule_set": rules.to_dict()}


def _thresholds(tree: RuleTree, metric: str) -> list[float]:
    ends = {end for rule in tree.rules for end in rule.ranges.get(metric, ()) if end is not None}
    return sorted(float(end) for end in ends)


def _refuse(tree: RuleTree, wanted: dict[str, list[float]], scored: Sequence[str]) -> None:
    others = [name for rule in tree.rules for name in rule.ranges if name not in scored]
    if others:
        raise ChoiceError(
            f"The rules look at {spoken(others[0])}, and scores are those of recency, frequency and monetary. "
            "Have them look at these three only."
        )
    for metric, cuts in wanted.items():
        if len(cuts) >= MOST_BINS:
            raise ChoiceError(
                f"The rules divide {spoken(metric)} at {len(cuts)} places, and scores at {MOST_BINS - 1} at most. "
                "Allow fewer rules."
            )


def _filled(cuts: list[float], n: int, values: np.ndarray) -> list[float]:
    """These cut points and as many more as make ``n``, each in the middle of the customers of the fullest bin."""
    found = list(cuts)
    while len(found) < n:
        bins = [np.sort(part) for part in _parts(values, found)]
        open_ = [part for part in bins if len(part) and part[0] < part[-1]]
        if open_:
            found.append(_middle(max(open_, key=len)))
        else:
            found.append((max(found) if found else float(np.max(values, initial=0.0))) + 1)
        found.sort()
    return found


def _parts(values: np.ndarray, cuts: list[float]) -> list[np.ndarray]:
    place = np.searchsorted(cuts, values, side="left")
    return [values[place == i] for i in range(len(cuts) + 1)]


def _middle(values: np.ndarray) -> float:
    """The roundest number that has about half of these sorted values, which are not all equal, at or below it."""
    low = values[(len(values) - 1) // 2]
    if low == values[-1]:
        low = values[values < low][-1]
    return roundest(float(low), float(values[values > low][0]))
