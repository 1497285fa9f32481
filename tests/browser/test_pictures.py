"""The room of further pictures in a browser: a tapped cell selects, and what is drawn arrives as files."""

from __future__ import annotations

import io
import re

import numpy as np
import pandas as pd
from PIL import Image

from segdash.intake.customers import read_customers
from segdash.scoring import score

from .test_page import SAMPLE, choose, selected

GRID = "() => { const f = Bokeh.documents[0].get_model_by_name('score_grid'); const v = [...Bokeh.index.find(f)][0];"


def downloaded(page, card, label):
    with page.expect_download() as download:
        card.get_by_text(label, exact=True).click()
    return download.value.suggested_filename, download.value.path().read_bytes()


def test_a_tapped_cell_selects_and_pictures_arrive_as_files(open_page):
    page = open_page(SAMPLE, "?dark=true")
    page.get_by_role("button", name="More pictures").click()
    card = page.locator(".segdash-card", has_text=re.compile("^More pictures"))
    card.get_by_text("A tap on a cell selects its customers").wait_for()
    page.wait_for_function(GRID + " return v && v.frame && v.frame.bbox.width > 100 }")
    page.evaluate(GRID + " v.el.scrollIntoView({block: 'center'}) }")
    page.wait_for_timeout(1000)

    name, content = downloaded(page, card, "PNG")
    picture = np.asarray(Image.open(io.BytesIO(content)).convert("RGB")).reshape(-1, 3)
    assert name == "Score grid.png"
    # The dark card is below, and the cells are drawn: neither blank nor see-through.
    assert picture[0].tolist() == [0x17, 0x1C, 0x22]
    assert len(np.unique(picture, axis=0)) > 25
    name, content = downloaded(page, card, "SVG")
    assert name == "Score grid.svg"
    assert content.startswith(b"<svg")
    assert b'fill="#171C22"' in content.replace(b"#171c22", b"#171C22")
    assert b"Recency score" in content

    customers = read_customers(SAMPLE)
    scores = score(customers).table
    is_inside = (scores["r"] == 5) & (scores["f"] == 2)
    inside = is_inside.sum()
    name, content = downloaded(page, card, "CSV")
    cells = pd.read_csv(io.BytesIO(content)).set_index(["Recency score", "Frequency score"])
    assert name == "Score grid.csv"
    assert cells["Customers"].sum() == len(scores)
    assert cells.loc[(5, 2), "Customers"] == inside > 0

    at = page.evaluate(
        GRID + " const r = v.el.getBoundingClientRect();"
        " return {x: r.x + v.frame.x_scale.compute(5), y: r.y + v.frame.y_scale.compute(2)} }"
    )
    page.mouse.click(at["x"], at["y"])
    assert selected(page, "customers selected").startswith(f"{inside} of {len(scores):,}")
    with page.expect_download() as download:
        page.get_by_text("Download these customers (CSV)").click()
    listed = pd.read_csv(download.value.path(), dtype={"customer_id": str})["customer_id"]
    assert set(listed) == set(customers.loc[is_inside, "customer_id"])
    card.get_by_role("button", name="Clear selection").click()
    selected(page, "No selection")
    choose(page, "Picture", "Concentration")
    card.get_by_text("If the top 10 customers left").wait_for()
    page.wait_for_timeout(1000)
    name, content = downloaded(page, card, "PNG")
    assert name == "Concentration.png"
    assert len(np.unique(np.asarray(Image.open(io.BytesIO(content)).convert("RGB")).reshape(-1, 3), axis=0)) > 25
