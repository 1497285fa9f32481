"""What a name claims about its segment, and sentences that quote the numbers where a claim doesn't hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from segdash.errors import count
from segdash.labelling.facts import TURN
from segdash.labelling.words import NOUNS, amount, plain
from segdash.numbers import money, number, percent
from segdash.schema import FREQUENCY, MONETARY, RECENCY

if TYPE_CHECKING:
    from segdash.labelling.facts import Base, Facts

FEW = 30
"""A segment of fewer customers than this is too small to generalise from."""

NOTEWORTHY = 0.05
"""Share of the members from which exceptions are worth a sentence; in a segment of few, one is."""

OWNERS = {
    "median": "the base's",
    "best quarter": "the best quarter's",
    "worst quarter": "the worst quarter's",
    "best segment": "the best segment's",
}

Members = Mapping[str, np.ndarray]
"""Values per metric of some customers of a segment."""

TESTS: dict[str, Callable[[float, float], bool]] = {
    ">": lambda value, bound: value > bound,
    ">=": lambda value, bound: value >= bound,
    "<": lambda value, bound: value < bound,
    "<=": lambda value, bound: value <= bound,
}


@dataclass(frozen=True)
class Claim:
    """The median of a metric compares so with a bound; more is better, also for recency.

    Parameters
    ----------
    metric : str
        recency, frequency or monetary.
    test : str
        ">", ">=", "<" or "<=", where ">" reads "better than".
    bound : str or float
        "median", "best quarter" or "worst quarter" of the base, "best segment" (the best median there is), or
        a number in the metric's unit.

    Examples
    --------
    >>> Claim("recency", ">", "median")  # more recent than the middle customer
    Claim(metric='recency', test='>', bound='median')
    """

    metric: str
    test: str
    bound: str | float

    def holds(self, segment: Facts, base: Base) -> bool:
        """True when the segment's median passes the test."""
        turn = TURN[self.metric]
        return TESTS[self.test](turn * segment.medians[self.metric], turn * self._bound(base))

    def failure(self, segment: Facts, base: Base, currency: str = "") -> str:
        """Continue a sentence with what contradicts the claim."""
        median, bound = segment.medians[self.metric], self._bound(base)
        wants_more = self.test in (">", ">=")
        if isinstance(self.bound, str):
            how = (
                ("worse" if wants_more else "better")
                if median != bound
                else ("no better" if wants_more else "no worse")
            )
            than = f"{how} than {OWNERS[self.bound]}"
        else:
            than = "less than" if wants_more else "more than"
        found = f"its median {NOUNS[self.metric]} of {amount(self.metric, median, currency)}"
        return f"{found} is {than} {plain(self.metric, bound, currency)}"

    def _bound(self, base: Base) -> float:
        if not isinstance(self.bound, str):
            return float(self.bound)
        return base.best[self.metric] if self.bound == "best segment" else base.bounds[self.metric][self.bound]


@dataclass(frozen=True)
class Contradiction:
    """Members whose own numbers contradict the name.

    Parameters
    ----------
    found : callable
        ``found(members, base)`` gives True per member that contradicts; members are values per metric.
    said : callable
        ``said(members, base, currency)`` continues "1 of 7 ..." for those members.
    """

    found: Callable[[Members, Base], np.ndarray]
    said: Callable[[Members, Base, str], str]


def _once(members: Members, _base: Base, _currency: str) -> str:
    days = members[RECENCY]
    if len(days) == 1:
        return f"ordered once, {count(int(days[0]), 'day')} ago"
    return f"ordered only once (the oldest {count(int(days.max()), 'day')} ago)"


def _long_ago(members: Members, base: Base, _currency: str) -> str:
    if len(members[RECENCY]) == 1:
        return f"last ordered {count(int(members[RECENCY][0]), 'day')} ago, in the base's oldest quarter"
    bound = number(base.bounds[RECENCY]["worst quarter"])
    return f"last ordered more than {bound} days ago, in the base's oldest quarter"


def _lately(members: Members, base: Base, _currency: str) -> str:
    if len(members[RECENCY]) == 1:
        return f"ordered {count(int(members[RECENCY][0]), 'day')} ago, in the base's most recent quarter"
    bound = number(base.bounds[RECENCY]["best quarter"])
    return f"ordered less than {bound} days ago, in the base's most recent quarter"


def _richly(members: Members, base: Base, currency: str) -> str:
    bound = money(base.bounds[MONETARY]["best quarter"], currency, 0)
    return f"spent more than {bound}, in the base's best quarter"


def _poorly(members: Members, base: Base, currency: str) -> str:
    return f"spent less than the base's median of {plain(MONETARY, base.bounds[MONETARY]['median'], currency)}"


def _often(members: Members, _base: Base, _currency: str) -> str:
    most = count(int(members[FREQUENCY].max()), "order")
    return (
        f"ordered more than twice ({most})"
        if len(members[FREQUENCY]) == 1
        else f"ordered more than twice (up to {most})"
    )


ORDERED_ONCE = Contradiction(lambda m, _: m[FREQUENCY] == 1, _once)
LONG_AGO = Contradiction(lambda m, base: m[RECENCY] > base.bounds[RECENCY]["worst quarter"], _long_ago)
LATELY = Contradiction(lambda m, base: m[RECENCY] < base.bounds[RECENCY]["best quarter"], _lately)
SPENT_MUCH = Contradiction(lambda m, base: m[MONETARY] > base.bounds[MONETARY]["best quarter"], _richly)
SPENT_LITTLE = Contradiction(lambda m, base: m[MONETARY] < base.bounds[MONETARY]["median"], _poorly)
ORDERED_OFTEN = Contradiction(lambda m, _: m[FREQUENCY] > 2, _often)


def earned_sentences(
    segment: Facts, base: Base, contradictions: tuple[Contradiction, ...], *, currency: str = ""
) -> list[str]:
    """A sentence per way in which members contradict the segment's name; nobody is counted twice."""
    counted = np.zeros(segment.size, dtype=bool)
    sentences = []
    for contradiction in contradictions:
        found = contradiction.found(segment.members, base) & ~counted
        counted |= found
        n = int(found.sum())
        if n and (segment.size < FEW or n >= NOTEWORTHY * segment.size):
            said = contradiction.said({name: part[found] for name, part in segment.members.items()}, base, currency)
            sentences.append(f"Not earned by all: {n:,} of {segment.size:,} {said}.")
    return sentences


def claim_sentence(
    segment: Facts, base: Base, claims: tuple[Claim, ...], *, said: str, currency: str = ""
) -> list[str]:
    """One sentence that begins with ``said`` and quotes what doesn't hold, once per metric; or none."""
    unmet: dict[str, Claim] = {}
    for claim in claims:
        if not claim.holds(segment, base):
            unmet.setdefault(claim.metric, claim)
    failures = [claim.failure(segment, base, currency) for claim in unmet.values()]
    if not failures:
        return []
    listed = ", ".join(failures[:-1]) + " and " + failures[-1] if failures[1:] else failures[0]
    return [f"{said}, but {listed}."]


def size_sentence(segment: Facts, base: Base) -> list[str]:
    """Warn of a segment too small to generalise from."""
    if segment.size >= FEW:
        return []
    who = f"Only {count(segment.size, 'customer')} ({percent(segment.size / base.size)} of the base)"
    caution = "; one customer can change its averages" if segment.size > 1 else ""
    return [f"{who}: too few to generalise from{caution}."]
