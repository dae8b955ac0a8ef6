"""PrairieLearn's results.json: a score between 0 and 1, and points for every test."""

from __future__ import annotations

from functools import partial
from typing import Any

from grader.model import Report
from grader.reports.formats.common import feedback, fitting, for_students, name, scored
from grader.reports.summary import said, score_sentence
from grader.reports.text import one_line

BYTES = 1_000_000
"""PrairieLearn takes no longer file."""


@for_students
def to_prairielearn(report: Report) -> dict[str, Any]:
    """Not gradable, which costs no attempt, when the submission could not be read."""
    return fitting(BYTES, partial(_results, report))


def _results(report: Report, cut: int) -> dict[str, Any]:
    score = scored(report, "PrairieLearn")
    return {
        "gradable": report.problem is None,
        "score": score / report.max_score if report.max_score else 0.0,
        "message": score_sentence(report),
        "output": "\n".join(line for line in said(report) if line.startswith("note")),
        "format_errors": [one_line(report.problem)] if report.problem else [],
        "tests": [
            {
                "name": name(check),
                "description": "",
                "points": check.points,
                "max_points": check.max_points,
                "message": check.verdict.value,
                "output": feedback(check, cut),
            }
            for check in report.checks
        ],
    }
