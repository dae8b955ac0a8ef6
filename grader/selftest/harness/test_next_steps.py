"""What helps a student on: hints, a board that remembers, checks that run again by themselves."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

import pytest

from grader.files import PROJECT
from grader.making import stubs
from grader.selftest.harness.test_student_view import clone, run
from tests.harness import board, hints, watch
from tests.harness.checks import Check, Outcome
from tests.harness.contract import RETURNS
from tests.harness.outcomes import Feedback, Limits, Verdict
from tests.harness.plan import Part
from tests.harness.tasks import TASKS

__all__ = ["clone"]

HANDOUT = (PROJECT / "handout.md").read_text(encoding="utf-8").splitlines()


def outcome(check: str, message: str, verdict: Verdict = Verdict.FAILED) -> Outcome:
    """One of a check that has no more than a name."""
    task = check.partition("/")[0]
    return Outcome(Check(check, task, "It counts", 1, False, Feedback.FULL, Limits()), verdict, message, 0.1)


@pytest.mark.parametrize("path", [path for path in RETURNS if path.count(".") == 1 and "Tokenizer" not in path])
def test_a_hint_points_at_the_chapter_and_the_function(path: str) -> None:
    """Its idea, and the first line of its specification."""
    module, name = path.split(".")
    task = re.search(r"\(Task (\d\.\d)\.\)", stubs.build()[f"{module}.py"].partition(f"def {name}(")[2])
    assert task
    head, idea, place, *_ = hints.lines([outcome(f"{task[1]}/x", f"{name}(1)\n  got  2")], PROJECT, 2)
    assert head == f"hint    {task[1]}/x: It counts"
    shown = [HANDOUT[int(re.search(r"handout\.md:(\d+)", line)[1]) - 1] for line in (idea, place)]  # type: ignore[index]
    assert shown[0] == "### The idea"
    assert f"`{name}(" in shown[1]
    assert f"{name} in assignment/{module}.py" in place


def test_each_step_is_one_more() -> None:
    """From the idea to what others did wrong who fail the same checks; of a stub, where to begin."""
    failed = [outcome("1.2/ties_go_to_the_greatest_pair", "train_bpe('a', 257, [])\n  got  1")]
    told = [hints.lines(failed, PROJECT, steps) for steps in (1, 2, 3)]
    assert [sum(line.startswith("hint ") for line in lines) for lines in told] == [2, 3, 4 + hints.MOST]
    assert all(set(less[:-1]) < set(more) for less, more in pairwise(told))
    assert "others who fail here: Ties go to the pair that was seen first." in "\n".join(told[2])
    stub = outcome("1.2/x", "not written: 'Task 1.2: train_bpe in assignment/bpe.py'", Verdict.NOT_WRITTEN)
    assert "train_bpe in assignment/bpe.py" in "\n".join(hints.lines([stub], PROJECT, 3))
    assert hints.lines([outcome("1.2/x", "", Verdict.PASSED)], PROJECT, 3) == [
        "hint    nothing is left: each check that ran is passed"
    ]
    assert hints.lines([], PROJECT, 3) == []


@pytest.mark.parametrize(
    ("got", "place"),
    [
        ("SyntaxError: invalid syntax\n  at        words.py:3\n      def f(:\n            ^", "words.py:3"),
        ("KeyError: 1\n  at        words.py:7 in <module>: d[1]\n            words.py:2 in f: x", "words.py:7"),
    ],
)
def test_a_file_that_can_not_be_imported_comes_first(got: str, place: str) -> None:
    """The hint is about its line, and about no task."""
    told = hints.lines([outcome("1.1/x", f"split_words('')\n  got       {got}")], PROJECT, 2)
    assert told[2].endswith(f"assignment/{place}")
    assert "handout" not in "".join(told)


def test_hints_need_no_file(tmp_path: Path) -> None:
    """Where the handout and the known mistakes have been deleted, less is told."""
    assert len(hints.lines([outcome("1.1/x", "split_words('')\n  got  2")], tmp_path, 3)) == 4


def test_a_task_that_calls_a_stub_waits_for_it() -> None:
    """Its own stub is not written; another's is waited for."""
    said = "not written: 'Task 4.1: matmul_flops in assignment/flops.py'"
    waiting, unwritten = (outcome(f"{task}/x", said, Verdict.NOT_WRITTEN) for task in ("5.3", "4.1"))
    lines = board.lines([waiting, unwritten], {task: Part(1, 1.0) for task in TASKS})
    assert lines[0].startswith("4.1  FLOPs of a matrix product  0/1 points: not written")
    assert lines[1].startswith("5.3  Utilization  0/1 points: waits for 4.1")


def test_what_can_not_be_judged_here_is_said(clone: Path) -> None:
    """Without torch, with the reason; what is not written needs none."""
    assert re.search(r"2\.2  Memory of tensors  0/2 points: not written", run(clone, "--task", "2.2")[1])
    (clone / "assignment" / "tensors.py").write_text("def element_bytes(tensor): return 1\n", encoding="utf-8")
    (clone / "torch.py").write_text("raise ImportError('none here')\n", encoding="utf-8")
    output = run(clone, "--task", "2.2")[1]
    assert re.search(r"2\.2  Memory of tensors  0/2 points: \d not judged, .*torch", output), output


def test_a_board_file_remembers(clone: Path) -> None:
    """Outcomes of an earlier run stand beside those of this one."""
    kept = f"--board={clone / 'board.json'}"
    run(clone, "--task", "5.5", kept)
    assert "5.5  Errata of the lecture notes  0/1 points: not written" in run(clone, "--task", "5.3", kept)[1]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"[[1, 2]]", "is no file of outcomes"),
        (b"\xff", "is no file of outcomes"),
        (b"{", "is no file of outcomes"),
        (b'[["x"]]', "is no file of outcomes"),
        (None, "can't be read: Is a directory"),
    ],
)
def test_another_file_is_no_board(tmp_path: Path, content: bytes | None, told: str) -> None:
    """It is said at the start, and the file stays."""
    file = tmp_path / "board.json"
    file.mkdir() if content is None else file.write_bytes(content)
    with pytest.raises(ValueError, match=told):
        board.earlier(str(file))
    with pytest.raises(ValueError, match="can't be read: No such file"):
        board.earlier(str(tmp_path / "away" / "board.json"))


def test_outcomes_of_tasks_that_are_no_more_are_left_out(tmp_path: Path) -> None:
    """As after a pull."""
    kept = str(tmp_path / "board.json")
    board.kept(kept, [outcome("1.1/x", ""), outcome("9.9/x", "")])
    assert [each.check.task for each in board.earlier(kept)] == ["1.1"]


HEARS = "import runpy, signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
HEARS += "runpy.run_module('pytest', run_name='__main__')"
"""Where tests run in the background of a shell, Ctrl-C is ignored, and by what they start, too."""


def test_files_that_change_run_their_tasks_again(clone: Path) -> None:
    """At once, those that import them, too; the board keeps the others. Ctrl-C ends."""
    command = [sys.executable, "-c", HEARS, "-q", "--task=3.3", "--task=5.3"]
    environment = {**os.environ, "PYTHONPATH": str(clone), "PYTEST_ADDOPTS": "--watch"}
    (clone / "assignment" / ".#views.py").symlink_to("nobody@nowhere")  # as Emacs marks a file that it edits
    with (clone / "shown").open("wb") as shown:
        running = subprocess.Popen(command, cwd=clone, env=environment, stdout=shown, start_new_session=True)
    try:
        first = _until(clone / "shown", 1)
        (clone / "assignment" / "views.py").write_text("def is_contiguous(shape, strides): return 1", "utf-8")
        second = _until(clone / "shown", 2).removeprefix(first)
    finally:
        os.killpg(running.pid, signal.SIGINT)
        running.wait(60)
    assert "3.3  Contiguity  0/1 points: not written" in first
    assert "3.3  Contiguity  0/1 points: 2 failed" in second
    assert "5.3  Utilization  0/1 points: not written" in second
    assert re.search(r"\n2 failed, \d+ deselected in", second)


def _until(shown: Path, times: int) -> str:
    """What is shown once it is waiting for the next change."""
    end = time.monotonic() + 240  # a machine may be slow to begin
    while (text := shown.read_text(encoding="utf-8")).count("Ctrl-C ends") < times:
        assert time.monotonic() < end, text
        time.sleep(0.05)
    return text


def test_a_file_belongs_to_the_tasks_that_import_it(tmp_path: Path) -> None:
    """Of a helper all that reach it; of a file that nothing imports, none in particular, and so all run."""
    (tmp_path / "words.py").write_text("from ._a import f", encoding="utf-8")
    (tmp_path / "_a.py").write_text("def f(:", encoding="utf-8")
    assert watch.tasks_of(["_a.py"], tmp_path) == ["1.1"]
    assert watch.tasks_of(["_b.py"], tmp_path) == []
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "parts.py").write_text("", encoding="utf-8")
    (tmp_path / "bpe.py").write_text("from .own.parts import f", encoding="utf-8")
    assert watch.tasks_of(["own/parts.py"], tmp_path) == watch.tasks_of(["own/__init__.py"], tmp_path) == ["1.2"]
