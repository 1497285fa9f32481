"""Regular holes in recency: the trace of days of the month that were lost before the table was made."""

from __future__ import annotations

import numpy as np

_MIN_GAPS = 3
_SHORTEST, _LONGEST = 5, 21  # days; shops that bill once a month have gaps of 27 and more, and are well
_MONTH = (27.5, 32.0)  # days between the middles of gaps
_BAND = 15  # days on either side of a gap that say how many customers it should hold
_EXPECTED = 8.0  # customers a gap should hold at least: by chance it is empty once in exp(8), about 3,000


def recency_gaps(recency: np.ndarray) -> str:
    """A warning when recency has empty stretches about a month apart, "" when it has not.

    Parameters
    ----------
    recency : numpy.ndarray of shape (n_customers,)
        Days since the last order, 0 or more.

    Returns
    -------
    str
        A sentence or two that say how many stretches there are and what to check.

    Notes
    -----
    A stretch counts when it is 5 to 21 days long and should hold at least 8 customers, judged by the emptier
    of the 15 days before and the 15 days after it. The warning needs three such stretches, their middles a
    month apart (median 27.5 to 32 days, three in four within 3 days of it).

    Examples
    --------
    >>> days = np.concatenate([np.arange(13, 32) + 30 * month for month in range(6)])
    >>> recency_gaps(np.repeat(days, 5))
    'Recency has 5 empty stretches of about 11 days, about 30 days apart: ...'
    >>> recency_gaps(np.repeat(np.arange(180), 5))
    ''
    """
    middles, lengths = _gaps(np.sort(np.floor(recency[np.isfinite(recency)])))
    if len(middles) < _MIN_GAPS:
        return ""
    spacing = np.diff(middles)
    typical = float(np.median(spacing))
    regular = float(np.mean(np.abs(spacing - typical) <= 3))
    if not (_MONTH[0] <= typical <= _MONTH[1] and regular >= 0.75):
        return ""
    stretches = f"{len(middles)} empty stretches of about {np.median(lengths):.0f} days"
    return (
        f"Recency has {stretches}, about {typical:.0f} days apart: orders of certain days of the month "
        "seem to be missing, as when dates are read with day and month swapped. "
        "Check how the dates were parsed."
    )


def _gaps(recency: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Middles and lengths, in days, of the stretches whose emptiness is no chance; ``recency`` is sorted."""
    days = np.unique(recency)
    before, after = days[:-1], days[1:]
    length = after - before - 1
    left = np.searchsorted(recency, before, "right") - np.searchsorted(recency, before - _BAND, "right")
    right = np.searchsorted(recency, after + _BAND) - np.searchsorted(recency, after)
    expected = np.minimum(left, right) / _BAND * length
    found = (length >= _SHORTEST) & (length <= _LONGEST) & (expected >= _EXPECTED)
    return ((before + after) / 2)[found], length[found]
