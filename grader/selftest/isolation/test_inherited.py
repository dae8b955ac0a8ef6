"""Lower limits of the machine's, or of whoever starts the grader, cost no student anything."""

from __future__ import annotations

import dataclasses
import re

import pytest

from grader.errors import GraderFault
from grader.files import PROJECT
from grader.isolation import inherited
from grader.model import Limits, Verdict
from grader.selftest.conftest import Open
from grader.selftest.isolation.test_isolation import call
from tests.harness.outcomes import Stopped, StudentError

FILLS = """
import os, resource, tempfile, threading, time
def none(): return [1]
def files(): return len([os.open(os.devnull, os.O_RDONLY) for _ in range(110)])
def large():
    with tempfile.TemporaryFile() as file: return file.write(bytes(50 << 20))
def processes():
    threads = [threading.Thread(target=time.sleep, args=(0.2,)) for _ in range(60)]
    for each in threads: each.start()
    return len(threads)
def memory(): return len(bytearray(1 << 30))
def wrong(): return [1][2]
"""
"""Uses most of what the handout promises."""

USES = {
    "files": ("NOFILE", 64, 110, "64 open files instead of 128"),
    "large": ("FSIZE", 16 << 20, 50 << 20, "16 MiB in one file instead of 64"),
    "processes": ("NPROC", 30, 60, "30 processes and threads instead of 67"),
    "memory": ("DATA", 700 << 20, 1 << 30, "700 MiB of memory instead of 2,048"),
}


@pytest.fixture
def lower(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """Hard limits that this process seems to have; put some in."""
    hard: dict[str, int] = {}
    monkeypatch.setattr(inherited, "hard_limits", lambda: hard)
    return hard


@pytest.mark.parametrize("use", USES)
def test_what_the_handout_promises_can_be_used(sandboxed: Open, use: str) -> None:
    """Files, a large file, processes and memory just below the limits."""
    assert call(sandboxed(FILLS), use) == USES[use][2]


@pytest.mark.parametrize("use", USES)
def test_what_ends_by_a_lowered_limit_is_the_graders_fault(
    sandboxed: Open, lower: dict[str, int], use: str
) -> None:
    """It says which limit; what needs less works, and a mistake that no limit makes stays the submission's."""
    name, lower[name], _, says = USES[use]
    with pytest.raises(Stopped, match=says) as stopped:
        call(sandboxed(FILLS), use)
    assert stopped.value.verdict is Verdict.GRADER_FAULT
    assert call(sandboxed(FILLS), "none") == [1]
    with pytest.raises(StudentError, match="IndexError"):
        call(sandboxed(FILLS), "wrong")


@pytest.mark.parametrize("use", ["files", "large", "processes"])
def test_no_submission_makes_such_a_fault_where_limits_are_as_promised(sandboxed: Open, use: str) -> None:
    """Who lowers or uses up limits in the check's own process gets an ordinary exception."""
    name = USES[use][0]
    lowers = f"""
def f():
    resource.setrlimit(resource.RLIMIT_{name}, (10, 10))
    return {use}()
"""
    with pytest.raises(StudentError):
        call(sandboxed(FILLS + lowers), "f")


def test_a_check_that_can_not_be_started_is_the_graders_fault(
    sandboxed: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What fails before the submission is read is told with its reason."""
    assert call(sandboxed(FILLS), "none") == [1]
    monkeypatch.setattr(inherited, "for_a_check", lambda limits, hard: {"NOFILE": 1 << 40})
    with pytest.raises(GraderFault, match=r"a check could not be started: (ValueError|PermissionError)"):
        sandboxed(FILLS)


def test_a_sandbox_that_starts_no_check_is_replaced(sandboxed: Open) -> None:
    """A submission that spoils the sandbox's first process for the next check makes no fault."""
    spoils = """
def spoil():
    for name in ('NOFILE', 'NPROC', 'FSIZE', 'DATA', 'AS'):
        try: resource.prlimit(os.getppid(), getattr(resource, f'RLIMIT_{name}'), (4, 4))
        except OSError: pass
    return 1
"""
    assert call(sandboxed(FILLS + spoils), "spoil") == 1
    assert call(sandboxed(FILLS), "files") == 110


def test_the_handout_names_every_limit() -> None:
    """A student can read there what a check may use."""
    text = (PROJECT / "handout.md").read_text(encoding="utf-8")
    named = text[text.index("**Limits**") : text.index("**Packages.**")]
    for each in dataclasses.fields(Limits):
        value = int(getattr(Limits(), each.name))
        shown = "1 MiB" if each.name == "output_kib" else f"{value:,}"
        assert re.search(rf"(?<![\d,]){shown}(?![\d,])", named), each.name
