"""What the page calls the columns of an order log, and the choices of reading and cleaning it."""

from __future__ import annotations

from typing import Any

from segdash.sources.delimiters import BLANKS

TITLES = {
    "customer_id": "Customer",
    "order_id": "Order id",
    "ordered_at": "Date",
    "amount": "Amount",
    "quantity": "Quantity",
    "price": "Unit price",
    "status": "Status",
    "currency": "Currency",
    "product": "Product",
}
POLICY_TITLES = {
    "refunds": "Refunds",
    "zero_amounts": "Rows of amount 0",
    "duplicates": "Exact copies of rows",
    "grain": "One order is",
}
CHOICE_TITLES = {
    "refunds": {
        "net": "Lower the spend",
        "match": "Undo their sales",
        "ignore": "Set aside",
        "order": "Count as orders",
    },
    "zero_amounts": {"drop": "Set aside", "keep": "Count as orders"},
    "duplicates": {"keep": "Keep all", "drop": "Keep one"},
    "grain": {"order": "One order id", "day": "One customer's day", "row": "One row"},
}
TEXT_TITLES = {"delimiter": "Between cells", "encoding": "Letters as", "header": "First line"}
TEXT_CHOICES: dict[str, dict[str, Any]] = {
    "delimiter": {"Comma": ",", "Semicolon": ";", "Tab": "\t", "Bar": "|", "Blanks (aligned columns)": BLANKS},
    "encoding": {
        "UTF-8": "utf-8",
        "Western Windows (cp1252)": "cp1252",
        "Latin-1": "latin-1",
        "DOS (cp850)": "cp850",
        "DOS, US (cp437)": "cp437",
        "UTF-16": "utf-16",
    },
    "header": {"Headings": True, "A row like the others": False},
}
DECIMALS = {"As found": "", "Point: 1234.56": ".", "Comma: 1234,56": ","}
NONE = "(no column)"
