"""Tables that Python holds already, and Excel sheets, which become such: into the embedded engine."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from segdash.sources.engine import embedded
from segdash.sources.files import RawTable, kind_of, read_table
from segdash.sources.rows import READERS, ROW, Options, Reader, Rows, distinct_headings


def _accepts(source: Any, _options: Options) -> bool:
    return isinstance(source, pd.DataFrame) or (isinstance(source, Path) and kind_of(source) in ("xls", "xlsx"))


def _read(source: Any, options: Options) -> Rows:
    raw = read_table(source, sheet=options.sheet, name=options.name)
    headings, notes = distinct_headings(raw.headings)
    connection = embedded(options.memory_limit)
    table = connection.create_table("loaded", _typed(raw))
    return Rows(options.name, table, headings, loaded=True, notes=(*raw.notes, *notes))


def _typed(raw: RawTable) -> pd.DataFrame:
    """Columns of one type each; those of mixed types become text."""
    columns = {}
    for i in raw.cells.columns:
        cells = raw.cells[i]
        if cells.dtype == object:
            kinds = {type(cell) for cell in cells if cell is not None and cell == cell}
            if len(kinds) > 1:
                cells = pd.Series([None if c is None or c != c else str(c) for c in cells], dtype="str")
            else:
                cells = cells.infer_objects()
        if isinstance(cells.dtype, pd.CategoricalDtype):
            cells = cells.astype(str)
        columns[f"c{i}"] = cells
    return pd.DataFrame(columns).assign(**{ROW: raw.rows})


READERS.register("frame")(Reader("an Excel file or a pandas frame", _accepts, _read, order=20))
