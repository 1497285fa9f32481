"""A segmentation retold as a shallow tree of rules in the metrics' own units."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from segdash.errors import ChoiceError, UnknownNameError, count, quote
from segdash.explanation.rule_tree import Range, Rule, RuleTree, by_segment
from segdash.explanation.steps import grain, roundest

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

MOST_FITTED = 200_000
RULES_PER_SEGMENT = 2


class _Leaf(NamedTuple):
    """Customers (rows) that end up together, the segment (code) of most, and the way there."""

    rows: np.ndarray
    code: int
    ranges: dict[str, Range]


def retell(
    customers: pd.DataFrame,
    segments: pd.Series | np.ndarray | Sequence[str],
    metrics: Sequence[str],
    *,
    max_depth: int = 4,
    max_rules: int | None = None,
    currency: str = "",
    seed: int = 0,
) -> RuleTree:
    """Short rules, in the metrics' own units, that put customers into the same segments as far as rules can.

    Parameters
    ----------
    customers : pandas.DataFrame of shape (n, ...)
    segments : sequence of str, length n
        Segment of each customer, by position.
    metrics : sequence of str
        Columns the rules may look at; no value may be missing.
    max_depth : int
        Most thresholds on the way to a rule.
    max_rules : int, optional
        Most rules; default two per segment.
    currency : str
        Symbol or code written beside money.
    seed : int
        Of the sample the tree is fitted on above 200,000 customers, and of ties.

    Returns
    -------
    RuleTree
        Its figures are those of all customers.

    Raises
    ------
    UnknownNameError
        When a metric is not among the columns.
    ChoiceError
        When there is nothing to retell: no customers, no metrics, a missing value, not one segment per customer.

    Notes
    -----
    scikit-learn's classification tree (CART) is fitted on the rank of each value among the metric's different
    values, which changes no tree but keeps float32, in which scikit-learn compares, from confusing neighbours. Each
    threshold is then the roundest number between the largest value on its left and the smallest on its right: no
    customer changes sides. Two leaves beside each other that lead to the same segment are one rule.

    References
    ----------
    Breiman, L., Friedman, J., Stone, C. J. and Olshen, R. A. (1984). Classification and Regression Trees.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"recency": [3, 20, 31, 45, 90], "frequency": [4, 6, 9, 5, 1]})
    >>> told = retell(table, ["Loyal", "Loyal", "Loyal", "Lost", "Lost"], ["recency", "frequency"])
    >>> told.words(told.rules[0]), told.fidelity
    ('recency at most 40 days', 1.0)
    """
    names, codes = _segments(customers, segments)
    values = _values(customers, metrics)
    ranks = np.stack([np.unique(column, return_inverse=True)[1] for column in values.T], axis=1)
    tree = _fitted(ranks, codes, max_depth, max_rules or max(2, RULES_PER_SEGMENT * len(names)), seed)
    leaves = _leaves(tree, values, ranks, codes, list(metrics))
    sizes = np.bincount(codes)
    hits = [int((codes[leaf.rows] == leaf.code).sum()) for leaf in leaves]
    rules = [
        Rule(str(names[leaf.code]), leaf.ranges, len(leaf.rows), hit / len(leaf.rows), hit / int(sizes[leaf.code]))
        for leaf, hit in zip(leaves, hits, strict=True)
    ]
    told = {rule.segment for rule in rules}
    return RuleTree(
        rules=by_segment(rules),
        metrics=tuple(metrics),
        fidelity=sum(hits) / len(codes),
        untold=tuple(str(name) for name in names if str(name) not in told),
        grains={name: grain(column) for name, column in zip(metrics, values.T, strict=True)},
        currency=currency,
    )


def _segments(
    customers: pd.DataFrame, segments: pd.Series | np.ndarray | Sequence[str]
) -> tuple[np.ndarray, np.ndarray]:
    given = np.asarray(segments, dtype=object).astype(str)
    if not len(customers):
        raise ChoiceError("There are no customers whose segments could be retold. Open a table or widen the filters.")
    if len(given) != len(customers):
        raise ChoiceError(
            f"{count(len(given), 'segment')} for {count(len(customers), 'customer')}. Give one segment per customer."
        )
    return np.unique(given, return_inverse=True)


def _values(customers: pd.DataFrame, metrics: Sequence[str]) -> np.ndarray:
    if not len(metrics):
        raise ChoiceError("Rules need at least one metric to look at. Choose one or more.")
    for name in metrics:
        if name not in customers.columns:
            raise UnknownNameError.of("metric", name, customers.select_dtypes("number").columns)
    values = customers.loc[:, list(metrics)].to_numpy(dtype="float64")
    for name, column in zip(metrics, values.T, strict=True):
        if bad := int((~np.isfinite(column)).sum()):
            raise ChoiceError(
                f"Metric {quote(name)} has no number for {count(bad, 'customer')} of {len(values):,}. "
                "Leave it out of the rules, or complete the file."
            )
    return values


def _fitted(ranks: np.ndarray, codes: np.ndarray, max_depth: int, max_rules: int, seed: int):  # type: ignore[no-untyped-def]
    """The arrays of scikit-learn's tree."""
    from sklearn.tree import DecisionTreeClassifier

    rows = np.arange(len(codes))
    if len(rows) > MOST_FITTED:
        rows = np.random.default_rng(seed).choice(len(rows), MOST_FITTED, replace=False)
    model = DecisionTreeClassifier(max_depth=max_depth, max_leaf_nodes=max_rules, random_state=seed)
    return model.fit(ranks[rows], codes[rows]).tree_


def _leaves(tree, values: np.ndarray, ranks: np.ndarray, codes: np.ndarray, metrics: list[str]) -> list[_Leaf]:  # type: ignore[no-untyped-def]
    """Leaves of the tree on all customers, with rounded thresholds; siblings of one segment merged."""

    def below(node: int, rows: np.ndarray, ranges: dict[str, Range]) -> list[_Leaf]:
        here = _Leaf(rows, int(np.bincount(codes[rows]).argmax()), ranges)
        left, right = tree.children_left[node], tree.children_right[node]
        if left < 0:
            return [here]
        feature = tree.feature[node]
        goes_left = ranks[rows, feature] <= tree.threshold[node]
        column = values[rows, feature]
        threshold = roundest(float(column[goes_left].max()), float(column[~goes_left].min()))
        above, at_most = ranges.get(metrics[feature], (None, None))
        found = [
            *below(left, rows[goes_left], ranges | {metrics[feature]: (above, threshold)}),
            *below(right, rows[~goes_left], ranges | {metrics[feature]: (threshold, at_most)}),
        ]
        return [here] if len({leaf.code for leaf in found}) == 1 else found

    return below(0, np.arange(len(codes)), {})
