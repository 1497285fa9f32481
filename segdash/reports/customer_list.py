"""The customers that pass, each with her segment, as a file: of any number, in pieces from the engine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from segdash.errors import ChoiceError, quote
from segdash.reports.csv_file import csv_file
from segdash.schema import CLUSTER
from segdash.sources.answering import answering

if TYPE_CHECKING:
    import os

    import ibis.expr.types as ir

    from segdash.state import Segmentation

PIECE = 100_000
"""Customers that are in memory at a time."""


def save_customers(state: Segmentation, path: str | os.PathLike[str]) -> None:
    """Write the customers that pass filters and selection: id, metrics, attributes, segment.

    Where only a sample is in memory and nobody is selected, the engine lists all who pass, also those who are not in
    memory, a piece at a time and in no order.

    Parameters
    ----------
    state : Segmentation
    path : path
        Ends in .csv (as `csv_file` writes it) or .parquet; a file that is there is replaced.

    Raises
    ------
    ChoiceError
        When the ending is another one.
    SourceError
        When the engine stops answering.
    """
    path = Path(path)
    if path.suffix.lower() not in (".csv", ".parquet"):
        raise ChoiceError(f"A list of customers is written to .csv or .parquet, not to {quote(path.name)}.")
    packed = path.suffix.lower() == ".parquet"
    if not state.asks_engine:
        shown = state.shown.drop(columns=CLUSTER)
        if packed:
            shown.to_parquet(path, index=False)
        else:
            path.write_bytes(csv_file(shown).getvalue())
        return
    listed = state.everyone.named(state.filters)
    with answering(listed._find_backend(), state.intake["name"]):
        if packed:
            listed.to_parquet(path)
        else:
            _write_csv(listed, path)


def _write_csv(listed: ir.Table, path: Path) -> None:
    pieces = listed.to_pyarrow_batches(chunk_size=PIECE)
    with path.open("wb") as file:
        file.write(csv_file(pieces.schema.empty_table().to_pandas()).getvalue())
        for piece in pieces:
            file.write(csv_file(piece.to_pandas(), begins=False).getvalue())
