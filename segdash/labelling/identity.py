"""Segments that stay themselves when they are made again: who was who, so that names and colours stick."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.optimize import linear_sum_assignment

from segdash.errors import SegmentsError, count
from segdash.schema import UNASSIGNED

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Labels = pd.Series | np.ndarray | Sequence[str]

LEAST_OVERLAP = 0.25
"""Jaccard similarity below which two segments are not the same."""


def match_segments(
    before: Labels, after: Labels, *, least: float = LEAST_OVERLAP, known: Mapping[str, str] | None = None
) -> dict[str, str]:
    """After -> before, for the segments that are the same ones.

    Parameters
    ----------
    before, after : array-like of str, shape (n,)
        Segment of the same customers, by position; two Series are matched by their index, and customers that only
        one of them has are left out. "Unassigned" and missing labels are no segment.
    least : float
        Overlap below which nothing is matched, 0..1.
    known : mapping, optional
        Label after -> label before of segments that are the same whatever their overlap, such as those with the
        same name; only the rest is matched.

    Returns
    -------
    dict
        Label after -> label before, one to one, in the order of the labels after. A new segment has no entry, and
        a segment that is gone stands nowhere.

    Raises
    ------
    SegmentsError
        When there isn't one label per customer, or an index names a customer twice.

    Notes
    -----
    Overlap is the Jaccard similarity: customers in both over customers in either. The matching has the largest total
    overlap of all; the sum of shared customers would let a large segment take the name of a small one that
    it merely swallowed. Labels are taken in the order of their names, so the answer depends on nothing else.

    References
    ----------
    Kuhn, H. W. (1955). The Hungarian method for the assignment problem. Naval Research Logistics Quarterly 2, 83-97.

    Examples
    --------
    >>> match_segments(["Loyal", "Loyal", "Lost", "Lost", "Lost"], ["0", "0", "1", "1", "2"])
    {'0': 'Loyal', '1': 'Lost'}
    """
    (rows, old), (columns, new) = (_coded(labels) for labels in _aligned(before, after))
    real = (rows >= 0) & (columns >= 0)
    if not real.any():
        return dict(known or {})
    pairs_of = rows[real] * len(new) + columns[real]
    shared = np.bincount(pairs_of, minlength=len(old) * len(new)).reshape(len(old), len(new))
    either = shared.sum(axis=1)[:, None] + shared.sum(axis=0) - shared
    overlap = shared / np.maximum(either, 1)
    # What is below the least counts nothing: it must not push a real match aside.
    overlap[overlap < least] = 0
    given = dict(known or {})
    overlap[np.isin(old, list(given.values()))] = 0
    overlap[:, np.isin(new, list(given))] = 0
    pairs = zip(*linear_sum_assignment(overlap, maximize=True), strict=True)
    matched = given | {str(new[j]): str(old[i]) for i, j in pairs if overlap[i, j] > 0}
    return {label: matched[label] for label in sorted(matched)}


def _aligned(before: Labels, after: Labels) -> tuple[Labels, Labels]:
    """Both labellings of the customers they share."""
    if isinstance(before, pd.Series) and isinstance(after, pd.Series):
        for labels in (before, after):
            if labels.index.has_duplicates:
                twice = labels.index[labels.index.duplicated()][0]
                raise SegmentsError(f"Customer {str(twice)!r} has two labels. Give one label per customer.")
        if not before.index.equals(after.index):
            shared = before.index.intersection(after.index)
            before, after = before.loc[shared], after.loc[shared]
    if len(before) != len(after):
        raise SegmentsError(
            f"{count(len(before), 'label')} before and {len(after):,} after. Give both for the same customers, or as "
            "Series indexed by customer."
        )
    return before, after


def _coded(labels: Labels) -> tuple[np.ndarray, np.ndarray]:
    """A code per customer, -1 for none, and the names that codes stand for, in order."""
    codes, found = pd.factorize(np.asarray(labels, dtype=object))
    names, place = np.unique(np.array([str(label) for label in found], dtype=object), return_inverse=True)
    # One more at the end, which -1 finds.
    coded = np.append(place, -1)[codes]
    return np.where(np.append(names == UNASSIGNED, False)[coded], -1, coded), names
