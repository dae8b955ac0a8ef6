"""The roster of a class: who is in it, and by which words a download may name each of them."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from grader.cohort.layouts import Person
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


def read(path: Path) -> list[Student]:
    """The students of a CSV file with a heading: id, and if it has them name, email, section and more words.

    Raises:
        UsageError: it can't be read, has no column `id`, an empty one, or one twice; the message names the line.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"the roster {str(path)!r} can't be read: {error}") from None
    return parse(text, str(path))


def parse(text: str, called: str = "the roster") -> list[Student]:
    """The same, of a text.

    >>> parse("ID,Name,GitHub\\n7,Ann Lee,ann-lee\\n")
    [Student(id='7', name='Ann Lee', email='', section='', aliases=('ann-lee',), due='', listed=True)]
    """
    heading = text.partition("\n")[0]
    separator = max(",;\t", key=heading.count)
    rows = csv.DictReader(io.StringIO(text), delimiter=separator)
    names = {re.sub(r"\s+", "_", name.strip().casefold()): name for name in rows.fieldnames or () if name}
    column = {ours: next((names[n] for n in theirs if n in names), None) for ours, theirs in COLUMNS.items()}
    if column["id"] is None:
        raise UsageError(f"{called} has no column `id`; its first line has {', '.join(names) or 'nothing'}")
    found: dict[str, Student] = {}
    try:
        lines = list(rows)
    except csv.Error as error:
        raise UsageError(f"{called}, line {rows.line_num}: {error}") from None
    for line, row in enumerate(lines, 2):
        values = {ours: (row.get(name) or "").strip() if name else "" for ours, name in column.items()}
        if not any(values.values()):
            continue
        if not values["id"]:
            raise UsageError(f"{called}, line {line}: the id is empty")
        if values["id"] in found:
            raise UsageError(f"{called}, line {line}: the id {values['id']!r} is there already")
        if values["due"] and not _has_time_zone(values["due"]):
            raise UsageError(
                f"{called}, line {line}: the due date {values['due']!r} is no time with a time zone, "
                "such as 2027-04-15T23:59:00+02:00"
            )
        words = {name: (row.get(names[name]) or "").strip() for name in ALIASES if name in names}
        more = tuple(f"{ALIASES[name]}{word}" for name, word in words.items() if word)
        id_, name, email, section, due = (values[ours] for ours in COLUMNS)
        found[id_] = Student(id_, name, email, section, more, due)
    return list(found.values())


def _has_time_zone(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


class Lookup:
    """Finds students by the words of a download: by id, email or alias, and else by the whole name.

    >>> ann = Student("7", "Lee, Ann", "ann@x.edu")
    >>> [Lookup([ann]).find(Person((word,))) == ann for word in ("7", "ANN@x.edu", "leeann", "Ann Lee", "ann")]
    [True, True, True, True, False]
    """

    def __init__(self, students: Iterable[Student]) -> None:
        self._sure: dict[str, dict[str, Student]] = defaultdict(dict)
        self._named: dict[str, dict[str, Student]] = defaultdict(dict)
        for student in students:
            for word in filter(None, (student.id, student.email, *student.aliases)):
                self._sure[_folded(word)][student.id] = student
            for name in _spellings(student.name):
                self._named[name][student.id] = student

    @property
    def empty(self) -> bool:
        """Whether there is nobody to find."""
        return not self._sure

    def find(self, person: Person) -> Student | None:
        """Whom the words mean, or None if nobody, or more than one."""
        sure: dict[str, Student] = {}
        for word in person.handles:
            sure |= self._sure.get(_folded(word), {})
        if sure:
            return _only(sure)
        for word in filter(_letters, (*person.handles, person.name)):
            if found := self._named.get(_letters(word)):
                return _only(found)
        return None

    def is_sure(self, person: Person) -> bool:
        """Whether a word names somebody, rather than the person's name alone."""
        return any(_folded(word) in self._sure for word in person.handles)

    def why_not(self, person: Person) -> str:
        """Why nobody was found."""
        words = list(filter(None, dict.fromkeys((*person.handles, person.name))))
        sure = sorted({id_ for word in person.handles for id_ in self._sure.get(_folded(word), {})})
        if len(sure) > 1:
            return f"{', '.join(sure)} could be meant"
        held = [self._sure.get(_folded(word)) or self._named.get(_letters(word)) or {} for word in words]
        if many := next((found for found in held if len(found) > 1), None):
            return f"{', '.join(sorted(many))} could be meant"
        if any(held):
            return f"{words[-1]!r} is the name of more than one who handed in"
        return f"the roster has no {' or '.join(map(repr, words))}"


def _only(found: dict[str, Student]) -> Student | None:
    return next(iter(found.values())) if len(found) == 1 else None


def _folded(word: str) -> str:
    return unicodedata.normalize("NFC", word).casefold().strip()


def _letters(name: str) -> str:
    return "".join(c for c in _folded(name) if c.isalnum())


def _spellings(name: str) -> Sequence[str]:
    """A whole name as downloads write it: first names and last, or the other way round; nothing but letters.

    >>> _spellings("Ann Mary Lee"), _spellings("Lee, Ann")
    (['annmarylee', 'leeannmary'], ['leeann', 'annlee'])
    """
    last, comma, first = name.partition(",")
    if not comma:
        first, _, last = name.strip().rpartition(" ")
        return list(dict.fromkeys(filter(None, (_letters(f"{first}{last}"), _letters(f"{last}{first}")))))
    return list(filter(None, (_letters(f"{last}{first}"), _letters(f"{first}{last}"))))
