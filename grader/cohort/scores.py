"""What a store's results come to: reports merged by check, scores by the course, changes between runs, a proof.

Nothing here is stored: all of it is computed anew from what was graded and who decided what.
"""

from __future__ import annotations

import json
import zlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from fractions import Fraction
from math import inf

from grader.cohort.collect import enrolled, owners
from grader.cohort.store import Row, Store
from grader.course import USUAL, Course, Student, late, weights
from grader.errors import UsageError
from grader.grading import with_level
from grader.model import CheckResult, Report
from grader.reports import restored
from tests.harness.tasks import TASKS, added

LAST, BEST = "last", "best"
COUNT = (LAST, BEST)
"""Which of a student's attempts counts."""

NAMED = 5
"""So many tasks are named, and the rest is counted."""

NOTHING, NOT_YET = "nothing was handed in", "not graded yet"
"""Why there is no result, but for the words of a fault."""


@dataclass(frozen=True, slots=True)
class Override:
    """Points that a person gave for a task, whatever the checks say: who, when, and why."""

    task: str
    points: float
    reason: str
    by: str
    at: str


@dataclass(frozen=True, slots=True)
class Standing:
    """What a student has: of the attempt that counts, points by task, and overrides in their place.

    `kept` is the share of the points that a late attempt keeps, and `lateness` says so. `total` is None when there
    is no result, and `why` says why: nothing handed in, not graded yet, a fault. What can't be graded has a total
    of 0 points, and `why` has the sentence that the student gets. `lacking` are tasks that others have a result
    of, or that the course has, and that were not graded here: then there is no total, either. `handed_in` is ISO
    8601, or empty; `report` is the result that the points are from.
    """

    student: Student
    attempt: int | None
    attempts: int
    tasks: dict[str, float]
    most: float
    overrides: tuple[Override, ...]
    why: str
    handed_in: str = ""
    late: bool = False
    report: Report | None = None
    kept: Fraction = Fraction(1)
    lateness: str = ""
    lacking: tuple[str, ...] = ()

    @property
    def said(self) -> str:
        """Why there is no result, or none of some tasks; else empty."""
        if self.why or not self.lacking:
            return self.why
        named = ", ".join(self.lacking[:NAMED])
        more = f" and {len(self.lacking) - NAMED} more" if len(self.lacking) > NAMED else ""
        return f"no total, since {named}{more} {'was' if len(self.lacking) == 1 else 'were'} not graded"

    @property
    def total(self) -> float | None:
        """All points together, of a late attempt to hundredths; lateness costs nothing of an override."""
        if self.lacking or not (self.tasks or self.overrides):
            return None
        given = {override.task: override.points for override in self.overrides}
        earned = added(points for task, points in self.tasks.items() if task not in given)
        kept = earned if self.kept == 1 else late.hundredths(Fraction(str(earned)) * self.kept)
        return _exact(added([kept, *given.values()]))


def _exact(points: float) -> float:
    """Whole points as integers, as reports have them."""
    return int(points) if points == int(points) else points


def report_of(store: Store, digest: str, until: int | None = None, course: Course = USUAL) -> Report | None:
    """The result of a submission: its last whole grading, and what was graded of it since, check by check.

    With `until`, what it was after that run. None while there is nothing but faults. It has the course's tasks,
    each with its points there, whatever they were when it was graded.
    """
    rows = store.rows(
        "SELECT n, tasks, report FROM gradings WHERE digest = ? AND fault IS NULL AND run <= ? ORDER BY n",
        digest,
        until if until is not None else 2**62,
    )
    whole = max((row["n"] for row in rows if not row["tasks"]), default=0)
    merged: Report | None = None
    for row in rows:
        if row["n"] >= whole:
            later = _loaded(row)
            merged = later if merged is None else _merged(merged, later)
    return merged and _weighed(merged, course)


def _weighed(report: Report, course: Course) -> Report:
    """The report with what the course's checks are worth, without others, and with what the course lets be told.

    Without a course file, a check that there is no longer stays what it was.
    """
    worth = weights(course)
    checks = []
    for check in report.checks:
        if (most := worth.get(check.id)) is not None:
            checks.append(replace(check, points=most if check.verdict.earns else 0.0, max_points=most))
        elif course.usual and check.task in course.points:
            checks.append(check)
    weighed = replace(report, checks=tuple(checks))
    return with_level(weighed, course.feedback) if course.feedback else weighed


def _loaded(row: Row) -> Report:
    return restored(json.loads(zlib.decompress(row["report"])))


def _merged(before: Report, later: Report) -> Report:
    """A report with the checks of a later one in the place of its own; new ones come last."""
    new = {check.id: check for check in later.checks}
    kept = [
        new.pop(check.id, check) for check in before.checks if check.id in new or check.task not in _tasks(later)
    ]
    return replace(later, checks=(*kept, *new.values()))


def _tasks(report: Report) -> set[str]:
    return {check.task for check in report.checks}


def standings(store: Store, course: Course = USUAL, counts: str = "") -> list[Standing]:
    """All students, by id, each with what he or she has in the course; `counts` outweighs its own rule."""
    return [counting(attempts, counts or course.attempts) for attempts in histories(store, course)]


def counting(attempts: Sequence[Standing], counts: str = LAST) -> Standing:
    """The attempt of a student that counts: the last one, or the last of the best ones."""
    if counts == BEST:
        return max(reversed(attempts), key=lambda each: -1.0 if each.total is None else each.total)
    return attempts[-1]


def histories(store: Store, course: Course = USUAL) -> list[list[Standing]]:
    """All students, by id, each with what every attempt comes to; one without an attempt for who has none."""
    attempts: dict[str, list[Row]] = defaultdict(list)
    for row in store.rows("SELECT * FROM attempts ORDER BY n"):
        attempts[row["student"]].append(row)
    given: dict[str, dict[str, Override]] = defaultdict(dict)
    for row in store.rows("SELECT * FROM overrides ORDER BY n"):
        if row["task"] in course.points:
            override = Override(row["task"], row["points"], row["reason"], row["by"], row["at"])
            given[row["student"]][row["task"]] = override
    graded = _graded(store)
    held = {task for tasks in graded.values() for task in tasks if task in course.points}
    expected = course.tasks if course.file or not held else tuple(task for task in course.tasks if task in held)
    return [
        _history(store, student, attempts[student.id], tuple(given[student.id].values()), course, graded, expected)
        for student in enrolled(store)
        if student.listed or attempts[student.id] or given[student.id]
    ]


def _graded(store: Store) -> dict[str, set[str]]:
    """The tasks of which each submission has a result: {digest: tasks}."""
    found: dict[str, set[str]] = defaultdict(set)
    for row in store.rows("SELECT DISTINCT digest, tasks FROM gradings WHERE fault IS NULL"):
        found[row["digest"]] |= set(row["tasks"].split() or USUAL.tasks)
    return found


def in_order(attempts: Sequence[Row]) -> list[Row]:
    """By the time when attempts were handed in where all of them say when, else as they were added."""
    if all(row["handed_in"] for row in attempts):
        return sorted(attempts, key=lambda row: _moment(row["handed_in"]).timestamp())
    return [*attempts]


def _history(
    store: Store,
    student: Student,
    attempts: Sequence[Row],
    overrides: tuple[Override, ...],
    course: Course,
    graded: Mapping[str, set[str]],
    expected: Sequence[str],
) -> list[Standing]:
    """All attempts of a student, in their order; `expected` are the tasks that need a result."""
    decided = {override.task for override in overrides}
    found = []
    for row in in_order(attempts):
        kept, lateness = _lateness(student, row, course)
        held = decided | graded.get(row["digest"], set())
        found.append(
            replace(
                _of_attempt(store, student, row, overrides, course),
                attempts=len(attempts),
                lacking=() if row["problem"] is not None else tuple(task for task in expected if task not in held),
                handed_in=row["handed_in"],
                late=bool(row["late"] or lateness),
                kept=kept,
                lateness=lateness,
            )
        )
    return found or [Standing(student, None, 0, {}, 0.0, overrides, NOTHING)]


def _moment(text: str) -> datetime:
    """A time that was stored; one without a time zone is UTC."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _of_attempt(
    store: Store, student: Student, row: Row, overrides: tuple[Override, ...], course: Course
) -> Standing:
    """Of one attempt."""
    if row["problem"] is not None:
        nothing = dict.fromkeys(course.points, 0.0)
        return Standing(student, row["n"], 1, nothing, course.total, overrides, row["problem"])
    report = report_of(store, row["digest"], course=course)
    if report is None:
        last = store.rows("SELECT fault FROM gradings WHERE digest = ? ORDER BY n DESC LIMIT 1", row["digest"])
        return Standing(student, row["n"], 1, {}, 0.0, overrides, last[0]["fault"] if last else NOT_YET)
    return Standing(student, row["n"], 1, by_task(report), report.max_score, overrides, "", report=report)


def _lateness(student: Student, row: Row, course: Course) -> tuple[Fraction, str]:
    """The share of its points that an attempt keeps, and how late it was, by the student's own due date if any."""
    due = datetime.fromisoformat(student.due) if student.due else course.due
    if due is None:
        return Fraction(1), ""
    if not row["handed_in"]:
        return Fraction(1), "late, as the platform says, which doesn't say when" if row["late"] else ""
    handed_in = _moment(row["handed_in"])
    days, kept = late.days(due, handed_in, course.late), late.factor(due, handed_in, course.late)
    return kept, f"{days} day{'s' * (days != 1)} late: {float(100 * kept):g} % of the points count" if days else ""


def by_task(report: Report) -> dict[str, float]:
    """Points of each task, in the order of the report."""
    found: dict[str, list[float]] = {}
    for check in report.checks:
        found.setdefault(check.task, []).append(check.points)
    return {task: _exact(added(points)) for task, points in found.items()}


def most_of(report: Report) -> dict[str, float]:
    """What the checks of each task are worth together."""
    found: dict[str, float] = {}
    for check in report.checks:
        found[check.task] = added([found.get(check.task, 0.0), check.max_points])
    return found


def override(store: Store, student: str, task: str, points: float, reason: str, by: str) -> None:
    """Give a student points for a task; the last word counts, and all words are kept.

    Raises:
        UsageError: there is no such student or task, or no reason or name is given.
    """
    if student not in {each.id for each in enrolled(store)}:
        raise UsageError(f"no student {student!r} in the store")
    if task not in TASKS:
        raise UsageError(f"no task {task!r}; there are {', '.join(TASKS)}")
    if not 0 <= points < inf:
        raise UsageError(f"{points:g} points: give 0 or more")
    if not reason.strip() or not by.strip():
        raise UsageError("say why, with --reason, and who decides, with --by: both are kept")
    at = datetime.now(UTC).isoformat(timespec="seconds")
    store.add("overrides", student=student, task=task, points=points, reason=reason, by=by, at=at)


@dataclass(frozen=True, slots=True)
class Change:
    """A check that came to something else in a later run."""

    digest: str
    students: tuple[str, ...]
    before: CheckResult
    after: CheckResult


def changes(store: Store, first: int, second: int, course: Course = USUAL) -> Iterator[Change]:
    """What changed between the results after one run and after another.

    Raises:
        UsageError: there is no such run.
    """
    known = {row["n"] for row in store.rows("SELECT n FROM runs")}
    if unknown := sorted({first, second} - known):
        raise UsageError(f"no run {unknown[0]}; there are {', '.join(map(str, sorted(known))) or 'none'}")
    of = {digest: tuple(sorted(students)) for digest, students in owners(store).items()}
    for digest, students in sorted(of.items(), key=lambda each: each[1]):
        before, after = (report_of(store, digest, run, course) for run in (first, second))
        if before is None or after is None:
            continue
        old = {check.id: check for check in before.checks}
        for check in after.checks:
            was = old.get(check.id)
            if was and (was.verdict, was.points) != (check.verdict, check.points):
                yield Change(digest, students, was, check)


def wrong(store: Store) -> Iterator[str]:
    """A sentence for each stored result that isn't what was written, or whose score isn't that of its checks."""
    found = list(store.broken())
    yield from found
    if found:
        return
    for table, column, other, named in (
        ("attempts", "digest", "archives", "digest"),
        ("gradings", "digest", "archives", "digest"),
        ("gradings", "run", "runs", "n"),
    ):
        for row in store.rows(
            f"SELECT n FROM {table} WHERE {column} IS NOT NULL AND {column} NOT IN (SELECT {named} FROM {other})"  # noqa: S608
        ):
            yield f"{table}, row {row['n']}: what it names is not among the {other}"
    for row in store.rows("SELECT n, fault, score, report FROM gradings WHERE report IS NOT NULL ORDER BY n"):
        report = _loaded(row)
        score = None if report.score is None else _exact(report.score)
        if score != row["score"]:
            yield f"gradings, row {row['n']}: its score is {row['score']}, its checks' {score}"
        if (row["fault"] is None) != (report.score is not None):
            yield f"gradings, row {row['n']}: it has a fault and a score, or neither"
        for check in report.checks:
            if check.points != (check.max_points if check.verdict.earns else 0):
                yield f"gradings, row {row['n']}: {check.id} has {check.points:g} of {check.max_points:g} points"
