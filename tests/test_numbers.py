"""What the doctests of segdash.numbers leave out."""

from __future__ import annotations

import pytest

from segdash.numbers import NOTHING, money, number, percent, short, short_money

ENDLESS = [float("nan"), float("inf"), float("-inf")]


@pytest.mark.parametrize("write", [number, short, percent, money, short_money])
@pytest.mark.parametrize("value", ENDLESS)
def test_no_number_is_written_as_a_dash(write, value):
    assert write(value) == NOTHING


@pytest.mark.parametrize("write", [money, short_money])
def test_no_amount_carries_no_currency(write):
    assert write(float("nan"), "£") == NOTHING


def test_a_negative_amount_has_its_sign_before_the_symbol():
    assert money(-12.5, "£") == "-£12.50"
    assert money(-12.5, "GBP") == "-12.50 GBP"


def test_negative_numbers_are_shortened_by_their_size():
    assert short(-3_747_491.56) == "-3.75 M"


def test_billions():
    assert short(2_346_000_000) == "2.35 bn"


@pytest.mark.parametrize(
    ("value", "written"), [(999.4, "999"), (999.6, "1 k"), (0.01234, "0.0123"), (1e15, "1,000,000 bn")]
)
def test_three_digits_across_the_units(value, written):
    assert short(value) == written


@pytest.mark.parametrize(
    ("share", "written"), [(0, "0.0 %"), (0.0005, "0.1 %"), (0.00049, "< 0.1 %"), (-0.1, "-10.0 %")]
)
def test_small_shares_are_not_rounded_to_nothing(share, written):
    assert percent(share) == written
