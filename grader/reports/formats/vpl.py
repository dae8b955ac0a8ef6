"""Moodle's Virtual Programming Lab: lines of comments, then the grade.

Each line begins with a word of VPL's, so nothing that a submission says can be a grade. A comment that begins with
a hyphen is a heading, here of a task; one that begins with > is shown as it is written. The grade is in points, so
the activity's maximum grade is to be what all tasks are worth.

Source: mod_vpl_submission, find_proposedgrade, find_proposedcomment and result_to_html.
"""

from __future__ import annotations

from functools import partial

from grader.model import Report
from grader.reports.formats.common import feedback, fitting, for_students, name, scored
from grader.reports.summary import by_task, said, score_sentence
from grader.reports.text import points

BYTES = 400_000
"""VPL names no limit; but a browser shows all comments at once."""


@for_students
def to_vpl(report: Report) -> str:
    """Comments and the grade, a line each; lines end with a line feed."""
    return fitting(BYTES, partial(_lines, report))


def _lines(report: Report, cut: int) -> str:
    score = scored(report, "Moodle VPL")
    comments = [score_sentence(report), *said(report)]
    for task in by_task(report):
        state = f", {task.state}" if task.state else ""
        comments.append(
            f"-{task.id} {task.title}: {points(task.earned)} of {points(task.max_points)} points{state}"
        )
        for check in task.shown:
            comments += [name(check), *(f">{line}" for line in feedback(check, cut).split("\n"))]
    return "".join(f"Comment :=>>{line}\n" for line in comments) + f"Grade :=>>{points(score)}\n"
