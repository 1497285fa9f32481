"""Formats as patterns: real days only, by hand and beside Python's own calendar."""

from __future__ import annotations

import datetime as dt
import functools
import re

import pytest

from segdash.intake.date_patterns import MONTHS, date_patterns

patterns = functools.cache(date_patterns)


def iso(form, text):
    """What the patterns make of a text; None where it names no real moment."""
    found = [re.sub(one.parts, one.iso, text) for one in patterns(form) if re.search(one.real, text)]
    assert len(found) <= 1
    for name, number in MONTHS.items() if "%b" in form.lower() else ():
        found = [re.sub(name, number, one) for one in found]
    return found[0] if found else None


@pytest.mark.parametrize(
    ("form", "text", "found"),
    [
        ("%d/%m/%Y %H:%M", "31/12/2010 08:26", "2010-12-31 08:26"),
        ("%d/%m/%Y %H:%M", "31/12/2010   8:26", "2010-12-31 8:26"),
        ("%d/%m/%Y %H:%M", "31/12/2010 24:26", None),
        ("%d/%m/%Y %H:%M", "31/12/2010 08:60", None),
        ("%d/%m/%Y %H:%M", "31/12/2010", None),
        ("%m/%d/%Y", "12/31/2010", "2010-12-31"),
        ("%m/%d/%Y", "31/12/2010", None),
        ("%d/%m/%Y", "31/4/2010", None),
        ("%d/%m/%Y", "31/12/201", None),
        ("%d/%m/%Y", "x31/12/2010", None),
        ("%d.%m.%Y", "31x12x2010", None),
        ("%d.%m.%y", "1.2.69", "1969-2-1"),
        ("%d.%m.%y", "29.2.68", "2068-2-29"),
        ("%d.%m.%y", "29.2.70", None),
        ("%Y%m%d", "20240229", "2024-02-29"),
        ("%Y%m%d", "20230229", None),
        ("%Y%m%d", "2024229", None),
        ("%d %b %Y", "7 SEP 2024", "2024-9-7"),
        ("%d %b %Y", "7 September 2024", None),
        ("%B %d, %Y", "february 29, 2024", "2024-2-29"),
        ("%B %d, %Y", "February 30, 2024", None),
        ("%Y-%m-%dT%H:%M:%S.%f", "2024-01-02T03:04:05.6", "2024-01-02 03:04:05.6"),
        ("%m/%d/%Y %I:%M %p", "1/2/2024 12:04 pm", "2024-1-2 12:04"),
        ("%m/%d/%Y %I:%M %p", "1/2/2024 13:04 pm", None),
        ("%H:%M on %d/%m/%Y", "8:26 on 1/2/2024", "2024-2-1 8:26"),
    ],
)
def test_real_moments_in_iso_form(form, text, found):
    assert iso(form, text) == found


@pytest.mark.parametrize("form", ["", "%d/%m", "%d/%m/%Y %M", "%A %d/%m/%Y", "%d/%d/%m/%Y", "%j %Y", "%d/%m/%Y %%"])
def test_formats_that_are_no_whole_moment_have_no_pattern(form):
    assert date_patterns(form) is None


def strptime(text, form):
    try:
        return dt.datetime.strptime(text, form)
    except ValueError:
        return None


@pytest.mark.parametrize("form", ["%d/%m/%Y", "%m-%d-%Y", "%Y.%m.%d", "%d/%m/%y"])
def test_every_day_of_the_calendar_and_some_more(form):
    years = range(100) if "%y" in form else (0, 1, 4, 100, 400, 1899, 1900, 1904, 2000, 2023, 2024, 2100, 9999)
    for year in years:
        for month in range(14):
            for day in (0, 1, 28, 29, 30, 31, 32):
                parts = {"%d": str(day), "%m": f"{month:02}", "%Y": f"{year:04}", "%y": f"{year:02}"}
                text = re.sub("%.", lambda found, parts=parts: parts[found[0]], form)
                real = strptime(text, form)
                assert iso(form, text) == (real and f"{real.year:04}-{month:02}-{day}"), text
