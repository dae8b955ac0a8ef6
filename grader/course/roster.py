"""The roster of a class, a CSV file: who is in it, and by which words a download may name each of them."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from grader.errors import UsageError

COLUMNS = {
    "id": ("id", "student_id", "sid", "id_number"),
    "name": ("name", "student", "full_name", "student_name"),
    "email": ("email", "email_address", "e-mail"),
    "section": ("section", "sections", "group"),
    "due": ("due", "due_date", "extended_until"),
}
"""What a column may be called; spaces and capitals don't count."""

ALIASES = {"canvas_id": "canvas:", "moodle_id": "moodle:"} | dict.fromkeys(
    ("github", "github_username", "username", "login", "sis_user_id", "sis_login_id"), ""
)
"""Columns of further words that a download may use for a student, and what is put before a platform's numbers.

A platform's own number of a user may be another student's id.
"""


BEYOND = "\0"
"""What stands behind the last column."""


@dataclass(frozen=True, slots=True)
class Student:
    """One line of the roster. `listed` is false for who handed in and is on no roster.

    `due` is the student's own due date, where he or she has more time: ISO 8601 with a time zone.
    """

    id: str
    name: str = ""
    email: str = ""
    section: str = ""
    aliases: tuple[str, ...] = ()
    due: str = ""
    listed: bool = True


def read(path: Path, called: str = "") -> list[Student]:
    """The students of a CSV file with a heading: id, and if it has them name, email, section and more words.

    `called` is what messages call the file, by default with its path.

    Raises:
        UsageError: it can't be read, has no column `id`, an empty one, or one twice; the message names the line.
    """
    called = called or f"the roster {str(path)!r}"
    try:
        return parse(path.read_text(encoding="utf-8-sig"), called)
    except OSError as error:
        raise UsageError(f"{called} can't be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise UsageError(f"{called} is not text in UTF-8; save it as that") from None


def parse(text: str, called: str = "the roster") -> list[Student]:
    r"""The same, of a text.

    >>> parse("ID,Name,GitHub\n7,Ann Lee,ann-lee\n")
    [Student(id='7', name='Ann Lee', email='', section='', aliases=('ann-lee',), due='', listed=True)]
    """
    heading = text.partition("\n")[0]
    separator = max(",;\t", key=heading.count)
    rows = csv.DictReader(io.StringIO(text), restkey=BEYOND, delimiter=separator, strict=True)
    found: dict[str, Student] = {}
    lines: dict[str, int] = {}
    line = 1
    try:
        headings = Counter(name.strip().casefold() for name in rows.fieldnames or () if name.strip())
        if twice := [name for name, many in headings.items() if many > 1]:
            raise UsageError(f"{called} has the column {twice[0]!r} more than once; keep one of them")
        names = {re.sub(r"\s+", "_", name.strip().casefold()): name for name in rows.fieldnames or () if name}
        column = {ours: next((names[n] for n in theirs if n in names), None) for ours, theirs in COLUMNS.items()}
        if column["id"] is None:
            raise UsageError(f"{called} has no column `id`; its first line has {', '.join(names) or 'nothing'}")
        for row in rows:
            more = sum("".join(cell or "").count("\n") for cell in row.values())
            line = rows.line_num - more
            if more:
                raise UsageError(
                    f"{called}, line {line}: a quote that is opened there ends in line {rows.line_num}"
                )
            if any(cell.strip() for cell in row.get(BEYOND) or ()):
                raise UsageError(f"{called}, line {line} has more cells than the first line has columns")
            student = _student(row, names, column, f"{called}, line {line}")
            if student is None:
                continue
            if student.id in found:
                at = f"in line {lines[student.id]} and in line {line}"
                raise UsageError(f"{called} has the id {student.id!r} {at}; keep one of them")
            found[student.id], lines[student.id] = student, line
    except csv.Error as error:
        told = f"after line {line}: {error}; is a quote opened there and never closed?"
        raise UsageError(f"{called}, {told}") from None
    return list(found.values())


def _student(
    row: Mapping[str, str | None], names: Mapping[str, str], column: Mapping[str, str | None], where: str
) -> Student | None:
    """The student of a line, or None if it is empty."""
    values = {ours: (row.get(name) or "").strip() if name else "" for ours, name in column.items()}
    if not any(values.values()):
        return None
    if not values["id"]:
        raise UsageError(f"{where}: the id is empty")
    if not values["id"].isprintable():
        raise UsageError(f"{where}: the id {values['id']!r} has signs that can't be seen")
    if values["due"] and not _has_time_zone(values["due"]):
        raise UsageError(
            f"{where}: the due date {values['due']!r} is no time with a time zone, "
            "such as 2027-04-15T23:59:00+02:00"
        )
    words = {name: (row.get(names[name]) or "").strip() for name in ALIASES if name in names}
    more = tuple(f"{ALIASES[name]}{word}" for name, word in words.items() if word)
    id_, name, email, section, due = (values[ours] for ours in COLUMNS)
    return Student(id_, name, email, section, more, due)


def _has_time_zone(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False
