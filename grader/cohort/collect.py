"""Adds submissions to a store: reads a download, looks up who handed in, keeps what intake takes."""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from grader.cohort.layouts import Found, Person, Stray, opened, read
from grader.cohort.roster import Lookup, Student
from grader.cohort.store import Row, Store
from grader.errors import UsageError
from grader.intake import folder_sha256, intake
from grader.model import Submission
from tests.handin import PACKAGE
from tests.submit import archived

PLATFORMS = ("canvas:", "moodle:")
"""What stands before a platform's own number of a user."""


@dataclass(slots=True)
class Added:
    """What became of a download: `strays` are nobody's, or no submissions, and `problems` can't be graded."""

    kind: str
    attempts: int = 0
    known: int = 0
    strays: list[Stray] = field(default_factory=list)
    problems: list[Stray] = field(default_factory=list)


def enroll(store: Store, students: Sequence[Student]) -> int:
    """Put a roster into the store, and say how many of its lines are new or changed."""
    there = {student.id: student for student in enrolled(store)}
    for student in students:
        known = there.get(student.id)
        numbers = {word for word in known.aliases if word.startswith(PLATFORMS)} if known else set()
        if known and not known.listed and not numbers <= {*student.aliases}:
            raise UsageError(
                f"the id {student.id!r} is that of {known.aliases[0]!r} here, whom a download named before there "
                "was a roster: begin a new store with the roster"
            )
    students = [_with_numbers(student, there.get(student.id)) for student in students]
    new = [student for student in students if there.get(student.id) != student]
    with store.together():
        for student in new:
            _enroll(store, student)
    return len(new)


def _with_numbers(student: Student, known: Student | None) -> Student:
    """The student with a platform's numbers that downloads have told since."""
    told = [each for each in (known.aliases if known else ()) if each.startswith(PLATFORMS)]
    return replace(student, aliases=tuple(dict.fromkeys((*student.aliases, *told))))


def _enroll(store: Store, student: Student) -> None:
    store.add(
        "students",
        id=student.id,
        name=student.name,
        email=student.email,
        section=student.section,
        aliases=json.dumps(student.aliases),
        due=student.due,
        listed=int(student.listed),
    )


def enrolled(store: Store) -> list[Student]:
    """All students, each by the last line that the store has of them."""
    rows = store.rows("SELECT * FROM students WHERE n IN (SELECT max(n) FROM students GROUP BY id) ORDER BY id")
    return [_student(row) for row in rows]


def _student(row: Row) -> Student:
    id_, name, email, section = (row[column] for column in ("id", "name", "email", "section"))
    return Student(id_, name, email, section, tuple(json.loads(row["aliases"])), row["due"], bool(row["listed"]))


def owners(store: Store) -> dict[str, tuple[str, ...]]:
    """Whose a submission is, by its digest: {digest: ids of students}, as they were added."""
    found: dict[str, tuple[str, ...]] = {}
    for row in store.rows("SELECT DISTINCT digest, student FROM attempts WHERE digest IS NOT NULL ORDER BY n"):
        found[row["digest"]] = (*found.get(row["digest"], ()), row["student"])
    return found


def add(store: Store, path: Path, given: Mapping[str, str]) -> Added:
    """Add what a folder or archive holds. `given` is {label: student's id}, where a person has decided.

    With a roster in the store, who is not on it is a stray; without one, downloads name the students.

    Raises:
        UsageError: it looks like nothing that is known, or like one submission.
    """
    with opened(path) as folder:
        layout = read(folder)
        if layout is None:
            raise UsageError(
                f"{str(path)!r} looks like no class: give a Canvas, Gradescope or Moodle download, or a folder "
                "with one or an archive for each student; one submission alone is graded by `grader grade`"
            )
        done = Added(layout.kind, strays=list(layout.strays))
        if unknown := set(given) - {found.label for found in layout.found}:
            raise UsageError(f"--as names {', '.join(sorted(unknown))}, which {str(path)!r} doesn't hold")
        if nobody := sorted(set(given.values()) - {student.id for student in enrolled(store)}):
            raise UsageError(f"--as names {', '.join(map(repr, nobody))}: there is no such student")
        authors = _Authors(store, layout.found)
        for found in layout.found:
            if whose := authors.of(found, given.get(found.label), done):
                _keep(store, found, whose, done)
    return done


class _Authors:
    """Tells whose the submissions of a download are: ids of students."""

    def __init__(self, store: Store, found: Sequence[Found]) -> None:
        self._store = store
        students = enrolled(store)
        self._lookup = Lookup([student for student in students if student.listed])
        people = {person for each in found for person in each.people}
        by_name = [self._lookup.find(person) for person in people if not self._lookup.is_sure(person)]
        self._called = Counter(student.id for student in by_name if student)
        self._bound: dict[str, Student] = {student.id: student for student in students}

    def of(self, found: Found, given: str | None, done: Added) -> list[str]:
        """Of whom it is; who can't be told is a stray."""
        if given is not None:
            return [given]
        whose = []
        for person in found.people:
            if (student := self._lookup.find(person)) and self._may_be(person, student.id):
                whose.append(student.id)
            elif self._lookup.empty:
                whose.append(self._new(person))
            else:
                done.strays.append(Stray(found.label, self._lookup.why_not(person)))
        return whose

    def _may_be(self, person: Person, id_: str) -> bool:
        """Whether it is that student, and not another of the same name; a platform's number is remembered.

        Two in a download may have one name, of whom the roster has one; and so may users of two downloads.
        """
        if self._lookup.is_sure(person):
            return True
        student, word = self._bound[id_], person.handles[0]
        platform = word[: word.find(":") + 1] if word.startswith(PLATFORMS) else ""
        numbers = [alias for alias in student.aliases if platform and alias.startswith(platform)]
        if self._called[id_] > 1 or numbers not in ([], [word]):
            return False
        if platform and not numbers:
            self._bound[id_] = replace(student, aliases=(*student.aliases, word))
            _enroll(self._store, self._bound[id_])
        return True

    def _new(self, person: Person) -> str:
        """A student whom only the download names, by the surest word that it has for him or her."""
        word = person.handles[0]
        id_ = word.partition(":")[2] if word.startswith(PLATFORMS) else word
        if id_ in self._bound and word not in self._bound[id_].aliases:
            id_ = word  # another platform's number
        if id_ not in self._bound:
            self._bound[id_] = Student(id_, person.name, person.email, aliases=person.handles, listed=False)
            _enroll(self._store, self._bound[id_])
        return id_


def _keep(store: Store, found: Found, whose: Sequence[str], done: Added) -> None:
    """Put a submission into the store, for each student who has not handed in the same at that time before."""
    held = taken(found)
    source = held.submission.sha256 or f"problem: {held.submission.problem}"
    same = "SELECT n FROM attempts WHERE student = ? AND source = ? AND handed_in = ?"
    for student in whose:
        if store.rows(same, student, source, found.handed_in):
            done.known += 1
            continue
        with store.together():
            if held.digest and not store.rows("SELECT n FROM archives WHERE digest = ?", held.digest):
                store.add("archives", digest=held.digest, content=held.content)
            store.add(
                "attempts",
                student=student,
                label=found.label,
                source=source,
                handed_in=found.handed_in,
                late=int(found.late),
                digest=held.digest or None,
                problem=held.submission.problem,
                notes=json.dumps(held.submission.notes),
                added=datetime.now(UTC).isoformat(timespec="seconds"),
            )
        done.attempts += 1
        if held.submission.problem:
            done.problems.append(Stray(found.label, held.submission.problem))


@dataclass(frozen=True, slots=True)
class Taken:
    """What intake took, its digest, and an archive of it; the last two are empty if nothing can be graded."""

    submission: Submission
    digest: str = ""
    content: bytes = b""


def taken(found: Found) -> Taken:
    """What intake takes of a submission."""
    with tempfile.TemporaryDirectory(prefix="grader-class-") as folder:
        into = Path(folder) / "taken"
        into.mkdir()
        submission = intake(found.path, into)
        if submission.root is None:
            return Taken(submission)
        files = {
            path.relative_to(into).as_posix(): path.read_bytes() for path in into.rglob("*") if path.is_file()
        }
        return Taken(submission, folder_sha256(into / PACKAGE), archived(files))
