"""A report on the terminal."""

from __future__ import annotations

from rich.cells import cell_len, chop_cells
from rich.console import Console
from rich.table import Table
from rich.text import Text

from grader.grading import shown
from grader.model import CheckResult, Report
from grader.reports.summary import by_task, said, score_sentence
from grader.reports.tables import show
from grader.reports.text import one_line, points, quoted, worth

HANGING = "          ... "
"""Before the rest of a line that a terminal is too narrow for. It is no mere space, behind which GitHub obeys."""


def render(report: Report, console: Console, *, staff: bool = False) -> None:
    """Print tasks with their points, each lost check with its diagnosis, and the score.

    Text of the submission is printed as text: no markup, no control characters, none of it where a line begins.
    It is what a student may see, since logs have many readers; for staff it is all, with suspicions and times.
    """
    report = report if staff else shown(report)
    for line in said(report):
        _print(line, console, "bold red" if line.startswith("problem") else "yellow")
    for found in report.suspicions:
        _print(f"worth a look: {one_line(found)}", console, "yellow")
    for task in by_task(report):
        if not report.problem:
            for check in task.shown:
                _print_check(check, console, staff)
    show(_table(report), console)
    if report.isolation == "none":
        _print(
            "not isolated: the submission ran beside the tests, and could have forged this", console, "bold red"
        )
    _print(score_sentence(report), console, "bold")


def _print(text: str, console: Console, style: str = "") -> None:
    lines = text.split("\n")
    if console.is_terminal:
        lines = [part for line in lines for part in _folded(line, console.width)]
    console.print(Text("\n".join(lines), style=style), soft_wrap=True)


def _folded(line: str, width: int) -> list[str]:
    """The line in parts that fit; by itself a terminal goes on where lines of ours begin."""
    if cell_len(line) <= width:
        return [line]
    first, *rest = chop_cells(line, max(width - len(HANGING), len(HANGING)))
    return [first, *(f"{HANGING}{part}" for part in rest)]


def _print_check(check: CheckResult, console: Console, staff: bool) -> None:
    title = one_line(f"{check.id}  {check.title}{' (hidden)' if check.hidden else ''}")
    took = f", {check.wall_s:.2f} s" if staff else ""
    verdict = f"  {check.verdict.value}, {worth(check.max_points)}{took}"
    console.print(Text.assemble((title, "bold"), (verdict, "red")), soft_wrap=True)
    _print(quoted(check.message), console)
    console.print()


def _table(report: Report) -> Table:
    table = Table("task", "", box=None, pad_edge=False)
    table.add_column("points", justify="right")
    table.add_column("")
    for task in by_task(report):
        table.add_row(task.id, task.title, f"{points(task.earned)} / {points(task.max_points)}", task.state)
    return table
