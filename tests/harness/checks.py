"""What is known of a check before it runs, and what it came to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from tests.harness import advice
from tests.harness.expect import CALLS, Failure
from tests.harness.outcomes import (
    GRADER_FAULT_TEXT,
    Altered,
    Feedback,
    Limits,
    NotPlain,
    Stopped,
    StudentError,
    Verdict,
)
from tests.harness.plain import short
from tests.harness.tasks import CHOSEN, TASKS
from tests.harness.text import one_line

COPY_IT = "what a function is given is its caller's: work on a copy of a list or dict, and change that"
DUE = "an answer: what this call is given is allowed"
"""Where a submission refuses what it must take."""

NO_PYTHON = ("SyntaxError", "IndentationError", "TabError")
"""What is raised where a file can't be read as Python."""


@dataclass(frozen=True, slots=True)
class Check:
    """One test function: its id is `TASK/name`, its title the first line of its docstring."""

    id: str
    task: str
    title: str
    points: float
    hidden: bool
    feedback: Feedback
    limits: Limits


@dataclass(frozen=True, slots=True)
class Outcome:
    """The verdict on one check, with the diagnosis (empty when passed) and the seconds it took."""

    check: Check
    verdict: Verdict
    message: str
    wall_s: float

    def told(self) -> list[Any]:
        """All of it that JSON holds and a board needs, for another process: neither seconds nor limits.

        >>> check = Check("1.1/x", "1.1", "It counts", 1, False, Feedback.FULL, Limits())
        >>> outcome = Outcome(check, Verdict.PASSED, "", 0.0)
        >>> Outcome.of(outcome.told()) == outcome
        True
        """
        known = {name: getattr(self.check, name) for name in ("id", "task", "title", "points", "hidden")}
        return [known, self.verdict.value, self.message]

    @classmethod
    def of(cls, told: Sequence[Any], wall_s: float = 0.0) -> Outcome:
        """The outcome that another process has told."""
        known, verdict, message = told
        return cls(Check(**known, feedback=Feedback.FULL, limits=Limits()), Verdict(verdict), message, wall_s)


def check_of(item: pytest.Function, worth: Mapping[str, float] = CHOSEN.checks) -> Check:
    """The check that a test function is, worth what is given, {id: points}, or else what its mark says.

    Raises:
        pytest.UsageError: the function has no points, no known task, no docstring or an unknown level of feedback;
            the message names it.
    """
    marker = item.get_closest_marker("points")
    if marker is None or not marker.args or marker.kwargs.get("task") not in TASKS:
        raise pytest.UsageError(
            f"{item.nodeid} needs @points(N, task='...') with a task of tests/harness/tasks.py"
        )
    title = (item.function.__doc__ or "").strip().partition("\n")[0]
    if not title:
        raise pytest.UsageError(f"{item.nodeid} needs a docstring: its first line is the report's sentence")
    task = marker.kwargs["task"]
    limits = item.get_closest_marker("limits")
    hidden = "hidden" in item.path.parts
    id_ = f"{task}/{item.name.removeprefix('test_')}"
    return Check(
        id=id_,
        task=task,
        title=title.rstrip("."),
        points=worth.get(id_, marker.args[0]),
        hidden=hidden,
        feedback=_feedback(item, marker.kwargs.get("feedback"), hidden),
        limits=Limits(**limits.kwargs) if limits else Limits(),
    )


def _feedback(item: pytest.Function, level: str | None, hidden: bool) -> Feedback:
    if level is None:
        return Feedback.CATEGORY if hidden else Feedback.FULL
    if level not in list(Feedback):
        raise pytest.UsageError(f"{item.nodeid} has feedback {level!r}; there are {', '.join(Feedback)}")
    return Feedback(level)


def judge(error: BaseException) -> tuple[Verdict, str]:
    """Verdict and diagnosis for what ended a check.

    Whatever is neither a failed comparison nor the submission's doing is the grader's own fault. What a submission
    says stands behind words of ours, on the same line.
    """
    if isinstance(error, Stopped):
        if error.verdict is Verdict.NOT_WRITTEN:
            return error.verdict, f"not written: {short(error.message, 300)}" if error.message else "not written"
        if not CALLS.text:
            return error.verdict, one_line(error.message)
        return error.verdict, f"{CALLS.text}\n  got       {one_line(error.message)}{_at(error.where)}"
    if isinstance(error, StudentError):
        due = f"\n  expected  {DUE}" if error.where and ": raise " in error.where[-1] else ""
        got = f"{CALLS.text}{due}\n  got       {error.kind}: {short(error.text, 300)}"
        return Verdict.FAILED, got + _at(error.where) + _try(advice.of_error(error))
    if isinstance(error, NotPlain):
        said = one_line(str(error))
        return Verdict.FAILED, f"{CALLS.text}\n  got       {said}" + _try(advice.of_answer(said))
    if isinstance(error, Altered):
        rows = Failure(CALLS.text, f"{error.which} as it was before the call", error.after, COPY_IT)
        return Verdict.FAILED, str(rows)
    if isinstance(error, Failure):
        return Verdict.FAILED, str(error)
    if isinstance(error, AssertionError):
        said = one_line(str(error))
        return Verdict.FAILED, f"an assertion failed: {said}" if said else "an assertion failed"
    if type(error).__name__.startswith("Flaky"):
        causes = getattr(error, "exceptions", ())
        verdict, again = judge(causes[0]) if causes else (Verdict.FAILED, CALLS.text)
        if verdict is Verdict.GRADER_FAULT:
            return verdict, again
        return Verdict.FAILED, f"{again}\n  note      the same call gave different answers"
    return Verdict.GRADER_FAULT, f"{GRADER_FAULT_TEXT}{type(error).__name__}: {one_line(str(error))}"


def _at(where: Sequence[str]) -> str:
    """Rows of a diagnosis that name lines of the submission, the outermost first."""
    return "".join(f"\n  at        {one_line(line)}" for line in where)


def _try(advice: str) -> str:
    return f"\n  try       {advice}" if advice else ""
