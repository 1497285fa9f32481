"""What a person chose, and the tables that follow from it."""

from segdash.state.segmentation import Segmentation

__all__ = ["Segmentation"]
