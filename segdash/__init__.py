"""segdash: from a customer table to segments you can defend and act on.

The public names. Nothing else lives here, and nothing that draws is imported before it is asked for.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from segdash import charts, views
    from segdash.dashboard import Dashboard
    from segdash.errors import SegdashError
    from segdash.intake.customers import read_customers
    from segdash.intake.orders import Orders, read_orders
    from segdash.metrics import customer_metrics
    from segdash.profile import segment_profile
    from segdash.segmentation_file import load_segmentation, save_segmentation
    from segdash.state import Segmentation

__version__ = "0.1.0"

_HOMES = {
    "Dashboard": "segdash.dashboard",
    "Orders": "segdash.intake.orders",
    "SegdashError": "segdash.errors",
    "Segmentation": "segdash.state",
    "customer_metrics": "segdash.metrics.measure",
    "load_segmentation": "segdash.segmentation_file",
    "read_customers": "segdash.intake.customers",
    "read_orders": "segdash.intake.orders",
    "save_segmentation": "segdash.segmentation_file",
    "segment_profile": "segdash.profile",
}

__all__ = [
    "Dashboard",
    "Orders",
    "SegdashError",
    "Segmentation",
    "charts",
    "customer_metrics",
    "load_segmentation",
    "read_customers",
    "read_orders",
    "save_segmentation",
    "segment_profile",
    "views",
]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(importlib.import_module(_HOMES[name]), name)
    if name in ("charts", "views"):
        return importlib.import_module(f"segdash.{name}")
    raise AttributeError(f"module 'segdash' has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
