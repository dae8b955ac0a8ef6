"""Grading by a course: its tasks, its points, and the examples of its seed."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from grader.course import Course
from grader.errors import UsageError
from grader.files import PROJECT
from grader.grading import Options, grade
from grader.grading.one import _course
from tests.harness.tasks import CHOSEN


def test_the_plan_is_the_courses(tmp_path: Path) -> None:
    """Whatever is handed in, all checks of its tasks are there, and they add up to its total."""
    (tmp_path / "empty").mkdir()
    points = {task: worth for task, worth in CHOSEN.tasks.items() if task[0] in "13"}
    course = Course(points=points | {"1.2": 40})
    report = grade(tmp_path / "empty", Options(course=course))
    assert {check.task for check in report.checks} == set(course.tasks)
    assert (report.score, report.max_score) == (0, 73)
    with pytest.raises(UsageError, match=r"the course leaves task 5.4 out; it has 1\.1, "):
        grade(tmp_path / "empty", Options(tasks=("5.4",), course=course))


def seeds(folder: Path, seed: str) -> dict[str, int]:
    """The seeds of the examples of each property of 4.1, {check: seed}, as the grader draws them."""
    (folder / "shows.py").write_text(
        "def pytest_collection_finish(session):\n"
        "    for each in session.items:\n"
        "        seed = getattr(each.obj, '_hypothesis_internal_use_seed', None)\n"
        "        print('SEED', each.nodeid, seed)\n"
    )
    (folder / "told.json").write_text(json.dumps({"seed": seed}))
    words = [sys.executable, "-m", "pytest", "-p", "tests.harness.plugin", "-p", "shows", "--collect-only", "-q"]
    words += ["--task", "4.1", "--course", str(folder / "told.json"), "tests", "grader/hidden"]
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    done = subprocess.run(words, cwd=PROJECT, env=environment, capture_output=True, text=True, check=True)
    found = re.findall(r"^SEED (\S+) (\d+|None)$", done.stdout, re.MULTILINE)
    return {check: int(drawn) for check, drawn in found if drawn != "None"} | {"all": len(found)}


def test_a_seed_draws_other_hidden_examples_and_the_same_in_each_run(tmp_path: Path) -> None:
    """Those of public checks stay as students have them, and every check is still there."""
    usual, first, again, second = (seeds(tmp_path, seed) for seed in ("", "a", "a", "b"))
    assert first == again
    hidden = [check for check in usual if check.startswith("grader/hidden/")]
    assert hidden
    assert len(hidden) < len(usual) - 1
    assert usual.keys() == first.keys() == second.keys()
    for check in usual:
        drawn = {usual[check], first[check], second[check]}
        assert len(drawn) == (3 if check in hidden else 1), check


def test_the_seed_is_on_no_command_line(tmp_path: Path) -> None:
    """What a submission could look at beside it; the file is its owner's alone."""
    args = _course(Course(seed="nobody may know this"), tmp_path)
    assert args == ["--course", str(tmp_path / "course.json")]
    assert (tmp_path / "course.json").stat().st_mode & 0o777 == 0o600
    assert _course(Course(), tmp_path / "away") == []
