"""Whom a download means: its words for who handed in, looked up in the roster."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence

from grader.cohort.layouts import Person
from grader.course import Student


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
