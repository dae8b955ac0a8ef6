"""What a look at a submission's code finds, and who is told."""

from __future__ import annotations

import io
import resource
import sys
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


SLOW = {
    "f_strings": b"x = f'" + b"{a}" * 80_000 + b"'\n",
    "dots": b"import " + b".".join([b"a"] * 100_000),
    "brackets": b"x = " + b"(" * 200_000,
    "minus": b"-" * 200_000 + b"1",
    "sums": b"x = 1" + b" + 1" * 60_000,
    "digits": b"x = " + b"9" * 250_000,
    "encoding": b"# coding: punycode\n" + b"a" * 250_000,
    "unknown": b"# coding: ../../x\n",
    "no_text": b"# coding: zlib\n\x78\x9c",
    "nul": b"import os\0\n",
    "not_utf_8": b"\xff\xfe" * 9,
}


@pytest.mark.parametrize("name", SLOW)
def test_no_code_keeps_the_grader_busy(tmp_path: Path, name: str) -> None:
    """Thirty files that are slow, large or impossible to parse cost one bound for all, and hide no small one."""
    for number in range(30):
        (tmp_path / f"a{number}.py").write_bytes(SLOW[name])
    (tmp_path / "z.py").write_bytes(b"import tiktoken")
    own, children = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    found = suspicions(tmp_path)
    assert "z.py:1 imports tiktoken, which solves a task" in found
    assert resource.getrusage(resource.RUSAGE_SELF).ru_utime - own.ru_utime < 1
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - children.ru_utime < 2


def test_a_look_that_ran_out_is_told_to_staff(tmp_path: Path) -> None:
    """It is a note beside the report, never a fault."""
    for number in range(9):
        (tmp_path / f"a{number}.py").write_bytes(SLOW["f_strings"])
    assert suspicions(tmp_path)[0].startswith("the code can't be looked at within")


def test_whatever_the_look_prints_is_a_list_of_sentences(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A process that parses what others wrote may print anything before it ends."""
    said = b'"x.py:1 calls exec"\n[1]\n{}\n\xff\n"a\\u001b[2J"\n' + b"[" * 5_000 + b"\n" + b"9" * 9_000 + b"\nend"
    monkeypatch.setattr(sys.modules["grader.intake.suspicions"], "_look", lambda _: said)
    assert suspicions(tmp_path)[1:] == ("x.py:1 calls exec",)


def test_staff_is_told_and_students_are_not() -> None:
    """Suspicions are in the JSON report and on the terminal, in no page and no format."""
    report = Report("s", "0" * 64, "0.1.0", "bwrap", (), None, (), ("bpe.py:3 imports tiktoken",))
    assert from_json(to_json(report)) == report
    shown = io.StringIO()
    render(report, Console(file=shown, width=200), staff=True)
    assert "worth a look: bpe.py:3 imports tiktoken" in shown.getvalue()
    for text in (to_html(report), *(make(report) for make in FORMATS.values())):
        assert "tiktoken" not in text
