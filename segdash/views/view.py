"""What all views share: a state, a card to stand in, and the way to change the state."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import panel as pn
import param
from panel.viewable import Viewer

from segdash.errors import SegdashError, count
from segdash.markup import escape, swatch
from segdash.numbers import percent
from segdash.schema import CUSTOMER_ID, SEGMENT
from segdash.selecting import combined
from segdash.state import Segmentation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from panel.viewable import Viewable

    from segdash.views.live import LivePlot

STYLE = Path(__file__).with_name("style.css").read_text(encoding="utf-8")
"""Stylesheet of everything that views draw themselves."""

COMPACT: dict[str, Any] = {
    "& .MuiToggleButton-root": {
        "padding": "2px 10px",
        "fontSize": "12.5px",
        "textTransform": "none",
        "whiteSpace": "nowrap",
    },
}
"""Style of a group of buttons that stands in a line of text."""


class View(Viewer):
    """A part of the page, bound to a state. It works alone in a notebook cell.

    Parameters
    ----------
    state : Segmentation
        What is shown; every change of it is followed.
    """

    state: Segmentation = param.ClassSelector(  # type: ignore[assignment]
        class_=Segmentation, constant=True, doc="The choices and tables this view shows."
    )

    title = ""
    """Heading of the view's card."""

    classes: tuple[str, ...] = ()
    """Further CSS classes of the view's card."""

    steady = False
    """True for a card above the scatter: its muted line keeps room for two, so that selecting moves no point."""

    def __init__(self, state: Segmentation, **params: Any) -> None:
        super().__init__(state=state, **params)
        self.heading = html("")
        self.live: list[LivePlot] = []
        self._card: Viewable | None = None

    def __panel__(self) -> Viewable:
        if self._card is None:
            self._card = card(self.heading, *self.body(), classes=self.classes)
        for plot in self.live:
            plot.renew()
        return self._card

    def body(self) -> list[Viewable]:
        """What stands below the card's heading."""
        return []

    def head(self, line: str = "") -> None:
        """Write the card's title and its one muted line (plain text; it is escaped here)."""
        kind = "muted steady" if self.steady else "muted"
        muted = f'<p class="{kind}">{escape(line)}</p>' if line else ""
        self.heading.object = f'<h3 class="card-title">{escape(self.title)}</h3>{muted}'

    def follow(self, what: Any, *names: str) -> None:
        """Call ``what`` now, and again whenever one of these params of the state changes."""
        self.state.param.watch(lambda *_: what(), list(names))
        what()

    def change(self, **choices: Any) -> bool:
        """Set choices on the state; a refused one shows its sentence on the page. One message to the browser."""
        with pn.io.hold():
            return self.state.change_beside("Segmenting the customers", **choices)

    def select(self, ids: list[str], mode: str | None = None, *, toggle: bool = False) -> bool:
        """Select customers in the way the page's choice says, or ``mode``; a refusal shows its sentence on the page.

        Parameters
        ----------
        ids : list of str
        mode : str, optional
            As `Segmentation.select` takes it.
        toggle : bool
            Whether to clear the selection where these very customers are selected already.
        """
        state, mode = self.state, mode or self.state.selecting
        again = toggle and mode == "replace" and ids == state.selected
        return self.change(selected=[] if again else combined(state.selected, ids, mode))

    def members(self, segment: str) -> list[str]:
        """Ids of the customers of a segment that pass the filters."""
        filtered = self.state.filtered
        return filtered.loc[(filtered[SEGMENT] == segment).to_numpy(), CUSTOMER_ID].tolist()

    def act(self, what: Callable[[], object]) -> bool:
        """Do something with the state; a refusal shows its sentence on the page, and gives False."""
        try:
            what()
        except SegdashError as refused:
            self.state.problem = ""
            self.state.problem = str(refused)
            return False
        self.state.problem = ""
        return True

    def whom(self, *, sample: bool = False) -> str:
        """Whom the numbers are of, for a card's muted line: "Of the 626 selected customers".

        Parameters
        ----------
        sample : bool
            True where they are of customers in memory, though the engine may know of more.
        """
        state = self.state
        sample = state.population is not None and (sample or not state.asks_engine)
        size = len(state.shown) if sample else state.sizes[0]
        kind = "borderline customer" if state.borderline_only else "customer"
        part = " of the sample" if sample else ""
        if state.selected:
            return f"Of the {count(size, f'selected {kind}')}{part}"
        if state.is_filtered or state.borderline_only:
            return f"Of the {count(size, kind)}{part} that pass the filters"
        return f"Of all {count(size, 'customer')}{part}"

    def part_of_all(self) -> str:
        """How many of how many are shown, with the percentage."""
        shown, everyone = self.state.sizes
        return f"{shown:,} of {everyone:,} ({percent(shown / everyone if everyone else 0)})"


def html(text: str, **settings: Any) -> pn.pane.HTML:
    """A pane of our own markup, styled; strings from data must have been escaped."""
    settings = {"sizing_mode": "stretch_width", "margin": 0, "stylesheets": [STYLE], **settings}
    return pn.pane.HTML(text, sanitize_html=False, **settings)


def card(*parts: Any, classes: tuple[str, ...] = ()) -> pn.Column:
    """A card with these parts below one another."""
    return pn.Column(
        *parts,
        css_classes=["segdash-card", *classes],
        stylesheets=[STYLE],
        sizing_mode="stretch_width",
        margin=0,
    )


def row(*parts: Any, classes: tuple[str, ...] = ()) -> pn.Row:
    """Parts beside one another, wrapping where they don't fit."""
    return pn.Row(
        *parts,
        css_classes=["segdash-row", *classes],
        stylesheets=[STYLE],
        sizing_mode="stretch_width",
        margin=0,
        # Panel would make the row, and so the page, as wide as all parts beside one another.
        min_width=1,
    )


def tiles(figures: Iterable[Sequence[str]]) -> str:
    """Tiles side by side, each of what, figure and more; they are markup already."""
    parts = "".join(
        f'<div class="tile"><div class="what">{what}</div><div class="figure">{figure}</div>'
        f'<div class="more">{more}</div></div>'
        for what, figure, more in figures
    )
    return f'<div class="tiles three">{parts}</div>'


def colour_key(colours: Mapping[str, str]) -> str:
    """Which segment has which colour, as markup."""
    chips = "".join(f"<span>{swatch(colour)}{escape(name)}</span>" for name, colour in colours.items())
    return f'<div class="key" role="note" aria-label="Colours of the segments">{chips}</div>'


def part(title: str, what: str = "") -> str:
    """Heading of a part of a card, with a few muted words."""
    return f'<h4 class="part">{escape(title)} <span class="muted">{escape(what)}</span></h4>'


def empty(sentence: str) -> str:
    """The one sentence of an empty state, as markup."""
    return f'<p class="empty">{escape(sentence)}</p>'
