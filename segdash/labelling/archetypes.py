"""The names a segment can earn: where each is at home, what it claims, and what to do about its customers.

Add a name here and to `segdash.palette.SLOTS`; nothing else names one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from segdash.labelling.claims import (
    LATELY,
    LONG_AGO,
    ORDERED_OFTEN,
    ORDERED_ONCE,
    SPENT_LITTLE,
    SPENT_MUCH,
    Claim,
    Contradiction,
)
from segdash.schema import FREQUENCY, MONETARY, RECENCY

if TYPE_CHECKING:
    from segdash.labelling.facts import Base, Facts

RECENT = Claim(RECENCY, ">", "median")
VERY_RECENT = Claim(RECENCY, ">=", "best quarter")
OVERDUE = Claim(RECENCY, "<", "median")
LONG_GONE = Claim(RECENCY, "<=", "worst quarter")
FREQUENT = Claim(FREQUENCY, ">", "median")
VERY_FREQUENT = Claim(FREQUENCY, ">=", "best quarter")
REPEATED = Claim(FREQUENCY, ">=", 2)
FEW_ORDERS = Claim(FREQUENCY, "<=", 2)
NOT_FREQUENT = Claim(FREQUENCY, "<=", "median")
NOT_RARE = Claim(FREQUENCY, ">=", "median")
NOT_RAREST = Claim(FREQUENCY, ">", "worst quarter")
RICH = Claim(MONETARY, ">", "median")
VERY_RICH = Claim(MONETARY, ">=", "best quarter")
RICHEST = Claim(MONETARY, ">=", "best segment")
NOT_RICH = Claim(MONETARY, "<=", "median")
POOR = Claim(MONETARY, "<", "median")


@dataclass(frozen=True)
class Archetype:
    """A kind of segment.

    Parameters
    ----------
    name : str
        What people call it.
    home : tuple of float
        Mean percentile 0..1 of recency (1: most recent), frequency and monetary that it is named for.
    claims : tuple of Claim
        What must be true of its medians.
    contradictions : tuple of Contradiction
        What must not be true of a member.
    characteristics, strategy, impact : str
        Who they are, what to do, what it means for revenue.
    reluctance : float
        Added to its distance: 0 for the plain names that come first, more for those that need many segments.
    """

    name: str
    home: tuple[float, float, float]
    claims: tuple[Claim, ...]
    contradictions: tuple[Contradiction, ...]
    characteristics: str
    strategy: str
    impact: str
    reluctance: float = 0.0

    def unmet(self, segment: Facts, base: Base) -> int:
        """Number of claims that don't hold for the segment's medians."""
        return sum(not claim.holds(segment, base) for claim in self.claims)


ARCHETYPES = (
    Archetype(
        "Champions",
        (0.90, 0.95, 0.96),
        (RECENT, VERY_FREQUENT, REPEATED, VERY_RICH, RICHEST),
        (ORDERED_ONCE, LONG_AGO),
        "Highest spenders, frequent buyers, recent activity",
        "VIP treatment, exclusive offers, loyalty programs",
        "Highest per-customer value",
    ),
    Archetype(
        "Big Spenders",
        (0.78, 0.84, 0.97),
        (VERY_RICH,),
        (SPENT_LITTLE,),
        "Spend in the top quarter, whether in a few large orders or in many",
        "A named contact, early access, volume terms; watch each one, for few of them carry much",
        "A large share of revenue from a small number of customers",
        0.05,
    ),
    Archetype(
        "Loyal",
        (0.78, 0.76, 0.76),
        (RECENT, FREQUENT, REPEATED, RICH),
        (ORDERED_ONCE, LONG_AGO),
        "Consistent buyers with good frequency",
        "Upselling, cross-selling, engagement campaigns",
        "Steady revenue contributors",
    ),
    Archetype(
        "Potential Loyalist",
        (0.84, 0.62, 0.58),
        (RECENT, NOT_RARE, REPEATED),
        (LONG_AGO,),
        "Ordered lately and more than once, not yet among the heaviest buyers",
        "Suggest the next product after each order, offer membership, reward the next order or two",
        "The nearest source of new loyal customers",
        0.05,
    ),
    Archetype(
        "Regulars",
        (0.58, 0.58, 0.58),
        (NOT_RAREST, REPEATED),
        (ORDERED_ONCE,),
        "Come back and spend about as the base or better, without standing out",
        "Keep the rhythm: reminders at their usual interval, refills, bundles of what they buy",
        "Dependable revenue that grows with one more order a year",
        0.02,
    ),
    Archetype(
        "Promising",
        (0.80, 0.38, 0.36),
        (RECENT, NOT_FREQUENT),
        (LONG_AGO,),
        "Ordered lately, but less often and for less than most so far",
        "Make the second or third order easy: a welcome series, a starter offer with an end date",
        "Small today; worth what the next orders make it",
        0.04,
    ),
    Archetype(
        "New",
        (0.88, 0.24, 0.24),
        (VERY_RECENT, NOT_FREQUENT, FEW_ORDERS),
        (ORDERED_OFTEN, LONG_AGO),
        "A first order, placed lately",
        "Onboarding, thanks and help with the first purchase, a reason for a second within weeks",
        "Decided by the second order",
        0.05,
    ),
    Archetype(
        "Needs Attention",
        (0.40, 0.58, 0.62),
        (OVERDUE, NOT_RARE),
        (LATELY,),
        "Ordered and spent well enough, and are beginning to stay away",
        "A personal reminder, a short offer on what they bought before, a question about what is missing",
        "Revenue that moves up or down with the next few weeks",
        0.05,
    ),
    Archetype(
        "Low Value",
        (0.44, 0.36, 0.34),
        (NOT_FREQUENT, NOT_RICH),
        (SPENT_MUCH,),
        "Lower spending, infrequent purchases",
        "Activation campaigns, special offers, product recommendations",
        "Growth potential with proper nurturing",
    ),
    Archetype(
        "About to Sleep",
        (0.38, 0.32, 0.38),
        (OVERDUE, NOT_FREQUENT),
        (LATELY,),
        "Few orders, and the last one is slipping into the past",
        "Reconnect now with bestsellers and a modest discount, before winning back gets expensive",
        "Little each, but cheaper to keep than to win back",
        0.05,
    ),
    Archetype(
        "Can't Lose",
        (0.20, 0.80, 0.84),
        (LONG_GONE, FREQUENT, RICH),
        (LATELY, ORDERED_ONCE),
        "Used to order often and spend much, and have stopped",
        "Call them: find out what went wrong, offer a personal way back, mend it before a rival does",
        "The largest loss if they stay away",
        0.02,
    ),
    Archetype(
        "At-Risk",
        (0.18, 0.38, 0.38),
        (OVERDUE,),
        (LATELY,),
        "High recency, low frequency and spend",
        "Win-back campaigns, surveys, special discounts",
        "Churn prevention priority",
    ),
    Archetype(
        "Hibernating",
        (0.14, 0.26, 0.32),
        (LONG_GONE, NOT_FREQUENT),
        (LATELY,),
        "Long without an order, few orders before",
        "An inexpensive seasonal reminder with new products; no deep discounts",
        "Low; a few wake up by themselves",
        0.05,
    ),
    Archetype(
        "Lost",
        (0.10, 0.18, 0.12),
        (LONG_GONE, NOT_FREQUENT, NOT_RICH),
        (LATELY,),
        "Longest away, lowest in orders and spend",
        "One last offer, then leave them out of paid campaigns",
        "Hardly any; the saving is in not chasing them",
        0.06,
    ),
)
"""In no particular order of worth: a segment's place follows from its numbers, not from its name."""

GIVEN_ONLY = (
    Archetype(
        "Recent",
        (0.92, 0.25, 0.20),
        (VERY_RECENT, NOT_FREQUENT, NOT_RICH),
        (LONG_AGO,),
        "Ordered very lately, few times and for little so far",
        "Thanks and help with what they bought, then a reason for the next order within weeks",
        "Little yet; decided by the next order",
    ),
    Archetype(
        "Others",
        (0.50, 0.50, 0.50),
        (),
        (),
        "Customers that none of the rules describes",
        "Look at their numbers; where they are many, write a rule for them",
        "Unknown to the rules: read it from their numbers",
    ),
)
"""Names that rules and files give, and that segdash gives to nobody by itself."""


def archetype_of(name: str) -> Archetype | None:
    """The archetype that goes by this name, however it is written; None when there is none.

    Examples
    --------
    >>> archetype_of("at risk customers").name, archetype_of("CANT LOSE THEM").name, archetype_of("Gold")
    ('At-Risk', "Can't Lose", None)
    """
    return _BY_KEY.get(_key(name))


def _key(name: str) -> str:
    """Letters of a name, without the words and endings that change nothing."""
    words = re.sub(r"[^a-z]+", " ", name.casefold().replace("'", "").replace("\u2019", "")).split()
    kept = [word.removesuffix("s") for word in words if word not in ("customer", "customers", "them")]
    return "".join(kept).replace("needing", "need")


_BY_KEY = {_key(archetype.name): archetype for archetype in (*ARCHETYPES, *GIVEN_ONLY)}
