"""classroom50's result.json. It knows whole numbers only, so scores are hundredths of points.

Who, which commit and when are not in a report; the workflow that hands the file in fills the empty texts.
"""

from __future__ import annotations

from typing import Any

from grader.model import Report
from grader.reports.formats.common import for_students, hundredths, name, scored
from grader.reports.text import one_line


@for_students
def to_classroom50(report: Report) -> dict[str, Any]:
    """A test for each check; scores in hundredths of points."""
    scored(report, "classroom50")
    tests: list[dict[str, Any]] = [
        {
            "test-name": name(check),
            "passed": check.verdict.earns,
            "score": hundredths(check.points),
            "max-score": hundredths(check.max_points),
        }
        for check in report.checks
    ]
    return {
        "schema": "classroom50/result/v1",
        "classroom": "",
        "assignment": "",
        "usernames": [],
        "submission": one_line(report.submission),
        "commit": "",
        "release": "",
        "review": "",
        "datetime": "",
        "score": sum(test["score"] for test in tests),
        "max-score": sum(test["max-score"] for test in tests),
        "tests": tests,
    }
