"""What became of each row: the ledger that travels with a customer table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
from pandas.api.types import is_bool_dtype, is_numeric_dtype

from segdash.schema import CLUSTER, CUSTOMER_ID, RFM, SEGMENT

if TYPE_CHECKING:
    from collections.abc import Mapping

_CANONICAL = (CUSTOMER_ID, *RFM, CLUSTER, SEGMENT)


class Intake(dict[str, Any]):
    """The account of one reading: rows read = rows kept + rows set aside, and every decision in a sentence.

    Parameters
    ----------
    content : mapping
        name (str), rows (int, data rows read), kept (int), columns (canonical name -> heading in the file),
        metrics (list of str, beyond recency, frequency and monetary), attributes (list of str), notes (list
        of sentences), doubts (those of the notes that question the data), reasons (list of {"reason", "rows",
        "first_row"}). JSON can hold all of it.
    set_aside : pandas.DataFrame of shape (n_set_aside, 2 + n_columns), optional
        row (number among the data rows, from 1), reason, then the cells as text under the file's headings.

    Notes
    -----
    pandas copies ``frame.attrs`` at every operation, so a copy of an `Intake` is the `Intake` itself: treat
    it as a value that never changes.

    Examples
    --------
    >>> import copy
    >>> intake = Intake({"name": "customers.csv", "rows": 3, "kept": 2})
    >>> copy.deepcopy(intake) is intake
    True
    """

    def __init__(self, content: Mapping[str, Any], set_aside: pd.DataFrame | None = None) -> None:
        super().__init__(content)
        self.set_aside = pd.DataFrame(columns=["row", "reason"]) if set_aside is None else set_aside

    def __copy__(self) -> Intake:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Intake:
        return self


def intake_of(frame: pd.DataFrame) -> Intake:
    """The ledger of a customer table; a plain one, made from its columns, when it came without.

    Parameters
    ----------
    frame : pandas.DataFrame of shape (n_customers, ...)
        Canonical columns, as `read_customers` returns them.

    Returns
    -------
    Intake
        Without a ledger every row counts as kept, numeric columns beyond the canonical ones are metrics and
        the others attributes. A ledger that went through Parquet comes back without its rows set aside.

    Examples
    --------
    >>> frame = pd.DataFrame({"customer_id": ["1"], "recency": [3], "age": [40], "city": ["Oslo"]})
    >>> intake_of(frame)["metrics"], intake_of(frame)["attributes"]
    (['age'], ['city'])
    """
    known = frame.attrs.get("intake")
    if isinstance(known, Intake):
        return known
    if isinstance(known, dict) and {"name", "rows", "kept", "metrics", "attributes"} <= known.keys():
        return Intake(known)
    names = [str(name) for name in frame.columns]
    further = [name for name in names if name not in _CANONICAL]
    metrics = [n for n in further if is_numeric_dtype(frame[n]) and not is_bool_dtype(frame[n])]
    return Intake(
        {
            "name": "The table",
            "rows": len(frame),
            "kept": len(frame),
            "columns": {name: name for name in names if name in _CANONICAL},
            "metrics": metrics,
            "attributes": [name for name in further if name not in metrics],
            "notes": [],
            "doubts": [],
            "reasons": [],
        }
    )
