"""The clusters that a table brings along, as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from segdash.errors import count, quote
from segdash.intake.cells import MISSING
from segdash.intake.headings import mend
from segdash.schema import CLUSTER, SEGMENT, UNASSIGNED

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np

    from segdash.intake.cells import Column

MOST = 50
"""Different clusters that a table may have: beyond it, the column is something else."""


class Clusters:
    """A column of clusters: 1.0 is "1", names stay, empty cells are "Unassigned".

    Parameters
    ----------
    role : str
        "cluster" or "segment": what the heading says.
    column : Column

    Examples
    --------
    >>> import pandas as pd
    >>> from segdash.intake.cells import Column
    >>> Clusters("cluster", Column("Cluster", pd.Series(["1.0", "Loyal ", ""]))).names.to_pylist()
    ['1', 'Loyal', 'Unassigned']
    """

    def __init__(self, role: str, column: Column) -> None:
        self.role = role
        self.column = column
        text = pc.replace_substring_regex(column.distinct, r"^(-?[0-9]+)[.]0+$", r"\1")
        named = pc.if_else(pa.array(column.distinct_is(MISSING)), UNASSIGNED, text)
        self.names = column.text(named.cast(pa.large_string()))

    def empty(self, kept: np.ndarray) -> bool:
        """True when none of the ``kept`` rows has a cluster."""
        return not (~self.column.missing & kept).any()

    def key(self) -> np.ndarray:
        """Equal where clusters are equal."""
        return self.names.dictionary_encode().indices.to_numpy()

    def fault(self) -> str:
        """The sentence for too many different values, "" when there are few enough."""
        different = len(pc.unique(self.names))
        if different <= MOST:
            return ""
        what = f"Column {quote(self.column.heading)} holds {different:,} different values"
        mending = f"Drop or rename the column, or ignore it with {mend(self.role, None)}."
        return f"{what}; clusters are at most {MOST}. {mending}"

    def notes(self, kept: np.ndarray) -> list[str]:
        """What a reader should know: who has no cluster."""
        column = f"column {quote(self.column.heading)}"
        if self.empty(kept):
            return [f"C{column[1:]} is empty and is left out."]
        absent = int((self.column.missing & kept).sum())
        return [f'{count(absent, "row")} without a value in {column} are "{UNASSIGNED}".'] if absent else []


def given_clusters(columns: Mapping[str, Column]) -> tuple[Clusters | None, list[str]]:
    """The column that holds the clusters, segment names before numbers; and a note where both are there.

    Parameters
    ----------
    columns : mapping of str to Column
        By canonical name.
    """
    both = [Clusters(role, columns[role]) for role in (SEGMENT, CLUSTER) if role in columns]
    filled = [clusters for clusters in both if not clusters.column.missing.all()]
    if not filled:
        return (both[0] if both else None), []
    if len(both) == 1:
        return both[0], []
    used = filled[0]
    other = both[1] if used is both[0] else both[0]
    names = quote(used.column.heading), quote(other.column.heading)
    return used, [f"The clusters are the values of column {names[0]}; column {names[1]} is left out."]
