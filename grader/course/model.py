"""What a course file says, as a frozen record."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal

from grader.course.late import Rule
from grader.model import Feedback
from tests.harness.tasks import CHOSEN, TASKS, added

Attempts = Literal["last", "best"]


@dataclass(frozen=True, slots=True)
class Course:
    """A course. By itself it has all tasks but the optional ones, with their own points and no due date.

    `points` are those of its tasks, in their order, {id: points}; a task that is not among them is left out.
    `check_seconds` bounds the time of each check, `feedback` is the level of all hidden checks, and None leaves
    both as the checks have them. From `seed`, which is secret, hidden checks draw their random examples; without
    one they draw the usual ones. `attempts` says which of several hand-ins counts. `file` is where this stands.

    >>> Course().total, hash(Course()) == hash(Course())
    (100.0, True)
    """

    title: str = ""
    term: str = ""
    points: dict[str, float] = field(default_factory=lambda: dict(CHOSEN.tasks), hash=False)
    feedback: Feedback | None = None
    due: datetime | None = None
    late: Rule = field(default_factory=Rule)
    attempts: Attempts = "last"
    check_seconds: float | None = None
    seed: str = field(default="", repr=False)
    roster: Path | None = None
    file: Path | None = None

    @property
    def tasks(self) -> tuple[str, ...]:
        """Ids of its tasks, in their order."""
        return tuple(self.points)

    @property
    def total(self) -> float:
        """What its tasks are worth together."""
        return added(self.points.values())

    @property
    def usual(self) -> bool:
        """Whether it has the tasks and points of a course without a file."""
        return self.points == CHOSEN.tasks

    @property
    def unweighed(self) -> bool:
        """Whether each of its tasks has its own points."""
        return all(TASKS[task].points == points for task, points in self.points.items())


USUAL = Course()
"""All tasks but the optional ones, with their own points."""
