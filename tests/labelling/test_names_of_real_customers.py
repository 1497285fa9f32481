"""Names that a marketer would read: the seed's file, and k-means on Online Retail."""

from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.cluster import KMeans
from threadpoolctl import threadpool_limits

from segdash.labelling.naming import SegmentName, name_segments
from segdash.schema import RFM

DORMANT = {"About to Sleep", "Can't Lose", "At-Risk", "Hibernating", "Lost", "Needs Attention"}
LIVELY = {"Champions", "Loyal", "Potential Loyalist", "Promising", "New"}
CASES = [(transform, k) for transform in ("log1p", "raw") for k in range(2, 13)]


@pytest.fixture(scope="module")
def seed(shared_data: Path) -> list[SegmentName]:
    table = pd.read_csv(shared_data / "seed_original" / "RFM_Clustered.csv").rename(columns=str.lower)
    return name_segments(table, table["cluster"])


@cache
def online_retail(shared: Path) -> pd.DataFrame:
    lines = pd.read_parquet(shared / "online_retail" / "online_retail.parquet")
    lines = lines[(lines["Quantity"] > 0) & (lines["UnitPrice"] > 0) & lines["CustomerID"].notna()]
    lines = lines.assign(amount=lines["Quantity"] * lines["UnitPrice"])
    as_of = lines["InvoiceDate"].max() + pd.Timedelta(days=1)
    grouped = lines.groupby("CustomerID").agg(
        last=("InvoiceDate", "max"), frequency=("InvoiceNo", "nunique"), monetary=("amount", "sum")
    )
    recency = (as_of - grouped["last"]) // pd.Timedelta(days=1)
    return grouped.assign(recency=recency).drop(columns="last").reset_index(drop=True)


@cache
def clusters(shared: Path, transform: str, k: int) -> np.ndarray:
    features = online_retail(shared)[list(RFM)].to_numpy(dtype="float64")
    features = np.log1p(features) if transform == "log1p" else features
    features = (features - features.mean(axis=0)) / features.std(axis=0)
    # Threads cost more than they bring on a table of this size.
    with threadpool_limits(1):
        return KMeans(k, n_init=10, random_state=0).fit_predict(features)


def test_seed_names(seed: list[SegmentName]) -> None:
    assert [(one.cluster, one.name) for one in seed] == [
        ("1", "Champions"),
        ("2", "Loyal"),
        ("0", "Low Value"),
        ("3", "At-Risk"),
    ]


def test_seed_champions(seed: list[SegmentName]) -> None:
    assert seed[0].reason == (
        "median recency 15 days, 1st of 4; median frequency 25 orders, 1st of 4; median spend 77,184, 1st of 4"
    )
    assert seed[0].warnings == (
        "Not earned by all: 1 of 7 ordered once, 269 days ago.",
        "Only 7 customers (0.2 % of the base): too few to generalise from; one customer can change its averages.",
    )


def test_seed_loyal_are_not_all_loyal(seed: list[SegmentName]) -> None:
    assert seed[1].warnings == ("Not earned by all: 292 of 1,155 ordered only once (the oldest 31 days ago).",)
    assert seed[3].warnings == ()


def test_online_retail_has_its_4338_customers(shared_data: Path) -> None:
    table = online_retail(shared_data)
    assert len(table) == 4338
    assert table["recency"].mean() == pytest.approx(92.5364, abs=1e-4)


@pytest.mark.parametrize(("transform", "k"), CASES)
def test_nobody_would_laugh(shared_data: Path, transform: str, k: int) -> None:
    table, labels = online_retail(shared_data), clusters(shared_data, transform, k)
    named = name_segments(table, labels)
    medians = table.groupby(labels.astype(str))[list(RFM)].median()
    base = table[list(RFM)].median()
    kinds = {one.cluster: one.name.rstrip(" 23456789") for one in named}

    assert len({one.name for one in named}) == k
    assert [one.score for one in named] == sorted((one.score for one in named), reverse=True)
    assert not any(sentence.startswith("Named") for one in named for sentence in one.warnings)
    for cluster, kind in kinds.items():
        recency, frequency, monetary = medians.loc[cluster, list(RFM)]
        assert kind not in DORMANT or recency > base["recency"]
        assert kind not in LIVELY or recency < base["recency"]
        assert kind != "Champions" or monetary == medians["monetary"].max()
        assert kind != "Champions" or frequency >= table["frequency"].quantile(0.75)
        assert kind != "Loyal" or (frequency > base["frequency"] and monetary > base["monetary"])
        assert kind != "New" or frequency <= 2
        assert kind not in {"Lost", "Low Value"} or monetary <= base["monetary"]
        assert kind != "Big Spenders" or monetary >= table["monetary"].quantile(0.75)
    if "Champions" in kinds.values():
        assert named[0].name == "Champions"


@pytest.mark.parametrize("k", range(2, 13))
def test_up_to_twelve_segments_need_no_numbers(shared_data: Path, k: int) -> None:
    named = name_segments(online_retail(shared_data), clusters(shared_data, "log1p", k))
    assert not any(one.name[-1].isdigit() for one in named)


@pytest.mark.parametrize(
    ("k", "names"),
    [
        (2, ["Loyal", "Low Value"]),
        (3, ["Champions", "Regulars", "At-Risk"]),
        (4, ["Champions", "Regulars", "Promising", "At-Risk"]),
        (5, ["Champions", "Loyal", "Needs Attention", "Promising", "At-Risk"]),
    ],
)
def test_few_segments_have_plain_names(shared_data: Path, k: int, names: list[str]) -> None:
    named = name_segments(online_retail(shared_data), clusters(shared_data, "log1p", k))
    assert [one.name for one in named] == names


def test_permuting_real_clusters_changes_nothing(shared_data: Path) -> None:
    labels = clusters(shared_data, "log1p", 8)
    turned = np.random.default_rng(3).permutation(8)
    before = name_segments(online_retail(shared_data), labels)
    after = name_segments(online_retail(shared_data), turned[labels])
    assert [(one.name, one.reason, one.warnings) for one in before] == [
        (one.name, one.reason, one.warnings) for one in after
    ]
