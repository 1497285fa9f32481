import numpy as np
import pandas as pd
import pytest

from segdash.labelling.archetypes import ARCHETYPES, GIVEN_ONLY, archetype_of
from segdash.labelling.claims import Claim, claim_sentence, earned_sentences, size_sentence
from segdash.labelling.facts import segment_facts


@pytest.fixture(scope="module")
def made() -> tuple:
    """100 customers: recency and monetary 1 to 100, frequency 1 to 5; the last 40 are the segment "late"."""
    days = np.arange(1, 101)
    table = pd.DataFrame({"recency": days, "frequency": (days - 1) % 5 + 1, "monetary": days.astype(float)})
    base, facts = segment_facts(table, np.where(days > 60, "late", "early"))
    return base, {one.cluster: one for one in facts}


@pytest.mark.parametrize(
    ("claim", "ending"),
    [
        (Claim("recency", ">", "median"), "recency of 80.5 days is worse than the base's 50.5."),
        (Claim("frequency", ">", "median"), "frequency of 3 orders is no better than the base's 3."),
        (Claim("frequency", "<", "median"), "frequency of 3 orders is no worse than the base's 3."),
        (Claim("monetary", "<=", "median"), "spend of £80.50 is better than the base's £50.50."),
        (
            Claim("recency", ">=", "best quarter"),
            "recency of 80.5 days is worse than the best quarter's 25.8.",
        ),
        (
            Claim("recency", ">=", "best segment"),
            "recency of 80.5 days is worse than the best segment's 30.5.",
        ),
        (Claim("frequency", "<=", 2), "frequency of 3 orders is more than 2."),
        (Claim("frequency", ">=", 4), "frequency of 3 orders is less than 4."),
    ],
)
def test_a_claim_that_fails_quotes_both_numbers(made: tuple, claim: Claim, ending: str) -> None:
    base, facts = made
    said = claim_sentence(facts["late"], base, (claim,), said="Named X", currency="£")
    assert said == [f"Named X, but its median {ending}"]


@pytest.mark.parametrize(
    "claim",
    [
        Claim("recency", "<", "median"),
        Claim("recency", "<=", "worst quarter"),
        Claim("monetary", ">=", "best quarter"),
        Claim("monetary", ">=", "best segment"),
        Claim("frequency", ">=", "median"),
        Claim("frequency", ">=", 2),
    ],
)
def test_a_claim_that_holds_says_nothing(made: tuple, claim: Claim) -> None:
    base, facts = made
    assert claim_sentence(facts["late"], base, (claim,), said="X") == []


def test_several_failures_make_one_sentence(made: tuple) -> None:
    base, facts = made
    claims = tuple(Claim(name, ">", "median") for name in ("recency", "frequency"))
    assert claim_sentence(facts["late"], base, claims, said="Named Loyal as the nearest") == [
        "Named Loyal as the nearest, but its median recency of 80.5 days is worse than the base's 50.5 and "
        "its median frequency of 3 orders is no better than the base's 3."
    ]


def test_members_are_counted_once(made: tuple) -> None:
    base, facts = made
    # Eight of the forty ordered once; they are not counted again among those beyond day 75.25.
    assert earned_sentences(facts["late"], base, archetype_of("Loyal").contradictions) == [
        "Not earned by all: 8 of 40 ordered only once (the oldest 96 days ago).",
        "Not earned by all: 20 of 40 last ordered more than 75 days ago, in the base's oldest quarter.",
    ]


def test_few_exceptions_in_a_large_segment_are_not_worth_a_sentence() -> None:
    frequency = np.array([1] * 4 + [5] * 96 + [1] * 100)
    table = pd.DataFrame({"recency": 10, "frequency": frequency, "monetary": 9.0})
    base, facts = segment_facts(table, np.repeat(["a", "b"], 100))
    loyal = archetype_of("Loyal").contradictions
    assert {one.cluster: len(earned_sentences(one, base, loyal)) for one in facts} == {"a": 0, "b": 1}


@pytest.mark.parametrize(
    ("size", "sentences"),
    [
        (1, ["Only 1 customer (0.5 % of the base): too few to generalise from."]),
        (
            29,
            [
                "Only 29 customers (14.5 % of the base): too few to generalise from; "
                "one customer can change its averages."
            ],
        ),
        (30, []),
    ],
)
def test_small_segments(size: int, sentences: list[str]) -> None:
    table = pd.DataFrame({"recency": range(200), "frequency": 1, "monetary": 1.0})
    base, facts = segment_facts(table, np.arange(200) < size)
    assert size_sentence(next(one for one in facts if one.size == size), base) == sentences


def test_sentences_for_one_member_say_its_own_numbers(made: tuple) -> None:
    table = pd.DataFrame(
        {
            "recency": [5, 6, 300, 200, 1, 7, 8, 9],
            "frequency": [3, 9, 1, 2, 2, 3, 3, 3],
            "monetary": [9.0] * 7 + [1000.0],
        }
    )
    base, facts = segment_facts(table, np.arange(8))
    of = {one.first: one for one in facts}
    said = {
        (2, "Champions"): "ordered once, 300 days ago.",
        (3, "Promising"): "last ordered 200 days ago, in the base's oldest quarter.",
        (4, "Lost"): "ordered 1 day ago, in the base's most recent quarter.",
        (1, "New"): "ordered more than twice (9 orders).",
        (7, "Low Value"): "spent more than 9, in the base's best quarter.",
    }
    for (row, name), sentence in said.items():
        assert earned_sentences(of[row], base, archetype_of(name).contradictions) == [
            f"Not earned by all: 1 of 1 {sentence}"
        ]


def test_every_archetype_says_who_what_and_why() -> None:
    for kind in (*ARCHETYPES, *GIVEN_ONLY):
        assert all((kind.characteristics, kind.strategy, kind.impact))
        assert all(0 <= place <= 1 for place in kind.home)
        assert all(ord(character) < 0x2000 for text in (kind.strategy, kind.impact) for character in text)
    assert len({kind.name for kind in (*ARCHETYPES, *GIVEN_ONLY)}) == len(ARCHETYPES) + len(GIVEN_ONLY) >= 12


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("champions", "Champions"),
        ("Low Value Customers", "Low Value"),
        ("at risk", "At-Risk"),
        ("Can’t Lose Them", "Can't Lose"),
        ("Potential Loyalists", "Potential Loyalist"),
        ("Needing Attention", "Needs Attention"),
        ("New Customers", "New"),
        ("About To Sleep", "About to Sleep"),
        ("Recent Customers", "Recent"),
        ("Other", "Others"),
    ],
)
def test_names_are_known_however_they_are_written(written: str, name: str) -> None:
    assert archetype_of(written).name == name


@pytest.mark.parametrize("name", ["Gold", "", "Customers", "日本"])
def test_other_names_are_not_known(name: str) -> None:
    assert archetype_of(name) is None
