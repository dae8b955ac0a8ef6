"""Autolab's two last lines of stdout: what passed, by part; then the scores, a problem for each task."""

from __future__ import annotations

import json

from grader.formats.common import feedback, for_students, scored
from grader.model import Report
from grader.render.summary import by_task


@for_students
def to_autolab(report: Report) -> str:
    """Each line is one JSON object; the problems are to have the tasks' numbers as their names."""
    scored(report, "Autolab")
    tasks = by_task(report)
    shown = {
        task.id: {c.id: {"passed": c.verdict.earns, "hint": feedback(c)} for c in task.checks} for task in tasks
    }
    presentation = {"_presentation": "semantic", "stages": [task.id for task in tasks], **shown}
    scores = {"scores": {task.id: task.earned for task in tasks}}
    return f"{json.dumps(presentation, ensure_ascii=False)}\n{json.dumps(scores)}\n"
