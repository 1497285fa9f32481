"""An order log in: roles found, dates and numbers read, rows cleaned by named choices, every row accounted for."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pandas as pd

from segdash.errors import ChoiceError, TableError, UnknownNameError, count, quote
from segdash.intake import buckets
from segdash.intake.buckets import KEPT, ledger_frame
from segdash.intake.cells_sql import figures, identity, is_embedded, prepared, staged, stored, stripped
from segdash.intake.moments import moments
from segdash.intake.order_roles import ROLES, Role, propose_attributes, propose_roles
from segdash.intake.policies import NOT_GOODS, Policies, check_policy
from segdash.intake.survey import DATE, ID, NUMBER, WORD, Survey, survey
from segdash.sources.answering import fetched
from segdash.sources.rows import ROW, Options, Rows, read_rows

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    import ibis.expr.types as ir

    from segdash.intake.dates import Reading

SAMPLE = 5_000
"""Rows that roles are proposed from where headings don't say them."""

USES = {
    **dict.fromkeys(("customer_id", "order_id", "product"), ID),
    **dict.fromkeys(("status", "currency"), WORD),
    **dict.fromkeys(("amount", "quantity", "price"), NUMBER),
    "ordered_at": DATE,
}
"""Role -> what its column is read as."""


@dataclass(frozen=True, eq=False)
class Orders:
    """An order log whose every row is accounted for. Changing a choice makes another one; the log is read once.

    Parameters
    ----------
    rows : Rows
        The source.
    lines : ibis Table
        All rows that fit a table, in canonical columns: customer_id, order_id, ordered_at (timestamp without zone),
        amount (float64), quantity, price, product, status, currency as far as there are such columns, the
        attributes, and `faults`, the code of what is wrong with the row, NULL when nothing is.
    roles : dict of str to Role
        Role -> the column taken for it, and why.
    attributes : tuple of str
        Columns that say something about the customer.
    policies : Policies
        How rows are cleaned.
    until : datetime, optional
        Rows after it are set aside.
    reading : Reading or None
        What the dates were read as.
    notes : tuple of str
        What had to be decided, a sentence each.
    decimal : str, optional
        The decimal sign, where a person named it.
    time_zone : str
        To which moments that name a zone were converted.

    Examples
    --------
    >>> log = pd.DataFrame({"customer": ["a", "a", "b", None], "date": ["2024-01-01", "2024-01-31", "2024-01-02",
    ...     "2024-01-03"], "amount": [10.0, 5.5, 20.0, 1.0]})
    >>> orders = read_orders(log)
    >>> orders.ledger[["reason", "rows", "money"]]
                                  reason  rows  money
    0                             Orders     3   35.5
    1  No customer id                        1    1.0
    >>> orders.as_of
    Timestamp('2024-02-01 00:00:00')
    """

    rows: Rows
    lines: ir.Table
    roles: dict[str, Role]
    attributes: tuple[str, ...] = ()
    policies: Policies = field(default_factory=Policies)
    until: dt.datetime | None = None
    reading: Reading | None = None
    notes: tuple[str, ...] = ()
    decimal: str | None = None
    time_zone: str = "UTC"

    @property
    def name(self) -> str:
        """What the source is called."""
        return self.rows.name

    def with_(self, *, as_of: Any = ..., **policies: Any) -> Orders:
        """The same log under other choices.

        Parameters
        ----------
        as_of : datetime, date, str or None
            The moment everything is measured at; None for the latest row and a day.
        **policies
            Fields of `Policies`.

        Raises
        ------
        UnknownNameError, ChoiceError
            When there is no such policy or choice.
        """
        for name in policies:
            check_policy(name)
        until = self.until if as_of is ... else moment(as_of)
        other = replace(self, policies=replace(self.policies, **policies), until=until)
        _check(other)
        return other

    @cached_property
    def sorted_lines(self) -> ir.Table:
        """``lines`` with `bucket`, what became of the row, customers without an order not yet told apart."""
        return buckets.sort(self.lines, self._raw, self.policies, self.until)

    @property
    def _raw(self) -> ir.Table | None:
        """The source's own rows, where the lines have only their numbers."""
        return self.rows.table if self.rows.loaded else None

    @cached_property
    def has_blank_ids(self) -> bool:
        """True when some kept row has no order id."""
        return bool(self._counted.loc[self._counted["bucket"].isin(KEPT), "blank"].sum())

    @cached_property
    def _counted(self) -> pd.DataFrame:
        return buckets.counted(self.sorted_lines)

    @cached_property
    def ledger(self) -> pd.DataFrame:
        """What became of each row: bucket, reason, kept, rows, customers, money; rows and money add up to the input.

        Money is summed in ten-thousandths, so that sums agree exactly whatever their order.
        """
        return ledger_frame(self._counted, self.rows.bad_rows, self.policies)

    @cached_property
    def as_of(self) -> pd.Timestamp:
        """The moment everything is measured at: as asked, else the latest kept row and one day."""
        if self.until is not None:
            return pd.Timestamp(self.until)
        latest = self._counted.loc[self._counted["bucket"].isin(KEPT), "latest"].max()
        if pd.isna(latest):
            raise TableError(self.name, [_nothing_left(self.ledger)])
        return pd.Timestamp(latest) + pd.Timedelta(days=1)

    @cached_property
    def table(self) -> ir.Table:
        """The kept rows (Ibis): sales and, by policy, refunds of customers with an order."""
        return buckets.kept(self.sorted_lines)

    @property
    def has_money(self) -> bool:
        """False when monetary is a number of items because no column holds amounts."""
        return "amount" in self.roles or {"quantity", "price"} <= set(self.roles)

    def bucket_rows(self, bucket: str, limit: int = 1000) -> pd.DataFrame:
        """Rows of one bucket of the ledger, as the source has them.

        Parameters
        ----------
        bucket : str
            As in ``ledger["bucket"]``.
        limit : int
            Most rows to give.
        """
        if bucket not in set(self.ledger["bucket"]):
            raise UnknownNameError.of("bucket", bucket, self.ledger["bucket"])
        if bucket == buckets.BAD_ROW:
            return self.rows.bad_rows.head(limit)
        found = buckets.with_raw(buckets.of_bucket(self.sorted_lines, bucket), self._raw)
        number = [ROW] if ROW in found.columns else []
        found = found.order_by(number) if number else found
        frame = fetched(found.select(*number, *self.rows.columns.values()).limit(limit), self.name)
        return frame.rename(columns={column: heading for heading, column in self.rows.columns.items()})

    def __repr__(self) -> str:
        kept = int(self.ledger.loc[self.ledger["kept"], "rows"].sum())
        return f"<Orders of {self.name}: {kept:,} of {count(int(self.ledger['rows'].sum()), 'row')} kept>"


def read_orders(
    source: Any,
    *,
    table: str | None = None,
    sheet: str | int | None = None,
    date_format: str | Sequence[str] | None = None,
    decimal: str | None = None,
    delimiter: str | None = None,
    encoding: str | None = None,
    header: bool | None = None,
    time_zone: str = "UTC",
    as_of: Any = None,
    attributes: Sequence[str] | None = None,
    memory_limit: str = "1.5GB",
    name: str = "",
    **choices: Any,
) -> Orders:
    """Read an order log and account for each of its rows.

    Parameters
    ----------
    source : path, file object, pandas.DataFrame, Ibis table or connection, or URL
        CSV, TSV or text (also gzipped, or alone in a ZIP archive), a Parquet file, folder or glob, Excel, a DuckDB
        file, ``duckdb://``, ``postgres://``, a Spark session.
    table : str, optional
        Table, or SQL, in a database.
    sheet : str or int, optional
        Of an Excel file; the first one by default.
    date_format : str or list of str, optional
        `strptime` format of the dates, where the column does not decide.
    decimal : {".", ","}, optional
        Decimal sign, where the cells do not decide.
    delimiter, encoding, header : optional
        Of text, where they are found wrongly.
    time_zone : str
        Zone to which moments that name a zone are converted.
    as_of : datetime, date or str, optional
        The moment everything is measured at; by default the latest kept row and one day.
    attributes : list of str, optional
        Columns that say something about the customer; by default those whose heading is known.
    memory_limit : str
        Of the embedded engine, beyond which it spills to disk.
    name : str
        What sentences call the source.
    **choices
        Column roles (customer_id, order_id, ordered_at, amount, quantity, price, status, currency, product: a heading,
        or None for none), and policies (refunds, zero_amounts, duplicates, grain, statuses, products: see
        `segdash.intake.policies`).

    Returns
    -------
    Orders

    Raises
    ------
    SegdashError
        When the source can't be opened, has no such columns, or its dates can be read two ways; the sentence names
        the argument that decides.
    """
    if decimal not in (None, ".", ","):
        raise ChoiceError(f"decimal= is {quote(decimal)}; it can be '.' or ','.")
    policies = Policies(**{key: choices.pop(key) for key in Policies.names() if key in choices})
    unknown = next((key for key in choices if key not in ROLES), None)
    if unknown:
        raise UnknownNameError.of("role or policy", unknown, [*ROLES, *Policies.names()])
    options = Options(
        name=name,
        table=table,
        sheet=sheet,
        delimiter=delimiter,
        encoding=encoding,
        header=header,
        memory_limit=memory_limit,
    )
    rows = read_rows(source, options)
    return orders_of(
        rows,
        choices,
        policies=policies,
        attributes=attributes,
        date_format=date_format,
        decimal=decimal,
        time_zone=time_zone,
        as_of=as_of,
    )


def orders_of(
    rows: Rows,
    given: Mapping[str, str | None],
    *,
    policies: Policies | None = None,
    attributes: Sequence[str] | None = None,
    date_format: Any = None,
    decimal: str | None = None,
    time_zone: str = "UTC",
    as_of: Any = None,
) -> Orders:
    """The orders in rows that were read before; see `read_orders`."""
    sample = fetched(rows.table.limit(SAMPLE), rows.name)
    sample = sample.rename(columns={column: heading for heading, column in rows.columns.items()})
    roles = propose_roles(rows.headings, sample[rows.headings], given, name=rows.name, headless=rows.headless)
    about = _attributes(rows, roles, attributes)
    lines, reading, notes = _lines(rows, roles, about, date_format, decimal, time_zone)
    orders = Orders(
        rows,
        lines,
        roles,
        tuple(about),
        policies or Policies(),
        moment(as_of),
        reading,
        (*rows.notes, *notes, *_money_note(roles), *_grain_note(roles)),
        decimal,
        time_zone,
    )
    _check(orders)
    return orders


def _attributes(rows: Rows, roles: Mapping[str, Role], wanted: Sequence[str] | None) -> list[str]:
    if wanted is None:
        return propose_attributes(rows.headings, roles)
    for heading in wanted:
        if heading not in rows.headings:
            raise UnknownNameError.of("column", heading, rows.headings)
    return list(wanted)


def _lines(
    rows: Rows, roles: Mapping[str, Role], about: Sequence[str], date_format: Any, decimal: str | None, zone: str
) -> tuple[ir.Table, Reading | None, list[str]]:
    """Canonical columns and faults of every row."""
    columns = {role: rows.columns[found.heading] for role, found in roles.items()}
    uses = [(column, USES[role]) for role, column in columns.items() if role != "ordered_at" or not date_format]
    uses += [(rows.columns[heading], WORD) for heading in about]
    known = survey(rows.table, uses, rows.name) if is_embedded(rows.table) else Survey()
    table, use = prepared(rows.table, [*columns.values(), *(rows.columns[heading] for heading in about)], known)
    written = {role: use[column] for role, column in columns.items()}
    heading = roles["ordered_at"].heading
    at = moments(table, written["ordered_at"], heading, rows.name, date_format, zone, known.reading)
    notes = list(at.notes)
    moment_ = at.value if str(at.value.type()) == "timestamp(6)" else at.value.cast("timestamp(6)")
    found: dict[str, ir.Value] = {
        "customer_id": identity(table[written["customer_id"]], plain=columns["customer_id"] in known.plain),
        "ordered_at": moment_,
    }
    for role in ("order_id", "product"):
        if role in roles:
            cell = table[written[role]]
            # Grouping by whole numbers is quicker than by their texts, and nobody reads these.
            whole = role == "order_id" and cell.type().is_integer()
            found[role] = cell if whole else identity(cell, plain=columns[role] in known.plain)
    for role in ("status", "currency"):
        if role in roles:
            found[role] = stripped(table[written[role]])
    for role in ("amount", "quantity", "price"):
        if role in roles:
            plain = columns[role] in known.plain
            read = figures(table, written[role], roles[role].heading, rows.name, decimal, plain=plain)
            found[role] = read.value
            notes += read.notes
    raw = {name: table[name] for name in rows.table.columns}
    texts = {name: table[name] for name in table.columns if name not in raw}
    extra = {f"about {heading}": stripped(table[use[rows.columns[heading]]]) for heading in about}
    typed = table.select(**raw, **texts, **found, **extra)
    is_clean = known.plain.issuperset([*columns.values(), *(rows.columns[heading] for heading in about)])
    typed = typed if is_clean else staged(typed)
    lines = buckets.with_faults(typed, written, columns, known).drop(*texts)
    if rows.loaded:
        lines = lines.drop(*rows.columns.values())  # windows over whole rows would take much longer
    return stored(lines, rows.name) if rows.loaded and not is_clean else staged(lines), at.reading, notes


def _money_note(roles: Mapping[str, Role]) -> list[str]:
    if "amount" in roles or {"quantity", "price"} <= set(roles):
        return []
    what = f"the sum of {quote(roles['quantity'].heading)}" if "quantity" in roles else "the number of rows"
    return [f'No column holds amounts: monetary is items, {what}. Name one to have money: amount="...".']


def _grain_note(roles: Mapping[str, Role]) -> list[str]:
    return [] if "order_id" in roles else ["No column is the order id: all rows of one customer and day are one order."]


def moment(as_of: Any) -> dt.datetime | None:
    """A moment without zone from whatever says it; None for nothing."""
    if as_of is None:
        return None
    try:
        moment = pd.Timestamp(as_of)
    except (ValueError, TypeError):
        raise ChoiceError(f"as_of= is {quote(as_of)}, no date. Write it as 2024-12-31.") from None
    if pd.isna(moment):
        return None
    return moment.tz_convert("UTC").tz_localize(None).to_pydatetime() if moment.tzinfo else moment.to_pydatetime()


def _check(orders: Orders) -> None:
    """Refuse what leaves nothing, with all reasons."""
    if not orders.ledger["kept"].any():
        raise TableError(orders.name, [_nothing_left(orders.ledger)])


def _nothing_left(ledger: pd.DataFrame) -> str:
    told = "; ".join(f"{row.reason}: {row.rows:,}" for row in ledger.itertuples())
    return f"None of {count(int(ledger['rows'].sum()), 'row')} is an order. {told}. Check columns, dates and policies."


def proposed_products(orders: Orders) -> list[str]:
    """Products of this log that are usually no goods; nothing is left out unasked."""
    if "product" not in orders.roles:
        return []
    lines = orders.lines
    found = fetched(lines.filter(lines["product"].isin(NOT_GOODS)).select("product").distinct())["product"]
    return sorted(found)


def known_statuses(orders: Orders, most: int = 50) -> list[str]:
    """The different statuses of this log, most frequent first."""
    if "status" not in orders.roles:
        return []
    counted = fetched(orders.lines.group_by("status").agg(n=lambda t: t.count()), orders.name).dropna()
    return counted.sort_values("n", ascending=False)["status"].head(most).tolist()
