"""Customers of known data sets, made once per run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from threadpoolctl import threadpool_limits

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> Iterator[None]:
    """Threads that wait for one another make a small clustering 30 times slower where other work runs beside."""
    import sklearn.cluster  # noqa: F401 - only libraries that are loaded can be limited

    with threadpool_limits(limits=1):
        yield


@pytest.fixture(scope="session")
def online_retail(shared_data: Path) -> pd.DataFrame:
    """Recency, frequency and monetary of the 4,338 customers, as shared/data/README.md defines them."""
    lines = pd.read_parquet(shared_data / "online_retail" / "online_retail.parquet")
    lines = lines[lines["CustomerID"].notna() & (lines["Quantity"] > 0) & (lines["UnitPrice"] > 0)]
    ordered_at = pd.to_datetime(lines["InvoiceDate"])
    as_of = ordered_at.max() + pd.Timedelta(days=1)
    amount = lines["Quantity"].astype(float) * lines["UnitPrice"].astype(float)
    by = lines["CustomerID"].to_numpy()
    last = ordered_at.groupby(by).max()
    return pd.DataFrame(
        {
            "recency": np.floor((as_of - last) / pd.Timedelta(hours=24)).astype(int),
            "frequency": lines["InvoiceNo"].groupby(by).nunique(),
            "monetary": amount.groupby(by).sum(),
        }
    ).reset_index(drop=True)


@pytest.fixture(scope="session")
def seed_file(shared_data: Path) -> pd.DataFrame:
    """The replaced dashboard's own file, columns renamed."""
    table = pd.read_csv(shared_data / "seed_original" / "RFM_Clustered.csv")
    table.columns = ["customer_id", "recency", "frequency", "monetary", "cluster"]
    return table
