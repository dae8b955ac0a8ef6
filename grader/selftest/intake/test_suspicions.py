"""What a look at a submission's code finds, and who is told."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console

from grader.intake.suspicions import suspicions
from grader.model import Report
from grader.proofs import specimen
from grader.reports import from_json, render, to_html, to_json
from grader.reports.formats import FORMATS


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("import tiktoken", "imports tiktoken, which solves a task"),
        ("from torch.utils import flop_counter", "imports torch.utils.flop_counter, which solves a task"),
        ("def f():\n    from torch.utils.flop_counter import FlopCounterMode", "which solves a task"),
        ("import grader.reference.bpe as x", "imports grader, which grades"),
        ("import os; os._exit(0)", "calls os._exit"),
        ("exec('x')", "calls exec"),
    ],
)
def test_what_honest_code_has_no_use_for_is_named(tmp_path: Path, code: str, found: str) -> None:
    """File, line and what it is."""
    (tmp_path / "bpe.py").write_text(code, encoding="utf-8")
    assert any(each.startswith("bpe.py:") and found in each for each in suspicions(tmp_path))


def test_honest_submissions_are_not_suspected(tmp_path: Path) -> None:
    """The reference and the stubs have nothing of it, nor has code that can't be read."""
    for name in ("reference", "untouched"):
        assert suspicions(specimen.compose(specimen.load(name), tmp_path / name)) == ()
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "bpe.py").write_bytes(b"def (\x00\xff" + b"(" * 10_000)
    assert suspicions(tmp_path / "broken") == ()


def test_no_code_keeps_grading_from_going_on(tmp_path: Path) -> None:
    """Folders with a file's name, huge files and names nested without end are told of, and that is all."""
    (tmp_path / "folder.py").mkdir()
    (tmp_path / "large.py").write_bytes(b"x\n" * 200_000)
    (tmp_path / "long.py").write_text("a" + ".b" * 5_000 + "()", encoding="utf-8")
    (tmp_path / "deep.py").write_text("-" * 20_000 + "1", encoding="utf-8")
    found = suspicions(tmp_path)
    assert {each.split()[0] for each in found} >= {"folder.py", "large.py"}


def test_staff_is_told_and_students_are_not() -> None:
    """Suspicions are in the JSON report and on the terminal, in no page and no format."""
    report = Report("s", "0" * 64, "0.1.0", "bwrap", (), None, (), ("bpe.py:3 imports tiktoken",))
    assert from_json(to_json(report)) == report
    shown = io.StringIO()
    render(report, Console(file=shown, width=200))
    assert "worth a look: bpe.py:3 imports tiktoken" in shown.getvalue()
    for text in (to_html(report), *(make(report) for make in FORMATS.values())):
        assert "tiktoken" not in text
