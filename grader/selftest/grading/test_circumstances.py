"""However the grader has been started, a correct submission gets full points."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.files import PROJECT
from grader.isolation import LADDER
from grader.proofs import specimen


def ignored() -> None:
    """Signals that tell of children or end them, ignored and blocked."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM, signal.SIGINT])


def closed() -> None:
    """Nothing to read from."""
    os.close(0)


STARTED: dict[str, tuple[Callable[[], object], dict[str, str]]] = {
    "files for their owner only": (lambda: os.umask(0o077), {}),
    "signals ignored": (ignored, {}),
    "no input": (closed, {}),
    "no docstrings": (lambda: None, {"PYTHONOPTIMIZE": "2", "PYTHONWARNINGS": "error"}),
}
"""What is done before the command, and variables that it gets."""


IN_TURN = [
    pytest.param(started, kind, marks=pytest.mark.thorough if (place + n) % len(LADDER) else ())
    for place, started in enumerate(STARTED)
    for n, kind in enumerate(LADDER)
]
"""Each in each sandbox: in one of them at each push, in the other by `make thorough`."""


@pytest.mark.parametrize(("started", "kind"), IN_TURN, indirect=["kind"])
def test_how_the_grader_is_started_costs_no_point(started: str, folder: Path, kind: str) -> None:
    """Full points, in each sandbox."""
    before, variables = STARTED[started]
    archive = specimen.archive(specimen.load("reference"), folder / "reference.zip")
    command = [sys.executable, "-m", "grader", "grade", str(archive), "--task", "5.5", "--isolation", kind]
    done = subprocess.run(
        command,
        cwd=PROJECT,
        preexec_fn=before,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "Score 2 of 2" in done.stdout
