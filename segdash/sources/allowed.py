"""Files on the server that a visitor may open by name: those in one folder, if its operator names one."""

from __future__ import annotations

import os
from pathlib import Path

from segdash.errors import SourceError, quote

VARIABLE = "SEGDASH_FOLDER"
"""Environment variable that names the folder; without it, nothing can be opened by name."""


def allowed_path(name: str, folder: str | os.PathLike[str] | None = None) -> Path:
    """The file of that name in the allowed folder, links followed.

    Parameters
    ----------
    name : str
        As a visitor writes it, relative to the folder.
    folder : path, optional
        By default the one that `VARIABLE` names.

    Raises
    ------
    SourceError
        When no folder is allowed, the file lies outside it (also by a link), or is not there. The sentence does not
        say where the folder is.
    """
    folder = folder or os.environ.get(VARIABLE)
    if not folder:
        raise SourceError(f"No folder of the server is open to visitors. Its operator can set {VARIABLE}.")
    root = Path(folder).resolve()
    try:
        found = (root / name.strip()).resolve()
        inside = found.is_relative_to(root)
        there = inside and found.exists()
    except (OSError, ValueError):
        inside = there = False
    if not inside:
        raise SourceError(f"{quote(name)} is not in the folder that is open to visitors. Name a file inside it.")
    if not there:
        raise SourceError(f"There is no file {quote(name)} in the folder that is open to visitors. Check the name.")
    return found
