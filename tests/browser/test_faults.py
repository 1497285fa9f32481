"""A connection that breaks, quick changes, and a finger on a phone, in a browser."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import expect

from .conftest import ready
from .test_page import SAMPLE, drag, scatter, selected

SOCKETS = """const Plain = window.WebSocket
window.sockets = []
window.WebSocket = class extends Plain {
  constructor(url, protocols) {
    super(window.cut ? url.replace("/dashboard/ws", "/nowhere") : url, protocols)
    window.sockets.push(this)
  }
}"""

QUICK = """async () => {
  const all = Bokeh.documents[0].roots().flatMap((root) => [...root.references()])
  const figure = all.find((m) => m.name === "scatter"), select = all.find((m) => m.label === "X" && "value" in m)
  const picture = figure.renderers.find((r) => r.glyph?.type === "ImageRGBA").data_source
  const labels = select.options.map((o) => Array.isArray(o) ? o[1] : o)
  const drawn = []
  const begun = performance.now()
  picture.properties.data.change.connect(() => drawn.push(performance.now() - begun))
  for (let i = 0; i < 10; i++) {
    select.value = labels[(i + 1) % 3]
    await new Promise((resolve) => setTimeout(resolve, 90))
  }
  const asked = performance.now() - begun
  await new Promise((resolve) => setTimeout(resolve, 1500))
  return {asked, drawn, label: figure.below[0].axis_label, axis: labels[10 % 3]}
}"""


def lose(page):
    page.evaluate("() => window.sockets.at(-1).close()")


@pytest.fixture
def whole_page(page, serve):
    """A page whose connection can be cut: its console then says so."""
    page.add_init_script(SOCKETS)
    page.clock.install()
    page.set_viewport_size({"width": 1440, "height": 1000})
    page.goto(serve(SAMPLE).url)
    ready(page)
    return page


def test_a_lost_connection_comes_back_or_is_told_and_a_reload_brings_the_choices_back(whole_page):
    page = whole_page
    drag(page, scatter(page), 0.2, 0.2, 0.4, 0.6)
    chosen = selected(page, "customers selected")
    page.wait_for_url(re.compile("selected="))
    lose(page)
    page.wait_for_function("() => window.sockets.length > 1 && window.sockets.at(-1).readyState === 1")
    page.wait_for_timeout(500)
    expect(page.locator(".segdash-connection")).to_have_count(0)
    page.get_by_role("button", name="Clear selection").click()
    selected(page, "No selection")
    page.get_by_role("button", name="Undo", exact=True).click()
    selected(page, chosen)

    page.evaluate("() => { window.cut = true }")
    lose(page)
    bar = page.get_by_role("alert").and_(page.locator(".segdash-connection"))
    for _ in range(12):
        page.clock.fast_forward(2000)
        page.wait_for_timeout(100)
    expect(bar).to_contain_text("The connection to the server is lost")
    with page.expect_navigation():
        bar.get_by_role("button", name="Reload").click()
    ready(page)
    selected(page, chosen)


def test_of_ten_quick_changes_of_an_axis_the_last_one_stands(open_page, tmp_path_factory):
    rng, n = np.random.default_rng(0), 20_000  # shaded
    crowd = pd.DataFrame({"CustomerID": [f"c{i}" for i in range(n)], "Recency": rng.integers(1, 300, n)})
    crowd = crowd.assign(Frequency=rng.integers(1, 30, n), Monetary=rng.exponential(90, n) + 1, Cluster="All")
    data = tmp_path_factory.mktemp("crowd") / "crowd.csv"
    crowd.to_csv(data, index=False)
    page = open_page(data)
    page.wait_for_timeout(1000)
    found = page.evaluate(QUICK)
    assert found["axis"].lower() in found["label"].lower()
    assert 1 <= len(found["drawn"]) <= 10
    assert found["drawn"][-1] < found["asked"] + 700


def tap(page, x, y):
    page.touchscreen.tap(x, y)


def test_a_finger_on_a_phone_taps_and_boxes(browser, serve):
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.set_default_timeout(30_000)
    page.goto(serve(SAMPLE).url)
    ready(page)
    box = scatter(page)
    finger = context.new_cdp_session(page)

    def touch(kind, *at):
        points = [{"x": x, "y": y} for x, y in [at]] if at else []
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    def at(across, up):
        return box["x"] + across * box["w"], box["y"] + up * box["h"]

    touch("touchStart", *at(0.2, 0.3))
    for step in range(1, 6):
        touch("touchMove", *at(0.2 + 0.08 * step, 0.3 + 0.06 * step))
    touch("touchEnd")
    boxed = int(selected(page, "customers selected").split(" of ")[0].replace(",", ""))
    assert boxed > 10
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 390
    page.get_by_role("button", name="Clear selection").tap()
    selected(page, "No selection")
    point = page.evaluate(
        """() => { const f = Bokeh.documents[0].get_model_by_name("scatter"), v = Bokeh.index.find_one(f)
        const data = f.renderers[0].data_source.data, r = v.el.getBoundingClientRect()
        const most = [...data.monetary].reduce((best, m, i, all) => m > all[best] ? i : best, 0)
        const {x_scale, y_scale} = v.frame
        return {x: r.x + x_scale.compute(data.recency[most]), y: r.y + y_scale.compute(data.monetary[most])} }"""
    )
    tap(page, point["x"], point["y"])
    selected(page, "1 of 2,978 customers selected")
    context.close()
