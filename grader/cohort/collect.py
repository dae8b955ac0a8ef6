"""Adds submissions to a store: reads a download, looks up who handed in, keeps what intake takes."""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
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
    new = [student for student in students if there.get(student.id) != student]
    with store.together():
        for student in new:
            _enroll(store, student)
    return len(new)


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
        self._known = {student.id for student in students}
        people = {person for each in found for person in each.people}
        self._called = Counter(person.name for person in people)

    def of(self, found: Found, given: str | None, done: Added) -> list[str]:
        """Of whom it is; who can't be told is a stray."""
        if given is not None:
            return [given]
        whose = []
        for person in found.people:
            alone = self._called[person.name] == 1  # else two of a name could be meant, of whom the roster has one
            if student := self._lookup.find(person, by_name=alone):
                whose.append(student.id)
            elif self._lookup.empty:
                whose.append(self._new(person))
            else:
                done.strays.append(Stray(found.label, self._lookup.why_not(person)))
        return whose

    def _new(self, person: Person) -> str:
        """A student whom only the download names, by the surest word that it has for him or her."""
        word = person.handles[0]
        id_ = word.partition(":")[2] or word
        if id_ not in self._known:
            self._known.add(id_)
            _enroll(self._store, Student(id_, person.name, person.email, aliases=person.handles, listed=False))
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
