"""What comes back from wherever a submission was graded, and what is made of it."""

from __future__ import annotations

from concurrent.futures import Executor, Future
from pathlib import Path
from typing import Any

import pytest

from grader.cohort import Student, enroll, opened, plan, run, standings
from grader.course import Course
from grader.errors import UsageError
from grader.grading import Options, Settings
from grader.reports import to_json
from grader.selftest.cohort.stores import PASS, attempt, graded, report

SETTINGS = Settings(Options(), "none")


class Answers(Executor):
    """Gives the same answer, or raises the same, each time, and counts."""

    def __init__(self, answer: Any) -> None:
        self.answer, self.asked = answer, 0

    def submit(self, *_: Any, **__: Any) -> Future[Any]:
        """A future that has ended."""
        self.asked += 1
        future: Future[Any] = Future()
        if isinstance(self.answer, Exception):
            future.set_exception(self.answer)
        else:
            future.set_result(self.answer)
        return future


def answer(**other: object) -> dict[str, Any]:
    """Of a worker that has something else than is told here."""
    return {
        "fault": "",
        "report": to_json(report(t1_1_a=PASS)),
        "wall_s": 1.0,
        "told": SETTINGS.told | other,
    }


def test_what_was_graded_otherwise_since_is_graded_again(tmp_path: Path) -> None:
    """By other settings, and then by the first ones: what counts is what was asked for last."""
    with opened(tmp_path / "class.db", new=True) as store:
        enroll(store, [Student("ann")])
        attempt(store, "ann", "d")
        for key, tasks, waits in (
            (SETTINGS.key, "", 0), ("other", "1.1", 1), (SETTINGS.key, "1.1", 0), ("other", "", 1),
        ):  # fmt: skip
            graded(store, "d", report(t1_1_a=PASS), key=key, tasks=tasks)
            assert len(plan(store, SETTINGS).waiting) == waits
        for task, says in (("9.9", "no task '9.9'"), ("1.1", "the course leaves task 1.1 out")):
            with pytest.raises(UsageError, match=says):
                plan(store, Settings(Options(course=Course(points={"1.2": 1})), "none"), [task])


@pytest.mark.parametrize(
    ("given", "asked", "total", "why"),
    [
        (answer(), 1, 2, ""),
        (answer(checks="of last year"), 3, None, "a worker has other checks: give all workers the same version"),
        (answer(torch="2.0", python="3.9"), 3, None, "a worker has other python, torch: give all"),
        (MemoryError("no room"), 3, None, "MemoryError: no room"),
    ],
)
def test_only_what_was_graded_alike_counts(
    tmp_path: Path, given: Any, asked: int, total: float | None, why: str
) -> None:
    """A worker of another version gives no score, and one that died gives none; each is tried three times."""
    with opened(tmp_path / "class.db", new=True) as store:
        enroll(store, [Student("ann")])
        attempt(store, "ann", "d")
        pool = Answers(given)
        done = list(run(store, plan(store, SETTINGS), pool, 1))
        assert pool.asked == len(done) == asked
        [ann] = standings(store)
        assert ann.total == total
        assert ann.why.startswith(why)
        assert len(plan(store, SETTINGS).waiting) == (total is None)
