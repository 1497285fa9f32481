"""What README and CONTRIBUTING say is so."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from segdash.charts import CHARTS
from segdash.clustering import METHODS
from segdash.configuration import read_overrides
from segdash.rules import RULE_SETS
from segdash.scoring import SCORINGS
from segdash.views import VIEWS

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
CHANGELOG = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
TEXTS = {"README.md": README, "CONTRIBUTING.md": CONTRIBUTING, "CHANGELOG.md": CHANGELOG}
TABLES = {
    "clustering method": METHODS,
    "scoring": SCORINGS,
    "rule set": RULE_SETS,
    "chart, `sd.charts.`": CHARTS,
    "view, `sd.views.`": VIEWS,
}


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", text, flags=re.DOTALL | re.MULTILINE)


def first_column(heading: str) -> list[str]:
    """Names in the first column of the table whose first heading is this."""
    (rows,) = re.findall(rf"^\| {re.escape(heading)} \|[^\n]*\n\|[-|]+\n((?:\|.*\n)+)", README, flags=re.MULTILINE)
    return re.findall(r"^\| `(\w+)` \|", rows, flags=re.MULTILINE)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An own folder with the sample and the YAML example where README has them."""
    (tmp_path / "data").mkdir()
    for name in ("customers.csv", "orders.csv"):
        shutil.copy(ROOT / "data" / name, tmp_path / "data")
    (yaml,) = blocks(README, "yaml")
    (tmp_path / "segments.yaml").write_text(yaml, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("heading", TABLES, ids=["methods", "scorings", "rule sets", "charts", "views"])
def test_the_tables_list_what_is_registered_and_nothing_else(heading):
    assert sorted(first_column(heading)) == sorted(TABLES[heading])


@pytest.mark.usefixtures("folder")
def test_the_python_examples_run_one_after_the_other(capsys):
    names: dict[str, object] = {"__name__": "readme"}
    for block in blocks(README, "python"):
        exec(compile(block, "README.md", "exec"), names)
    said = capsys.readouterr().out
    assert "{'reason': 'recency is not a number', 'rows': 1, 'first_row': 2}" in said
    assert re.search(r"VIPs +Champions +#5B3FA8", said)
    assert "'spend_per_year'" in said
    assert "11 of 25 cells match no rule (R FM 31 32 33 34 35 41 42 43 51 52 53). They are 'Middle'." in said
    assert "Champions - median recency 20 days, 1st of 4; median frequency 11 orders, 1st of 4;" in said
    assert "median recency 20 days, 1st of 4; median frequency 11 orders, 1st of 4; ..." in README.replace("\n", " ")


def test_the_yaml_example_is_taken(folder):
    said = read_overrides(folder / "segments.yaml")
    assert (said["Champions"]["name"], said["Low Value"]["name"]) == ("VIPs", "Occasional")


def test_the_additions_that_contributing_shows_work(folder):
    """In a Python of its own: they register themselves."""
    example = "\n".join(blocks(CONTRIBUTING, "python"))
    use = (
        "\nimport segdash as sd"
        "\nstate = sd.Segmentation(customers='data/customers.csv', method='spend_bands', n_segments=3)"
        "\nassert sorted(state.profile['customers']) == [992, 993, 993], state.profile"
        "\nmeasured = sd.customer_metrics(sd.read_orders('data/orders.csv'))"
        "\nassert (measured['largest_order'] >= measured['average_order_value'] - 1e-9).all()"
        "\nassert Orders(state).__panel__().get_root() is not None"
        "\npictures = sd.views.Pictures(state)"
        "\nassert pictures.__panel__().get_root() is not None"
        "\npictures.chooser.value = 'orders_shown'"
        "\nassert 'How many orders' in pictures.heading.object"
        "\nassert sd.views.SegmentationControls(state).__panel__().get_root() is not None"
    )
    (folder / "additions.py").write_text(example + use, encoding="utf-8")
    run = subprocess.run(
        [sys.executable, "additions.py"], capture_output=True, text=True, timeout=120, check=False, cwd=folder
    )
    assert (run.returncode, run.stderr[-2000:]) == (0, "")


def test_the_first_two_commands_are_the_promised_ones():
    assert blocks(README, "bash")[0].strip() == "pip install -e . && panel serve apps/dashboard.py --show"
    assert blocks(README, "bash")[1].strip() == 'pip install -e ".[test]" && pytest'


@pytest.mark.parametrize("name", TEXTS)
def test_every_file_that_is_named_is_there(name):
    own = r"--args \S+"  # the reader's file
    commands = [re.sub(own, "", block) for block in blocks(TEXTS[name], "bash")]
    named = [word for block in commands for word in block.split() if re.search(r"\w/\w|\.(py|csv|yaml|sh)$", word)]
    named += re.findall(r"`(?:bash |python |pytest )?((?:segdash|apps|tests|data|\.ci)/[\w./]*)`", TEXTS[name])
    named += re.findall(r"\]\((?!https?:)([^)#]+)\)", TEXTS[name])
    parts = ("metrics/largest_order", "clustering/spend_bands", "charts/orders_by_segment", "views/orders")
    parts += ("views/pictures/orders_shown",)
    shown = {f"segdash/{part}.py" for part in parts}
    assert [path for path in named if path not in shown and not (ROOT / path).exists()] == []
    assert named or name == "CHANGELOG.md"


@pytest.mark.parametrize("name", TEXTS)
def test_only_public_places_are_named(name):
    assert re.findall(r"(?:/home/|/root|/tmp|/work|~/)\S*", TEXTS[name]) == []
    assert set(re.findall(r"https?://([\w.:-]+)", TEXTS[name])) <= {
        "keepachangelog.com",
        "localhost:8050",
        "localhost:5006",
    }
