"""States that views are shown with."""

from __future__ import annotations

import numpy as np
import pandas as pd

from segdash.state import Segmentation

HOSTILE = "<img src=x onerror=alert(1)>"


def six() -> pd.DataFrame:
    """Two customers each of Gold, Silver and Bronze; 2,160 of revenue."""
    return pd.DataFrame(
        {
            "customer_id": ["a", "b", "c", "d", "e", "f"],
            "recency": [1, 2, 10, 12, 90, 99],
            "frequency": [9, 8, 3, 4, 1, 1],
            "monetary": [900.0, 850.0, 200.0, 180.0, 20.0, 10.0],
            "age": [30, np.nan, 50, 40, 20, 60],
            "country": ["NO", "NO", "SE", "", "SE", "DK"],
            "cluster": ["Gold", "Gold", "Silver", "Silver", "Bronze", "Bronze"],
        }
    )


def many(clusters: list[str], per_cluster: int = 4, **further: object) -> pd.DataFrame:
    """Customers of these clusters, with any further columns."""
    n = len(clusters) * per_cluster
    rng = np.random.default_rng(1)
    columns = {
        "customer_id": [f"c{i}" for i in range(n)],
        "recency": rng.integers(1, 365, n),
        "frequency": rng.integers(1, 20, n),
        "monetary": rng.exponential(100, n).round(2) + 1,
        "cluster": np.repeat(clusters, per_cluster),
    }
    return pd.DataFrame({**columns, **further})


def hostile() -> pd.DataFrame:
    """Ids, names, headings and values that are markup, long, emoji, or words that libraries use themselves."""
    n = 12
    return many(
        [HOSTILE, "n" * 60, "🦊 Füchse & Co. {x} @y"],
        customer_id=[f"{HOSTILE}{i}" for i in range(10)] + ["=cmd()", "🦊"],
        **{
            HOSTILE: np.arange(n) + 0.5,
            f"{HOSTILE} of text": [f"{HOSTILE}{i % 3}" for i in range(n)],
            "a.b{c}": np.arange(n) + 1.5,
        },
    )


def taken() -> pd.DataFrame:
    """Headings that pandas, HoloViews, Bokeh, Tabulator or the charts use themselves."""
    n = 8
    names = ["index", "level_0", "color", "point_size", "x", "y", "size", "_index", "selected", "id"]
    numbers = {name: np.arange(n) + i + 1 for i, name in enumerate(names[::2])}
    texts = {name: [f"{name} {i % 2}" for i in range(n)] for name in names[1::2]}
    return many(["Gold", "Silver"], **numbers, **texts)


STATES = {
    "empty": lambda: Segmentation(),
    "three segments": lambda: Segmentation(six()),
    "one segment": lambda: Segmentation(six(), method="single"),
    "ten segments": lambda: Segmentation(many([f"Segment {i}" for i in range(10)])),
    "hostile names": lambda: Segmentation(hostile(), currency="<b>$"),
    "headings that are taken": lambda: Segmentation(taken()),
    "dark": lambda: Segmentation(six(), dark=True),
    "a selection": lambda: Segmentation(six(), selected=["a", "c"]),
    "a filter that leaves nobody": lambda: Segmentation(six(), ranges={"recency": (5000, None)}),
}
