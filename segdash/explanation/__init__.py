"""Segments in words that can be checked: a short tree of rules, and what would move one customer."""

from __future__ import annotations

from segdash.explanation.customer import Explanation, explain_customer
from segdash.explanation.retelling import retell
from segdash.explanation.rule_tree import Rule, RuleTree

__all__ = ["Explanation", "Rule", "RuleTree", "explain_customer", "retell"]
