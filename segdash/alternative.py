"""Another segmentation of the page's customers, made beside it: other choices, one kept earlier, or a model's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from segdash.clustering import METHODS
from segdash.comparison import Comparison, compare
from segdash.configuration import settings_of
from segdash.errors import ChoiceError, count
from segdash.schema import CLUSTER, SEGMENT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from segdash.clustering.model import Model
    from segdash.clustering.rule_model import RuleModel
    from segdash.state import Segmentation

PAGE = "on the page"


class Side(NamedTuple):
    """One of two segmentations: what sentences call it, its customers, colour per segment (best to worst)."""

    title: str
    customers: pd.DataFrame
    colours: Mapping[str, str]


@dataclass(frozen=True, eq=False)
class Beside:
    """Two segmentations side by side.

    Parameters
    ----------
    moves : Comparison
    colours : (mapping, mapping)
        Segment -> colour before and after, best to worst, of the segments that customers in both have.
    """

    moves: Comparison
    colours: tuple[dict[str, str], dict[str, str]]


def set_beside(before: Side, after: Side, currency: str = "") -> Beside:
    """Two sides compared, all figures worked out: it is done beside the page."""
    moves = compare(before.customers, after.customers, titles=(before.title, after.title), currency=currency)
    moves.summary  # noqa: B018 - its tables are made once and stay
    one, other = (
        {name: side.colours[name] for name in order} for side, order in zip((before, after), moves.order, strict=True)
    )
    return Beside(moves, (one, other))


def side_of(state: Segmentation, title: str = PAGE) -> Side:
    """The segmentation that a state has."""
    return Side(title, state.customers, state.colours)


def by_model(state: Segmentation, model: Model | RuleModel) -> dict[str, Any]:
    """Choices that put the state's customers into the segments of a model, called as it calls them.

    What was said of the segments on the page is not carried over to those most alike, which may be others in all but
    a few customers; advice stays with a segment that has the same name in both.
    """
    table = state.segment_table
    rows = zip(table[SEGMENT], table["automatic"], table[CLUSTER], strict=True)
    said = {name: settings_of(automatic, cluster, state.segments) for name, automatic, cluster in rows}
    advice = {name: {"advice": known["advice"]} for name, known in said.items() if "advice" in known}
    return {
        "method": "frozen",
        "method_settings": {**state.method_settings, "model": model.to_dict()},
        "segments": {name: advised for name, advised in advice.items() if name in model.labels},
        "remembered": {},
    }


def change(copy: Segmentation, choices: Mapping[str, Any], log: Mapping[str, Any]) -> None:
    """Change a copy of the page's state: how the log is read, then how its customers are segmented.

    Parameters
    ----------
    copy : Segmentation
    choices : mapping
        Params of the state.
    log : mapping
        as_of and policies, as `Orders.with_` takes them.

    Raises
    ------
    SegdashError
        When they are refused.
    """
    if log:
        copy.load_orders(copy.orders.with_(**log), **choices)
    else:
        copy.change(**choices)


def differing(state: Segmentation, choices: Mapping[str, Any], log: Mapping[str, Any]) -> tuple[dict, dict]:
    """Those of the choices that are not the page's.

    Raises
    ------
    ChoiceError
        When none is.
    """
    method = METHODS[choices.get("method", state.method)]
    heard = {"method", *(["n_segments"] if "n_clusters" in method.names else [])}
    heard |= {"feature_names"} if method.takes_features else set()
    own = {name: value for name, value in choices.items() if name in heard and value != getattr(state, name)}
    now = {} if state.orders is None else {**vars(state.orders.policies), "as_of": state.orders.as_of}
    others = {name: value for name, value in log.items() if value != now.get(name)}
    if not own and not others:
        raise ChoiceError("These are the choices of the page. Change one of them to see who would move.")
    return own, others


def titled(state: Segmentation) -> str:
    """What a segmentation is, in a few words: "k-means, 4 segments"."""
    as_of = "" if state.as_of is None else f", as of {pd.Timestamp(state.as_of):%Y-%m-%d}"
    return f"{METHODS[state.method].title}, {count(len(state.segment_table), 'segment')}{as_of}"
