"""Selections from box plots and bars with keys held, a chart saved, a pointer over a shaded picture, in a browser."""

from __future__ import annotations

import io
import re

import numpy as np
import pandas as pd
from PIL import Image

from segdash.intake.customers import read_customers

from .test_page import SAMPLE, axes, drag, scatter, selected
from .test_selecting import after, chosen

PLACE = """([name, i]) => {
  const all = Bokeh.documents[0].roots().flatMap((root) => [...root.references()])
  const f = all.filter((m) => m.name === name)[i], v = Bokeh.index.find_one(f)
  v.el.scrollIntoView({block: "center"})
  const r = v.el.getBoundingClientRect(), b = v.frame.bbox
  return {x: r.x + b.left, y: r.y + b.top, w: b.width, h: b.height, start: f.x_range.start, end: f.x_range.end,
    log: f.x_scale.type === "LogScale"}
}"""


def place(page, name, i=0):
    """The frame of a figure in page pixels, and its horizontal axis, once it has been scrolled into view."""
    page.evaluate(PLACE, [name, i])
    page.wait_for_timeout(500)
    return page.evaluate(PLACE, [name, i])


def test_ranges_and_bars_with_keys_and_a_saved_scatter(open_page):
    page = open_page(SAMPLE)
    customers = read_customers(SAMPLE)
    recency = place(page, "box_plot", 0)
    drag(page, recency, 0.5, 0.5, 1.0, 0.55)
    late = chosen(page)
    middle = recency["start"] + (recency["end"] - recency["start"]) / 2
    # The end of the axis: whoever was away longer is among them. A pixel of the drag is 5 days.
    assert (customers["recency"] >= middle + 5).sum() <= late <= (customers["recency"] >= middle - 5).sum()

    def spent_more():
        money = place(page, "box_plot", 2)
        assert money["log"]
        page.keyboard.down("Shift")
        drag(page, money, 0.6, 0.5, 1.0, 0.55)
        page.keyboard.up("Shift")

    both = after(page, late, spent_more)
    money = place(page, "box_plot", 2)
    least = money["start"] * (money["end"] / money["start"]) ** 0.6
    either = (customers["recency"] >= middle) | (customers["monetary"] >= least)
    assert abs(both - either.sum()) < 0.03 * len(customers)

    def best_bar():
        bars = place(page, "revenue_by_segment")
        page.keyboard.down("Control")
        page.mouse.click(bars["x"] + 6, bars["y"] + bars["h"] / 8)
        page.keyboard.up("Control")

    best = after(page, both, best_bar)
    assert 0 < best < both
    shown = page.locator(".segdash-card", has_text="Comparison of segments").locator(".tabulator-row")
    assert shown.count() == 1

    card = page.locator(".segdash-card", has=page.locator(".card-title", has_text=re.compile("^Customers$")))
    saved = {}
    for kind in ("PNG", "CSV"):
        card.get_by_role("button", name="Save", exact=True).click()
        with page.expect_download() as download:
            page.get_by_role("menuitem", name=kind).click()
        saved[download.value.suggested_filename] = download.value.path().read_bytes()
        page.wait_for_timeout(500)
    picture = np.asarray(Image.open(io.BytesIO(saved["Customers.png"])).convert("RGB")).reshape(-1, 3)
    assert len(np.unique(picture, axis=0)) > 25
    table = pd.read_csv(io.BytesIO(saved["Customers.csv"]), dtype={"Customer": str})
    assert set(table["Customer"]) == set(customers["customer_id"])
    assert (table["Selected"] == "yes").sum() == best


def test_a_pointer_over_a_shaded_picture_says_who_is_there(open_page, tmp_path_factory):
    # In one place 15,999 customers, far from them one more.
    crowd = pd.DataFrame({"CustomerID": [f"c{i}" for i in range(16_000)], "Recency": 10, "Frequency": 2})
    crowd["Monetary"] = 100.0
    crowd.loc[0, ["Recency", "Frequency", "Monetary"]] = [90, 1, 900.0]
    crowd["Cluster"] = np.where(crowd.index == 0, "Lonely", "Together")
    data = tmp_path_factory.mktemp("crowd") / "crowd.csv"
    crowd.to_csv(data, index=False)
    page = open_page(data)
    box, ends = scatter(page), axes(page)

    def to(recency, monetary):
        share = [
            np.log(value / ends[f"{d}0"]) / np.log(ends[f"{d}1"] / ends[f"{d}0"])
            for d, value in (("x", recency), ("y", monetary))
        ]
        at = (box["x"] + share[0] * box["w"], box["y"] + (1 - share[1]) * box["h"])
        page.mouse.move(*at, steps=3)
        return at

    to(10, 100)
    page.get_by_text("15,999", exact=True).wait_for()
    page.get_by_text("zoom in to see them").wait_for()
    at = to(90, 900)
    page.get_by_text("c0", exact=True).and_(page.locator(".bk-Tooltip *")).wait_for()
    page.mouse.click(*at)
    selected(page, "1 of 16,000 customers selected")
