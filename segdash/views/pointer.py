"""What lies under the pointer of a picture without marks: the server is asked, and answers with a few words.

Nothing else is sent: the browser says where the pointer rests, and a glyph as large as a point gets a row or none. It
is hovered like any other, so what is told looks as it does over a point.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import panel as pn
from bokeh.events import MouseLeave, MouseMove
from bokeh.models import ColumnDataSource, CustomJS, GlyphRenderer, Quad

from segdash.charts.figure import hover, number_field
from segdash.charts.shades import UNLIT
from segdash.errors import count
from segdash.schema import CUSTOMER_ID, SEGMENT, metric

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pandas as pd

REACH = 3
"""Pixels around the pointer: a square as large as a point."""

MOST_IDS = 5
MOST_SEGMENTS = 5
TOO_MANY = "zoom in to see them"

REST = 60
"""Milliseconds that the pointer rests before the server is asked."""

ASK = f"""
clearTimeout(asked.waiting)
const at = cb_obj.event_name === "mousemove" ? {{x: [cb_obj.x], y: [cb_obj.y]}} : {{x: [], y: []}}
asked.waiting = setTimeout(() => {{ asked.data = at }}, {REST})
"""

EDGES = ("left", "right", "bottom", "top")


class Pointer:
    """Has a drawn figure ask what is under the pointer, and shows the answer.

    Parameters
    ----------
    fig : bokeh.models.Plot
        Not yet sent to a browser.
    metrics, attributes : sequence of str
        What is told of a customer who is there alone.
    currency : str
        Written in labels of money.
    answer : callable
        ``answer(x, y)`` is called with a place in data units; None in place of both when the pointer has left.
    """

    def __init__(
        self,
        fig: Any,
        metrics: Sequence[str],
        attributes: Sequence[str],
        *,
        currency: str,
        answer: Callable[[float | None, float | None], object],
    ) -> None:
        self.metrics, self.attributes, self.answer = list(metrics), list(attributes), answer
        tips = [("Customer", "@id"), ("Segment", "@segment")]
        tips += [
            (metric(m).label(currency), number_field(f"metric_{i}", metric(m).decimals)) for i, m in enumerate(metrics)
        ]
        tips += [(name, f"@attribute_{i}") for i, name in enumerate(attributes)]
        self.one = _square(fig, tips)
        self.several = _square(fig, [("Customers", "@customers"), ("Segments", "@segments"), ("Ids", "@ids")])
        self.asked = ColumnDataSource({"x": [], "y": []})
        script = CustomJS(args={"asked": self.asked}, code=ASK)
        fig.js_on_event(MouseMove, script)
        fig.js_on_event(MouseLeave, script)
        self.asked.on_change("data", lambda _attr, _old, new: self._ask(new))

    def _ask(self, at: dict[str, Any]) -> None:
        x, y = (list(at[name])[:1] for name in ("x", "y"))
        with pn.io.hold():
            self.answer(*(x + y if x and y else (None, None)))

    def show(self, found: pd.DataFrame, square: tuple[float, ...] = (), *, selected: int | None = None) -> None:
        """Show the customers found in a square.

        Parameters
        ----------
        found : pandas.DataFrame
            Rows of the customers.
        square : tuple of float
            Left, right, bottom, top.
        selected : int, optional
            How many of them are selected; None when there is no selection.
        """
        edges = dict(zip(EDGES, square, strict=False))
        _fill(self.one, edges | self._of_one(found) if len(found) == 1 else None)
        _fill(self.several, edges | of_several(found, selected) if len(found) > 1 else None)

    def _of_one(self, found: pd.DataFrame) -> dict[str, Any]:
        told = found.iloc[0]
        values = {f"metric_{i}": float(told[name]) for i, name in enumerate(self.metrics)}
        texts = {f"attribute_{i}": str(told[name]) for i, name in enumerate(self.attributes)}
        return {"id": str(told[CUSTOMER_ID]), "segment": str(told[SEGMENT]), **values, **texts}


def of_several(found: pd.DataFrame, selected: int | None = None) -> dict[str, str]:
    """How many customers, in which segments, and where they are few, who.

    Examples
    --------
    >>> import pandas as pd
    >>> of_several(pd.DataFrame({"customer_id": ["7", "9", "4"], "segment": ["B", "A", "B"]}), 1)
    {'customers': '3, 1 of them selected', 'segments': 'B 2, A 1', 'ids': '7, 9, 4'}
    """
    sizes = found[SEGMENT].astype(str).value_counts(sort=False).sort_values(ascending=False, kind="stable")
    named = [f"{name} {n:,}" for name, n in sizes.iloc[:MOST_SEGMENTS].items()]
    further = len(sizes) - MOST_SEGMENTS
    if further > 0:
        named.append(f"{int(sizes.iloc[MOST_SEGMENTS:].sum()):,} in {count(further, 'other segment')}")
    lit = "" if selected is None else f", {selected:,} of them selected"
    ids = ", ".join(found[CUSTOMER_ID].astype(str)) if len(found) <= MOST_IDS else TOO_MANY
    return {"customers": f"{len(found):,}{lit}", "segments": ", ".join(named), "ids": ids}


def around(at: float, ends: tuple[float, float], pixels: int, *, log: bool) -> tuple[float, float]:
    """Values within `REACH` pixels of one, on an axis of that many pixels.

    Examples
    --------
    >>> around(50.0, (0.0, 100.0), 200, log=False)
    (48.5, 51.5)
    """
    low, high = np.log10(ends) if log else ends
    reach = REACH * (high - low) / pixels
    if log:
        return float(at * 10**-reach), float(at * 10**reach)
    return at - reach, at + reach


def _square(fig: Any, tips: list[tuple[str, str]]) -> ColumnDataSource:
    """A glyph of one row at most, and its hover."""
    source = ColumnDataSource({name: [] for name in EDGES})
    glyph = Quad(**dict(zip(EDGES, EDGES, strict=True)), fill_alpha=0, line_color=UNLIT, line_width=1)
    renderer = GlyphRenderer(
        data_source=source, glyph=glyph, selection_glyph=glyph, nonselection_glyph=glyph, name="under_pointer"
    )
    fig.renderers = [*fig.renderers, renderer]
    fig.add_tools(hover(tips, renderers=[renderer]))
    return source


def _fill(source: ColumnDataSource, told: dict[str, Any] | None) -> None:
    data = {name: [value] for name, value in told.items()} if told else {name: [] for name in EDGES}
    if dict(source.data) != data:
        source.data = data
