"""How quick the page's answers are, and how much memory they take, when most customers stay in the engine.

Run ``python tests/benchmarks/beyond_memory.py`` for 10 million customers of 30 million order lines, 1 million of them
in memory; ``--customers 1 --in-memory 0.1`` is done in a minute. The log goes into a temporary folder and away with it.
Beside the seconds on the clock stand those of the processors, which say nearly the same when other programs are at
work.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

MILLION = 1_000_000
LINES_EACH = 3


def generate(customers: int, folder: Path) -> Path:
    """Three lines a customer, few customers with many: two years, skewed amounts, five countries."""
    import duckdb

    path = folder / "orders.parquet"
    duckdb.sql(f"""COPY (
        SELECT 'C' || CAST({customers} * pow((hash(i) % 1000000007) / 1000000007.0, 1.4) AS BIGINT) AS customer_id,
            i AS order_id,
            TIMESTAMP '2023-01-01' + to_seconds(CAST(hash(i, 1) % 63072000 AS BIGINT)) AS ordered_at,
            round(exp(3 + 2.0 * ((hash(i, 2) % 10007) / 10007.0 + (hash(i, 3) % 10007) / 10007.0)), 2) AS amount,
            'L' || (hash(i, 4) % 5) AS country
        FROM range({LINES_EACH * customers}) t(i)) TO '{path}'""")
    return path


def measured(what: str, act: Callable[[], Any]) -> Any:
    """Do it, and print how long it took."""
    clock, processors = time.perf_counter(), used()
    result = act()
    spent = f"{time.perf_counter() - clock:8.2f} s {used() - processors:8.2f} CPU s"
    print(f"{what:<68} {spent}  peak {peak():5.2f} GB", flush=True)
    return result


def used() -> float:
    """Seconds of the processors that this process has used."""
    own = resource.getrusage(resource.RUSAGE_SELF)
    return own.ru_utime + own.ru_stime


def peak() -> float:
    """The most memory that this process has held, in GB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024) / 1e9


def run(path: Path, in_memory: int) -> None:
    """Open the log, and do with the state what a person does on the page."""
    import segdash as sd
    from segdash.preparation import Preparation
    from segdash.reports.customer_list import save_customers

    orders = measured("read the log and account for each line", lambda: sd.read_orders(path, attributes=["country"]))
    state = measured(
        f"measure all, fetch {in_memory:,}, segment, profile all",
        lambda: sd.Segmentation(orders=orders, max_rows_in_memory=in_memory),
    )
    print(f"    {state.whole.customers:,} customers, {len(state.features):,} of them in memory")
    ids = state.features["customer_id"][:1000].tolist()
    steps: dict[str, dict[str, Any]] = {
        "five segments instead of four": {"n_segments": 5},
        "a filter: recency up to 90 days": {"ranges": {"recency": (None, 90)}},
        "a filter more: two countries": {"attribute_filter": {"country": ["L1", "L3"]}},
        "select 1,000 customers of the sample": {"selected": ids},
        "clear the selection": {"selected": []},
        "clear the filters": {"ranges": {}, "attribute_filter": {}},
        "compare other metrics": {"compared": ["recency", "tenure", "days_between_orders"]},
        "another name for a segment": {"segments": {"0": {"name": "The best"}}},
    }
    for what, choices in steps.items():
        measured(what, lambda choices=choices: state.change(**choices))
    draw(state)
    measured("what a preparation of the same log would change", lambda: Preparation(state).opening(orders))
    measured("the list of all customers as Parquet", lambda: save_customers(state, path.with_name("list.parquet")))


def draw(state: Any) -> None:
    """Shaded pictures of the customers in memory and of all, on two pairs of axes; and two other pictures of all."""
    from segdash.charts.figure import axis_range
    from segdash.charts.shades import shade, shade_counts
    from segdash.population.pictures import View
    from segdash.views.pictures.distributions import of_everyone

    for what, x, y in (
        ("first picture (shaded, of the sample)", "recency", "monetary"),
        ("another axis (shaded, of the sample)", "frequency", "monetary"),
    ):

        def picture(x: str = x, y: str = y) -> Any:
            ends = [axis_range(state.features[name].to_numpy(dtype="float64"), log=False) for name in (x, y)]
            return shade(state.filtered, state.colours, x, y, *ends)

        measured(what, picture)
        ends = [(extent.low, extent.high) for extent in (state.everyone.extent(name) for name in (x, y))]
        view = View(x, y, *ends)
        measured("the same of all", lambda view=view: shade_counts(state.everyone.pixels(view), state.colours))
    measured("a histogram of all", lambda: of_everyone("monetary", state.everyone, state.filters))
    measured("orders and revenue of all, month by month", lambda: state.everyone.periods("month"))


def main() -> None:
    """Generate, measure, clear up."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=float, default=10, help="millions of customers in the log")
    parser.add_argument("--in-memory", type=float, default=1, help="millions of them in memory")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = generate(int(chosen.customers * MILLION), Path(folder))
        print(f"{path.stat().st_size / 1e6:,.0f} MB of Parquet; the peak before anything is opened is {peak():.2f} GB")
        run(path, int(chosen.in_memory * MILLION))


if __name__ == "__main__":
    main()
