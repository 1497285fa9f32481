from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from segdash.intake.gaps import recency_gaps


def test_the_seed_file_warns(shared_data):
    recency = pd.read_csv(shared_data / "seed_original" / "RFM_Clustered.csv")["Recency"].to_numpy()
    assert recency_gaps(recency) == (
        "Recency has 10 empty stretches of about 11 days, about 30 days apart: orders of certain days of the "
        "month seem to be missing, as when dates are read with day and month swapped. "
        "Check how the dates were parsed."
    )


def test_the_full_file_does_not_warn(shared_data):
    orders = pd.read_parquet(shared_data / "online_retail" / "online_retail.parquet")
    kept = orders[(orders["Quantity"] > 0) & (orders["UnitPrice"] > 0) & orders["CustomerID"].notna()]
    last = kept.groupby("CustomerID")["InvoiceDate"].max()
    recency = ((kept["InvoiceDate"].max() + pd.Timedelta("1D") - last) // pd.Timedelta("1D")).to_numpy()
    assert len(recency) == 4338
    assert recency.mean() == pytest.approx(92.5364, abs=1e-4)
    assert recency_gaps(recency) == ""


RNG = np.random.default_rng(1)
DAYS = np.arange(730)
AS_OF = np.datetime64("2024-12-31")
DAY_OF_MONTH = pd.DatetimeIndex(AS_OF - DAYS.astype("timedelta64[D]")).day.to_numpy()


@pytest.mark.parametrize(
    "days",
    [
        DAYS,
        DAYS[DAYS % 7 < 5],
        DAYS[DAYS % 7 == 0],
        DAYS[DAYS % 10 == 0],
        DAYS[DAYS % 30 == 0],
        DAYS[DAY_OF_MONTH == 1],
        DAYS[(DAYS < 200) | (DAYS > 215)],
    ],
    ids=["uniform", "working days", "one day a week", "tens", "months", "billed monthly", "one closure"],
)
@pytest.mark.parametrize("customers", [50, 500, 5000, 50_000])
def test_other_patterns_do_not_warn(days, customers):
    assert recency_gaps(RNG.choice(days, customers)) == ""


@pytest.mark.parametrize("kept", [DAY_OF_MONTH > 12, DAY_OF_MONTH <= 12])
def test_either_half_of_the_month_missing_warns(kept):
    assert recency_gaps(RNG.choice(DAYS[kept], 5000)).startswith("Recency has ")
    assert recency_gaps(RNG.choice(DAYS[kept], 50)) == ""


@pytest.mark.parametrize("scale", [10.0, 100.0, 1000.0])
def test_declining_recency_does_not_warn(scale):
    for seed in range(50):
        assert recency_gaps(np.random.default_rng(seed).exponential(scale, 3000)) == ""


def test_few_values_do_not_warn():
    assert recency_gaps(np.array([])) == recency_gaps(np.array([3.0, np.nan, np.inf])) == ""
