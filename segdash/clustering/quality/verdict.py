"""How many segments the figures speak for, and why, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from segdash.errors import count
from segdash.numbers import number, percent

if TYPE_CHECKING:
    from collections.abc import Sequence

LEAST_ADVANTAGE = 0.05
"""Silhouette beyond that of the best structureless twin that counts."""

LEAST_JACCARD = 0.6
"""Below it a segment is not to be trusted (Hennig 2007)."""

LEAST_CUSTOMERS = 10
"""Fewer customers apart from all others are outliers, not a segment."""

FEW_NEAR = 0.05
"""Share of customers near a border below which a gap is there; halves of evenly spread customers have 0.1."""

TIE = 0.01
"""Advantages as near as this are equal, and fewer segments win."""


class Figures(NamedTuple):
    """One number of segments, measured; see `segdash.clustering.quality.study.Study` for the meanings."""

    segments: int
    inertia: float
    silhouette: float
    reference: float
    advantage: float
    near_border: float
    near_reference: float
    davies_bouldin: float
    calinski_harabasz: float
    smallest: int
    smallest_share: float
    stability: float
    jaccard_mean: float
    jaccard_min: float


def recommend(figures: Sequence[Figures]) -> tuple[int | None, str]:
    """Number of segments and its reason; None where the figures speak for none.

    Parameters
    ----------
    figures : sequence of Figures
        One per number of segments tried, at least one.

    Returns
    -------
    recommended : int or None
    reason : str
        Sentences with the figures that decided.
    """
    usable = [one for one in figures if one.smallest >= LEAST_CUSTOMERS]
    if apart := [one for one in usable if _is_apart(one)]:
        chosen = max(apart, key=lambda one: one.segments)
        return chosen.segments, f"{_gaps(chosen)} {_repeats(chosen)}"
    stands_out = [one for one in usable if one.advantage >= LEAST_ADVANTAGE]
    repeats = [one for one in stands_out if one.jaccard_min >= LEAST_JACCARD]
    if not repeats:
        return None, " ".join([*_nothing_found(figures, usable, stands_out), *_steadiest(usable)])
    most = max(one.advantage for one in repeats)
    chosen = min((one for one in repeats if one.advantage >= most - TIE), key=lambda one: one.segments)
    return chosen.segments, " ".join([_stands_out(chosen), _beside(chosen, usable), _repeats(chosen)])


def _is_apart(one: Figures) -> bool:
    """Whether gaps lie between all segments, beyond what a cut through a continuum leaves, and they repeat."""
    few = one.near_border < min(FEW_NEAR, one.near_reference / 2)
    return few and one.jaccard_min >= LEAST_JACCARD


def _gaps(chosen: Figures) -> str:
    return (
        f"{chosen.segments} segments with gaps between them: at most {percent(chosen.near_border)} of the customers of "
        f"any are near a border, where customers of the same shape but without structure have at least "
        f"{percent(chosen.near_reference)}. The silhouette is {chosen.silhouette:.2f}, against "
        f"{chosen.reference:.2f} without structure."
    )


def _stands_out(chosen: Figures) -> str:
    return (
        f"{chosen.segments} segments: the silhouette is {chosen.silhouette:.2f}, {chosen.advantage:.2f} above the "
        f"{chosen.reference:.2f} that customers of the same shape but without structure reach."
    )


def _beside(chosen: Figures, usable: Sequence[Figures]) -> str:
    """How the best of the other numbers did."""
    others = [one for one in usable if one.segments != chosen.segments]
    if not others:
        return "No other number could be judged."
    best = max(others, key=lambda one: one.advantage)
    if best.advantage > chosen.advantage + TIE:
        return (
            f"{best.segments} are {best.advantage:.2f} above, but do not repeat (weakest segment: Jaccard similarity "
            f"{number(best.jaccard_min, 2)}, {LEAST_JACCARD:.2f} needed)."
        )
    side = "above" if best.advantage >= 0 else "below"
    return f"The next best number, {best.segments}, is {abs(best.advantage):.2f} {side} its own."


def _repeats(chosen: Figures) -> str:
    return (
        f"Refits on customers drawn anew agree with an adjusted Rand index of {chosen.stability:.2f}, and the segment "
        f"that repeats least has a Jaccard similarity of {chosen.jaccard_min:.2f}. "
        f"The smallest segment has {count(chosen.smallest, 'customer')} ({percent(chosen.smallest_share)})."
    )


def _nothing_found(figures: Sequence[Figures], usable: Sequence[Figures], stands_out: Sequence[Figures]) -> list[str]:
    low, high = figures[0].segments, figures[-1].segments
    tried = f"{low} segments" if low == high else f"{low} to {high} segments"
    if not usable:
        return [
            f"No clear structure: any of {tried} leave one with fewer than {LEAST_CUSTOMERS} customers, which are "
            "outliers rather than a segment."
        ]
    best = max(stands_out or usable, key=lambda one: one.advantage)
    without = f"{best.reference:.2f} that customers of the same shape but without structure reach"
    if not stands_out:
        return [
            f"No clear structure: of {tried}, {best.segments} stand out most, with a silhouette of "
            f"{best.silhouette:.2f} against the {without}; {LEAST_ADVANTAGE:.2f} more would count."
        ]
    return [
        f"No clear structure: of {tried}, {best.segments} stand out, with a silhouette of {best.silhouette:.2f} "
        f"against the {without}, but do not repeat on customers drawn anew: the weakest segment has a Jaccard "
        f"similarity of {number(best.jaccard_min, 2)}, {LEAST_JACCARD:.2f} needed."
    ]


def _steadiest(usable: Sequence[Figures]) -> list[str]:
    """What to do without structure."""
    said = ["Segments then cut a continuum: choose as many as you can act on, not as many as there are."]
    if tested := [one for one in usable if one.stability == one.stability]:
        best = max(tested, key=lambda one: one.stability)
        said.append(f"{best.segments} repeat best (adjusted Rand index {best.stability:.2f}).")
    return said
