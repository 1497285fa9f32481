"""The rules of the R package rfm's vignette: a list, first match wins, with its holes called Others."""

from __future__ import annotations

from segdash.rules import RULE_SETS
from segdash.rules.compiler import compile_rules
from segdash.rules.rule import Rule

RULES = (
    Rule("Champions", {"r": (5, 5), "f": (5, 5), "m": (5, 5)}),
    Rule("Potential Loyalist", {"r": (3, 5), "f": (3, 5), "m": (2, 5)}),
    Rule("Loyal Customers", {"r": (2, 4), "f": (2, 4), "m": (2, 4)}),
    Rule("Promising", {"r": (3, 4), "f": (1, 3), "m": (3, 5)}),
    Rule("New Customers", {"r": (4, 5), "f": (1, 3), "m": (1, 5)}),
    Rule("Can't Lose Them", {"r": (1, 2), "f": (3, 4), "m": (4, 5)}),
    Rule("At Risk", {"r": (1, 2), "f": (2, 5), "m": (4, 5)}),
    Rule("Need Attention", {"r": (1, 3), "f": (3, 5), "m": (3, 5)}),
    Rule("About To Sleep", {"r": (2, 3), "f": (1, 3), "m": (1, 4)}),
    Rule("Lost", {"r": (1, 1), "f": (1, 5), "m": (1, 5)}),
)
"""As published."""

BEST_TO_WORST = (
    "Champions",
    "Potential Loyalist",
    "Loyal Customers",
    "New Customers",
    "Promising",
    "Need Attention",
    "At Risk",
    "Can't Lose Them",
    "About To Sleep",
    "Lost",
    "Others",
)

RULE_SETS.register("r_vignette")(
    compile_rules(RULES, ("r", "f", "m"), name="As in the vignette of the R package rfm").rule_set.ordered(
        BEST_TO_WORST
    )
)
