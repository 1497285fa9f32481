"""Delimiters: found by how evenly they split, whatever stands in the cells."""

import pytest

from segdash.errors import TableError
from segdash.sources.delimiters import BLANKS, delimiter_of


@pytest.mark.parametrize(
    ("sample", "found"),
    [
        ("a,b\n1,2\n", ","),
        ("a;b\n1,5;2,5\n", ";"),
        ("a\tb\nx, y\t2\n", "\t"),
        ('a|b\n"1|1"|2\n', "|"),
        ("a  b\n1  2\n1 22\n", BLANKS),
    ],
)
def test_found(sample, found):
    assert delimiter_of(sample, "t", is_cut=False, aligned=True) == found


def test_the_row_that_a_sample_cuts_off_says_nothing():
    assert delimiter_of("a,b;c,d\n1,2;3,4\n5", "t", is_cut=True) == ","
    assert delimiter_of("a;b,c,d,e\n1;2,3,4,5\n6;7", "t", is_cut=True) == ","


@pytest.mark.parametrize("aligned", [False, True])
def test_one_column_is_refused(aligned):
    with pytest.raises(TableError, match=r"first line, 'name', is one column.* tab, "):
        delimiter_of("name\nAda\nEve\n", "t", is_cut=False, aligned=aligned)
    with pytest.raises(TableError, match="one column"):
        delimiter_of("two words\nof text\n", "t", is_cut=False)
