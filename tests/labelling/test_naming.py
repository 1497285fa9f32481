import numpy as np
import pandas as pd
import pytest

from segdash.labelling.naming import name_segments, reason

TWELVE = pd.DataFrame(
    {
        "recency": [3, 5, 8, 40, 45, 50, 55, 60, 90, 200, 250, 300],
        "frequency": [20, 25, 30, 3, 3, 4, 3, 4, 2, 1, 1, 1],
        "monetary": [9000.0, 8000, 7000, 400, 500, 450, 300, 350, 200, 50, 40, 30],
    }
)
THREE = np.repeat(["2", "0", "1"], [3, 6, 3])


def made(n: int, seed: int = 0) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "recency": random.integers(1, 400, n),
            "frequency": random.geometric(0.3, n),
            "monetary": random.lognormal(6, 1.2, n).round(2),
        }
    )


def test_by_hand() -> None:
    best, middle, worst = name_segments(TWELVE, THREE, currency="£")
    assert [(one.cluster, one.name) for one in (best, middle, worst)] == [
        ("2", "Champions"),
        ("0", "Regulars"),
        ("1", "Lost"),
    ]
    assert best.reason == (
        "median recency 5 days, 1st of 3; median frequency 25 orders, 1st of 3; median spend £8,000, 1st of 3"
    )
    assert middle.reason == (
        "median recency 52.5 days, 2nd of 3; median frequency 3 orders, 2nd of 3; median spend £375, 2nd of 3"
    )
    assert worst.warnings == (
        "Only 3 customers (25.0 % of the base): too few to generalise from; one customer can change its averages.",
    )
    # Percentiles of the first three customers in each metric: 23/24, 21/24, 19/24.
    assert best.score == pytest.approx(21 / 24)


def test_each_field_of_the_classic_four_is_the_customary_text() -> None:
    best = name_segments(TWELVE, THREE)[0]
    assert best.characteristics == "Highest spenders, frequent buyers, recent activity"
    assert best.strategy == "VIP treatment, exclusive offers, loyalty programs"
    assert best.impact == "Highest per-customer value"


@pytest.mark.parametrize("seed", range(5))
def test_permuting_labels_changes_nothing(seed: int) -> None:
    table = made(600, seed)
    random = np.random.default_rng(seed)
    clusters = random.integers(0, 9, 600)
    turned = random.permutation(9)
    before = name_segments(table, clusters)
    after = name_segments(table, pd.Series(turned[clusters], index=range(1000, 1600)))
    assert [(str(turned[int(one.cluster)]), *vars(one).values())[2:] for one in before] == [
        tuple(vars(one).values())[1:] for one in after
    ]
    assert [str(turned[int(one.cluster)]) for one in before] == [one.cluster for one in after]


def test_permuting_equal_segments_changes_nothing() -> None:
    table = pd.concat([TWELVE, TWELVE, TWELVE], ignore_index=True)
    order = [
        [one.cluster for one in name_segments(table, np.repeat(labels, 12))]
        for labels in (["0", "1", "2"], ["2", "0", "1"])
    ]
    assert order == [["0", "1", "2"], ["2", "0", "1"]]


def test_forty_clusters_have_forty_names() -> None:
    table = made(4000)
    named = name_segments(table, np.arange(4000) % 40)
    assert len({one.name.casefold() for one in named}) == 40
    assert any(one.name.endswith(" 2") for one in named)


@pytest.mark.parametrize("seed", range(3))
def test_twelve_clusters_that_differ_are_named_apart(seed: int) -> None:
    table = made(5000, seed)
    by_value = pd.qcut(table["monetary"] * table["frequency"], 4, labels=False)
    by_recency = pd.qcut(table["recency"], 3, labels=False)
    named = name_segments(table, 3 * by_value + by_recency)
    assert len({one.name for one in named}) == 12
    assert sum(one.name[-1].isdigit() for one in named) <= 3


def test_a_name_that_is_not_earned_says_so() -> None:
    # Ordered once, spent more than the base, neither recent nor overdue: no archetype is that.
    table = pd.DataFrame(
        {
            "recency": [10] * 40 + [50] * 30 + [20] * 20 + [90] * 52,
            "frequency": [4] * 40 + [1] * 30 + [4] * 72,
            "monetary": [100.0] * 40 + [150.0] * 30 + [140.0] * 32 + [170.0] * 40,
        }
    )
    named = name_segments(table, np.repeat([0, 1, 2], [40, 30, 72]))
    assert {one.cluster: one.warnings for one in named}["1"] == (
        "Named Low Value as the nearest, but its median spend of 150 is better than the base's 140.",
    )


def test_names_in_the_data_stay() -> None:
    named = name_segments(TWELVE, np.repeat(["Bronze", "Gold", "Silver"], [3, 6, 3]))
    assert [one.name for one in named] == ["Bronze", "Gold", "Silver"]
    assert named[0].characteristics.startswith("Highest spenders")
    assert all(one.name not in sentence for one in named for sentence in one.warnings)


def test_a_claim_made_in_the_data_is_tested() -> None:
    named = name_segments(TWELVE, np.repeat(["Loyal Customers", "other", "champions"], [3, 6, 3]))
    assert [one.name for one in named] == ["Loyal Customers", "other", "champions"]
    champions = named[-1]
    assert champions.characteristics == "Highest spenders, frequent buyers, recent activity"
    assert champions.warnings[0] == (
        "Named champions, but its median recency of 250 days is worse than the base's 52.5, its "
        "median frequency of 1 order is worse than the best quarter's 8 and its median spend of 40 is worse "
        "than the best quarter's 2,125."
    )
    assert champions.warnings[1] == "Not earned by all: 3 of 3 ordered only once (the oldest 300 days ago)."


def test_names_that_differ_in_case_alone_are_numbered() -> None:
    named = name_segments(TWELVE, np.repeat(["gold", "Gold", "GOLD"], [3, 6, 3]))
    assert [(one.cluster, one.name) for one in named] == [
        ("gold", "gold"),
        ("Gold", "Gold 2"),
        ("GOLD", "GOLD 3"),
    ]


@pytest.mark.parametrize("labels", [["Unassigned", "1", "0"], ["Unassigned", "Gold", "Silver"]])
def test_unassigned_is_last_and_no_segment(labels: list[str]) -> None:
    named = name_segments(TWELVE, np.repeat(labels, [3, 6, 3]))
    assert [one.cluster for one in named] == [*labels[1:], "Unassigned"]
    last = named[-1]
    assert last.name == "Unassigned"
    assert last.warnings == ()
    assert last.reason == "median recency 5 days; median frequency 25 orders; median spend 8,000"
    assert "1st of 2" in named[0].reason


def test_only_unassigned() -> None:
    (only,) = name_segments(TWELVE, ["Unassigned"] * 12)
    assert only.name == "Unassigned"


def test_one_cluster_claims_nothing() -> None:
    table = made(100)
    (only,) = name_segments(table, np.zeros(100, dtype=int))
    assert (only.name, only.warnings) == ("All customers", ())
    assert "of 1" not in only.reason
    (given,) = name_segments(table, ["Champions"] * 100)
    assert (given.name, given.warnings) == ("Champions", ())


def test_no_customers_no_names() -> None:
    assert name_segments(TWELVE.head(0), np.array([], dtype=object)) == []


@pytest.mark.parametrize("n", [1, 2, 3, 8])
@pytest.mark.parametrize("apart", [True, False])
def test_equal_customers(n: int, apart: bool) -> None:
    table = pd.DataFrame({"recency": [7] * n, "frequency": [1] * n, "monetary": [0.0] * n})
    named = name_segments(table, np.arange(n) if apart else np.zeros(n, dtype=int))
    assert len({one.name for one in named}) == (n if apart else 1)
    assert not any(one.name.startswith(("Champions", "Loyal", "Lost", "At-Risk")) for one in named)


@pytest.mark.parametrize("labels", ["str", "string", "category", "int64"])
def test_any_kind_of_label(labels: str) -> None:
    clusters = pd.Series(THREE).astype("int64").astype(labels)
    assert [one.name for one in name_segments(TWELVE, clusters)] == ["Champions", "Regulars", "Lost"]


def test_ranks_read_as_english() -> None:
    table = made(2400)
    named = name_segments(table, np.arange(2400) % 24)
    read = " ".join(one.reason for one in named)
    assert all(
        f"{rank} of 24" in read for rank in ("1st", "2nd", "3rd", "11th", "12th", "13th", "21st", "22nd", "23rd")
    )


def test_reason_without_ranks() -> None:
    from segdash.labelling.facts import segment_facts

    _, (everyone,) = segment_facts(TWELVE, np.zeros(12))
    assert (
        reason(everyone, currency="GBP") == "median recency 52.5 days; median frequency 3 orders; median spend 375 GBP"
    )
