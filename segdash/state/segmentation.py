"""The heart: a `param.Parameterized` object that holds what a person chose, and the tables that follow from it."""

from __future__ import annotations

from contextlib import contextmanager
from copy import copy
from typing import TYPE_CHECKING, Any

import pandas as pd
import param
from param.parameterized import discard_events, edit_constant

from segdash.clustering import METHODS, Clustering
from segdash.clustering.transforms import TRANSFORMS
from segdash.configuration import read_overrides
from segdash.errors import CancelledError, ChoiceError, SegdashError, UnknownNameError, count, quote
from segdash.intake.ledger import Intake, intake_of
from segdash.intake.orders import Orders
from segdash.own_segments import check_own_name
from segdash.population.everyone import NO_FILTERS, Everyone, Filters
from segdash.population.population import SAMPLE_SEED, Population
from segdash.profile import Totals, box_summary, segment_profile, totals
from segdash.schema import CLUSTER, CUSTOMER_ID, MONETARY, RECENCY, RFM, SEGMENT, metric
from segdash.selecting import MODES, combined, left
from segdash.state.catching_up import Base, catch_up
from segdash.state.choices import MOST_SEGMENTS, MethodSettings, OwnSegments, Remembered, SegmentOverrides
from segdash.state.opening import empty, fitting, given_way, measured, read
from segdash.state.stages import CHOICES, INPUTS, ON_BORDERS, PICTURE, STAGES, Latest, filters_of
from segdash.work import Task, Work

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    import numpy as np

LARGE = 20_000
"""Customers above whom a segmentation takes long enough to be made beside the page."""

MOST_KEPT = 8
"""Segmentations that are kept to compare with; each holds its tables."""

NOT_TAKEN = ("name", "work", "kept", "sent_rules", "selecting", "earlier_selections")
"""Params that a copy does not share and does not bring back: they belong to the page, not to its data."""


class Segmentation(param.Parameterized):
    """Customers, the choices a person made about them, and the tables that follow.

    ``features`` (all metrics, one row per customer) -> ``fitted`` -> ``clustering`` (own segments set apart) ->
    ``segment_table`` (names, colours, advice) ->
    ``customers`` (features + cluster + segment) -> ``filtered`` -> ``shown`` (filters and selection applied) ->
    ``profile`` (one row per segment). Each table is made once per change, however many views listen, and all
    tables of one change are published together. A change that can't be followed (eight segments from five
    customers) raises a sentence and leaves choices and tables as they were.

    Parameters
    ----------
    customers : pandas.DataFrame, path or file object, optional
        A customer table as `segdash.read_customers` takes or returns it.
    orders : Orders, optional
        Instead: orders as `segdash.read_orders` returns them. They stay in their engine; only customers are fetched.
    **choices
        Any of the params below.

    Raises
    ------
    SegdashError
        When the table or a choice can't be used; the sentence says how to mend it.

    Examples
    --------
    >>> import pandas as pd, segdash
    >>> table = pd.DataFrame({"customer_id": ["a", "b", "c", "d"], "recency": [1, 2, 90, 99],
    ...     "frequency": [9, 8, 1, 1], "monetary": [900.0, 850.0, 20.0, 10.0]})
    >>> state = segdash.Segmentation(customers=table, method="k_means", n_segments=2)
    >>> state.profile[["customers", "revenue"]].to_numpy().tolist()
    [[2.0, 1750.0], [2.0, 30.0]]
    >>> state.selected = ["a"]
    >>> len(state.shown)
    1
    """

    x: str = param.Selector(  # type: ignore[assignment]
        default=RECENCY, objects=list(RFM), doc="Metric on the horizontal axis of the scatter."
    )
    y: str = param.Selector(  # type: ignore[assignment]
        default=MONETARY, objects=list(RFM), doc="Metric on the vertical axis of the scatter."
    )
    log_x = param.Boolean(default=True, label="Log X", doc="Logarithmic horizontal axis, where all values are above 0.")
    log_y = param.Boolean(default=True, label="Log Y", doc="Logarithmic vertical axis, where all values are above 0.")
    size_by_monetary = param.Boolean(
        default=False, label="Size by spend", doc="Draw customers who spent more as larger points."
    )
    method: str = param.Selector(  # type: ignore[assignment]
        default="k_means",
        objects={METHODS[name].title: name for name in METHODS},
        doc="How customers are put into segments.",
    )
    n_segments = param.Integer(
        default=4,
        bounds=(2, MOST_SEGMENTS),
        label="Segments",
        doc=f"Number of segments that the method makes, 2 to {MOST_SEGMENTS}; HDBSCAN finds it itself.",
    )
    feature_names = param.ListSelector(
        default=list(RFM),
        objects=list(RFM),
        label="Cluster on",
        doc="Metrics that decide which customers are alike.",
    )
    transform: str = param.Selector(  # type: ignore[assignment]
        default="log1p",
        objects={title: name for name, title in TRANSFORMS.items()},
        doc="What is done to each metric before it is standardised. The logarithm keeps a few large values "
        "from making segments of their own.",
    )
    seed = param.Integer(default=42, bounds=(0, 2**32 - 1), doc="Of the random starts: same seed, same segments.")
    starts = param.Integer(
        default=0,
        bounds=(0, 1000),
        doc="Random starts, the best is kept. 0: of k-means 50 (10 above 20,000 customers), of a mixture 5.",
    )
    method_settings = MethodSettings(
        default={},
        label="Method settings",
        doc="Further settings that methods declare, such as standardise, winsorise, weights, covariance: "
        "{setting: value}. A method takes those it knows.",
    )
    segments = SegmentOverrides(
        default={},
        doc="Per segment, keyed by its automatic name or its cluster: name, color, order, advice.",
    )
    remembered = Remembered(
        default={},
        doc="Per cluster, the name and colour its segment had before k, method, date or data changed, as far as its "
        "numbers alone would give it others; {} names all segments by their numbers alone.",
    )
    own_segments = OwnSegments(
        default={},
        doc="Segments of customers chosen by hand, {name: [customer id, ...]}: taken out of those the method makes.",
    )
    compared = param.ListSelector(
        default=list(RFM),
        objects=list(RFM),
        label="Compare",
        doc="Metrics in the box plots and the comparison table.",
    )
    segment_filter = param.List(
        default=[],
        item_type=str,
        label="Segments shown",
        doc="Only customers of these segments; none chosen means all.",
    )
    ranges = param.Dict(
        default={},
        doc="Only customers with low <= metric <= high: {metric: (low, high)}; None leaves an end open.",
    )
    attribute_filter = param.Dict(default={}, doc="Only customers with one of these values: {attribute: [value, ...]}.")
    borderline_only = param.Boolean(
        default=False,
        label="Only borderline customers",
        doc="Only customers who could as well be in another segment: its centre is at most a quarter farther away "
        "than that of their own.",
    )
    selected = param.List(default=[], item_type=str, doc="Ids of the selected customers; empty means all.")
    selecting: str = param.Selector(  # type: ignore[assignment]
        default="replace",
        objects={title: mode for mode, title in MODES.items()},
        label="A further selection",
        doc="What a new selection does with the present one: takes its place, is added, leaves those in both, or is "
        "taken away from it.",
    )
    earlier_selections = param.List(
        default=[], constant=True, doc="Selections that were left, the latest last, for `undo_selection`."
    )
    show_quality = param.Boolean(
        default=False,
        label="Show quality",
        doc="Columns that say how far apart segments are, and which customers are borderline with which runner-up.",
    )
    dark = param.Boolean(default=False, doc="Dark theme.")
    currency = param.String(default="", doc="Symbol or code written beside money, such as £ or GBP; empty shows none.")

    orders: Orders = param.ClassSelector(  # type: ignore[assignment]
        class_=Orders,
        allow_None=True,
        constant=True,
        doc="The orders that customers were measured from; None for a customer table.",
    )
    as_of = param.Date(
        default=None,
        allow_None=True,
        doc="The moment customers are measured at. Setting it measures all of them anew; None for a customer table.",
    )

    max_rows_in_memory = param.Integer(
        default=5_000_000,
        bounds=(1, None),
        label="Customers in memory",
        doc="Of more customers measured from orders, a sample of this size is in memory; the others stay in their "
        "engine, which is asked for totals, shares, profiles and lists of all.",
    )
    population: Population = param.ClassSelector(  # type: ignore[assignment]
        class_=Population,
        allow_None=True,
        constant=True,
        doc="All customers in their engine, where those in memory are a sample; None where they are all.",
    )

    features = param.DataFrame(constant=True, doc="Derived: all metrics and attributes, one row per customer.")
    fitted: Clustering = param.ClassSelector(  # type: ignore[assignment]
        class_=Clustering, constant=True, doc="Derived: cluster of each customer, as the method made them."
    )
    clustering: Clustering = param.ClassSelector(  # type: ignore[assignment]
        class_=Clustering, constant=True, doc="Derived: cluster of each customer, own segments set apart."
    )
    segment_table = param.DataFrame(constant=True, doc="Derived: one row per segment, best to worst, with its reason.")
    customers = param.DataFrame(constant=True, doc="Derived: features with cluster and segment.")
    borders = param.DataFrame(
        constant=True,
        doc="Derived, when first asked for: runner_up (a cluster), margin and borderline per customer, in the order of "
        "``customers``; None while neither ``show_quality`` nor ``borderline_only`` is on. See `know_quality`.",
    )
    judgement = param.DataFrame(
        constant=True,
        doc="What is known of the stability of the segments, one row per cluster, see `know_quality`; None until they "
        "are judged, and when there are others.",
    )
    filtered = param.DataFrame(constant=True, doc="Derived: the customers that pass the filters.")
    shown = param.DataFrame(constant=True, doc="Derived: the customers that pass the filters and are selected.")
    everyone: Everyone = param.ClassSelector(  # type: ignore[assignment]
        class_=Everyone,
        allow_None=True,
        constant=True,
        doc="Derived: all customers with their segments in the engine; None where all are in memory.",
    )
    sample_only = param.String(
        default="", constant=True, doc='Derived: why the engine can\'t tell of all customers, "" where it can.'
    )
    profile = param.DataFrame(
        constant=True,
        doc="Derived: one row per segment of the shown customers; where `asks_engine`, of all who pass the filters.",
    )
    intake: Intake = param.ClassSelector(  # type: ignore[assignment]
        class_=Intake, constant=True, doc="What became of each row of the file."
    )
    notices = param.List(default=[], constant=True, doc="Sentences about choices that segdash made for the person.")
    kept = param.List(
        default=[], doc="Segmentations kept to compare with, the oldest first: (title, state); see `keep`."
    )
    sent_rules = param.Dict(
        default={}, doc="Settings of the method rfm_rules that the rule studio is to begin with; it then has its own."
    )
    problem = param.String(default="", doc="The last sentence about a choice that was refused; empty when none was.")

    work: Work = param.ClassSelector(  # type: ignore[assignment]
        class_=Work, constant=True, doc="What is being done beside the page."
    )

    def __init__(self, customers: Any = None, *, orders: Orders | None = None, **choices: Any) -> None:
        super().__init__(work=Work())
        self._ids: pd.Index | None = None
        self._base: Base | None = None
        """What the state was that this one is a branch of."""
        self._facts: tuple[pd.DataFrame, np.ndarray, Any] | None = None
        """What segments are named by, with the customers and labels that it is of."""
        self._whole: tuple[pd.DataFrame, Totals] | None = None
        self._followed: dict[str, Any] = {}
        self._opening = False
        """Whether another table is being put in place."""
        self._said: frozenset[str] = frozenset()
        """Choices of the change under way, also those that are what they were."""
        if orders is None:
            self.load(customers, **choices)
        else:
            self.load_orders(orders, **choices)

    # ------------------------------------------------------------------ what a person does

    def load(self, customers: Any, **choices: Any) -> None:
        """Put another customer table in place of the present one.

        Choices that fit the new table stay; filters and selection are cleared.

        Parameters
        ----------
        customers : pandas.DataFrame, path or file object, or None
            As `segdash.read_customers` takes it; None for no customers.
        **choices
            Params to set along with it.

        Raises
        ------
        SegdashError
            When the table can't be used. The present one stays.
        """
        table = empty() if customers is None else read(customers)
        self._take(table, intake_of(table), {"orders": None, "as_of": None, "population": None}, choices)

    def load_orders(self, orders: Orders, **choices: Any) -> None:
        """Measure the customers of these orders and put them in place of the present ones.

        Parameters
        ----------
        orders : Orders
            As `segdash.read_orders` returns them.
        **choices
            Params to set along with it.

        Raises
        ------
        SegdashError
            When they can't be measured or segmented. The present customers stay.
        """
        table, intake, population = measured(orders, choices.get("max_rows_in_memory", self.max_rows_in_memory))
        origin = {"orders": orders, "as_of": orders.as_of.to_pydatetime(), "population": population}
        self._take(table, intake, origin, choices)

    def _take(self, table: pd.DataFrame, intake: Intake, origin: dict[str, Any], choices: dict[str, Any]) -> None:
        """Put a table in place, or leave everything as it was.

        What was chosen for the table before never keeps another one out; what is asked for along with it may.
        """
        metrics = [*RFM, *intake["metrics"]]
        fits, notices = fitting(self, table, metrics, choices)
        wanted = {**fits, **choices, **origin, "features": table, "intake": intake, "notices": notices}
        said = set(choices)
        while True:
            try:
                self._put(wanted, metrics, said)
                return
            except CancelledError:
                raise
            except SegdashError as refused:
                instead, sentence = given_way(self, refused, wanted, choices)
                if not instead:
                    raise
                wanted |= instead | {"notices": [*wanted["notices"], sentence]}
                said |= set(instead)

    def _put(self, wanted: dict[str, Any], metrics: list[str], said: Iterable[str]) -> None:
        """Set all that comes with a table, or nothing."""
        before = {name: getattr(self, name) for name in wanted}
        objects, ids = list(self.param.x.get_range().values()), self._ids
        self._offer(metrics)
        self._ids, self._opening = None, True
        try:
            self._check({name: wanted[name] for name in said})
            with edit_constant(self), self._saying(said):
                self.param.update(**wanted)
        except (SegdashError, ValueError):
            self._ids = ids
            self._offer(objects)
            with discard_events(self), edit_constant(self):
                self.param.update(**before)
            raise
        finally:
            self._opening = False

    def try_update(self, **choices: Any) -> bool:
        """Set choices; when they are refused, put the sentence in ``problem`` and return False.

        This is how a page changes the state: bad input never becomes a traceback.
        """
        try:
            self.change(**choices)
        except (SegdashError, ValueError) as refused:
            self.problem = ""
            self.problem = str(refused)
            return False
        self.problem = ""
        return True

    def change(self, **choices: Any) -> None:
        """Set several choices, all or none.

        ``state.param.update`` does the same, but keeps those it had set when it comes to a value of a wrong kind, and
        takes no notice of a value that is what it was: of names, colours and filters given along with another number of
        segments, only `change` knows that they are to stay as given.

        Raises
        ------
        SegdashError, ValueError
            When one of them is refused; everything stays as it was.
        """
        self._check(choices)
        with self._saying(choices):
            self.param.update(**choices)

    @contextmanager
    def _saying(self, choices: Iterable[str]) -> Iterator[None]:
        self._said = frozenset(choices)
        try:
            yield
        finally:
            self._said = frozenset()

    def _check(self, choices: Mapping[str, Any]) -> None:
        """Raise for a value of a wrong kind before any is set."""
        for name, value in choices.items():
            if name not in self.param:
                raise UnknownNameError.of("choice", name, (*CHOICES, *PICTURE))
            try:
                self.param[name]._validate(value)
            except TypeError as wrong:
                raise ChoiceError(str(wrong)) from None

    def try_load(self, customers: Any, **choices: Any) -> bool:
        """`load`; when the table is refused, put the sentence in ``problem``, keep the present one, return False."""
        try:
            self.load(customers, **choices)
        except SegdashError as refused:
            self.problem = ""
            self.problem = str(refused)
            return False
        self.problem = ""
        return True

    def change_beside(self, title: str, **choices: Any) -> bool:
        """Change a segmentation of many customers beside the page, that of few at once; False when it is refused."""
        anew = set(choices) & set(INPUTS["fitted"]) or (
            self.borders is None and any(choices.get(name) for name in ON_BORDERS)
        )
        # The engine is asked anew after each choice but a selection, which is of customers in memory.
        asked = self.everyone is not None and (set(choices) & set(CHOICES) and not choices.get("selected"))
        if self.work.later is None or len(self.features) <= LARGE or not (anew or asked):
            return self.try_update(**choices)
        self.beside(title, lambda copy, _task: copy.change(**choices))
        return True

    def beside(self, title: str, act: Callable[[Segmentation, Task], object]) -> None:
        """Do what takes long on a copy, beside the page, and take the copy over when it is done.

        A refusal leaves everything as it was, with its sentence in ``problem``.

        Parameters
        ----------
        title : str
            What is being done, for people.
        act : callable
            ``act(copy, task)`` changes the copy; it may tell the task how far it is.
        """
        copy = self.branch()

        def try_it(task: Task) -> Segmentation | str:
            try:
                act(copy, task)
            except CancelledError:
                raise
            except SegdashError as refused:
                return str(refused)
            return copy

        self.work.start(title, try_it, self.settle)

    def settle(self, found: Segmentation | str) -> None:
        """Take over a copy that was changed beside the page, or say why there is none.

        What a person changed on the page meanwhile stays, as far as the copy of `branch` did not change it as well.
        """
        self.problem = ""
        left: dict[str, Any] = {}
        if isinstance(found, Segmentation):
            try:
                left = catch_up(found, self, found._base, large=LARGE) if found._base is not None else {}
                self.adopt(found)
            except SegdashError as refused:
                found = str(refused)
        if isinstance(found, str):
            self.problem = found
        if left:
            self.change_beside("Segmenting the customers", **left)

    def adopt(self, other: Segmentation) -> None:
        """Take over the data, choices and tables of another state as one change; nothing is made again.

        How this one draws (axes as far as the data have them, scales, theme) stays.
        """
        taken = {name: value for name, value in other.param.values().items() if name not in NOT_TAKEN}
        drawn = {name: getattr(self, name) for name in PICTURE}
        drawn.update({name: taken[name] for name in ("x", "y") if drawn[name] not in other.metrics})
        self._offer(other.metrics)
        self._ids, self._facts, self._followed = other._ids, other._facts, {**other._followed, **drawn}
        if other.features is not self.features:
            taken["earlier_selections"] = []  # of customers who may not be there
        # A table that is the same one is no change: param would tell it as one.
        news = {name: value for name, value in {**taken, **drawn}.items() if value is not getattr(self, name)}
        with edit_constant(self):
            self.param.update(**news)

    def notify(self, sentence: str) -> None:
        """Add a sentence to ``notices``."""
        with edit_constant(self):
            self.notices = [*self.notices, sentence]

    def know_quality(self, judgement: pd.DataFrame, borders: pd.DataFrame) -> None:
        """Take what was found out about the segments that there are.

        Parameters
        ----------
        judgement : pandas.DataFrame
            As `segdash.clustering.quality.segment_quality` gives it, its segments called by their clusters.
        borders : pandas.DataFrame of shape (n_customers, 3)
            As `segdash.clustering.quality.borders.around_segments` gives it.
        """
        with edit_constant(self):
            self.param.update(judgement=judgement, borders=borders)

    def keep(self, title: str) -> None:
        """Keep the segmentation of now, all customers shown, to compare others with; of too many the oldest goes."""
        earlier = self.fork()
        earlier.clear_filters()
        title = title.strip()
        known = {name for name, _ in self.kept}
        named = (title if i == 1 else f"{title} ({i})" for i in range(1, MOST_KEPT + 2))
        self.kept = [*self.kept, (next(name for name in named if name not in known), earlier)][-MOST_KEPT:]

    def branch(self) -> Segmentation:
        """A `fork` that is changed beside the page: `settle` takes it back along with what the page became."""
        copy = self.fork()
        copy._base = dict(self.param.values())
        return copy

    def fork(self) -> Segmentation:
        """A state of its own with the same choices, which shares this one's tables instead of making them again."""
        other = type(self)()
        other._offer(self.metrics)
        with discard_events(other), edit_constant(other):
            other.param.update(
                **{name: _own(value) for name, value in self.param.values().items() if name not in NOT_TAKEN}
            )
        other._ids, other._facts, other._followed = self._ids, self._facts, dict(self._followed)
        return other

    def load_segments(self, path: str | os.PathLike[str]) -> None:
        """Take segment names, colours, order and advice from a YAML file.

        Raises
        ------
        SegdashError
            When the file can't be read or contradicts itself; the present settings stay.
        """
        self.segments = read_overrides(path)

    def select(self, ids: Sequence[str], mode: str | None = None) -> None:
        """Select customers, in the way that ``mode`` says, by default ``selecting``.

        Parameters
        ----------
        ids : sequence of str
            Customer ids.
        mode : str, optional
            ``"replace"``, ``"append"``, ``"intersect"`` or ``"subtract"``.

        Raises
        ------
        SegdashError
            When an id is not in the table, or there is no such mode.
        """
        self.selected = combined(self.selected, list(ids), mode or self.selecting)

    def undo_selection(self) -> None:
        """Go back to the selection before this one, if there was one since the table was opened."""
        earlier = list(self.earlier_selections)
        while earlier and earlier[-1] == self.selected:
            earlier.pop()
        if earlier:
            self.selected = earlier.pop()
        with edit_constant(self):
            self.earlier_selections = earlier

    def save_as_segment(self, name: str) -> None:
        """Make the selected customers a segment of their own; they leave the segments that they were in.

        Raises
        ------
        SegdashError
            When nobody is selected, or a segment can't be called so.
        """
        name = name.strip()
        check_own_name(name)
        if not self.selected:
            raise ChoiceError("Nobody is selected. Select the customers that are to be a segment of their own.")
        taken = {one.casefold() for one in self.colours} - {one.casefold() for one in self.own_segments}
        if name.casefold() in taken:
            raise ChoiceError(f"There is a segment {quote(name)} already. Give this one another name.")
        chosen = set(self.selected)
        others = {other: [one for one in ids if one not in chosen] for other, ids in self.own_segments.items()}
        self.own_segments = {other: ids for other, ids in others.items() if ids and other != name} | {
            name: list(self.selected)
        }

    def clear_filters(self) -> None:
        """Show every customer again: no filter, no selection."""
        self.param.update(segment_filter=[], ranges={}, attribute_filter={}, borderline_only=False, selected=[])

    # ------------------------------------------------------------------ what follows from the choices

    @property
    def metrics(self) -> list[str]:
        """Columns that are metrics: recency, frequency, monetary, then those of the file."""
        return [*RFM, *self.intake["metrics"]]

    @property
    def attributes(self) -> list[str]:
        """Columns of text that describe a customer."""
        return list(self.intake["attributes"])

    @property
    def model(self) -> Any:
        """What the segmentation learned, with thresholds and centroids frozen; None where nothing was.

        It puts customers that were not seen into the same clusters (``predict``), and can be kept in a file (``save``).
        """
        return self.clustering.model

    def predict(self, customers: pd.DataFrame) -> pd.Series:
        """Segment names of customers that were not seen, by the frozen model.

        Parameters
        ----------
        customers : pandas.DataFrame of shape (n, ...)
            With the metrics the segments were made from.

        Returns
        -------
        pandas.Series of shape (n,)
            Name per customer, by the frame's index.

        Raises
        ------
        SegdashError
            When nothing was learned that could be used on others, or a metric is missing.
        """
        if self.model is None:
            title = METHODS[self.method].title
            raise ChoiceError(
                f"{title} learns nothing that other customers could be scored with. Choose a method that does."
            )
        names = self.names
        return pd.Series([names.get(label, label) for label in self.model.predict(customers)], index=customers.index)

    @property
    def colours(self) -> dict[str, str]:
        """Segment name -> colour, best to worst."""
        return dict(zip(self.segment_table["segment"], self.segment_table["color"], strict=True))

    @property
    def names(self) -> dict[str, str]:
        """Cluster -> segment name, best to worst."""
        return dict(zip(self.segment_table[CLUSTER], self.segment_table[SEGMENT], strict=True))

    @property
    def asks_engine(self) -> bool:
        """True when the engine tells of all customers who pass the filters, also of those who are not in memory.

        Who is selected or borderline is known of those in memory only.
        """
        return self.everyone is not None and not self.selected and not self.borderline_only

    @property
    def totals(self) -> Totals:
        """The customers of `profile` as a whole."""
        return self.everyone.totals(self.filters) if self.asks_engine else totals(self.shown)

    @property
    def whole(self) -> Totals:
        """All customers as a whole; of those in memory where the engine is not asked."""
        if self.asks_engine:
            return self.everyone.totals()
        if self._whole is None or self._whole[0] is not self.features:
            self._whole = self.features, totals(self.features)
        return self._whole[1]

    @property
    def sizes(self) -> tuple[int, int]:
        """How many customers `totals` and `whole` are of."""
        if self.asks_engine:
            return self.totals.customers, self.whole.customers
        return len(self.shown), len(self.customers)

    @property
    def is_filtered(self) -> bool:
        """True when a filter or a selection leaves customers out."""
        passing, everyone = self.sizes
        return passing < everyone

    @property
    def filters(self) -> Filters:
        """The filters in force, as `Everyone` takes them."""
        return filters_of(self, self.segment_filter, self.segment_table)

    def profile_of(self, metrics: Sequence[str], *, whole: bool = False) -> pd.DataFrame:
        """`segdash.profile.segment_profile` of the customers of `profile`, or of the whole they are part of."""
        if self.asks_engine:
            return self.everyone.profile(metrics, NO_FILTERS if whole else self.filters)
        return segment_profile(self.customers if whole else self.shown, metrics)

    def boxes_of(self, metric: str, *, whole: bool = False) -> pd.DataFrame:
        """`segdash.profile.box_summary` of the customers of `profile`, or of the whole they are part of."""
        if self.asks_engine:
            return self.everyone.boxes(metric, NO_FILTERS if whole else self.filters)
        return box_summary(self.customers if whole else self.shown, metric)

    @property
    def sample_said(self) -> str:
        """Who is in memory and what is of whom, in words; "" where all are in memory."""
        if self.population is None:
            return ""
        size = f"{len(self.features):,} of {count(self.population.size, 'customer')}"
        said = f"A sample of {size} is in memory (picked by a hash of the id, seed {SAMPLE_SEED}). "
        if self.everyone is None:
            return f"{said}All figures here are of the sample. {self.sample_only}"
        said += (
            "While nobody is selected, the engine tells key metrics, shares, revenue, the comparison table, insights, "
            "box plots, the shaded scatter, distributions, the score grid, orders over time and the download of the "
            "customer list of all; everything else is of the sample, from which the segments were made."
        )
        if lost := self.everyone.strangers:
            said += f" {count(lost, 'customer')} would be in segments that nobody of the sample is in: they have none."
        return said

    def label(self, name: str) -> str:
        """Axis label of a metric, with unit and currency."""
        return metric(name).label(self.currency)

    def positions(self, ids: Iterable[str]) -> np.ndarray:
        """Row numbers in ``features`` of these customer ids; an id that isn't there gives -1."""
        if self._ids is None:
            self._ids = pd.Index(self.features[CUSTOMER_ID])
        return self._ids.get_indexer(pd.Index(list(ids), dtype=self._ids.dtype))

    def _offer(self, metrics: list[str]) -> None:
        """Make these metrics the ones that can be chosen."""
        titles = {metric(name).title: name for name in metrics}
        if len(titles) < len(metrics):  # two headings that read alike
            titles = {name: name for name in metrics}
        for name in ("x", "y", "feature_names", "compared"):
            self.param[name].objects = titles

    @param.depends("as_of", watch=True)
    def _measure_anew(self) -> None:
        """Another moment: every customer is measured again."""
        orders = self.orders
        if orders is None or self.as_of is None or pd.Timestamp(self.as_of) == orders.as_of:
            return
        try:
            self.load_orders(orders.with_(as_of=self.as_of))
        except SegdashError:
            with discard_events(self):
                self.as_of = orders.as_of.to_pydatetime()
            raise

    @param.depends("max_rows_in_memory", watch=True)
    def _sample_anew(self) -> None:
        """Another limit: who is in memory changes where there are more customers than either."""
        if self._opening or self.orders is None:
            return
        here = len(self.features) if self.population is None else self.population.size
        if self.population is not None or here > self.max_rows_in_memory:
            self.load_orders(self.orders)

    @param.depends(*CHOICES, *PICTURE, watch=True)
    def _derive(self) -> None:
        """Make each table whose inputs changed, once, in order, and publish them together.

        As a method that depends on its params it runs before any listener, who so finds choices and tables in step.
        """
        before, self._followed = self._followed, {name: getattr(self, name) for name in (*CHOICES, *PICTURE)}
        changed = {name for name, value in self._followed.items() if name not in before or _differ(before[name], value)}
        made: dict[str, Any] = {}
        now = Latest(self, made, changed, self._said | changed, before)
        try:
            for stage in STAGES:
                if changed.intersection(stage.inputs):
                    made[stage.output] = stage.make(self, now)
                    changed.add(stage.output)
        except SegdashError:
            self._followed = before
            if not self._opening:  # else whoever opens the table puts things back, its metrics among them
                with discard_events(self), edit_constant(self):
                    self.param.update(**before)
            raise
        if "clustering" in changed:
            made["judgement"] = None
        if "features" in changed:
            made["earlier_selections"] = []
        elif "selected" in changed and "selected" in before:
            made["earlier_selections"] = left(self.earlier_selections, before["selected"])
        if made:
            # Choices that followed their segments, or gave way, are made as well: they must not be followed again.
            self._followed |= {name: value for name, value in made.items() if name in self._followed}
            with edit_constant(self):
                self.param.update(**made)


def _differ(old: Any, new: Any) -> bool:
    """Whether a choice changed; tables are compared by identity."""
    return old is not new and (isinstance(new, pd.DataFrame) or old != new)


def _own(value: Any) -> Any:
    """A list or dict of one's own; tables are never changed in place and may be shared."""
    return copy(value) if isinstance(value, (list, dict)) else value
