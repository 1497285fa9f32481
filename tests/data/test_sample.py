"""The sample tables are what the script makes, what the definitions say, and what their README says."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pytest

if TYPE_CHECKING:
    from types import ModuleType

DATA = Path(__file__).resolve().parents[2] / "data"
DAY = 24 * 60 * 60


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_sample", DATA / "make_sample.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def orders() -> pd.DataFrame:
    return pd.read_csv(DATA / "orders.csv", dtype={"OrderID": str}, parse_dates=["OrderDate"])


@pytest.fixture(scope="module")
def customers() -> pd.DataFrame:
    return pd.read_csv(DATA / "customers.csv")


@pytest.fixture(scope="module")
def by_hand() -> pd.DataFrame:
    """Customers worked out line by line from the text of orders.csv, in whole seconds and whole cents."""
    text = pd.read_csv(DATA / "orders.csv", dtype=str, keep_default_na=False)
    seconds = {stamp: int(pd.Timestamp(stamp).timestamp()) for stamp in text["OrderDate"].unique()}
    as_of = max(seconds.values()) + DAY
    found: dict[str, dict] = {}
    for row in dict.fromkeys(text.itertuples(index=False, name="Row")):
        if row.CustomerID == "":
            continue
        one = found.setdefault(row.CustomerID, {"dates": [], "orders": set(), "cents": 0, "channels": []})
        one["cents"] += int(row.Quantity) * int(row.UnitPrice.replace(".", ""))
        if int(row.Quantity) > 0:
            one["dates"].append(seconds[row.OrderDate])
            one["orders"].add(row.OrderID)
            one["channels"].append(row.Channel)
            one["country"] = row.Country
    return pd.DataFrame(
        {
            "CustomerID": name,
            "Recency": (as_of - max(one["dates"])) // DAY,
            "Frequency": len(one["orders"]),
            "Monetary": one["cents"] / 100,
            "AvgOrderValue": one["cents"] / 100 / len(one["orders"]),
            "TenureDays": (as_of - min(one["dates"])) // DAY,
            "Country": one["country"],
            "Channel": one["channels"][0],
        }
        for name, one in sorted(found.items())
    )


def stated(heading: str) -> dict[str, str]:
    """The figures of the README's table that starts with ``heading``."""
    text = (DATA / "README.md").read_text(encoding="utf-8")
    table = text.split(f"| {heading} |")[1].split("\n\n")[0]
    cells = [line.strip("| ").split(" | ") for line in table.splitlines()[2:]]
    return {cell[0]: cell[1] for cell in cells}


def percent(share: float) -> str:
    return f"{share:.1%}".replace("%", " %")


@pytest.mark.parametrize("name", ["orders.csv", "customers.csv"])
def test_script_makes_the_committed_file_byte_for_byte(script, tmp_path, name):
    script.main(tmp_path)
    assert (tmp_path / name).read_bytes() == (DATA / name).read_bytes()


def test_another_seed_makes_other_orders(script, orders):
    other = script.make_orders(script.SEED + 1)
    assert list(other.columns) == list(orders.columns)
    assert len(other) != len(orders)


def test_customers_follow_the_definitions(customers, by_hand):
    exact = [name for name in by_hand if name != "AvgOrderValue"]
    pd.testing.assert_frame_equal(customers[exact], by_hand[exact], check_exact=True)
    off = (customers["AvgOrderValue"] - by_hand["AvgOrderValue"]).abs()
    assert off.max() <= 0.005 + 1e-9
    assert list(customers.columns) == list(by_hand.columns)


def test_every_customer_has_an_order_and_has_spent_something(customers):
    assert customers["CustomerID"].is_unique
    assert customers["Frequency"].min() == 1
    assert customers["Recency"].min() == 1
    assert customers["Monetary"].min() > 0
    assert customers.notna().all(axis=None)


def test_readme_counts_of_orders(orders):
    sales = orders[orders["Quantity"] > 0]
    late = sales.loc[sales["OrderDate"].dt.month >= 11, "OrderID"].nunique()
    assert stated("orders.csv") == {
        "rows": f"{len(orders):,}",
        "rows that are an exact copy of an earlier one": f"{orders.duplicated().sum():,}",
        "rows without customer id": f"{orders['CustomerID'].isna().sum():,}",
        "rows with a return": f"{(orders['Quantity'] < 0).sum():,}",
        "orders": f"{sales['OrderID'].nunique():,}",
        "orders with a customer id": f"{sales.dropna(subset='CustomerID')['OrderID'].nunique():,}",
        "orders in November or December": percent(late / sales["OrderID"].nunique()),
    }


def test_readme_figures_of_customers(customers):
    spent = customers["Monetary"].sort_values(ascending=False)
    few, some = len(spent) // 100, len(spent) // 5
    assert stated("customers.csv") == {
        "customers": f"{len(customers):,}",
        "total of Monetary": f"{spent.sum():,.2f}",
        "median of Recency": f"{customers['Recency'].median():.0f}",
        "median of Frequency": f"{customers['Frequency'].median():.0f}",
        "median of Monetary": f"{spent.median():.2f}",
        "customers with one order": percent((customers["Frequency"] == 1).mean()),
        "customers in the United Kingdom": percent((customers["Country"] == "United Kingdom").mean()),
        "customers won through Web": percent((customers["Channel"] == "Web").mean()),
        f"share of Monetary of the top 1 % ({few} customers)": percent(spent.head(few).sum() / spent.sum()),
        f"share of Monetary of the top 20 % ({some} customers)": percent(spent.head(some).sum() / spent.sum()),
    }


def test_readme_moment_and_value_lists(orders):
    text = (DATA / "README.md").read_text(encoding="utf-8")
    as_of = orders["OrderDate"].max() + pd.Timedelta(days=1)
    assert f"measured at {as_of:%Y-%m-%d %H:%M}," in text
    assert f"one of {orders['Product'].nunique()} names" in text
    assert f"one of {orders['Country'].nunique()}, the same" in text
    assert set(orders["Channel"]) == {"Web", "App", "Store", "Partner"}
    assert orders["OrderDate"].min() >= pd.Timestamp("2024-01-01")
    assert orders["OrderDate"].max() < pd.Timestamp("2026-01-01")


def test_flaws_are_present(orders):
    assert 0.01 < (orders["Quantity"] < 0).mean() < 0.05
    assert orders.duplicated().sum() > 50
    assert 0.01 < orders["CustomerID"].isna().mean() < 0.05


def test_latest_row_is_a_sale_with_customer_id(orders):
    latest = orders[orders["OrderDate"] == orders["OrderDate"].max()]
    assert (latest["Quantity"] > 0).all()
    assert latest["CustomerID"].notna().all()


def test_each_return_refers_to_an_earlier_and_larger_sale(orders):
    rows = orders.drop_duplicates()
    back, sales = rows[rows["Quantity"] < 0], rows[rows["Quantity"] > 0]
    assert (back["OrderID"].str[0] == "C").all()
    assert sales["OrderID"].str.fullmatch(r"\d{6}").all()
    keys = ["OrderID", "CustomerID", "Product", "UnitPrice", "Country", "Channel"]
    pairs = back.assign(OrderID=back["OrderID"].str[1:]).merge(sales, on=keys, suffixes=("_back", "_sold"))
    assert len(pairs) == len(back)
    assert (pairs["OrderDate_back"] > pairs["OrderDate_sold"]).all()
    assert (pairs["Quantity_back"] + pairs["Quantity_sold"] >= 0).all()


def test_all_sorts_of_customers(customers):
    big = customers["Monetary"] > customers["Monetary"].quantile(0.8)
    assert 0.35 < (customers["Frequency"] == 1).mean() < 0.5
    assert ((customers["Frequency"] >= 15) & (customers["Recency"] <= 45)).sum() >= 50
    assert (big & (customers["Recency"] > 365)).sum() >= 50
    assert (customers["TenureDays"] <= 60).sum() >= 100
