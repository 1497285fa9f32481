"""Every row into exactly one bucket: kept, or one reason for setting it aside; and the ledger of all buckets."""

from __future__ import annotations

import functools
import operator
from typing import TYPE_CHECKING, Any

import pandas as pd

from segdash.errors import quote
from segdash.intake.cells_sql import held, is_missing
from segdash.intake.dates import FIRST_YEAR, LAST_YEAR
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
SCALE = 10_000
"""Money is counted in ten-thousandths: whole numbers add up exactly in any order and on any engine."""

REASONS = {
    ORDER: "Orders",
    REFUND: "Refunds, netted",
    BAD_ROW: "The row fits no table",
    "no_customer": "No customer id",
    "no_date": "No date",
    "bad_date": "The date can't be read",
    "odd_date": f"The date is before {FIRST_YEAR} or after {LAST_YEAR}",
    "no_amount": "No amount",
    "bad_amount": "The amount, price or quantity can't be read",
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
    if "amount" in columns:
        needed = ["amount"]
    elif {"quantity", "price"} <= set(columns):
        needed = ["quantity", "price"]
        typed = typed.mutate(amount=typed["quantity"] * typed["price"])
    elif "quantity" in columns:
        needed = ["quantity"]
        typed = typed.mutate(amount=typed["quantity"])
    else:
        needed = []
        typed = typed.mutate(amount=ibis.literal(1).cast("float64"))
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
    return typed.mutate(faults=ibis.cases(*cases) if cases else ibis.literal(None, "string"))


def sort(lines: ir.Table, raw: ir.Table | None, policies: Policies, until: dt.datetime | None) -> ir.Table:
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
        sorted_ = _copies(sorted_, raw)
    if policies.refunds == "match":
        sorted_ = _match(sorted_)
    return _outcome(sorted_, policies)


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


def _match(lines: ir.Table) -> ir.Table:
    """Pair refunds with the sales they undo, as closing brackets pair with opening ones: the latest open one first.

    In each group of customer, product, size of quantity and unit price, ordered by time, a sale opens a bracket and
    a refund closes one, if any is open. The number of open brackets is the running sum minus its lowest point below
    zero; a sale is closed when the number later falls below what it was after the sale.
    """
    import ibis

    quantity = lines["quantity"] if "quantity" in lines.columns else ibis.literal(1.0)
    size = quantity.abs()
    unit = lines["price"] if "price" in lines.columns else lines["amount"].abs() / size.nullif(0)
    product = lines["product"].fill_null("") if "product" in lines.columns else ibis.literal("")
    free = lines["bucket"].isnull() & (lines["amount"] != 0)
    step = ibis.cases((~free, 0), (lines["is_refund"], -1), else_=1)
    marked = lines.mutate(
        m_product=product, m_size=size, m_unit=(unit.abs() * SCALE).round().cast("int64"), m_step=step, m_free=free
    )
    tie = [marked[ROW]] if ROW in marked.columns else []
    order = [marked["ordered_at"], marked["is_refund"], *tie]
    keys = ["customer_id", "m_product", "m_size", "m_unit", "m_free"]
    # Rows of the same moment need one order, the same forwards and backwards.
    marked = marked.mutate(m_place=ibis.row_number().over(group_by=keys, order_by=order))
    running = ibis.cumulative_window(group_by=keys, order_by=marked["m_place"])
    marked = marked.mutate(m_sum=marked["m_step"].sum().over(running))
    marked = marked.mutate(m_low=ibis.least(marked["m_sum"].min().over(running), 0))
    marked = marked.mutate(m_open=marked["m_sum"] - marked["m_low"])
    forwards = ibis.window(group_by=keys, order_by=marked["m_place"])
    backwards = ibis.cumulative_window(group_by=keys, order_by=ibis.desc(marked["m_place"]))
    marked = marked.mutate(
        m_before=marked["m_open"].lag().over(forwards).fill_null(0), m_least=marked["m_open"].min().over(backwards)
    )
    undone = marked["m_free"] & ~marked["is_refund"] & (marked["m_least"] < marked["m_open"])
    undoing = marked["m_free"] & marked["is_refund"] & (marked["m_before"] > 0)
    bucket = ibis.cases((undone, "undone"), (undoing, "undoing"), else_=marked["bucket"])
    return marked.mutate(bucket=bucket).drop(*(name for name in marked.columns if name.startswith("m_")))


def counted(lines: ir.Table) -> pd.DataFrame:
    """Rows, customers, money, latest moment and rows without order id per bucket, customers without an order apart."""
    import ibis

    cents = (lines["amount"] * SCALE).round().cast("int64").fill_null(0)
    named = lines["order_id"] if "order_id" in lines.columns else ibis.literal(True)
    slim = lines.select("customer_id", "bucket", "ordered_at", cents=cents, named=named)
    parts = slim.group_by("customer_id", "bucket").agg(
        rows=slim.count(),
        cents=slim["cents"].sum().cast("int64"),
        latest=slim["ordered_at"].max(),
        blank=slim.count() - slim["named"].count(),
    )
    with held(parts, "") as parts:
        return fetched(_ledger_rows(parts))


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
        cents=told["cents"].sum().cast("int64"),
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
