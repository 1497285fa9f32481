"""What tests of several rooms share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of the real data sets: ``data`` in ``shared`` beside the project, or in ``$SEGDASH_SHARED``."""
    beside = Path(__file__).parents[2] / "shared"
    data = Path(os.environ.get("SEGDASH_SHARED", beside)) / "data"
    if not data.is_dir():
        pytest.skip(f"the real data sets are not at {data}")
    return data
