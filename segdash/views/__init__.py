"""What people look at: one Viewer per file, each bound to the state and alone usable in a notebook."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from segdash.registry import Registry

if TYPE_CHECKING:
    from segdash.views.view import View

VIEWS: Registry[type[View]] = Registry("view", __name__)


def __getattr__(name: str) -> Any:
    # ``segdash.views.Scatter`` without an import list to keep.
    if name.startswith("_"):
        raise AttributeError(name)
    try:
        return VIEWS[name]
    except KeyError as unknown:
        raise AttributeError(str(unknown)) from None
