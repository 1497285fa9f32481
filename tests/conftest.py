"""What tests of several rooms share."""

from __future__ import annotations

import os
from pathlib import Path

import pandas as pd
import pytest


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of the real data sets: ``data`` in ``shared`` beside the project, or in ``$SEGDASH_SHARED``."""
    beside = Path(__file__).parents[2] / "shared"
    data = Path(os.environ.get("SEGDASH_SHARED", beside)) / "data"
    if not data.is_dir():
        pytest.skip(f"the real data sets are not at {data}")
    return data


@pytest.fixture(scope="session")
def rfm_r_customers(shared_data: Path) -> pd.DataFrame:
    """The 995 customers of the R package rfm's example orders, at 2006-12-31, recency without the day that is added."""
    orders = pd.read_csv(shared_data / "rfm_r_orders" / "rfm_data_orders.csv", parse_dates=["order_date"])
    grouped = orders.groupby("customer_id")
    return pd.DataFrame(
        {
            "recency": (pd.Timestamp("2006-12-31") - grouped["order_date"].max()).dt.days,
            "frequency": grouped.size(),
            "monetary": grouped["revenue"].sum(),
        }
    ).reset_index()
