"""Which reading of dates wins, and which is refused."""

from __future__ import annotations

import datetime as dt

import pytest

from segdash.errors import TableError
from segdash.intake.dates import DateTieError, choose_reading, time_format


def choose(*dates):
    return choose_reading([(date, 1) for date in dates], name="orders.csv", heading="Date")


@pytest.mark.parametrize(
    ("dates", "formats", "first"),
    [
        (["2024-02-01", "2024-02-13"], ("%Y-%m-%d",), dt.date(2024, 2, 1)),
        (["01/02/2024", "13/02/2024"], ("%d/%m/%Y",), dt.date(2024, 2, 1)),
        (["02/01/2024", "02/13/2024"], ("%m/%d/%Y",), dt.date(2024, 2, 1)),
        (["1.2.24", "13.2.24"], ("%d.%m.%y",), dt.date(2024, 2, 1)),
        (["20240201"], ("%Y%m%d",), dt.date(2024, 2, 1)),
        (["1 Feb 2024", "13 Feb 2024"], ("%d %b %Y",), dt.date(2024, 2, 1)),
        (["February 1, 2024"], ("%B %d, %Y",), dt.date(2024, 2, 1)),
    ],
)
def test_a_clear_format_is_found(dates, formats, first):
    reading, notes = choose(*dates)
    assert reading.formats == formats
    assert min(reading.days) == first
    assert reading.lost == 0
    assert "is read as" in notes[0]


def test_a_tie_is_not_guessed_and_names_both_readings():
    with pytest.raises(DateTieError) as tie:
        choose("01/02/2024", "03/04/2024")
    said = str(tie.value)
    assert "1 February 2024 to 3 April 2024" in said
    assert "2 January 2024 to 4 March 2024" in said
    assert "date_format='%d/%m/%Y'" in said
    assert "date_format='%m/%d/%Y'" in said
    assert [reading.formats for reading in tie.value.readings] == [("%d/%m/%Y",), ("%m/%d/%Y",)]


def test_twelve_days_of_one_month_are_no_proof():
    with pytest.raises(DateTieError):
        choose(*(f"{day:02}/01/2024" for day in range(1, 13)))


def test_the_same_days_either_way_are_no_tie():
    assert choose("01/01/2024", "02/02/2024")[0].lost == 0


def test_a_few_rows_in_the_other_order_are_lost_and_counted():
    dates = [f"{day:02}/01/2024" for day in range(1, 29)] * 4 + ["01/31/2024"]
    reading, _ = choose(*dates)
    assert reading.formats == ("%d/%m/%Y",)
    assert reading.lost == 1


def test_both_orders_in_one_notation_are_refused():
    with pytest.raises(TableError, match="mixes day first and month first"):
        choose(*(f"{d}/1/2024" for d in range(13, 29)), *(f"1/{d}/2024" for d in range(13, 29)))


def test_another_notation_decides_by_the_calendar():
    # The fault of the replaced dashboard's input: DD-MM-YYYY up to the 12th, M/D/YYYY from the 13th.
    dates = [f"{day:02}-12-2010" for day in range(1, 13)] + [f"12/{day}/2010" for day in range(13, 24)]
    reading, notes = choose(*dates)
    assert set(reading.formats) == {"%d-%m-%Y", "%m/%d/%Y"}
    assert sorted(reading.days) == [dt.date(2010, 12, day) for day in range(1, 24)]
    assert "mixes notations" in notes[0]


def test_years_out_of_reason_are_counted_apart():
    reading, _ = choose("2024-01-01", "0020-01-01", "9999-12-31", "nonsense")
    assert (reading.outside, reading.lost) == (2, 1)


def test_a_column_without_dates_is_refused():
    with pytest.raises(TableError, match="No cell of column 'Date' is a date"):
        choose("abc", "def")


@pytest.mark.parametrize(
    ("shape", "form"),
    [(" 99:99", " %H:%M"), ("T99:99:99", "T%H:%M:%S"), (" 99:99 PM", " %I:%M %p"), (" 99:99:99.999", " %H:%M:%S.%f")],
)
def test_times_of_day(shape, form):
    assert time_format(shape) == form
