"""A file of any size to the browser: a piece at a time, so that the server never holds it whole."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import param
from panel.custom import JSComponent

if TYPE_CHECKING:
    from collections.abc import Callable

PIECE = 4_000_000
"""Bytes of a piece."""

HEAD = 8
"""Bytes before each piece: its number, so that no piece is taken for the one before it; 0 after the last one."""


class FileInPieces(JSComponent):
    """Sends a file to the browser, which asks for each piece when it has the one before, and saves the whole.

    It begins when it is put on the page, where nothing of it is seen.

    Parameters
    ----------
    file : WrittenFile
        It goes when it has been sent.
    """

    piece = param.Bytes(default=b"", doc="Its number and what it holds.")
    asked = param.Integer(default=0, doc="The number of the piece that the browser wants.")
    filename = param.String(default="", doc="What the browser calls the file.")

    _esm = """
    export function render({model}) {
      const parts = []
      model.on("piece", () => {
        const bytes = new Uint8Array(model.piece)
        const number = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0))
        if (number > 0) {
          parts.push(new Blob([bytes.subarray(8)]))
          model.asked = number + 1
          return
        }
        const link = document.createElement("a")
        link.href = URL.createObjectURL(new Blob(parts))
        link.download = model.filename
        link.click()
        setTimeout(() => URL.revokeObjectURL(link.href), 60000)
      })
      model.asked = 1
    }
    """

    def __init__(self, file: WrittenFile) -> None:
        super().__init__(filename=file.path.name, width=0, height=0, margin=0)
        self._folder = file.folder
        self._file: BinaryIO | None = file.path.open("rb")
        self.param.watch(lambda event: self._answer(event.new), "asked")

    def _answer(self, number: int) -> None:
        if self._file is None:
            return
        held = self._file.read(PIECE)
        self.piece = (number if held else 0).to_bytes(HEAD, "big") + held
        if not held:
            self._file.close()
            self._folder.cleanup()
            self._file = None


class WrittenFile:
    """A file in a folder of its own, which goes when nobody refers to it.

    Parameters
    ----------
    name : str
        Of the file.
    write : callable
        ``write(path)`` makes it.
    """

    def __init__(self, name: str, write: Callable[[Path], object]) -> None:
        self.folder = tempfile.TemporaryDirectory(prefix="segdash-")
        self.path = Path(self.folder.name) / name
        try:
            write(self.path)
        except BaseException:  # also a cancelled one: nothing stays behind
            self.folder.cleanup()
            raise
