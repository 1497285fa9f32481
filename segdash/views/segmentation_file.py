"""The segmentation as a file, to be kept, sent, and made again."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, NamedTuple

import panel as pn
import panel_material_ui as pmui

from segdash.errors import CancelledError, SegdashError
from segdash.markup import escape
from segdash.segmentation_file import load_segmentation, save_segmentation
from segdash.state.stages import PICTURE
from segdash.views import VIEWS
from segdash.views.data_panel import DROP_STYLE
from segdash.views.view import STYLE, View, html

if TYPE_CHECKING:
    from panel.viewable import Viewable

    from segdash.state import Segmentation

FULL: dict[str, Any] = {"sizing_mode": "stretch_width", "margin": 0}

LARGEST_UPLOAD = "20MB"
"""What is larger than a segmentation can be is told so in a sentence, up to this."""


class Loaded(NamedTuple):
    """A state with a file's segmentation, what there is to say, and how the file wants it drawn."""

    state: Segmentation
    told: list[str]
    drawn: dict[str, Any]


@VIEWS.register("SegmentationFile")
class SegmentationFile(View):
    """Save what makes the segmentation, and load it again: choices, names, colours, advice and the model."""

    title = "Segmentation file"
    classes = ("segdash-controls",)

    def body(self) -> list[Viewable]:
        """Download, upload, and how it is to be used."""
        self.save = pmui.FileDownload(
            callback=self._file,
            filename="segmentation.yaml",
            label="Save the segmentation (YAML)",
            variant="outlined",
            size="small",
            color="primary",
            **FULL,
        )
        self.frozen = pmui.Checkbox(
            label="Score by the saved model",
            description="Puts these customers into the segments of the file by its own centres and thresholds, instead "
            "of making segments anew by the same choices. On the data it was saved of, both give the same.",
            size="small",
            margin=0,
        )
        self.upload = pn.widgets.FileDropper(
            multiple=False,
            previews=[],
            max_file_size=LARGEST_UPLOAD,
            layout="integrated",
            height=76,
            stylesheets=[DROP_STYLE],
            **FULL,
        )
        self.upload.param.watch(self._dropped, "value")
        self.said = html("")
        self.open = pmui.Button(
            label="Load a segmentation", variant="outlined", size="small", on_click=lambda _: self._open(), **FULL
        )
        self.loading = pn.Column(css_classes=["segdash-editor"], stylesheets=[STYLE], **FULL)
        self.follow(self._update, "segment_table", "orders", "own_segments")
        self.follow(self._forget, "intake")
        return [self.save, self.open, self.loading, self.said]

    def _open(self) -> None:
        """Where to drop a file, or nothing: a page with one place to drop data is harder to mistake."""
        if self.loading.objects:
            self.loading.objects = []
            return
        hint = html('<p class="muted">A segmentation that was saved, or a file of segment settings:</p>')
        self.loading.objects = [hint, self.frozen, self.upload]

    def _update(self) -> None:
        rules = "choices, names, colours, advice and model"
        if self.state.orders is not None:
            rules = f"how orders are read and cleaned, {rules}"
        whom = "of customers, only the ids of those chosen by hand" if self.state.own_segments else "no customers"
        self.head(f"Holds {rules}; {whom}")
        self.save.disabled = not len(self.state.segment_table)

    def _forget(self) -> None:
        """What was said was said of other data."""
        self.said.object = ""

    def _file(self) -> io.BytesIO:
        file = io.BytesIO()
        try:
            save_segmentation(self.state, file)
        except SegdashError as refused:
            # The browser expects a file by now: it says what the page says.
            self.state.problem = str(refused)
            file.write(f"# {refused}\n".encode())
        file.seek(0)
        return file

    def _dropped(self, _event: Any) -> None:
        if self.upload.value:
            name, content = next(iter(self.upload.value.items()))
            self.upload.value = {}
            self.load(str(name), content if isinstance(content, bytes) else str(content).encode())

    def load(self, name: str, content: bytes) -> None:
        """Take a file's segmentation, beside the page; a refused one leaves the present one."""
        copy, frozen = self.state.branch(), bool(self.frozen.value)
        self.state.work.start(f"Loading {name}", lambda _task: _loaded(copy, name, content, frozen), self._show)

    def _show(self, found: Loaded | str) -> None:
        with pn.io.hold():
            if isinstance(found, str):
                self.state.settle(found)
                self.said.object = f'<div class="note problem" role="alert">{escape(found)}</div>'
                return
            self.state.settle(found.state)
            self.state.try_update(**found.drawn)
            told = "".join(f'<p class="muted">{escape(sentence)}</p>' for sentence in found.told)
            self.said.object = f'<div role="status">{told}</div>'


def _loaded(copy: Segmentation, name: str, content: bytes, frozen: bool) -> Loaded | str:
    """A state with the file's segmentation and what there is to say about it, or why it can't be had."""
    before = {choice: getattr(copy, choice) for choice in PICTURE}
    try:
        told = load_segmentation(copy, io.BytesIO(content), frozen=frozen, name=name)
    except CancelledError:
        raise
    except (SegdashError, ValueError) as refused:
        return f"{refused} The present segmentation stays."
    # How the page draws is its own: only what the file says is taken over.
    drawn = {choice: getattr(copy, choice) for choice, was in before.items() if getattr(copy, choice) != was}
    return Loaded(copy, told, drawn)
