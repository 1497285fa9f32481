"""Customer tables of any size, like the bundled sample."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

SAMPLE = Path(__file__).parents[2] / "data" / "customers.csv"


def write_customers(n: int, folder: Path) -> Path:
    """A table of ``n`` customers drawn from the sample, each a little different from the one drawn.

    Spend varies by a tenth and recency by a few days; frequency stays, as a number of orders must.
    """
    random = np.random.default_rng(n)
    sample = pd.read_csv(SAMPLE, dtype={"CustomerID": str})
    drawn = sample.iloc[random.integers(len(sample), size=n)].reset_index(drop=True)
    factor = np.exp(random.normal(0, 0.1, n))
    days = random.integers(-3, 4, n)
    customers = drawn.assign(
        CustomerID=[f"N{i:07d}" for i in range(n)],
        Recency=np.abs(drawn["Recency"] + days),
        Monetary=(drawn["Monetary"] * factor).round(2),
        AvgOrderValue=(drawn["AvgOrderValue"] * factor).round(2),
        TenureDays=drawn["TenureDays"] + np.abs(days),
    )
    path = folder / f"customers_{n}.csv"
    customers.to_csv(path, index=False)
    return path
