"""What can be chosen for a method: typed declarations, which become controls and check what they are given."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from numbers import Integral, Real
from typing import Any

from segdash.clustering.transforms import TRANSFORMS
from segdash.errors import ClusteringError, UnknownNameError, quote

KINDS = {
    "whole": "a whole number",
    "number": "a number",
    "switch": "True or False",
    "choice": "one of the options",
    "weights": "a mapping of metric to weight, such as {'monetary': 2}",
    "rule set": "the name of a rule set, or what to_dict of one wrote",
    "cuts": "a mapping of metric to cut points, such as {'recency': [30, 90, 180, 365]}",
    "model": "what to_dict of a model wrote",
}
"""Kinds of setting, and what a value of that kind is."""


@dataclass(frozen=True)
class Setting:
    """One choice that a method listens to.

    Parameters
    ----------
    name : str
        Keyword of the method's function.
    title : str
        Label of its control.
    doc : str
        What it does, for a tooltip.
    kind : str
        One of `KINDS`; weights, rule sets and cut points are kinds of their own.
    default : object
        Value when nothing is chosen.
    bounds : tuple of two numbers, optional
        Smallest and largest value allowed, of numbers and of each weight.
    options : mapping of str to str
        Value -> title, of a choice.
    """

    name: str
    title: str
    doc: str
    kind: str
    default: Any
    bounds: tuple[float, float] | None = None
    options: Mapping[str, str] = field(default_factory=dict)

    def check(self, value: Any) -> Any:
        """``value`` in plain Python types.

        Raises
        ------
        ClusteringError
            When it is of another kind or out of bounds.
        UnknownNameError
            When it is none of the options.

        Examples
        --------
        >>> N_CLUSTERS.check(5)
        5
        >>> N_CLUSTERS.check(1)
        Traceback (most recent call last):
        ...
        segdash.errors.ClusteringError: Setting 'n_clusters' must be a whole number, 2 to 50, not '1'.
        """
        if self.kind == "choice":
            if value not in list(self.options):
                raise UnknownNameError.of(self.name, value, self.options)
            return str(value)
        if self.kind == "weights":
            return self._weights({} if value is None else value)
        return self._plain(value, f"Setting {quote(self.name)}", KINDS[self.kind])

    def _weights(self, value: Any) -> dict[str, float]:
        if not isinstance(value, Mapping):
            raise ClusteringError(f"Setting {quote(self.name)} must be {KINDS[self.kind]}, not {quote(value)}.")
        return {str(name): self._plain(one, f"The weight of {quote(name)}", "a number") for name, one in value.items()}

    def _plain(self, value: Any, what: str, wanted: str) -> Any:
        number: Any = value.item() if hasattr(value, "item") and getattr(value, "ndim", 0) == 0 else value
        allowed = {"switch": bool, "whole": Integral}.get(self.kind, Real)
        low, high = self.bounds or (-math.inf, math.inf)
        # True is a number to Python, and no number of segments to anybody else.
        fits = isinstance(number, allowed) and isinstance(number, bool) == (self.kind == "switch")
        if not fits or not math.isfinite(number) or not low <= number <= high:
            span = f", {low:,} to {high:,}," if self.bounds else ","
            raise ClusteringError(f"{what} must be {wanted}{span} not {quote(value)}.")
        return number if self.kind in ("switch", "whole") else float(number)


N_CLUSTERS = Setting(
    "n_clusters", "Segments", "Number of segments that the method makes.", "whole", default=4, bounds=(2, 50)
)
TRANSFORM = Setting(
    "transform",
    "Transform",
    "What is done to each metric before it is standardised. The logarithm keeps a few large values from making "
    "segments of their own; ranks go by order alone; Yeo-Johnson makes a metric as symmetric as a power can.",
    "choice",
    default="log1p",
    options=TRANSFORMS,
)
STANDARDISE = Setting(
    "standardise",
    "Standardise",
    "Give every metric mean 0 and standard deviation 1, so that none counts more for its unit alone.",
    "switch",
    default=True,
)
WINSORISE = Setting(
    "winsorise",
    "Clip at each end",
    "Share of the customers at each end of a metric whose values are moved to the next one inside; 0 clips nothing.",
    "number",
    default=0.0,
    bounds=(0, 0.25),
)
WEIGHTS = Setting(
    "weights",
    "Weights",
    "How much a metric counts: it is multiplied by this after standardising. 1 where none is given, 0 leaves it out.",
    "weights",
    default={},
    bounds=(0, 100),
)
SEED = Setting(
    "seed",
    "Seed",
    "Of random starts and samples: same seed, same segments.",
    "whole",
    default=42,
    bounds=(0, 2**32 - 1),
)
STARTS = Setting(
    "starts",
    "Starts",
    "Random starts, the best is kept. 0 takes as many as the number of customers allows.",
    "whole",
    default=0,
    bounds=(0, 1000),
)
PREPARING = (TRANSFORM, STANDARDISE, WINSORISE, WEIGHTS)
"""Settings of every method that measures distances between customers."""
