"""Another table in place of the present one: which choices fit it, and what gives way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from segdash.clustering import METHODS
from segdash.errors import SegdashError, SegmentsError, count, quote
from segdash.intake.ledger import Intake, intake_of
from segdash.schema import CLUSTER, CUSTOMER_ID, MONETARY, RECENCY, RFM

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from segdash.intake.orders import Orders
    from segdash.population.population import Population
    from segdash.state.segmentation import Segmentation

COMPARED_AT_FIRST = 6


def read(customers: Any) -> pd.DataFrame:
    """The customer table of a frame, path or file object, as `segdash.read_customers` reads it."""
    from segdash.intake.customers import read_customers

    # Also a table that was read before: it may have been changed since, and is not to change under the state.
    return read_customers(customers)


def measured(orders: Orders, most: int) -> tuple[pd.DataFrame, Intake, Population | None]:
    """The customers of orders, or ``most`` of them where there are more; their account; and then all in the engine."""
    from segdash.metrics.measure import FIRST, LAST, customer_metrics
    from segdash.population.population import population_of

    ledger = orders.ledger
    population = population_of(orders) if int(ledger.loc[ledger["kept"], "customers"].sum()) > most else None
    if population is not None and population.size > most:
        found = population.sample(most)
    else:
        found = customer_metrics(orders).drop(columns=[FIRST, LAST])
        population = None
    account = found.attrs["intake"]
    table = read(found)
    read_anew = intake_of(table)
    notes = [note for note in read_anew["notes"] if note not in account["notes"]]
    aside = [f"{count(one['rows'], 'customer')} in no figure here: {one['reason']}." for one in read_anew["reasons"]]
    if population is not None:
        population = population.read_as(read_anew["metrics"])
        aside = [said for said in [population.aside_note()] if said]
    intake = Intake({**read_anew, **account, "metrics": read_anew["metrics"], "attributes": read_anew["attributes"]})
    intake["notes"] = [*account["notes"], *notes]
    intake["doubts"] = [*account["doubts"], *aside]
    return table, intake, population


def empty() -> pd.DataFrame:
    """A table of no customers."""
    columns: dict[str, Any] = {CUSTOMER_ID: pd.Series(dtype="str")}
    table = pd.DataFrame({**columns, **{name: pd.Series(dtype="float64") for name in RFM}})
    table.attrs["intake"] = Intake({**intake_of(table), "name": ""})
    return table


def _apart(table: pd.DataFrame, features: Sequence[str], wanted: int) -> tuple[dict[str, Any], list[str]]:
    """What k-means needs on a table whose customers are too much alike for so many segments, and a sentence."""
    distinct = len(table.loc[:, features].head(10_000).drop_duplicates())
    if distinct < wanted:
        distinct = len(table.loc[:, features].drop_duplicates())
    if distinct >= wanted:
        return {}, []
    if distinct < 2:
        said = f"{count(len(table), 'customer')} of one kind cannot be told apart: shown as one segment."
        return {"method": "single"}, [said]
    said = f"Only {distinct} customers differ from one another: {distinct} segments instead of {wanted}."
    return {"n_segments": distinct}, [said]


def fitting(
    state: Segmentation, table: pd.DataFrame, metrics: list[str], choices: Mapping[str, Any]
) -> tuple[dict, list[str]]:
    """Present choices as far as they fit a new table, and a sentence where one had to change."""
    features = [name for name in state.feature_names if name in metrics] or list(RFM)
    fits: dict[str, Any] = {
        "x": state.x if state.x in metrics else RECENCY,
        "y": state.y if state.y in metrics else MONETARY,
        "feature_names": features,
        "compared": metrics[:COMPARED_AT_FIRST],
        "segment_filter": [],
        "ranges": {},
        "attribute_filter": {},
        "borderline_only": False,
        "selected": [],
        "own_segments": own_in(state.own_segments, table),
    }
    if CLUSTER in table.columns:
        return {**fits, "method": "given"}, []
    if state.method == "frozen" and len(table) and "method" not in choices:
        lacking = [name for name in _frozen_on(state) if name not in metrics]
        if not lacking:
            return {**fits, "method": "frozen"}, []
        said = f"The saved model needs {quote(lacking[0])}, which this table has not got: segments are made anew."
        return {**fits, "method": "k_means"}, [said]
    method = "k_means" if state.method in ("given", "single") else state.method
    if not len(table):
        return {**fits, "method": "single"}, []
    if "method" in choices:
        return {**fits, "method": method}, []
    fewer, notes = _apart(table, features, choices.get("n_segments", state.n_segments))
    return {**fits, "method": method, **fewer}, notes


def own_in(own_segments: Mapping[str, list[str]], table: pd.DataFrame) -> dict[str, list[str]]:
    """Own segments that somebody of a table is in."""
    if not own_segments:
        return {}
    there = pd.Index(table[CUSTOMER_ID])
    return {name: ids for name, ids in own_segments.items() if there.isin(ids).any()}


def _frozen_on(state: Segmentation) -> tuple[str, ...]:
    """Metrics that the saved model needs."""
    from segdash.clustering.frozen import model_of

    return model_of(state.method_settings["model"]).features


def given_way(
    state: Segmentation, refused: SegdashError, wanted: dict[str, Any], choices: Mapping[str, Any]
) -> tuple[dict[str, Any], str]:
    """Choices in place of those that another table refuses, and a sentence; none for what was asked for with it."""
    orders, method = wanted["orders"], wanted["method"]
    if orders is not None and state.orders is not None and orders.rows is state.orders.rows:
        return {}, ""  # the same log, at another date or cleaned in another way: the choice stands
    if isinstance(refused, SegmentsError):
        plain: dict[str, Any] = {name: {} for name in ("segments", "own_segments", "remembered")}
        said = f"Names, colours and segments made by hand for the table before were left out: {refused}"
    elif method in ("given", "single"):
        return {}, ""
    else:
        known = METHODS["k_means"].names
        settings = {name: value for name, value in state.method_settings.items() if name not in known}
        plain = {"method": "k_means", "feature_names": list(RFM), "transform": state.param["transform"].default}
        fewer, notes = _apart(wanted["features"], list(RFM), choices.get("n_segments", state.n_segments))
        plain |= {"method_settings": settings, **fewer}
        how = METHODS[plain["method"]].title
        said = f"{METHODS[method].title}, as chosen before, can't segment this table: {refused} "
        news = [note for note in notes if note not in wanted["notices"]]
        said += " ".join([f"Segments are made anew ({how}, ordinary settings).", *news])
    present = {name: wanted.get(name, getattr(state, name)) for name in plain}
    return {name: value for name, value in plain.items() if name not in choices and value != present[name]}, said
