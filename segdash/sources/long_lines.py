"""Lines too long for any reader: found without reading the whole file, and cut short before it is read.

The engine sets aside a line that is longer than it may be, but one that is longer than its buffer it leaves out
without a word.
"""

from __future__ import annotations

import shutil
from typing import IO, TYPE_CHECKING

from segdash.errors import TableError

if TYPE_CHECKING:
    from pathlib import Path

LONGEST_LINE = 2_000_000
"""Bytes; a longer line is set aside."""

SHOWN = 2_000
"""Bytes of such a line that are kept, to look at."""

_BLOCK = 1 << 16


def long_lines(path: Path) -> list[tuple[int, int]]:
    """First byte and end of every line that is longer than `LONGEST_LINE`.

    Parameters
    ----------
    path : path
        A file of plain text. Of lines as they usually are, one in some thousands is read.
    """
    size = path.stat().st_size
    step = LONGEST_LINE // 2  # a line that is too long fills one step, wherever it begins
    found = []
    with path.open("rb") as file:
        at = 0
        while at < size:
            if _line_end(file, at, min(at + step, size)) is not None:
                at += step
                continue
            start, end = _line_start(file, at, step), _line_end(file, at, size)
            end = size if end is None else end
            if end - start > LONGEST_LINE:
                found.append((start, end))
            at = max(end, at + step)
    return found


def _line_end(file: IO[bytes], at: int, stop: int) -> int | None:
    """Where the line ends that goes on at a byte; None where it does not end before ``stop``."""
    file.seek(at)
    while at < stop and (block := file.read(min(_BLOCK, stop - at))):
        if ends := [place for mark in (b"\n", b"\r") if (place := block.find(mark)) >= 0]:
            return at + min(ends)
        at += len(block)
    return None


def _line_start(file: IO[bytes], at: int, step: int) -> int:
    """Where the line begins that goes on at a byte: in the step before it some line ended."""
    before = max(0, at - step)
    file.seek(before)
    block = file.read(at - before)
    return before + max(block.rfind(b"\n"), block.rfind(b"\r")) + 1


def shortened(path: Path, name: str, folder: Path) -> Path:
    """The same text with lines that are too long cut to little more than `LONGEST_LINE`; the file itself without such.

    Parameters
    ----------
    path : path
    name : str
        What sentences call the file.
    folder : path
        For the text with shorter lines.

    Raises
    ------
    TableError
        When the first line is too long: then nothing says what the columns are.
    """
    lines = long_lines(path)
    if not lines:
        return path
    if lines[0][0] == 0:
        what = f"Its first line is longer than {LONGEST_LINE:,} characters"
        raise TableError(name, [f"{what}. Open a file with a line of headings and a line per order line."])
    with path.open("rb") as file, (folder / "shortened").open("wb") as short:
        at = 0
        for start, end in lines:
            _copy(file, short, at, start)
            # A mark of quotation would take in the lines that follow, half a letter would be no UTF-8.
            shown = file.read(SHOWN).replace(b'"', b"'").decode("utf-8", "ignore").encode()
            short.write(shown + b"x" * LONGEST_LINE)
            at = end
        file.seek(at)
        shutil.copyfileobj(file, short, _BLOCK)
    return folder / "shortened"


def _copy(file: IO[bytes], to: IO[bytes], at: int, stop: int) -> None:
    file.seek(at)
    while at < stop and (block := file.read(min(_BLOCK, stop - at))):
        to.write(block)
        at += len(block)
