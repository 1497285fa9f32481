"""How long it takes to defend a segmentation: the study of k, badges, rules in words, one customer explained.

Run ``python tests/benchmarks/study_speed.py``; ``--customers 1000000`` for another size. Two kinds of customers: drawn
from the bundled sample (a continuum) and three groups. Also prints what the study recommends with other samples of
the same customers, which must not depend on the draw.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from customers import write_customers

import segdash as sd
from segdash.clustering import fit
from segdash.clustering.quality import borderline, k_means_fit, segment_quality, study
from segdash.comparison import compare
from segdash.explanation import explain_customer, retell

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

RFM = ["recency", "frequency", "monetary"]


def logged(customers: pd.DataFrame) -> np.ndarray:
    """Recency, frequency and monetary, log1p."""
    return np.log1p(customers[RFM].to_numpy(dtype="float64"))


def scaled(customers: pd.DataFrame) -> np.ndarray:
    """The space k-means measures distances in."""
    values = logged(customers)
    return (values - values.mean(axis=0)) / values.std(axis=0)


def groups(n: int) -> np.ndarray:
    """Three groups that are five standard deviations from one another."""
    random = np.random.default_rng(n)
    return np.eye(3)[random.choice(3, n, p=[0.3, 0.5, 0.2])] * 5 + random.normal(size=(n, 3))


def timed(what: str, work: Callable[[], object]) -> tuple[str, float, object]:
    """Seconds of one call."""
    start = time.perf_counter()
    done = work()
    return what, time.perf_counter() - start, done


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--customers", type=int, default=100_000)
    parser.add_argument("--seeds", type=int, default=3, help="other samples whose recommendation is compared")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        customers = sd.read_customers(write_customers(given.customers, Path(folder)))
    runs = [
        timed("study, k = 2..10, a continuum", lambda: study(scaled(customers))),
        timed("study, k = 2..10, three groups", lambda: study(groups(given.customers))),
        *defended(customers),
    ]
    print(f"\n## {given.customers:,} customers ({os.cpu_count()} cores, load {os.getloadavg()[0]:.1f})\n")
    print("| what | s |\n|---|---:|")
    for what, seconds, _ in runs:
        print(f"| {what} | {seconds:.2f} |")
    for what, points in (("a continuum", scaled(customers)), ("three groups", groups(given.customers))):
        found = [study(points, seed=seed, refits=5).recommended for seed in range(given.seeds)]
        print(f"\nRecommended for {what}, other seeds: {found}")


def defended(customers: pd.DataFrame) -> list[tuple[str, float, object]]:
    """Everything but the study, on four and five segments of k-means."""
    points = scaled(customers)
    labels, predict = k_means_fit(points, 4, 0)
    table = customers.assign(segment=labels.astype(str))
    other = customers.assign(segment=fit("k_means", customers, features=RFM, n_clusters=5).labels)
    values = logged(customers)
    mean, spread = values.mean(axis=0), values.std(axis=0)
    distances = np.linalg.norm(points[:, None] - [points[labels == i].mean(axis=0) for i in range(4)], axis=2)

    def segments(rows: pd.DataFrame) -> np.ndarray:
        return predict((logged(rows) - mean) / spread).astype(str)

    first = str(customers["customer_id"].iloc[0])
    return [
        timed("badges of 4 segments", lambda: segment_quality(points, labels.astype(str))),
        timed("borderline customers", lambda: borderline(distances, table["segment"].to_numpy(), list("0123"))),
        timed("compare 4 with 5 segments, summary", lambda: compare(table, other).summary),
        timed("rules in words", lambda: retell(customers, table["segment"], RFM).sentences),
        timed("one customer explained", lambda: explain_customer(first, table, segments, RFM).sentences),
    ]


if __name__ == "__main__":
    main()
