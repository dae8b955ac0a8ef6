"""Runs the checks in a process of their own, and reads what became of them, however that process ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.harness.checks import Outcome

SILENCE_S = 300.0
"""A run that tells nothing for so long hangs where no limit of a check can stop it."""

LEAVE_S = 5.0
"""A run that has told everything is ended after this time: threads of a submission's may keep it from ending."""

OUTPUT_LINES = 20
"""So much of the end of pytest's output is shown where it failed."""


@dataclass(frozen=True, slots=True)
class Result:
    """One check: its outcome, its diagnosis as pytest shows it, and what it printed, by the stream's name."""

    outcome: Outcome
    shown: str
    printed: tuple[tuple[str, str], ...]


@dataclass(slots=True)
class Run:
    """The results of a run in order. `problem` says why it is not a whole one, and `output` is pytest's then."""

    results: list[Result] = field(default_factory=list)
    problem: str = ""
    output: str = ""
    begun: str = ""
    planned: int = 0
    ended: int | None = None


def run(
    root: Path,
    options: Sequence[str] = (),
    *,
    silence_s: float = SILENCE_S,
    progress: Callable[[Run], None] | None = None,
) -> Run:
    """Run the checks of a clone with options of pytest's. `progress` is told of each state of the run."""
    with tempfile.TemporaryDirectory(prefix="page-") as folder:
        told, output = Path(folder, "told"), Path(folder, "output")
        told.touch()
        command = [sys.executable, "-m", "tests.pages.record", str(told), "-p", "no:cacheprovider", *options]
        with output.open("wb") as out, child(command, root, out) as process:
            status = _watch(process, told, silence_s, progress)
        found = read(told)
        found.problem = _problem(found, status, silence_s)
        if found.problem:
            lines = output.read_text("utf-8", errors="replace").rstrip().splitlines()
            found.output = "\n".join(lines[-OUTPUT_LINES:])
    return found


@contextmanager
def child(command: Sequence[str], root: Path, out: Any = subprocess.DEVNULL) -> Iterator[subprocess.Popen[bytes]]:
    """Start a process that reads nothing. It is ended with all that it has started, if it is still there."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTEST_ADDOPTS"}
    process = subprocess.Popen(
        command,
        cwd=root,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=out,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            end(process)


def end(process: subprocess.Popen[bytes]) -> None:
    """End a process, and with it all that it has started, where the system can."""
    with suppress(OSError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    process.wait()


def _watch(
    process: subprocess.Popen[bytes], told: Path, silence_s: float, progress: Callable[[Run], None] | None
) -> int | None:
    """Wait until a process ends, and give its status; None if it was silent for too long, and was ended."""
    size, last, patience_s = 0, time.monotonic(), silence_s
    while True:
        try:
            return process.wait(0.2)
        except subprocess.TimeoutExpired:
            now = told.stat().st_size
        if now != size:
            size, last = now, time.monotonic()
            found = read(told)
            patience_s = silence_s if found.ended is None else LEAVE_S
            if progress:
                progress(found)
        elif time.monotonic() - last > patience_s:
            end(process)
            return None


def read(told: Path) -> Run:
    """What a recording holds so far; a line that is not whole is the last, and left out."""
    found = Run()
    for line in told.read_text("utf-8").splitlines():
        try:
            said = json.loads(line)
        except ValueError:
            break
        if "told" in said:
            found.results.append(_result(**said))
            found.begun = ""
        else:
            for name, value in said.items():
                setattr(found, name, value)
    return found


def _result(told: list[Any], wall_s: float, shown: str, printed: list[list[str]]) -> Result:
    return Result(Outcome.of(told, wall_s), shown, tuple((name, text) for name, text in printed))


def _problem(found: Run, status: int | None, silence_s: float) -> str:
    place = (
        f"in {found.begun}" if found.begun else "between two checks" if found.results else "before the first check"
    )
    if found.ended in (0, 1):
        return ""
    if status is None:
        return f"The run was stopped {place}: nothing came for {silence_s:g} seconds. Checks after it did not run."
    if not found.results and not found.begun:
        return f"No check could run: {ended(status)}."
    return f"The run stopped {place}: {ended(status)}. Checks after it did not run."


def ended(status: int) -> str:
    """How a process ended.

    >>> ended(3)
    'its process ended with exit status 3'
    """
    names = {number.value: number.name for number in signal.Signals}
    how = f"by the signal {names.get(-status, -status)}" if status < 0 else f"with exit status {status}"
    return f"its process ended {how}"
