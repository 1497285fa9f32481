"""Text to moments on engines that have no parsing of their own to trust."""

from __future__ import annotations

import datetime as dt
import re

import ibis
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from segdash.errors import SourceError
from segdash.intake.moments import _parsed, guarded

FORMATS = [
    "%d/%m/%Y %H:%M",
    "%m/%d/%Y",
    "%d.%m.%y",
    "%Y%m%d",
    "%d-%b-%Y",
    "%B %d, %Y",
    "%Y/%m/%d %H:%M:%S.%f",
    "%m/%d/%Y %I:%M:%S %p",
    "%m/%d/%Y %I:%M:%S,%f%p",
]
PIECES = {
    **{
        code: ["1", "07", "2", "11", "12", "23", "29", "30", "31", "60"]
        for code in ("%d", "%m", "%H", "%I", "%M", "%S")
    },
    "%Y": ["2024", "2023", "1900", "2000", "9999"],
    "%y": ["24", "23", "68", "69", "00"],
    "%b": ["jan", "FEB", "Sep", "Sept"],
    "%B": ["January", "february", "DECEMBER", "May"],
    "%f": ["5", "123456", "000001", "1234567"],
    "%p": ["AM", "pm", "x"],
}


@pytest.fixture(scope="module")
def connection():
    return ibis.duckdb.connect()


@st.composite
def texts(draw):
    """A text in one of the formats, or nearly."""
    form = draw(st.sampled_from(FORMATS))
    # "2024107" is no day for certain, though DuckDB takes it for one.
    few = 1 if form == "%Y%m%d" else 0
    text = re.sub("%.", lambda code: draw(st.sampled_from([one for one in PIECES[code[0]] if len(one) > few])), form)
    return draw(st.sampled_from([text, text, text, text + "x", text.replace("/", "-"), text.replace(" ", "  ")]))


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    dirty=st.lists(texts(), min_size=1, max_size=40), formats=st.lists(st.sampled_from(FORMATS), min_size=1, max_size=3)
)
def test_patterns_find_what_strptime_finds(connection, dirty, formats):
    table = connection.create_table("dirty", pd.DataFrame({"text": dirty}), overwrite=True)
    both = table.select("text", own=_parsed(table, table.text, formats, "date"), found=guarded(table.text, formats, ""))
    odd = both.filter(~both.own.identical_to(both.found)).execute()
    assert odd.empty, odd


def test_a_year_of_two_digits_beside_one_of_four(connection):
    table = connection.create_table("mixed", pd.DataFrame({"text": ["31/12/24", "31/12/2024"]}), overwrite=True)
    formats = ["%d/%m/%Y", "%d/%m/%y"]
    for moment in (_parsed(table, table.text, formats, ""), guarded(table.text, formats, "")):
        assert table.select(at=moment).execute()["at"].tolist() == [pd.Timestamp("2024-12-31")] * 2


@pytest.mark.parametrize(
    ("text", "hour"),
    [("12:05 AM", 0), ("1:05 am", 1), ("11:05 AM", 11), ("12:05 PM", 12), ("1:05 pm", 13), ("11:05 PM", 23)],
)
def test_hours_of_half_a_day(connection, text, hour):
    found = guarded(ibis.literal(f"1/2/2024 {text}"), ["%m/%d/%Y %I:%M %p"], "")
    assert connection.execute(found) == dt.datetime(2024, 1, 2, hour, 5)


@pytest.mark.parametrize("dialect", ["postgres", "pyspark"])
def test_other_engines_cast_only_what_is_real(dialect):
    import sqlglot

    table = ibis.table({"text": "string"}, name="orders")
    query = ibis.to_sql(table.select(at=guarded(table.text, ["%d/%m/%Y"], "date")), dialect=dialect)
    tree = sqlglot.parse_one(query, dialect={"pyspark": "spark"}.get(dialect, dialect))
    cast = tree.find(sqlglot.exp.Cast)
    assert isinstance(cast.this, sqlglot.exp.Case)
    assert "TO_TIMESTAMP" not in query


def test_a_format_that_is_not_understood_names_those_that_are():
    with pytest.raises(SourceError, match=r"Column 'date' is text that this engine can't read as '%A %d'.*SELECT"):
        guarded(ibis.table({"text": "string"}, name="orders").text, ["%A %d"], "date")
