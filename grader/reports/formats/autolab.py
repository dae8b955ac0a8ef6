"""Autolab's two last lines of stdout: what passed, by part; then the scores, a problem for each task."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

from grader.model import CheckResult, Report
from grader.reports.formats.common import feedback, fitting, for_students, scored
from grader.reports.summary import by_task

BYTES = 400_000
"""Of longer output than about 1 MB, Autolab's driver leaves out the middle; and each problem gets all of it."""


@for_students
def to_autolab(report: Report) -> str:
    """Each line is one JSON object; the problems are to have the tasks' numbers as their names."""
    return fitting(BYTES, partial(_lines, report))


def _lines(report: Report, cut: int) -> str:
    scored(report, "Autolab")
    tasks = by_task(report)
    shown = {f"{task.id} {task.title}": {check.id: _shown(check, cut) for check in task.checks} for task in tasks}
    presentation = {"_presentation": "semantic", "stages": list(shown), **shown}
    scores = {"scores": {task.id: task.earned for task in tasks}}
    return f"{json.dumps(presentation, ensure_ascii=False)}\n{json.dumps(scores)}\n"


def _shown(check: CheckResult, cut: int) -> dict[str, Any]:
    if check.verdict.earns:
        return {"passed": True}
    return {"passed": False, "hint": feedback(check, cut)}
