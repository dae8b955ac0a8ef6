"""Gradebooks: a CSV with a line for each student, in the columns that a platform imports.

Who has no result has an empty cell, and never a 0: nothing is handed in, or nothing is graded yet. Whole points
are whole, others have a point. Source: the import pages of Canvas, Moodle and Gradescope.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Sequence

from grader.cohort.scores import Standing
from grader.course import Student
from grader.reports import cell, points
from tests.harness.tasks import TASKS

MARK = "\ufeff"
WORD = re.compile(r"[\w.@+=-]*")
"""An id or an address: whatever it begins with, a spreadsheet can run nothing of it, and platforms look it up."""

Line = list[str]


def _total(standing: Standing) -> str:
    return "" if standing.total is None else points(standing.total)


def _plain(standings: Sequence[Standing], title: str) -> list[Line]:
    """All that is known, a column for each task."""
    known = {task for each in standings for task in (*each.tasks, *(override.task for override in each.overrides))}
    tasks = [task for task in TASKS if task in known]
    lines = [["id", "name", "email", "section", "attempts", title, *tasks, "note"]]
    for each in standings:
        given = {override.task: override.points for override in each.overrides}
        held = each.tasks | given
        notes = list(filter(None, (each.said, each.lateness)))
        notes += [f"{o.task}: {points(o.points)} points by {o.by}, {o.at}: {o.reason}" for o in each.overrides]
        by_task = [points(held[task]) if task in held else "" for task in tasks]
        lines.append([*_known(each.student), str(each.attempts), _total(each), *by_task, "; ".join(notes)])
    return lines


def _known(student: Student) -> Line:
    return [student.id, student.name, student.email, student.section]


def _canvas(standings: Sequence[Standing], title: str) -> list[Line]:
    """Canvas finds students by `ID`, its own number, or else by `SIS User ID`."""
    lines = [["Student", "ID", "SIS User ID", "SIS Login ID", "Section", title]]
    for each in standings:
        own = next(
            (word.removeprefix("canvas:") for word in each.student.aliases if word.startswith("canvas:")), ""
        )
        known = [each.student.name, own, each.student.id, each.student.email, each.student.section]
        lines.append([*known, _total(each)])
    return lines


def _moodle(standings: Sequence[Standing], title: str) -> list[Line]:
    """Moodle asks which column maps to what: an ID number or an email address, and a grade item."""
    known = [[each.student.id, each.student.name, each.student.email, _total(each)] for each in standings]
    return [["ID number", "Full name", "Email address", title], *known]


def _gradescope(standings: Sequence[Standing], _: str) -> list[Line]:
    """As Gradescope's own export has it: for a roster's columns, and for what reads those."""
    lines = [["Name", "SID", "Email", "Total Score", "Max Points", "Status"]]
    for each in standings:
        status = "Graded" if each.total is not None else "Missing" if each.attempt is None else "Ungraded"
        most = points(each.most) if each.most else ""
        lines.append([each.student.name, each.student.id, each.student.email, _total(each), most, status])
    return lines


GRADEBOOKS: dict[str, Callable[[Sequence[Standing], str], list[Line]]] = {
    "plain": _plain,
    "canvas": _canvas,
    "moodle": _moodle,
    "gradescope": _gradescope,
}


def gradebook(name: str, standings: Sequence[Standing], title: str) -> str:
    r"""The text of a gradebook by its name, one of `GRADEBOOKS`.

    >>> gradebook("moodle", [], "Homework 1")
    '\ufeffID number,Full name,Email address,Homework 1\n'
    """
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    for line in GRADEBOOKS[name](standings, title):
        rows.writerow(each if WORD.fullmatch(each) else cell(each) for each in line)
    return MARK + text.getvalue()
