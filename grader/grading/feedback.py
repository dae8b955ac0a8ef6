"""What a student may see of a report: of each check no more than its level of feedback; of hidden ones no time.

A submission decides how long it takes, and so could tell by it what a hidden check asks.
All that students read is made of what `shown` gives: the HTML page, the terminal, and every platform's format.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from grader.model import CheckResult, Feedback, Report, Verdict
from tests.harness.tasks import added


def with_level(report: Report, level: Feedback) -> Report:
    """The report with another level for all hidden checks; public ones are in the student's hands anyway."""
    checks = (replace(check, feedback=level) if check.hidden else check for check in report.checks)
    return replace(report, checks=tuple(checks))


def shown(report: Report) -> Report:
    """The report with its messages cut to what each check's level allows; it adds up to the same score.

    Checks of the level "count" are one for each task, which says how many of them were lost. What is shown already
    stays as it is. Suspicions are for staff.
    """
    checks: list[CheckResult] = []
    for task in dict.fromkeys(check.task for check in report.checks):
        of_task = [check for check in report.checks if check.task == task]
        checks += [cut(check) for check in of_task if check.level is not Feedback.COUNT or check.together]
        counted = [check for check in of_task if check.level is Feedback.COUNT and not check.together]
        checks += [_together(task, counted, checks)] if counted else []
    return replace(report, checks=tuple(checks), suspicions=())


def cut(check: CheckResult) -> CheckResult:
    """The check with the message that its level allows, and without its time if it is hidden."""
    if check.hidden:
        check = replace(check, wall_s=0.0)
    silent = check.verdict.earns or check.verdict is Verdict.SKIPPED or check.together
    if check.level is Feedback.FULL or silent:
        return check
    what = "A hidden check: what" if check.hidden else "What"
    where = f"{what} it asks stands in the handout, task {check.task}."
    if check.verdict is Verdict.GRADER_FAULT:
        where = "The grader failed in this check, which is not your fault."
    call = call_of(check.message) if check.level is Feedback.INPUT else ""
    return replace(check, message=f"{call}\n{where}" if call else where, feedback=Feedback.FULL)


def call_of(message: str) -> str:
    """The call that a diagnosis begins with, and the files that it was given; empty where it begins otherwise.

    >>> call_of("f(1)\\n  expected  2\\n  got       3"), call_of("  expected  2"), call_of("an assertion failed")
    ('f(1)', '', '')
    >>> call_of("f('a')\\n  where     a holds 'b'\\n  got       3")
    "f('a')\\n  where     a holds 'b'"
    """
    call, row, rest = message.partition("\n  ")
    given = [call]
    while row and rest.startswith("where "):
        file, row, rest = rest.partition("\n  ")
        given.append(file)
    said = row and rest.startswith(("expected ", "got ")) and not call.startswith(" ")
    return "\n  ".join(given) if said and not any("\n" in each for each in given) else ""


def _together(task: str, checks: Sequence[CheckResult], others: Sequence[CheckResult]) -> CheckResult:
    """One result for several checks, which tells how many were lost."""
    lost = sum(not check.verdict.earns for check in checks)
    verdict = _verdict(checks, [check for check in others if check.task == task])
    message = checks[0].message if verdict is Verdict.SKIPPED else f"{lost} of {len(checks)} checks lost."
    return CheckResult(
        id=f"{task}/counted_checks",
        task=task,
        title="Checks that are only counted",
        verdict=verdict,
        points=added(check.points for check in checks),
        max_points=added(check.max_points for check in checks),
        message=message if lost else "",
        hidden=all(check.hidden for check in checks),
        wall_s=0.0,
        feedback=Feedback.FULL,
        together=(lost, len(checks)),
    )


def _verdict(checks: Sequence[CheckResult], others: Sequence[CheckResult]) -> Verdict:
    """PASSED or FAILED, and no more of what became of them than the task's other checks say.

    The submission decides whether a check times out or crashes, or is not written; whether it is skipped, we do.
    """
    verdicts = {check.verdict for check in checks}
    if Verdict.GRADER_FAULT in verdicts:
        return Verdict.GRADER_FAULT
    if verdicts == {Verdict.PASSED} or verdicts == {Verdict.SKIPPED}:
        return verdicts.pop()
    untouched = others and all(check.verdict is Verdict.NOT_WRITTEN for check in others)
    return Verdict.NOT_WRITTEN if untouched and not any(verdict.earns for verdict in verdicts) else Verdict.FAILED
