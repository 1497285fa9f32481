"""Names and colours in a browser: given by hand, saved, and loaded again."""

from __future__ import annotations

import re
from pathlib import Path

import yaml
from playwright.sync_api import expect

from .test_page import SAMPLE, choose

TEAL, LAVENDER = "rgb(25, 132, 128)", "rgb(150, 135, 225)"
PATIENT = 20_000
"""Milliseconds: a busy machine is slow to bring a whole page in step."""


def test_segments_are_renamed_recoloured_saved_and_loaded(open_page, tmp_path):
    page = open_page(SAMPLE)
    page.get_by_label("Open drawer").click()
    editor = page.locator(".segdash-card", has_text=re.compile("^Names and colours"))
    file = page.locator(".segdash-card", has_text=re.compile("^Segmentation file"))
    first = page.locator(".insight h3").first
    editor.get_by_role("button", name="Edit names, colours and advice").click()

    name = editor.get_by_role("textbox", name="Name", exact=True)
    name.fill("Our <b>best</b>")
    name.press("Enter")
    expect(first).to_have_text("Our <b>best</b>", timeout=PATIENT)
    expect(editor.get_by_role("combobox", name="Segment", exact=True)).to_have_text("Our <b>best</b>", timeout=PATIENT)
    editor.get_by_role("button", name="Teal", exact=True).click()
    key = editor.locator(".segments li", has_text="Our <b>best</b>").locator(".swatch")
    expect(key).to_have_css("background-color", TEAL, timeout=PATIENT)

    name.fill("At-Risk")  # another has it
    name.press("Enter")
    editor.locator(".note.problem", has_text="would both be named 'At-Risk'").wait_for()
    expect(name).to_have_value("Our <b>best</b>")
    colour = editor.get_by_role("textbox", name="Or a colour's code or name")
    colour.fill("blurple")
    colour.press("Enter")
    editor.locator(".note.problem", has_text="'blurple' is not a colour").wait_for()
    expect(colour).to_have_value("#198480")

    file.get_by_role("button", name="Save the segmentation (YAML)").click()
    with page.expect_download() as download:
        pass
    saved = tmp_path / "mine.yaml"
    saved.write_bytes(Path(download.value.path()).read_bytes())
    said = yaml.safe_load(saved.read_text(encoding="utf-8"))["segments"]
    assert list(said.values()) == [{"name": "Our <b>best</b>", "color": "#198480"}]

    choose(page, "Palette", "Six, furthest apart")
    editor.get_by_role("button", name="Use this palette for all").click()
    expect(key).to_have_css("background-color", LAVENDER, timeout=PATIENT)
    editor.get_by_role("button", name="Reset all").click()
    expect(first).not_to_have_text("Our <b>best</b>", timeout=PATIENT)

    file.get_by_role("button", name="Load a segmentation").click()
    (tmp_path / "poor.yaml").write_text("version: 1\nsegmentation: {n_segment: 4}\n")
    file.locator("input[type=file]").set_input_files(tmp_path / "poor.yaml")
    file.locator(".note.problem", has_text="Did you mean 'n_segments'").wait_for()
    page.wait_for_timeout(1500)  # the upload button takes another file once it has shown the last one's end
    file.locator("input[type=file]").set_input_files(saved)
    file.get_by_text("Loaded mine.yaml: k-means, 4 segments.").wait_for()
    expect(first).to_have_text("Our <b>best</b>", timeout=PATIENT)
    expect(key).to_have_css("background-color", TEAL, timeout=PATIENT)
