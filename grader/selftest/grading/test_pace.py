"""A submission that hangs everywhere is graded in a platform's time; one that hangs once loses nothing else."""

from __future__ import annotations

import dataclasses
import re
import types
from typing import Any

import pytest

from grader.delivery.builders import SHORTEST_S
from grader.files import PROJECT
from grader.grading import pace
from grader.grading.pace import LEAST_S, limit_s, pytest_checks_planned, pytest_runtest_call, pytest_runtest_setup
from tests.harness.checks import Check
from tests.harness.outcomes import Feedback, Limits, Stopped, Verdict
from tests.harness.plugin import CHECK
from tests.harness.tasks import CHOSEN, TASKS


class Run:
    """Checks that run one after another, by a clock of their own."""

    def __init__(self, checks: list[Check], monkeypatch: pytest.MonkeyPatch) -> None:
        self.now, self.left = 1000.0, list(checks)
        monkeypatch.setattr(pace, "time", types.SimpleNamespace(monotonic=lambda: self.now))
        config: Any = types.SimpleNamespace(stash=pytest.Stash())
        self.item: Any = types.SimpleNamespace(stash=pytest.Stash(), config=config)
        pytest_checks_planned(config, checks)

    def next(self, took_s: float) -> float:
        """Let the next check run for so long, or until its limit ends it; the limit that it had."""
        self.item.stash[CHECK] = self.left.pop(0)
        pytest_runtest_setup(self.item)
        wall_s: float = self.item.stash[CHECK].limits.wall_s
        self.now += min(took_s, wall_s)
        return wall_s


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """As many checks as the usual course has, with their limits."""
    return _run(monkeypatch, tuple(CHOSEN.tasks))


@pytest.fixture
def whole(monkeypatch: pytest.MonkeyPatch) -> Run:
    """As many checks as there are, those of optional tasks among them."""
    return _run(monkeypatch, tuple(TASKS))


def _run(monkeypatch: pytest.MonkeyPatch, tasks: tuple[str, ...]) -> Run:
    texts = [
        path.read_text(encoding="utf-8")
        for path in [*PROJECT.glob("tests/test_*.py"), *PROJECT.glob("grader/hidden/test_*.py")]
    ]
    special = [float(s) for text in texts for s in re.findall(r"^@limits\(wall_s=(\d+)", text, re.MULTILINE)]
    one = Check("1.1/x", "1.1", "x", 1, False, Feedback.FULL, Limits())
    marks = [task for text in texts for task in re.findall(r'^@points\(.*, task="(.+)"\)', text, re.MULTILINE)]
    count = sum(task in tasks for task in marks)
    checks = [dataclasses.replace(one, limits=Limits(wall_s=s)) for s in special] + [one] * (count - len(special))
    return Run(checks[::-1], monkeypatch)


def test_hanging_everywhere_ends_in_time(whole: Run) -> None:
    """With two minutes to spare on the platform that gives the fewest, and with all optional tasks."""
    limits = [whole.next(1e9) for _ in range(len(whole.left))]
    assert len(limits) > 100
    assert sum(limits) <= SHORTEST_S - 120
    assert min(limits) == LEAST_S


def test_hanging_twice_changes_nothing_for_the_others(run: Run) -> None:
    """Nor do quick checks, however many."""
    own = run.left[0].limits.wall_s
    assert [run.next(1e9), run.next(1e9)] == [own] * 2
    assert {run.next(1) for _ in range(60)} == {own}


def test_slow_modules_lose_nothing(run: Run) -> None:
    """Fifty checks take five seconds longer, say for an import: each has enough."""
    assert min(run.next(6 if n // 25 % 4 == 0 else 0.3) for n in range(len(run.left))) > 6


def test_a_shortened_limit_is_told(run: Run) -> None:
    """Of a check that ran out of its own time, nothing is added."""

    def told(took_s: float) -> str:
        run.next(took_s)
        hook = pytest_runtest_call(run.item)
        next(hook)
        with pytest.raises(Stopped) as stopped:
            hook.throw(Stopped(Verdict.TIMEOUT, "no answer within N s"))
        return stopped.value.message

    assert told(1e9) == "no answer within N s"
    for _ in range(20):
        run.next(1e9)
    expected = "no answer within N s (instead of 20 s, since the checks before it took so long)"
    assert told(1) == expected


@pytest.mark.parametrize("own", [0.5, 20.0, 60.0])
def test_no_limit_grows(own: float) -> None:
    """With less time left it shrinks or stays, and is never above a check's own."""
    limits = [limit_s(own, left_s) for left_s in range(600, -300, -10)]
    assert limits == sorted(limits, reverse=True)
    assert limits[0] <= own
