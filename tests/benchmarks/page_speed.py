"""How quick the page is in a browser, side by side with a Dash page of the same content, in one run.

Run ``python tests/benchmarks/page_speed.py`` for the bundled sample, or with ``--customers 3000 10000 100000``. It
needs Chromium, and ``pip install dash``, which segdash itself doesn't. Compare the two columns of one run; absolute
times depend on the machine and on what else it does. The clocks run in the page, from the input event to the
repaint (``in_page.js``).
"""

from __future__ import annotations

import argparse
import contextlib
import importlib.util
import re
import shutil
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
from customers import SAMPLE, write_customers
from playwright.sync_api import sync_playwright
from report import Times, report
from servers import dash_command, free_port, segdash_command, serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

IN_PAGE = Path(__file__).with_name("in_page.js").read_text(encoding="utf-8")
CHROMIUM = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
WINDOW = {"width": 1440, "height": 900}
PATIENCE = 180_000
SELECTED = 300
Y_AXES = ("Frequency", "Monetary", "Frequency", "Monetary")
SELECTIONS = 2

# ---------------------------------------------------------------------- what a person does on each page


class DashPage:
    """The reference."""

    name = "dash"
    path = "/"
    command = staticmethod(dash_command)

    @staticmethod
    def open_y(page: Page) -> None:
        """Open the list of the Y axis."""
        page.locator("#y").click()
        page.locator(".dash-dropdown-option").first.wait_for()

    @staticmethod
    def choose(page: Page, metric: str) -> None:
        """Click a metric in the open list."""
        page.locator(".dash-dropdown-option", has_text=re.compile(f"^{metric}")).click()

    @staticmethod
    def clear(page: Page) -> None:
        """Undo the selection: a double click beside the points."""
        frame = page.evaluate("() => { const {left, top, width} = bench.dash.frame(); return {left, top, width} }")
        page.mouse.dblclick(frame["left"] + frame["width"] - 5, frame["top"] + 5)


class SegdashPage:
    """The product."""

    name = "segdash"
    path = "/dashboard"
    command = staticmethod(segdash_command)

    @staticmethod
    def open_y(page: Page) -> None:
        """Open the list of the Y axis."""
        page.get_by_role("combobox", name=re.compile("^Y")).click()
        page.locator(".MuiMenuItem-root").first.wait_for()

    @staticmethod
    def choose(page: Page, metric: str) -> None:
        """Click a metric in the open list."""
        page.locator(".MuiMenuItem-root", has_text=re.compile(f"^{metric}")).click()

    @staticmethod
    def clear(page: Page) -> None:
        """Undo the selection with the button beside its count."""
        page.get_by_role("button", name="Clear selection").click()


# ---------------------------------------------------------------------- the measurements


def measure(side: Any, browser: Browser, customers: Path, points: dict[str, list[float]], times: Times) -> None:
    """One server's life: cold visit, warm visit, selections and axis changes; times are added to ``times``."""
    port = free_port()
    with serving(side.command(customers, port), port):
        address = f"http://127.0.0.1:{port}{side.path}"
        with visited(browser, address) as page:
            note(times, "cold", page.evaluate("name => bench.visit(name)", side.name))
        with visited(browser, address) as page:
            note(times, "warm", page.evaluate("name => bench.visit(name)", side.name))
            page.evaluate("name => bench[name].show()", side.name)
            for _ in range(SELECTIONS):
                note(times, "select", select(side, page, points))
            for metric in Y_AXES:
                note(times, "axis", change_axis(side, page, metric))


@contextlib.contextmanager
def visited(browser: Browser, address: str) -> Iterator[Page]:
    """A page in a browser context of its own: nothing cached, nothing left behind."""
    context = browser.new_context(viewport=WINDOW)
    context.set_default_timeout(PATIENCE)
    context.add_init_script(IN_PAGE)
    page = context.new_page()
    try:
        page.goto(address, wait_until="commit")
        yield page
    finally:
        context.close()


def select(side: Any, page: Page, points: dict[str, list[float]]) -> dict[str, float]:
    """Drag a box over some 300 points; then clear it, outside the time."""
    settle(side, page)
    box = page.evaluate("([name, x, y, n]) => bench.box(bench[name], x, y, n)", [side.name, *points.values(), SELECTED])
    page.evaluate("name => bench.watchSelection(name)", side.name)
    page.mouse.move(box["x0"], box["y0"])
    page.mouse.down()
    page.mouse.move(box["x1"], box["y1"], steps=4)
    page.mouse.up()
    answer = page.evaluate("() => bench.answer")
    side.clear(page)
    page.wait_for_function("name => bench.cleared(name)", arg=side.name)
    return {**answer, "points": box["held"]}


def change_axis(side: Any, page: Page, metric: str) -> dict[str, float]:
    """Choose another metric for the Y axis."""
    settle(side, page)
    side.open_y(page)
    page.evaluate("name => bench.watchAxis(name)", side.name)
    side.choose(page, metric)
    return page.evaluate("() => bench.answer")


def settle(side: Any, page: Page) -> None:
    """Wait until nothing moves."""
    page.evaluate("name => bench.settle(name)", side.name)


def note(times: Times, what: str, answer: dict[str, float]) -> None:
    """Keep the parts of one measurement."""
    for part, value in answer.items():
        times[f"{what}.{part}"].append(value)


def run(customers: Path, repeats: int, browser: Browser) -> dict[str, Times]:
    """Both pages in turn, so that a busy minute of the machine strikes both."""
    table = pd.read_csv(customers)
    points = {name: table[name].astype(float).tolist() for name in ("Recency", "Monetary")}
    times: dict[str, Times] = {side.name: defaultdict(list) for side in (DashPage, SegdashPage)}
    for repeat in range(repeats):
        for side in (DashPage, SegdashPage):
            print(f"\r{customers.name}: run {repeat + 1} of {repeats}, {side.name}   ", end="", file=sys.stderr)
            measure(side, browser, customers, points, times[side.name])
    print(file=sys.stderr)
    return times


# ---------------------------------------------------------------------- the command


def main() -> None:
    """Measure and print one report per size."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--customers", type=int, nargs="+", metavar="N", help="sizes; default: the bundled sample")
    parser.add_argument("--repeats", type=int, default=5, help="lives of each server (default 5)")
    given = parser.parse_args()
    chromium = needed()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM)
        tables = [write_customers(n, Path(folder)) for n in given.customers] if given.customers else [SAMPLE]
        for table in tables:
            print(report(table, run(table, given.repeats, browser)), flush=True)


def needed() -> str:
    """Path of Chromium; ends with a sentence when something needed is missing."""
    if importlib.util.find_spec("dash") is None:
        sys.exit("The reference page needs Dash, which segdash itself does not: pip install dash.")
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        sys.exit("No Chromium is on the PATH. On Debian: apt-get install chromium.")
    return chromium


if __name__ == "__main__":
    main()
