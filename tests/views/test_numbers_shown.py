"""What single views say, against hand-worked numbers: six customers, 900 850 200 180 20 10."""

from __future__ import annotations

import html
import re

import pandas as pd
import panel as pn
import pytest
from bokeh.events import Tap
from states_shown import six

from segdash import views
from segdash.clustering import METHODS
from segdash.state import Segmentation


@pytest.fixture
def state():
    return Segmentation(six())


def words(view):
    """The text of a view's panes, without markup."""
    text = " ".join(pane.object for pane in view.__panel__().select(pn.pane.HTML))
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", text)))


def test_key_metrics_of_everyone(state):
    said = words(views.KeyMetrics(state))
    assert "Customers 6 " in said
    assert "Revenue 2.16 k 2,160.00 in total" in said
    assert "Average customer value 360.00 median 190.00" in said
    assert "Average purchase frequency 4.33 33.3 % bought once" in said


def test_key_metrics_of_a_selection_say_of_how_many(state):
    view = views.KeyMetrics(state)
    state.param.update(selected=["a", "e"], currency="£")
    said = words(view)
    assert "Customers 2 of 6" in said
    assert "£920 42.6 % of £2.16 k" in said
    assert "£460.00 median £460.00; all £360.00" in said
    assert "5.00 50.0 % bought once; all 4.33" in said


def test_key_metrics_of_nobody(state):
    state.ranges = {"recency": (5000, None)}
    said = words(views.KeyMetrics(state))
    assert "Customers 0 of 6" in said
    assert "nan" not in said


def test_key_metrics_count_the_rows_set_aside():
    state = Segmentation(pd.concat([six(), six().head(1).assign(customer_id=None)]))
    assert "1 row of the file set aside" in words(views.KeyMetrics(state))


def test_the_comparison_table_has_a_row_per_segment(state):
    view = views.ProfileTable(state)
    view.__panel__()
    table = view.table.value
    assert [re.sub("<.*", "", cell) for cell in table["segment"]] == ["Gold", "Silver", "Bronze"]
    assert table["revenue"].tolist() == [1750.0, 380.0, 30.0]
    state.selected = ["a", "c", "d"]
    assert view.table.value["customers"].tolist() == [1, 2]
    assert view.table.value["revenue"].tolist() == [900.0, 380.0]


def test_the_comparison_table_can_be_downloaded(state):
    view = views.ProfileTable(state)
    view.__panel__()
    lines = view.download.callback().getvalue().decode("utf-8-sig").splitlines()
    assert lines[0].startswith("Segment,Customers,Share,Revenue,Share of revenue,Index (base 100),Mean recency")
    assert lines[1].startswith("Gold,2,0.333")
    assert len(lines) == 4


def test_the_customer_list_has_the_selected_customers(state):
    view = views.CustomerTable(state)
    view.__panel__()
    assert view.table.value["customer_id"].tolist() == list("abcdef")
    state.selected = ["f", "b"]
    assert view.table.value["customer_id"].tolist() == ["b", "f"]
    assert view.table.value["monetary"].tolist() == [850.0, 10.0]
    assert view.table.value["country"].tolist() == ["NO", "DK"]


def test_the_customer_list_is_searched_by_part_of_an_id_without_regard_to_case():
    state = Segmentation(six().assign(customer_id=["AB1", "ab2", "x.b", "x+b", "(", "6"]))
    view = views.CustomerTable(state)
    view.__panel__()
    for wanted, found in (("ab", ["AB1", "ab2"]), (".", ["x.b"]), ("(", ["("]), (" 6 ", ["6"]), ("nobody", [])):
        view.search.value = wanted
        assert view.table.value["customer_id"].tolist() == found, wanted
    assert "0 matches" in words(view)
    view.search.value = ""
    assert len(view.table.value) == 6


def test_the_customer_list_can_be_downloaded_with_every_column(state):
    view = views.CustomerTable(state)
    view.__panel__()
    state.selected = ["c"]
    lines = view.download.callback().getvalue().decode("utf-8-sig").splitlines()
    assert lines[0] == "customer_id,recency,frequency,monetary,age,country,cluster,segment"
    assert lines[1:] == ["c,10,3,200.0,50.0,SE,Silver,Silver"]


def test_the_takeaway_names_the_segment_that_brings_most_beyond_its_share(state):
    assert "2 customers in Gold, 33.3 %, bring 81.0 % of revenue." in words(views.SegmentShare(state))


def test_insights_quote_each_segment(state):
    said = words(views.Insights(state))
    assert "2 customers, 33.3 % of customers, bring 81.0 % of revenue." in said
    assert "2 customers, 33.3 % of customers, bring 1.4 % of revenue." in said
    assert "typically 8.5 orders and 875 in total" in said


def test_insights_of_a_selection_are_of_the_selection(state):
    view = views.Insights(state)
    state.selected = ["a", "c"]
    said = words(view)
    assert "1 customer, 50.0 % of the selection, brings 81.8 % of its revenue." in said
    assert "None of its customers are in the selection." in said


def test_warnings_stand_in_the_insights(state):
    assert "Only 2 customers" in words(views.Insights(state))


def test_the_selection_view_counts_by_segment(state):
    state.selected = ["a", "c", "d"]
    said = words(views.Selection(state))
    assert "3 of 6 (50.0 %) · 1.28 k · 59.3 % of revenue" in said
    assert re.search(r"Gold\s+1 · 900", said)
    assert re.search(r"Silver\s+2 · 380", said)
    assert re.search(r"Bronze\s+0 · 0", said)


def test_the_data_panel_accounts_for_every_row():
    state = Segmentation(pd.concat([six(), six().head(2).assign(customer_id=None), six().tail(1).assign(recency=-1)]))
    view = views.DataPanel(state)
    said = words(view)
    intake = state.intake
    assert (intake["rows"], intake["kept"]) == (9, 6)
    assert "Rows read 9" in said
    assert "Kept as customers 6" in said
    assert "Set aside 3" in said
    assert view.download.visible
    assert len(view.download.callback().getvalue().decode("utf-8-sig").splitlines()) == 4


def test_nothing_set_aside_gives_nothing_to_download(state):
    view = views.DataPanel(state)
    view.__panel__()
    assert not view.download.visible


def test_an_upload_replaces_the_table_and_a_bad_one_does_not(state):
    view = views.DataPanel(state)
    view.__panel__()
    view.upload.value = {"three.csv": six().head(3).to_csv(index=False)}
    assert len(state.customers) == 3
    assert state.intake["name"] == "three.csv"
    view.upload.value = {"photo.csv": b"\x89PNG\r\n\x1a\n" + bytes(200)}
    assert len(state.customers) == 3
    assert "photo.csv" in state.problem


def test_a_file_on_the_server_is_opened_by_name_from_the_allowed_folder_only(state, tmp_path, monkeypatch):
    monkeypatch.setenv("SEGDASH_FOLDER", str(tmp_path / "open"))
    (tmp_path / "open").mkdir()
    six().head(4).to_csv(tmp_path / "open" / "four.csv", index=False)
    six().head(5).to_csv(tmp_path / "five.csv", index=False)
    view = views.DataPanel(state)
    view.__panel__()
    assert view.path.visible
    view.path.value = "../five.csv"
    assert "not in the folder" in state.problem
    view.path.value = "four.csv"
    assert len(state.customers) == 4


def test_notices_say_what_was_refused_and_what_was_set_aside():
    state = Segmentation(pd.concat([six(), six().head(1).assign(customer_id=None)]))
    view = views.Notices(state)
    assert "1 row of 7 set aside" in words(view)
    state.try_update(selected=["nobody"])
    assert "'nobody'" in words(view)
    state.try_update(selected=["a"])
    assert "'nobody'" not in words(view)


def test_no_notice_takes_no_place(state):
    view = views.Notices(state)
    view.__panel__()
    assert not view.notes.visible


@pytest.mark.parametrize(("name", "reverse"), [("SegmentShare", False), ("SegmentRevenue", True)])
def test_a_click_on_a_bar_selects_its_segment_and_a_second_clears(state, name, reverse):
    view = getattr(views, name)(state)
    view.__panel__().get_root()
    (plot,) = view.plot.plots

    def click():
        # The first bar of the figure's data.
        plot.state._trigger_event(Tap(plot.state, x=0.1 if not reverse else 10.0, y=0.0 if not reverse else 0.5))

    click()
    assert state.selected == (["e", "f"] if reverse else ["a", "b"])
    click()
    assert state.selected == []


def test_a_box_plot_is_there_for_each_compared_metric(state):
    view = views.BoxPlots(state)
    assert len(view.__panel__().objects) == 4
    state.compared = ["age", "recency"]
    assert len(view.__panel__().objects) == 2
    assert "Age" in words(view)


def test_a_single_box_plot_draws_its_metric_whether_compared_or_not(state):
    view = views.BoxPlot(state, metric_name="age")
    view.__panel__().get_root()
    assert view.plot.pane.object is not None


# ---------------------------------------------------------------------- filters


def test_filter_controls_change_the_state(state):
    view = views.FilterControls(state)
    view.__panel__()
    view.segments.value = ["Gold", "Silver"]
    view.ends["recency", 0].value = "2"
    view.ends["recency", 1].value = "10.0"
    view.choices["country"].value = ["SE"]
    assert state.segment_filter == ["Gold", "Silver"]
    assert state.ranges == {"recency": (2, 10)}
    assert state.shown["customer_id"].tolist() == ["c"]
    assert "1 of 6" in words(view)


def test_filter_controls_show_what_is_in_force(state):
    view = views.FilterControls(state)
    view.__panel__()
    state.param.update(ranges={"recency": (2, 10)}, segment_filter=["Gold"], attribute_filter={"country": ["NO"]})
    assert (view.ends["recency", 0].value, view.ends["recency", 1].value) == ("2", "10")
    assert view.segments.value == ["Gold"]
    assert view.choices["country"].value == ["NO"]


def test_a_range_may_be_written_with_separators(state):
    view = views.FilterControls(state)
    view.__panel__()
    view.ends["monetary", 1].value = "1,000"
    assert state.ranges == {"monetary": (None, 1000)}
    view.ends["monetary", 1].value = ""
    assert state.ranges == {}


def test_a_range_that_is_no_number_is_refused_with_a_sentence(state):
    view = views.FilterControls(state)
    view.__panel__()
    for written in ("many", "nan", "1;5"):
        view.ends["monetary", 0].value = written
        assert written in state.problem
        assert state.ranges == {}


@pytest.mark.parametrize(
    ("before", "after"),
    [((None, None), (2, 10)), ((2, 10), (5, 50)), ((2, 10), (None, 50)), ((2, 10), (20, None)), ((2, 10), None)],
)
def test_a_range_set_elsewhere_stays_as_it_was_set(state, before, after):
    state.ranges = {"recency": before, "monetary": (15.0, 880.0)}
    views.FilterControls(state).__panel__()
    wanted = {"monetary": (15.0, 880.0)} | ({"recency": after} if after else {})
    state.ranges = wanted
    assert state.ranges == wanted


def test_the_button_clears_every_filter(state):
    view = views.FilterControls(state)
    view.__panel__()
    state.param.update(
        selected=["a"], ranges={"recency": (2, 10)}, segment_filter=["Gold"], attribute_filter={"country": ["NO"]}
    )
    view.clear.clicks += 1
    assert (state.selected, state.ranges, state.segment_filter, state.attribute_filter) == ([], {}, [], {})
    assert len(state.shown) == 6


# ---------------------------------------------------------------------- controls


def test_a_control_changes_the_state_and_follows_it(state):
    view = views.SegmentationControls(state)
    view.__panel__()
    view.method.value = "k_means"
    view.by_setting["n_clusters"].value = 3
    assert (state.method, state.n_segments) == ("k_means", 3)
    state.n_segments = 2
    assert view.by_setting["n_clusters"].value == 2


def test_a_refused_control_goes_back_and_the_page_says_why(state):
    state.param.update(method="k_means", n_segments=3)
    view = views.SegmentationControls(state)
    view.__panel__()
    view.by_setting["n_clusters"].value = 8
    assert state.n_segments == 3
    assert view.by_setting["n_clusters"].value == 3
    assert "8 segments" in state.problem


def test_only_what_the_method_listens_to_is_shown(state):
    view = views.SegmentationControls(state)
    view.__panel__()
    assert not any(widget.visible for widget in view.by_setting.values())
    state.param.update(method="k_means", n_segments=3)
    shown = {name for name, widget in view.by_setting.items() if widget.visible}
    assert shown == {"features", *METHODS["k_means"].names}


def test_an_emptied_number_is_refused_and_goes_back(state):
    state.param.update(method="k_means", n_segments=3)
    view = views.SegmentationControls(state)
    view.__panel__()
    view.by_setting["n_clusters"].value = None
    assert state.n_segments == 3
    assert view.by_setting["n_clusters"].value == 3
