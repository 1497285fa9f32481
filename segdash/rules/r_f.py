"""10 segments on recency and frequency; what customers spend decides nothing."""

from __future__ import annotations

from segdash.rules import RULE_SETS
from segdash.rules.written import partition

RULE_SETS.register("r_f")(
    partition(
        "10 segments on R and F",
        ("r", "f"),
        {
            "Champions": "55 54",
            "Loyal": "45 44 35 34",
            "Potential Loyalist": "53 52 43 42",
            "New": "51",
            "Promising": "41",
            "Need Attention": "33",
            "At Risk": "24 23 14 13",
            "Can't Lose": "25 15",
            "About To Sleep": "32 31",
            "Hibernating": "22 21 12 11",
        },
    )
)
