"""One numbering of clusters, whatever the algorithm called them: by value, the most valuable first."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from segdash.schema import MONETARY, UNASSIGNED

if TYPE_CHECKING:
    from segdash.clustering import Clustering


def in_order(run: Clustering, customers: pd.DataFrame) -> Clustering:
    """The same clusters, numbered by mean monetary, largest first; "Unassigned" keeps its name.

    Parameters
    ----------
    run : Clustering
        With labels as the algorithm numbered them; ``str(i)`` is row i of its centroids.
    customers : pandas.DataFrame of shape (n_customers, ...)
        Where it has no monetary, the mean of the run's first feature counts. Equal means: the cluster of the earlier
        customer first. Clusters without customers come last.

    Examples
    --------
    >>> from segdash.clustering import Clustering
    >>> run = Clustering(np.array(["0", "1", "0"], dtype=object), "k_means")
    >>> in_order(run, pd.DataFrame({"monetary": [5.0, 90.0, 7.0]})).labels.tolist()
    ['1', '0', '1']
    """
    codes, seen = pd.factorize(run.labels)
    by = MONETARY if MONETARY in customers.columns else run.features[0]
    values = customers[by].to_numpy(dtype="float64", na_value=np.nan)
    measured = np.isfinite(values)
    sums = np.bincount(codes[measured], values[measured], minlength=len(seen))
    # A cluster in which nobody's value is known has no mean and comes last.
    means = sums / np.maximum(np.bincount(codes[measured], minlength=len(seen)), 1)
    means[np.bincount(codes[measured], minlength=len(seen)) == 0] = -np.inf
    # factorize numbers by first customer, and a stable sort keeps that among equal means.
    found = [str(seen[i]) for i in np.argsort(-means, kind="stable") if seen[i] != UNASSIGNED]
    found += [label for label in (run.model.labels if run.model else ()) if label not in found]
    names = {label: str(i) for i, label in enumerate(found)} | {UNASSIGNED: UNASSIGNED}
    return replace(
        run,
        labels=np.array([names[str(label)] for label in seen], dtype=object)[codes],
        centroids=None if run.centroids is None else run.centroids[[int(label) for label in found]],
        model=run.model and run.model.renamed(names),
    )
