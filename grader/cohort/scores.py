"""What a store's results come to: reports merged by check, scores with overrides, changes between runs, a proof.

Nothing here is stored: all of it is computed anew from what was graded and who decided what.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from math import fsum, inf

from grader.cohort.collect import enrolled
from grader.cohort.roster import Student
from grader.cohort.store import Row, Store
from grader.errors import UsageError
from grader.model import CheckResult, Report
from grader.reports import from_json
from tests.harness.tasks import TASKS

LAST, BEST = "last", "best"
COUNT = (LAST, BEST)
"""Which of a student's attempts counts."""

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

    `total` is None when there is no result, and `why` says so: nothing handed in, not graded yet, a fault. What
    can't be graded has a total of 0 points, and `why` has the sentence that the student gets. `handed_in` is ISO
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

    @property
    def total(self) -> float | None:
        """All points together; overrides count as they are."""
        if self.attempt is None and not self.overrides:
            return None
        if self.why and not self.tasks and not self.overrides:
            return None
        given = {override.task: override.points for override in self.overrides}
        return _exact(fsum((self.tasks | given).values()))


def _exact(points: float) -> float:
    """A sum without what floats add behind the sixth digit; whole ones as integers."""
    rounded = round(points, 6)
    return int(rounded) if rounded == int(rounded) else rounded


def report_of(store: Store, digest: str, until: int | None = None) -> Report | None:
    """The result of a submission: its last whole grading, and what was graded of it since, check by check.

    With `until`, what it was after that run. None while there is nothing but faults.
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
    return merged


def _loaded(row: Row) -> Report:
    return from_json(json.loads(zlib.decompress(row["report"])))


def _merged(before: Report, later: Report) -> Report:
    """A report with the checks of a later one in the place of its own; new ones come last."""
    new = {check.id: check for check in later.checks}
    kept = [
        new.pop(check.id, check) for check in before.checks if check.id in new or check.task not in _tasks(later)
    ]
    return replace(later, checks=(*kept, *new.values()))


def _tasks(report: Report) -> set[str]:
    return {check.task for check in report.checks}


def standings(store: Store, counts: str = LAST) -> list[Standing]:
    """All students, by id, each with what he or she has."""
    return [counting(attempts, counts) for attempts in histories(store)]


def counting(attempts: Sequence[Standing], counts: str = LAST) -> Standing:
    """The attempt of a student that counts: the last one, or the last of the best ones."""
    if counts == BEST:
        return max(reversed(attempts), key=lambda each: -1.0 if each.total is None else each.total)
    return attempts[-1]


def histories(store: Store) -> list[list[Standing]]:
    """All students, by id, each with what every attempt comes to; one without an attempt for who has none."""
    attempts: dict[str, list[Row]] = {}
    for row in store.rows("SELECT * FROM attempts ORDER BY n"):
        attempts.setdefault(row["student"], []).append(row)
    given: dict[str, dict[str, Override]] = {}
    for row in store.rows("SELECT * FROM overrides ORDER BY n"):
        override = Override(row["task"], row["points"], row["reason"], row["by"], row["at"])
        given.setdefault(row["student"], {})[row["task"]] = override
    return [
        _history(store, student, attempts.get(student.id, []), tuple(given.get(student.id, {}).values()))
        for student in enrolled(store)
    ]


def _history(
    store: Store, student: Student, attempts: Sequence[Row], overrides: tuple[Override, ...]
) -> list[Standing]:
    """By the order in which attempts were handed in where all of them say when, else in which they were added."""
    if all(row["handed_in"] for row in attempts):
        attempts = sorted(attempts, key=lambda row: datetime.fromisoformat(row["handed_in"]).timestamp())
    found = [
        replace(
            _of_attempt(store, student, row, len(attempts), overrides),
            handed_in=row["handed_in"],
            late=bool(row["late"]),
        )
        for row in attempts
    ]
    return found or [Standing(student, None, 0, {}, 0.0, overrides, NOTHING)]


def _of_attempt(store: Store, student: Student, row: Row, many: int, overrides: tuple[Override, ...]) -> Standing:
    if row["problem"] is not None:
        return Standing(student, row["n"], many, dict.fromkeys(TASKS, 0.0), 0.0, overrides, row["problem"])
    report = report_of(store, row["digest"])
    if report is None:
        last = store.rows("SELECT fault FROM gradings WHERE digest = ? ORDER BY n DESC LIMIT 1", row["digest"])
        return Standing(student, row["n"], many, {}, 0.0, overrides, last[0]["fault"] if last else NOT_YET)
    return Standing(student, row["n"], many, by_task(report), report.max_score, overrides, "", report=report)


def by_task(report: Report) -> dict[str, float]:
    """Points of each task, in the order of the report."""
    found: dict[str, list[float]] = {}
    for check in report.checks:
        found.setdefault(check.task, []).append(check.points)
    return {task: _exact(fsum(points)) for task, points in found.items()}


def most_of(report: Report) -> dict[str, float]:
    """What the checks of each task are worth together."""
    found: dict[str, float] = {}
    for check in report.checks:
        found[check.task] = found.get(check.task, 0.0) + check.max_points
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


def changes(store: Store, first: int, second: int) -> Iterator[Change]:
    """What changed between the results after one run and after another.

    Raises:
        UsageError: there is no such run.
    """
    known = {row["n"] for row in store.rows("SELECT n FROM runs")}
    if unknown := sorted({first, second} - known):
        raise UsageError(f"no run {unknown[0]}; there are {', '.join(map(str, sorted(known))) or 'none'}")
    of: dict[str, list[str]] = {}
    for row in store.rows(
        "SELECT DISTINCT digest, student FROM attempts WHERE digest IS NOT NULL ORDER BY student"
    ):
        of.setdefault(row["digest"], []).append(row["student"])
    for digest, students in of.items():
        before, after = report_of(store, digest, first), report_of(store, digest, second)
        if before is None or after is None:
            continue
        old = {check.id: check for check in before.checks}
        for check in after.checks:
            was = old.get(check.id)
            if was and (was.verdict, was.points) != (check.verdict, check.points):
                yield Change(digest, tuple(students), was, check)


def wrong(store: Store) -> Iterator[str]:
    """A sentence for each stored result that isn't what was written, or whose score isn't that of its checks."""
    found = list(store.broken())
    yield from found
    if found:
        return
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
