"""One customer explained: her numbers beside segment and base, the runner-up, and what would move her."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from segdash.errors import ChoiceError, UnknownNameError, quote
from segdash.explanation.changes import Asked, Change, Predict, changes
from segdash.explanation.steps import grain, spoken, told
from segdash.numbers import ordinal
from segdash.schema import CUSTOMER_ID, RFM, SEGMENT, metric

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, eq=False)
class Explanation:
    """What `explain_customer` found.

    Parameters
    ----------
    customer_id, segment : str
    runner_up : str or None
        Segment that comes next; None where nothing says which.
    numbers : pandas.DataFrame
        One row per metric: ``metric``, ``value``, ``base_median``, ``segment_median``, ``base_percentile`` and
        ``segment_percentile`` (share of the customers below, those equal counted half, 0..1).
    changes : tuple of Change
        Everything found that would move the customer, smallest first.
    currency : str
    grains : tuple
        Digits after the point per row of ``numbers``, None for any number.
    """

    customer_id: str
    segment: str
    runner_up: str | None
    numbers: pd.DataFrame
    changes: tuple[Change, ...]
    currency: str = ""
    grains: tuple[int | None, ...] = ()

    @property
    def change(self) -> Change | None:
        """The smallest change that moves the customer; None where none was found."""
        return self.changes[0] if self.changes else None

    @property
    def sentences(self) -> list[str]:
        """Segment, one sentence per metric, then the changes."""
        next_to = f"; {self.runner_up} is next" if self.runner_up else ""
        said = [f"Customer {self.customer_id} is in {self.segment}{next_to}."]
        for row, digits in zip(self.numbers.to_dict("records"), self.grains, strict=True):
            name = str(row["metric"])
            value, median, typical = (
                told(name, float(row[column]), self.currency, digits)
                for column in ("value", "segment_median", "base_median")
            )
            title = spoken(name)
            said.append(
                f"{title[:1].upper()}{title[1:]} {value}: {ordinal(round(100 * float(row['base_percentile'])))} "
                f"percentile of all; median {median} in {self.segment}, {typical} of all."
            )
        moves = [change.sentence for change in self.changes]
        return [*said, *(moves or ["No change of a single metric and no order was found that moves this customer."])]


def explain_customer(
    customer: str,
    customers: pd.DataFrame,
    predict: Predict,
    metrics: Sequence[str],
    *,
    distances: pd.DataFrame | None = None,
    currency: str = "",
) -> Explanation:
    """Why a customer is where she is, and the least that would move her.

    Parameters
    ----------
    customer : str
        A customer_id.
    customers : pandas.DataFrame of shape (n, ...)
        With customer_id, segment and the metrics; all customers, to compare with.
    predict : callable
        ``predict(customers) -> segments``: gives each row of such a table its segment, by the names of the
        column segment.
    metrics : sequence of str
        Metrics that are compared, and changed one by one.
    distances : pandas.DataFrame of shape (n, k), optional
        Distance of each customer to each segment, by position, one column per segment: says the runner-up. Without
        it, that is where the smallest change leads.
    currency : str
        Symbol or code written beside money.

    Returns
    -------
    Explanation

    Raises
    ------
    UnknownNameError
        When there is no such customer or metric.
    ChoiceError
        When ``predict`` gives another segment than the table has, or a metric has no value.

    Notes
    -----
    Each change is verified by ``predict`` on the changed row, and one step less is verified not to do:

    - *Order*: the fewest orders, up to five, each worth the customer's average so far; recency as if the last was
      placed within d days before the customer is measured, frequency and monetary grown by them; d is the largest
      number of days for which every smaller one does as well. Metrics derived from them are left as they are.
    - *Wait*: the fewest days without an order; recency, and tenure where there is one, grow by them.
    - *Metric*: the nearest value of one metric, all else equal, below and above, within the range of the base, in
      the grain of its values (whole numbers, cents). The search looks at 129 values in each direction and narrows
      down the first that moves the customer; an island of another segment between two of them can be missed.

    Examples
    --------
    >>> table = pd.DataFrame({"customer_id": ["a", "b"], "recency": [40, 2], "frequency": [3, 9],
    ...     "monetary": [90.0, 800.0], "segment": ["Others", "Loyal"]})
    >>> def predict(customers):
    ...     loyal = (customers["recency"] <= 12) & (customers["frequency"] >= 4)
    ...     return np.where(loyal, "Loyal", "Others")
    >>> found = explain_customer("a", table, predict, ["frequency", "monetary"], currency="£")
    >>> found.change.sentence
    'One order of £30 within 12 days makes this customer Loyal.'
    """
    at = _position(customer, customers, metrics)
    row = customers.iloc[[at]]
    needed = list(dict.fromkeys([*metrics, *(name for name in RFM if name in customers.columns)]))
    for name in needed:
        if not np.isfinite(float(row[name].iloc[0])):
            raise ChoiceError(f"Customer {quote(customer)} has no number for {quote(name)}. Complete the file.")
    grains = {name: _grain(name, customers[name].dropna().to_numpy(dtype="float64")) for name in needed}
    asked = Asked(row, customers, predict, grains)
    own = str(row[SEGMENT].iloc[0])
    if asked.segment != own:
        raise ChoiceError(
            f"Customer {quote(customer)} is in {quote(own)} by the table and in {quote(asked.segment)} by the model. "
            "Give the model that made the table's segments."
        )
    found = changes(asked, metrics, currency)
    return Explanation(
        customer_id=str(customer),
        segment=own,
        runner_up=_runner_up(own, at, distances, found),
        numbers=beside_others(at, customers, own, metrics),
        changes=tuple(found),
        currency=currency,
        grains=tuple(grains[name] for name in metrics),
    )


def _grain(name: str, values: np.ndarray) -> int | None:
    """Digits after the point in which a metric is changed; of money none finer than cents."""
    found = grain(values)
    return 2 if found is None and metric(name).money else found


def _position(customer: str, customers: pd.DataFrame, metrics: Sequence[str]) -> int:
    for name in metrics:
        if name not in customers.columns:
            raise UnknownNameError.of("metric", name, customers.select_dtypes("number").columns)
    rows = np.flatnonzero((customers[CUSTOMER_ID].astype(str) == str(customer)).to_numpy())
    if not len(rows):
        raise UnknownNameError(f"No customer is named {quote(customer)}. Give an id of the column customer_id.")
    return int(rows[0])


def beside_others(at: int, customers: pd.DataFrame, segment: str, metrics: Sequence[str]) -> pd.DataFrame:
    """A customer's numbers beside those of her segment and of all.

    Parameters
    ----------
    at : int
        Row of the customer, by position.
    customers : pandas.DataFrame of shape (n, ...)
        With segment and the metrics; a missing value is left out of the medians.
    segment : str
        Whom she is compared with, besides all.
    metrics : sequence of str

    Returns
    -------
    pandas.DataFrame
        As ``numbers`` of `Explanation`; the percentiles of a missing value are missing.
    """
    members = (customers[SEGMENT] == segment).to_numpy()
    lines = []
    for name in metrics:
        values = customers[name].to_numpy(dtype="float64")
        value, known = float(values[at]), np.isfinite(values)
        base, own = values[known], values[known & members]
        lines.append((name, value, _median(base), _median(own), _percentile(value, base), _percentile(value, own)))
    columns = ["metric", "value", "base_median", "segment_median", "base_percentile", "segment_percentile"]
    return pd.DataFrame(lines, columns=columns)


def _median(values: np.ndarray) -> float:
    return float(np.median(values)) if len(values) else float("nan")


def _percentile(value: float, values: np.ndarray) -> float:
    """Share of the values below, those equal counted half."""
    if not (len(values) and np.isfinite(value)):
        return float("nan")
    return float(((values < value).sum() + (values == value).sum() / 2) / len(values))


def _runner_up(own: str, at: int, distances: pd.DataFrame | None, found: Sequence[Change]) -> str | None:
    if distances is not None:
        others = distances.iloc[at].drop(labels=own, errors="ignore").dropna()
        return str(others.idxmin()) if len(others) else None
    return found[0].to if found else None
