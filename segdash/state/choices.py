"""Kinds of choices that are checked before they are taken, and their limits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import param

from segdash.clustering import METHODS
from segdash.configuration import check_overrides
from segdash.continuity import check_remembered
from segdash.errors import UnknownNameError
from segdash.own_segments import check_own_segments

if TYPE_CHECKING:
    from segdash.clustering.settings import Setting

MOST_SEGMENTS = 12

OWN_PARAMS = {"n_clusters": "n_segments", "transform": "transform", "seed": "seed", "starts": "starts"}
"""Setting of a method -> the param of the state that holds it; all other settings are in ``method_settings``."""


class SegmentOverrides(param.Dict):
    """A dict of segment settings that is checked before it is taken."""

    def _validate_value(self, val: Any, allow_None: bool) -> None:
        super()._validate_value(val, allow_None)
        check_overrides(val or {})


class Remembered(param.Dict):
    """A dict of what segments were, checked before it is taken."""

    def _validate_value(self, val: Any, allow_None: bool) -> None:
        super()._validate_value(val, allow_None)
        check_remembered(val or {})


class OwnSegments(param.Dict):
    """A dict of customer ids per segment that is checked before it is taken."""

    def _validate_value(self, val: Any, allow_None: bool) -> None:
        super()._validate_value(val, allow_None)
        check_own_segments(val or {})


class MethodSettings(param.Dict):
    """A dict of settings that methods declare, each checked before it is taken."""

    def _validate_value(self, val: Any, allow_None: bool) -> None:
        super()._validate_value(val, allow_None)
        known = declared_settings()
        for name, value in (val or {}).items():
            if name not in known:
                raise UnknownNameError.of("setting of a method", str(name), known)
            known[name].check(value)


def declared_settings() -> dict[str, Setting]:
    """Settings of all methods that have no param of their own, by name."""
    known = {setting.name: setting for name in METHODS for setting in METHODS[name].settings}
    return {name: setting for name, setting in known.items() if name not in OWN_PARAMS}
