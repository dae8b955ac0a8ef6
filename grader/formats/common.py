"""What the formats share: none is written without a score, and hidden checks keep their inputs to themselves."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

from grader.errors import GraderFault
from grader.feedback import cut, shown
from grader.model import CheckResult, Report, Verdict
from grader.render.text import visible

T = TypeVar("T")


def for_students(make: Callable[[Report], T]) -> Callable[[Report], T]:
    """Give a format what students may see of a report, and nothing else."""

    @wraps(make)
    def made(report: Report) -> T:
        return make(shown(report))

    return made


def scored(report: Report, platform: str) -> float:
    """The score.

    Raises:
        GraderFault: the report has none; a zero must not be written in its place.
    """
    if report.score is None:
        raise GraderFault(f"the report has no score, so there is nothing to tell {platform}; grade again")
    return report.score


def feedback(check: CheckResult) -> str:
    """What a student may read of a check: nothing when passed, else the verdict and what its level allows."""
    if check.verdict.earns:
        return ""
    return f"{check.verdict.value}\n{visible(cut(check).message)}"


def name(check: CheckResult) -> str:
    """Task and title, on one line."""
    return f"{check.task} {visible(check.title)}"


def outcome(check: CheckResult, passed: str, failed: str, skipped: str) -> str:
    """A platform's word for how a check went."""
    if check.verdict.earns:
        return passed
    return skipped if check.verdict is Verdict.SKIPPED else failed


def hundredths(value: float) -> int:
    """Points as whole hundredths, for platforms that know whole numbers only.

    >>> hundredths(2.25)
    225
    """
    return round(value * 100)
