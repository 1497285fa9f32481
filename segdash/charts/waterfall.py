"""From all rows of an order log to those that count: what each reason takes away."""

from __future__ import annotations

import holoviews as hv
import numpy as np
import pandas as pd

from segdash.charts import CHARTS
from segdash.charts.figure import INK, described, hover, named, quiet
from segdash.numbers import money, short_money

KEPT_COLOUR, ASIDE_COLOUR = "#2456A6", "#B8702A"


@CHARTS.register("ledger_waterfall")
def ledger_waterfall(ledger: pd.DataFrame, *, currency: str = "", dark: bool = False) -> hv.Overlay:
    """Bars from the input's money down to what is kept, one per bucket of the ledger, top to bottom.

    Parameters
    ----------
    ledger : pandas.DataFrame
        One row per bucket: reason, kept (bool), rows, money, as `Orders.ledger` has it.
    currency : str
        Written beside amounts.
    dark : bool
        Ink for a dark surface.

    Returns
    -------
    holoviews.Overlay
        Bars and their amounts.
    """
    aside = ledger[~ledger["kept"]]
    total, kept = float(ledger["money"].sum()), float(ledger.loc[ledger["kept"], "money"].sum())
    ends = total - aside["money"].cumsum().to_numpy(dtype="float64")
    starts = np.concatenate([[total], ends[:-1]]) if len(ends) else np.array([])
    steps = pd.DataFrame(
        {
            "step": ["All rows", *aside["reason"], "Kept"],
            "left": [0.0, *np.minimum(starts, ends), 0.0],
            "right": [total, *np.maximum(starts, ends), kept],
            "amount": [total, *(-aside["money"]), kept],
            "rows": [int(ledger["rows"].sum()), *aside["rows"], int(ledger.loc[ledger["kept"], "rows"].sum())],
            "color": [KEPT_COLOUR, *[ASIDE_COLOUR] * len(aside), KEPT_COLOUR],
        }
    )
    steps["y"] = np.arange(len(steps) - 1, -1, -1, dtype="float64")
    steps["bottom"], steps["top"] = steps["y"] - 0.32, steps["y"] + 0.32
    steps["said"] = [money(value, currency) for value in steps["amount"]]
    steps["counted"] = [f"{n:,}" for n in steps["rows"]]
    steps["short"] = [f"  {short_money(value, currency)}" for value in steps["amount"]]
    low, high = min(0.0, float(steps["left"].min())), max(1.0, float(steps["right"].max()))
    bars = hv.Rectangles(steps, ["left", "bottom", "right", "top"], ["step", "said", "counted", "color"]).opts(
        color="color", line_alpha=0, tools=[hover([("", "@step"), ("Money", "@said"), ("Rows", "@counted")])]
    )
    amounts = hv.Labels(steps, ["right", "y"], ["short"]).opts(
        text_color=INK[dark], text_align="left", text_font_size="12px"
    )
    names = [
        (float(y), name if len(name) <= 34 else name[:33] + "…")
        for y, name in zip(steps["y"], steps["step"], strict=True)
    ]
    return (bars * amounts).opts(
        hv.opts.Overlay(
            responsive=True,
            height=50 + 28 * len(steps),
            xlim=(low, low + (high - low) * 1.35),
            ylim=(-0.7, len(steps) - 0.3),
            yticks=names,
            xlabel="",
            ylabel="",
            xaxis=None,
            show_frame=False,
            show_legend=False,
            toolbar="above",
            default_tools=["save"],
            hooks=[quiet, named("ledger_waterfall"), described("Bar chart: from all rows to the kept ones")],
        )
    )
