"""The customers of an order log as a table of its engine, measured there once; and a sample of them in memory."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from segdash.errors import count
from segdash.metrics.measure import FIRST, LAST, as_customers, chosen_metrics, measured
from segdash.population.expressions import digest, number
from segdash.schema import CUSTOMER_ID, RFM
from segdash.sources.answering import answering, fetched

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import ibis.expr.types as ir
    import pandas as pd

    from segdash.intake.orders import Orders

SAMPLE_SEED = 42
"""Of the sample: it goes into the hash that picks customers."""

DIGITS = 12
"""Hexadecimal digits of the hash that the first, rough choice of a sample looks at."""


@dataclass(frozen=True, eq=False)
class Population:
    """All customers of an order log, in the engine.

    Parameters
    ----------
    table : ibis Table of shape (size, 1 + n_metrics + n_attributes)
        customer_id (text), the metrics, the attributes (text, "" where missing). It is kept in the engine as a
        temporary table, as long as something refers to it.
    orders : Orders
        Whose customers they are.
    metrics : tuple of str
        Columns that are metrics; recency, frequency and monetary first.
    size : int
        Customers.
    aside : int
        Customers who are in no figure, because recency, frequency or monetary is below 0 or a metric is infinite.
    """

    table: ir.Table
    orders: Orders
    metrics: tuple[str, ...]
    size: int
    aside: int = 0
    lock: Any = field(default_factory=threading.Lock)
    """Held while the engine is asked: threads that asked one connection at once would mix up their answers."""

    @property
    def attributes(self) -> tuple[str, ...]:
        """Columns that are neither the id nor a metric."""
        return tuple(name for name in self.table.columns if name not in (CUSTOMER_ID, *self.metrics))

    def sample(self, n: int, *, seed: int = SAMPLE_SEED) -> pd.DataFrame:
        """Some customers, as `segdash.customer_metrics` gives them; the same ones at each call, on every engine.

        Parameters
        ----------
        n : int
            How many; all where there are fewer.
        seed : int
            Another seed picks others.

        Returns
        -------
        pandas.DataFrame of shape (min(n, size), ...)
            Those with the lowest MD5 of "id:seed", ordered by customer_id.
        """
        table = self.table.mutate(**{FIRST: None, LAST: None})
        if n < self.size:
            table = _lowest(table, n, self.size, seed)
        frame = fetched(table, self.orders.name)
        frame = frame.rename(columns={name: f"about {name}" for name in self.orders.attributes})
        return as_customers(frame, self.orders, chosen_metrics(self.orders)).drop(columns=[FIRST, LAST])

    def read_as(self, metrics: Sequence[str]) -> Population:
        """The same customers with those attributes as numbers that a reading of the sample took for ``metrics``."""
        read = [name for name in metrics if name in self.attributes]
        casts = {name: _as_number(self.table, name) for name in read}
        return replace(self, table=self.table.mutate(**casts), metrics=(*self.metrics, *read)) if read else self

    def aside_note(self) -> str:
        """A sentence about the customers in no figure, "" where there are none."""
        if not self.aside:
            return ""
        verb = "is" if self.aside == 1 else "are"
        return f"{count(self.aside, 'customer')} of whom more was refunded than bought {verb} in no figure here."


def population_of(orders: Orders) -> Population:
    """Measure the customers of these orders and keep them in their engine.

    Examples
    --------
    >>> import pandas as pd
    >>> from segdash.intake.orders import read_orders
    >>> log = pd.DataFrame({"customer": ["a", "b", "b"], "date": ["2024-01-01", "2024-01-31", "2024-01-02"],
    ...     "amount": [10.0, 5.5, 20.0]})
    >>> everyone = population_of(read_orders(log))
    >>> everyone.size, everyone.sample(1)["customer_id"].tolist()
    (2, ['b'])
    """
    chosen = chosen_metrics(orders)
    found = _plain(measured(orders, chosen), chosen, {f"about {name}": name for name in orders.attributes})
    with answering(found._find_backend(), orders.name):
        table = found.cache()
    fits = _fit(table, chosen)
    sizes = fetched(table.aggregate(measured=table.count(), kept=fits.sum()), orders.name).iloc[0]
    kept = int(sizes["kept"] or 0)
    return Population(table.filter(fits), orders, tuple(chosen), kept, int(sizes["measured"]) - kept)


def in_both(some: ir.Table | pd.Series, others: ir.Table | pd.Series) -> int | None:
    """How many customers are in both of two tables or lists of ids; None where they are in different engines.

    Examples
    --------
    >>> import ibis, pandas as pd
    >>> table = ibis.duckdb.connect().create_table("t", pd.DataFrame({"customer_id": ["a", "b", "c"]}))
    >>> in_both(table, pd.Series(["b", "c", "d"]))
    2
    """
    import ibis
    import pandas as pd

    tables = [
        ibis.memtable(pd.DataFrame({CUSTOMER_ID: one.astype(object)})) if isinstance(one, pd.Series) else one
        for one in (some, others)
    ]
    if len({backend for one in tables for backend in one._find_backends()[0]}) > 1:
        return None
    here, there = (one.select(segdash_id=one[CUSTOMER_ID]).distinct() for one in tables)
    return int(fetched(here.semi_join(there, "segdash_id").count()))


def _plain(table: ir.Table, metrics: Sequence[str], about: Mapping[str, str]) -> ir.Table:
    """Id, metrics without NaN, attributes without NULL."""
    found: dict[str, ir.Value] = {CUSTOMER_ID: table[CUSTOMER_ID]}
    for name in metrics:
        floating = table[name].type().is_floating()
        found[name] = table[name].isnan().ifelse(None, table[name]) if floating else table[name]
    found |= {heading: table[column].cast("string").fill_null("") for column, heading in about.items()}
    return table.select(**found)


def _fit(table: ir.Table, metrics: Sequence[str]) -> ir.BooleanValue:
    """What a customer table is checked for when it is read."""
    fits = (number(table, RFM[0]) >= 0) & (number(table, RFM[1]) >= 0) & (number(table, RFM[2]) >= 0)
    for name in metrics:
        if table[name].type().is_floating():
            fits &= ~table[name].isinf().fill_null(False)
    return fits


def _lowest(table: ir.Table, n: int, size: int, seed: int) -> ir.Table:
    """The rows whose hashes are the n lowest."""
    hashed = table.mutate(hashed=digest(table[CUSTOMER_ID] + f":{seed}"))
    # Sorting all hashes costs far more than making them: first those that are low enough by a wide margin.
    share = n / size
    rough = share + 8 * (share * (1 - share) / size) ** 0.5 + 100 / size
    if rough < 1:
        hashed = hashed.filter(hashed["hashed"] < f"{int(rough * 16**DIGITS):0{DIGITS}x}")
    return hashed.order_by("hashed", CUSTOMER_ID).limit(n).drop("hashed")


def _as_number(table: ir.Table, name: str) -> ir.FloatingValue:
    """Text as a number, NULL where it is none."""
    import ibis

    text = table[name].strip()
    if table._find_backend().name == "duckdb":
        return text.try_cast("float64")
    return ibis.cases((text.re_search(r"^[-+]?([0-9]{1,15}(\.[0-9]*)?|\.[0-9]+)$"), text.cast("float64")))
