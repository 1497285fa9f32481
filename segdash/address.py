"""The page's choices in the browser's address: a link rebuilds the page, Back undoes a choice."""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode

import numpy as np
import panel as pn

from segdash.errors import SegdashError, count, quote
from segdash.schema import CUSTOMER_ID
from segdash.state.stages import CARRIED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from panel.io.location import Location

    from segdash.state import Segmentation

KEYS = {
    "x": "x",
    "y": "y",
    "log_x": "log_x",
    "log_y": "log_y",
    "size": "size_by_monetary",
    "method": "method",
    "k": "n_segments",
    "features": "feature_names",
    "transform": "transform",
    "seed": "seed",
    "starts": "starts",
    "settings": "method_settings",
    "names": "remembered",
    "own": "own_segments",
    "compare": "compared",
    "segments": "segment_filter",
    "ranges": "ranges",
    "attributes": "attribute_filter",
    "borderline": "borderline_only",
    "quality": "show_quality",
    "currency": "currency",
    "dark": "dark",
    "selected": "selected",
}
"""Name in the address -> param of the state. The data set is not among them: it belongs to whoever serves."""

FEW = 20
"""Selections up to this many customers are written as ids, which a person can read and edit."""

LONGEST = 6000
"""Characters of one choice; browsers and proxies cut longer addresses."""


class Address:
    """Keeps a state and the address of the page it is shown on in step.

    Only choices that differ from those the page opened with are written. A value in the address that doesn't fit
    is ignored, with a sentence on the page.

    Parameters
    ----------
    state : Segmentation
        The choices.
    location : panel.io.location.Location
        The browser's address.
    """

    def __init__(self, state: Segmentation, location: Location) -> None:
        self.state = state
        self.location = location
        self._start = self._choices()
        self._written = ""
        self._left_out: dict[str, list[str]] = {}
        """Own segments that were too large when they were last written."""

    def connect(self) -> None:
        """Take what the address says, then follow changes on both sides."""
        self._read()
        self.location.param.watch(lambda _: self._read(), "search")
        self.state.param.watch(self._changed, [*KEYS.values(), "features"])

    def _changed(self, *events: Any) -> None:
        if any(event.name == "features" for event in events):
            # Another table was opened: its choices are the ones a bare address stands for.
            self._start = self._choices()
        self._write()

    def _choices(self) -> dict[str, Any]:
        return {name: getattr(self.state, name) for name in KEYS.values()}

    def _read(self) -> None:
        search = self.location.search or ""
        if search == self._written:
            return
        self._written = search
        said = dict(parse_qsl(search.lstrip("?"), keep_blank_values=True))
        wanted, refused = dict(self._start), []
        for key, text in said.items():
            if key in KEYS:
                try:
                    wanted[KEYS[key]] = _decode(KEYS[key], text, self.state)
                except (ValueError, RecursionError):
                    refused.append(f"{key}={text}")
        for name, value in self._choices().items():
            if wanted[name] == self._start[name] and _encode(name, value, self.state) is None:
                wanted[name] = value  # too long for an address, which so says nothing about it
        changed = {name: value for name, value in wanted.items() if value != getattr(self.state, name)}
        if changed:
            # An address stands for these as it has them, also where they would follow their segments.
            changed |= {name: wanted[name] for name in CARRIED if name in wanted}
        with pn.io.hold():
            refused += self._take(changed)
        if refused:
            listed = ", ".join(quote(part) for part in refused[:5])
            self.state.notify(
                f"The address holds {count(len(refused), 'value')} that don't fit and were ignored: {listed}."
            )

    def _take(self, changed: Mapping[str, Any]) -> list[str]:
        """Set all at once, or one by one when one of them is refused; what was refused comes back."""
        try:
            self.state.change(**changed)
        except (SegdashError, ValueError):
            refused = []
            names = {name: key for key, name in KEYS.items()}
            for name, value in changed.items():
                try:
                    self.state.change(**{name: value})
                except (SegdashError, ValueError):
                    refused.append(f"{names[name]}={value}")
            return refused
        return []

    def _write(self) -> None:
        pairs = []
        for key, name in KEYS.items():
            value = getattr(self.state, name)
            if value != self._start[name]:
                text = _encode(name, value, self.state)
                if text is not None:
                    pairs.append((key, text))
                elif name == "own_segments":
                    self._say_left_out()
        search = f"?{urlencode(pairs)}" if pairs else ""
        if search != (self.location.search or ""):
            self._written = search
            self.location.search = search

    def _say_left_out(self) -> None:
        """Say once that a link to the page doesn't hold the own segments, and what does."""
        own = self.state.own_segments
        if own != self._left_out:
            self._left_out = dict(own)
            named = ", ".join(map(quote, own))
            self.state.notify(
                f"The address of this page has no room for your segments ({named}): a link or a reload doesn't bring "
                "them back. Save the segmentation (in the drawer); its file holds them."
            )


def _encode(name: str, value: Any, state: Segmentation) -> str | None:
    """A choice as text for the address; None for one that is too long for it."""
    if name == "selected" and len(value) > FEW:
        return encode_selection(value, state)
    if name == "own_segments":
        packed = {own: encode_selection(ids, state) if len(ids) > FEW else ids for own, ids in value.items()}
        if None in packed.values():
            return None
        value = packed
    text = value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))
    return text if len(text) <= LONGEST else None


def _decode(name: str, text: str, state: Segmentation) -> Any:
    """A choice from text; ValueError when it is of the wrong kind."""
    if name == "selected" and text.startswith("~"):
        return decode_selection(text, state)
    present = getattr(state, name)
    if isinstance(present, str):
        return text
    value = json.loads(text)
    if type(value) is not type(present):
        raise ValueError(text)
    if name == "own_segments":
        return {own: decode_selection(ids, state) if isinstance(ids, str) else ids for own, ids in value.items()}
    if name == "ranges":
        return {metric: tuple(ends) if isinstance(ends, list) else ends for metric, ends in value.items()}
    return value


def encode_selection(ids: list[str], state: Segmentation) -> str | None:
    """A selection as one bit per customer in the order of the table, compressed; None when it's too long.

    It begins with a checksum of all ids, so that it is never applied to another table.
    """
    bits = np.zeros(len(state.features), dtype=bool)
    there = state.positions(ids)
    bits[there[there >= 0]] = True
    packed = _fingerprint(state).to_bytes(4, "big") + zlib.compress(np.packbits(bits).tobytes(), 9)
    text = "~" + base64.urlsafe_b64encode(packed).decode().rstrip("=")
    return text if len(text) <= LONGEST else None


def decode_selection(text: str, state: Segmentation) -> list[str]:
    """The ids that `encode_selection` wrote; ValueError when it is damaged or of another table."""
    try:
        packed = base64.urlsafe_b64decode(text[1:] + "=" * (-len(text[1:]) % 4))
        size = (len(state.features) + 7) // 8
        # No more than the bits of this table are ever unpacked, whatever the address claims.
        raw = zlib.decompressobj().decompress(packed[4:], size + 1)
    except (binascii.Error, zlib.error) as damaged:
        raise ValueError(text) from damaged
    if int.from_bytes(packed[:4], "big") != _fingerprint(state) or len(raw) != size:
        raise ValueError(text)
    bits = np.unpackbits(np.frombuffer(raw, dtype=np.uint8))[: len(state.features)].astype(bool)
    return state.features[CUSTOMER_ID].to_numpy(dtype=object)[bits].tolist()


def _fingerprint(state: Segmentation) -> int:
    return zlib.crc32("\n".join(state.features[CUSTOMER_ID].tolist()).encode("utf-8", "surrogatepass"))
