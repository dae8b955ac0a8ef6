"""What a student may see of a report: of each check no more than its level of feedback.

All that students read is made of what `shown` gives: the HTML page, the terminal, and every platform's format.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from grader.model import CheckResult, Feedback, Report, Verdict


def with_level(report: Report, level: Feedback) -> Report:
    """The report with another level for all hidden checks; public ones are in the student's hands anyway."""
    checks = (replace(check, feedback=level) if check.hidden else check for check in report.checks)
    return replace(report, checks=tuple(checks))


def shown(report: Report) -> Report:
    """The report with its messages cut to what each check's level allows; it adds up to the same score.

    Checks of the level "count" are one for each task, which says how many of them were lost. What is shown already
    stays as it is.
    """
    checks: list[CheckResult] = []
    for task in dict.fromkeys(check.task for check in report.checks):
        of_task = [check for check in report.checks if check.task == task]
        checks += [cut(check) for check in of_task if check.level is not Feedback.COUNT or check.together]
        counted = [check for check in of_task if check.level is Feedback.COUNT and not check.together]
        checks += [_together(task, counted)] if counted else []
    return replace(report, checks=tuple(checks))


def cut(check: CheckResult) -> CheckResult:
    """The check with the message that its level allows."""
    silent = check.verdict.earns or check.verdict is Verdict.SKIPPED or check.together
    if check.level is Feedback.FULL or silent:
        return check
    what = "A hidden check: what" if check.hidden else "What"
    where = f"{what} it asks stands in the handout, task {check.task}."
    call = call_of(check.message) if check.level is Feedback.INPUT else ""
    return replace(check, message=f"{call}\n{where}" if call else where, feedback=Feedback.FULL)


def call_of(message: str) -> str:
    """The call that a diagnosis begins with; empty where it begins otherwise.

    >>> call_of("f(1)\\n  expected  2\\n  got       3"), call_of("  expected  2"), call_of("an assertion failed")
    ('f(1)', '', '')
    """
    call, row, _ = message.partition("\n  ")
    return call if row and not call.startswith(" ") and "\n" not in call else ""


def _together(task: str, checks: Sequence[CheckResult]) -> CheckResult:
    """One result for several checks, which tells how many were lost."""
    verdicts = [check.verdict for check in checks]
    lost = sum(not verdict.earns for verdict in verdicts)
    skipped = [check.message for check in checks if check.verdict is Verdict.SKIPPED]
    return CheckResult(
        id=f"{task}/counted_checks",
        task=task,
        title="Checks that are only counted",
        verdict=_verdict(verdicts),
        points=sum(check.points for check in checks),
        max_points=sum(check.max_points for check in checks),
        message=(skipped or [f"{lost} of {len(checks)} checks lost."])[0] if lost else "",
        hidden=all(check.hidden for check in checks),
        wall_s=sum(check.wall_s for check in checks),
        feedback=Feedback.FULL,
        together=(lost, len(checks)),
    )


def _verdict(verdicts: Sequence[Verdict]) -> Verdict:
    """The one that all have; else FAILED, unless the grader itself failed in one."""
    if len(set(verdicts)) == 1:
        return verdicts[0]
    return Verdict.GRADER_FAULT if Verdict.GRADER_FAULT in verdicts else Verdict.FAILED
