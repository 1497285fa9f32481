"""A frame in, a HoloViews element out: one function per chart, each usable alone, found by name in `CHARTS`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from segdash.registry import Registry

if TYPE_CHECKING:
    from collections.abc import Callable

    import holoviews as hv

CHARTS: Registry[Callable[..., hv.Element]] = Registry("chart", __name__)


def __getattr__(name: str) -> Any:
    # ``segdash.charts.revenue_by_segment`` without an import list to keep.
    if name.startswith("_"):
        raise AttributeError(name)
    try:
        return CHARTS[name]
    except KeyError as unknown:
        raise AttributeError(str(unknown)) from None
