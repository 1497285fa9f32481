"""A ready customer table, from a file or a frame, checked and accounted for row by row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from segdash.errors import ChoiceError, TableError, count, quote
from segdash.intake.cells import EXACT, Column, as_text, text_series
from segdash.intake.clusters import given_clusters
from segdash.intake.further import Further, padding_note
from segdash.intake.gaps import recency_gaps
from segdash.intake.headings import Roles, assign_roles, mend
from segdash.intake.ledger import Intake
from segdash.intake.numbers import Numbers, read_numbers
from segdash.intake.rows import NO_ID, WIDTH, Tally, mark_duplicates, set_aside_frame
from segdash.schema import CLUSTER, CUSTOMER_ID, MONETARY, RFM, SEGMENT
from segdash.sources.files import RawTable, Source, read_table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def read_customers(
    source: Source,
    *,
    columns: Mapping[str, str | None] | None = None,
    sheet: str | int | None = None,
    decimal: str | None = None,
    name: str = "",
) -> pd.DataFrame:
    r"""One row per customer with recency, frequency and monetary, and an account of every row read.

    Parameters
    ----------
    source : str, path, file object or pandas.DataFrame
        CSV, TSV, Parquet or Excel, gzipped or not; see `segdash.sources.files.read_table`.
    columns : mapping of str to str or None, optional
        Canonical name -> heading, where the headings do not say it: ``{"monetary": "Revenue"}``.
        ``{"cluster": None}`` ignores the table's own clusters.
    sheet : str or int, optional
        Sheet of an Excel file, by name or by position from 0.
    decimal : {".", ","}, optional
        The decimal sign, where the cells leave it open.
    name : str, optional
        What sentences call the table; by default the file's name.

    Returns
    -------
    pandas.DataFrame of shape (n_customers, 4 + n_metrics + n_attributes + has_cluster)
        customer_id (text), recency (days), frequency (orders), monetary (float64, currency of the data), then
        further metrics and attributes (text, "" where missing) in file order, and cluster (text) if the table
        has one. Metrics but monetary are int64 where all values are whole, else float64.
        ``frame.attrs["intake"]`` is the `Intake`.

    Raises
    ------
    SourceError
        When the file can't be opened or is no table.
    TableError
        When columns are missing, double, empty or text, or no row can be used: all faults at once.
    MissingExtraError
        For an Excel file without the library that reads it.
    ChoiceError
        When ``decimal`` is neither a point nor a comma.

    Notes
    -----
    A row is set aside, with the first reason that applies, when it has the wrong number of cells, no customer
    id, or a recency, frequency or monetary that is missing, no number, infinite or negative; when a further
    metric is infinite; when it is a copy of an earlier row; when its id stands on rows with different values.

    Examples
    --------
    >>> import io
    >>> text = "CustomerID;Recency;Frequency;Monetary;Cluster\n12346.0;3;2;12,50;1\n12347.0;x;1;8,00;0\n"
    >>> customers = read_customers(io.StringIO(text), name="spring.csv")
    >>> customers
      customer_id  recency  frequency  monetary cluster
    0       12346        3          2      12.5       1
    >>> customers.attrs["intake"]["reasons"]
    [{'reason': 'recency is not a number', 'rows': 1, 'first_row': 2}]
    """
    if decimal not in (None, ".", ","):
        raise ChoiceError(f"decimal={quote(decimal)} is no decimal sign. Choose '.' or ','.")
    raw = read_table(source, sheet=sheet, name=name)
    table = _Table(raw, assign_roles(raw.headings, columns), decimal)
    faults = table.faults()
    if faults:
        raise TableError(raw.name, faults)
    tally = table.tally()
    if not tally.kept.any():
        raise TableError(raw.name, [_nothing_left(raw, tally)])
    customers = table.customers(tally.kept)
    intake = table.intake(tally, customers)
    if isinstance(source, pd.DataFrame) and not columns and not name:
        intake = _earlier(source, intake)
    customers.attrs["intake"] = intake
    return customers


class _Table:
    """A raw table with the meaning of its columns, on its way to customers."""

    def __init__(self, raw: RawTable, roles: Roles, decimal: str | None) -> None:
        self.raw = raw
        self.roles = roles
        self.columns = {i: Column(heading, raw.cells[i]) for i, heading in enumerate(raw.headings)}
        self.given = {role: self.columns[i] for role, i in roles.place.items()}
        numeric = {i: self.columns[i] for i in (*(roles.place[m] for m in RFM if m in roles.place), *roles.further)}
        numbers = read_numbers(numeric, decimal)
        self.rfm: dict[str, Numbers] = {m: numbers[roles.place[m]] for m in RFM if m in roles.place}
        self.further = [Further(name, self.columns[i], numbers[i]) for i, name in roles.further.items()]
        self.clusters, self.cluster_notes = given_clusters(self.given)
        self.ids: pa.Array = _ids(self.given[CUSTOMER_ID]) if CUSTOMER_ID in self.given else None

    def faults(self) -> list[str]:
        """Everything that makes the table unusable as a whole."""
        found = [_column_fault(self.given[m], m, numbers, self.raw.rows) for m, numbers in self.rfm.items()]
        found += [self.clusters.fault()] if self.clusters else []
        return [*self.roles.faults, *(fault for fault in found if fault)]

    def tally(self) -> Tally:
        """Which rows are set aside, and why, in a fixed order of reasons."""
        tally = Tally(self.raw.rows)
        tally.mark(self.columns[self.roles.place[CUSTOMER_ID]].missing, NO_ID)
        for name, numbers in self.rfm.items():
            tally.mark(numbers.missing, f"{name} is missing")
            tally.mark(numbers.text, f"{name} is not a number")
            tally.mark(np.isinf(numbers.value), f"{name} is infinite")
            tally.mark(numbers.value < 0, f"{name} is negative")
        self._mark_infinite(tally)
        keys = [numbers.value for numbers in self.rfm.values()] + [further.key() for further in self.further]
        keys += [self.clusters.key()] if self.clusters else []
        mark_duplicates(tally, self.ids.dictionary_encode().indices.to_numpy(), keys)
        self._mark_infinite(tally)
        return tally

    def _mark_infinite(self, tally: Tally) -> None:
        """Set aside the rows with an infinite metric, until no column becomes a metric by that."""
        before = -1
        while before != (before := int(tally.kept.sum())):
            for further in self.further:
                if np.isinf(further.numbers.value).any() and further.kind(tally.kept) == "metric":
                    tally.mark(np.isinf(further.numbers.value), f"{quote(further.name)} is infinite")

    def customers(self, kept: np.ndarray) -> pd.DataFrame:
        """The rows that are kept, in canonical columns."""
        rows = pa.array(kept)
        kinds = [(further, further.kind(kept)) for further in self.further]
        found: dict[str, Any] = {CUSTOMER_ID: text_series(self.ids.filter(rows))}
        for name, numbers in self.rfm.items():
            found[name] = _narrow(numbers.value[kept], whole=name != MONETARY)
        found |= {f.name: _narrow(f.numbers.value[kept]) for f, kind in kinds if kind == "metric"}
        found |= {f.name: text_series(f.column.text().filter(rows)) for f, kind in kinds if kind == "attribute"}
        if self.clusters and not self.clusters.empty(kept):
            found[CLUSTER] = text_series(self.clusters.names.filter(rows))
        return pd.DataFrame(found)

    def intake(self, tally: Tally, customers: pd.DataFrame) -> Intake:
        """The account of the reading."""
        kept, raw = tally.kept, self.raw
        kinds = {further.name: further.kind(kept) for further in self.further}
        used = {role: column.heading for role, column in self.given.items() if role not in (CLUSTER, SEGMENT)}
        if CLUSTER in customers and self.clusters:
            used[CLUSTER] = self.clusters.column.heading
        gaps = recency_gaps(customers["recency"].to_numpy(dtype="float64"))
        doubts = [gaps] if gaps else []
        content = {
            "name": raw.name,
            "rows": len(raw.rows) + len(raw.bad_rows),
            "kept": int(kept.sum()),
            "columns": used,
            "metrics": [name for name, kind in kinds.items() if kind == "metric"],
            "attributes": [name for name, kind in kinds.items() if kind == "attribute"],
            "notes": [*self._notes(kept), *doubts],
            "doubts": doubts,
            "reasons": _reasons(raw, tally),
        }
        aside = raw.cells[~kept]
        cells = [text_series(as_text(aside[i])).to_numpy() for i in aside]
        return Intake(content, set_aside_frame(tally, raw.headings, cells, raw.bad_rows, raw.delimiter))

    def _notes(self, kept: np.ndarray) -> list[str]:
        """What a reader should know, a sentence each."""
        notes = [*self.raw.notes, *self.roles.notes]
        notes.append(padding_note(self.given[CUSTOMER_ID].heading, self.given[CUSTOMER_ID], kept, self.raw.rows))
        notes += [numbers.note(self.given[name].heading) for name, numbers in self.rfm.items()]
        for further in self.further:
            notes += further.notes(kept, self.raw.rows)
        notes += [*self.cluster_notes, *(self.clusters.notes(kept) if self.clusters else [])]
        return [note for note in notes if note]


def _ids(column: Column) -> pa.Array:
    """Customer ids as text; 12346.0 is 12346, and anything else stays as it is."""
    return column.text(pc.replace_substring_regex(column.distinct, r"^([0-9]+)[.]0+$", r"\1"))


def _narrow(values: np.ndarray, *, whole: bool = True) -> np.ndarray:
    """int64 where all values are whole and exact, else as they are."""
    if whole and np.isfinite(values).all() and (np.abs(values) < EXACT).all() and (values == np.floor(values)).all():
        return values.astype(np.int64)
    return values


def _column_fault(column: Column, name: str, numbers: Numbers, rows: np.ndarray) -> str:
    """Why a required column can't be used at all, "" when some row has a number."""
    title = f"Column {quote(column.heading)}"
    if numbers.unsure:
        at = next(i for i in np.flatnonzero(numbers.text) if "," in column.cell(i))
        cell = quote(column.cell(at))
        return (
            f"{title} holds {cell} (row {rows[at]:,}), whose comma can be a decimal sign or stand between "
            'thousands, and no cell decides. Pass decimal="," or decimal=".".'
        )
    if numbers.found.any() or not len(rows):
        return ""
    all_rows = f"all {count(len(rows), 'row')}" if len(rows) > 1 else "its only row"
    other = f"Clean the file, or name another column: {mend(name, '...')}."
    if not numbers.text.any():
        return f"{title} is empty in {all_rows}. {other}"
    at = np.flatnonzero(numbers.text)[0]
    first = f"first: row {rows[at]:,}, {quote(column.cell(at))}"
    how = "is text" if numbers.text.all() else "is text or empty"
    return f"{title} {how} in {all_rows} ({first}). {other}"


def _reasons(raw: RawTable, tally: Tally) -> list[dict[str, Any]]:
    """Each reason for setting rows aside, with rows counted and the first row."""
    bad = raw.bad_rows
    wide = [{"reason": WIDTH, "rows": len(bad), "first_row": int(bad["row"].min())}] if len(bad) else []
    return wide + tally.summary()


def _nothing_left(raw: RawTable, tally: Tally) -> str:
    """The fault of a table none of whose rows can be used."""
    reasons: Sequence[dict[str, Any]] = _reasons(raw, tally)
    rows = len(raw.rows) + len(raw.bad_rows)
    listed = "; ".join(f"{r['reason']}: {r['rows']:,} (first: row {r['first_row']:,})" for r in reasons)
    mending = "Correct these cells and read the file again."
    if not len(raw.rows):
        mending = f"There are {len(raw.headings)} headings. Decimal commas need another delimiter, such as ';'."
    return f"None of {count(rows, 'row')} can be used. {listed}. {mending}"


def _earlier(source: pd.DataFrame, intake: Intake) -> Intake:
    """The ledger that a frame brought along, if this reading of the same rows has nothing to add."""
    known = source.attrs.get("intake")
    if not isinstance(known, Intake) or not known["kept"] == intake["rows"] == intake["kept"]:
        return intake
    return known if all(known[key] == intake[key] for key in ("metrics", "attributes")) else intake
