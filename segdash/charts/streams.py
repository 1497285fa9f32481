"""From one segmentation to another as streams, each as wide as its customers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import holoviews as hv
import numpy as np
import pandas as pd

from segdash.charts import CHARTS
from segdash.charts.figure import INK, hover, outside
from segdash.charts.lettering import EMPTY, cut
from segdash.charts.moves import crossed
from segdash.numbers import money, number, percent
from segdash.palette import CARDS

if TYPE_CHECKING:
    from collections.abc import Mapping


def what_it_shows(before: str = "one segmentation", after: str = "the other") -> str:
    """What the picture says, for the line below its card's title."""
    return f"From {before} (left) to {after} (right): the wider a stream, the more customers go that way."


@CHARTS.register("flows")
def flows(
    moves: pd.DataFrame,
    colours: Mapping[str, str],
    *,
    to_colours: Mapping[str, str] | None = None,
    before: str = "From",
    after: str = "To",
    currency: str = "",
    dark: bool = False,
) -> hv.Sankey:
    """A stream per pair of segments that has customers, in the colour of the segment it comes from.

    Parameters
    ----------
    moves : pandas.DataFrame
        One row per pair: from, to, customers, revenue. Pairs without customers are not drawn.
    colours : mapping of str to str
        Segment -> colour on the left, best to worst.
    to_colours : mapping of str to str, optional
        The same on the right, default ``colours``.
    before, after : str
        Names of the two segmentations, in the hover.
    currency : str
        Written beside amounts.
    dark : bool
        Ink for a dark surface.

    Returns
    -------
    holoviews.Sankey
    """
    to = to_colours or colours
    streams, ends = flow_parts(moves, colours, to_colours=to, currency=currency)
    options = outside("flows", "Streams of customers between two segmentations", height=120 + 36 * max(len(to), 3))
    tips = [(before, "@from"), (after, "@to"), ("Customers", "@counted"), ("Of where they come from", "@of_from")]
    tips += [("Of where they go", "@of_to"), ("Revenue", "@amount")]
    if streams.empty:
        # A Sankey without streams cannot be laid out.
        nothing = hv.Rectangles([], vdims=["from", "to", "counted", "of_from", "of_to", "amount"])
        return nothing.opts(xaxis=None, yaxis=None, tools=[hover(tips)], **{**options, "title": EMPTY})

    def finish(plot: Any, _element: Any) -> None:
        fig = plot.state
        fig.update(width=None, sizing_mode="stretch_width")
        for name in ("text_1", "text_2"):
            plot.handles[f"{name}_glyph"].update(
                text_color=INK[dark],
                text_font_size="12px",
                background_fill_color=CARDS[dark],
                background_fill_alpha=0.6,
            )
        plot.handles["quad_1_glyph"].update(line_color=None)
        plot.handles["scatter_1_glyph"].update(size=0)
        fig.x_range.update(start=-4, end=1004)
        fig.y_range.update(start=-4, end=504)

    nodes = hv.Dataset(ends, "index", ["label", "node_colour"])
    texts = ["customers", "from", "to", "counted", "of_from", "of_to", "amount", "stream_colour"]
    options.pop("responsive")  # HoloViews' own default width of a Sankey can't be taken back but by the hook
    return hv.Sankey((streams, nodes), ["source", "target"], texts).opts(
        node_color="node_colour",
        edge_color="stream_colour",
        edge_alpha=0.45,
        edge_line_alpha=0,
        edge_hover_alpha=0.85,
        edge_nonselection_alpha=0.45,
        labels="label",
        label_position="inner",
        show_values=False,
        node_width=14,
        node_padding=10,
        node_sort=False,
        iterations=0,
        tools=[hover(tips)],
        **{**options, "hooks": [finish, *options["hooks"]]},
    )


def flow_parts(
    moves: pd.DataFrame,
    colours: Mapping[str, str],
    *,
    to_colours: Mapping[str, str] | None = None,
    currency: str = "",
) -> list[pd.DataFrame]:
    """Columns of the streams, and of the segments at their ends: those on the left, then those on the right.

    The worst segment comes first, because it is the lowest.
    Only segments with customers are there, numbered from 0, so that no name has to be unique.
    """
    to = to_colours or colours
    table = crossed(moves, colours, to)
    table = table[table["customers"] > 0].reset_index(drop=True)
    # A Sankey is laid out from the bottom up.
    left = [name for name in reversed(list(colours)) if (table["from"] == name).any()]
    right = [name for name in reversed(list(to)) if (table["to"] == name).any()]
    streams = pd.DataFrame(
        {
            "source": table["from"].map({name: i for i, name in enumerate(left)}),
            "target": table["to"].map({name: len(left) + i for i, name in enumerate(right)}),
            "customers": table["customers"],
            "from": table["from"],
            "to": table["to"],
            "counted": [number(n) for n in table["customers"]],
            "of_from": [percent(v) for v in table["from_share"]],
            "of_to": [percent(v) for v in table["to_share"]],
            "amount": [money(v, currency) for v in table["revenue"]],
            "stream_colour": table["from"].map(dict(colours)),
        }
    )
    customers = [*(table.loc[table["from"] == n, "customers"].sum() for n in left)]
    customers += [*(table.loc[table["to"] == n, "customers"].sum() for n in right)]
    ends = pd.DataFrame(
        {
            "index": np.arange(len(left) + len(right)),
            "label": [f"{cut(name)} {number(n)}" for name, n in zip([*left, *right], customers, strict=True)],
            "node_colour": [*(colours[name] for name in left), *(to[name] for name in right)],
        }
    )
    return [streams, ends]
