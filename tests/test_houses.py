from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import segdash

HOUSE = Path(__file__).parents[1]


def test_imports_point_down():
    beside_python = Path(sys.executable).with_name("lint-imports")
    command = str(beside_python) if beside_python.exists() else shutil.which("lint-imports")
    if command is None:
        pytest.skip("import-linter is not installed (it is in the extra 'dev')")
    run = subprocess.run([command, "--no-cache"], cwd=HOUSE, capture_output=True, text=True, timeout=60, check=False)
    assert run.returncode == 0, run.stdout + run.stderr


SCREEN = ("panel", "panel_material_ui", "bokeh", "holoviews", "hvplot", "param", "sklearn", "datashader")


def loaded_by(code: str) -> set[str]:
    """Which packages of the screen, or slow to import, a fresh Python has loaded after running ``code``."""
    listing = f"{code}\nimport sys\nprint(*sorted(set(sys.modules) & set({SCREEN!r})))"
    run = subprocess.run(
        [sys.executable, "-c", listing], cwd=HOUSE, capture_output=True, text=True, timeout=60, check=True
    )
    return set(run.stdout.split())


def test_the_check_for_loaded_packages_sees_one():
    assert "param" in loaded_by("import param")


@pytest.mark.parametrize(
    "code",
    [
        "import segdash",
        "import segdash; segdash.read_customers",
        "import segdash; segdash.segment_profile",
        "import segdash.clustering as c; list(c.METHODS)",
        "import segdash.reports.csv_file",
    ],
)
def test_arithmetic_loads_nothing_that_draws(code):
    assert loaded_by(code) == set()


def test_reading_a_table_loads_nothing_that_draws():
    sample = HOUSE / "data" / "customers.csv"
    assert loaded_by(f"import segdash; segdash.read_customers({str(sample)!r})") == set()


def test_a_table_that_brings_its_clusters_needs_no_scikit_learn():
    code = (
        "import pandas as pd, segdash\n"
        "segdash.Segmentation(pd.DataFrame({'customer_id': ['a', 'b'], 'recency': [1, 2], 'frequency': [1, 2], "
        "'monetary': [1.0, 2.0], 'cluster': ['0', '1']}))"
    )
    assert loaded_by(code) == {"param"}


def test_the_app_is_at_most_15_lines():
    assert len((HOUSE / "apps" / "dashboard.py").read_text(encoding="utf-8").splitlines()) <= 15


@pytest.mark.parametrize("name", segdash.__all__)
def test_every_public_name_resolves(name):
    assert getattr(segdash, name) is not None
    assert name in dir(segdash)


def test_an_unknown_public_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'dashbord'"):
        segdash.dashbord  # noqa: B018 - the look-up is what is tested


def test_the_version_is_that_of_the_project_file():
    import tomllib

    project = tomllib.loads((HOUSE / "pyproject.toml").read_text(encoding="utf-8"))
    assert segdash.__version__ == project["project"]["version"]
