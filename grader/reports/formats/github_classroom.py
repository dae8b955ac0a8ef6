"""GitHub Classroom's grading reporter: the JSON that goes, in base64, into a runner's `…_RESULTS`.

The reporter adds up `tests[].score`, and that sum is the grade. Its console table multiplies the share of tests
passed with `max_score` instead, so `message` states the score.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from grader.model import Report
from grader.reports.formats.common import feedback, fitting, for_students, name, scored
from grader.reports.summary import score_sentence

BYTES = 96_000
"""In base64 that is just below 128 KiB, more than which Linux puts into no environment variable."""


@for_students
def to_github_classroom(report: Report) -> dict[str, Any]:
    """One runner's results, a test for each check."""
    return fitting(BYTES, partial(_results, report))


def _results(report: Report, cut: int) -> dict[str, Any]:
    lost = scored(report, "GitHub Classroom") < report.max_score
    return {
        "version": 1,
        "status": "fail" if lost or not report.checks else "pass",
        "max_score": report.max_score,
        "message": f"{score_sentence(report)} points; a table that counts passed tests says otherwise.",
        "tests": [
            {
                "name": name(check),
                "status": "pass" if check.verdict.earns else "fail",
                "score": check.points,
                "message": feedback(check, cut),
                "test_code": "",
                "filename": "",
                "line_no": 0,
                "duration": round(check.wall_s, 3),
            }
            for check in report.checks
        ],
    }
