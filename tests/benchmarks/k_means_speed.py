"""How quick k-means is beside scikit-learn's own, and how near it comes, in one run.

Run ``python tests/benchmarks/k_means_speed.py`` for 10,000 and 1,000,000 customers, k = 5. Each measurement runs in a
process of its own, with one thread unless ``--threads`` says more: threads that wait for one another on a busy
machine measure the machine. Compare within one run only.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
FEATURES = ["recency", "frequency", "monetary"]
SEED = 42


def customers(n: int, kind: str) -> Any:
    """Recency, frequency and monetary of ``n`` customers; "sample" draws from the bundled table, "made" does not."""
    import pandas as pd

    if kind == "sample":
        from customers import write_customers

        with tempfile.TemporaryDirectory() as folder:
            table = pd.read_csv(write_customers(n, Path(folder)), usecols=["Recency", "Frequency", "Monetary"])
        return table.rename(columns=str.lower)[FEATURES]
    random = np.random.default_rng(0)
    orders = random.negative_binomial(1, 0.25, n) + 1
    days = random.exponential(300 / orders) // 1
    return pd.DataFrame({"recency": days, "frequency": orders, "monetary": orders * random.lognormal(5, 0.8, n)})


def with_scikit_learn(
    table: Any, k: int, starts: int, seed: int = SEED, settled: bool = False
) -> tuple[np.ndarray, float]:
    """Lloyd's algorithm on all customers, every start."""
    from sklearn.cluster import KMeans
    from sklearn.preprocessing import StandardScaler

    scaled = StandardScaler().fit_transform(np.log1p(table.to_numpy(dtype="float64")))
    model = KMeans(n_clusters=k, n_init=starts, random_state=seed).fit(scaled)
    if settled:
        model = KMeans(n_clusters=k, n_init=1, init=model.cluster_centers_, tol=0, max_iter=1000).fit(scaled)
    return model.labels_, float(model.inertia_)


def with_segdash(table: Any, k: int, starts: int) -> tuple[np.ndarray, float]:
    """The product: preparation, clusters, numbering and model."""
    from segdash.clustering import fit

    run = fit("k_means", table, features=FEATURES, n_clusters=k, starts=starts, seed=SEED)
    return run.labels.astype(int), float(run.inertia or 0)


def other_seed(table: Any, k: int, starts: int) -> tuple[np.ndarray, float]:
    """The same with another seed: how near scikit-learn comes to itself."""
    return with_scikit_learn(table, k, starts, seed=SEED + 1)


def settled(table: Any, k: int, starts: int) -> tuple[np.ndarray, float]:
    """The same until nobody moves: scikit-learn stops once the centroids move little."""
    return with_scikit_learn(table, k, starts, settled=True)


COMPARED = (with_scikit_learn, with_segdash)
TASKS = {task.__name__: task for task in (*COMPARED, other_seed, settled)}


def run_one(given: argparse.Namespace) -> None:
    """One task, its libraries imported and its table read before the clock starts."""
    import sklearn.cluster
    import sklearn.preprocessing  # noqa: F401

    import segdash.clustering as room

    list(room.METHODS)
    table = customers(given.customers[0], given.kind)
    start = time.perf_counter()
    labels, inertia = TASKS[given.task](table, given.k, given.starts)
    seconds = time.perf_counter() - start
    np.save(given.labels, labels.astype("int8"))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "inertia": inertia, "megabytes": peak}))


def measured(task: str, n: int, kind: str, labels: Path, given: argparse.Namespace) -> dict[str, float]:
    """One task in a process of its own."""
    starts = 50 if n <= 20_000 else 10
    command = [sys.executable, __file__, "--task", task, "--customers", str(n), "--kind", kind]
    command += ["--labels", str(labels), "--k", str(given.k), "--starts", str(starts)]
    limits = dict.fromkeys(THREADS, str(given.threads))
    run = subprocess.run(command, check=True, capture_output=True, text=True, env={**os.environ, **limits})
    return json.loads(run.stdout.splitlines()[-1])


def report(n: int, kind: str, given: argparse.Namespace) -> None:
    """Best of the repeats, the ratio, and how near the two come."""
    from sklearn.metrics import adjusted_rand_score

    with tempfile.TemporaryDirectory() as folder:
        files = {task: Path(folder) / f"{task}.npy" for task in TASKS}
        # In turn, so that a busy minute hits both.
        pair = [task.__name__ for task in COMPARED]
        rounds = [{task: measured(task, n, kind, files[task], given) for task in pair} for _ in range(given.repeats)]
        for task in ("other_seed", "settled"):
            measured(task, n, kind, files[task], given)
        found = {task: np.load(file) for task, file in files.items()}
    best = {task: min((one[task] for one in rounds), key=lambda run: run["seconds"]) for task in pair}
    print(f"\n## {n:,} customers ({kind}), k = {given.k}\n\n| what | s | inertia | peak MB |\n|---|---:|---:|---:|")
    for task, run in best.items():
        print(f"| {task} | {run['seconds']:.2f} | {run['inertia']:,.1f} | {run['megabytes']:,.0f} |")
    theirs, ours = (best[task] for task in pair)
    gap = 100 * (ours["inertia"] / theirs["inertia"] - 1)
    print(f"\nsegdash / scikit-learn: {ours['seconds'] / theirs['seconds']:.2f}; inertia {gap:+.4f} %")
    couples = [pair, ("with_scikit_learn", "other_seed"), ("with_scikit_learn", "settled"), ("with_segdash", "settled")]
    for one, other in couples:
        print(f"adjusted Rand index of {one} and {other}: {adjusted_rand_score(found[one], found[other]):.4f}")


def main() -> None:
    """Measure and print one table per size and kind of customers."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--customers", type=int, nargs="+", default=[10_000, 1_000_000])
    parser.add_argument("--kind", choices=["made", "sample"])
    parser.add_argument("--k", type=int, default=5)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--task", choices=TASKS)
    parser.add_argument("--starts", type=int)
    parser.add_argument("--labels", type=Path)
    given = parser.parse_args()
    if given.task:
        run_one(given)
        return
    for n in given.customers:
        for kind in [given.kind] if given.kind else ["made", "sample"]:
            report(n, kind, given)


if __name__ == "__main__":
    main()
