"""How orders are read and cleaned, as a file says it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from segdash.errors import ChoiceError, quote
from segdash.intake.order_roles import ROLES
from segdash.intake.orders import moment, orders_of
from segdash.intake.policies import Policies
from segdash.strict_yaml import entries, known_entries

if TYPE_CHECKING:
    from collections.abc import Mapping

    from segdash.intake.orders import Orders

READING = ("roles", "attributes", "date_format", "decimal", "time_zone")
"""What all rows have to be read again for."""

LATEST = "latest"
"""As-of date of orders that are measured at their latest row and a day."""


def orders_part(orders: Orders) -> dict[str, Any]:
    """Columns, formats, policies and the as-of date, in plain types.

    Examples
    --------
    >>> import pandas as pd
    >>> from segdash.intake.orders import read_orders
    >>> log = pd.DataFrame({"customer": ["a", "b"], "date": ["2024-01-13", "2024-01-31"], "amount": [10.0, 5.5]})
    >>> part = orders_part(read_orders(log, as_of="2024-02-02"))
    >>> part["roles"]["ordered_at"], part["date_format"], part["refunds"], part["as_of"]
    ('date', ['%Y-%m-%d'], 'net', '2024-02-02T00:00:00')
    """
    return {
        "roles": {role: orders.roles[role].heading if role in orders.roles else None for role in ROLES},
        "attributes": list(orders.attributes),
        "date_format": list(orders.reading.formats) if orders.reading else None,
        "decimal": orders.decimal,
        "time_zone": orders.time_zone,
        **{name: list(value) if isinstance(value, tuple) else value for name, value in vars(orders.policies).items()},
        "as_of": orders.until.isoformat() if orders.until else LATEST,
    }


def orders_as(orders: Orders, part: Mapping[str, Any], name: str) -> Orders:
    """The same log as `orders_part` of another one says; the very same where that changes nothing.

    Parameters
    ----------
    orders : Orders
    part : mapping
        As `orders_part` gives it; what is not in it stays.
    name : str
        What sentences call the file it is from.

    Raises
    ------
    SegdashError
        For an unknown entry, a column that this log has not got, or a choice that leaves nothing.
    """
    present = orders_part(orders)
    known_entries(part, present, f"'orders:' of {name}")
    roles = entries(part.get("roles"), f"'roles:' of {name}")
    known_entries(roles, ROLES, f"'roles:' of {name}")
    wanted = {**present, **part, "roles": {**present["roles"], **roles}}
    if wanted == present:
        return orders
    _check_reading(wanted, name)
    policies = Policies(**{policy: _listed(policy, wanted[policy], name) for policy in Policies.names()})
    as_of = None if wanted["as_of"] in (LATEST, None) else moment(wanted["as_of"])
    if all(wanted[choice] == present[choice] for choice in READING):
        return orders.with_(as_of=as_of, **vars(policies))
    reading = {choice: wanted[choice] for choice in READING if choice != "roles"}
    return orders_of(orders.rows, wanted["roles"], policies=policies, as_of=as_of, **reading)


def _check_reading(wanted: Mapping[str, Any], name: str) -> None:
    """Raise for a format, sign or zone that is none."""
    if wanted["decimal"] not in (None, ".", ","):
        raise ChoiceError(f"Entry 'decimal' of {name} is {quote(wanted['decimal'])}; it can be '.' or ','.")
    for entry in ("attributes", "date_format"):
        value = wanted[entry]
        if value is not None and not (isinstance(value, list) and all(isinstance(one, str) for one in value)):
            raise ChoiceError(f"Entry {quote(entry)} of {name} must be a list of texts, not {quote(value)}.")
    try:
        ZoneInfo(wanted["time_zone"])
    except (ValueError, TypeError, AttributeError, OSError, ZoneInfoNotFoundError):
        zone = quote(wanted["time_zone"])
        raise ChoiceError(f"Entry 'time_zone' of {name} is {zone}, no zone. Write one such as 'Europe/Oslo'.") from None


def _listed(policy: str, value: Any, name: str) -> Any:
    """A policy's value, of the kind that the policy has."""
    if isinstance(getattr(Policies(), policy), tuple) != isinstance(value, list):
        kind = "a list of texts" if isinstance(getattr(Policies(), policy), tuple) else "one of its choices"
        raise ChoiceError(f"Entry {quote(policy)} of {name} must be {kind}, not {quote(value)}.")
    return value
