"""Temporary palette until the measured one lands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

SLOTS = ("#7B67CA", "#168297", "#E56566", "#9B5A00", "#8D61B3", "#0CA292", "#577B49", "#AE841E", "#9E75D3", "#BD494B", "#9C4F80", "#0592EC")


def text_on(colour: str) -> str:
    return "#FFFFFF"


def normalise(colour: str) -> str:
    return colour


def refuse_clashes(colours: Mapping[str, str]) -> None:
    return None


def colours_for(names: Sequence[str]) -> dict[str, str]:
    fixed = {"Champions": 0, "Loyal": 1, "Low Value": 7, "At-Risk": 9}
    free = [i for i in range(12) if i not in fixed.values()]
    return {n: SLOTS[fixed[n]] if n in fixed else SLOTS[free.pop(0) if free else 0] for n in names}
