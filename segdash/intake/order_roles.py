"""Which column of an order log is which: proposed from headings, then from what the columns hold."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from segdash.errors import TableError, UnknownNameError, did_you_mean, quote
from segdash.schema import fold

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

ALIASES: dict[str, tuple[str, ...]] = {
    "customer_id": (
        *("customerid", "customerno", "customernumber", "custid", "clientid", "memberid", "membernumber", "userid"),
        *("householdid", "buyerid", "accountid", "masterid", "donorid", "contactid", "shopperid", "customer"),
        *("client", "member", "user", "buyer", "customeremail", "email", "customername"),
    ),
    "order_id": (
        *("orderid", "orderno", "ordernumber", "invoiceno", "invoiceid", "invoicenumber", "basketid"),
        *("transactionid", "transid", "receiptid", "receiptno", "purchaseid", "saleid", "invoice", "order"),
    ),
    "ordered_at": (
        *("orderedat", "orderdate", "orderdatetime", "ordertimestamp", "invoicedate", "transactiondate", "transdate"),
        *("transactiontimestamp", "transactiontime", "purchasedate", "purchasedat", "saledate", "createdat"),
        *("processedat", "paidat", "datetime", "timestamp", "date", "day"),
    ),
    "amount": (
        *("amount", "orderamount", "lineamount", "linetotal", "tranamount", "transactionamount", "salesvalue"),
        *("revenue", "sales", "totalprice", "ordertotal", "grandtotal", "total", "netamount", "spend", "value"),
    ),
    "quantity": ("quantity", "qty", "quantityordered", "units", "items", "pieces"),
    "price": ("unitprice", "price", "priceeach", "itemprice", "unitcost"),
    "status": ("status", "orderstatus", "financialstatus", "state of order"),
    "currency": ("currency", "currencycode"),
    "product": (
        *("productid", "productcode", "stockcode", "sku", "itemid", "product", "item", "productname"),
        *("itemdescription", "description"),
    ),
}
"""Role -> folded headings that are taken for it; the first one wins."""

ROLES = tuple(ALIASES)

ATTRIBUTES = (
    *("country", "region", "state", "city", "territory", "channel", "source", "segment", "market", "store", "storeid"),
    *("gender", "sex", "agegroup", "plan", "tier", "category", "campaign", "language"),
)
"""Folded headings of columns that say something about the customer."""

_DATE = re.compile(r"\d{1,4}([-/.])\d{1,2}\1\d{1,4}([T ].*)?|(19|20)\d{2}(0[1-9]|1[0-2])([0-2]\d|3[01])")
_NUMBER = re.compile(r"\(?-?[^\w\s]?\d[\d.,' ]*\)?")


@dataclass(frozen=True)
class Role:
    """What one column is taken for, and why.

    Parameters
    ----------
    heading : str
        Of the column.
    reason : str
        Why it was chosen, in words.
    """

    heading: str
    reason: str


def propose_roles(
    headings: Sequence[str], sample: pd.DataFrame, given: Mapping[str, str | None], *, name: str, headless: bool = False
) -> dict[str, Role]:
    """The columns of an order log.

    Parameters
    ----------
    headings : sequence of str
        Of all columns.
    sample : pandas.DataFrame
        Some rows, under these headings.
    given : mapping of str to str or None
        Role -> heading, as a person says it; None for a role that no column has.
    name : str
        What sentences call the source.
    headless : bool
        True when the headings are mere positions: only then are the customer and the amount guessed from what the
        columns hold. Dates look like nothing else.

    Raises
    ------
    UnknownNameError
        When ``given`` names no role, or a heading that is not there.
    TableError
        When no column is the customer or the date.
    """
    roles: dict[str, Role] = {}
    for role, heading in given.items():
        if role not in ROLES:
            raise UnknownNameError.of("role", role, ROLES)
        if heading is not None:
            roles[role] = Role(_known(heading, headings, name), "named by you")
    for role in ROLES:
        if role not in given and (found := _by_name(role, headings, roles)):
            roles[role] = Role(found, f"its heading is {quote(found)}")
    if "amount" in roles and "amount" not in given and {"quantity", "price"} <= set(given):
        del roles["amount"]  # a person who names both wants their product
    guessed = ("ordered_at", "amount", "customer_id") if headless else ("ordered_at",)
    _by_content(roles, [role for role in guessed if role not in given], sample)
    faults = [
        f'No column is the {what}. Say which one it is: {role}="...".{did_you_mean(role, headings)}'
        for role, what in (("customer_id", "customer"), ("ordered_at", "date of the order"))
        if role not in roles
    ]
    if faults:
        raise TableError(name, faults)
    return {role: roles[role] for role in ROLES if role in roles}


def propose_attributes(headings: Sequence[str], roles: Mapping[str, Role]) -> list[str]:
    """Columns that say something about the customer and have no other role."""
    taken = {role.heading for role in roles.values()}
    return [heading for heading in headings if fold(heading) in ATTRIBUTES and heading not in taken]


def _known(heading: str, headings: Sequence[str], name: str) -> str:
    found = next((h for h in headings if h == heading), None)
    found = found or next((h for h in headings if fold(h) == fold(heading)), None)
    if found is None:
        raise UnknownNameError(f"{name} has no column {quote(heading)}.{did_you_mean(heading, headings)}")
    return found


def _by_name(role: str, headings: Sequence[str], roles: Mapping[str, Role]) -> str | None:
    taken = {known.heading for known in roles.values()}
    free = {fold(heading): heading for heading in reversed(headings) if heading not in taken}
    return next((free[alias] for alias in ALIASES[role] if alias in free), None)


def _by_content(roles: dict[str, Role], wanted: Sequence[str], sample: pd.DataFrame) -> None:
    """Dates are what looks like dates; ids what repeats least without a decimal sign; amounts other numbers."""
    if all(role in roles for role in wanted):
        return
    taken = {role.heading for role in roles.values()}
    text = {h: sample[h].dropna().astype(str).str.strip() for h in sample.columns if h not in taken}
    text = {heading: cells[cells != ""] for heading, cells in text.items()}
    text = {heading: cells for heading, cells in text.items() if len(cells)}
    share = {heading: cells.str.fullmatch(_DATE).mean() for heading, cells in text.items()}
    if "ordered_at" in wanted and "ordered_at" not in roles and share and max(share.values()) > 0.9:
        found = max(share, key=lambda heading: share[heading])
        roles["ordered_at"] = Role(found, f"{share[found]:.0%} of its cells look like dates")
    text = {heading: cells for heading, cells in text.items() if share[heading] <= 0.9}
    decimal = {heading: cells.str.contains(r"\d[.,]\d{1,2}$").mean() for heading, cells in text.items()}
    whole = [heading for heading in text if decimal[heading] < 0.1]
    if "customer_id" in wanted and "customer_id" not in roles and whole:
        found = max(whole, key=lambda heading: text[heading].nunique())
        roles["customer_id"] = Role(found, f"it repeats least of the columns: {text[found].nunique():,} values")
        text.pop(found)
    numbers = [h for h, cells in text.items() if cells.str.fullmatch(_NUMBER).mean() > 0.9]
    if "amount" in wanted and "amount" not in roles and numbers and not {"quantity", "price"} <= set(roles):
        found = max(numbers, key=lambda heading: (decimal[heading] > 0.1, text[heading].nunique()))
        roles["amount"] = Role(found, "its cells are the numbers that are no id")
