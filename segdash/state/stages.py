"""The tables that follow from the choices: each is made from others by one function."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from segdash.clustering import METHODS, Clustering
from segdash.continuity import Before, name_on, renamed, same_clusters, same_segments
from segdash.errors import ChoiceError, ClusteringError, SegdashError, UnknownNameError, count, quote
from segdash.labelling.facts import segment_facts
from segdash.own_segments import set_apart
from segdash.profile import profile_columns, segment_profile
from segdash.schema import CLUSTER, MONETARY, SEGMENT
from segdash.state.choices import OWN_PARAMS
from segdash.state.shared import fit_once
from segdash.state.study_space import StudySpace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from segdash.labelling.facts import Base, Facts
    from segdash.population.everyone import Everyone, Filters
    from segdash.state.segmentation import Segmentation


class Stage(NamedTuple):
    """One derived table: its name, the choices and tables it follows from, and how."""

    output: str
    inputs: tuple[str, ...]
    make: Callable[[Segmentation, Latest], Any]


INPUTS = {
    "fitted": (
        "features",
        "method",
        "n_segments",
        "feature_names",
        "transform",
        "seed",
        "starts",
        "method_settings",
    ),
    "clustering": ("features", "fitted", "own_segments"),
    "segment_table": ("features", "clustering", "segments", "remembered", "currency"),
    "customers": ("features", "clustering", "segment_table"),
    "borders": ("features", "clustering", "show_quality", "borderline_only"),
    "everyone": ("features", "population", "clustering", "segment_table"),
    "filtered": ("customers", "segment_filter", "ranges", "attribute_filter", "borderline_only"),
    "shown": ("filtered", "selected"),
    "profile": ("shown", "compared", "everyone"),
}
"""Derived table -> the choices and tables it follows from, in the order they are made."""

CHOICES = sorted({name for inputs in INPUTS.values() for name in inputs} - set(INPUTS))
"""Params whose change makes tables anew."""

MAKING = (*(name for name in INPUTS["fitted"] if name != "features"), "own_segments")
"""Params that say how segments are made."""

CARRIED = ("remembered", "segments", "segment_filter")
"""Choices about segments: where a change does not say them itself, they follow their segments through it."""

ON_BORDERS = ("show_quality", "borderline_only")
"""Choices that need to know who is borderline: while none is on, nobody works that out."""

PICTURE = ("x", "y", "log_x", "log_y", "size_by_monetary", "dark")
"""Params that only change how tables are drawn."""


class Latest(dict):
    """Tables made in one pass, and the choices carried along, else those of the state."""

    def __init__(
        self, state: Segmentation, made: dict[str, Any], changed: set[str], said: Iterable[str], before: dict[str, Any]
    ) -> None:
        self._state, self._made = state, made
        self.changed, self.said, self.before = changed, frozenset(said), before

    def carry(self, name: str, value: Any) -> None:
        """Have a choice change along with the tables."""
        if value != getattr(self._state, name):
            self._made[name] = value
            self.changed.add(name)

    def __getitem__(self, name: str) -> Any:
        return self._made[name] if name in self._made else getattr(self._state, name)


def _clustering(state: Segmentation, now: Latest) -> Clustering:
    return set_apart(now["fitted"], state.own_segments, state.positions)


def _fitted(state: Segmentation, now: Latest) -> Clustering:
    if not len(now["features"]):
        return Clustering(labels=np.array([], dtype=object), method="single")
    own = {setting: getattr(state, name) for setting, name in OWN_PARAMS.items()}
    return fit_once(state.method, now["features"], features=state.feature_names, **own, **state.method_settings)


def _segment_table(state: Segmentation, now: Latest) -> pd.DataFrame:
    """Names and colours; they stay with the segments most alike, and so does what a person said about these."""
    features, labels, before = now["features"], now["clustering"].labels, state.segment_table
    again = "clustering" in now.changed
    same = same_segments(state.customers, features, labels) if again else same_clusters(before)
    found = name_on(
        _facts(state, features, labels) if len(features) else None,
        same if again else None,
        Before(before, now.before.get("segments", {})),
        remembered=state.remembered if "remembered" in now.said or not again else None,
        overrides=state.segments,
        follows="segments" not in now.said,
        currency=state.currency,
    )
    now.carry("remembered", found.remembered)
    now.carry("segments", found.overrides)
    now.carry("notices", [*state.notices, *found.notes])
    if "segment_filter" not in now.said and before is not None:
        now.carry("segment_filter", renamed(state.segment_filter, same, before, found.table))
    return found.table


def _facts(state: Segmentation, features: pd.DataFrame, labels: np.ndarray) -> tuple[Base, list[Facts]]:
    """What segments are named by: a rename finds it as it was."""
    known = state._facts
    if known is None or known[0] is not features or known[1] is not labels:
        known = state._facts = features, labels, segment_facts(features, labels)
    return known[2]


def _customers(state: Segmentation, now: Latest) -> pd.DataFrame:
    labels = now["clustering"].labels
    table = now["segment_table"]
    place = pd.Series(np.arange(len(table)), index=table[CLUSTER])
    codes, seen = pd.factorize(labels)
    codes = place.reindex(seen).to_numpy()[codes] if len(labels) else np.array([], dtype=int)
    segment = pd.Categorical.from_codes(codes, categories=table[SEGMENT].tolist(), ordered=True)
    return now["features"].assign(**{CLUSTER: pd.array(labels, dtype="str"), SEGMENT: segment})


def _borders(state: Segmentation, now: Latest) -> pd.DataFrame | None:
    """Who is borderline, worked out when first asked for and kept as long as the segments are."""
    if state.borders is not None and not {"features", "clustering"} & now.changed:
        return state.borders
    if not any(now[name] for name in ON_BORDERS):
        return None
    from segdash.clustering.quality.borders import around_segments

    try:
        points = StudySpace.of(state).points() if len(now["features"]) else np.empty((0, 1))
        return around_segments(points, now["clustering"].labels)
    except SegdashError as refused:
        if any(now[name] for name in now.changed.intersection(ON_BORDERS)):
            raise
        # They were on for other segments: what a person asks for now is not refused for their sake.
        for name in ON_BORDERS:
            now.carry(name, False)
        now.carry("notices", [*now["notices"], f"Nobody can say who is borderline among these segments: {refused}"])
        return None


def _everyone(state: Segmentation, now: Latest) -> Everyone | None:
    """All customers in the engine, where those in memory are some of them and the segments can be told to it."""
    population, clustering, table = now["population"], now["clustering"], now["segment_table"]
    if population is None:
        now.carry("sample_only", "")
        return None
    before = state.everyone
    if before is not None and "clustering" not in now.changed and _same_clusters(state.segment_table, table):
        return before.renamed(table[SEGMENT].tolist())
    from segdash.population.everyone import everyone

    segments = dict(zip(table[CLUSTER], table[SEGMENT], strict=True))
    own = {name: ids for name, ids in state.own_segments.items() if name in segments}
    try:
        if clustering.model is None and clustering.method != "single":
            title = METHODS[clustering.method].title
            raise ClusteringError(f"{title} learns nothing that other customers could be given segments by.")
        if unknown := next((name for name in state.metrics if name not in population.metrics), None):
            raise UnknownNameError(f"Metric {quote(unknown)} is known of the sample only.")
        found = everyone(population, clustering.model, segments, own)
        now.carry("sample_only", "")
        return found
    except (ClusteringError, UnknownNameError) as refused:
        now.carry("sample_only", str(refused))
        return None


def _same_clusters(before: pd.DataFrame, table: pd.DataFrame) -> bool:
    return before[CLUSTER].tolist() == table[CLUSTER].tolist()


def _filtered(state: Segmentation, now: Latest) -> pd.DataFrame:
    customers = now["customers"]
    keep = np.ones(len(customers), dtype=bool)
    names = list(customers[SEGMENT].cat.categories)
    if "segment_filter" in now.said:
        _known(state.segment_filter, "segment", names)
    # A segment that a new clustering did away with filters nothing.
    if wanted := [name for name in now["segment_filter"] if name in names]:
        keep &= customers[SEGMENT].isin(wanted).to_numpy()
    for name, ends in state.ranges.items():
        low, high = _ends(_known([name], "metric", state.metrics)[0], ends)
        values = customers[name].to_numpy(dtype="float64")
        # A customer without a value passes only where no end is set.
        keep &= (values >= low) if low is not None else True
        keep &= (values <= high) if high is not None else True
    for name, values in state.attribute_filter.items():
        if wanted := _texts(_known([name], "attribute", state.attributes)[0], values):
            keep &= customers[name].isin(wanted).to_numpy()
    if now["borderline_only"]:
        keep &= now["borders"]["borderline"].to_numpy()
    return customers if keep.all() else customers[keep]


def _ends(name: str, ends: Any) -> tuple[float | None, float | None]:
    """Low and high of a range filter, checked."""
    fits = isinstance(ends, (tuple, list)) and len(ends) == 2
    if not fits or any(end is not None and not isinstance(end, (int, float, np.number)) for end in ends):
        raise ChoiceError(f"The range of {quote(name)} must be (low, high), None for an open end, not {quote(ends)}.")
    return ends[0], ends[1]


def _texts(name: str, values: Any) -> list[str]:
    """Values of an attribute filter, checked."""
    if not isinstance(values, (list, tuple, set)) or any(not isinstance(value, str) for value in values):
        raise ChoiceError(f"The values of {quote(name)} must be a list of texts, not {quote(values)}.")
    return list(values)


def _shown(state: Segmentation, now: Latest) -> pd.DataFrame:
    filtered = now["filtered"]
    if not state.selected:
        return filtered
    positions = state.positions(state.selected)
    if (positions < 0).any():
        stranger = state.selected[int(np.argmax(positions < 0))]
        raise ChoiceError(
            f"{count(int((positions < 0).sum()), 'selected customer')} of {len(positions):,} "
            f"not in this table (first: {quote(stranger)}). Select ids of the column customer_id."
        )
    mask = np.zeros(len(state.features), dtype=bool)
    mask[positions] = True
    return filtered[mask[filtered.index.to_numpy()]]


def _profile(state: Segmentation, now: Latest) -> pd.DataFrame:
    compared = list(dict.fromkeys(state.compared))
    if now["everyone"] is not None and not state.selected and not now["borderline_only"]:
        filters = filters_of(state, now["segment_filter"], now["segment_table"])
        return now["everyone"].prepare(compared, filters)
    if not len(now["shown"]):
        return pd.DataFrame(columns=profile_columns(compared))
    return segment_profile(now["shown"], compared, base_value=float(now["features"][MONETARY].mean()))


def filters_of(state: Segmentation, segment_filter: Iterable[str], segment_table: pd.DataFrame) -> Filters:
    """The filters in force, as the engine takes them; `_filtered` has checked them."""
    from segdash.population.everyone import Filters

    names = set(segment_table[SEGMENT])
    return Filters(
        tuple(name for name in segment_filter if name in names),
        tuple((name, *ends) for name, ends in state.ranges.items()),
        tuple((name, tuple(values)) for name, values in state.attribute_filter.items() if values),
    )


def _known(names: Sequence[str], kind: str, known: Iterable[str]) -> Sequence[str]:
    known = list(known)
    for name in names:
        if name not in known:
            raise UnknownNameError.of(kind, name, known)
    return names


STAGES = tuple(
    Stage(output, inputs, make)
    for (output, inputs), make in zip(
        INPUTS.items(),
        (_fitted, _clustering, _segment_table, _customers, _borders, _everyone, _filtered, _shown, _profile),
        strict=True,
    )
)
