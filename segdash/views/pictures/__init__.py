"""Pictures of the room "More pictures": one module each, found by name in `PICTURES`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segdash.registry import Registry

if TYPE_CHECKING:
    from segdash.views.pictures.picture import Picture

PICTURES: Registry[type[Picture]] = Registry("picture", __name__)
