"""What the formats share: none is written without a score, and hidden checks keep their inputs to themselves."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from grader.errors import GraderFault
from grader.grading import cut, shown
from grader.model import CheckResult, Report, Verdict
from grader.reports.text import one_line, quoted

CUTS = (4_000, 1_000, 250, 60)
"""Characters of feedback for each check: the first, or fewer where a platform takes no file as long as that."""

Made = TypeVar("Made", str, dict[str, Any])
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


def fitting(most_bytes: int, make: Callable[[int], Made]) -> Made:
    """What is made with as many characters of feedback for each check as fit into what the platform takes.

    >>> fitting(1_500, lambda most: "x" * most) == "x" * 1_000
    True
    """
    for most in CUTS:
        made = make(most)
        text = made if isinstance(made, str) else json.dumps(made, ensure_ascii=False, indent=2)
        if len(text.encode()) <= most_bytes:
            break
    return made


def feedback(check: CheckResult, most: int = CUTS[0]) -> str:
    """What a student may read of a check: nothing when passed, else the verdict and what its level allows."""
    if check.verdict.earns:
        return ""
    text = f"{check.verdict.value}\n{quoted(cut(check).message[: most + 1])}"
    return text if len(text) <= most else f"{text[:most]} ... (cut)"


def name(check: CheckResult) -> str:
    """Task and title, on one line."""
    return f"{check.task} {one_line(check.title)}"


def outcome(report: Report, check: CheckResult, passed: str, failed: str, skipped: str, error: str) -> str:
    """A platform's word for how a check went; an error where nothing could be graded, shown in red."""
    if check.verdict.earns:
        return passed
    if check.verdict is Verdict.SKIPPED:
        return skipped if report.problem is None else error
    return error if check.verdict is Verdict.GRADER_FAULT else failed


def hundredths(value: float) -> int:
    """Points as whole hundredths, for platforms that know whole numbers only.

    >>> hundredths(2.25)
    225
    """
    return round(value * 100)
