"""A new task, as CONTRIBUTING.md tells how to add it, in a copy of the project."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from grader.errors import UsageError
from grader.files import PROJECT
from grader.making.new_task import NewTask, left, write

PAGE = (PROJECT / "CONTRIBUTING.md").read_text(encoding="utf-8")
SECTION = PAGE.split("## Add a task\n")[1].split("\n## ")[0]
COMMANDS = [line.strip() for line in SECTION.splitlines() if line.startswith("    ")]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The project's files that are no product of others."""
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    names = subprocess.run(listed, cwd=PROJECT, check=True, capture_output=True, text=True).stdout.split("\0")
    for name in filter(None, names):
        if (PROJECT / name).is_file():
            (tmp_path / "copy" / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(PROJECT / name, tmp_path / "copy" / name)
    return tmp_path / "copy"


def run(copy: Path, command: str) -> str:
    """Run one of the page's commands there."""
    words = shlex.split(command)
    program = {"grader": ["-m", "grader"], "python": [], "ruff": ["-m", "ruff"]}[words[0]]
    done = subprocess.run(
        [sys.executable, *program, *words[1:]],
        cwd=copy,
        env={**os.environ, "PYTHONPATH": str(copy), "COLUMNS": "200", "PYTEST_ADDOPTS": "-q -p no:cacheprovider"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout[-3000:]}{done.stderr[-3000:]}"
    return done.stdout


def fill_in(copy: Path) -> None:
    """Be the author: the example becomes a task about bytes, and every line that says WRITE is written."""
    for path in [copy / "handout.md", *copy.glob("tests/**/*.py"), *copy.glob("grader/*/**/*count_bytes*/*.*")]:
        _rewrite(path)
    for path in [*copy.glob("grader/hidden/*count_bytes.py"), *copy.glob("grader/reference/count_bytes.py")]:
        _rewrite(path)


def _rewrite(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    if "WRITE:" in text:
        text = re.sub(r"^( *)(# |<!-- )WRITE:.*\n", r"", text, flags=re.MULTILINE)
        text = re.sub(r"WRITE: ([^|\"\n]*)", r"\1", text)
        text = re.sub(r"  # WRITE:.*|  # what it returns\.", "", text)
        path.write_text(text, encoding="utf-8")


@pytest.mark.thorough
def test_the_page_adds_a_task(copy: Path) -> None:
    """Followed to the letter: written, filled in, formatted, stubs cut, calibrated, graded, released."""
    assert COMMANDS[0].startswith("grader new-task")
    told = run(copy, COMMANDS[0])
    assert re.findall(r"^(\S+\.\w+):\d+: .", told, re.MULTILINE) == [place.split(":")[0] for place in left(copy)]
    fill_in(copy)
    assert left(copy) == []
    (copy / "reports").mkdir()
    said = {command: run(copy, command) for command in COMMANDS[1:]}
    graded = next(output for command, output in said.items() if command.startswith("grader grade"))
    assert "Score 3 of 3" in graded
    assert (copy / "reports" / "course" / "tests" / "test_1_6_count_bytes.py").exists() is False, "it is optional"
    (copy / "course.toml").write_text('optional = ["1.6"]\n', encoding="utf-8")
    run(copy, COMMANDS[-1].replace("reports/course", "reports/with_it --course course.toml"))
    assert (copy / "reports" / "with_it" / "tests" / "test_1_6_count_bytes.py").exists()
    calibrated = [output for command, output in said.items() if command.startswith("grader calibrate")]
    assert ["2 of 2 misconceptions are caught, 2 named; 0 faults" in text for text in calibrated] == [True, False]
    assert "2 correct ones lose 0 points" in calibrated[1]


def test_a_task_may_join_a_module(copy: Path) -> None:
    """The function is added to the reference, to the stub, and to every correct solution that has the file."""
    write(NewTask("2.9", "twice", "memory", "Twice", 2), copy)
    planted = [path.with_name("specimen.toml") for path in copy.glob("grader/specimens/*/memory.py")]
    whole = [path.with_name("memory.py") for path in planted if '"replaced"' in path.read_text(encoding="utf-8")]
    assert len(whole) > 1
    for path in (*whole, copy / "grader/reference/memory.py"):
        assert "def twice(n" in path.read_text(encoding="utf-8"), path
    assert "def twice(n: int) -> int:" in (copy / "assignment/memory.py").read_text(encoding="utf-8")
    said = run(copy, "grader calibrate --fast --only twice_first_mistake --only twice_second_mistake")
    assert "2 of 2 misconceptions are caught, 2 named; 0 faults" in said


def test_the_last_task_is_the_last_chapter(copy: Path) -> None:
    """A new part comes at the end of the handout and of the list."""
    write(NewTask("6.1", "twice", "twice", "Twice", 1), copy)
    assert re.findall(r"^## Task (\S+):", (copy / "handout.md").read_text("utf-8"), re.M)[-2:] == ["5.7", "6.1"]
    assert "6.1  Twice (optional)  0/0.5 points: not written (hidden checks hold 0.5 more)" in _board(copy, "6.1")


def _board(copy: Path, task: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--task", task],
        cwd=copy,
        env={**os.environ, "PYTHONPATH": str(copy), "COLUMNS": "120"},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"id": "1.2"}, "there is a task 1.2 already: Byte-level BPE"),
        ({"id": "1"}, "'1' is no number of a task"),
        ({"name": "Count bytes"}, "'Count bytes' is no name"),
        ({"name": "class"}, "'class' is no name of a function or module; write one like count_bytes"),
        ({"name": "train_bpe", "module": "bpe"}, "there is a function 'train_bpe' in 'bpe' already"),
        ({"title": 'A "title"'}, "must be one line without quotation marks"),
        ({"points": 0}, "a task is worth a point or more, not 0"),
    ],
)
def test_what_is_no_task_is_refused(wrong: dict[str, str | int], says: str) -> None:
    """With the offender and what to do, before anything is written."""
    told: dict[str, str | int] = {"id": "1.6", "name": "twice", "module": "twice", "title": "Twice", "points": 2}
    with pytest.raises(UsageError, match=re.escape(says)):
        NewTask(**(told | wrong))  # type: ignore[arg-type]


def test_nothing_is_written_over(copy: Path) -> None:
    """A file of that name stops it before the first is written."""
    (copy / "grader/hidden/test_1_6_twice.py").write_text("mine", encoding="utf-8")
    before = (copy / "handout.md").read_bytes()
    with pytest.raises(UsageError, match=r"there is a file grader/hidden/test_1_6_twice.py already"):
        write(NewTask("1.6", "twice", "twice", "Twice", 2), copy)
    assert (copy / "handout.md").read_bytes() == before
