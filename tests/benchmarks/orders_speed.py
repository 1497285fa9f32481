"""How quick and how hungry orders are, beside SQL by hand and the customary pandas group-by, in one run.

Run ``python tests/benchmarks/orders_speed.py`` for logs of 1 and 10 million lines; ``--lines 100`` adds 100 million
(3 GB of disk). Every measurement runs in a process of its own; compare within one run only. Beside the seconds
on the clock stand those of the processors, which say nearly the same when other programs are at work.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path

MILLION = 1_000_000

BY_HAND = """
    SELECT customer_id, max(ordered_at) AS last, count(*) AS frequency, sum(amount) AS monetary
    FROM (SELECT customer_id, order_id, max(ordered_at) AS ordered_at, sum(amount) AS amount
          FROM read_parquet('{path}') WHERE amount <> 0 GROUP BY customer_id, order_id) GROUP BY customer_id
"""


def generate(lines: int, folder: Path) -> None:
    """Three lines an order, fourteen orders a customer, two years, a refund in a hundred lines."""
    import duckdb

    duckdb.sql(f"""COPY (
        SELECT 'C' || (hash(i // 3) % {lines // 45}) AS customer_id, i // 3 AS order_id,
            TIMESTAMP '2023-01-01' + to_seconds(CAST(hash(i // 3, 1) % 63072000 AS BIGINT)) AS ordered_at,
            round((hash(i, 2) % 10000) / 100.0 + 0.01, 2) * CASE WHEN hash(i, 3) % 100 = 0 THEN -1 ELSE 1 END AS amount
        FROM range({lines}) t(i)) TO '{folder / "orders.parquet"}'""")
    if lines <= 10 * MILLION:
        duckdb.sql(f"COPY (FROM read_parquet('{folder / 'orders.parquet'}')) TO '{folder / 'orders.csv'}'")


def by_hand(folder: Path) -> int:
    """What a person who writes SQL well would do."""
    import duckdb

    duckdb.sql("SET memory_limit = '1.5GB'")
    return len(duckdb.sql(BY_HAND.format(path=folder / "orders.parquet")).df())


def with_pandas(folder: Path) -> int:
    """The customary recipe."""
    import pandas as pd

    table = pd.read_parquet(folder / "orders.parquet")
    as_of = table["ordered_at"].max() + pd.Timedelta(days=1)
    grouped = table.groupby("customer_id").agg(
        recency=("ordered_at", lambda at: (as_of - at.max()).days),
        frequency=("order_id", "nunique"),
        monetary=("amount", "sum"),
    )
    return len(grouped)


def with_segdash(folder: Path) -> int:
    """The product: recency, frequency, monetary of a log that was opened before."""
    import segdash as sd

    orders = sd.read_orders(folder / "orders.parquet")
    orders.as_of  # noqa: B018 - the ledger is made once, when orders are opened
    start, busy = time.perf_counter(), time.process_time()
    n = len(sd.customer_metrics(orders, metrics=[]))
    print(json.dumps({"inner": time.perf_counter() - start, "inner_cpu": time.process_time() - busy}))
    return n


def with_match(folder: Path) -> int:
    """The same with refunds matched with the sales they undo, of a log that was opened and matched before."""
    import segdash as sd

    orders = sd.read_orders(folder / "orders.parquet", refunds="match")
    orders.as_of  # noqa: B018
    start, busy = time.perf_counter(), time.process_time()
    n = len(sd.customer_metrics(orders, metrics=[]))
    print(json.dumps({"inner": time.perf_counter() - start, "inner_cpu": time.process_time() - busy}))
    return n


def scan_csv(folder: Path) -> int:
    """A bare scan as a person would write it: types found by the engine, every cell parsed, nothing kept."""
    import duckdb

    return duckdb.sql(f"""SELECT count(customer_id), count(order_id), max(ordered_at), sum(amount)
        FROM read_csv('{folder / "orders.csv"}')""").fetchall()[0][0]


def load_csv(folder: Path) -> int:
    """The least that keeps what the file says: every cell as text in a table, in the order of the file."""
    import duckdb

    duckdb.sql("SET memory_limit = '1.5GB'")
    duckdb.sql(f"CREATE TABLE loaded AS FROM read_csv('{folder / 'orders.csv'}', all_varchar = true)")
    return duckdb.sql("SELECT count(*) FROM loaded").fetchall()[0][0]


def read_csv(folder: Path) -> int:
    """The product: detection and ledger of a CSV file."""
    import segdash as sd

    return int(sd.read_orders(folder / "orders.csv").ledger["rows"].sum())


_ALL = (generate, by_hand, with_pandas, with_segdash, with_match, scan_csv, load_csv, read_csv)
TASKS = {task.__name__: task for task in _ALL}


def measured(task: str, folder: Path, lines: int) -> dict[str, float]:
    """Seconds (imports left out) and peak memory of one task in a process of its own."""
    command = [sys.executable, __file__, "--task", task, "--folder", str(folder), "--lines", str(lines)]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    answer: dict[str, float] = {}
    for line in said:
        answer |= json.loads(line)
    return answer


def main() -> None:
    """Measure and print one table per size."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lines", type=int, nargs="+", default=[1, 10], help="millions of order lines")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--task", choices=TASKS)
    parser.add_argument("--folder", type=Path)
    given = parser.parse_args()
    if given.task:
        run_one(given)
        return
    sizes = {}
    for millions in given.lines:
        with tempfile.TemporaryDirectory() as folder:
            measured("generate", Path(folder), millions * MILLION)
            names = ["by_hand", "with_segdash"]
            names += ["with_match", "with_pandas", "scan_csv", "load_csv", "read_csv"] if millions <= 10 else []
            # In turns: what else the machine does then slows all of them alike.
            turns = [{name: measured(name, Path(folder), 0) for name in names} for _ in range(given.repeats)]
        sizes[millions] = report(millions, {name: [turn[name] for turn in turns] for name in names})
    growth(sizes)


def run_one(given: argparse.Namespace) -> None:
    """One task, its libraries imported before the clock starts."""
    import duckdb  # noqa: F401
    import ibis
    import pandas  # noqa: F401

    import segdash as sd

    ibis.duckdb.connect().disconnect()
    sd.read_orders  # noqa: B018
    start, busy = time.perf_counter(), time.process_time()
    if given.task == "generate":
        generate(given.lines[0], given.folder)
    else:
        TASKS[given.task](given.folder)
    seconds, cpu = time.perf_counter() - start, time.process_time() - busy
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "cpu": cpu, "megabytes": peak}))


def report(millions: int, times: dict[str, list[dict[str, float]]]) -> dict[str, float]:
    """Best of the repeats, and ratios; returns what customer_metrics took."""
    best = {name: _best(runs) for name, runs in times.items()}
    print(f"\n## {millions} million lines\n\n| what | s | processor s | peak MB |\n|---|---:|---:|---:|")
    for name, run in best.items():
        print(f"| {name} | {run['seconds']:.2f} | {run['cpu']:.2f} | {run['megabytes']:,.0f} |")
    print()
    pairs = [("with_segdash", "by_hand", "customer_metrics / SQL by hand")]
    if "with_pandas" in best:
        pairs += [("with_pandas", "with_segdash", "pandas / customer_metrics")]
        pairs += [("with_match", "with_segdash", "refunds matched / netted")]
        pairs += [("read_csv", "scan_csv", "read_orders / bare scan of the CSV")]
        pairs += [("read_csv", "load_csv", "read_orders / bare load of the CSV")]
    for one, other, title in pairs:
        clock, cpu = (best[one][key] / best[other][key] for key in ("seconds", "cpu"))
        print(f"{title}: {clock:.2f} (processors: {cpu:.2f})")
    return best["with_segdash"]


def _best(runs: list[dict[str, float]]) -> dict[str, float]:
    """The least of each measure; of a task with a part that counts, the time of that part."""
    least = {key: min(run[key] for run in runs) for key in runs[0]}
    return least | {"seconds": least.get("inner", least["seconds"]), "cpu": least.get("inner_cpu", least["cpu"])}


def growth(sizes: dict[int, dict[str, float]]) -> None:
    """How time and memory of customer_metrics grow from each size to the next."""
    for (small, before), (large, after) in pairwise(sizes.items()):
        told = [f"{after[key] / before[key]:.1f} times the {key}" for key in ("seconds", "cpu", "megabytes")]
        print(f"\n{small} to {large} million lines: {', '.join(told)}")


if __name__ == "__main__":
    main()
