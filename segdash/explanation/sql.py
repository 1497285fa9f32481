"""Ranges and segments as a SQL expression, whatever characters their names hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from segdash.explanation.rule_tree import Range


def case(rules: Sequence[tuple[Mapping[str, Range], str]]) -> str:
    """CASE expression over ranges (column -> (above, at_most)), each with the text it gives.

    Examples
    --------
    >>> print(case([({"recency": (None, 31.0)}, "Loyal"), ({"recency": (31.0, None)}, "Can't Lose")]))
    CASE
      WHEN "recency" <= 31 THEN 'Loyal'
      WHEN "recency" > 31 THEN 'Can''t Lose'
    END
    """
    lines = [f"  WHEN {condition(ranges)} THEN {text(segment)}" for ranges, segment in rules]
    return "\n".join(["CASE", *lines, "END"])


def condition(ranges: Mapping[str, Range]) -> str:
    """Conjunction of the ranges; TRUE for none.

    Examples
    --------
    >>> condition({"a": (1.5, 2.0)}), condition({})
    ('"a" > 1.5 AND "a" <= 2', 'TRUE')
    """
    parts = []
    for name, (above, at_most) in ranges.items():
        parts += [f"{identifier(name)} > {literal(above)}"] if above is not None else []
        parts += [f"{identifier(name)} <= {literal(at_most)}"] if at_most is not None else []
    return " AND ".join(parts) or "TRUE"


def identifier(name: str) -> str:
    """A column's name in double quotes.

    Examples
    --------
    >>> print(identifier('the "net" spend'))
    "the ""net"" spend"
    """
    escaped = name.replace('"', '""')
    return f'"{escaped}"'


def text(value: str) -> str:
    """A text in single quotes; NUL, which no engine takes, is left out."""
    escaped = value.replace("\0", "").replace("'", "''")
    return f"'{escaped}'"


def literal(value: float) -> str:
    """A number; with an exponent where a decimal of that many digits would be rounded.

    Examples
    --------
    >>> literal(31.0), literal(1300.25), literal(1 / 3), literal(-5.0)
    ('31', '1300.25', '3.3333333333333331e-01', '-5')
    """
    if float(value).is_integer() and abs(value) < 1e15:
        return str(int(value))
    shortest = repr(float(value))
    return shortest if len(shortest) <= 15 and "e" not in shortest else f"{value:.16e}"
