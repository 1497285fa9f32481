"""The study of the number of segments in a browser: stopped, made, followed; segments judged, the borderline shown."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from .test_compare import card, room
from .test_page import SAMPLE

HEIGHT = """() => {
  const figure = Bokeh.documents[0].get_model_by_name('segment_study_silhouette')
  const view = figure && [...Bokeh.index.find(figure)][0]
  return view ? view.frame.bbox.height : 0
}"""


def test_a_study_is_stopped_made_and_used_and_the_borderline_customers_are_shown(open_page):
    page = open_page(SAMPLE)
    room(page, "How many segments")
    study = card(page, "How many segments")
    begin = study.get_by_role("button", name="Study 2 to 10 segments")
    begin.click()
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_text("Studying 2 to 10 segments")).to_have_count(0)
    assert study.locator("tbody tr").count() == 0

    begin.click()
    expect(study.locator("tbody tr")).to_have_count(9, timeout=120_000)
    expect(study).to_contain_text("No clear structure.")
    page.wait_for_function(f"() => ({HEIGHT})() > 60")  # a line can be read from it
    study.get_by_role("combobox").click()
    page.locator(".MuiMenuItem-root", has_text=re.compile("^5$")).click()
    study.get_by_role("button", name="Use 5 segments").click()
    study.get_by_role("button", name="5 segments in use").wait_for()
    page.wait_for_function("() => location.href.includes('k=5')")

    quality = card(page, "How good the segments are")
    quality.get_by_role("button", name="Judge the segments on the page").click()
    expect(quality.locator("tbody tr")).to_have_count(5, timeout=60_000)
    said = quality.locator("p", has_text="customers borderline").inner_text()
    borderline = re.search(r"([\d,]+) customers borderline", said)[1]
    switch = quality.get_by_label("Show only borderline customers")
    switch.check()
    customers = card(page, "Customer list")
    expect(customers).to_contain_text(f"Of the {borderline} borderline customers that pass the filters")
    page.wait_for_function("() => location.href.includes('borderline=true')")
    with page.expect_download() as download:
        quality.get_by_role("button", name="Download them").or_(quality.get_by_text("Download them")).first.click()
    lines = download.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert lines[0] == "customer_id,segment,runner_up,margin"
    assert len(lines) == 1 + int(borderline.replace(",", ""))
    customers.get_by_label("Show quality").check()
    expect(customers.get_by_role("columnheader", name="Runner-up")).to_be_visible()
    expect(customers.locator(".tabulator-row").first).to_contain_text("yes")
    expect(card(page, "Comparison of segments").get_by_role("columnheader", name="Badge")).to_be_visible()
    switch.uncheck()
    expect(customers).to_contain_text("Of all ")
