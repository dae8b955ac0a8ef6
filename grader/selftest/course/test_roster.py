"""A roster is read as spreadsheets write it, and what is wrong with it is named."""

from __future__ import annotations

import pytest

from grader.course import Student
from grader.course.roster import parse
from grader.errors import UsageError


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('id,name\n1,"Ann\n2,Bob\n3,"Cat"\n', "after line 1: "),
        ('id,name\n1,"Ann\n2,Bob"\n3,Cat\n', "line 2: a quote that is opened there ends in line 3"),
        ("name,email\nAnn,a@x\n", "has no column `id`; its first line has name, email"),
        ("id,name\n1,Ann\n,Bob\n", "line 3: the id is empty"),
        ("id,name\n1,Ann\n1,Bob\n", "has the id '1' in line 2 and in line 3; keep one of them"),
        ("", "its first line has nothing"),
        ("id,name,ID\n1,Ann,2\n", "has the column 'id' more than once; keep one of them"),
        ("id,name,email\n7,Lee, Ann,ann@x\n", "line 2 has more cells than the first line has columns"),
        ("id\n1\0\n", "line 2: the id '1\\\\x00' has signs that can't be seen"),
        ("id,due\n1,2027-04-15 10:00\n", "line 2: the due date '2027-04-15 10:00' is no time with a time zone"),
    ],
)
def test_a_wrong_roster_is_named(text: str, says: str) -> None:
    """With the line, or what is missing."""
    with pytest.raises(UsageError, match=says):
        parse(text)


def test_a_roster_is_read_as_spreadsheets_write_it() -> None:
    """With a mark in front, semicolons, other headings, empty lines."""
    text = "Student ID;Full Name;E-Mail\n 7 ;Ann Lee;ann@x\n;;\n8;Bob;\n"
    assert parse(text) == [Student("7", "Ann Lee", "ann@x"), Student("8", "Bob")]


def test_a_platforms_number_is_marked_as_such() -> None:
    """It may be another student's id."""
    [ann] = parse("id,name,canvas_id,github\n1,Ann Lee,7,ann\n")
    assert ann.aliases == ("canvas:7", "ann")
