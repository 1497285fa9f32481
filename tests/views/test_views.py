"""What every registered view must do, whatever it shows."""

from __future__ import annotations

import re

import pandas as pd
import panel as pn
import pytest
from panel.viewable import Viewer
from states_shown import HOSTILE, STATES, hostile, many, six, taken

from segdash.intake.orders import read_orders
from segdash.state import Segmentation
from segdash.views import VIEWS
from segdash.views.view import View

pn.extension("tabulator")


@pytest.fixture
def state():
    return Segmentation(six())


def shown(view):
    """The view's card, drawn as for a page."""
    card = view.__panel__()
    return card, card.get_root()


def markup(card):
    """Everything on a card that a browser takes for HTML."""
    yield from (pane.object for pane in card.select(pn.pane.HTML))
    for table in card.select(pn.widgets.Tabulator):
        yield from (table.titles.get(str(column), str(column)) for column in table.value.columns)
        for column, form in table.formatters.items():
            if form in ("html", {"type": "html"}) and column in table.value:
                yield from table.value[column].astype(str)


def unescaped(card):
    """What a browser would run, or draw as an image, if it came from data."""
    return [text for text in markup(card) if re.search(r"<(img|script|b)\b|onerror=alert\(1\)>", text)]


@pytest.mark.parametrize("case", STATES)
@pytest.mark.parametrize("name", VIEWS)
def test_every_view_shows_every_state(name, case):
    view = VIEWS[name](STATES[case]())
    card, root = shown(view)
    assert root is not None
    assert unescaped(card) == []


@pytest.mark.parametrize("name", VIEWS)
def test_every_view_is_one_card_however_often_it_is_asked_for(name, state):
    view = VIEWS[name](state)
    assert view.__panel__() is view.__panel__()


@pytest.mark.parametrize("name", VIEWS)
def test_every_view_can_stand_twice_on_a_page(name, state):
    view = VIEWS[name](state)
    first, second = shown(view)[1], shown(view)[1]
    assert first is not second
    state.param.update(selected=["a"], x="age")


CHANGES = {
    "a selection": {"selected": ["a", "c"]},
    "no selection again": {"selected": []},
    "a name and a colour": {"segments": {"Gold": {"name": HOSTILE, "color": "#B00000"}}},
    "an order": {"segments": {"Bronze": {"order": 1}}},
    "a currency": {"currency": "<b>£"},
    "another method": {"method": "k_means", "n_segments": 2},
    "the file's clusters again": {"method": "given", "segments": {}},
    "other axes": {"x": "age", "y": "frequency", "log_x": False},
    "sizes": {"size_by_monetary": True},
    "other metrics": {"compared": ["age", "recency"]},
    "no metrics": {"compared": []},
    "a filter": {"segment_filter": ["Gold"]},
    "a filter that leaves nobody": {"ranges": {"recency": (5000, None)}},
    "an attribute": {"attribute_filter": {"country": ["NO"]}},
    "both ends of a range": {"ranges": {"recency": (2, 50), "monetary": (None, 500.0)}},
    "dark": {"dark": True},
}


@pytest.mark.parametrize("name", VIEWS)
def test_every_view_follows_every_change_and_leaves_the_choices_alone(name):
    state = Segmentation(six(), starts=1)
    view = VIEWS[name](state)
    card, _ = shown(view)
    wrong = {}
    for change, choices in CHANGES.items():
        try:
            state.param.update(**choices)
        except Exception as error:  # each change is tried, whatever the ones before it did
            wrong[change] = repr(error)
        found = {choice: getattr(state, choice) for choice in choices}
        if found != choices or state.problem or unescaped(card):
            wrong.setdefault(change, f"{found} {state.problem} {unescaped(card)}")
    assert wrong == {}


@pytest.mark.parametrize("name", VIEWS)
def test_every_view_follows_back_to_the_beginning(name, state):
    state.param.update(selected=["a"], ranges={"recency": (1, 50)}, attribute_filter={"country": ["NO"]})
    shown(VIEWS[name](state))
    state.clear_filters()
    assert (state.selected, state.ranges, state.attribute_filter) == ([], {}, {})
    assert len(state.shown) == 6


TABLES = {
    "a smaller one without the metric on the axis": lambda: six().iloc[:3].drop(columns=["age", "country"]),
    "a larger one with other columns": lambda: many([f"Segment {i}" for i in range(10)], score=range(40)),
    "one without clusters": lambda: many(["x"], per_cluster=30).drop(columns="cluster"),
    "a hostile one": hostile,
    "headings that are taken": taken,
    "one customer": lambda: six().drop(columns="cluster").iloc[:1],
}


def choose_the_last(state):
    """Choices that another table may not have: its last metrics and attribute, its last customer."""
    metrics, ids = state.metrics, state.features["customer_id"]
    state.param.update(
        x=metrics[-1],
        compared=metrics[:-3:-1],
        ranges={metrics[-1]: (0, None)},
        attribute_filter={name: [state.features[name].iloc[-1]] for name in state.attributes[-1:]},
        selected=[ids.iloc[-1]],
    )


@pytest.mark.parametrize("name", VIEWS)
def test_every_view_follows_from_table_to_table(name):
    state = Segmentation(six(), starts=1)
    view = VIEWS[name](state)
    card, _ = shown(view)
    wrong = {}
    for table, make in TABLES.items():
        try:
            choose_the_last(state)
            state.load(make())
        except Exception as error:  # each table is tried, whatever the ones before it did
            wrong[table] = repr(error)
        if state.selected or state.ranges or len(state.shown) != len(state.features) or unescaped(card):
            wrong.setdefault(table, f"{state.selected} {state.ranges} {unescaped(card)}")
    assert wrong == {}


@pytest.mark.parametrize("name", VIEWS)
def test_every_view_follows_from_no_table_to_one(name):
    state = Segmentation()
    view = VIEWS[name](state)
    shown(view)
    state.load(six())
    shown(view)
    assert len(state.shown) == 6


@pytest.mark.parametrize("name", VIEWS)
def test_every_view_stands_a_refused_change(name, state):
    view = VIEWS[name](state)
    card, _ = shown(view)
    tables = [id(getattr(state, table)) for table in ("customers", "shown", "profile")]
    assert not state.try_update(selected=["nobody"])
    assert not state.try_load(HOSTILE)
    assert [id(getattr(state, table)) for table in ("customers", "shown", "profile")] == tables
    assert unescaped(card) == []


@pytest.mark.parametrize("name", VIEWS)
def test_titles_of_table_columns_are_escaped(name):
    state = Segmentation(hostile(), compared=["recency", HOSTILE], currency="<b>$")
    for table in VIEWS[name](state).__panel__().select(pn.widgets.Tabulator):
        titles = [table.titles.get(str(column), str(column)) for column in table.value.columns]
        assert titles
        assert not any("<" in title for title in titles)


def test_rows_of_a_bucket_are_shown_as_the_file_has_them():
    log = pd.DataFrame(
        {"customer": ["a", "b", None], "date": ["2024-01-13", "2024-02-14", "2024-02-15"], "amount": [1.0, 2.0, 3.0]}
    ).assign(**{HOSTILE: ["x", "y", HOSTILE], "a.b": 1})
    view = VIEWS["DataRoom"](Segmentation(orders=read_orders(log), n_segments=2))
    view.__panel__()
    book = view.book
    assert not book.rows.visible
    book.bucket.value = next(value for label, value in book.bucket.options.items() if label == "No customer id (1)")
    assert book.rows.visible
    titles = [book.rows.titles[column] for column in book.rows.value.columns]
    assert "&lt;img" in " ".join(titles)
    assert "<" not in " ".join(titles)
    assert book.rows.value.iloc[0, titles.index("amount")] == "3.0"


def test_the_data_room_says_who_would_flip_when_it_is_asked():
    log = pd.DataFrame({"customer": ["a", "b", HOSTILE], "date": ["2024-01-13", "2024-02-14", "2024-02-15"]})
    state = Segmentation(orders=read_orders(log.assign(amount=[1.0, 200.0, 3.0])), n_segments=2)
    state.segments = {state.segment_table["segment"].iloc[0]: {"name": HOSTILE}}
    view = VIEWS["DataRoom"](state)
    card = view.__panel__()
    assert view.ask_flips.visible
    assert view.flips.object == ""
    view.ask_flips.clicks += 1
    assert not view.ask_flips.visible
    assert "Customers who move" in view.flips.object
    view.draft.choose(as_of="2024-02-14")
    view.ask_flips.clicks += 1
    assert "1 customer with 3 of revenue only now" in view.flips.object
    assert unescaped(card) == []


def test_the_tables_whose_titles_are_checked_are_there():
    state = Segmentation(six())
    for name in ("ProfileTable", "CustomerTable"):
        assert VIEWS[name](state).__panel__().select(pn.widgets.Tabulator)


def test_the_check_for_markup_sees_it():
    class Careless(View):
        def body(self):
            return [pn.pane.HTML(f"<p>{self.state.features['customer_id'][0]}</p>")]

    assert unescaped(Careless(Segmentation(hostile())).__panel__())


@pytest.mark.parametrize("name", VIEWS)
def test_every_view_is_a_viewer_with_a_title(name, state):
    view = VIEWS[name](state)
    assert isinstance(view, View)
    assert isinstance(view, Viewer)
    assert view.title
    assert VIEWS[name].__name__ == name
    assert (VIEWS[name].__doc__ or "").strip()


def test_an_unknown_view_is_an_attribute_error_that_names_the_nearest():
    from segdash import views

    with pytest.raises(AttributeError, match="Did you mean 'Scatter'"):
        views.Scater  # noqa: B018 - the look-up is what is tested
    assert views.Scatter is VIEWS["Scatter"]
