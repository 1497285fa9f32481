from itertools import combinations, pairwise

import numpy as np
import pytest
from eyes import ciede2000, least, seen

from segdash.errors import SegmentsError
from segdash.labelling.archetypes import ARCHETYPES, GIVEN_ONLY
from segdash.palette import (
    LEAST_DIFFERENCE,
    NEUTRAL,
    PALETTE,
    SLOTS,
    colours_for,
    contrast,
    difference,
    normalise,
    refuse_clashes,
    text_on,
)
from segdash.rules import RULE_SETS


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ([50.0, 2.6772, -79.7751], [50.0, 0.0, -82.7485], 2.0425),
        ([50.0, 2.5, 0.0], [73.0, 25.0, -18.0], 27.1492),
        ([60.2574, -34.0099, 36.2677], [60.4626, -34.1751, 39.4387], 1.2644),
        ([90.8027, -2.0831, 1.4410], [91.1528, -1.6435, 0.0447], 1.4441),
    ],
)
def test_the_measure_itself(first: list[float], second: list[float], expected: float) -> None:
    assert ciede2000(np.array(first), np.array(second)) == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize("card", ["#FFFFFF", "#171C22"])
def test_contrast_with_both_cards(card: str) -> None:
    drawn = [*colours_for([f"segment {i}" for i in range(50)]).values(), NEUTRAL]
    assert min(contrast(colour, card) for colour in drawn) >= 3
    assert len(PALETTE) >= 12


def test_neighbours_stay_apart_for_every_eye() -> None:
    assert least([*pairwise(PALETTE), *zip(PALETTE, PALETTE[2:], strict=False)]) > 10.9


def test_neighbours_from_best_to_worst_stay_apart_for_every_eye() -> None:
    order = [SLOTS[kind.name] for kind in ARCHETYPES]
    assert least([*pairwise(order), *zip(order, order[2:], strict=False)]) > 11.5


def test_the_classic_four_stay_apart_for_every_eye() -> None:
    assert least(list(combinations(PALETTE[:4], 2))) > 12.7


def test_no_two_are_alike() -> None:
    assert min(ciede2000(seen(a, "normal"), seen(b, "normal")) for a, b in combinations(PALETTE, 2)) > 9
    assert least([(NEUTRAL, colour) for colour in PALETTE[:4]]) > 5


@pytest.mark.parametrize(
    ("name", "sketch"),
    [("Champions", "#5B3FA8"), ("Loyal", "#0F8B8D"), ("Low Value", "#D9A441"), ("At-Risk", "#C8553D")],
)
def test_the_classic_four_keep_the_hue_of_the_sketch(name: str, sketch: str) -> None:
    hues = [np.degrees(np.arctan2(*seen(colour, "normal")[:0:-1])) for colour in (SLOTS[name], sketch)]
    assert abs((hues[0] - hues[1] + 180) % 360 - 180) < 12


def test_every_archetype_has_a_colour() -> None:
    assert set(SLOTS) == {kind.name for kind in (*ARCHETYPES, *GIVEN_ONLY)}
    assert len(set(PALETTE)) == len(SLOTS)


def test_a_name_has_one_colour_whatever_the_others() -> None:
    few = colours_for(["Champions", "Loyal", "Low Value", "At-Risk"])
    many = colours_for(["Champions", "Champions 2", "Loyal", "Regulars", "Loyal 2", "Low Value", "Lost", "At-Risk"])
    assert few.items() <= many.items()
    assert list(few.values()) == list(PALETTE[:4])
    assert colours_for(["loyal"])["loyal"] == few["Loyal"]


def test_a_name_written_differently_has_the_colour_of_its_kind() -> None:
    written = ["At Risk", "Can't Lose Them", "New Customers", "Needing Attention", "ABOUT TO SLEEP", "Recent", "others"]
    kinds = ["At-Risk", "Can't Lose", "New", "Needs Attention", "About to Sleep", "Recent", "Others"]
    assert list(colours_for(written).values()) == [SLOTS[kind] for kind in kinds]
    # Whoever writes it as the palette does comes first, wherever it stands.
    both = colours_for(["At Risk", "At-Risk"])
    assert both["At-Risk"] == SLOTS["At-Risk"] != both["At Risk"]


@pytest.mark.parametrize("name", RULE_SETS)
def test_segments_of_a_rule_set_have_their_own_colours_whoever_is_there(name: str) -> None:
    segments = RULE_SETS[name].segments
    together = colours_for(segments)
    assert len(set(together.values())) == len(segments)
    assert set(together.values()) <= set(PALETTE)
    assert {segment: colours_for([segment])[segment] for segment in segments} == together
    assert colours_for(segments[::-1]) == together


@pytest.mark.parametrize("name", ["r_fm", "r_f"])
def test_cells_side_by_side_stay_apart_for_every_eye(name: str) -> None:
    rules = RULE_SETS[name]
    colours = colours_for(rules.segments)
    pairs = {
        (colours[here], colours[there])
        for (r, f), here in rules.cells.items()
        for there in (rules.cells.get((r + 1, f), here), rules.cells.get((r, f + 1), here))
        if there != here
    }
    assert len(pairs) > 10
    assert least(list(pairs)) > 8


def test_other_names_take_the_free_places_in_order() -> None:
    colours = colours_for(["Gold", "Loyal", "Silver", "Unassigned", "Bronze"])
    assert list(colours) == ["Gold", "Loyal", "Silver", "Unassigned", "Bronze"]
    assert [colours[name] for name in ("Gold", "Silver", "Bronze")] == [PALETTE[0], PALETTE[2], PALETTE[3]]
    assert colours["Unassigned"] == NEUTRAL


def test_names_alike_but_for_case_have_two_colours() -> None:
    assert len(set(colours_for(["Loyal", "LOYAL", "Unassigned", "unassigned"]).values())) == 4


@pytest.mark.parametrize("n", [13, 40, 51])
def test_many_names_have_colours_that_do_not_clash(n: int) -> None:
    colours = colours_for([f"segment {i}" for i in range(n)])
    assert len(set(colours.values())) == n
    refuse_clashes({**colours, "none": NEUTRAL})


def test_no_names_no_colours() -> None:
    assert colours_for([]) == {}


@pytest.mark.parametrize(
    ("colour", "text"),
    [("#D9A441", "#000000"), ("#5B3FA8", "#FFFFFF"), ("white", "#000000"), ("navy", "#FFFFFF"), ("#767676", "#000000")],
)
def test_text_is_black_or_white_by_contrast(colour: str, text: str) -> None:
    assert text_on(colour) == text


@pytest.mark.parametrize("colour", PALETTE)
def test_text_on_each_colour_can_be_read(colour: str) -> None:
    assert contrast(text_on(colour), colour) >= 4.5


def test_contrast_of_known_pairs() -> None:
    assert contrast("#777777", "white") == pytest.approx(4.48, abs=0.005)
    assert contrast("white", "#777777") == contrast("#777777", "white")
    assert contrast("red", "red") == 1


@pytest.mark.parametrize(
    ("given", "normal"),
    [
        ("#0f8b8d", "#0F8B8D"),
        (" #ABC ", "#AABBCC"),
        ("teal", "#008080"),
        ("RebeccaPurple", "#663399"),
        ("LightGray", "#D3D3D3"),
    ],
)
def test_colours_that_are(given: str, normal: str) -> None:
    assert normalise(given) == normal


@pytest.mark.parametrize("given", ["blurple", "#12345", "#gggggg", "", "__all__", "rgb(1,2,3)", 12, None, "#12345678"])
def test_colours_that_are_not(given: object) -> None:
    with pytest.raises(SegmentsError) as raised:
        normalise(given)
    assert str(raised.value) == (
        f"'{given}' is not a colour. Use a name such as 'teal' or a hex code such as '#0F8B8D'."
    )


def test_clashes_name_both_segments() -> None:
    with pytest.raises(SegmentsError, match=r"^Segments 'Loyal' and 'Lost' have the same colour \(#008080\)\."):
        refuse_clashes({"Loyal": "teal", "Champions": "purple", "Lost": "#008080"})
    with pytest.raises(SegmentsError, match=r"'Gold' and 'Silver' have nearly the same colour"):
        refuse_clashes({"Gold": "#0F8B8D", "Silver": "#118A8C"})
    with pytest.raises(SegmentsError, match="'blurple' is not a colour"):
        refuse_clashes({"Gold": "blurple"})


def test_colours_that_differ_are_taken() -> None:
    refuse_clashes({})
    refuse_clashes(SLOTS)
    assert difference("#0F8B8D", "#118A8C") < LEAST_DIFFERENCE < difference("teal", "green")
