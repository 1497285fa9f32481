"""Two segmentations side by side: who moved, how much revenue moved with them, how far the two agree."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from segdash.clustering.quality.agreement import adjusted_rand
from segdash.errors import TableError, UnknownNameError, count, quote
from segdash.labelling.facts import UNASSIGNED
from segdash.labelling.identity import match_segments
from segdash.numbers import percent, short_money
from segdash.schema import CUSTOMER_ID, MONETARY, SEGMENT

AGREEMENT = {0.9: "excellent", 0.8: "good", 0.65: "moderate"}
"""Adjusted Rand index from which an agreement is called so; below the last it is poor (Steinley 2004)."""


@dataclass(frozen=True, eq=False)
class Comparison:
    """What `compare` found.

    Parameters
    ----------
    customers : pandas.DataFrame
        One row per customer of either table, those of ``before`` first: customer_id, ``before`` and ``after``
        (segments, missing where the table does not have them), ``monetary_before`` and ``monetary_after``
        (missing likewise), ``in`` ("both", "before" or "after") and ``moved`` (in both, and the segments are not
        the same one).
    matched : dict
        Segment after -> the segment before that is the same one; a segment that is new has no entry.
    order : tuple of (tuple of str, tuple of str)
        Segments before and after, in the order of their tables.
    titles : tuple of (str, str)
        What sentences call the two.
    currency : str
    """

    customers: pd.DataFrame
    matched: dict[str, str]
    order: tuple[tuple[str, ...], tuple[str, ...]]
    titles: tuple[str, str] = ("before", "after")
    currency: str = ""

    @cached_property
    def both(self) -> pd.DataFrame:
        """Rows of ``customers`` whose customer is in both tables."""
        return self.customers[self.customers["in"] == "both"]

    @cached_property
    def pairs(self) -> pd.DataFrame:
        """One row per pair of segments that shares customers: customers, revenue before and after, same, share.

        ``share`` is that of the customers of the segment before. ``same`` says that the two segments are one.
        Customers of one table only are not in it.
        """
        grouped = self.both.groupby(["before", "after"], sort=False)
        rows = grouped.agg(
            customers=(CUSTOMER_ID, "size"),
            revenue_before=("monetary_before", "sum"),
            revenue_after=("monetary_after", "sum"),
        ).reset_index()
        rows["share"] = rows["customers"] / rows.groupby("before")["customers"].transform("sum")
        rows["same"] = [
            self.matched.get(after) == before for before, after in zip(rows["before"], rows["after"], strict=False)
        ]
        place = [{name: i for i, name in enumerate(names)} for names in self.order]
        by = np.lexsort((rows["after"].map(place[1]), rows["before"].map(place[0])))
        return rows.iloc[by].reset_index(drop=True)

    def contingency(self, values: str = "customers") -> pd.DataFrame:
        """Segments before in rows, after in columns; ``values`` is a column of `pairs`, 0 where nobody is."""
        if values not in ("customers", "revenue_before", "revenue_after"):
            raise UnknownNameError.of("value", values, ("customers", "revenue_before", "revenue_after"))
        table = self.pairs.pivot_table(index="before", columns="after", values=values, fill_value=0, observed=True)
        return table.reindex(index=list(self.order[0]), columns=list(self.order[1]), fill_value=0)

    @cached_property
    def agreement(self) -> float:
        """Adjusted Rand index over the customers in both, 1 for the same partition; NaN when they share nobody."""
        return adjusted_rand(self.contingency().to_numpy()) if len(self.both) else float("nan")

    @property
    def agreement_words(self) -> str:
        """What the index says in a word: excellent, good, moderate or poor agreement.

        References
        ----------
        Steinley, D. (2004). Properties of the Hubert-Arabie adjusted Rand index. Psychological Methods 9, 386-396.
        """
        if not len(self.both):
            return "no customer in both"
        word = next((word for least, word in AGREEMENT.items() if self.agreement >= least), "poor")
        return f"{word} agreement"

    @cached_property
    def moved(self) -> pd.DataFrame:
        """Who moved, largest revenue first: customer_id, from, to, monetary_before, monetary_after."""
        rows = self.both[self.both["moved"]].sort_values("monetary_after", ascending=False, kind="stable")
        renamed = rows.rename(columns={"before": "from", "after": "to"})
        return renamed[[CUSTOMER_ID, "from", "to", "monetary_before", "monetary_after"]].reset_index(drop=True)

    @property
    def share_moved(self) -> float:
        """Share of the customers in both that moved, 0..1; NaN when they share nobody."""
        return len(self.moved) / len(self.both) if len(self.both) else float("nan")

    @property
    def revenue_moved(self) -> float:
        """Sum of monetary, as measured after, of the customers that moved."""
        return float(self.moved["monetary_after"].sum())

    @cached_property
    def only_before(self) -> pd.DataFrame:
        """Customers that only the first table has: customer_id, segment, monetary."""
        return _only(self.customers, "before")

    @cached_property
    def only_after(self) -> pd.DataFrame:
        """Customers that only the second table has: customer_id, segment, monetary."""
        return _only(self.customers, "after")

    def customers_of(self, before: str | None, after: str | None) -> list[str]:
        """Ids of the customers in segment ``before`` then and ``after`` now; None means: not in that table.

        Raises
        ------
        UnknownNameError
            When no segment of that table has that name.
        """
        keep = np.ones(len(self.customers), dtype=bool)
        for side, name, known in zip(("before", "after"), (before, after), self.order, strict=True):
            if name is not None and name not in known:
                raise UnknownNameError.of(f"segment {self.titles[side == 'after']}", name, known)
            column = self.customers[side]
            keep &= (column.isna() if name is None else column == name).to_numpy(dtype=bool)
        return self.customers.loc[keep, CUSTOMER_ID].tolist()

    @property
    def summary(self) -> list[str]:
        """Sentences with the numbers; names come from data and are not escaped."""
        first, second = self.titles
        if not len(self.both):
            return [f"No customer is in both: {self._sizes()}. Compare tables that share customer ids."]
        said = [self._movers(), f"Adjusted Rand index {self.agreement:.2f} (1 is the same, 0 is chance)."]
        said += self._largest_move()
        new = [name for name in self.order[1] if name not in self.matched]
        gone = [name for name in self.order[0] if name not in self.matched.values()]
        if new:
            said.append(f"Without a counterpart {first}: {', '.join(new)}.")
        if gone:
            said.append(f"Without a counterpart {second}: {', '.join(gone)}.")
        for title, rows in ((first, self.only_before), (second, self.only_after)):
            if len(rows):
                money = short_money(float(rows[MONETARY].sum()), self.currency)
                said.append(f"{count(len(rows), 'customer')} with {money} of revenue only {title}.")
        return said

    def _movers(self) -> str:
        total = float(self.both["monetary_after"].sum())
        if not len(self.moved):
            return f"None of {count(len(self.both), 'customer')} in both moved."
        share = f" ({percent(self.revenue_moved / total)})" if total else ""
        money = short_money(self.revenue_moved, self.currency)
        return (
            f"{count(len(self.moved), 'customer')} of {len(self.both):,} in both moved ({percent(self.share_moved)}), "
            f"and with them {money} of revenue{share}."
        )

    def _largest_move(self) -> list[str]:
        flows = self.pairs[~self.pairs["same"]].sort_values("customers", ascending=False, kind="stable")
        return [
            f"The largest move is from {flow['before']} to {flow['after']}: "
            f"{count(int(flow['customers']), 'customer')}, {percent(float(flow['share']))} of {flow['before']} "
            f"{self.titles[0]}."
            for flow in flows.head(1).to_dict("records")
        ]

    def _sizes(self) -> str:
        return f"{len(self.only_before):,} only {self.titles[0]}, {len(self.only_after):,} only {self.titles[1]}"


def compare(
    before: pd.DataFrame,
    after: pd.DataFrame,
    *,
    titles: tuple[str, str] = ("before", "after"),
    currency: str = "",
) -> Comparison:
    """Two segmentations of customers, customer by customer.

    The two may differ in anything: number of segments, method, rules, policies, the moment they are measured at,
    or in the customers they have.

    Parameters
    ----------
    before, after : pandas.DataFrame of shape (n_customers, ...)
        With customer_id, segment and monetary.
    titles : (str, str)
        What sentences call the two, such as "with 4 segments" and "with 5 segments".
    currency : str
        Symbol or code written beside money.

    Returns
    -------
    Comparison

    Raises
    ------
    TableError
        When a column is missing, or a customer stands in a table twice.

    Notes
    -----
    A segment with the same name on both sides is the same one. The other segments are matched by the largest total
    overlap of their customers (`segdash.labelling.identity.match_segments`); a customer has moved when the
    segment after is not the one that her segment before is matched with, so a mere renaming moves nobody.

    Examples
    --------
    >>> before = pd.DataFrame({"customer_id": ["a", "b", "c"], "segment": ["Loyal", "Loyal", "Lost"],
    ...     "monetary": [90.0, 50.0, 10.0]})
    >>> after = before.assign(segment=["VIP", "Lost", "Lost"])
    >>> found = compare(before, after, currency="£")
    >>> found.matched, found.moved["customer_id"].tolist()
    ({'Lost': 'Lost', 'VIP': 'Loyal'}, ['b'])
    >>> found.summary[0]
    '1 customer of 3 in both moved (33.3 %), and with them £50 of revenue (33.3 %).'
    """
    one, other = _side(before, titles[0], "before"), _side(after, titles[1], "after")
    rows = one.merge(other, on=CUSTOMER_ID, how="outer", sort=False, indicator="in")
    rows["in"] = rows["in"].astype(str).map({"both": "both", "left_only": "before", "right_only": "after"})
    place = rows["in"].eq("after").to_numpy()
    rows = rows.iloc[np.argsort(place, kind="stable")].reset_index(drop=True)
    order = _order(before), _order(after)
    shared = rows[rows["in"] == "both"]
    named = {name: name for name in order[1] if name in order[0]}
    matched = match_segments(shared["before"].to_numpy(), shared["after"].to_numpy(), known=named)
    same = rows["after"].map(matched).eq(rows["before"]).to_numpy(dtype=bool)
    rows["moved"] = (rows["in"] == "both").to_numpy() & ~same
    columns = [CUSTOMER_ID, "before", "after", "monetary_before", "monetary_after", "in", "moved"]
    return Comparison(rows[columns], matched, order, titles, currency)


def _side(table: pd.DataFrame, title: str, side: str) -> pd.DataFrame:
    """Id, segment and money of one table, checked."""
    missing = [name for name in (CUSTOMER_ID, SEGMENT, MONETARY) if name not in table.columns]
    if missing:
        raise TableError(f"The table {title}", [f"It has no column {quote(name)}." for name in missing])
    ids = table[CUSTOMER_ID].astype(str)
    if ids.duplicated().any():
        twice = ids[ids.duplicated()].iloc[0]
        raise TableError(
            f"The table {title}", [f"Customer {quote(twice)} stands in it twice. Leave one row per customer."]
        )
    return pd.DataFrame(
        {
            CUSTOMER_ID: ids.to_numpy(dtype=object),
            side: _names(table).to_numpy(dtype=object),
            f"monetary_{side}": table[MONETARY].to_numpy(dtype="float64"),
        }
    )


def _order(table: pd.DataFrame) -> tuple[str, ...]:
    """Segments that have customers, in the table's own order: that of its category, else of the alphabet."""
    present = set(_names(table))
    if isinstance(table[SEGMENT].dtype, pd.CategoricalDtype):
        listed = [str(name) for name in table[SEGMENT].cat.categories if str(name) in present]
        return (*listed, *sorted(present.difference(listed)))
    return tuple(sorted(present))


def _names(table: pd.DataFrame) -> pd.Series:
    """Segments as text; who has none is `UNASSIGNED`."""
    segments = table[SEGMENT].astype(object)
    return segments.where(segments.notna(), UNASSIGNED).astype(str)


def _only(customers: pd.DataFrame, side: str) -> pd.DataFrame:
    rows = customers.loc[customers["in"] == side, [CUSTOMER_ID, side, f"monetary_{side}"]]
    return rows.set_axis([CUSTOMER_ID, SEGMENT, MONETARY], axis=1).reset_index(drop=True)
