"""The tables a benchmark run prints."""

from __future__ import annotations

import os
import statistics
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

Times = dict[str, list[float]]
"""Measurement and its part ("axis.total") -> milliseconds of each run."""

COMPARED = {
    "first visit, server just started": "cold.painted",
    "second visit, new browser context": "warm.painted",
    "axis change": "axis.total",
    "box selection (segdash: all views)": "select.total",
}
VISIT = {
    "HTML received (the server makes the session)": "html",
    "last script received": "scripts",
    "scripts have run (DOMContentLoaded)": "ready",
    "websocket open": "socket",
    "document received": "document",
    "all charts painted, tables filled": "painted",
    "page at rest": "settled",
}
ANSWER = {
    "browser: input to message sent": ("sent", None),
    "server and wire: to the largest message received": ("received", "sent"),
    "browser: to the last repaint": ("total", "received"),
}


def report(customers: Path, times: dict[str, Times]) -> str:
    """The comparison, then where segdash's time goes."""
    with customers.open("rb") as table:
        rows = sum(1 for _ in table) - 1
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    title = f"\n## {rows:,} customers ({customers.name}; {os.cpu_count()} cores{load})"
    ours = times["segdash"]
    return "\n\n".join([title, comparison(times), visits(ours), answers(ours), footnote(times)])


def comparison(times: dict[str, Times]) -> str:
    """Dash beside segdash: medians in ms, with the least and the most."""
    lines = ["| what | Dash ms | segdash ms | ratio |", "|---|---:|---:|---:|"]
    for what, key in COMPARED.items():
        dash, segdash = times["dash"][key], times["segdash"][key]
        ratio = statistics.median(segdash) / statistics.median(dash)
        lines.append(f"| {what} | {spread(dash)} | {spread(segdash)} | {ratio:.2f} |")
    return "\n".join(lines)


def spread(values: list[float]) -> str:
    """The median, the least and the most."""
    return f"{statistics.median(values):,.0f} ({min(values):,.0f} to {max(values):,.0f})"


def visits(times: Times) -> str:
    """When each step of segdash's visits was reached, in ms from navigation."""
    lines = ["| segdash's visit, ms from navigation | first | second |", "|---|---:|---:|"]
    for what, part in VISIT.items():
        lines.append(f"| {what} | {median(times, f'cold.{part}'):,.0f} | {median(times, f'warm.{part}'):,.0f} |")
    sizes = {"scripts": "scriptBytes", "document": "documentBytes"}
    lines += [f"| {what}, KB | {median(times, f'cold.{key}') / 1000:,.0f} | |" for what, key in sizes.items()]
    return "\n".join(lines)


def answers(times: Times) -> str:
    """What segdash's answers to an input wait for, in ms."""
    lines = ["| segdash's answer, ms | axis change | box selection |", "|---|---:|---:|"]
    for what, (end, start) in ANSWER.items():
        spent = (spans(times, f"{action}.{end}", start and f"{action}.{start}") for action in ("axis", "select"))
        lines.append(f"| {what} | {' | '.join(f'{statistics.median(each):,.0f}' for each in spent)} |")
    size = [median(times, f"{action}.bytes") / 1000 for action in ("axis", "select")]
    return "\n".join([*lines, f"| received, KB | {size[0]:,.0f} | {size[1]:,.0f} |"])


def footnote(times: dict[str, Times]) -> str:
    """How many points were selected."""
    held = [f"{median(times[side], 'select.points'):,.0f} ({side})" for side in times]
    return f"Median of the runs (least to most). Points in the box: {', '.join(held)}."


def spans(times: Times, end: str, start: str | None) -> list[float]:
    """Time between two moments, run by run."""
    return [a - b for a, b in zip(times[end], times[start], strict=True)] if start else times[end]


def median(times: Times, key: str) -> float:
    """Middle of the runs."""
    return statistics.median(times[key])
