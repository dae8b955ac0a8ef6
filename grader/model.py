"""Frozen records that the grader's parts hand to each other. No behaviour beyond sums and look-ups."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tests.harness.outcomes import Feedback, Limits, Verdict
from tests.harness.tasks import added
from tests.harness.text import encodable

__all__ = ["CheckResult", "Feedback", "Limits", "PlannedCheck", "Report", "Submission", "Verdict"]


@dataclass(frozen=True, slots=True)
class Submission:
    """An intaken submission: a folder of ours that holds only a clean `assignment/`.

    `root` is the folder above `assignment/`, or None when nothing could be graded; then `problem` is the
    sentence that says why. `notes` are sentences on what was left out. `sha256` is that of the archive's
    bytes, or of the sorted files of a folder.
    """

    name: str
    sha256: str
    root: Path | None
    problem: str | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PlannedCheck:
    """A check that is going to be run, known before anything of the submission starts."""

    id: str
    task: str
    title: str
    max_points: float
    hidden: bool
    feedback: Feedback


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What one check came to. `message` is the diagnosis, plain text, empty when passed.

    `feedback` is what a student may be told; without it, everything of a public check and the category of a hidden
    one. `together` is (lost, all) when this stands for several checks of a task.
    """

    id: str
    task: str
    title: str
    verdict: Verdict
    points: float
    max_points: float
    message: str
    hidden: bool
    wall_s: float
    feedback: Feedback | None = None
    together: tuple[int, int] | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "feedback", self.level)
        for name in ("id", "title", "message"):
            object.__setattr__(self, name, encodable(getattr(self, name)))

    @property
    def level(self) -> Feedback:
        """What a student may be told."""
        return self.feedback or (Feedback.CATEGORY if self.hidden else Feedback.FULL)


@dataclass(frozen=True, slots=True)
class Report:
    """The whole result. `score` is None exactly when some check is the grader's own fault.

    `suspicions` are for staff, and name what a look at the code found; no format that a student reads has them.
    Whatever a submission says or is called, all texts can be encoded: here is where they enter.

    >>> Report("s", "0" * 64, "0.1.0", "bwrap", (), None, ()).score
    0.0
    """

    submission: str
    sha256: str
    grader_version: str
    isolation: str
    checks: tuple[CheckResult, ...]
    problem: str | None
    notes: tuple[str, ...]
    suspicions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "submission", encodable(self.submission))
        object.__setattr__(self, "problem", None if self.problem is None else encodable(self.problem))
        for name in ("notes", "suspicions"):
            object.__setattr__(self, name, tuple(map(encodable, getattr(self, name))))

    @property
    def score(self) -> float | None:
        """Points earned, or None when the grader failed in any check."""
        if any(check.verdict is Verdict.GRADER_FAULT for check in self.checks):
            return None
        return added(check.points for check in self.checks)

    @property
    def max_score(self) -> float:
        """Points that could be earned."""
        return added(check.max_points for check in self.checks)
