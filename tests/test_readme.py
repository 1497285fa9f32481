"""What the README says is so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from segdash.charts import CHARTS
from segdash.clustering import METHODS
from segdash.configuration import read_overrides
from segdash.views import VIEWS

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, flags=re.DOTALL)


@pytest.mark.parametrize("registry", [CHARTS, METHODS, VIEWS], ids=["charts", "methods", "views"])
def test_every_registered_name_is_in_the_readme(registry):
    assert [name for name in registry if f"`{name}`" not in README] == []


def test_the_python_examples_run_one_after_the_other(monkeypatch, capsys):
    monkeypatch.chdir(ROOT)
    names: dict[str, object] = {}
    for block in blocks("python"):
        exec(compile(block, "README.md", "exec"), names)
    assert "2978 rows read, 2978 kept" in capsys.readouterr().out
    assert names["state"].feature_names == ["recency", "spend_per_order"]


def test_the_yaml_example_is_taken(tmp_path):
    (yaml,) = blocks("yaml")
    (tmp_path / "segments.yaml").write_text(yaml)
    assert read_overrides(tmp_path / "segments.yaml")["Champions"]["name"] == "VIPs"


def test_the_first_two_commands_are_the_promised_ones():
    assert blocks("bash")[0].strip() == "pip install -e . && panel serve apps/dashboard.py --show"
    assert blocks("bash")[1].strip() == 'pip install -e ".[test]" && pytest'


def test_every_file_named_in_a_table_or_picture_is_there():
    named = re.findall(r"`((?:segdash|apps|tests|data)/[\w./]*)`|\]\((apps/[\w.]+)\)", README)
    assert named
    assert [path for pair in named for path in pair if path and not (ROOT / path).exists()] == []
