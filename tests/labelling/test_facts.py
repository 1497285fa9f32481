import numpy as np
import pandas as pd
import pytest

from segdash.errors import SegmentsError
from segdash.labelling.facts import percentiles, segment_facts

SIX = pd.DataFrame(
    {
        "recency": [10, 20, 30, 40, 50, 60],
        "frequency": [4, 4, 2, 2, 1, 1],
        "monetary": [60.0, 50.0, 40.0, 30.0, 20.0, 10.0],
    }
)


def test_ties_share_the_mean_rank() -> None:
    # Ranks 1, 3, 3, 3, 5 less a half, of 5.
    assert percentiles(np.array([1.0, 7.0, 7.0, 7.0, 9.0])).tolist() == pytest.approx([0.1, 0.5, 0.5, 0.5, 0.9])


def test_recency_is_turned_round() -> None:
    assert percentiles(np.array([5.0, 300.0]), higher_is_better=False).tolist() == [0.75, 0.25]


def test_facts_by_hand() -> None:
    base, (best, worst) = segment_facts(SIX, pd.Series(["b", "b", "b", "a", "a", "a"]))
    # Recency percentiles 11/12, 9/12, 7/12; frequency 10/12, 10/12, 6/12; monetary 11/12, 9/12, 7/12.
    assert best.percentiles.tolist() == pytest.approx([9 / 12, 26 / 36, 9 / 12])
    assert best.score == pytest.approx((0.75 + 26 / 36 + 0.75) / 3)
    assert best.medians == {"recency": 20, "frequency": 4, "monetary": 50}
    assert worst.ranks == {"recency": 2, "frequency": 2, "monetary": 2}
    assert (best.cluster, best.size, worst.cluster) == ("b", 3, "a")
    assert base.bounds["recency"] == {"best quarter": 22.5, "median": 35, "worst quarter": 47.5}
    assert base.bounds["monetary"] == {"best quarter": 47.5, "median": 35, "worst quarter": 22.5}
    assert base.best == {"recency": 20, "frequency": 4, "monetary": 50}


def test_equal_medians_share_the_better_rank() -> None:
    _, facts = segment_facts(SIX, np.array([0, 1, 2, 2, 3, 4]))
    assert [one.ranks["frequency"] for one in facts] == [1, 1, 3, 4, 4]
    assert [one.ranks["monetary"] for one in facts] == [1, 2, 3, 4, 5]


def test_unassigned_counts_in_the_base_but_has_no_rank_to_give() -> None:
    base, facts = segment_facts(SIX, np.array(["Unassigned", "a", "a", "b", "b", "b"]))
    ranks = {one.cluster: one.ranks["monetary"] for one in facts}
    assert (ranks["a"], ranks["b"]) == (1, 2)
    assert base.best["monetary"] == 45
    assert base.size == 6


def test_one_label_per_customer() -> None:
    with pytest.raises(SegmentsError, match="5 cluster labels for 6 customers"):
        segment_facts(SIX, np.arange(5))
