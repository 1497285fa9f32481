"""Lists of rules, first match wins: what they come to, and what they hide."""

from __future__ import annotations

import pytest

from segdash.errors import RulesError, ScoringError, SegdashError, UnknownNameError
from segdash.rules import RULE_SETS
from segdash.rules.compiler import compile_rules
from segdash.rules.r_vignette import RULES
from segdash.rules.rule import Rule
from segdash.scoring import score

HOLES = "215 241 251 252 341 351 441 451 541 551"

# The R package's own output for rfm_data_orders: customers, orders, revenue.
PUBLISHED = {
    "Champions": (35, 316, 31_646),
    "Potential Loyalist": (342, 2_211, 204_856),
    "Loyal Customers": (170, 799, 76_562),
    "Promising": (9, 28, 4_249),
    "New Customers": (104, 329, 28_837),
    "Can't Lose Them": (47, 274, 32_446),
    "At Risk": (28, 216, 22_227),
    "Need Attention": (10, 57, 4_562),
    "About To Sleep": (102, 283, 23_449),
    "Lost": (148, 393, 35_324),
}


def test_the_vignette_has_ten_holes_and_58_overlaps():
    made = compile_rules(RULES)
    assert ["".join(map(str, cell)) for cell in made.uncovered] == HOLES.split()
    assert len(made.overlaps) == 58
    assert len(made.rule_set.cells) == 125
    assert made.rule_set.segments == (*PUBLISHED, "Others")
    assert made.sentences[0] == f"10 of 125 cells match no rule (R F M {HOLES}). They are 'Others'."
    assert made.sentences[1] == (
        "58 of 125 cells match more than one rule, and the first in the list decides: "
        "for 555 rule 1 ('Champions') before rule 2 ('Potential Loyalist')."
    )
    assert (made.dead, made.sentences[2:]) == ([], ())


def test_the_published_table_comes_out(rfm_r_customers):
    labels = RULE_SETS["r_vignette"].assign(score(rfm_r_customers, "r_compatible"))
    by = rfm_r_customers.groupby(labels)
    table = {name: (len(part), part["frequency"].sum(), part["monetary"].sum()) for name, part in by}
    assert table == PUBLISHED


def test_the_preset_is_the_list_compiled():
    assert dict(RULE_SETS["r_vignette"].cells) == dict(compile_rules(RULES).rule_set.cells)


def test_a_small_list_by_hand():
    rules = [
        {"segment": "Good", "r": "2-3", "f": [2, 3]},
        {"segment": "Best", "r": 3, "f": "3"},
        {"segment": "Recent", "r": 3},
        {"segment": "Good", "r": 3, "f": (1, 2)},
    ]
    made = compile_rules(rules, ("r", "f"), bins=3, otherwise="Rest", name="Mine")
    grid = {
        (1, 1): "Rest", (1, 2): "Rest", (1, 3): "Rest",
        (2, 1): "Rest", (2, 2): "Good", (2, 3): "Good",
        (3, 1): "Recent", (3, 2): "Good", (3, 3): "Good",
    }  # fmt: skip
    assert dict(made.rule_set.cells) == grid
    assert (made.rule_set.name, made.rule_set.segments) == ("Mine", ("Good", "Best", "Recent", "Rest"))
    assert made.uncovered == ((1, 1), (1, 2), (1, 3), (2, 1))
    assert made.overlaps == {(3, 1): (3, 4), (3, 2): (1, 3, 4), (3, 3): (1, 2, 3)}
    assert made.rules.to_numpy().tolist() == [
        [1, "Good", 4, 4, ()],
        [2, "Best", 1, 0, (1,)],
        [3, "Recent", 3, 1, (1,)],
        [4, "Good", 2, 0, (1, 3)],
    ]
    assert made.dead == [2, 4]
    assert made.sentences == (
        "4 of 9 cells match no rule (R F 11 12 13 21). They are 'Rest'.",
        "3 of 9 cells match more than one rule, and the first in the list decides: "
        "for 33 rule 1 ('Good') before rule 2 ('Best').",
        "Rule 2 ('Best') never applies: its 1 cell is taken by rule 1 ('Good').",
        "Rule 4 ('Good') never applies: its 2 cells are taken by rule 1 ('Good') and rule 3 ('Recent').",
    )


def test_holes_without_a_name_for_the_rest_give_no_rule_set():
    made = compile_rules([{"segment": "Good", "r": "2-3"}], ("r", "f"), bins=3, otherwise=None)
    assert made.uncovered == ((1, 1), (1, 2), (1, 3))
    assert made.sentences == (
        "3 of 9 cells match no rule (R F 11 12 13). Add a rule for them, or a name for the rest.",
    )
    with pytest.raises(RulesError, match=r"^3 cells of 9 without a segment: 11 12 13\. Give each cell to one\.$"):
        made.rule_set  # noqa: B018 - the look-up is what is tested


def test_a_list_that_is_a_partition_has_nothing_to_report():
    rules = [Rule("Recent", {"r": (3, 3)}), Rule("Gone", {"r": (1, 2)})]
    made = compile_rules(rules, ("r", "fm"), bins=3, otherwise=None)
    assert (made.sentences, made.uncovered, made.dead) == ((), (), [])
    assert made.overlaps == {}
    # Nothing is left, so nobody is called Others.
    assert compile_rules(rules, ("r", "fm"), bins=3).rule_set.segments == ("Recent", "Gone")


def test_the_rest_may_be_one_of_the_segments():
    made = compile_rules([{"segment": "Good", "r": 3}, {"segment": "Bad", "r": 1}], ("r", "f"), bins=3, otherwise="Bad")
    assert made.rule_set.segments == ("Good", "Bad")
    assert made.rule_set.cells[2, 2] == "Bad"


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ({"segment": "A", "r": "4-6"}, "Rule 1 ('A') asks for R 4 to 6, and scores go from 1 to 5."),
        ({"segment": "A", "r": 0}, "Rule 1 ('A') asks for R 0 to 0, and scores go from 1 to 5."),
        ({"segment": "A", "f": [4, 2]}, "Rule 1 ('A') asks for F 4 to 2, the wrong way round. Write 2-4."),
        ({"segment": "A", "f": "low"}, "Rule 1 ('A') has the range 'low' for F. Write a score, or low-high."),
        ({"segment": "A", "f": [1, 2, 3]}, "has the range '[1, 2, 3]' for F."),
        ({"segment": "A", "f": 2.5}, "has the range '2.5' for F."),
        ({"segment": "A", "f": True}, "has the range 'True' for F."),
        ({"segment": "A", "f": [1.5, 2]}, "has the range '[1.5, 2]' for F."),
        ({"segment": "A", "f": None}, "has the range 'None' for F."),
        ({"segment": "", "r": 5}, "Rule 1 has no name. Give it the segment it is for."),
        ({"r": 5}, "Rule 1 has no name."),
        ({"segment": 7, "r": 5}, "Rule 1 has no name."),
        (["A", 5], "Rule 1 must be a segment with ranges, not"),
        (Rule("A", {"r": (1, 9)}), "asks for R 1 to 9, and scores go from 1 to 5."),
    ],
)
def test_a_bad_rule_is_refused_with_a_sentence(rule, said):
    with pytest.raises(RulesError) as raised:
        compile_rules([rule])
    assert said in str(raised.value)
    assert isinstance(raised.value, SegdashError)


def test_bad_lists_are_refused_with_a_sentence():
    one = {"segment": "A", "r": 1}
    with pytest.raises(UnknownNameError, match=r"^Rule 2 \('B'\) has an unknown axis 'fm'\. Did you mean 'm'\?"):
        compile_rules([one, {"segment": "B", "fm": 1}])
    with pytest.raises(RulesError, match="'a' names a segment, and 'A', which reads alike, another"):
        compile_rules([one, {"segment": "a", "r": 2}])
    with pytest.raises(RulesError, match="'others' names a segment, and 'Others', which reads alike"):
        compile_rules([{"segment": "Others", "r": 1}], otherwise="others")
    with pytest.raises(RulesError, match="201 rules are too many to oversee"):
        compile_rules([one] * 201)
    with pytest.raises(RulesError, match="41 segments are too many"):
        compile_rules([{"segment": f"s{i}", "r": 1} for i in range(41)])
    for rules in ([], "Champions", one):
        with pytest.raises(RulesError, match="Rules are a list of segments with ranges"):
            compile_rules(rules)
    with pytest.raises(UnknownNameError, match="No axis is named 'x'"):
        compile_rules([one], ("r", "x"))
    with pytest.raises(ScoringError, match="not '12'"):
        compile_rules([one], bins=12)
