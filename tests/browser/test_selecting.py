"""Selections that are added to, cut, taken back and cleared, and saved as a segment."""

from __future__ import annotations

import re

from .test_page import SAMPLE, drag, scatter, selected


def chosen(page):
    """Customers selected, once the chip says another number than before."""
    return int(re.match(r"([\d,]+) of", selected(page, "customers selected"))[1].replace(",", ""))


def after(page, was, act):
    act()
    page.wait_for_function(
        "(was) => { const find = (root) => { for (const e of root.querySelectorAll('*')) {"
        " if (e.classList.contains('segdash-selected-count')) return e;"
        " const inner = e.shadowRoot && find(e.shadowRoot); if (inner) return inner } };"
        " return !find(document).textContent.startsWith(was) }",
        arg=f"{was:,} of",
    )
    page.wait_for_timeout(500)
    return chosen(page)


def test_keys_buttons_undo_escape_and_a_segment_of_ones_own(open_page):
    page = open_page(SAMPLE)
    drag(page, scatter(page), 0.2, 0.2, 0.4, 0.6)
    left = chosen(page)

    def with_keys(*keys):
        def act():
            for key in keys:
                page.keyboard.down(key)
            drag(page, scatter(page), 0.3, 0.2, 0.6, 0.6)
            for key in keys:
                page.keyboard.up(key)

        return act

    both = after(page, left, with_keys("Shift"))
    assert both > left
    right = after(page, both, with_keys("Control"))
    page.get_by_role("button", name="Undo", exact=True).click()
    selected(page, f"{both:,} of")
    rest = after(page, both, with_keys("Shift", "Control"))
    assert rest + right == both
    page.get_by_role("button", name="Add", exact=True).click()
    page.wait_for_timeout(500)
    assert after(page, rest, with_keys()) == both
    page.get_by_label("Segment name").fill("Friends")
    page.get_by_role("button", name="Save as segment").click()
    page.locator(".key").get_by_text("Friends", exact=True).wait_for()
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    selected(page, "No selection")
    assert (
        f"{both:,}"
        in page.locator(".segdash-card", has_text="Comparison of segments")
        .locator(".tabulator-row", has_text="Friends")
        .inner_text()
    )
