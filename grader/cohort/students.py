"""A page for each student: the report of the attempt that counts, and what else he or she should know."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from grader import __version__
from grader.cohort.scores import NOT_YET, NOTHING, Standing, counting, most_of
from grader.cohort.templates import templates
from grader.course import USUAL, Course
from grader.errors import UsageError
from grader.files import write_atomically
from grader.model import Report
from grader.reports import points, to_html, worth
from tests.harness.tasks import TASKS, anchor

HANDOUT = "handout.html"
"""Lies in the same folder."""

FAILED = "The grader failed, which is not your fault. Your submission is going to be graded again."
PLAIN = re.compile(r"[a-z0-9][a-z0-9_-]{0,60}")


def file_of(student: str) -> str:
    """The name of a student's page: no two ids have the same, on any file system.

    An id of other than small letters and digits gets a part of its SHA-256, behind a point that no plain id holds.

    >>> file_of("ann"), file_of("../Ann")
    ('student-ann.html', 'student-ann.eb82557102233f16f258.html')
    """
    if PLAIN.fullmatch(student):
        return f"student-{student}.html"
    short = re.sub(r"[^a-z0-9]+", "-", student.lower()).strip("-")[:40]
    return f"student-{short}.{hashlib.sha256(student.encode('utf-8', 'surrogatepass')).hexdigest()[:20]}.html"


@dataclass(frozen=True, slots=True)
class Next:
    """The first task, in the handout's order, of which a student has not all points."""

    task: str
    title: str
    earned: float
    most: float


def chapter(task: str, course: Course = USUAL) -> str:
    """Where a student's page finds the task in the course's handout.

    >>> chapter("1.1", Course(points={"1.1": 9.5}))
    'handout.html#task-11-words-and-vocabularies-95-points'
    """
    worth = course.points.get(task, TASKS[task].points)
    return f"{HANDOUT}#{anchor(TASKS[task].worth(worth).heading)}"


def next_step(standing: Standing) -> Next | None:
    """Where to go on; None when nothing was graded, or nothing is lost."""
    most = most_of(standing.report) if standing.report else {}
    held = standing.tasks | {each.task: each.points for each in standing.overrides}
    for task in TASKS.values():
        if held.get(task.id, 0.0) < most.get(task.id, 0.0):
            return Next(task.id, task.title, held.get(task.id, 0.0), most[task.id])
    return None


def total_sentence(standing: Standing, course: Course = USUAL) -> str:
    """The points of a student in words.

    >>> from grader.cohort import Student
    >>> total_sentence(Standing(Student("ann"), None, 0, {}, 0, (), NOTHING))
    'No result yet'
    """
    if standing.total is None:
        return "No total yet" if standing.tasks else "No result yet"
    decided = {each.task: course.points[each.task] for each in standing.overrides}
    most = sum((decided | (most_of(standing.report) if standing.report else {})).values())
    return f"{points(standing.total)} of {worth(most)}" if most else worth(standing.total)


def told(standing: Standing) -> str:
    """Why there is no result, as a student may read it: the words of a fault may name what hidden checks do."""
    if standing.attempt is None or standing.tasks or standing.why in ("", NOT_YET, NOTHING):
        return standing.said
    return FAILED


def student_html(attempts: Sequence[Standing], counts: str, course: Course = USUAL) -> str:
    """The page of a student with these attempts, of which one counts."""
    standing = counting(attempts, counts)
    why = told(standing) or None
    report = standing.report or Report("", "", __version__, "", (), why, ())
    return to_html(
        report,
        templates.get_template("student.html"),
        standing=standing,
        heading=total_sentence(standing, course),
        number=1 + [each.attempt for each in attempts].index(standing.attempt),
        attempts=[(each, told(each)) for each in attempts if each.attempt is not None],
        next=next_step(standing),
        chapter=partial(chapter, course=course),
    )


def write_students(
    folder: Path, histories: Sequence[Sequence[Standing]], counts: str, handout: str, course: Course = USUAL
) -> None:
    """Write the pages into a folder, which is made if it isn't there, and the handout beside them; each whole.

    Raises:
        UsageError: the folder can't be made or written to.
        GraderFault: writing failed later, as on a full disk.
    """
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise UsageError(f"can't make the folder {str(folder)!r}: {error.strerror}") from None
    write_atomically(folder / HANDOUT, handout)
    for attempts in histories:
        write_atomically(folder / file_of(attempts[0].student.id), student_html(attempts, counts, course))
