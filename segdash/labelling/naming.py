"""A name for each segment that follows from its numbers: the nearest archetypes, one to one."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from segdash.labelling.archetypes import ARCHETYPES, Archetype, archetype_of
from segdash.labelling.assignment import assign, costs, distinct
from segdash.labelling.claims import claim_sentence, earned_sentences, size_sentence
from segdash.labelling.facts import Base, Facts, segment_facts
from segdash.labelling.variants import variant
from segdash.labelling.words import NOUNS, amount, ordinal
from segdash.schema import RFM, UNASSIGNED

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    import pandas as pd

EVERYONE = "All customers"

UNJUDGED = {
    EVERYONE: ("Everyone together", "Choose two or more segments to see who differs"),
    UNASSIGNED: ("No cluster in the data", "Find out why they have none, or let segdash make the segments"),
}
"""Characteristics and strategy where a name claims nothing."""


@dataclass(frozen=True)
class SegmentName:
    """What a segment is called and why.

    Parameters
    ----------
    cluster : str
        Label of the segment in the clustering.
    name : str
        Distinct among the segments.
    reason : str
        Medians with their ranks.
    warnings : tuple of str
        A sentence each, where the name isn't earned or the segment is too small.
    characteristics, strategy, impact : str
        Who they are, what to do, what it means for revenue; "" where nothing can be said.
    score : float
        Mean percentile of recency, frequency and monetary, 0..1, that the order follows.
    """

    cluster: str
    name: str
    reason: str
    warnings: tuple[str, ...]
    characteristics: str
    strategy: str
    impact: str
    score: float


def name_segments(
    customers: pd.DataFrame,
    clusters: pd.Series | np.ndarray,
    *,
    currency: str = "",
    remembered: Mapping[str, str] | None = None,
) -> list[SegmentName]:
    """Name the segments, best to worst.

    Parameters
    ----------
    customers : pandas.DataFrame of shape (n_customers, ...)
        With recency (days), frequency (orders) and monetary (total spend), nothing missing.
    clusters : array-like of shape (n_customers,)
        Label of each customer, by position. Whole numbers are only labels; any other text is the segment's
        name, and "Unassigned" is no segment: it comes last.
    currency : str
        Symbol or code written beside money in reasons and warnings.
    remembered : mapping of str to str, optional
        Cluster -> what its segment was called before. A name that follows from numbers stays while what it claims
        holds, although another would be nearer by now.

    Returns
    -------
    list of SegmentName
        Best to worst; empty when there are no customers.

    Raises
    ------
    SegmentsError
        When there isn't one label per customer.

    Notes
    -----
    Each metric becomes the mid-rank percentile among all customers, 1 being best, and a segment the mean of
    its customers' percentiles: a point in a cube, whatever the units and however skewed. Archetypes are
    points in the same cube; segments get them one to one at the least total cost, which is the squared
    distance plus a large cost for each claim of the archetype that the segment's medians don't meet.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"recency": [2, 4, 90, 99], "frequency": [9, 8, 1, 1],
    ...     "monetary": [900.0, 850.0, 20.0, 10.0]})
    >>> best, worst = name_segments(table, pd.Series(["1", "1", "0", "0"]), currency="£")
    >>> best.name, worst.name
    ('Loyal', 'At-Risk')
    >>> best.reason
    'median recency 3 days, 1st of 2; median frequency 8.5 orders, 1st of 2; median spend £875, 1st of 2'
    """
    if not len(customers):
        return []
    return name_facts(*segment_facts(customers, clusters), currency=currency, remembered=remembered)


def name_facts(
    base: Base, facts: Sequence[Facts], *, currency: str = "", remembered: Mapping[str, str] | None = None
) -> list[SegmentName]:
    """`name_segments` of what `segdash.labelling.facts.segment_facts` found."""
    segments = [one for one in facts if one.cluster != UNASSIGNED]
    rest = [one for one in facts if one.cluster == UNASSIGNED]
    given = [one for one in segments if not re.fullmatch(r"-?\d+", one.cluster)]
    if len(segments) == 1 and not rest:
        # Alone, a segment has nothing to be better or worse than.
        name = segments[0].cluster if given else EVERYONE
        return [_unjudged(segments[0], name, currency, warnings=size_sentence(segments[0], base))]
    counted = [one for one in segments if one not in given]
    of = len(segments)
    own = _by_given_name(base, given, currency, of=of) if given else []
    others = _by_numbers(base, counted, currency, remembered or {}, of=of) if counted else []
    others = _apart(others, {one.name.casefold() for one in own})
    named = sorted([*own, *others], key=lambda one: -one.score) if own and others else [*own, *others]
    return [*named, *(_unjudged(one, UNASSIGNED, currency) for one in rest)]


def _apart(named: list[SegmentName], taken: set[str]) -> list[SegmentName]:
    """Names that follow from numbers give way to those that a person gave."""
    found = []
    for one in named:
        names = (one.name if i == 1 else f"{one.name} {i}" for i in itertools.count(1))
        name = next(name for name in names if name.casefold() not in taken)
        taken = taken | {name.casefold()}
        found.append(replace(one, name=name) if name != one.name else one)
    return found


def _by_numbers(
    base: Base, segments: list[Facts], currency: str, remembered: Mapping[str, str], *, of: int
) -> list[SegmentName]:
    before = {cluster: kind for cluster, name in remembered.items() if (kind := archetype_of(name))}
    kinds = assign(costs(base, segments, before))
    # Champions have the best median spend of all: they lead, also where percentiles can't tell them apart.
    pairs = sorted(zip(segments, kinds, strict=True), key=lambda pair: pair[1].name != "Champions")
    names = distinct([kind.name for _, kind in pairs], [remembered.get(one.cluster, "") for one, _ in pairs])
    named = []
    for name, (one, kind) in zip(names, pairs, strict=True):
        warnings = judge(one, base, kind, said=f"Named {name} as the nearest", currency=currency)
        score = segments[0].score if kind.name == "Champions" else one.score
        told = variant(kind, one, base)
        named.append(_described(one, name, told, warnings, score=score, of=of, currency=currency))
    return named


def _by_given_name(base: Base, segments: list[Facts], currency: str, *, of: int) -> list[SegmentName]:
    named = []
    nearest = costs(base, segments).argmin(axis=1)
    for i, name in enumerate(distinct([one.cluster for one in segments])):
        one, claimed = segments[i], archetype_of(name)
        if claimed:
            warnings = judge(one, base, claimed, said=f"Named {name}", currency=currency)
        else:
            warnings = size_sentence(one, base)
        kind = variant(claimed or ARCHETYPES[nearest[i]], one, base)
        named.append(_described(one, name, kind, warnings, score=one.score, of=of, currency=currency))
    return named


def judge(segment: Facts, base: Base, kind: Archetype, *, said: str, currency: str = "") -> list[str]:
    """Where a segment doesn't deserve its name: as a whole, in some of its members, by being too small."""
    return [
        *claim_sentence(segment, base, kind.claims, said=said, currency=currency),
        *earned_sentences(segment, base, kind.contradictions, currency=currency),
        *size_sentence(segment, base),
    ]


def reason(segment: Facts, *, of: int = 0, currency: str = "") -> str:
    """Medians of a segment, with their ranks when it is one ``of`` several."""
    parts = []
    for name in RFM:
        place = f", {ordinal(segment.ranks[name])} of {of}" if of else ""
        parts.append(f"median {NOUNS[name]} {amount(name, segment.medians[name], currency)}{place}")
    return "; ".join(parts)


def _described(
    segment: Facts,
    name: str,
    kind: Archetype,
    warnings: Sequence[str],
    *,
    score: float,
    of: int,
    currency: str,
) -> SegmentName:
    why = reason(segment, of=of, currency=currency)
    texts = kind.characteristics, kind.strategy, kind.impact
    return SegmentName(segment.cluster, name, why, tuple(warnings), *texts, score)


def _unjudged(segment: Facts, name: str, currency: str, *, warnings: Sequence[str] = ()) -> SegmentName:
    """A segment whose name claims nothing."""
    characteristics, strategy = UNJUDGED.get(name, ("", ""))
    why = reason(segment, currency=currency)
    return SegmentName(segment.cluster, name, why, tuple(warnings), characteristics, strategy, "", segment.score)
