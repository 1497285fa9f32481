"""Another segmentation of the page's customers, made beside it: other choices, one kept earlier, or a model's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from segdash.clustering import METHODS
from segdash.comparison import Comparison, compare
from segdash.configuration import settings_of
from segdash.errors import ChoiceError, count
from segdash.schema import AVERAGE_ORDER, CLUSTER, MONETARY, SEGMENT
from segdash.scoring.values import MEAN, SUM

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


def spend_of(state: Segmentation) -> str:
    """What spend counts as on the page: "sum" or "mean", of rules or of the metrics that are clustered on."""
    if METHODS[state.method].takes_features:
        names = state.feature_names
        return MEAN if AVERAGE_ORDER in names and MONETARY not in names else SUM
    return str(state.method_settings.get("spend", SUM))


def spending(state: Segmentation, method: str, spend: str) -> dict[str, Any]:
    """Choices that have a method count spend as the sum of all orders or the mean per order.

    Examples
    --------
    >>> import pandas as pd, segdash
    >>> table = pd.DataFrame({"customer_id": ["a", "b"], "recency": [1, 9], "frequency": [9, 1], "monetary": [90.0, 5]})
    >>> state = segdash.Segmentation(customers=table, n_segments=2)
    >>> spending(state, "k_means", "mean"), spending(state, "rfm_rules", "mean")
    ({'feature_names': ['recency', 'frequency', 'average_order_value']}, {'method_settings': {'spend': 'mean'}})
    """
    if METHODS[method].takes_features:
        one, other = (AVERAGE_ORDER, MONETARY) if spend == MEAN else (MONETARY, AVERAGE_ORDER)
        return {"feature_names": list(dict.fromkeys(one if name == other else name for name in state.feature_names))}
    others = {name: value for name, value in state.method_settings.items() if name != "spend"}
    return {"method_settings": others if spend == SUM else {**others, "spend": spend}}


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
    heard |= {"feature_names"} if method.takes_features else {"method_settings"}
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
