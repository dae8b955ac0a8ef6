"""What a student sees who runs pytest."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from grader.files import PROJECT
from tests.harness.tasks import CHOSEN, TASKS


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """The folders that a student has."""
    for name in ("assignment", "tests", "fixtures"):
        shutil.copytree(PROJECT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(PROJECT / "pyproject.toml", tmp_path)
    return tmp_path


def run(clone: Path, *args: str) -> tuple[int, str]:
    """Run pytest there, without this project on the path."""
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *args]
    environment = {**os.environ, "PYTHONPATH": str(clone), "PYTEST_ADDOPTS": "", "COLUMNS": "120", "CI": "true"}
    done = subprocess.run(
        command, cwd=clone, env=environment, input="", capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout + done.stderr


def test_untouched_stubs_are_one_line_a_task(clone: Path) -> None:
    """No traceback, no failure: the board says "not written", once for each task."""
    status, output = run(clone)
    assert status == 1
    assert output.count("not written (hidden") == len(CHOSEN.tasks)
    assert len(output.splitlines()) <= 50
    assert "note  " not in output
    assert "Traceback" not in output
    assert "Error" not in output


def test_the_reference_passes_in_the_students_clone(clone: Path) -> None:
    """With the reference in place of the stubs, everything passes."""
    shutil.rmtree(clone / "assignment")
    shutil.copytree(PROJECT / "grader" / "reference", clone / "assignment")
    status, output = run(clone)
    assert status == 0, output
    assert "7.5/7.5 points (hidden checks hold 7.5 more)" in output


def test_a_debugger_stops_in_the_students_code(clone: Path) -> None:
    """Not at stubs, nor at an exception that a check asks for; the message is there, too."""
    status, output = run(clone, "--pdb", "--task", "5.5")
    assert (status, "entering PDB" in output) == (1, False)
    shutil.rmtree(clone / "assignment")
    shutil.copytree(PROJECT / "grader" / "reference", clone / "assignment")
    with (clone / "assignment" / "errata.py").open("a", encoding="utf-8") as file:
        file.write("\n\ndef week_flops(gpus, printed_peak):\n    return gpus[0]\n")
    status, output = run(clone, "--pdb", "--task", "5.5")
    assert output.count("entering PDB") == 1
    assert "-> return gpus[0]" in output
    assert "TypeError" in output
    assert "grader fault" not in output


def test_one_task_or_part_can_be_asked_for(clone: Path) -> None:
    """Files of other tasks are not even read; a number that there is not is told, with those that there are."""
    (clone / "tests" / "test_5_broken.py").write_text("1 / 0", encoding="utf-8")
    assert run(clone, "--task", "1.3", "--task", "4.1")[1].count("not written (hidden") == 2
    part = [task for task in CHOSEN.tasks if task.startswith("2.")]
    assert run(clone, "--part", "2")[1].count("not written (hidden") == len(part)
    assert "ZeroDivisionError" in run(clone, "--collect-only")[1]
    status, output = run(clone, "--task", "9.9")
    assert status == 4
    assert "--task 9.9: there is no such number, only 1.1, 1.2, 1.3," in output


def test_a_mistake_is_a_diagnosis(clone: Path) -> None:
    """Called, expected, got, try; and where the student's own code raised."""
    with (clone / "assignment" / "bpe.py").open("a", encoding="utf-8") as file:
        file.write("\n\ndef train_bpe(input_path, vocab_size, special_tokens):\n    return {}['x']\n")
    status, output = run(clone, "-k", "worked")
    assert status == 1
    called = r"train_bpe\('runs.txt', \d+, \[.*\]\)\n  where     runs.txt holds 'aaaa bcd bcd'\n"
    assert re.search(called + r"  got       KeyError: \"'x'\"\n  at        bpe.py:", output)
    assert "harness" not in output


def test_tasks_and_parts_can_be_chosen(clone: Path) -> None:
    """--task and --part keep only what was asked for."""
    for option, value in (("--task", "1.2"), ("--part", "4")):
        output = run(clone, option, value)[1]
        shown = [line.split()[0] for line in output.splitlines() if " points: not written" in line]
        assert shown == [task for task in CHOSEN.tasks if f"{task}.".startswith(f"{value}.")]


OPTIONAL = [task.id for task in TASKS.values() if task.optional]


@pytest.mark.skipif(not OPTIONAL, reason="this course has no optional tasks")
def test_an_optional_task_runs_where_it_is_named(clone: Path) -> None:
    """By --task, by its file or by one of its checks; a total of usual tasks says nothing of it."""
    task = OPTIONAL[0]
    (file,) = (clone / "tests").glob(f"test_{task.replace('.', '_')}_*.py")
    name = re.findall(r"^def (test_\w+)", file.read_text(encoding="utf-8"), re.MULTILINE)[0]
    for named in (f"--task={task}", f"tests/{file.name}", f"tests/{file.name}::{name}"):
        output = run(clone, named)[1]
        assert re.search(rf"^{re.escape(task)}  .* \(optional\)  0/", output, re.MULTILINE), output
        assert not re.search("^all  ", output, re.MULTILINE)
    assert "more), optional tasks apart" in run(clone, f"--task={task}", "--task=5.5")[1]
    assert f"note  optional tasks, {task}, " in run(clone, "-k", name)[1]


def test_nothing_that_draws_is_said(clone: Path) -> None:
    """--examples leaves out what draws none."""
    assert "so --examples has nothing to run" in run(clone, "--task", "5.5", "--examples", "2")[1]


def test_tokens_and_formulas_import_no_torch(clone: Path) -> None:
    """The public checks of parts 1 and 4 leave torch and numpy alone; the reference needs numpy to train."""
    check = "print('heavy:', sorted({'torch', 'numpy'} & set(sys.modules)))"
    (clone / "spy.py").write_text(f"import sys\ndef pytest_unconfigure():\n    {check}\n", encoding="utf-8")
    assert "heavy: []" in run(clone, "-p", "spy", "--part", "1", "--part", "4")[1]
    shutil.rmtree(clone / "assignment")
    shutil.copytree(PROJECT / "grader" / "reference", clone / "assignment")
    status, output = run(clone, "-p", "spy", "--part", "1", "--part", "4")
    assert status == 0, output
    assert "heavy: ['numpy']" in output
