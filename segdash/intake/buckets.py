"""Every row into exactly one bucket: kept, or one reason for setting it aside; and the ledger of all buckets."""

from __future__ import annotations

import functools
import operator
from typing import TYPE_CHECKING, Any

import pandas as pd

from segdash.errors import quote
from segdash.intake.cells_sql import countable, held, is_embedded, is_missing, stored
from segdash.intake.dates import FIRST_YEAR, LAST_YEAR
from segdash.intake.survey import LARGEST
from segdash.sources.answering import fetched
from segdash.sources.rows import ROW

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    import ibis.expr.types as ir

    from segdash.intake.policies import Policies
    from segdash.intake.survey import Survey

ORDER, REFUND, NO_ORDER = "order", "refund", "no_order"
KEPT = (ORDER, REFUND)
"""Buckets whose rows count."""

BAD_ROW = "bad_row"
COMPARED = ("duplicate", "undone", "undoing")
"""Buckets of rows that are in them because of other rows."""

COMPARING = "Comparing rows with each other"

SCALE = 10_000
"""Money is counted in ten-thousandths: whole numbers add up exactly in any order and on any engine."""

TOTAL = "decimal(38, 0)"
"""Type of sums of them."""

REASONS = {
    ORDER: "Orders",
    REFUND: "Refunds, netted",
    BAD_ROW: "The row fits no table",
    "no_customer": "No customer id",
    "no_date": "No date",
    "bad_date": "The date can't be read",
    "odd_date": f"The date is before {FIRST_YEAR} or after {LAST_YEAR}",
    "no_amount": "No amount",
    "bad_amount": f"The amount, price or quantity can't be read, or is over {LARGEST:,}",
    "after": "After the as-of date",
    "status": "A status that is left out",
    "product": "A product that is left out",
    "duplicate": "An exact copy of an earlier row",
    "undone": "A sale undone by a refund",
    "undoing": "A refund that undoes a sale",
    "ignored_refund": "A refund, ignored",
    "zero": "Amount 0",
    NO_ORDER: "The customer is left with no order",
}
"""Bucket -> what the ledger says, in its order."""


def with_faults(typed: ir.Table, written: Mapping[str, str], columns: Mapping[str, str], known: Survey) -> ir.Table:
    """Add `amount` where it follows from quantity and price, and `faults`, what is wrong with a row.

    Parameters
    ----------
    typed : ibis Table
        The source's columns and the canonical ones.
    written : mapping of str to str
        Role -> the name of its cells in ``typed``.
    columns : mapping of str to str
        Role -> the source's column.
    known : Survey
        What can't be wrong with a column is not looked for in each row.
    """
    import ibis

    numbers = [role for role in ("amount", "quantity", "price") if role in columns]
    typed, needed = _with_amount(typed, columns)
    plain = {role for role, column in columns.items() if column in known.plain}
    sound = {role for role, column in columns.items() if known.is_sound(column)}
    year = typed["ordered_at"].year()
    cases = []
    if "customer_id" not in sound:
        cases.append((typed["customer_id"].isnull(), "no_customer"))
    if "ordered_at" not in sound:
        cases.append((is_missing(typed[written["ordered_at"]]), "no_date"))
    if "ordered_at" not in plain:
        cases.append((typed["ordered_at"].isnull(), "bad_date"))
    if not known.in_range:
        cases.append(((year < FIRST_YEAR) | (year > LAST_YEAR), "odd_date"))
    cases += [(is_missing(typed[written[role]]), "no_amount") for role in needed if role not in sound]
    for role in numbers:
        if role not in plain:
            cases.append((typed[role].isnull() & ~is_missing(typed[written[role]]), "bad_amount"))
    if "amount" not in columns and len(needed) > 1:
        cases.append((typed["amount"].isnull(), "bad_amount"))  # each number is there; their product is too large
    return typed.mutate(faults=ibis.cases(*cases) if cases else ibis.literal(None, "string"))


def _with_amount(typed: ir.Table, columns: Mapping[str, str]) -> tuple[ir.Table, list[str]]:
    """The table with the amount of each row, and the roles that it follows from."""
    import ibis

    if "amount" in columns:
        return typed, ["amount"]
    if {"quantity", "price"} <= set(columns):
        return typed.mutate(amount=countable(typed["quantity"] * typed["price"])), ["quantity", "price"]
    if "quantity" in columns:
        return typed.mutate(amount=typed["quantity"]), ["quantity"]
    return typed.mutate(amount=ibis.literal(1).cast("float64")), []


def sort(
    lines: ir.Table, raw: ir.Table | None, policies: Policies, until: dt.datetime | None, name: str = ""
) -> ir.Table:
    """Add `bucket` to every row, customers without an order not yet told apart; `is_kept` and `is_refund`.

    Parameters
    ----------
    lines : ibis Table
        As `with_faults` makes it.
    raw : ibis Table or None
        The source's own rows where ``lines`` has only their numbers.
    policies : Policies
        How rows are cleaned.
    until : datetime or None
        Rows after it are set aside.
    name : str
        What sentences call the source.
    """
    import ibis

    refund = lines["amount"] < 0
    if "quantity" in lines.columns:
        refund = refund | (lines["quantity"] < 0)
    refund = refund.fill_null(False)
    cases = [(lines["faults"].notnull(), lines["faults"])]
    if until is not None:
        cases.append((lines["ordered_at"] > ibis.literal(until, "timestamp(6)"), "after"))
    for role, left_out in (("status", policies.statuses), ("product", policies.products)):
        if left_out and role in lines.columns:
            cases.append((lines[role].isin(left_out), role))
    sorted_ = lines.mutate(bucket=ibis.cases(*cases), is_refund=refund)
    if policies.duplicates == "drop":
        sorted_ = _without_copies(sorted_, raw, name)
    if policies.refunds == "match":
        sorted_ = _matched(sorted_, name)
    return _outcome(sorted_, policies)


def _without_copies(lines: ir.Table, raw: ir.Table | None, name: str) -> ir.Table:
    """Copies told apart, worked out here and not again with every query."""
    decided = _copies(lines, raw)
    return _marked(lines, decided, name) if _is_numbered(lines) else stored(decided, name, COMPARING)


def _matched(lines: ir.Table, name: str) -> ir.Table:
    """Refunds matched with the sales they undo, worked out here and not again with every query.

    Looked at are the groups in which there is a refund: few, as a rule.
    """
    keyed = _keyed(lines)
    refunded = stored(keyed.filter(keyed["is_refund"]).select(*KEYS).drop_null().distinct(), name, COMPARING)
    decided = _pair(keyed.semi_join(refunded, KEYS)).select(*lines.columns)
    if _is_numbered(lines):
        return _marked(lines, decided, name)
    return keyed.anti_join(refunded, KEYS).select(*lines.columns).union(stored(decided, name, COMPARING))


def _is_numbered(lines: ir.Table) -> bool:
    return is_embedded(lines) and ROW in lines.columns


def _marked(lines: ir.Table, decided: ir.Table, name: str) -> ir.Table:
    """The lines, those of them that were put into a bucket because of other rows in that one."""
    import ibis

    few = stored(
        decided.filter(decided["bucket"].isin(COMPARED)).select(ROW, decided=decided["bucket"]), name, COMPARING
    )
    joined = lines.left_join(few, ROW)
    return joined.select(
        **{column: joined[column] for column in lines.columns if column != "bucket"},
        bucket=ibis.coalesce(joined["bucket"], joined["decided"]),
    )


def _outcome(sorted_: ir.Table, policies: Policies) -> ir.Table:
    """The bucket of the rows that have none yet."""
    import ibis

    aside = [(sorted_["bucket"].notnull(), sorted_["bucket"])]
    if policies.refunds == "ignore":
        aside.append((sorted_["is_refund"], "ignored_refund"))
    if policies.zero_amounts == "drop":
        aside.append((sorted_["amount"] == 0, "zero"))
    is_refund = ibis.literal(False) if policies.refunds == "order" else sorted_["is_refund"]
    bucket = ibis.cases(*aside, (is_refund, REFUND), else_=ORDER)
    # What metrics filter by is a comparison of numbers: to compare the names of buckets takes longer.
    is_kept = ~functools.reduce(operator.or_, (condition for condition, _ in aside))
    return sorted_.mutate(bucket=bucket, is_kept=is_kept, is_refund=is_refund)


def _copies(lines: ir.Table, raw: ir.Table | None) -> ir.Table:
    """Of exact copies of a whole row, all but the first are duplicates."""
    import ibis

    names = lines.columns
    whole = with_raw(lines, raw)
    cells = [name for name in whole.columns if is_raw(name)]
    order = [whole[ROW]] if ROW in names else [whole[cells[0]]]
    copy = ibis.row_number().over(group_by=[*cells, "bucket"], order_by=order) > 0
    marked = whole.mutate(bucket=(whole["bucket"].isnull() & copy).ifelse("duplicate", whole["bucket"]))
    return marked.select(*names)


def with_raw(lines: ir.Table, raw: ir.Table | None) -> ir.Table:
    """The lines with the source's own columns."""
    return lines if raw is None else lines.join(raw, ROW)


def is_raw(name: str) -> bool:
    """True for the names of the source's own columns."""
    return name[0] == "c" and name[1:].isdigit()


KEYS = ("m_customer", "m_product", "m_size", "m_unit")
"""Columns in which a sale and the refund that undoes it are alike."""


def _keyed(lines: ir.Table) -> ir.Table:
    """The lines with `KEYS`; the customer is NULL in rows that can't be matched."""
    import ibis

    quantity = lines["quantity"] if "quantity" in lines.columns else ibis.literal(1.0)
    size = quantity.abs()
    price = lines["price"] if "price" in lines.columns else ibis.null("float64")
    parts = (size * SCALE >= 1).ifelse(size, None)  # to divide by less may give more than a number holds
    unit = ibis.coalesce(price, lines["amount"] / parts, lines["amount"]).abs()
    product = lines["product"].fill_null("") if "product" in lines.columns else ibis.literal("")
    free = lines["bucket"].isnull() & (lines["amount"] != 0)
    return lines.mutate(
        m_customer=free.ifelse(lines["customer_id"], None),
        m_product=product,
        m_size=size.fill_null(-1.0),  # where there is none, it is alike
        m_unit=(ibis.least(unit, float(LARGEST)) * SCALE).round().cast("int64"),
    )


def _pair(marked: ir.Table) -> ir.Table:
    """Pair refunds with the sales they undo, as closing brackets pair with opening ones: the latest open one first.

    In each group of customer, product, size of quantity and unit price, ordered by time, a sale opens a bracket and
    a refund closes one, if any is open. The number of open brackets is the running sum minus its lowest point below
    zero; a sale is closed when the number later falls below what it was after the sale.
    """
    import ibis

    tie = [marked[ROW]] if ROW in marked.columns else []
    order = [marked["ordered_at"], marked["is_refund"], *tie]
    # Rows of the same moment need one order, the same forwards and backwards.
    marked = marked.mutate(
        m_step=marked["is_refund"].ifelse(-1, 1), m_place=ibis.row_number().over(group_by=KEYS, order_by=order)
    )
    running = ibis.cumulative_window(group_by=KEYS, order_by=marked["m_place"])
    marked = marked.mutate(m_sum=marked["m_step"].sum().over(running))
    marked = marked.mutate(m_low=ibis.least(marked["m_sum"].min().over(running), 0))
    marked = marked.mutate(m_open=marked["m_sum"] - marked["m_low"])
    forwards = ibis.window(group_by=KEYS, order_by=marked["m_place"])
    backwards = ibis.cumulative_window(group_by=KEYS, order_by=ibis.desc(marked["m_place"]))
    marked = marked.mutate(
        m_before=marked["m_open"].lag().over(forwards).fill_null(0), m_least=marked["m_open"].min().over(backwards)
    )
    undone = ~marked["is_refund"] & (marked["m_least"] < marked["m_open"])
    undoing = marked["is_refund"] & (marked["m_before"] > 0)
    return marked.mutate(bucket=ibis.cases((undone, "undone"), (undoing, "undoing"), else_=marked["bucket"]))


def counted(lines: ir.Table, name: str = "") -> pd.DataFrame:
    """Rows, customers, money, latest moment and rows without order id per bucket, customers without an order apart."""
    import ibis

    cents = (lines["amount"] * SCALE).round().cast("int64").fill_null(0)
    # Of the largest amounts, few fit into 64 bits. The embedded engine adds up whole numbers in 128.
    cents = cents if is_embedded(lines) else cents.cast(TOTAL)
    named = lines["order_id"] if "order_id" in lines.columns else ibis.literal(True)
    slim = lines.select("customer_id", "bucket", "ordered_at", cents=cents, named=named)
    parts = slim.group_by("customer_id", "bucket").agg(
        rows=slim.count(),
        cents=slim["cents"].sum().cast(TOTAL),
        latest=slim["ordered_at"].max(),
        blank=slim.count() - slim["named"].count(),
    )
    with held(parts, name) as parts:
        return fetched(_ledger_rows(parts), name)


def _ledger_rows(parts: ir.Table) -> ir.Table:
    """One row per bucket from one per customer and bucket."""
    # Joining with those who bought takes a third of the time of a window over each customer's rows.
    buyers = parts.filter(parts["bucket"] == ORDER).select(buyer=parts["customer_id"])
    told = parts.left_join(buyers, parts["customer_id"] == buyers["buyer"])
    left = (told["bucket"] == REFUND) & told["buyer"].isnull()
    told = told.mutate(bucket=left.ifelse(NO_ORDER, told["bucket"]))
    return told.group_by("bucket").agg(
        rows=told["rows"].sum().cast("int64"),
        customers=told["customer_id"].count(),  # a customer is once in a bucket
        cents=told["cents"].sum().cast(TOTAL),
        latest=told["latest"].max(),
        blank=told["blank"].sum().cast("int64"),
    )


def kept(lines: ir.Table) -> ir.Table:
    """The rows that count: those of customers with an order."""
    return lines.filter(lines["is_kept"]).semi_join(_buyers(lines), "customer_id")


def of_bucket(lines: ir.Table, bucket: str) -> ir.Table:
    """The rows of one bucket, customers without an order told apart."""
    if bucket == REFUND:
        return lines.filter(lines["bucket"] == REFUND).semi_join(_buyers(lines), "customer_id")
    if bucket == NO_ORDER:
        return lines.filter(lines["bucket"] == REFUND).anti_join(_buyers(lines), "customer_id")
    return lines.filter(lines["bucket"] == bucket)


def _buyers(lines: ir.Table) -> ir.Table:
    return lines.filter(lines["is_kept"] & ~lines["is_refund"]).select("customer_id").distinct()


def ledger_frame(found: pd.DataFrame, bad: pd.DataFrame, policies: Policies) -> pd.DataFrame:
    """The ledger: bucket, reason, kept, rows, customers, money, in the order of `REASONS`."""
    known = {one["bucket"]: one for one in found.to_dict("records")}
    rows: list[tuple[Any, ...]] = []
    for bucket, reason in REASONS.items():
        if bucket == BAD_ROW and len(bad):
            rows.append((bucket, reason, False, len(bad), 0, 0.0))
        elif one := known.get(bucket):
            said, money = _said(bucket, reason, policies), int(one["cents"]) / SCALE
            rows.append((bucket, said, bucket in KEPT, int(one["rows"]), int(one["customers"]), money))
    return pd.DataFrame(rows, columns=["bucket", "reason", "kept", "rows", "customers", "money"])


def _said(bucket: str, reason: str, policies: Policies) -> str:
    left_out = {"status": policies.statuses, "product": policies.products}.get(bucket)
    return f"{reason}: {', '.join(quote(value) for value in left_out[:5])}" if left_out else reason
