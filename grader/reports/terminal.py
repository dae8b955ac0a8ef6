"""A report on the terminal."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table
from rich.text import Text

from grader.grading import shown
from grader.model import CheckResult, Report
from grader.reports.summary import by_task, score_sentence
from grader.reports.text import points, visible, worth


def render(report: Report, console: Console) -> None:
    """Print tasks with their points, each lost check with its diagnosis, and the score.

    Text of the submission is printed as text: no markup, no control characters. It is what a student may see:
    logs have many readers.
    """
    report = shown(report)
    if report.problem:
        console.print(Text(visible(report.problem), style="bold red"))
    for note in report.notes:
        console.print(Text(visible(note), style="yellow"))
    for found in report.suspicions:
        console.print(Text(f"worth a look: {visible(found)}", style="yellow"))
    for task in by_task(report):
        if not report.problem:
            for check in task.shown:
                _print_check(check, console)
    console.print(_table(report))
    if report.isolation == "none":
        console.print(
            Text("not isolated: the submission ran beside the tests, and could have forged this", style="bold red")
        )
    console.print(Text(score_sentence(report), style="bold"))


def _print_check(check: CheckResult, console: Console) -> None:
    title = f"{check.id}  {check.title}{' (hidden)' if check.hidden else ''}"
    verdict = f"  {check.verdict.value}, {worth(check.max_points)}"
    console.print(Text.assemble((visible(title), "bold"), (verdict, "red")))
    console.print(Text(visible(check.message)), soft_wrap=True)
    console.print()


def _table(report: Report) -> Table:
    table = Table("task", "", box=None, pad_edge=False)
    table.add_column("points", justify="right")
    table.add_column("")
    for task in by_task(report):
        table.add_row(task.id, task.title, f"{points(task.earned)} / {points(task.max_points)}", task.state)
    return table
