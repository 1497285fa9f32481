"""What a visitor may open by name."""

from __future__ import annotations

import pytest

from segdash.errors import SourceError
from segdash.sources.allowed import VARIABLE, allowed_path


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "open" / "more").mkdir(parents=True)
    (tmp_path / "open" / "orders.csv").write_text("a,b\n1,2\n")
    (tmp_path / "open" / "more" / "old.csv").write_text("a,b\n1,2\n")
    (tmp_path / "secret.csv").write_text("a,b\n1,2\n")
    (tmp_path / "open" / "link.csv").symlink_to(tmp_path / "secret.csv")
    (tmp_path / "open" / "inner.csv").symlink_to(tmp_path / "open" / "orders.csv")
    return tmp_path / "open"


@pytest.mark.parametrize("name", ["orders.csv", " orders.csv ", "more/old.csv", "more/../orders.csv", "inner.csv"])
def test_files_inside_are_open(folder, name):
    assert allowed_path(name, folder).is_file()


@pytest.mark.parametrize("name", ["../secret.csv", "link.csv", "/etc/passwd", "more/../../secret.csv", "a\0b"])
def test_files_outside_are_not_and_the_folder_is_not_named(folder, name):
    with pytest.raises(SourceError, match="not in the folder") as refused:
        allowed_path(name, folder)
    assert str(folder) not in str(refused.value)


def test_a_file_that_is_not_there(folder):
    with pytest.raises(SourceError, match=r"There is no file 'none\.csv'"):
        allowed_path("none.csv", folder)


def test_without_a_folder_nothing_is_open(monkeypatch, folder):
    monkeypatch.delenv(VARIABLE, raising=False)
    with pytest.raises(SourceError, match=VARIABLE):
        allowed_path("orders.csv")
    monkeypatch.setenv(VARIABLE, str(folder))
    assert allowed_path("orders.csv").is_file()
