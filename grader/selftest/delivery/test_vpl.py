"""An activity of Moodle's Virtual Programming Lab, its scripts run as the execution server runs them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from grader.delivery.builders import build_vpl
from grader.errors import UsageError
from grader.grading import Options, grade
from grader.reports.formats import FORMATS
from grader.selftest.conftest import half_written_archive, needs_sandbox
from tests.harness.tasks import TOTAL


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The folder that the server runs scripts in; what was submitted is the test's to write."""
    tmp_path.chmod(0o755)
    build_vpl(tmp_path / "home")
    return tmp_path / "home"


def press(home: Path, button: str, most: str | None = None, grader: str | None = None) -> str:
    """What is printed after a button was pressed: VPL runs the button's script, then what that wrote."""
    environment = {**os.environ, "GRADER": grader or str(Path(sys.executable).with_name("grader"))}
    if most is not None:
        (home / "vpl_environment.sh").write_text(f"#!/bin/bash\nexport VPL_GRADEMAX='{most}'\n", encoding="utf-8")
    subprocess.run([f"./vpl_{button}.sh"], cwd=home, env=environment, check=True)
    (home / "vpl_environment.sh").unlink(missing_ok=True)
    done = subprocess.run(
        ["./vpl_execution"], cwd=home, env=environment, capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    return done.stdout


def grades(text: str) -> list[str]:
    """As VPL looks for them; each other line is a comment."""
    assert all(line.startswith(("Comment :=>>", "Grade :=>>")) for line in text.splitlines())
    return re.findall(r"^Grade :=>>(.*)$", text, re.MULTILINE)


@pytest.mark.parametrize(
    "most",
    [
        None,
        f"{TOTAL:.2f}".replace(".", ","),
        *(pytest.param(most, marks=pytest.mark.thorough) for most in (f"{TOTAL:g}", f"{TOTAL:.5f}")),
    ],
)
def test_what_can_not_be_read_is_graded_with_its_sentence(home: Path, most: str | None) -> None:
    """The maximum may be written with or without digits behind a point or a comma."""
    (home / "submission.zip").write_bytes(b"hello")
    text = press(home, "evaluate", most)
    assert grades(text) == ["0"]
    assert "Comment :=>>problem: " in text


def test_another_maximum_is_no_grade(home: Path) -> None:
    """Points of 100 are not written as a grade of 10."""
    text = press(home, "evaluate", "10.00000")
    assert grades(text) == []
    assert f"is 10.00000, and must be {TOTAL:g}" in text


@pytest.mark.parametrize("grader", ["/nowhere/grader", "false"])
def test_a_fault_is_no_grade(home: Path, grader: str) -> None:
    """Whether the grader is not there or fails: a sentence, and nothing for the grade book."""
    text = press(home, "evaluate", grader=grader)
    assert grades(text) == []
    assert "not your fault" in text


def test_run_runs_nothing_of_the_student(home: Path) -> None:
    """It says where to run the public checks."""
    assert "python -m pytest" in press(home, "run")


@needs_sandbox
@pytest.mark.thorough
@pytest.mark.parametrize("unpacked", [False, True])
def test_vpl_gives_the_grade_of_the_command(home: Path, unpacked: bool) -> None:
    """From the archive, or from files in folders."""
    archive = half_written_archive(home)
    direct = FORMATS["vpl"](grade(archive, Options()))
    if unpacked:
        subprocess.run([sys.executable, "-m", "zipfile", "-e", str(archive), str(home)], check=True)
        archive.unlink()
    assert grades(press(home, "evaluate")) == grades(direct)


def test_a_folder_that_is_there_is_left_alone(home: Path) -> None:
    """With what is in it."""
    with pytest.raises(UsageError, match="not empty"):
        build_vpl(home)
