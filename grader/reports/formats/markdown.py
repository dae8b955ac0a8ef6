"""Markdown, as for the summary of a GitHub job. Nothing of a submission is markup in it."""

from __future__ import annotations

from functools import partial
from html import escape

from grader.model import Report
from grader.reports.formats.common import feedback, fitting, for_students, name, scored
from grader.reports.summary import by_task, said, score_sentence
from grader.reports.text import points, visible

BYTES = 1_000_000
"""GitHub takes no longer summary of a step."""


@for_students
def to_markdown(report: Report) -> str:
    """The score, a table of the tasks, and what each lost check says."""
    return fitting(BYTES, partial(_page, report))


def _page(report: Report, cut: int) -> str:
    scored(report, "a reader of markdown")
    lines = [f"# {score_sentence(report)}", "", *(f"<p>{_plain(text)}</p>\n" for text in said(report))]
    lines += ["| task | | points | |", "|---|---|---|---|"]
    tasks = by_task(report)
    for task in tasks:
        earned = f"{points(task.earned)} / {points(task.max_points)}"
        lines.append(f"| {task.id} | {_plain(task.title)} | {earned} | {task.state} |")
    for task in tasks:
        for check in task.shown:
            lines += ["", f"<p><b>{_plain(name(check))}</b></p>", f"<pre>{_plain(feedback(check, cut))}</pre>"]
    return "\n".join([*lines, ""])


def _plain(text: str) -> str:
    """As HTML that markdown leaves alone: no markup, no blank line (which ends a block), no table's bar."""
    marks = {ord(character): f"&#{ord(character)};" for character in "\n|*_`[]()!~@:\\$"}
    return escape(visible(text)).translate(marks)
