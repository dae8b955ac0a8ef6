"""MarkUs: one JSON object a line, for each check."""

from __future__ import annotations

import json

from grader.model import Report
from grader.reports.formats.common import feedback, for_students, name, outcome, scored


@for_students
def to_markus(report: Report) -> str:
    """Times are whole milliseconds."""
    scored(report, "MarkUs")
    lines = [
        {
            "name": name(check),
            "output": feedback(check),
            "marks_earned": check.points,
            "marks_total": check.max_points,
            "status": outcome(report, check, "pass", "fail", "error", "error"),
            "time": round(check.wall_s * 1000),
        }
        for check in report.checks
    ]
    return "".join(f"{json.dumps(line, ensure_ascii=False)}\n" for line in lines)
