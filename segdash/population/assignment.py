"""A frozen model as Ibis expressions: every customer gets her segment where she is, in the engine."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

from segdash.clustering.geometry import Centroids, Mixture
from segdash.clustering.model import Model
from segdash.clustering.rule_model import RuleModel
from segdash.errors import ClusteringError, UnknownNameError
from segdash.population.expressions import apart, exact, number
from segdash.population.points import coordinates, refuse_unfit
from segdash.schema import AVERAGE_ORDER, CLUSTER, FREQUENCY, METRICS, MONETARY, RFM
from segdash.scoring.thresholds import AXIS_OF
from segdash.scoring.values import MEAN

if TYPE_CHECKING:
    from collections.abc import Sequence

    import ibis.expr.types as ir
    import numpy as np

    from segdash.scoring.thresholds import Thresholds

OWNER = "segdash_owner"
"""Column of the number of a customer's segment, in the order of the model's labels."""

OWN = "segdash_"
"""Begins the names of columns that are made on the way and left out in the end."""


def assign(table: ir.Table, model: Model | RuleModel) -> ir.Table:
    """The table with the cluster of each customer, as the model's ``predict`` says; nothing is fetched.

    Parameters
    ----------
    table : ibis Table of shape (n_customers, ...)
        With the metrics that the model was learned from; of any engine.
    model : Model or RuleModel
        What a segmentation learned, maybe from a sample.

    Returns
    -------
    ibis Table
        With the column cluster (text); NULL for a customer who lacks a metric.

    Raises
    ------
    ClusteringError
        When the model can't be written as an expression (ranks, HDBSCAN).
    UnknownNameError
        When the table has not got one of the metrics.

    Notes
    -----
    Each step rounds as numpy does, but logarithms and powers of two libraries may differ in the last of 16 digits: a
    customer equally near to two segments to that digit may get the other one.

    Examples
    --------
    >>> import ibis, pandas as pd
    >>> from segdash.clustering import fit
    >>> seen = pd.DataFrame({"monetary": [900.0, 850.0, 20.0, 10.0]})
    >>> model = fit("k_means", seen, features=["monetary"], n_clusters=2).model
    >>> assign(ibis.memtable(pd.DataFrame({"monetary": [15.0, 870.0]})), model).execute()["cluster"].tolist()
    ['1', '0']
    """
    import ibis

    owned = with_owner(table, model)
    named = ibis.cases(*((owned[OWNER] == i, label) for i, label in enumerate(model.labels)))
    return owned.mutate(**{CLUSTER: named}).drop(OWNER)


def with_owner(table: ir.Table, model: Model | RuleModel) -> ir.Table:
    """`assign`, but with the number of the label in the column `OWNER`."""
    for name in model.features:
        if name not in table.columns:
            raise UnknownNameError.of("metric", name, table.columns)
    return _by_rules(table, model) if isinstance(model, RuleModel) else _by_distance(table, model)


def refuse_unfit_for(table: ir.Table, model: Model | RuleModel) -> None:
    """Ask the engine for customers whom the model has no place for, and raise ClusteringError when there are any."""
    if isinstance(model, Model):
        refuse_unfit(table, model.space)


# -- the nearest ----------------------------------------------------------------------------------------------


def _by_distance(table: ir.Table, model: Model) -> ir.Table:
    import ibis

    columns = list(table.columns)
    points = dict(zip(_names("p", len(model.space.axes)), coordinates(table, model.space), strict=True))
    placed = apart(table.mutate(**points))
    distances = _distances([placed[name] for name in points], model)
    measured = apart(placed.mutate(**dict(zip(_names("d", len(distances)), distances, strict=True))))
    found = [measured[name] for name in _names("d", len(distances))]
    nearest = ibis.least(*found) if len(found) > 1 else found[0]
    # Of equally near ones the first, as argmin has it.
    owner = ibis.cases(*((one <= nearest, i) for i, one in enumerate(found)))
    return apart(measured.select(*columns, **{OWNER: owner}))


def _names(kind: str, n: int) -> list[str]:
    return [f"{OWN}{kind}{i}" for i in range(n)]


def _distances(points: Sequence[ir.FloatingValue], model: Model) -> list[ir.FloatingValue]:
    """How far a customer is from each segment, as ``model.geometry`` measures it."""
    geometry = model.geometry
    if isinstance(geometry, Centroids):
        # The root too: it makes some unequal squares equal, and then the first one counts.
        return [_squares(points, centroid).sqrt() for centroid in geometry.centroids]
    if isinstance(geometry, Mixture):
        return [_surprise(points, mean, *white) for mean, white in zip(geometry.means, geometry.whitened, strict=True)]
    raise ClusteringError(
        "HDBSCAN knows segments by thousands of customers near them, which is no expression: it can't be given to "
        "customers that stay in the engine. Choose k-means, a mixture or rules."
    )


def _squares(points: Sequence[ir.FloatingValue], centre: np.ndarray) -> ir.FloatingValue:
    differences = [point - exact(at) for point, at in zip(points, centre, strict=True)]
    return reduce(lambda total, one: total + one, [one * one for one in differences])


def _surprise(points: Sequence[ir.FloatingValue], mean: np.ndarray, white: np.ndarray, low: float) -> ir.FloatingValue:
    """Minus the logarithm of share x density."""
    differences = [point - exact(at) for point, at in zip(points, mean, strict=True)]
    turned = [
        reduce(lambda total, one: total + one, [one * exact(w) for one, w in zip(differences, column, strict=True)])
        for column in white.T
    ]
    return reduce(lambda total, one: total + one, [one * one for one in turned]) / 2.0 + exact(low)


# -- the cell of scores ---------------------------------------------------------------------------------------


def _by_rules(table: ir.Table, model: RuleModel) -> ir.Table:
    import ibis

    columns, rules = list(table.columns), model.rule_set
    scores = scored(table, model.thresholds)
    cell = reduce(lambda total, score: total * 100 + score, [scores[f"{OWN}{axis}"] for axis in rules.axes])
    placed = apart(scores.mutate(**{f"{OWN}cell": cell}))
    codes = {name: [_code(one) for one in rules.cells_of(name)] for name in rules.segments}
    cases = [(placed[f"{OWN}cell"].isin(codes[name]), i) for i, name in enumerate(rules.segments) if codes[name]]
    return apart(placed.select(*columns, **{OWNER: ibis.cases(*cases)}))


def _code(cell: Sequence[int]) -> int:
    """Scores of at most two digits each, one after the other."""
    return reduce(lambda total, score: total * 100 + score, cell)


def scored(table: ir.Table, thresholds: Thresholds) -> ir.Table:
    """The table with scores as `Thresholds.score` has them, in columns that `OWN` and the axis name: r, f, m, fm."""
    import ibis

    for metric in RFM:
        value = _mean_per_order(table) if metric == MONETARY and thresholds.spend == MEAN else number(table, metric)
        of_metric = thresholds.edges[metric]
        within = []
        for parent, edges in of_metric.items():
            if parent:
                masks = [table[f"{OWN}{axis}"] == score for axis, score in zip("rf", parent, strict=False)]
                within.append((reduce(lambda all_, one: all_ & one, masks), _score(value, edges, metric, thresholds)))
        plain = _score(value, of_metric[()], metric, thresholds)
        # A later parent goes before an earlier one.
        score = ibis.cases(*reversed(within), else_=plain) if within else plain
        table = apart(table.mutate(**{f"{OWN}{AXIS_OF[metric]}": score}))
    return table.mutate(**{f"{OWN}fm": (table[f"{OWN}f"] + table[f"{OWN}m"] + 1) // 2})


def _mean_per_order(table: ir.Table) -> ir.FloatingValue:
    """As `segdash.scoring.values.mean_per_order` has it; NULL for a customer without orders."""
    if AVERAGE_ORDER in table.columns:
        return number(table, AVERAGE_ORDER)
    return number(table, MONETARY) / number(table, FREQUENCY).nullif(0)


def _score(value: ir.FloatingValue, edges: Sequence[float], metric: str, thresholds: Thresholds) -> ir.IntegerValue:
    """1 to the number of bins: the first bin whose upper edge is not passed."""
    import ibis

    higher, bins = METRICS[metric].higher_is_better, thresholds.bins
    scores = [i + 1 if higher else bins - i for i in range(bins)]
    below = thresholds.edge_counts == "below"
    within = [value <= exact(edge) if below else value < exact(edge) for edge in edges]
    return ibis.cases((value.isnull(), None), *zip(within, scores, strict=False), else_=scores[-1])
