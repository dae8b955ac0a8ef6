"""The Common Test Report Format. It has no points; they stand under `extra`.

What could not be graded has failed: what is skipped, or other, many readers show in green.
"""

from __future__ import annotations

from typing import Any

from grader.model import CheckResult, Report
from grader.reports.formats.common import feedback, for_students, name, outcome


@for_students
def to_ctrf(report: Report) -> dict[str, Any]:
    """A report says when it took how long, not at what time of day: start is 0, stop the sum in milliseconds.

    One without a score says what failed, and no points.
    """
    tests = [_test(report, check) for check in report.checks]
    counts = {
        status: sum(test["status"] == status for test in tests) for status in ("passed", "failed", "skipped")
    }
    took = sum(test["duration"] for test in tests)
    return {
        "reportFormat": "CTRF",
        "specVersion": "1.0.0",
        "results": {
            "tool": {"name": "grader", "version": report.grader_version},
            "summary": {"tests": len(tests), **counts, "pending": 0, "other": 0, "start": 0, "stop": took},
            "tests": tests,
            "extra": {} if report.score is None else {"score": report.score, "max_score": report.max_score},
        },
    }


def _test(report: Report, check: CheckResult) -> dict[str, Any]:
    points = {} if report.score is None else {"points": check.points, "max_points": check.max_points}
    return {
        "name": name(check),
        "status": outcome(report, check, "passed", "failed", "skipped", "failed"),
        "duration": round(check.wall_s * 1000),
        "message": feedback(check),
        "extra": {"id": check.id, **points},
    }
