"""What the page shows of customers who stay in the engine is what it shows of them when they are all in memory."""

from __future__ import annotations

import io
import warnings
from pathlib import Path

import ibis
import pandas as pd
import pytest

import segdash as sd
from segdash.errors import ChoiceError, SourceError
from segdash.population.expressions import digest
from segdash.reports.csv_file import csv_file
from segdash.reports.customer_list import save_customers
from segdash.state import Segmentation
from segdash.views.box_plots import BoxPlot
from segdash.views.customer_table import CustomerTable
from segdash.views.insights import Insights
from segdash.views.key_metrics import KeyMetrics
from segdash.views.notices import Notices
from segdash.views.profile_table import ProfileTable
from segdash.views.segment_revenue import SegmentRevenue
from segdash.views.segment_share import SegmentShare
from segdash.views.selection import Selection

SAMPLE = Path(__file__).parents[2] / "data" / "orders.csv"
COMPARED = ["monetary", "days_between_orders"]


@pytest.fixture(scope="module")
def orders():
    return sd.read_orders(SAMPLE)


@pytest.fixture(scope="module")
def few():
    """Forty customers of four kinds."""
    rows = [(f"c{i}", f"2024-0{1 + j % 6}-{1 + i % 9}", 5.0 * (1 + i % 7)) for i in range(40) for j in range(1 + i % 4)]
    return sd.read_orders(pd.DataFrame(rows, columns=["customer", "date", "amount"]), name="few")


@pytest.fixture(scope="module")
def both(orders):
    """A thousand of the sample's customers in memory, and all of them with the same model and names."""
    part = Segmentation(orders=orders, max_rows_in_memory=1_000, compared=COMPARED)
    model = {"model": part.model.to_dict()}
    whole = Segmentation(orders=orders, method="frozen", method_settings=model, compared=COMPARED)
    label_of = dict(zip(part.segment_table["cluster"], part.segment_table["segment"], strict=True))
    whole.segments = {cluster: {"name": name} for cluster, name in label_of.items()}
    return part, whole


@pytest.fixture
def pair(both):
    yield both
    for state in both:
        state.clear_filters()  # the engine remembers what it answered


def choose(pair, **choices):
    for state in pair:
        state.change(**choices)
    return pair


FILTERS = {
    "nothing": {},
    "segments": {"segment_filter": ["first", "last"]},
    "range": {"ranges": {"monetary": (50.0, 400.5), "days_between_orders": (2.0, None)}},
    "attribute": {"attribute_filter": {"Country": ["France", "Spain"]}},
    "all of them": {"ranges": {"recency": (None, 200.0)}, "attribute_filter": {"Channel": ["Web"]}},
    "nobody": {"ranges": {"monetary": (1e9, None)}},
}


def chosen(filters, state):
    names = state.segment_table["segment"].tolist()
    return {**filters, **({"segment_filter": [names[0], names[-1]]} if "segment_filter" in filters else {})}


@pytest.mark.parametrize("which", FILTERS)
def test_numbers_of_everyone_are_those_of_all_in_memory(pair, which):
    part, whole = choose(pair, **chosen(FILTERS[which], pair[0]))
    assert part.asks_engine
    assert not whole.asks_engine
    assert part.sizes == whole.sizes
    assert part.is_filtered == whole.is_filtered == (which != "nothing")
    told = part.profile.assign(segment=part.profile["segment"].astype(str))
    pd.testing.assert_frame_equal(told, whole.profile, check_dtype=False, rtol=1e-9)
    for all_ in (False, True):
        found, wanted = (one.profile_of(["monetary"], whole=all_) for one in pair)
        pd.testing.assert_frame_equal(found, wanted, check_dtype=False, rtol=1e-9)
        found, wanted = (one.boxes_of("monetary", whole=all_) for one in pair)
        pd.testing.assert_frame_equal(found, wanted, check_dtype=False, rtol=1e-9)


@pytest.mark.parametrize("which", ["nothing", "all of them", "nobody"])
def test_views_show_the_same_text(pair, which):
    part, whole = choose(pair, **chosen(FILTERS[which], pair[0]))
    for view in (KeyMetrics, SegmentShare, SegmentRevenue, Insights):
        found, wanted = view(part), view(whole)
        found.__panel__(), wanted.__panel__()
        assert texts(found) == texts(wanted) != []
    found, wanted = ProfileTable(part), ProfileTable(whole)
    found.__panel__(), wanted.__panel__()
    pd.testing.assert_frame_equal(found.table.value, wanted.table.value, check_dtype=False, rtol=1e-9)
    assert found.heading.object == wanted.heading.object
    box = BoxPlot(part)
    assert box.__panel__() is not None


def texts(view):
    """What a view says; warnings of insights are of customers in memory."""
    if isinstance(view, KeyMetrics):
        return [view.tiles.object]
    if isinstance(view, Insights):
        return [line.split("</p>")[0] for line in view.cards.object.split("</h3>")[1:]]
    return [view.heading.object]


def test_with_a_selection_figures_are_of_the_sample_and_say_so(pair):
    part, _ = pair
    ids = part.customers["customer_id"][:40].tolist()
    table, tiles, revenue = ProfileTable(part), KeyMetrics(part), SegmentRevenue(part)
    for view in (table, tiles, revenue):
        view.__panel__()
    assert "Of all 2,978 customers<" in table.heading.object
    assert revenue.whole["customers"].sum() == 2978
    part.selected = ids
    assert not part.asks_engine
    assert "Of the 40 selected customers of the sample" in table.heading.object
    assert "of 1,000 of the sample" in tiles.tiles.object
    assert revenue.whole["customers"].sum() == 1000
    assert part.profile["revenue"].sum() == pytest.approx(part.customers["monetary"][:40].sum())
    part.selected = []
    assert "Of all 2,978 customers<" in table.heading.object
    assert revenue.whole["customers"].sum() == 2978


def test_the_notice_says_who_is_in_memory(pair):
    part, whole = pair
    said = Notices(part)
    said.__panel__()
    assert "A sample of 1,000 of 2,978 customers is in memory" in said.notes.object
    assert whole.sample_said == ""
    assert "2,978 customers" in texts_of_header(part)


def texts_of_header(state):
    from segdash.dashboard import Dashboard

    return Dashboard(state)._header().object


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_the_list_of_customers_has_all_who_pass(pair, tmp_path, ending):
    choose(pair, **FILTERS["all of them"])
    lists = []
    for i, state in enumerate(pair):
        save_customers(state, tmp_path / f"{i}.{ending}")
        read = pd.read_csv if ending == "csv" else pd.read_parquet
        lists.append(read(tmp_path / f"{i}.{ending}").sort_values("customer_id", ignore_index=True))
        lists[-1]["segment"] = lists[-1]["segment"].astype(str)
    pd.testing.assert_frame_equal(*lists, check_dtype=False, rtol=1e-9)
    assert len(lists[0]) == pair[0].sizes[0] > 100


def sent_by(view):
    """What a browser gets that asks for each piece in turn."""
    (sender,) = view.sent.objects
    pieces = []
    while True:
        sender.asked += 1
        number, held = int.from_bytes(sender.piece[:8], "big"), sender.piece[8:]
        if not number:
            return sender, pieces
        assert number == len(pieces) + 1
        pieces.append(held)


def test_the_page_lets_everyone_be_downloaded(pair, monkeypatch):
    monkeypatch.setattr("segdash.views.file_in_pieces.PIECE", 10_000)
    part, _ = pair
    view = CustomerTable(part)
    view.__panel__()
    assert (view.download_all.label, view.download_all.visible) == ("Download all 2,978 (Parquet)", True)
    assert not view.download.visible
    assert "Of all 1,000 customers of the sample" in view.heading.object
    view.download_all.clicks += 1
    sender, pieces = sent_by(view)
    assert sender.filename == "customers.parquet"
    assert len(pieces) > 2
    assert max(map(len, pieces)) == 10_000  # never more of it at a time
    assert len(pd.read_parquet(io.BytesIO(b"".join(pieces)))) == 2978
    assert not Path(sender._folder.name).exists()
    view.search.value = str(part.customers["customer_id"][0])
    assert (view.download.visible, view.download_all.visible) == (True, False)
    assert len(pd.read_csv(view._file())) >= 1
    view.search.value = ""
    part.ranges = {"monetary": (400.0, None)}
    assert view.download_all.label == f"Download all {part.sizes[0]:,} (Parquet)"
    part.selected = part.shown["customer_id"][:3].tolist()
    assert (view.download.visible, view.download_all.visible) == (True, False)


def test_a_list_that_can_t_be_written_leaves_a_sentence_and_no_folder(pair, monkeypatch):
    part, _ = pair
    folders = []

    def fail(_state, path):
        folders.append(path.parent)
        raise SourceError("The engine stopped answering.")

    monkeypatch.setattr("segdash.views.customer_table.save_customers", fail)
    view = CustomerTable(part)
    view.__panel__()
    view.download_all.clicks += 1
    assert part.problem == "The engine stopped answering."
    part.problem = ""
    assert view.sent.objects == []
    assert [folder.exists() for folder in folders] == [False]


def test_beside_a_selection_the_list_of_the_sample_is_the_one_to_download(pair):
    part, _ = pair
    part.selected = part.customers["customer_id"][:3].tolist()
    selection = Selection(part)
    selection.__panel__()
    assert selection.download.visible
    part.selected = []
    assert not selection.download.visible


def test_another_ending_is_refused(pair, tmp_path):
    with pytest.raises(ChoiceError, match=r"to \.csv or \.parquet, not to 'list\.xlsx'"):
        save_customers(pair[0], tmp_path / "list.xlsx")


def test_a_list_in_pieces_has_one_heading_and_runs_no_formula():
    table = pd.DataFrame({"id": ["=1", "b"], "n": [1, 2]})
    together = csv_file(table[:1]).getvalue() + csv_file(table[1:], begins=False).getvalue()
    assert together == csv_file(table).getvalue()
    assert pd.read_csv(io.BytesIO(together))["id"].tolist() == ["'=1", "b"]


@pytest.mark.parametrize(
    ("choices", "said"),
    [
        ({"method": "hdbscan"}, "HDBSCAN"),
        ({"transform": "rank"}, "'rank' can't be given to customers that stay in the engine"),
    ],
)
def test_what_the_engine_can_not_tell_is_said(few, choices, said):
    state = Segmentation(orders=few, max_rows_in_memory=30, n_segments=3, **choices)
    assert state.everyone is None
    assert said in state.sample_only
    assert state.sample_said.endswith(f"All figures here are of the sample. {state.sample_only}")
    assert state.sizes == (30, 30)
    state.change(method="k_means", transform="log1p")
    assert (state.sample_only, state.sizes) == ("", (40, 40))


def test_own_segments_leave_those_of_the_engine(few):
    state = Segmentation(orders=few, max_rows_in_memory=30, n_segments=3)
    state.selected = state.customers["customer_id"][:5].tolist()
    state.save_as_segment("Mine")
    state.selected = []
    counted = dict(zip(state.profile["segment"].astype(str), state.profile["customers"], strict=True))
    assert counted["Mine"] == 5
    assert sum(counted.values()) == 40


def test_renaming_asks_the_engine_nothing(few, monkeypatch):
    state = Segmentation(orders=few, max_rows_in_memory=30, n_segments=3)
    first, second, _ = state.segment_table["segment"]
    state.segment_filter = [second]
    counted, boxes = state.totals.customers, state.boxes_of("monetary")
    monkeypatch.setattr("segdash.population.summary.fetched", None)
    state.segments = {second: {"name": "Mine"}}
    assert state.segment_filter == ["Mine"]
    assert state.profile[["segment", "customers"]].to_numpy().tolist() == [["Mine", counted]]
    renamed = state.boxes_of("monetary")
    assert renamed["segment"].tolist()[:2] == [first, "Mine"]
    pd.testing.assert_frame_equal(renamed.drop(columns="segment"), boxes.drop(columns="segment"))


def test_a_limit_may_change_later(few):
    state = Segmentation(orders=few, n_segments=3)
    assert (state.population, state.everyone) == (None, None)
    state.max_rows_in_memory = 20
    assert (len(state.customers), state.sizes, state.fork().sizes) == (20, (40, 40), (40, 40))
    with pytest.raises(TypeError, match=r"[Cc]onstant"):
        state.everyone = None
    state.max_rows_in_memory = 40
    assert (len(state.customers), state.population) == (40, None)


@pytest.mark.parametrize("dialect", ["duckdb", "postgres", "pyspark"])
def test_what_the_page_asks_is_written_for_each_engine(both, dialect):
    if dialect == "pyspark":
        pytest.importorskip("pyspark", reason='the extra "spark" is not installed')
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # pyspark's own
            assert ibis.pyspark.name == "pyspark"  # asking for it is what registers its options
    part, _ = both
    table = part.everyone.named(part.filters)
    asked = table.group_by("segment").agg(five=table["monetary"].quantile([0.05, 0.5]), n=table.count())
    assert "GROUP BY" in ibis.to_sql(asked, dialect=dialect)
    assert "MD5" in ibis.to_sql(table.mutate(hashed=digest(table["customer_id"])), dialect=dialect).upper()
