"""Gradescope's results.json.

Any test that is not visible would hide the student's total, so no test has a visibility of its own, which would be
stronger than that of all; a hidden check shows its title and verdict, and neither input nor expected value.

Source: Gradescope's autograder specification, section "Output format".
"""

from __future__ import annotations

from typing import Any

from grader.model import CheckResult, Report
from grader.reports.formats.common import feedback, for_students, name, scored
from grader.reports.summary import by_task, said
from grader.reports.text import points
from tests.harness.tasks import added


@for_students
def to_gradescope(report: Report) -> dict[str, Any]:
    """The report as results.json.

    Raises:
        GraderFault: the report has no score; a zero must not be written in its place.
    """
    return {
        "score": scored(report, "Gradescope"),
        "execution_time": round(sum(check.wall_s for check in report.checks)),
        "output": _summary(report),
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "extra_data": {
            "sha256": report.sha256,
            "grader_version": report.grader_version,
            "isolation": report.isolation,
        },
        "tests": [_test(check) for check in report.checks],
    }


def _test(check: CheckResult) -> dict[str, Any]:
    return {
        "score": check.points,
        "max_score": check.max_points,
        "status": "passed" if check.verdict.earns else "failed",
        "name": name(check),
        "name_format": "text",
        "number": check.task,
        "output": feedback(check),
        "output_format": "text",
        "tags": [check.verdict.value, "hidden" if check.hidden else "public"],
        "extra_data": {"id": check.id},
    }


def _summary(report: Report) -> str:
    hidden = added(check.max_points for check in report.checks if check.hidden)
    lines = [
        f"{task.id} {task.title}: {points(task.earned)} of {points(task.max_points)}" for task in by_task(report)
    ]
    last = f"Hidden checks hold {points(hidden)} of {points(report.max_score)} points."
    return "\n".join([*said(report), *lines, last])
