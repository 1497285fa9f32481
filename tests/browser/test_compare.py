"""Compare, explain and a customer card in a browser: a cell is clicked, rules are sent, one customer is looked at."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from .test_page import ROOT, choose, selected

ORDERS = ROOT / "data" / "orders.csv"
CELLS = "() => { const f = Bokeh.documents[0].get_model_by_name('contingency'); const v = [...Bokeh.index.find(f)][0];"


def card(page, title):
    return page.locator(".segdash-card", has=page.locator("h3", has_text=re.compile(f"^{title}$")))


def room(page, title):
    page.get_by_role("button", name=title, exact=True).click()


def test_who_moves_is_seen_clicked_and_applied_and_rules_reach_the_studio(open_page):
    page = open_page(ORDERS)
    room(page, "Compare")
    compare = card(page, "Compare segmentations")
    segments = compare.get_by_label("Segments", exact=True)
    segments.fill("5")
    segments.press("Enter")
    page.wait_for_timeout(300)
    compare.get_by_role("button", name="Compare", exact=True).click()
    compare.get_by_text("agreement", exact=False).first.wait_for()
    page.wait_for_function("() => Bokeh.documents[0].get_model_by_name('contingency')")
    page.wait_for_timeout(1500)
    page.evaluate(CELLS + " v.el.scrollIntoView({block: 'center'}) }")
    page.wait_for_timeout(500)
    at, customers = page.evaluate(
        CELLS + " const r = v.el.getBoundingClientRect(), d = f.renderers[0].data_source.data;"
        " const n = [...d.counted].map((said) => Number(said.replaceAll(',', ''))), i = n.indexOf(Math.max(...n));"
        " const x = v.frame.x_scale.compute((d.left[i] + d.right[i]) / 2);"
        " const y = v.frame.y_scale.compute((d.bottom[i] + d.top[i]) / 2);"
        " return [{x: r.x + x, y: r.y + y}, d.counted[i]] }"
    )
    page.mouse.click(at["x"], at["y"])
    selected(page, f"{customers} of ")
    compare.get_by_text(f"{customers} customers selected").wait_for()
    compare.get_by_role("button", name="Apply the other one").click()
    compare.get_by_text("Compare again").wait_for()
    page.wait_for_function("() => location.href.includes('k=5')")

    room(page, "Explain")
    rules = card(page, "The segments as rules")
    heading = rules.locator("p", has_text="rules put").text_content()
    told = re.search(r"([\d.]+ %) of the customers", heading)[1]
    expect(rules.locator("pre")).to_contain_text(f"-- {told} of 2,978 customers")
    rules.get_by_role("button", name="Send to the rule studio").click()
    studio = card(page, "Rule studio")
    studio.get_by_text("Retold from k-means, 5 segments").wait_for()

    room(page, "Customer card")
    one = card(page, "Customer card")
    box = one.get_by_label("Customer id")
    box.fill("C0001")
    box.press("Enter")
    one.get_by_text("ids with that in it").wait_for()
    choose(page, "Which one", "C00011")
    one.get_by_text("What would move this customer").wait_for()
    page.wait_for_function("() => Bokeh.documents[0].get_model_by_name('timeline')")
    expect(one).to_contain_text("Customer C00011")
    selected(page, "1 of ")


def test_who_would_flip_is_seen_before_another_definition_is_applied(open_page):
    page = open_page(ORDERS)
    page.locator("header button").first.click()
    page.get_by_role("button", name="Prepare the orders").click()
    prepare = card(page, "Prepare orders")
    prepare.get_by_role("button", name="Who would flip?").wait_for()
    choose(page, "Refunds", "Set aside")
    page.wait_for_timeout(1000)
    prepare.get_by_role("button", name="Who would flip?").click()
    prepare.get_by_text("Customers who move").wait_for()
    expect(prepare).to_contain_text("Adjusted Rand index")
