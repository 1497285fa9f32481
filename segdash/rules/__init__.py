"""Score cells in, named segments out. One module per rule set that comes with segdash, found in `RULE_SETS`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from segdash.errors import RulesError, quote
from segdash.registry import Registry

if TYPE_CHECKING:
    from segdash.rules.rule_set import RuleSet

RULE_SETS: Registry[RuleSet] = Registry("rule set", __name__)

DEFAULT_RULE_SET = "r_fm"


def rule_set_of(given: Any) -> RuleSet:
    """The rule set that is meant: one by its name in `RULE_SETS`, what `RuleSet.to_dict` wrote, or one itself.

    Raises
    ------
    UnknownNameError
        When no rule set has that name.
    RulesError
        When it is neither, or no partition.

    Examples
    --------
    >>> rule_set_of("r_fm").segments[:3]
    ('Champions', 'Loyal', 'Potential Loyalist')
    """
    from segdash.rules.rule_set import RuleSet

    if isinstance(given, RuleSet):
        return given
    if isinstance(given, str):
        return RULE_SETS[given]
    if isinstance(given, Mapping):
        return RuleSet.from_dict(given)
    raise RulesError(f"A rule set is a name or what to_dict of one wrote, not {quote(given)}.")
