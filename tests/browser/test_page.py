"""The dashboard in a browser, as a person uses it."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from axe_playwright_python.sync_playwright import Axe

from .conftest import ready

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "data" / "customers.csv"
FRAME = "() => { const f = Bokeh.documents[0].get_model_by_name('scatter'); const v = Bokeh.index.find_one_by_id(f.id);"


@pytest.fixture
def seed_file(shared_data):
    return shared_data / "seed_original" / "RFM_Clustered.csv"


def scatter(page):
    """Inner rectangle of the scatter's frame in page pixels, scrolled into view."""
    page.locator(".segdash-selected-count").scroll_into_view_if_needed()
    page.evaluate(FRAME + " v.el.scrollIntoView({block: 'center'}) }")
    page.wait_for_timeout(200)
    return page.evaluate(
        FRAME + " const r = v.el.getBoundingClientRect(), b = v.frame.bbox;"
        " return {x: r.x + b.left, y: r.y + b.top, w: b.width, h: b.height} }"
    )


def axes(page):
    return page.evaluate(
        FRAME + " return {x: f.below[0].axis_label, y: f.left[0].axis_label, x0: f.x_range.start, x1: f.x_range.end,"
        " y0: f.y_range.start, y1: f.y_range.end, glyph: f.renderers[0].glyph.y.field,"
        " log: f.y_scale.type} }"
    )


def drag(page, box, left, top, right, bottom):
    page.mouse.move(box["x"] + left * box["w"], box["y"] + top * box["h"])
    page.mouse.down()
    page.mouse.move(box["x"] + (left + right) / 2 * box["w"], box["y"] + (top + bottom) / 2 * box["h"], steps=4)
    page.mouse.move(box["x"] + right * box["w"], box["y"] + bottom * box["h"], steps=4)
    page.mouse.up()


def selected(page, expected=None):
    count = page.locator(".segdash-selected-count")
    if expected is not None:
        page.wait_for_function(
            "(text) => { const find = (root) => { for (const e of root.querySelectorAll('*')) {"
            " if (e.classList.contains('segdash-selected-count')) return e;"
            " const inner = e.shadowRoot && find(e.shadowRoot); if (inner) return inner } };"
            " return find(document).textContent.includes(text) }",
            arg=expected,
        )
    return count.inner_text()


def tile(page, what):
    return page.locator(".tile", has=page.locator(".what", has_text=re.compile(f"^{what}$"))).inner_text()


def choose(page, label, option):
    page.get_by_role("combobox", name=label, exact=False).first.click()
    page.locator(".MuiMenuItem-root", has_text=option).first.click()


def table_text(page, title):
    return page.locator(".segdash-card", has_text=title).locator(".tabulator-table").inner_text()


def test_the_page_has_its_parts_and_the_seeds_figures(open_page, seed_file):
    page = open_page(seed_file)
    assert page.title() == "Customer segments"
    assert page.locator("h1").all_inner_texts() == ["Customer segments"]
    sections = ["Overview", "Explore", "Segments", "Insights", "Customers"]
    sections += ["How many segments", "Rule studio", "Compare", "Explain", "Customer card", "More pictures"]
    assert page.locator("h2").all_inner_texts() == sections
    assert page.get_by_role("main").count() or page.locator("main").count()
    for what, figure in {
        "Customers": "2,852",
        "Revenue": "3.75 M",
        "Average customer value": "1,313.99",
        "Average purchase frequency": "2.72",
    }.items():
        assert figure in tile(page, what)
    assert page.locator(".insight h3").all_inner_texts() == ["Champions", "Loyal", "Low Value", "At-Risk"]
    champions = page.locator(".insight").first.inner_text()
    assert "7 customers, 0.2 % of customers, bring 17.4 % of revenue." in champions
    assert "1 of 7 ordered once, 269 days ago" in champions
    assert "VIP treatment" in champions
    for figure in ("1,155", "40.5 %", "2,182,166", "58.2 %"):
        assert figure in table_text(page, "Comparison of segments")
    assert "empty stretches" in page.locator(".notes").inner_text()


def test_a_box_selection_changes_cards_table_and_list_and_clears(open_page, seed_file):
    page = open_page(seed_file)
    before = table_text(page, "Comparison of segments")
    box = scatter(page)
    drag(page, box, 0.3, 0.3, 0.6, 0.6)
    selected(page, "selected")
    page.wait_for_function(
        "() => Bokeh.documents[0].get_model_by_name('scatter').renderers[0].data_source.selected.indices.length"
    )
    ends = axes(page)
    said = int(re.match(r"([\d,]+) of 2,852", selected(page, " of 2,852 customers selected"))[1].replace(",", ""))
    # What the drag covered, in the axes' own logarithmic scale.
    low_x, high_x = (ends["x0"] * (ends["x1"] / ends["x0"]) ** share for share in (0.3, 0.6))
    low_y, high_y = (ends["y0"] * (ends["y1"] / ends["y0"]) ** share for share in (0.4, 0.7))
    data = pd.read_csv(seed_file)
    inside = data[data["Recency"].between(low_x, high_x) & data["Monetary"].between(low_y, high_y)]
    # Bokeh also takes points whose disc the box only touches.
    assert said == pytest.approx(len(inside), rel=0.03)
    page.wait_for_timeout(500)
    assert f"{said:,}" in tile(page, "Customers")
    assert "of 2,852" in tile(page, "Customers")
    assert table_text(page, "Comparison of segments") != before
    assert page.get_by_text(f"Of the {said:,} selected customers", exact=True).count() == 2
    assert "of the selection" in page.locator(".insights").inner_text()
    page.get_by_role("button", name="Clear selection").click()
    selected(page, "No selection")
    page.wait_for_timeout(500)
    assert "2,852" in tile(page, "Customers")
    assert table_text(page, "Comparison of segments") == before


def test_an_axis_change_moves_label_range_and_points_and_keeps_the_selection(open_page):
    page = open_page(SAMPLE)
    drag(page, scatter(page), 0.2, 0.2, 0.7, 0.7)
    count = selected(page, "customers selected")
    before = axes(page)
    choose(page, "Y", "Frequency")
    page.wait_for_function(
        "() => Bokeh.documents[0].get_model_by_name('scatter').left[0].axis_label.startsWith('Frequency')"
    )
    after = axes(page)
    assert (before["y"], after["y"]) == ("Monetary (total spend)", "Frequency (orders)")
    assert after["glyph"] == "frequency"
    assert (before["y0"], before["y1"]) != (after["y0"], after["y1"])
    assert (before["x0"], before["x1"]) == (after["x0"], after["x1"])
    assert selected(page) == count
    page.get_by_role("checkbox", name="Log Y").click()
    page.wait_for_function("() => Bokeh.documents[0].get_model_by_name('scatter').y_scale.type === 'LinearScale'")
    assert "y=frequency" in page.evaluate("location.href")
    assert "log_y=false" in page.evaluate("location.href")


def test_a_tap_selects_and_a_double_click_on_nothing_does_no_harm(open_page):
    page = open_page(SAMPLE)
    scatter(page)
    point = page.evaluate(
        FRAME + " const r = v.el.getBoundingClientRect(), s = f.renderers[0].data_source.data;"
        " const i = s.monetary.indexOf(Math.max(...s.monetary)); const fr = v.frame;"
        " return {x: r.x + fr.x_scale.compute(s.recency[i]), y: r.y + fr.y_scale.compute(s.monetary[i])} }"
    )
    page.mouse.click(point["x"], point["y"])
    assert selected(page, "customers selected").startswith("1 of 2,978")


def test_a_lasso_selects_what_it_goes_round(open_page, seed_file):
    page = open_page(seed_file)
    box = scatter(page)
    page.evaluate(
        FRAME + " for (const tool of f.toolbar.tools) if (tool.type.includes('SelectTool'))"
        " tool.active = tool.type === 'LassoSelectTool' }"
    )
    corners = [(0.25, 0.75), (0.75, 0.75), (0.25, 0.25)]  # half of the square between 0.25 and 0.75
    at = [(box["x"] + x * box["w"], box["y"] + y * box["h"]) for x, y in corners]
    page.mouse.move(*at[0])
    page.mouse.down()
    for x, y in at[1:] + at[:1]:
        page.mouse.move(x, y, steps=15)
    page.mouse.up()
    said = int(re.match(r"([\d,]+) of", selected(page, " of 2,852 customers selected"))[1].replace(",", ""))
    ends = axes(page)
    data = pd.read_csv(seed_file)
    x = np.log(data["Recency"] / ends["x0"]) / np.log(ends["x1"] / ends["x0"])
    y = np.log(data["Monetary"] / ends["y0"]) / np.log(ends["y1"] / ends["y0"])
    inside = (x >= 0.25) & (y >= 0.25) & (x + y <= 1)
    assert 0 < inside.sum() < len(data)
    assert said == pytest.approx(inside.sum(), rel=0.05)


def test_the_comparison_is_downloaded_as_it_is_shown(open_page, seed_file):
    page = open_page(seed_file)
    card = page.locator(".segdash-card", has_text="Comparison of segments")
    with page.expect_download() as download:
        card.get_by_text("Download (CSV)").click()
    assert download.value.suggested_filename == "segments.csv"
    table = pd.read_csv(download.value.path()).set_index("Segment")
    assert table["Customers"].to_dict() == {"Champions": 7, "Loyal": 1155, "Low Value": 987, "At-Risk": 703}
    assert table.loc["Champions", "Mean monetary"] == pytest.approx(92_998.4471, abs=1e-4)
    assert table.loc["At-Risk", "Median recency"] == 212
    assert table["Revenue"].sum() == pytest.approx(3_747_491.56)


LOYAL = """() => {
  const view = [...Bokeh.index.find(Bokeh.documents[0].get_model_by_name('revenue_by_segment'))][0]
  view.el.scrollIntoView({block: 'center'})
  const {x, y} = view.el.getBoundingClientRect()
  return {x: x + view.frame.x_scale.compute(500000), y: y + view.frame.y_scale.compute('Loyal')}
}"""


def click_loyal(page):
    at = page.evaluate(LOYAL)
    page.wait_for_timeout(300)
    page.mouse.click(at["x"], at["y"])


def test_a_click_on_a_bar_selects_the_segment_and_another_clears(open_page, seed_file):
    page = open_page(seed_file)
    click_loyal(page)
    assert selected(page, "customers selected").startswith("1,155 of 2,852")
    click_loyal(page)
    selected(page, "No selection")


def test_the_drawer_changes_the_segmentation_and_filters(open_page):
    page = open_page(SAMPLE)
    page.get_by_label("Open drawer").click()
    page.get_by_text("Cluster on").first.wait_for()
    page.get_by_role("textbox", name="Recency to").fill("30")
    page.keyboard.press("Enter")
    page.wait_for_function("() => location.search.includes('ranges')")
    recent = int((pd.read_csv(SAMPLE)["Recency"] <= 30).sum())
    page.wait_for_timeout(500)
    assert f"{recent:,}" in tile(page, "Customers")
    assert "of 2,978" in tile(page, "Customers")
    page.get_by_role("button", name="Clear filters and selection").click()
    page.wait_for_function("() => !location.search.includes('ranges')")
    segments = page.get_by_role("textbox", name=re.compile("^Segments"))
    segments.fill("5")
    segments.press("Enter")
    page.wait_for_function("() => location.search.includes('k=5')")
    page.wait_for_timeout(800)
    assert page.locator(".insight h3").count() == 5


def test_the_address_rebuilds_the_page_and_bad_values_are_told(open_page):
    page = open_page(SAMPLE, '?x=frequency&k=5&segments=["Champions"]&y=nonsense&seed=abc')
    assert axes(page)["x"] == "Frequency (orders)"
    assert page.locator(".insight h3").count() == 5
    said = page.locator(".notes").inner_text()
    assert "2 values that don't fit" in said
    assert "nonsense" in said
    assert "of 2,978" in tile(page, "Customers")


def test_a_selection_survives_a_reload(open_page):
    page = open_page(SAMPLE)
    drag(page, scatter(page), 0.2, 0.2, 0.7, 0.7)
    count = selected(page, "customers selected")
    page.wait_for_function("() => location.search.includes('selected')")
    page.reload()
    ready(page)
    assert selected(page, "customers selected") == count


def test_back_undoes_a_choice(open_page):
    page = open_page(SAMPLE)
    scatter(page)
    choose(page, "X", "Frequency")
    page.wait_for_function("() => location.search.includes('x=frequency')")
    page.evaluate("history.back()")
    page.wait_for_function(
        "() => window.Bokeh?.documents?.[0]?.get_model_by_name('scatter')?.below[0].axis_label.startsWith('Recency')"
    )
    assert "frequency" not in page.evaluate("location.search")


HOSTILE = '<img src=x onerror="window.pwned=1">'


@pytest.fixture(scope="session")
def hostile_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("hostile") / "hostile.csv"
    ids = [HOSTILE, "=cmd()", "😀", "x" * 10_000, "{{danger}}", "@sum", *(f"c{i}" for i in range(30))]
    n = len(ids)
    pd.DataFrame(
        {
            "CustomerID": ids,
            "Recency": range(1, n + 1),
            "Frequency": [1 + i % 7 for i in range(n)],
            "Monetary": [10.0 * (i + 1) for i in range(n)],
            HOSTILE: [float(i) for i in range(n)],
            f"text {HOSTILE}": [HOSTILE, *["plain"] * (n - 1)],
            "Segment": [HOSTILE, *["Gold", "Silver"] * (n // 2), "Gold"][:n],
        }
    ).to_csv(path, index=False)
    return path


def test_hostile_data_is_text(open_page, hostile_file, tmp_path):
    page = open_page(hostile_file)
    page.get_by_label("Open drawer").click()
    page.get_by_text("Cluster on").first.wait_for(state="attached")
    page.wait_for_timeout(1000)
    page.get_by_label("Close drawer").click()
    box = scatter(page)
    drag(page, box, 0.0, 0.0, 1.0, 1.0)
    selected(page, "customers selected")
    page.mouse.move(box["x"] + box["w"] * 0.04, box["y"] + box["h"] * 0.95)
    page.wait_for_timeout(500)
    assert page.evaluate("window.pwned") is None
    assert page.locator("img[src=x]").count() == 0
    with page.expect_download() as download:
        page.get_by_role("button", name="Download these customers (CSV)").click()
        page.get_by_role("link").or_(page.get_by_role("button", name="Download these customers (CSV)")).first.wait_for()
    text = Path(download.value.path()).read_text(encoding="utf-8-sig")
    assert "\n'=cmd()," in text
    assert "\n'@sum," in text


def upload(page, path):
    page.get_by_label("Open drawer").click()
    page.locator("input[type=file]").set_input_files(path)


def test_a_good_upload_replaces_the_data_and_bad_ones_do_not(open_page, tmp_path):
    page = open_page(SAMPLE)
    (tmp_path / "picture.csv").write_bytes(b"\x89PNG\r\n\x1a\n" + b"\0" * 50)
    (tmp_path / "poor.csv").write_text("CustomerID,Recency,Frequency\n1,2,3\n")
    (tmp_path / "good.csv").write_text(
        "CustomerID,Recency,Frequency,Monetary\n"
        + "".join(f"{i},{i},{i % 5 + 1},{i * 3}\n" for i in range(1, 41))
        + ",1,1,1\n"
    )
    upload(page, tmp_path / "picture.csv")
    page.locator(".note.problem", has_text="picture.csv is a PNG image").wait_for()
    page.wait_for_timeout(1500)  # the upload button takes another file once it has shown the last one's end
    page.locator("input[type=file]").set_input_files(tmp_path / "poor.csv")
    page.locator(".note.problem", has_text="poor.csv").wait_for()
    page.wait_for_timeout(1500)
    assert "2,978" in tile(page, "Customers")
    page.locator("input[type=file]").set_input_files(tmp_path / "good.csv")
    page.locator("h1 + .pill", has_text="good.csv").wait_for()
    page.locator(".tile .figure", has_text=re.compile("^40$")).wait_for()
    page.locator(".notes", has_text="1 row of 41 set aside").wait_for()


def test_orders_are_prepared_and_applied(open_page, tmp_path):
    page = open_page(SAMPLE)
    upload(page, ROOT / "data" / "orders.csv")
    room = page.locator(".segdash-card", has_text="Prepare orders")
    room.locator(".ledger", has_text="No customer id").first.wait_for()
    assert "18,575" in room.locator(".ledger .total").first.inner_text()
    assert "2,978" in tile(page, "Customers")
    assert "737 k" in tile(page, "Revenue")
    page.get_by_role("button", name="Apply to the page").click()
    page.locator("h1 + .pill", has_text="orders.csv").wait_for()
    page.locator(".tile .figure", has_text="741 k").wait_for()
    page.locator(".notes", has_text="454 rows of 18,575 set aside").wait_for()


def test_the_sample_orders_can_be_tried_and_their_rows_looked_at(open_page):
    page = open_page(SAMPLE)
    page.get_by_label("Open drawer").click()
    page.get_by_role("button", name="Try the sample orders").click()
    room = page.locator(".segdash-card", has_text="Prepare orders")
    room.locator(".ledger", has_text="No customer id").first.wait_for()
    page.locator(".segdash-progress").wait_for(state="hidden")
    page.get_by_label("Look at rows").click()
    page.locator(".MuiMenuItem-root", has_text="No customer id (454)").click()
    page.get_by_text("454 rows, as the file has them.").wait_for()
    log = pd.read_csv(ROOT / "data" / "orders.csv", dtype=str)
    first = log[log["CustomerID"].isna()].iloc[0]
    row = room.locator(".tabulator-row").first.inner_text()
    assert first["OrderID"] in row
    assert first["Product"] in row


def test_dates_that_can_be_read_two_ways_are_asked_about(open_page, tmp_path):
    (tmp_path / "tie.csv").write_text(
        "customer,date,amount\nA,01/02/2024,10\nB,03/04/2024,20\nC,05/06/2024,40\nD,02/03/2024,5\n"
    )
    page = open_page(SAMPLE)
    upload(page, tmp_path / "tie.csv")
    page.get_by_text("The dates can be read two ways").wait_for()
    page.get_by_role("button", name="Month first: MM/DD/YYYY").click()
    page.get_by_text("2 January 2024 to 6 May 2024").wait_for()
    page.get_by_role("button", name="Cancel").click()
    page.get_by_text("The dates can be read two ways").wait_for(state="hidden")
    assert "2,978" in tile(page, "Customers")


def test_a_file_that_is_not_there_leaves_a_page_that_says_so(open_page, tmp_path):
    page = open_page(tmp_path / "nowhere.csv")
    assert "nowhere.csv" in page.locator(".notes").inner_text()
    assert "0" in tile(page, "Customers")
    page.get_by_label("Open drawer").click()
    page.get_by_text("Open a customer table or an order log").wait_for()


@pytest.mark.parametrize("width", [390, 820, 1440])
def test_nothing_is_wider_than_the_screen(open_page, width):
    page = open_page(SAMPLE, width=width)
    assert page.evaluate("document.scrollingElement.scrollWidth") <= width
    wide = page.locator(".main-content").evaluate("e => e.scrollWidth - e.clientWidth")
    assert wide <= 1
    assert page.get_by_label("Open drawer").is_visible()


@pytest.mark.parametrize("width", [390, 820])
def test_no_card_cuts_off_its_picture(open_page, width):
    page = open_page(SAMPLE, width=width, height=700)
    drag(page, scatter(page), 0.3, 0.3, 0.6, 0.6)
    selected(page, "customers selected")
    page.locator(".facts caption", has_text="Medians").wait_for()
    hidden = page.evaluate(
        FRAME + " let e = v.el; while (e && !e.classList?.contains('segdash-card')) e = e.parentNode ?? e.host;"
        " return e.scrollHeight - e.clientHeight }"
    )
    assert hidden <= 1


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_no_serious_accessibility_finding(open_page, dark):
    page = open_page(SAMPLE, "?dark=true" if dark else "")
    page.wait_for_timeout(2500)
    found = Axe().run(page).response["violations"]
    serious = {v["id"]: [n["html"][:150] for n in v["nodes"]] for v in found if v["impact"] in ("serious", "critical")}
    assert serious == {}


def test_dark_is_a_choice_that_a_link_carries(open_page):
    page = open_page(SAMPLE)
    page.get_by_label("Toggle theme").click()
    page.wait_for_function("() => location.search.includes('dark=true')")
    page.wait_for_function(
        "() => Bokeh.documents[0].get_model_by_name('scatter').below[0].axis_label_text_color.toUpperCase()"
        " === '#E6EAF0'"
    )


def test_a_filter_that_leaves_nobody_says_so(open_page):
    page = open_page(SAMPLE, '?ranges={"recency":[100000,null]}')
    assert page.get_by_text("Nobody passes").is_visible()
    assert "0" in tile(page, "Customers")


def test_the_keyboard_reaches_the_controls_and_changes_an_axis(open_page):
    page = open_page(SAMPLE)
    scatter(page)
    page.get_by_role("combobox", name="X").first.focus()
    for _ in range(8):
        page.keyboard.press("Tab")
        if page.get_by_role("checkbox", name="Log X").evaluate("e => e.getRootNode().activeElement === e"):
            break
    page.keyboard.press("Space")
    page.wait_for_function("() => Bokeh.documents[0].get_model_by_name('scatter').x_scale.type === 'LinearScale'")


@pytest.mark.parametrize("key", ["Enter", "Space", "ArrowDown"])
def test_the_keyboard_chooses_a_metric(open_page, key):
    page = open_page(SAMPLE)
    scatter(page)
    page.get_by_role("combobox", name="X").first.focus()
    page.keyboard.press(key)
    page.locator(".MuiMenuItem-root", has_text="Frequency").wait_for()
    page.wait_for_timeout(400)  # the list takes the focus once it is open
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_function(
        "() => Bokeh.documents[0].get_model_by_name('scatter').below[0].axis_label.startsWith('Frequency')"
    )


def test_two_sessions_are_apart(open_page, context):
    page = open_page(SAMPLE)
    other = context.new_page()
    other.goto(page.url.split("?")[0] + "?k=6")
    ready(other)
    assert other.locator(".insight h3").count() == 6
    assert page.locator(".insight h3").count() == 4
