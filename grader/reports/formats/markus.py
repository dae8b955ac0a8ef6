"""MarkUs: one JSON object a line, for each check.

The database of MarkUs holds fractions, but its contract for test results has whole numbers only; so marks are
hundredths of points. A criterion's mark comes out the same: MarkUs takes the share of all that was earned, and
multiplies it with the criterion's maximum.

Source: MarkUs' TestResultsContract, and Submission#set_autotest_marks.
"""

from __future__ import annotations

import json

from grader.model import Report
from grader.reports.formats.common import feedback, for_students, hundredths, name, outcome, scored


@for_students
def to_markus(report: Report) -> str:
    """Marks are whole hundredths of points, times whole milliseconds."""
    scored(report, "MarkUs")
    lines = [
        {
            "name": name(check),
            "output": feedback(check),
            "marks_earned": hundredths(check.points),
            "marks_total": hundredths(check.max_points),
            "status": outcome(report, check, "pass", "fail", "error", "error"),
            "time": round(check.wall_s * 1000),
        }
        for check in report.checks
    ]
    return "".join(f"{json.dumps(line, ensure_ascii=False)}\n" for line in lines)
