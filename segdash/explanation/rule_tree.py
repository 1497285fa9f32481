"""Rules that retell a segmentation: ranges of metrics, in words, as SQL, and applied to customers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from segdash.errors import UnknownNameError
from segdash.explanation.sql import case
from segdash.explanation.steps import after, spoken, written
from segdash.numbers import percent

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

Range = tuple[float | None, float | None]
"""Above, at most: ``above < value <= at_most``; None for an open end."""


@dataclass(frozen=True)
class Rule:
    """One rule of a `RuleTree`.

    Parameters
    ----------
    segment : str
        Segment of most of the customers the rule covers.
    ranges : mapping
        Metric -> (above, at_most), for the metrics the rule looks at.
    customers : int
        Customers it covers.
    precision : float
        Share of them that are in the segment, 0..1.
    coverage : float
        Share of the segment's customers that it finds, 0..1.
    """

    segment: str
    ranges: Mapping[str, Range]
    customers: int
    precision: float
    coverage: float

    def covers(self, customers: pd.DataFrame) -> NDArray[np.bool_]:
        """Which customers it covers, shape (n,); one without a value for a metric it looks at is not."""
        keep = np.ones(len(customers), dtype=bool)
        for name, (above, at_most) in self.ranges.items():
            values = customers[name].to_numpy(dtype="float64")
            keep &= (values > above) if above is not None else np.isfinite(values)
            keep &= (values <= at_most) if at_most is not None else np.isfinite(values)
        return keep


@dataclass(frozen=True, eq=False)
class RuleTree:
    """Rules that cover each customer exactly once, and how faithfully they retell the segments.

    Parameters
    ----------
    rules : tuple of Rule
        Grouped by segment, the one that covers most first.
    metrics : tuple of str
    fidelity : float
        Share of the customers that the rules put into their own segment, 0..1.
    untold : tuple of str
        Segments that no rule leads to.
    grains : mapping
        Metric -> digits after the point of its values, None for any number.
    currency : str
    """

    rules: tuple[Rule, ...]
    metrics: tuple[str, ...]
    fidelity: float
    untold: tuple[str, ...] = ()
    grains: Mapping[str, int | None] = field(default_factory=dict)
    currency: str = ""

    def predict(self, customers: pd.DataFrame) -> np.ndarray:
        """Segment of each customer by the rules, shape (n,); None where a metric has no value.

        Raises
        ------
        UnknownNameError
            When a metric that the rules look at is not among the columns.
        """
        for name in {name for rule in self.rules for name in rule.ranges}:
            if name not in customers.columns:
                raise UnknownNameError.of("metric", name, customers.columns)
        found = np.full(len(customers), None, dtype=object)
        for rule in self.rules:
            found[rule.covers(customers)] = rule.segment
        return found

    def words(self, rule: Rule) -> str:
        """The condition of a rule: "recency at most 31 days and frequency at least 4 orders"."""
        parts = [self._range(name, *ends) for name, ends in rule.ranges.items()]
        return " and ".join(parts) or "every customer"

    @property
    def sentences(self) -> list[str]:
        """One sentence per rule, with its precision and coverage; then what the rules miss."""
        said = [
            f"{rule.segment}: {self.words(rule)} ({rule.customers:,} customers, {percent(rule.precision)} of them "
            f"in {rule.segment}; finds {percent(rule.coverage)} of it)."
            for rule in self.rules
        ]
        said.append(f"Together the rules put {percent(self.fidelity)} of the customers into their own segment.")
        if self.untold:
            said.append(f"No rule leads to {', '.join(self.untold)}: allow more rules to tell it.")
        return said

    @property
    def table(self) -> pd.DataFrame:
        """One row per rule: segment, rule (words), customers, precision, coverage."""
        rows = [(rule.segment, self.words(rule), rule.customers, rule.precision, rule.coverage) for rule in self.rules]
        return pd.DataFrame(rows, columns=["segment", "rule", "customers", "precision", "coverage"])

    def ranges(self) -> list[dict[str, object]]:
        """Rules for the rule studio: ``{"segment": name, metric: (low, high), ...}``, both ends included.

        None is an open end. The low end is the next value above the threshold in the metric's grain (a whole
        number, a cent; for metrics without grain the next floating-point number), so that no value of that
        grain falls between two rules or into both.
        """
        return [{"segment": rule.segment, **self._inclusive(rule)} for rule in self.rules]

    def sql(self, columns: Mapping[str, str] | None = None) -> str:
        """A CASE expression that gives each customer's segment; NULL where a metric is NULL.

        Parameters
        ----------
        columns : mapping, optional
            Metric -> name of its column in the database, where they differ.

        Notes
        -----
        Identifiers are quoted and texts are literals, whatever characters they hold, as standard SQL (DuckDB,
        PostgreSQL, Spark in ANSI mode with double-quoted identifiers) reads them. A floating-point NaN in the
        database counts as larger than any number there.
        """
        named = {name: (columns or {}).get(name, name) for name in self.metrics}
        return case([({named[m]: ends for m, ends in rule.ranges.items()}, rule.segment) for rule in self.rules])

    def _inclusive(self, rule: Rule) -> dict[str, Range]:
        return {
            name: (None if above is None else after(above, self.grains.get(name)), at_most)
            for name, (above, at_most) in rule.ranges.items()
        }

    def _range(self, name: str, above: float | None, at_most: float | None) -> str:
        digits = self.grains.get(name)
        low = None if above is None else (above if digits is None else after(above, digits))
        more = "over" if digits is None else "at least"

        def write(value: float) -> str:
            return written(name, value, self.currency, digits)

        if low is None or at_most is None:
            return (
                f"{spoken(name)} at most {write(at_most)}"
                if at_most is not None
                else (f"{spoken(name)} {more} {write(low)}" if low is not None else f"any {spoken(name)}")
            )
        if digits is not None and low == at_most:
            return f"{spoken(name)} {write(low)}"
        return f"{spoken(name)} {more} {write(low)} and at most {write(at_most)}"


def by_segment(rules: Sequence[Rule]) -> tuple[Rule, ...]:
    """Rules of one segment together, the segment with most customers first, and within it the larger rule first."""
    sizes: dict[str, int] = {}
    for rule in rules:
        sizes[rule.segment] = sizes.get(rule.segment, 0) + rule.customers
    return tuple(sorted(rules, key=lambda rule: (-sizes[rule.segment], rule.segment, -rule.customers)))
