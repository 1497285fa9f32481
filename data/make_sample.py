"""Make the sample tables ``orders.csv`` and ``customers.csv`` from one seed.

The customers are invented: each one buys at a rate of their own until they silently stop ("buy till you
die"), and the shop is busier in November and December. Run ``python data/make_sample.py`` to write both files
anew.

The files must come out the same, byte for byte, on every platform and with every supported numpy. So the only
draws are uniform ones, each distribution is written out as a formula, and results are rounded to days,
minutes, pieces and cents, far coarser than the last bit in which two mathematical libraries may differ.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy.special import gammaincinv, ndtri

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Names = NDArray[np.object_]

SEED = 20260101
CUSTOMERS = 3000
MOST_ORDERS = 120  # of one customer: the width of the table the orders are drawn in
DAYS = pd.date_range("2024-01-01", "2025-12-31", freq="D")
YEARS = 2.0

MONTH_WEIGHTS = np.array([8, 7, 8, 9, 9, 9, 8, 8, 10, 11, 17, 19])  # January first
WEEKDAY_WEIGHTS = np.array([10, 10, 10, 11, 12, 9, 6])  # Monday first

COUNTRIES = {
    "United Kingdom": 0.46,
    "Germany": 0.21,
    "France": 0.14,
    "Netherlands": 0.09,
    "Spain": 0.07,
    "Ireland": 0.03,
}
CHANNELS = {"Web": 0.58, "App": 0.25, "Store": 0.13, "Partner": 0.04}
LINES = {1: 0.60, 2: 0.25, 3: 0.10, 4: 0.05}  # how many lines an order has

PRODUCTS = {
    "Greeting card": 2.95,
    "Tea towel": 6.50,
    "Enamel mug": 8.90,
    "Soap dish": 11.25,
    "Candle": 13.50,
    "Storage jar": 16.00,
    "Cotton napkins": 18.75,
    "Plant pot": 22.00,
    "Serving board": 26.50,
    "Bread knife": 31.00,
    "Cushion": 36.90,
    "Glass carafe": 42.00,
    "Table runner": 48.50,
    "Wool throw": 64.00,
    "Cast iron pan": 79.00,
    "Desk lamp": 98.00,
    "Wall clock": 125.00,
    "Bed linen set": 159.00,
    "Coffee grinder": 210.00,
    "Floor lamp": 289.00,
    "Armchair": 540.00,
    "Oak table": 980.00,
}
"""List prices, cheapest first: `price_lines` looks them up by bisection."""

COLUMNS = ["OrderID", "OrderDate", "CustomerID", "Product", "Quantity", "UnitPrice", "Country", "Channel"]


def main(folder: Path) -> None:
    """Write both tables into ``folder``."""
    orders = make_orders(SEED)
    write(orders, folder / "orders.csv")
    write(make_customers(orders), folder / "customers.csv")


def write(table: pd.DataFrame, path: Path) -> None:
    """Write a table with nothing left to the platform: line ending, money and dates are spelled out."""
    table.to_csv(
        path,
        index=False,
        lineterminator="\n",
        float_format="%.2f",
        date_format="%Y-%m-%dT%H:%M:%S",
        encoding="utf-8",
    )


def make_orders(seed: int) -> pd.DataFrame:
    """One row per order line, oldest first, with the flaws of a real export left in.

    Parameters
    ----------
    seed : int
        Start of the random numbers; the same seed makes the same table.

    Returns
    -------
    DataFrame
        The columns of `COLUMNS`. Returns have a negative quantity and the order id of their sale after a "C".
    """
    rng = np.random.Generator(np.random.PCG64(seed))
    sales = order_lines(rng, orders_of(rng, customers_of(rng)))
    rows = pd.concat([sales, returns_of(rng, sales)], ignore_index=True)
    rows = rows.sort_values(["OrderDate", "OrderID"], kind="stable", ignore_index=True)
    return with_copies(rng, rows)[COLUMNS]


def make_customers(orders: pd.DataFrame) -> pd.DataFrame:
    """One row per customer, measured one day after the latest row.

    Rows without customer id and exact copies of a row are left out. A return lowers what its customer has
    spent, but it is no order and moves no date. Money is added up in whole cents, so that no sum depends on
    the order of its rows.

    Parameters
    ----------
    orders : DataFrame
        A table as `make_orders` returns it.

    Returns
    -------
    DataFrame
        Sorted by customer id; no index worth keeping.
    """
    as_of = orders["OrderDate"].max() + pd.Timedelta(days=1)
    known = orders.drop_duplicates().dropna(subset="CustomerID")
    cents = known["Quantity"] * (known["UnitPrice"] * 100).round().astype("int64")
    spent = cents.groupby(known["CustomerID"]).sum()
    sales = known[known["Quantity"] > 0].groupby("CustomerID")
    number = sales["OrderID"].nunique()
    table = pd.DataFrame(
        {
            "Recency": (as_of - sales["OrderDate"].max()).dt.days,
            "Frequency": number,
            "Monetary": spent / 100,
            # Half a cent goes up, in whole numbers: a float could fall on either side of the half.
            "AvgOrderValue": (2 * spent + number) // (2 * number) / 100,
            "TenureDays": (as_of - sales["OrderDate"].min()).dt.days,
            "Country": sales["Country"].first(),
            "Channel": sales["Channel"].first(),
        }
    )
    return table.reset_index()


def customers_of(rng: np.random.Generator) -> pd.DataFrame:
    """Draw who the customers are: when each comes, how often and how long they buy, how much they spend."""
    return pd.DataFrame(
        {
            "CustomerID": [f"C{i:05d}" for i in range(1, CUSTOMERS + 1)],
            # More than an even share comes early: the shop had customers before the first day.
            "start": np.sort(YEARS * rng.random(CUSTOMERS) ** 1.25),
            "rate": gamma(rng, shape=0.85, mean=5.6),
            "life": exponential(rng, CUSTOMERS) / gamma(rng, shape=1.3, mean=1.5),
            "level": 3.75 + 0.75 * normal(rng, CUSTOMERS),
            "Country": pick(rng, COUNTRIES, CUSTOMERS),
            "home": pick(rng, CHANNELS, CUSTOMERS),
        }
    )


def orders_of(rng: np.random.Generator, customers: pd.DataFrame) -> pd.DataFrame:
    """Draw all orders in the sequence they came in, each with its total still to be split into lines."""
    gaps = exponential(rng, (CUSTOMERS, MOST_ORDERS)) / customers["rate"].to_numpy()[:, None]
    gaps[:, 0] = 0.0  # the first order is what makes a customer
    since = np.cumsum(gaps, axis=1)
    when = customers["start"].to_numpy()[:, None] + since
    who, which = np.nonzero((since <= customers["life"].to_numpy()[:, None]) & (when < YEARS))
    orders = customers.iloc[who].reset_index(drop=True)
    orders["OrderDate"] = day_of(when[who, which]) + minute_of_day(rng, len(who))
    orders["total"] = np.exp(orders["level"] + 0.55 * normal(rng, len(who)))
    # Four orders in five go through the channel the customer usually takes.
    other = pd.Series(pick(rng, CHANNELS, len(who)))
    orders["Channel"] = orders["home"].where(rng.random(len(who)) < 0.8, other)
    orders = orders.sort_values(["OrderDate", "CustomerID"], kind="stable", ignore_index=True)
    orders["OrderID"] = [str(100001 + i) for i in range(len(orders))]
    return without_some_ids(rng, orders)


def without_some_ids(rng: np.random.Generator, orders: pd.DataFrame) -> pd.DataFrame:
    """``orders`` with the customer id blanked in a few, as when a guest buys without an account."""
    guest = rng.random(len(orders)) < 0.025
    # The latest order keeps its id, so "the latest timestamp" is the same with and without the guests.
    guest &= (orders["OrderDate"] < orders["OrderDate"].max()).to_numpy()
    return orders.assign(CustomerID=orders["CustomerID"].mask(guest))


def order_lines(rng: np.random.Generator, orders: pd.DataFrame) -> pd.DataFrame:
    """One row per line: each order's total split at random, and filled with products from the list."""
    lines = orders.loc[orders.index.repeat(pick(rng, LINES, len(orders)).astype("int64"))]
    weight = pd.Series(0.3 + rng.random(len(lines)), index=lines.index)
    share = weight / weight.groupby(level=0).transform("sum")
    product, quantity, price = price_lines(rng, (lines["total"] * share).to_numpy())
    lines = lines.assign(Product=product, Quantity=quantity, UnitPrice=price)
    # A product stands in an order once, so that an exact copy of a row is always a fault of the export.
    return lines.drop_duplicates(["OrderID", "Product"]).loc[:, COLUMNS]


def price_lines(rng: np.random.Generator, amount: Floats) -> tuple[Names, NDArray[np.int64], Floats]:
    """Choose product, quantity and unit price of lines that should come to about ``amount`` each."""
    names, prices = np.array(list(PRODUCTS), dtype=object), np.array(list(PRODUCTS.values()))
    # A dear piece or several cheap ones: the price aimed at is a random part of the amount.
    chosen = np.searchsorted(prices, amount * np.sqrt(rng.random(len(amount))), side="right") - 1
    chosen = np.maximum(chosen, 0)
    quantity = np.maximum(np.rint(amount / prices[chosen]), 1).astype("int64")
    return names[chosen], quantity, prices[chosen]


def returns_of(rng: np.random.Generator, sales: pd.DataFrame) -> pd.DataFrame:
    """Rows that take back a sale, wholly or in part, two days to six weeks later.

    No return is larger than its sale, and the first line of each customer is never returned. So everybody
    has spent something, and nobody's total can fall below zero.
    """
    may_go_back = sales["CustomerID"].notna() & sales.duplicated("CustomerID")
    back = sales[may_go_back & (rng.random(len(sales)) < 0.035)]
    delay = pd.to_timedelta(2 + np.floor(40 * rng.random(len(back))), unit="D")
    date = back["OrderDate"].dt.normalize() + delay + minute_of_day(rng, len(back))
    whole = rng.random(len(back)) < 0.7
    part = np.ceil(back["Quantity"] * rng.random(len(back))).astype("int64")
    quantity = -back["Quantity"].where(whole, part)
    back = back.assign(OrderID="C" + back["OrderID"], OrderDate=date, Quantity=quantity)
    # The table ends with a sale: otherwise the moment everything is measured at would hang on a return.
    return back[date < sales["OrderDate"].max()]


def with_copies(rng: np.random.Generator, rows: pd.DataFrame) -> pd.DataFrame:
    """``rows`` with a few of them standing there twice, as when an export is appended to itself."""
    times = np.where(rng.random(len(rows)) < 0.006, 2, 1)
    return rows.loc[rows.index.repeat(times)].reset_index(drop=True)


def day_of(when: Floats) -> pd.DatetimeIndex:
    """Find the day for a time in years, on a clock on which a busy day is longer than a quiet one."""
    weight = MONTH_WEIGHTS[DAYS.month - 1] * WEEKDAY_WEIGHTS[DAYS.day_of_week]
    passed = np.cumsum(weight)  # whole numbers, hence exact
    return DAYS[np.searchsorted(passed, when / YEARS * passed[-1], side="right")]


def minute_of_day(rng: np.random.Generator, size: int) -> pd.TimedeltaIndex:
    """Draw times of day between 7 and 23 o'clock, most of them in the afternoon, in whole minutes."""
    minutes = 7 * 60 + np.floor(16 * 60 * (rng.random(size) + rng.random(size)) / 2)
    return pd.to_timedelta(minutes.astype("int64"), unit="min")


def exponential(rng: np.random.Generator, size: int | tuple[int, int]) -> Floats:
    """Draw exponential numbers with mean 1."""
    return -np.log1p(-rng.random(size))


def normal(rng: np.random.Generator, size: int) -> Floats:
    """Draw normal numbers with mean 0 and standard deviation 1."""
    return ndtri(rng.random(size))


def gamma(rng: np.random.Generator, shape: float, mean: float) -> Floats:
    """Draw one gamma number per customer, rounded: releases of scipy may differ in its last digits."""
    drawn = gammaincinv(shape, rng.random(CUSTOMERS)) * mean / shape
    return np.maximum(np.round(drawn, 4), 0.01)


def pick(rng: np.random.Generator, shares: Mapping[Any, float], size: int) -> Names:
    """Draw ``size`` of the keys, each as often as its share says."""
    edges = np.cumsum(list(shares.values()))[:-1]
    return np.array(list(shares), dtype=object)[np.searchsorted(edges, rng.random(size), side="right")]


if __name__ == "__main__":
    main(Path(__file__).parent)
