"""Sends hostile frames, archives and sources to the trusted side, guided by the code that they reach.

python -m grader.bench.fuzz [CASES]

Each case is what a submission may write to the grader, or be: see `grader.bench.cases`. What becomes of it must be
the submission's own, never a fault of the grader's, and take less than a second of processor time.
"""

from __future__ import annotations

import contextlib
import random
import shutil
import socket
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import atheris

with atheris.instrument_imports(include=["grader.isolation", "grader.intake", "tests.harness"]):
    from grader.intake import finds, intake
    from grader.isolation import IsolatedBackend
    from grader.model import Limits
    from tests.harness.checks import judge
    from tests.harness.contract import RETURNS
    from tests.harness.expect import CALLS, expect
    from tests.harness.outcomes import Verdict
    from tests.harness.student import Feed, LazyResult, Student

from grader.bench import cases

SLOW_S = 1.0
LIMITS = Limits(wall_s=0.2)
PATHS = sorted(RETURNS)
WANTED: list[object] = [
    1,
    "a",
    [1, 2],
    {"a": 1.5},
    {1: b"a"},
    ({1: b"a"}, [(b"a", b"b")]),
    (1, 2),
    0.5,
    True,
    None,
]
FRAMES, ARCHIVES = 200, 230
"""A case whose first byte is below the first is of frames, below the second an archive, else a source."""

SHARED_MEMORY = Path("/dev/shm")  # noqa: S108  -- folders of our own in it


class Process:
    """Stands for a sandbox's first process: there is none to be measured."""

    pid = 0


class Sandbox:
    """Stands for a sandbox whose check writes `data`, and dies with a status."""

    alive = False
    process = Process()
    group = None
    hard: Mapping[str, int] = {}
    baseline_mib = 0.0

    def __init__(self, data: bytes, status: int) -> None:
        self._data, self._status = data, status
        self.control, self._theirs = socket.socketpair()

    def start(self, limits: dict[str, Any], channel: socket.socket, output: int) -> None:
        """Write it all at once, and nothing after it; the grader reads it when it asks."""
        del limits, output
        self._check = channel.dup()
        self._check.setblocking(False)
        with contextlib.suppress(OSError):
            self._check.send(self._data)
        self._check.shutdown(socket.SHUT_WR)

    def died(self) -> tuple[int, str]:
        """As if it had left so."""
        return self._status, ""

    def close(self) -> None:
        """Close all ends."""
        for each in (self.control, self._theirs, self._check):
            each.close()


def frames(choose: cases.Choices) -> None:
    """Let a check call a function that answers with these frames, and judge what comes of it.

    Raises:
        AssertionError: the grader would call it a fault of its own.
    """
    path, wanted = choose.pick(PATHS), choose.pick(WANTED)
    status = choose.below(256) - 64
    written = b"\0\0\0\x05\xa1\x62ok\xf6" + b"".join(cases.message(choose) for _ in range(1 + choose.below(4)))
    sandbox = Sandbox(written, status)
    backend = IsolatedBackend(sandbox, LIMITS, {})  # type: ignore[arg-type]
    try:
        student = Student(backend, CALLS)
        got = student._call(path, None, path, (Feed("ab"), lambda: 1, student.file), {})
        if isinstance(got, LazyResult):
            got = got.rest()
        expect(got, wanted, "", {"a mistake": lambda: wanted})
    except BaseException as error:  # noqa: BLE001  -- whatever it is, it is judged as in a check
        verdict, said = judge(error)
        assert verdict is not Verdict.GRADER_FAULT, said
        said.encode()
    finally:
        backend.close()
        sandbox.close()


def archive(choose: cases.Choices) -> None:
    """Take an archive in.

    Raises:
        AssertionError: something lies where it must not.
        Exception: anything at all, since a submission can only be refused.
    """
    with tempfile.TemporaryDirectory(dir=SHARED_MEMORY if SHARED_MEMORY.is_dir() else None) as folder:
        root = Path(folder)
        (root / "s.zip").write_bytes(cases.archive(choose))
        submission = intake(root / "s.zip", root / "into")
        for text in (submission.problem or "", *submission.notes):
            assert text.isprintable(), text
        assert {path.name for path in root.iterdir()} <= {"s.zip", "into"}
        if (root / "into").exists():
            assert {path.name for path in (root / "into").iterdir()} <= {"assignment"}
            shutil.rmtree(root / "into")


def source(choose: cases.Choices) -> None:
    """Look at a source, in this process.

    Raises:
        Exception: anything at all.
    """
    for finding in finds(cases.source(choose), "x.py"):
        finding.encode()


def one(data: bytes) -> None:
    """Try a case.

    Raises:
        Exception: anything but the ways in which a submission can fail.
        TimeoutError: it took long.
    """
    choose, started = cases.Choices(data[1:]), time.process_time()
    kind = data[0] if data else 0
    (frames if kind < FRAMES else archive if kind < ARCHIVES else source)(choose)
    if time.process_time() - started > SLOW_S:
        raise TimeoutError(f"a case of {len(data)} bytes took {time.process_time() - started:.1f} s")


def main(count: int = 1_000_000) -> None:
    """Run the engine from seeds of all kinds; it ends the process, with an error when a case does harm."""
    chance = random.Random(0)
    with tempfile.TemporaryDirectory(prefix="grader-fuzz-") as folder:
        for number in range(120):
            kind = (0, ARCHIVES - 1, 255)[number % 3]
            (Path(folder) / str(number)).write_bytes(bytes([kind]) + chance.randbytes(200))
        arguments = [sys.argv[0], f"-runs={count}", "-max_len=512", "-timeout=60", "-print_final_stats=1"]
        arguments += [f"-artifact_prefix={tempfile.gettempdir()}/grader-fuzz-found-", folder]
        atheris.Setup(arguments, one)
        atheris.Fuzz()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
