"""The segmentation lab in a browser: rules painted on a grid and put on the page."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from .test_page import SAMPLE

GRID = """() => { const f = Bokeh.documents[0].get_model_by_name('score_grid'); const v = [...Bokeh.index.find(f)][0];"""


def test_cells_are_painted_counted_undone_and_applied(open_page):
    page = open_page(SAMPLE)
    page.get_by_role("button", name="Rule studio").click()
    studio = page.locator(".segdash-card", has_text=re.compile("^Rule studio"))
    studio.locator("tr", has_text="Champions").wait_for()
    page.wait_for_function("() => Bokeh.documents[0].get_model_by_name('score_grid')")
    page.wait_for_timeout(1500)
    page.evaluate(GRID + " v.el.scrollIntoView({block: 'center'}) }")
    page.wait_for_timeout(500)
    at = page.evaluate(
        GRID + " const r = v.el.getBoundingClientRect();"
        " return {x: r.x + v.frame.x_scale.compute(5), y: r.y + v.frame.y_scale.compute(1)} }"
    )
    before = studio.locator("tr", has_text="Champions").inner_text()
    page.mouse.click(at["x"], at["y"])
    studio.get_by_text("1 cell chosen").wait_for()
    studio.get_by_role("button", name="Assign").click()
    cells = studio.locator("tr", has_text="Champions").locator("td").first
    expect(cells).to_have_text("4")
    studio.get_by_role("button", name="Undo").click()
    expect(cells).to_have_text("3")
    assert studio.locator("tr", has_text="Champions").inner_text() == before
    studio.get_by_role("button", name="Segment by these rules").click()
    page.locator(".insight h3", has_text="Hibernating").wait_for(state="attached")
    assert "method=rfm_rules" in page.evaluate("location.href")
    champions = page.locator(".insight", has=page.locator("h3", has_text=re.compile("^Champions"))).inner_text()
    assert f"{before.split()[2]} customers" in champions, before
