"""A real server, the system's Chromium, and a guard that ends each test on clean logs and no outside request."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from playwright.sync_api import expect

ROOT = Path(__file__).parents[2]
CHROMIUM = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
)
expect.set_options(timeout=30_000)  # a busy machine is slow, not wrong
SUSPICIOUS = ("Traceback", "ERROR", "WARNING", "Warning", "E-10", "W-10")


def pytest_collection_modifyitems(items):
    """Without a browser these tests fail in CI and are skipped elsewhere."""
    if CHROMIUM is None and not os.environ.get("CI"):
        for item in items:
            if Path(__file__).parent in item.path.parents:
                item.add_marker(pytest.mark.skip(reason="no Chromium on this machine: install Debian's chromium"))


@pytest.fixture(scope="session")
def browser_type_launch_args():
    assert CHROMIUM, "Browser tests need Chromium in CI: install Debian's package chromium."
    off = ["--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-component-update"]
    return {"executable_path": CHROMIUM, "args": ["--no-sandbox", "--no-first-run", "--disable-sync", *off]}


class Server:
    """``panel serve apps/dashboard.py`` on a free port of this machine."""

    def __init__(self, data, log):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}/dashboard"
        self.log = log
        where = ["--address", "127.0.0.1", "--port", str(port), "--allow-websocket-origin", f"127.0.0.1:{port}"]
        command = [sys.executable, "-m", "panel", "serve", "apps/dashboard.py", *where, "--args", str(data)]
        self._out = log.open("wb")
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=self._out, stderr=subprocess.STDOUT)
        self._wait()

    def _wait(self):
        for _ in range(300):
            if self.process.poll() is not None:
                raise RuntimeError(f"The server ended: {self.text()}")
            try:
                with urllib.request.urlopen(self.url) as answer:
                    answer.read()
                return
            except OSError:
                time.sleep(0.2)
        raise RuntimeError(f"The server does not answer: {self.text()}")

    def text(self):
        return self.log.read_text(encoding="utf-8", errors="replace")

    def end(self):
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:  # a busy machine: the server is this test's own
            self.process.kill()
            self.process.wait(20)
        finally:
            self._out.close()


@pytest.fixture(scope="session")
def serve(tmp_path_factory):
    """Servers by data file, started once each."""
    servers = {}

    def start(data):
        if str(data) not in servers:
            log = tmp_path_factory.mktemp("server") / "log.txt"
            servers[str(data)] = Server(data, log)
        return servers[str(data)]

    yield start
    for server in servers.values():
        server.end()


@pytest.fixture
def open_page(page, serve):
    """Open the dashboard on a file; afterwards logs must be clean and nothing may have left the machine."""
    said, requested, opened = [], [], []
    page.on("console", lambda m: said.append(f"{m.type}: {m.text}") if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: said.append(f"page error: {error}"))
    page.on("request", lambda request: requested.append(request.url))

    def start(data, query="", *, width=1440, height=1000):
        page.set_default_timeout(30_000)
        server = serve(data)
        opened.append((server, len(server.text())))
        page.set_viewport_size({"width": width, "height": height})
        page.goto(server.url + query)
        ready(page)
        return page

    yield start
    assert said == []
    assert [url for url in requested if not url.startswith(("http://127.0.0.1:", "data:", "blob:"))] == []
    for server, before in opened:
        # A page that is left while a message is on its way to it: nothing is wrong.
        logged = re.sub(r"Traceback \(most[^\0]*?WebSocketClosedError\n", "", server.text()[before:])
        assert [line for line in logged.splitlines() if any(word in line for word in SUSPICIOUS)] == []


CANVASES = """() => {
  const count = (root) => [...root.querySelectorAll('*')].reduce(
    (n, e) => n + (e.tagName === 'CANVAS' && e.width > 0 ? 1 : 0) + (e.shadowRoot ? count(e.shadowRoot) : 0), 0)
  return count(document)
}"""


STILL = """async () => {
  const place = () => [...Bokeh.index.find(Bokeh.documents[0].get_model_by_name('scatter'))]
    .map((view) => { const r = view.el.getBoundingClientRect(); return [r.x, r.y, r.width, r.height] }).join()
  let before = "", since = performance.now()
  while (performance.now() - since < 600) {
    const now = place()
    if (now !== before) [before, since] = [now, performance.now()]
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}"""
"""Ends when the scatter has kept its place for a while: nothing moves under a click."""


def ready(page):
    """Wait until the first screen and all that stands below it are on the page."""
    page.locator(".segdash-selected-count").wait_for(state="attached", timeout=30_000)
    page.locator(".insights, .empty").first.wait_for(state="attached", timeout=30_000)
    painted(page)


def painted(page):
    """Wait until all charts stand on the page."""
    page.wait_for_function(f"() => ({CANVASES})() >= 6", timeout=60_000)
    page.evaluate(STILL)
