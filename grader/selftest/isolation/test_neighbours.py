"""Time is the submission's own: what its neighbours on the machine take is given back, and sleeping is not."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from grader.isolation import usage
from grader.isolation.backend import SandboxPool
from grader.isolation.ladder import LADDER
from grader.model import Limits, Verdict
from grader.selftest.isolation.test_isolation import call
from tests.harness.outcomes import Stopped

WORKS = """
import time
def works(seconds):
    while time.process_time() < seconds: pass
    return seconds
def sleeps():
    time.sleep(60)
"""


@pytest.fixture
def pool(folder: Path, kind: str) -> Iterator[SandboxPool]:
    """Sandboxes for a submission that works or sleeps."""
    (folder / "assignment").mkdir()
    (folder / "assignment" / "__init__.py").touch()
    (folder / "assignment" / "probe.py").write_text(WORKS, encoding="utf-8")
    made = SandboxPool(LADDER[kind], folder)
    yield made
    made.close()


@contextlib.contextmanager
def neighbours(count: int) -> Iterator[None]:
    """So many processes that compute, each of a session of its own: some kernels give each session its share."""
    command = [sys.executable, "-S", "-c", "while True: pass"]
    started = [subprocess.Popen(command, start_new_session=True) for _ in range(count)]
    try:
        yield
    finally:
        for each in started:
            each.kill()
            each.wait()


def ended(act: Callable[[], object]) -> Stopped:
    """How the check ended, which is by time."""
    with pytest.raises(Stopped) as stopped:
        act()
    assert stopped.value.verdict is Verdict.TIMEOUT
    return stopped.value


@pytest.mark.alone
def test_what_neighbours_take_is_given_back(pool: SandboxPool) -> None:
    """A check that would have had time enough alone passes the second time, however busy the machine."""
    with neighbours(6), pool.check(Limits(wall_s=2)) as check:
        stopped = ended(lambda: call(check, "works", 1.2))
        with pool.again(stopped) as again:
            assert again
            assert call(check, "works", 1.2) == 1.2


@pytest.mark.alone
def test_who_sleeps_is_not_tried_again(pool: SandboxPool) -> None:
    """However busy the machine is."""
    with neighbours(4), pool.check(Limits(wall_s=3)) as check:
        stopped = ended(lambda: call(check, "sleeps"))
        with pool.again(stopped) as again:
            assert not again


@pytest.mark.alone
@pytest.mark.parametrize(("again_s", "most"), [(90.0, 2), (2.0, 1), (0.2, 0)])
def test_second_tries_are_bounded(pool: SandboxPool, again_s: float, most: int) -> None:
    """Checks that never end are tried again twice, or as often as the time for all second tries allows."""
    pool._again_s, tried = again_s, 0
    with neighbours(4):
        for _ in range(4):
            with pool.check(Limits(wall_s=0.5)) as check:
                works = partial(call, check, "works", 1e9)
                stopped, began = ended(works), time.monotonic()
                with contextlib.suppress(Stopped), pool.again(stopped) as again:
                    tried += again
                    if again:
                        works()
                assert time.monotonic() - began < 20
    assert tried <= most


@pytest.mark.parametrize(
    ("ran_s", "waited_s", "others_s", "crowded"),
    [
        (10.0, 10.0, 30.0, True),  # half of a processor
        (20.0, 0.1, 20.0, False),  # a whole one
        (0.1, 0.1, 30.0, False),  # asleep
        (40.0, 900.0, 0.5, False),  # its own processes wait for each other, all the time
        (6.0, 900.0, 0.5, False),  # or all at once now and then
        (25.0, 15.0, 15.0, True),  # a pool that had two processors half of the time
    ],
)
def test_waiting_is_told_from_sleeping_and_from_working(
    monkeypatch: pytest.MonkeyPatch, ran_s: float, waited_s: float, others_s: float, crowded: bool
) -> None:
    """By what a check and others had of the processors, and how long it stood in the queue, of 20 seconds."""
    ran, busy, waits = [0.0, ran_s, ran_s], [0.0, ran_s + others_s], [[("1", 5.0)], [("1", 5.0), ("2", waited_s)]]
    monkeypatch.setattr(usage, "_ran_s", lambda pid: ran.pop(0))
    monkeypatch.setattr(usage, "_busy_s", lambda: busy.pop(0))
    monkeypatch.setattr(usage, "_waits_s", lambda pid: waits.pop(0))
    monkeypatch.setattr(usage, "PROCESSORS", 2)
    queue = usage.Queue(1)
    queue.look()
    assert queue.crowded(20.0) is crowded
