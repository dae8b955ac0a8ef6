"""Exercism's results.json, version 3: each test says which task it belongs to. It has no points.

Source: Exercism's test runner interface, and Submission::TestRun of its website.
"""

from __future__ import annotations

from typing import Any

from grader.model import CheckResult, Report, Verdict
from grader.reports.formats.common import feedback, fitting, for_students, name, scored
from grader.reports.summary import by_task
from grader.reports.text import one_line
from tests.harness.tasks import CHOSEN

MESSAGE = 65_535
"""Characters that Exercism keeps of the message at the top."""

BYTES = 1_000_000
"""Exercism names no limit for all; but a page shows all of it."""


@for_students
def to_exercism(report: Report) -> dict[str, Any]:
    """Tests in the order of the tasks. A task's id is its place in the handout, from 1: ids are whole numbers.

    When nothing could be graded, the status is "error", with the sentence that says why.
    """
    return fitting(BYTES, lambda cut: _results(report, cut))


def _results(report: Report, cut: int) -> dict[str, Any]:
    scored(report, "Exercism")
    problem = report.problem if report.checks else report.problem or "no check was run"
    if problem:
        return {"version": 3, "status": "error", "message": one_line(problem)[:MESSAGE], "tests": []}
    passed = all(check.verdict.earns for check in report.checks)
    tests = [_test(check, cut) for task in by_task(report) for check in task.checks]
    return {"version": 3, "status": "pass" if passed else "fail", "message": None, "tests": tests}


def _test(check: CheckResult, cut: int) -> dict[str, Any]:
    lost = "fail" if check.verdict is Verdict.FAILED else "error"
    place = {"task_id": list(CHOSEN.tasks).index(check.task) + 1} if check.task in CHOSEN.tasks else {}
    status = "pass" if check.verdict.earns else lost
    return {"name": name(check), "status": status, "message": feedback(check, cut) or None, **place}
