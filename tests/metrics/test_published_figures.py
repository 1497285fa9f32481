"""The table "RFM to reproduce": every real log to its published digits."""

from __future__ import annotations

import pytest

import segdash as sd

SALES = {"refunds": "ignore"}
POSITIVE = {"refunds": "ignore", "zero_amounts": "keep"}
ROWS = {"grain": "row"}
RETAIL = "online_retail/online_retail.parquet"
DECEMBER = (26_160, 885, 13.0723, 1.5819, 647.1343, 572_713.89, 622)
CDNOW = (6_919, 2_357, 372.5639, 2.8409, 103.5604, 244_091.94, 1_218)

FIGURES = [
    (RETAIL, POSITIVE, (397_924, 4_339, 92.5183, 4.2720, 2053.7930, 8_911_407.90, 1_494)),
    (RETAIL, SALES, (397_884, 4_338, 92.5364, 4.2720, 2054.2665, 8_911_407.90, 1_493)),
    (RETAIL, SALES | {"duplicates": "drop"}, (392_692, 4_338, 92.5364, 4.2720, 2048.6881, 8_887_208.89, 1_493)),
    (
        RETAIL,
        {"refunds": "order", "zero_amounts": "keep"},
        (406_829, 4_372, 92.0471, 5.0755, 1898.4597, 8_300_065.81, 1_313),
    ),
    ("online_retail/online_retail_2010_12_raw.csv.gz", POSITIVE, DECEMBER),
    ("derived_variants/or_2010_12_comma_mdY_latin1.csv.gz", POSITIVE, DECEMBER),
    ("derived_variants/or_2010_12_mixed_dates_seedlike.csv.gz", POSITIVE, DECEMBER),
    ("cdnow/CDNOW_sample.txt.gz", {"zero_amounts": "keep"}, CDNOW),
    ("cdnow/btyd_cdnowElog.csv", {"zero_amounts": "keep"}, CDNOW),
    ("rfm_r_orders/rfm_data_orders.csv", ROWS, (4_906, 995, 286.7387, 4.9307, 466.4905, 464_158.00, 42)),
    (
        "retail_transactions_125k/Retail_Data_Transactions.csv.gz",
        ROWS,
        (125_000, 6_889, 81.5382, 18.1449, 1179.2697, 8_123_989.00, 0),
    ),
    (
        "purchases_donations/purchases_iso.txt.gz",
        ROWS,
        (51_243, 18_417, 1253.0379, 2.7824, 173.4455, 3_194_344.90, 9_048),
    ),
    (
        "complete_journey/cj_transactions_sample_75k.parquet",
        {},
        (74_472, 2_373, 43.8386, 19.8011, 98.5821, 233_935.24, None),
    ),
    ("superstore/superstore_2014_2017.xls", {}, (9_994, 793, 147.8020, 6.3165, 2896.8485, 2_297_200.86, 12)),
    (
        "groceries_no_amount/Groceries_dataset.csv.gz",
        {},
        (38_765, 3_898, 188.7014, 3.8386, 9.9448, 38_765.00, 349),
    ),
    (
        "classic_models_sales/sales_data_sample_mdY.csv.gz",
        {},
        (2_823, 92, 182.8261, 3.3370, 109_050.3136, 10_032_628.85, 1),
    ),
]


@pytest.mark.parametrize(("file", "choices", "figures"), FIGURES, ids=lambda value: str(value)[:60])
def test_published(shared_data, file, choices, figures):
    orders = sd.read_orders(shared_data / file, **choices)
    table = sd.customer_metrics(orders, metrics=[])
    rows, customers, recency, frequency, monetary, total, once = figures
    assert orders.ledger.loc[orders.ledger["kept"], "rows"].sum() == rows
    assert len(table) == customers
    assert round(table["recency"].mean(), 4) == recency
    assert round(table["frequency"].mean(), 4) == frequency
    assert round(table["monetary"].mean(), 4) == monetary
    assert round(table["monetary"].sum(), 2) == total
    assert once is None or (table["frequency"] == 1).sum() == once


def test_match_undoes_the_order_of_customer_12346(shared_data):
    orders = sd.read_orders(shared_data / RETAIL, refunds="match")
    assert "12346" not in set(sd.customer_metrics(orders, metrics=[])["customer_id"])
    undone = orders.bucket_rows("undone", limit=10_000)
    undoing = orders.bucket_rows("undoing", limit=10_000)
    assert undone.loc[undone["CustomerID"] == 12346, "InvoiceNo"].tolist() == ["541431"]
    assert undoing.loc[undoing["CustomerID"] == 12346, "InvoiceNo"].tolist() == ["C541433"]
    book = orders.ledger.set_index("bucket")
    assert book.loc["undone", "money"] == -book.loc["undoing", "money"]
    assert book["rows"].sum() == 541_909
    assert book["money"].sum() == pytest.approx(9_747_747.934)


def test_the_bundled_orders_give_the_bundled_customers(request):
    root = request.config.rootpath
    table = sd.customer_metrics(sd.read_orders(root / "data" / "orders.csv", duplicates="drop"))
    bundled = sd.read_customers(root / "data" / "customers.csv")
    assert table["customer_id"].tolist() == sorted(bundled["customer_id"])
    joined = table.merge(bundled, on="customer_id", suffixes=("", "_bundled"))
    assert (joined["frequency"] == joined["frequency_bundled"]).all()
    assert (joined["recency"] == joined["recency_bundled"]).all()
    assert (joined["monetary"] - joined["monetary_bundled"]).abs().max() < 0.005
