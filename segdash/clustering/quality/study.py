"""How many segments: every number of segments measured, beside customers in whom there is nothing to find."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from segdash.clustering.quality.borders import near_border
from segdash.clustering.quality.indices import indices, silhouettes
from segdash.clustering.quality.lattice import Lattice
from segdash.clustering.quality.refits import (
    REFITS,
    Fit,
    Predict,
    Repeats,
    coded,
    differ,
    k_means_fit,
    repeats,
    stop_if,
)
from segdash.clustering.quality.twins import TWINS, twins
from segdash.clustering.quality.verdict import Figures, recommend
from segdash.errors import ClusteringError, count

if TYPE_CHECKING:
    from collections.abc import Mapping

SAMPLE = 10_000
TWIN_SAMPLE = 5_000
TWINS_OF_A_KIND = 4
TWINS_WHERE_FEW = 12
FEW = 1_000
FEWEST = 50

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True, eq=False)
class Study:
    """What `study` found.

    Parameters
    ----------
    table : pandas.DataFrame
        One row per number of segments. ``segments``; of all customers: ``inertia`` (sum of squared distances to
        the segment's mean), ``davies_bouldin``, ``calinski_harabasz``, ``smallest`` (customers in the smallest
        segment), ``smallest_share`` and ``near_border`` (largest share of any segment's customers near its border, see
        `segdash.clustering.quality.borders.near_border`); of the sample: ``silhouette``; of structureless twins:
        ``reference`` (highest silhouette of any) and ``near_reference`` (lowest ``near_border`` of any);
        ``advantage`` (silhouette - reference); of bootstrap refits: ``stability`` (mean adjusted Rand index of
        all), ``jaccard_mean`` and ``jaccard_min`` (over segments, of the mean bootstrap Jaccard
        similarity).
    recommended : int or None
        Number of segments the figures speak for; None where they speak for none.
    reason : str
        Why, in sentences with the figures.
    jaccard : mapping
        Number of segments -> mean bootstrap Jaccard similarity of each, smallest segment last.
    customers, sample : int
        How many there are, and how many were drawn for what is measured on a sample.
    """

    table: pd.DataFrame
    recommended: int | None
    reason: str
    jaccard: Mapping[int, tuple[float, ...]]
    customers: int
    sample: int


class _Tried(NamedTuple):
    """One number of segments on the sample."""

    codes: np.ndarray
    predict: Predict


def study(
    points: np.ndarray,
    *,
    ks: Sequence[int] = range(2, 11),
    fit: Fit | None = None,
    seed: int = 42,
    sample: int = SAMPLE,
    refits: int = REFITS,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Study:
    """Figures for each number of segments, and the number they speak for, if any.

    Parameters
    ----------
    points : numpy.ndarray of shape (n, n_features)
        Customers in the space distances are measured in (transformed and scaled), nothing missing.
    ks : sequence of int
        Numbers of segments to try, 2 or more each.
    fit : callable, optional
        ``fit(points, k, seed) -> (labels, predict)``. Default k-means: the best of ten starts, of three for
        refits and twins.
    seed : int
        Of the sample, the fits, the resamples and the twins: the same seed gives the same study.
    sample : int
        Customers the fits, silhouettes and refits are made on; those of all are used where they are fewer.
    refits : int
        Bootstrap resamples per number of segments.
    progress : callable, optional
        ``progress(done, of, text)``, called before each step and once when all is done.
    cancelled : callable, optional
        Asked between fits; True stops the study.

    Returns
    -------
    Study

    Raises
    ------
    ClusteringError
        When customers are fewer than 50, or too few of them differ for any number asked for.
    CancelledError
        When ``cancelled()`` says so.

    Notes
    -----
    An index alone always has a best value, also for noise. So all is compared with what the same algorithm reaches
    on structureless twins (see `segdash.clustering.quality.twins`): four (twelve below 1,000 customers) that keep
    the skew and correlations of the customers with one peak per feature, as many spread evenly over their box. A
    metric that takes few values, such as a number of orders, takes the same few in its twins, and is spread evenly
    between them where customers near a border are counted: its steps are no gaps.
    A number of segments counts only when each has 10 customers or more, for fewer are outliers, and each repeats
    (mean bootstrap Jaccard similarity 0.6 or more). Then, in this order:

    1. *Gaps*: the largest number whose segments all have less than 5 % of their customers near a border, and
       less than half of what the best twin has.
    2. *Silhouette*: the number with the largest silhouette above that of the best twin, if that is 0.05 or more; of
       numbers within 0.01 of the largest, the smallest.
    3. None: no clear structure.

    This is the thought of the gap statistic, with indices that don't reward the isolation of outliers beyond what
    the twins' tails allow, and with a reference that knows skew.

    What the rule can't see: segments that overlap so far that the density has no dip between them, and shapes that
    the algorithm can't follow, such as rings.

    References
    ----------
    Tibshirani, R., Walther, G. and Hastie, T. (2001). Estimating the number of clusters in a data set via the gap
    statistic. Journal of the Royal Statistical Society B 63, 411-423.
    Hennig, C. (2007). Cluster-wise assessment of cluster stability. Computational Statistics and Data Analysis
    52, 258-271.
    Hennig, C. and Liao, T. F. (2013). How to find an appropriate clustering for mixed-type variables with
    application to socio-economic stratification. Journal of the Royal Statistical Society C 62, 309-369 (parametric
    null models against which an index is judged).

    Examples
    --------
    >>> random = np.random.default_rng(0)
    >>> three = np.repeat([[0.0, 0.0], [9.0, 0.0], [0.0, 9.0]], 40, axis=0) + random.normal(size=(120, 2))
    >>> study(three, ks=(2, 3), refits=5).recommended
    3
    >>> noise = study(random.uniform(size=(120, 2)), ks=(2, 3), refits=5)
    >>> print(noise.recommended, noise.reason[:19])
    None No clear structure:
    """
    points = np.asarray(points, dtype="float64")
    random = np.random.default_rng(seed)
    drawn = points if len(points) <= sample else points[random.choice(len(points), sample, replace=False)]
    tried = _possible(drawn, ks)
    quick = fit or partial(k_means_fit, starts=3)
    # Small samples differ more from one another, and their twins cost little.
    n_twins = TWINS_WHERE_FEW if len(drawn) < FEW else TWINS_OF_A_KIND
    steps = _Steps(2 * len(tried) + len(TWINS) * n_twins, progress, cancelled)
    found = {k: _try(drawn, k, fit or k_means_fit, seed, steps) for k in tried}
    highest, fewest = _reference(drawn, tried, quick, n_twins, seed, steps)
    stable = {}
    for k, one in found.items():
        steps.next(f"Drawing customers anew for {k} segments")
        stable[k] = repeats(drawn, one.codes, quick, seed=seed, refits=refits, cancelled=cancelled)
    scores = silhouettes(drawn, [one.codes for one in found.values()])
    spread = _spread(points, [Lattice(values) for values in points.T], seed)
    figures = [
        _figures(points, spread, k, one.predict, (float(scores[i]), float(highest[i]), float(fewest[i])), stable[k])
        for i, (k, one) in enumerate(found.items())
    ]
    steps.done()
    recommended, reason = recommend(figures)
    jaccard = {k: _largest_first(found[k].codes, stable[k].jaccard) for k in tried}
    table = pd.DataFrame(figures, columns=list(Figures._fields))
    return Study(table, recommended, reason, jaccard, len(points), len(drawn))


class _Steps:
    """Says how far the study is and stops it when asked to."""

    def __init__(self, of: int, progress: Progress | None, cancelled: Callable[[], bool] | None) -> None:
        self._at, self._of, self._progress, self._cancelled = 0, of, progress, cancelled

    def next(self, text: str) -> None:
        stop_if(self._cancelled)
        if self._progress is not None:
            self._progress(self._at, self._of, text)
        self._at += 1

    def again(self) -> None:
        stop_if(self._cancelled)

    def done(self) -> None:
        self.next("Done")


def _possible(points: np.ndarray, ks: Sequence[int]) -> list[int]:
    """The numbers of segments that these customers allow, smallest first."""
    if len(points) < FEWEST:
        raise ClusteringError(
            f"{count(len(points), 'customer')} are too few to study the number of segments. "
            f"Open a table of at least {FEWEST}, or choose a number yourself."
        )
    wanted = sorted(set(ks))
    possible = [k for k in wanted if k >= 2 and differ(points, k + 1)]
    if not possible:
        distinct = len(np.unique(points, axis=0))
        raise ClusteringError(
            f"Only {distinct} of {count(len(points), 'customer')} differ in the chosen metrics: too few to study "
            f"{', '.join(map(str, wanted)) or 'no'} segments. Choose 2 or more, or add a metric."
        )
    return possible


def _try(points: np.ndarray, k: int, fit: Fit, seed: int, steps: _Steps) -> _Tried:
    steps.next(f"Making {k} segments")
    labels, predict = fit(points, k, seed)
    return _Tried(coded(labels), predict)


def _reference(
    points: np.ndarray, ks: Sequence[int], fit: Fit, n_twins: int, seed: int, steps: _Steps
) -> tuple[np.ndarray, np.ndarray]:
    """Highest silhouette and fewest near a border of any twin, per number of segments, shape (n_ks,) each."""
    random = np.random.default_rng(seed)
    size = min(len(points), TWIN_SAMPLE)
    highest, fewest = np.full(len(ks), -1.0), np.ones(len(ks))
    lattices = [Lattice(values) for values in points.T]
    draws = twins(points, lattices)
    for twin in range(n_twins):
        for draw in draws:
            steps.next("Comparing with customers without structure")
            made = draw(random, size)
            labellings = []
            for k in ks:
                steps.again()
                labellings.append(coded(fit(made, k, seed + twin)[0]))
            highest = np.fmax(highest, silhouettes(made, labellings))
            spread = _spread(made, lattices, seed)
            fewest = np.minimum(fewest, [near_border(spread, codes).max() for codes in labellings])
    return highest, fewest


def _spread(points: np.ndarray, lattices: Sequence[Lattice], seed: int) -> np.ndarray:
    """Points without the steps of metrics that take few values."""
    random = np.random.default_rng(seed)
    return np.stack([one.spread(values, random) for one, values in zip(lattices, points.T, strict=True)], axis=1)


def _figures(
    points: np.ndarray,
    spread: np.ndarray,
    k: int,
    predict: Predict,
    sampled: tuple[float, float, float],
    stable: Repeats,
) -> Figures:
    """Everything about one number of segments; what is cheap is measured on all customers."""
    codes = coded(predict(points))
    smallest = int(np.bincount(codes).min())
    cheap = indices(points, codes)
    silhouette, highest, fewest = sampled
    return Figures(
        segments=k,
        inertia=cheap.inertia,
        silhouette=silhouette,
        reference=highest,
        advantage=silhouette - highest,
        near_border=float(near_border(spread, codes).max()),
        near_reference=fewest,
        davies_bouldin=cheap.davies_bouldin,
        calinski_harabasz=cheap.calinski_harabasz,
        smallest=smallest,
        smallest_share=smallest / len(points),
        stability=stable.agreement,
        jaccard_mean=float(stable.jaccard.mean()),
        jaccard_min=float(stable.jaccard.min()),
    )


def _largest_first(codes: np.ndarray, jaccard: np.ndarray) -> tuple[float, ...]:
    return tuple(jaccard[np.argsort(-np.bincount(codes), kind="stable")].tolist())
