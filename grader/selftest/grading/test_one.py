"""Grading one submission: faults of the grader's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.errors import IsolationUnavailable
from grader.grading import one
from grader.grading.one import grade
from grader.grading.options import Options
from grader.model import Verdict
from grader.proofs import specimen


def test_a_check_without_result_is_the_graders_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A test process that dies gives no score, never a zero."""
    real = one._run
    monkeypatch.setattr(
        one,
        "_run",
        lambda *args: [line for line in real(*args) if "every_unit" not in str(line.get("result"))],
    )
    report = grade(specimen.compose(specimen.load("reference"), tmp_path / "s"), Options(("5.5",)))
    assert report.score is None
    assert [c.verdict for c in report.checks if c.id.endswith("every_unit")] == [Verdict.GRADER_FAULT]


def test_without_a_sandbox_it_refuses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No isolation unasked: exit status 3 and what to do."""
    monkeypatch.setattr("grader.isolation.ladder.problem", lambda name: f"no {name} here")
    with pytest.raises(IsolationUnavailable, match="--isolation none"):
        grade(specimen.compose(specimen.load("reference"), tmp_path / "s"))


def test_a_grader_that_hangs_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When no check ends for so long, the rest are its fault, and there is no score."""
    monkeypatch.setattr(one, "STUCK_S", 6.0)
    planted = specimen.compose(specimen.load("hangs_in_native_code"), tmp_path / "s")
    report = grade(planted, Options(tasks=("5.5",)))
    assert report.score is None
    assert Verdict.GRADER_FAULT in {check.verdict for check in report.checks}
