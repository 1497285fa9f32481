"""Cleaning is a list of named choices, each with a default and a reason."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from segdash.errors import ChoiceError, UnknownNameError, quote

if TYPE_CHECKING:
    from collections.abc import Iterable

CHOICES: dict[str, dict[str, str]] = {
    "refunds": {
        "net": "A refund lowers what its customer spent; it is no order and moves no date.",
        "match": "Also, the sale that it undoes is taken out: same customer, product, quantity and price, the latest "
        "earlier one first. Refunds without such a sale are netted.",
        "ignore": "Refunds are set aside and their sales stay.",
        "order": "A refund is a row like any other: it counts as an order and moves dates.",
    },
    "zero_amounts": {
        "drop": "Rows of amount 0 are set aside.",
        "keep": "Rows of amount 0 count as orders.",
    },
    "duplicates": {
        "keep": "Exact copies of a whole row stay: one may buy the same twice.",
        "drop": "Of exact copies of a whole row, one stays.",
    },
    "grain": {
        "order": "Rows with the same order id are one order; without ids, those of one customer and day.",
        "day": "All rows of one customer and day are one order.",
        "row": "Each row is an order.",
    },
}
"""Policy -> what one can choose, and what it does; the first is the default."""

NOT_GOODS = ("POST", "DOT", "M", "D", "C2", "BANK CHARGES", "AMAZONFEE", "ADJUST", "S", "CRUK", "PADS", "B", "SAMPLES")
"""Product codes that are usually postage, fees or corrections; proposed to be left out, never left out unasked."""


@dataclass(frozen=True)
class Policies:
    """How rows are cleaned.

    Parameters
    ----------
    refunds : {"net", "match", "ignore", "order"}
        What becomes of rows with a negative amount or quantity.
    zero_amounts : {"drop", "keep"}
        What becomes of rows of amount 0.
    duplicates : {"keep", "drop"}
        What becomes of exact copies of a whole row.
    grain : {"order", "day", "row"}
        What one order is.
    statuses, products : tuple of str
        Values of these columns whose rows are set aside.

    Raises
    ------
    ChoiceError
        When a value is not among the choices.
    """

    refunds: str = "net"
    zero_amounts: str = "drop"
    duplicates: str = "keep"
    grain: str = "order"
    statuses: tuple[str, ...] = ()
    products: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name, choices in CHOICES.items():
            if getattr(self, name) not in list(choices):  # what can't be hashed is none of them either
                known = ", ".join(repr(choice) for choice in choices)
                raise ChoiceError(f"{name}= is {quote(getattr(self, name))}; it can be one of {known}.")
        for name in ("statuses", "products"):
            object.__setattr__(self, name, _texts(name, getattr(self, name)))

    @classmethod
    def names(cls) -> list[str]:
        """All policies, in order."""
        return [field.name for field in fields(cls)]


def _texts(name: str, values: Iterable[str]) -> tuple[str, ...]:
    if isinstance(values, str):
        raise ChoiceError(f"{name}= must be a list of texts, such as {name}=[{values!r}].")
    return tuple(str(value) for value in values)


def check_policy(name: str) -> None:
    """Raise for a name that is no policy."""
    if name not in Policies.names():
        raise UnknownNameError.of("policy", name, Policies.names())
