"""What the tables say about borders between segments, once a person asks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import panel_material_ui as pmui

from segdash.views.control import SWITCH, control

if TYPE_CHECKING:
    from segdash.state import Segmentation
    from segdash.views.view import View

PER_SEGMENT = {
    "badge": ("Badge", None),
    "stability": ("Stability", "0.00"),
    "separation": ("Separation", "0.00"),
    "borderline": ("Borderline", "0.0 %"),
    "neighbour": ("Nearest", None),
}
"""Column of the comparison table -> heading and number format."""

PER_CUSTOMER = {"borderline": "Borderline", "runner_up": "Runner-up"}
"""Column of the customer list -> heading."""

WIDTHS = {"stability": 100, "separation": 108, "borderline": 108, "neighbour": 150, "runner_up": 150}
"""Column -> pixels: names of segments are not cut off."""

MEANT = {
    "badge": "Solid, adjoining, soft or fragile: see the room How many segments. A click selects all customers whose "
    "segments have this badge.",
    "stability": "Mean Jaccard similarity when customers are drawn anew, 0 to 1.",
    "separation": "How much nearer all its customers are to their own centre than to the next, 0 to 1.",
    "borderline": "The centre of another segment is at most a quarter farther away than that of the own.",
    "neighbour": "The segment that is most often the runner-up.",
    "runner_up": "The segment with the nearest centre besides the own.",
}
"""Column -> what its heading says when it is pointed at."""


def quality_switch(view: View) -> Any:
    """The switch that shows these columns in both tables."""
    # 2026-11: the tooltip of a Switch of panel-material-ui 0.16 is labelled in a way that screen readers can't use.
    return control(view, "show_quality", pmui.Switch, description="", stylesheets=[SWITCH])


def is_shown(state: Segmentation) -> bool:
    """Whether a person wants them, and there are customers they could be about."""
    return state.show_quality and state.borders is not None


def segment_columns(state: Segmentation) -> list[str]:
    """Columns of the comparison table: stability and badge only where they were judged."""
    if not is_shown(state):
        return []
    judged = state.judgement is not None
    return [name for name in PER_SEGMENT if judged or name not in ("badge", "stability")]


def segment_quality(state: Segmentation) -> pd.DataFrame:
    """`segment_columns` by segment name: of all customers of a segment, whoever is shown."""
    from segdash.clustering.quality.borders import per_segment

    table = per_segment(state.borders, state.clustering.labels)
    if state.judgement is not None:
        table = table.join(state.judgement.set_index("segment")[["badge", "stability"]])
    table["neighbour"] = table["neighbour"].map(state.names)
    texts = [name for name in ("badge", "neighbour") if name in table]
    return table.assign(**{name: table[name].fillna("") for name in texts}).rename(index=state.names)


def customer_quality(state: Segmentation, customers: pd.DataFrame) -> pd.DataFrame:
    """``borderline`` (yes or no) and ``runner_up`` (a segment's name, empty where there is none) of these customers."""
    borders = state.borders.loc[customers.index]
    return pd.DataFrame(
        {
            "borderline": borders["borderline"].map({True: "yes", False: "no"}),
            "runner_up": borders["runner_up"].map(state.names).fillna(""),
        },
        index=customers.index,
    )
