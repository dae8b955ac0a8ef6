"""Planted attacks gain nothing and do nothing, in each sandbox that works here."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from grader import specimen
from grader.attacks import attack, names
from grader.grade import PROJECT
from grader.model import Verdict


@pytest.mark.parametrize("name", names())
def test_an_attack_gains_and_does_nothing(name: str, kind: str) -> None:
    """At most the points of its honest part; no file, connection or process; the next report is as it was."""
    done = attack(name, kind)
    assert done.score is not None, "the grader failed"
    assert done.score <= done.most
    assert (done.changed, done.connections, done.survivors, done.next_differs) == ((), 0, (), ())
    assert set(map(Verdict, done.verdicts)) <= set(specimen.load(name).verdicts)
    assert done.withstood


def test_damaged_frames_do_no_harm() -> None:
    """A fuzzer that is guided by coverage finds no frame which the trusted side does not withstand."""
    pytest.importorskip("atheris", reason="no atheris for this Python")
    command = [sys.executable, "-m", "grader.bench.fuzz", "3000"]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False, env={**os.environ})
    assert done.returncode == 0, done.stderr[-2000:]
    assert "Done 3000 runs" in done.stderr
