"""11 segments on recency and on the mean of frequency and monetary: what `DEFAULT_RULE_SET` is."""

from __future__ import annotations

from segdash.rules import RULE_SETS
from segdash.rules.written import partition

RULE_SETS.register("r_fm")(
    partition(
        "11 segments on R and FM",
        ("r", "fm"),
        {
            "Champions": "55 54 45",
            "Loyal": "53 44 35 34",
            "Potential Loyalist": "52 42 33 43",
            "Recent": "51",
            "Promising": "41 31",
            "Needing Attention": "32 23 22",
            "At Risk": "25 24 13",
            "Can't Lose": "15 14",
            "About To Sleep": "21",
            "Hibernating": "12",
            "Lost": "11",
        },
    )
)
