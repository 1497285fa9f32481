from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from eyes import least, seen

from segdash.colour_vision import PALETTES, seen_alike
from segdash.palette import CARDS, PALETTE, contrast, difference, refuse_clashes

APART = {"Six, furthest apart": 16.5, "Eight, far apart": 11.9, "Twelve, far apart": 8.2}


@pytest.mark.parametrize("title", APART)
def test_each_pair_of_a_palette_made_to_be_far_apart_is_so_for_every_eye(title):
    colours = list(PALETTES[title].values())
    assert len(colours) == {"Six": 6, "Eight": 8, "Twelve": 12}[title.split(",")[0]]
    assert least(list(combinations(colours, 2))) > APART[title]
    assert seen_alike(PALETTES[title]) == []


@pytest.mark.parametrize("title", PALETTES)
def test_whatever_is_offered_is_seen_on_both_cards_and_never_refused_together(title):
    palette = PALETTES[title]
    assert min(contrast(colour, card) for colour in palette.values() for card in CARDS) >= 3
    refuse_clashes(palette)
    assert all(colour == colour.upper() for colour in palette.values())


def test_the_first_palette_is_the_one_that_names_have():
    assert tuple(next(iter(PALETTES.values())).values()) == PALETTE


def test_what_some_eyes_take_for_one_is_found_though_most_tell_it_apart():
    brick, olive, blue = "#B65139", "#6B6B20", "#387DD4"
    assert difference(brick, olive) > 45
    # (50.33, -4.01, 37.12) and (44.19, -3.96, 38.50) in Lab: the root of 6.15² + 0.05² + 1.37².
    assert np.linalg.norm(seen(brick, "deuteranopia") - seen(olive, "deuteranopia")) == pytest.approx(6.30, abs=0.01)
    assert seen_alike({"a": brick, "b": blue, "c": olive}) == [("a", "c", ("deuteranopia",))]
    assert seen_alike({"a": "#5F7C5C", "b": "#69694B"})[0].eyes == ("deuteranopia", "protanopia")


def test_one_colour_or_none_is_like_no_other():
    assert seen_alike({}) == seen_alike({"a": "#123456"}) == []


def test_the_same_colour_is_alike_for_all():
    assert seen_alike({"a": "#387DD4", "b": "#387dd5"})[0].eyes == ("deuteranopia", "protanopia", "tritanopia")
