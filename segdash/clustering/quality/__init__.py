"""Whether a segmentation deserves to be believed: how many segments, how well each repeats, who sits on a border.

Everything here takes plain arrays: points in the space that distances are measured in, labels, distances.
"""

from __future__ import annotations

from segdash.clustering.quality.borders import borderline
from segdash.clustering.quality.refits import Fit, k_means_fit
from segdash.clustering.quality.segments import segment_quality
from segdash.clustering.quality.study import Study, study

__all__ = ["Fit", "Study", "borderline", "k_means_fit", "segment_quality", "study"]
