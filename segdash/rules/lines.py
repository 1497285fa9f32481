"""A list of rules as a person writes it: a line per rule."""

from __future__ import annotations

import re

from segdash.errors import RulesError, count, quote

LONGEST = 20_000
"""Characters of a list of rules."""

_RANGE = re.compile(r"(fm|[rfm])\s*[:=]?\s*(\d{1,2})\s*(?:(?:-|\u2013|to)\s*(\d{1,2}))?", re.IGNORECASE)


def rules_of(lines: str) -> list[dict[str, object]]:
    r"""Rules for `compile_rules` from lines such as ``Champions: r 5, f 4-5``; the first that matches decides.

    Parameters
    ----------
    lines : str
        A name, a colon, and a range per score (r, f, m, fm); a score that is not named takes any value. Blank lines
        and what follows a # are left out.

    Raises
    ------
    RulesError
        Naming the line that is no rule.

    Examples
    --------
    >>> rules_of("Champions: r 5, f 4-5\n\nLost: r 1  # gone")
    [{'segment': 'Champions', 'r': [5, 5], 'f': [4, 5]}, {'segment': 'Lost', 'r': [1, 1]}]
    """
    if len(lines) > LONGEST:
        raise RulesError(f"The list of rules has {count(len(lines), 'character')}; {LONGEST:,} are the most.")
    rules = []
    for number, line in enumerate(lines.splitlines(), 1):
        written = line.split("#")[0].strip()
        if written:
            rules.append(_rule(number, written))
    if not rules:
        raise RulesError("There is no rule. Write one per line, such as: Champions: r 5, f 4-5.")
    return rules


def _rule(number: int, line: str) -> dict[str, object]:
    name, colon, ranges = line.rpartition(":")
    if not colon or not name.strip():
        raise RulesError(f"Line {number}, {quote(line)}, is no rule. Write: name: r 4-5, f 1-3.")
    rule: dict[str, object] = {"segment": name.strip()}
    for part in filter(None, (one.strip() for one in ranges.split(","))):
        found = _RANGE.fullmatch(part)
        if not found:
            raise RulesError(f"Line {number}: {quote(part)} is no range of a score. Write r 4-5, f 3 or m 1-2.")
        axis = found[1].lower()
        if axis in rule:
            raise RulesError(f"Line {number} names {axis} twice. Write one range for it.")
        rule[axis] = [int(found[2]), int(found[3] or found[2])]
    return rule
