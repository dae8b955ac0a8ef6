"""Adds submissions to a store: reads a download, looks up who handed in, keeps what intake takes."""

from __future__ import annotations

import json
import tempfile
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from grader.cohort.layouts import Found, Layout, Person, Stray, opened, read
from grader.cohort.lookup import Lookup
from grader.cohort.store import Row, Store
from grader.course import Student
from grader.errors import GraderFault, UsageError
from grader.intake import folder_sha256, intake
from grader.model import Submission
from tests.handin import PACKAGE
from tests.submit import archived

PLATFORMS = ("canvas:", "moodle:")
"""What stands before a platform's own number of a user."""


@dataclass(slots=True)
class Added:
    """What became of a download.

    `strays` are nobody's, or no submissions, and `problems` can't be graded. `unread` could not be read here, and
    were not added. `again` were handed in again after something else.
    """

    kind: str
    attempts: int = 0
    known: int = 0
    strays: list[Stray] = field(default_factory=list)
    problems: list[Stray] = field(default_factory=list)
    unread: list[Stray] = field(default_factory=list)
    again: list[Stray] = field(default_factory=list)


def enroll(store: Store, students: Sequence[Student]) -> int:
    """Put a roster into the store, and say how many of its lines are new or changed."""
    there = {student.id: student for student in enrolled(store)}
    for student in students:
        known = there.get(student.id)
        numbers = {f"{platform}{student.id}" for platform in PLATFORMS} & {*known.aliases} if known else set()
        if known and not known.listed and not numbers <= {*student.aliases}:
            raise UsageError(
                f"the id {student.id!r} is that of {known.aliases[0]!r} here, whom a download named before there "
                "was a roster: begin a new store with the roster"
            )
    new = changed(store, students)
    with store.together():
        for student in new:
            _enroll(store, student)
    return len(new)


def changed(store: Store, students: Sequence[Student]) -> list[Student]:
    """Those lines of a roster that the store does not have, or has otherwise."""
    there = {student.id: student for student in enrolled(store)}
    students = [_with_numbers(student, there.get(student.id)) for student in students]
    return [student for student in students if there.get(student.id) != student]


def drop(store: Store, ids: Sequence[str]) -> None:
    """Take students off the roster; what they handed in stays.

    Raises:
        UsageError: one isn't on it.
    """
    listed = {student.id: student for student in enrolled(store) if student.listed}
    if unknown := [id_ for id_ in ids if id_ not in listed]:
        raise UsageError(f"--drop names {', '.join(map(repr, unknown))}, who is not on the roster")
    with store.together():
        for id_ in dict.fromkeys(ids):
            _enroll(store, replace(listed[id_], listed=False))


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


def add(store: Store, paths: Sequence[Path], given: Sequence[tuple[str, str]] = ()) -> list[Added]:
    """Add what folders and archives hold, and say of each what became of it.

    `given` has (label, student's id) where a person has decided. With a roster in the store, who is not on it is a
    stray; without one, downloads name the students.

    Raises:
        UsageError: one looks like nothing that is known, or like one submission, or `given` names what isn't
            there; nothing is added then.
    """
    decided: dict[str, list[str]] = {}
    for label, student in given:
        decided.setdefault(label, []).append(student)
    with ExitStack() as stack:
        layouts = [_layout(path, stack.enter_context(opened(path))) for path in paths]
        _need(store, layouts, decided)
        done = [Added(layout.kind) for layout in layouts]
        hand_ins: list[_HandIn] = []
        for layout, each in zip(layouts, done, strict=True):
            named = [stray.found for stray in layout.strays if stray.found and stray.label in decided]
            each.strays += [stray for stray in layout.strays if stray.label not in decided]
            authors = _Authors(store, [*layout.found, *named])
            for found in (*layout.found, *named):
                if whose := authors.of(found, decided.get(found.label, []), each):
                    hand_ins.append(_HandIn(found, tuple(dict.fromkeys(whose)), each))
        _keep_all(store, hand_ins)
    return done


def _layout(path: Path, folder: Path) -> Layout:
    layout = read(folder)
    if layout is None:
        raise UsageError(
            f"{str(path)!r} looks like no class: give a Canvas, Gradescope or Moodle download, or a folder with "
            "one or an archive for each student; one submission alone is graded by `grader grade`"
        )
    return layout


def _need(store: Store, layouts: Sequence[Layout], decided: Mapping[str, Sequence[str]]) -> None:
    """Refuse a decision on what isn't there, or is there twice, or for a student whom nobody knows."""
    held = Counter(each.label for layout in layouts for each in layout.found)
    held.update(each.label for layout in layouts for each in layout.strays if each.found)
    if unknown := sorted(set(decided) - set(held)):
        raise UsageError(f"--as names {', '.join(unknown)}, and no submission is called that")
    if twice := sorted(label for label in decided if held[label] > 1):
        raise UsageError(
            f"--as names {', '.join(twice)}, and more than one is called that: add one path at a time"
        )
    students = {student.id for student in enrolled(store)}
    if nobody := sorted({id_ for ids in decided.values() for id_ in ids} - students):
        raise UsageError(f"--as names {', '.join(map(repr, nobody))}: there is no such student")


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

    def of(self, found: Found, given: Sequence[str], done: Added) -> list[str]:
        """Of whom it is; who can't be told is a stray.

        Whom a person names stands for those who can't be told, or for all of them if all can.
        """
        whose, strays = [], []
        for person in found.people:
            if (student := self._lookup.find(person)) and self._may_be(person, student.id):
                whose.append(student.id)
            elif self._lookup.empty and not given:
                whose.append(self._new(person))
            else:
                strays.append(Stray(found.label, self._lookup.why_not(person), found))
        if not given:
            done.strays += strays
            return whose
        if 0 < len(given) < len(strays):
            many = f"--as names {len(given)} of {len(strays)} who can't be told"
            done.strays += [replace(stray, why=f"{many}: {stray.why}") for stray in strays]
        return [*whose, *given] if strays else [*given]

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


@dataclass(frozen=True, slots=True)
class _HandIn:
    """A submission, whose it is, and where to say what became of it."""

    found: Found
    students: tuple[str, ...]
    done: Added


def _keep_all(store: Store, hand_ins: Sequence[_HandIn]) -> None:
    """Put submissions into the store, for each student those which are not there yet.

    The same at the same time is there already. Without times, the first ones are if they are the latest attempts.
    """
    untimed: dict[str, list[_HandIn]] = defaultdict(list)
    for each in hand_ins:
        for student in each.students if not each.found.handed_in else ():
            untimed[student].append(each)
    old: dict[str, int] = {}
    for each in hand_ins:
        try:
            held = taken(each.found)
            for student in each.students if not each.found.handed_in else ():
                if student not in old:
                    old[student] = _still_there(store, student, untimed[student], held)
        except (GraderFault, UsageError) as error:
            each.done.unread.append(Stray(each.found.label, str(error)))
            continue
        for student in each.students:
            if each.found.handed_in:
                there = bool(_attempts(store, student, held.source, each.found.handed_in))
            else:
                there = each in untimed[student][: old[student]]
            if there:
                each.done.known += 1
            else:
                _keep(store, each.found, held, student, each.done)
        if held.submission.problem:
            each.done.problems.append(Stray(each.found.label, held.submission.problem))


def _still_there(store: Store, student: str, hand_ins: Sequence[_HandIn], only: Taken) -> int:
    """How many of these, the first ones, are the latest attempts without a time. If it is one, it is `only`."""
    rows = store.rows("SELECT source FROM attempts WHERE student = ? AND handed_in = '' ORDER BY n", student)
    there = [row["source"] for row in rows]
    new = [only.source] if len(hand_ins) == 1 else [taken(each.found).source for each in hand_ins]
    return max(n for n in range(min(len(there), len(new)) + 1) if there[len(there) - n :] == new[:n])


def _attempts(store: Store, student: str, source: str, handed_in: str) -> list[Row]:
    same = "SELECT n FROM attempts WHERE student = ? AND source = ? AND handed_in = ?"
    return store.rows(same, student, source, handed_in)


def _keep(store: Store, found: Found, held: Taken, student: str, done: Added) -> None:
    if not found.handed_in and (before := _attempts(store, student, held.source, "")):
        done.again.append(Stray(found.label, f"{student} handed in the same as attempt {before[-1]['n']}"))
    with store.together():
        if held.digest and not store.rows("SELECT n FROM archives WHERE digest = ?", held.digest):
            store.add("archives", digest=held.digest, content=held.content)
        store.add(
            "attempts",
            student=student,
            label=found.label,
            source=held.source,
            handed_in=found.handed_in,
            late=int(found.late),
            digest=held.digest or None,
            problem=held.submission.problem,
            notes=json.dumps(held.submission.notes),
            added=datetime.now(UTC).isoformat(timespec="seconds"),
        )
    done.attempts += 1


@dataclass(frozen=True, slots=True)
class Taken:
    """What intake took, its digest, and an archive of it; the last two are empty if nothing can be graded."""

    submission: Submission
    digest: str = ""
    content: bytes = b""

    @property
    def source(self) -> str:
        """The same for the same that was handed in."""
        return self.submission.sha256 or f"problem: {self.submission.problem}"


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
