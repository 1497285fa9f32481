"""Segments in words that can be checked: a short tree of rules, and what would move one customer."""

from __future__ import annotations

from segdash.explanation.as_cells import as_cells
from segdash.explanation.customer import Explanation, beside_others, explain_customer
from segdash.explanation.retelling import retell
from segdash.explanation.rule_tree import Rule, RuleTree

__all__ = ["Explanation", "Rule", "RuleTree", "as_cells", "beside_others", "explain_customer", "retell"]
