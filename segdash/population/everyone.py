"""All customers with the segments of a model that was learned from some of them: what the page asks the engine."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import pandas as pd

from segdash.population.assignment import OWNER, refuse_unfit_for, with_owner
from segdash.population.expressions import exact, number
from segdash.population.pictures import Extent, View, extents_of, histogram_of, periods_of, pixels_of, score_cells_of
from segdash.population.summary import PLACE, Segmented, boxes_of, profile_of, segmented, totals_of
from segdash.schema import CUSTOMER_ID, RFM, SEGMENT

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    import ibis.expr.types as ir

    from segdash.clustering.model import Model
    from segdash.clustering.rule_model import RuleModel
    from segdash.population.population import Population
    from segdash.profile import Totals
    from segdash.scoring.thresholds import Thresholds

T = TypeVar("T")

MOST_REMEMBERED = 64
"""Answers of the engine that are kept; each is a small table."""


@dataclass(frozen=True)
class Filters:
    """Which customers count.

    Parameters
    ----------
    segments : tuple of str
        Only those of these segments; () means all.
    ranges : tuple of (str, float or None, float or None)
        Only those with low <= metric <= high; None leaves an end open.
    attributes : tuple of (str, tuple of str)
        Only those with one of these values of an attribute.
    """

    segments: tuple[str, ...] = ()
    ranges: tuple[tuple[str, float | None, float | None], ...] = ()
    attributes: tuple[tuple[str, tuple[str, ...]], ...] = ()


NO_FILTERS = Filters()


@dataclass(frozen=True, eq=False)
class Everyone:
    """All customers of a population with their segments; nothing is fetched but small tables.

    Parameters
    ----------
    population : Population
    table : ibis Table
        Its table and `PLACE`, the number of each customer's segment.
    segments : tuple of str
        Names, best to worst.
    """

    population: Population
    table: ir.Table
    segments: tuple[str, ...]
    _known: dict[Any, Any] = field(default_factory=dict)

    def prepare(self, metrics: Sequence[str], filters: Filters) -> pd.DataFrame:
        """The profile against the average customer of all; what else a page asks of those who pass is known by then."""
        for which in dict.fromkeys((NO_FILTERS, filters)):
            self._segmented(metrics, which)
            self.totals(which)
            for name in metrics:
                self.boxes(name, which)
        self.extent(RFM[0])  # which asks for all metrics
        return self.profile(metrics, filters, base_value=self.totals().value)

    def profile(
        self, metrics: Sequence[str], filters: Filters = NO_FILTERS, *, base_value: float | None = None
    ) -> pd.DataFrame:
        """`segdash.profile.segment_profile` of all who pass."""
        return profile_of(self._segmented(metrics, filters), metrics, base_value=base_value)

    def boxes(self, metric: str, filters: Filters = NO_FILTERS) -> pd.DataFrame:
        """`segdash.profile.box_summary` of all who pass."""
        found = self._segmented([metric], filters)
        ask = lambda: boxes_of(self.passing(filters), found, self._name)  # noqa: E731 - asked when not known
        return self._remembered(("boxes", frozenset(found.means), filters), ask)[metric]

    def totals(self, filters: Filters = NO_FILTERS) -> Totals:
        """`segdash.profile.totals` of all who pass."""
        return self._remembered(("totals", filters), lambda: totals_of(self.passing(filters), self._name))

    def extent(self, metric: str) -> Extent:
        """Between which values a metric of all customers lies."""
        ask = lambda: extents_of(self.table, self.population.metrics, self._name)  # noqa: E731 - asked when not known
        return self._remembered(("extents", NO_FILTERS), ask)[metric]

    def histogram(self, metric: str, filters: Filters = NO_FILTERS, *, edges: np.ndarray) -> tuple[pd.DataFrame, int]:
        """`segdash.histogram.histogram` of all who pass, and how many of them are in no bin."""
        ask = lambda: histogram_of(self.passing(filters), self.segments, metric, edges.tolist(), self._name)  # noqa: E731
        return self._remembered(("histogram", metric, tuple(edges.tolist()), filters), ask)

    def pixels(self, view: View, filters: Filters = NO_FILTERS) -> np.ndarray:
        """Customers per pixel and segment of all who pass, as `pixels_of` counts them."""
        with self.population.lock:  # they are many: no answer is kept
            return pixels_of(self.passing(filters), len(self.segments), view, self._name)

    def score_cells(self, thresholds: Thresholds, axes: Sequence[str], filters: Filters = NO_FILTERS) -> pd.DataFrame:
        """`segdash.rules.cell_table.cell_table` of all who pass, scored by these thresholds."""
        ask = lambda: score_cells_of(self.passing(filters), thresholds, axes, self._name)  # noqa: E731 - as above
        return self._remembered(("cells", id(thresholds), tuple(axes), filters), ask)

    def periods(self, every: str, filters: Filters = NO_FILTERS) -> pd.DataFrame:
        """`segdash.metrics.periods.by_segment` of all who pass."""
        orders = self.population.orders
        ask = lambda: periods_of(self.passing(filters), self.segments, orders, every, self._name)  # noqa: E731 - as above
        return self._remembered(("periods", every, filters), ask)

    def periods_of_some(self, every: str, ids: pd.Series) -> pd.DataFrame:
        """`periods` of these customers."""
        import ibis

        chosen = ibis.memtable(pd.DataFrame({"segdash_chosen": ids.astype(object)}))
        some = self.table.semi_join(chosen, self.table[CUSTOMER_ID] == chosen["segdash_chosen"])
        with self.population.lock:
            return periods_of(some, self.segments, self.population.orders, every, self._name)

    def renamed(self, segments: Sequence[str]) -> Everyone:
        """The same customers in segments of other names, in the same order; what the engine answered is kept."""
        now = dict(zip(self.segments, segments, strict=True))
        other = replace(self, segments=tuple(segments), _known={})
        for (what, *wanted, filters), answer in list(self._known.items()):
            key = (what, *wanted, replace(filters, segments=tuple(now[name] for name in filters.segments)))
            if what == "segmented":
                answer = replace(answer, segments=other.segments)
            elif what == "boxes":
                answer = {name: boxes.assign(**{SEGMENT: segments}) for name, boxes in answer.items()}
            elif what == "histogram":
                answer = answer[0].assign(**{SEGMENT: answer[0][SEGMENT].map(now)}), answer[1]
            elif what == "periods":
                answer = answer.assign(**{SEGMENT: answer[SEGMENT].map(now)})
            other._known[key] = answer
        return other

    @property
    def strangers(self) -> int:
        """Customers whose segment is none of ``segments``: nobody of the sample is in it."""
        found = self._segmented(RFM, NO_FILTERS)
        return found.customers - sum(found.sizes.values())

    def passing(self, filters: Filters = NO_FILTERS) -> ir.Table:
        """The rows of those who pass, as an expression."""
        table = self.table
        if filters.segments:
            table = table.filter(table[PLACE].isin([self.segments.index(name) for name in filters.segments]))
        for name, low, high in filters.ranges:
            if low is not None:
                table = table.filter(number(table, name) >= exact(low))
            if high is not None:
                table = table.filter(number(table, name) <= exact(high))
        for name, values in filters.attributes:
            table = table.filter(table[name].isin(list(values)))
        return table

    def named(self, filters: Filters = NO_FILTERS) -> ir.Table:
        """Id, segment, metrics and attributes of those who pass, as an expression: what a list of customers has."""
        import ibis

        table = self.passing(filters)
        name = ibis.cases(*((table[PLACE] == place, segment) for place, segment in enumerate(self.segments)))
        columns = [*self.population.metrics, *self.population.attributes]
        return table.select(CUSTOMER_ID, *columns, **{SEGMENT: name})

    @property
    def _name(self) -> str:
        return self.population.orders.name

    def _segmented(self, metrics: Sequence[str], filters: Filters) -> Segmented:
        wanted = frozenset(metrics)
        for key, answer in list(self._known.items()):
            if key[0] == "segmented" and key[1] >= wanted and key[2] == filters:
                return answer
        # Those that the page always asks for come along: another pass over everyone would cost more.
        wanted |= set(RFM)
        ask = lambda: segmented(self.passing(filters), self.segments, sorted(wanted), self._name)  # noqa: E731 - as above
        return self._remembered(("segmented", wanted, filters), ask)

    def _remembered(self, key: Any, ask: Callable[[], T]) -> T:
        with self.population.lock:
            if key not in self._known:
                while len(self._known) >= MOST_REMEMBERED:
                    self._known.pop(next(iter(self._known)))
                self._known[key] = ask()
            return self._known[key]


def everyone(
    population: Population,
    model: Model | RuleModel | None,
    segments: Mapping[str, str],
    own: Mapping[str, Collection[str]] | None = None,
) -> Everyone:
    """Give all customers of a population the segments of a model.

    Parameters
    ----------
    population : Population
    model : Model, RuleModel or None
        None puts all into the one cluster "0".
    segments : mapping of str to str
        Cluster -> name of its segment, best to worst.
    own : mapping of str to collection of str, optional
        Segments made by hand: name -> customer ids; a later one goes before an earlier one.

    Raises
    ------
    ClusteringError
        When the model can't be written as an expression, or a customer has not got what it needs.
    """
    if model is not None:
        refuse_unfit_for(population.table, model)
    placed = _placed(population.table, model, list(segments))
    for name, ids in (own or {}).items():
        placed = _taken_out(placed, list(segments).index(name), ids)
    return Everyone(population, placed, tuple(segments.values()))


def _placed(table: ir.Table, model: Model | RuleModel | None, clusters: Sequence[str]) -> ir.Table:
    """The table with the place of each customer's cluster among ``clusters``."""
    import ibis

    if model is None:
        return table.mutate(**{PLACE: ibis.literal(0, "int64")})
    owned = with_owner(table, model)
    cases = [(owned[OWNER] == i, clusters.index(label)) for i, label in enumerate(model.labels) if label in clusters]
    return owned.mutate(**{PLACE: ibis.cases(*cases)}).drop(OWNER)


def _taken_out(table: ir.Table, place: int, ids: Collection[str]) -> ir.Table:
    """The table with these customers at another place."""
    import ibis

    chosen = ibis.memtable(pd.DataFrame({"segdash_chosen": pd.Series(list(ids), dtype=object)}).drop_duplicates())
    joined = table.left_join(chosen, table[CUSTOMER_ID] == chosen["segdash_chosen"])
    here = joined["segdash_chosen"].notnull().ifelse(np.int64(place), joined[PLACE])
    return joined.mutate(**{PLACE: here}).drop("segdash_chosen")
