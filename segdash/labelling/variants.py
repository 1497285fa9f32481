"""One name, different customers: texts that fit a segment's numbers better than its name's usual ones."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from segdash.labelling.archetypes import NOT_FREQUENT, NOT_RARE, OVERDUE, POOR, RECENT, RICH, Archetype

if TYPE_CHECKING:
    from segdash.labelling.claims import Claim
    from segdash.labelling.facts import Base, Facts

VARIANTS: dict[str, tuple[tuple[Claim, ...], dict[str, Any]]] = {
    "At-Risk": (
        (OVERDUE, NOT_RARE, RICH),
        {
            "characteristics": "Ordered as often as most and spent more, and have stayed away since",
            "strategy": "A personal message with what is new in what they bought, and a reason to come back soon",
            "impact": "More to lose than with most: win them back first",
        },
    ),
    "Promising": (
        (RECENT, NOT_FREQUENT, RICH),
        {
            "characteristics": "Ordered lately and spent more than most, in few orders so far",
            "impact": "Above most already; the next orders decide how far",
        },
    ),
    "Needs Attention": (
        (OVERDUE, NOT_RARE, POOR),
        {"characteristics": "Ordered as often as most for less, and are beginning to stay away"},
    ),
}
"""Archetype -> what must hold for the medians, and the texts that are true then."""


def variant(kind: Archetype, segment: Facts, base: Base) -> Archetype:
    """The archetype with the texts that the segment's medians bear out; itself where the usual ones do.

    "At risk" is said of those who spent little and of those who spent much. Both stay away; only one of them is
    "low in frequency and spend".
    """
    claims, texts = VARIANTS.get(kind.name, ((), {}))
    fits = claims and all(claim.holds(segment, base) for claim in claims)
    return replace(kind, **texts) if fits else kind
