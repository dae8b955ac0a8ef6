"""The reference under low limits, and on a busy machine: full points or a fault, never a lost point."""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from grader.files import PROJECT
from grader.grading import Options, grade
from grader.proofs import specimen
from grader.selftest.conftest import needs_sandbox, problems
from tests.harness.tasks import TASKS

MIB = 1 << 20
SPINNING = 3 * (os.cpu_count() or 1)
"""Processes that compute, so that a check has a fourth of a processor."""

LOW = {
    "NOFILE": (64, 8),
    "NPROC": (33, 1),
    "FSIZE": (32 * MIB, 4096),
    "DATA": (1024 * MIB, 64 * MIB),
    "AS": (3072 * MIB, 256 * MIB),
    "STACK": (4 * MIB, 64 << 10),
    "CPU": (20, 1),
    "MEMLOCK": (4096, 0),
    "CORE": (4096, 0),
}
"""Half of what a check is promised, and next to nothing."""

OFTEN = ("NOFILE", "NPROC", "FSIZE", "AS")
"""Limits that platforms lower: tried at each push, the others by `make thorough`."""


def at_each_push() -> Iterator[Any]:
    """Each of them, marked."""
    for name in LOW:
        yield pytest.param(name, marks=() if name in OFTEN else pytest.mark.thorough)


AS_ANOTHER = """
set -e
mount --bind "$1" "$2"; mount -t tmpfs -o mode=755 tmpfs /root; mkdir -p "$1"; mount --bind "$2" "$1"
shift 2; exec setpriv --reuid 65534 --regid 65534 --clear-groups --no-new-privs "$@"
"""
"""Runs a command as a user of no privilege, who could not read an interpreter below /root otherwise."""


@pytest.fixture
def archive(folder: Path) -> Path:
    """The reference, handed in."""
    return specimen.archive(specimen.load("reference"), folder / "reference.zip")


def graded(archive: Path, limit: str, value: int, before: Sequence[str] = (), isolation: str = "auto") -> str:
    """What grading one quick task under a limit comes to: "full", "fault", or what was lost."""
    number = getattr(resource, f"RLIMIT_{limit}")
    lower: Callable[[], None] = lambda: resource.setrlimit(number, (value, value))  # noqa: E731
    report = archive.parent / "out" / "report.json"
    report.parent.mkdir(mode=0o777, exist_ok=True)
    report.parent.chmod(0o777)
    command = [sys.executable, "-m", "grader", "grade", str(archive), "--task", "2.1", "--isolation", isolation]
    done = subprocess.run(
        [*before, *command, "--report", str(report)],
        capture_output=True,
        text=True,
        cwd=PROJECT,
        preexec_fn=lower,
        env={**os.environ, "HOME": "/nonexistent"},
    )
    data = json.loads(report.read_text(encoding="utf-8")) if report.exists() else {"score": None}
    if done.returncode == 0 and data["score"] == data["max_score"]:
        return "full"
    assert done.returncode in (3, 128 + 9, -9, -11, -24), done.stdout + done.stderr
    assert data["score"] is None, data
    assert done.returncode != 3 or done.stderr.strip(), "a fault with no reason"
    return "fault"


@needs_sandbox
@pytest.mark.parametrize("limit", list(at_each_push())[:7])
def test_half_of_a_limit_costs_the_reference_nothing(archive: Path, limit: str) -> None:
    """Full points, in one sandbox with one limit and in another with the next."""
    working = [name for name, problem in problems().items() if problem is None]
    isolation = working[list(LOW).index(limit) % len(working)]
    assert graded(archive, limit, LOW[limit][0], isolation=isolation) == "full"


@needs_sandbox
@pytest.mark.parametrize("limit", list(at_each_push()))
def test_next_to_nothing_costs_no_point(archive: Path, limit: str) -> None:
    """Full points, or no score and a reason."""
    assert graded(archive, limit, LOW[limit][1]) in ("full", "fault")


@pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("setpriv"), reason="only root can become another user")
@pytest.mark.parametrize("value", ["half", "nothing"])
def test_another_user_loses_nothing(archive: Path, folder: Path, value: str) -> None:
    """Where no privilege is had, low limits of processes, files and their size cost no point."""
    (folder / "python").mkdir()
    enter = ["unshare", "--mount", "sh", "-c", AS_ANOTHER, "sh", sys.base_prefix, str(folder / "python")]
    if subprocess.run([*enter, sys.executable, "-c", "import grader"], cwd=PROJECT, check=False).returncode:
        pytest.skip("no other user can run this interpreter here")
    for limit in ("NPROC", "NOFILE", "FSIZE"):
        assert graded(archive, limit, LOW[limit][value == "nothing"], enter) in ("full", "fault")


@pytest.mark.alone
@pytest.mark.skipif(
    "CI" in os.environ, reason="a shared machine has neighbours of its own, which use up its second tries"
)
@needs_sandbox
def test_a_busy_machine_costs_no_point(folder: Path) -> None:
    """Checks that others keep from running are tried again; staff read which ones."""
    module = specimen.compose(specimen.load("reference"), folder) / "assignment" / f"{TASKS['2.1'].module}.py"
    with module.open("a", encoding="utf-8") as file:
        file.write("\nimport time\nwhile time.process_time() < 0.4: pass\n")
    command = [sys.executable, "-S", "-c", "while True: pass"]
    spinning = [subprocess.Popen(command, start_new_session=True) for _ in range(SPINNING)]
    try:
        report = grade(folder, Options(("2.1",), check_seconds=0.8))
    finally:
        for each in spinning:
            each.kill()
            each.wait()
    assert report.score == report.max_score
    assert any("tried a second time" in note and "2.1/" in note for note in report.suspicions)
    assert not any("second time" in note for note in report.notes)
