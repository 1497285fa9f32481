"""The least that would move a customer to another segment, found by asking the model again and again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from segdash.errors import count
from segdash.explanation.steps import spoken, told, written
from segdash.labelling.facts import percentiles
from segdash.schema import FREQUENCY, MONETARY, RECENCY, RFM

if TYPE_CHECKING:
    from collections.abc import Sequence

Predict = Callable[[pd.DataFrame], np.ndarray]

MOST_ORDERS = 5
TENURE = "tenure"
_SECTIONS = 64
_LONGEST_WAIT = 366
_FINEST = 1e-9


@dataclass(frozen=True)
class Change:
    """What would move a customer.

    Parameters
    ----------
    kind : str
        "order" (orders placed), "wait" (no order for some days) or "metric" (one metric different, all else equal).
    to : str
        Segment the model then gives.
    after : mapping
        Metric -> value after the change, for those that change.
    size : float
        Largest shift of any of them in percentiles of the base, 0..1: what makes changes of days and of money
        comparable.
    sentence : str
    """

    kind: str
    to: str
    after: Mapping[str, float]
    size: float
    sentence: str


class Asked:
    """One customer, what else is known of the base, and the model that is asked.

    Parameters
    ----------
    row : pandas.DataFrame of shape (1, ...)
    customers : pandas.DataFrame of shape (n, ...)
    predict : callable
    grains : mapping
        Metric -> digits after the point of its values, None for any number.
    """

    def __init__(
        self, row: pd.DataFrame, customers: pd.DataFrame, predict: Predict, grains: Mapping[str, int | None]
    ) -> None:
        self.row, self.customers, self._predict, self.grains = row, customers, predict, grains
        self.segment = str(np.asarray(predict(row))[0])

    def value(self, name: str) -> float:
        """What the customer has."""
        return float(self.row[name].iloc[0])

    def segments(self, changed: Mapping[str, np.ndarray]) -> np.ndarray:
        """Segment of the customer with each of several sets of changed values, shape (n_sets,)."""
        n = len(next(iter(changed.values())))
        rows = self.row.iloc[np.zeros(n, dtype=int)].reset_index(drop=True)
        return np.asarray(self._predict(rows.assign(**changed))).astype(str)

    def shift(self, values: Mapping[str, float]) -> float:
        """Largest move of any metric in percentiles of the base."""
        moves = [0.0]
        for name, value in values.items():
            base = self.customers[name].to_numpy(dtype="float64")
            places = percentiles(np.concatenate([base, [self.value(name), value]]))
            moves.append(abs(float(places[-1] - places[-2])))
        return max(moves)


def changes(asked: Asked, metrics: Sequence[str], currency: str = "") -> list[Change]:
    """Every change found, smallest first.

    Parameters
    ----------
    asked : Asked
    metrics : sequence of str
        Metrics that may be changed one by one; recency is changed by orders and by waiting.
    currency : str
    """
    found = [*_by_order(asked, currency), *_by_waiting(asked)]
    for name in metrics:
        if name != RECENCY:
            found += _by_metric(asked, name, currency)
    return sorted(found, key=lambda change: change.size)


def _by_order(asked: Asked, currency: str) -> Iterator[Change]:
    """The fewest orders that move the customer, and how recent they must be."""
    if not set(RFM) <= set(asked.row.columns):
        return
    recency, frequency, monetary = (asked.value(name) for name in RFM)
    each = monetary / frequency if frequency > 0 else float(asked.customers[MONETARY].median())
    freshest = min(recency, float(asked.customers[RECENCY].min()))
    days = np.arange(freshest, recency + 1)
    for orders in range(1, MOST_ORDERS + 1):
        total, spend = frequency + orders, monetary + orders * each
        changed = {RECENCY: days, FREQUENCY: np.full(len(days), total), MONETARY: np.full(len(days), spend)}
        segments = asked.segments(changed)
        if segments[0] == asked.segment:
            continue
        to = str(segments[0])
        others = np.flatnonzero(segments != to)
        last = int(others[0]) - 1 if len(others) else len(days) - 1
        values = {RECENCY: float(days[last]), FREQUENCY: total, MONETARY: spend}
        worth = f" of {written(MONETARY, round(each, 2), currency, 2)}" if each > 0 else ""
        yield Change("order", to, values, asked.shift(values), _order_sentence(orders, worth, days, last, to))
        return


def _order_sentence(orders: int, worth: str, days: np.ndarray, last: int, to: str) -> str:
    every = " each" if orders > 1 and worth else ""
    makes = "makes" if orders == 1 else "make"
    if last == len(days) - 1:
        number = "One more order" if orders == 1 else f"{orders} more orders"
        return f"{number}{worth}{every} {makes} this customer {to}."
    number = "One order" if orders == 1 else f"{orders} orders"
    return f"{number}{worth}{every} within {count(int(days[last]), 'day')} {makes} this customer {to}."


def _by_waiting(asked: Asked) -> Iterator[Change]:
    """The fewest days without an order after which the customer is in another segment."""
    if RECENCY not in asked.row.columns:
        return
    recency = asked.value(RECENCY)
    longest = max(float(asked.customers[RECENCY].max()) - recency, _LONGEST_WAIT)
    days = np.arange(1, longest + 1)
    ageing = [name for name in (RECENCY, TENURE) if name in asked.row.columns]
    segments = asked.segments({name: asked.value(name) + days for name in ageing})
    moved = np.flatnonzero(segments != asked.segment)
    if len(moved):
        wait, to = days[moved[0]], str(segments[moved[0]])
        values = {name: asked.value(name) + float(wait) for name in ageing}
        said = f"After {count(int(wait), 'more day')} without an order this customer is {to}."
        yield Change("wait", to, values, asked.shift({RECENCY: values[RECENCY]}), said)


def _by_metric(asked: Asked, name: str, currency: str) -> Iterator[Change]:
    """The nearest values of one metric, below and above, that move the customer."""
    value = asked.value(name)
    base = asked.customers[name].to_numpy(dtype="float64")
    base = base[np.isfinite(base)]
    for end in (float(base.min(initial=value)), float(base.max(initial=value))):
        moved = _nearest(asked, name, value, end, base)
        if moved is not None:
            new, to = moved
            digits = asked.grains.get(name)
            old, then = (told(name, one, currency, digits) for one in (value, new))
            if old == then:
                old = written(name, value, currency, digits)
            title = spoken(name)
            article = "an" if title[0] in "aeiou" else "a"
            said = f"With {article} {title} of {then} instead of {old}, this customer would be {to}."
            yield Change("metric", to, {name: new}, asked.shift({name: new}), said)


def _nearest(asked: Asked, name: str, value: float, end: float, base: np.ndarray) -> tuple[float, str] | None:
    """The value nearest to the customer's own, towards ``end``, that moves the customer; and where to."""
    digits = asked.grains.get(name)
    between = base[(base - value) * (end - value) > 0]
    if not len(between):
        return None
    quantiles = np.quantile(between, np.linspace(0, 1, _SECTIONS + 1))
    tried = _path(np.concatenate([quantiles, np.linspace(value, end, _SECTIONS)]), value, end, digits)
    inside = value
    while len(tried):
        segments = asked.segments({name: tried})
        moved = np.flatnonzero(segments != asked.segment)
        if not len(moved):
            return None
        first = moved[0]
        new, to = float(tried[first]), str(segments[first])
        inside = float(tried[first - 1]) if first else inside
        tried = _path(np.linspace(inside, new, _SECTIONS), inside, new, digits)
        tried = tried[tried != new]
        if not len(tried) or abs(new - inside) <= _FINEST * max(1.0, abs(new)):
            return new, to
        tried = np.append(tried, new)
    return None


def _path(values: np.ndarray, start: float, end: float, digits: int | None) -> np.ndarray:
    """Different values from ``start`` (left out) to ``end``, in the metric's grain, nearest first."""
    kept = np.unique(values if digits is None else np.round(values, digits))
    kept = kept[(kept - start) * np.sign(end - start) > 0]
    kept = kept[(end - kept) * np.sign(end - start) >= 0]
    return kept if end > start else kept[::-1]
