"""What every rendering says of a report: the tasks, their points, and one line for stubs that are not written."""

from __future__ import annotations

from dataclasses import dataclass

from grader.model import CheckResult, Report, Verdict
from grader.reports.text import one_line, points
from tests.harness.tasks import TASKS, added


@dataclass(frozen=True, slots=True)
class TaskResult:
    """The checks of one task and their sums. `state` is a few words when not all checks passed."""

    id: str
    title: str
    earned: float
    max_points: float
    state: str
    checks: tuple[CheckResult, ...]

    @property
    def shown(self) -> tuple[CheckResult, ...]:
        """The checks that need words: none when the whole task is not written."""
        if all(check.verdict is Verdict.NOT_WRITTEN for check in self.checks):
            return ()
        return tuple(check for check in self.checks if not check.verdict.earns)


def by_task(report: Report) -> list[TaskResult]:
    """The report's tasks, in the order of their numbers."""
    ids = sorted({check.task for check in report.checks}, key=lambda task: [int(part) for part in task.split(".")])
    return [_task(task, tuple(check for check in report.checks if check.task == task)) for task in ids]


def _task(task: str, checks: tuple[CheckResult, ...]) -> TaskResult:
    counts = [check.together or (int(not check.verdict.earns), 1) for check in checks]
    lost, all_ = (sum(numbers) for numbers in zip(*counts, strict=True))
    state = f"{lost} of {all_} checks lost" if lost else ""
    if all(check.verdict is Verdict.NOT_WRITTEN for check in checks):
        state = "not written"
    title = TASKS[task].title if task in TASKS else ""
    earned, most = added(check.points for check in checks), added(check.max_points for check in checks)
    return TaskResult(task, title, earned, most, state, checks)


def said(report: Report) -> list[str]:
    """What is said of the submission as a whole, each a line that begins with a word of ours.

    >>> said(Report("s", "", "", "", (), "no files", ("left out: a",)))
    ['problem: no files', 'note: left out: a']
    """
    problem = [] if report.problem is None else [f"problem: {one_line(report.problem)}"]
    return problem + [f"note: {one_line(note)}" for note in report.notes]


def score_sentence(report: Report) -> str:
    """The score in words, or that there is none.

    >>> score_sentence(Report("s", "", "", "", (), None, ()))
    'Score 0 of 0'
    """
    if report.score is None:
        failed = sum(check.verdict is Verdict.GRADER_FAULT for check in report.checks)
        return f"No score: the grader itself failed in {failed} checks; run it again"
    return f"Score {points(report.score)} of {points(report.max_score)}"
