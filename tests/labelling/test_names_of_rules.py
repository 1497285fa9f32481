"""Names that come from rules: known however they are written, judged like any other, described by what is true."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from segdash.clustering import fit
from segdash.labelling.archetypes import GIVEN_ONLY, archetype_of
from segdash.labelling.naming import SegmentName, name_segments
from segdash.labelling.variants import VARIANTS
from segdash.rules import RULE_SETS

HALVES = np.repeat(["them", "rest"], [40, 60])


def named(name: str, recency: float, frequency: float, monetary: float) -> SegmentName:
    """A segment of 40 equal customers beside 60 whose medians are 100 days, 3 orders and 300 of spend."""
    spread = np.linspace(-1, 1, 60)
    table = pd.DataFrame(
        {
            "recency": [recency] * 40 + (100 + 90 * spread).tolist(),
            "frequency": [frequency] * 40 + np.round(3 + 2 * spread).tolist(),
            "monetary": [monetary] * 40 + (300 + 250 * spread).tolist(),
        }
    )
    labels = np.where(HALVES == "them", name, "Rest of the base")
    return next(one for one in name_segments(table, labels) if one.cluster == name)


@pytest.mark.parametrize("name", RULE_SETS)
def test_every_name_of_a_rule_set_says_who_and_what_to_do(name, rfm_r_customers):
    run = fit("rfm_rules", rfm_r_customers, scoring="r_compatible", rule_set=name)
    segments = name_segments(rfm_r_customers, run.labels)
    assert {one.name for one in segments} == set(run.labels)
    for one in segments:
        assert archetype_of(one.name) is not None
        assert all((one.reason, one.characteristics, one.strategy, one.impact))
        assert "in the data" not in " ".join(one.warnings)
    assert len({one.strategy for one in segments}) == len(segments)


def test_the_loyal_of_the_vignette_are_not_and_a_warning_says_so(rfm_r_customers):
    run = fit("rfm_rules", rfm_r_customers, scoring="r_compatible", rule_set="r_vignette")
    loyal = next(one for one in name_segments(rfm_r_customers, run.labels) if one.name == "Loyal Customers")
    assert loyal.warnings[0].startswith("Named Loyal Customers, but its median recency of ")


def test_others_claim_nothing():
    (others,) = (kind for kind in GIVEN_ONLY if kind.name == "Others")
    one = named("Others", 400, 1, 5)
    assert one.warnings == ()
    assert one.characteristics == others.characteristics
    assert one.reason.startswith("median recency 400 days, 2nd of 2")


def test_recent_must_be_recent_and_small():
    assert named("Recent", 1, 1, 20).warnings == ()
    late = named("Recent", 150, 5, 900).warnings[0]
    assert late.startswith("Named Recent, but its median recency of 150 days is worse than the best quarter's ")
    assert "frequency of 5 orders is better" in late
    assert "spend of 900 is better" in late


def test_at_risk_of_much_is_not_called_low_in_spend():
    rich, poor = named("At Risk", 180, 5, 900), named("At Risk", 180, 1, 20)
    assert rich.characteristics == "Ordered as often as most and spent more, and have stayed away since"
    assert poor.characteristics == "High recency, low frequency and spend"
    assert rich.strategy != poor.strategy
    assert rich.impact != poor.impact
    assert rich.warnings == poor.warnings == ()


def test_promising_and_needing_attention_are_described_by_their_spend():
    assert named("Promising", 20, 1, 900).characteristics.startswith("Ordered lately and spent more than most")
    assert named("Promising", 20, 1, 20).characteristics.startswith("Ordered lately, but less often and for less")
    assert named("Needing Attention", 180, 4, 20).characteristics.startswith("Ordered as often as most for less")
    assert named("Needing Attention", 180, 4, 900).characteristics.startswith("Ordered and spent well enough")


def test_a_name_that_is_not_earned_keeps_its_usual_texts_and_is_warned_of():
    one = named("At Risk", 5, 5, 900)
    assert one.characteristics == "High recency, low frequency and spend"
    assert one.warnings[0].startswith("Named At Risk, but its median recency of 5 days is better")


def test_variants_are_of_names_that_there_are():
    assert all(archetype_of(name).name == name for name in VARIANTS)
