"""The notebook runs, and its components are drawn and follow."""

from __future__ import annotations

import gc
import shutil
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from nbclient import NotebookClient

ROOT = Path(__file__).parents[1]
NOTEBOOK = ROOT / "apps" / "notebook.ipynb"
DRAWN = "application/vnd.holoviews_exec.v0+json"


def test_the_notebook_is_kept_without_outputs():
    cells = nbformat.read(NOTEBOOK, as_version=4).cells
    assert not [cell for cell in cells if cell.get("outputs") or cell.get("execution_count")]


def with_probe(notebook):
    """Let the notebook say what its table shows after the selection from Python."""
    at = next(i for i, cell in enumerate(notebook.cells) if "state.selected = recent_buyers" in cell.source)
    probe = 'print("the table shows", int(table.table.value["customers"].sum()), "of", len(recent_buyers))'
    notebook.cells.insert(at + 1, nbformat.v4.new_code_cell(probe))
    return notebook


@pytest.fixture
def folder(tmp_path):
    """A folder like ``apps/`` beside a ``data/`` with the sample: the notebook writes a file."""
    (tmp_path / "apps").mkdir()
    (tmp_path / "data").mkdir()
    shutil.copy(ROOT / "data" / "customers.csv", tmp_path / "data")
    return tmp_path / "apps"


# 2026-11: jupyter_client 8.10 leaves a kernel's sockets and event loop to the garbage collector, which may run here.
@pytest.mark.filterwarnings("ignore:[Uu]nclosed (event loop|socket|context|<zmq):ResourceWarning")
@pytest.mark.filterwarnings(
    "ignore:Exception ignored in.*(zmq|socket|EventLoop):pytest.PytestUnraisableExceptionWarning"
)
def test_the_notebook_runs_and_its_views_are_drawn_and_follow(folder):
    notebook = with_probe(nbformat.read(NOTEBOOK, as_version=4))
    where = {"metadata": {"path": folder}}
    NotebookClient(notebook, timeout=120, kernel_name="python3", resources=where).execute()
    gc.collect()  # what the kernel's client leaves behind is reported here, not in a later test
    outputs = {cell.source: cell.outputs for cell in notebook.cells if cell.cell_type == "code"}

    assert [output for found in outputs.values() for output in found if output.output_type == "error"] == []
    said = "".join(o.text for found in outputs.values() for o in found if o.output_type == "stream")
    assert "2,978 rows read, 2,978 kept" in said
    assert "the same colour" in said  # the refusal in the notebook

    row = next(found for source, found in outputs.items() if "sd.views.Scatter(state)" in source)
    results = [output for output in row if output.output_type == "execute_result"]
    assert [DRAWN in result.data for result in results] == [True]
    assert "scatter" in results[0].data["text/html"]

    customers = pd.read_csv(ROOT / "data" / "customers.csv")
    chosen = len(customers.query("Recency <= 30 and Frequency >= 5"))
    assert f"the table shows {chosen} of {chosen}\n" in said

    written = pd.read_csv(folder / "customers_with_segments.csv")
    assert len(written) == len(customers)
    assert {"Best customers", "Occasional"} < set(written["segment"])
