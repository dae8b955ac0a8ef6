"""CodeGrade's fixture, its script run as AutoTest runs it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from grader.delivery.builders import build_codegrade
from grader.errors import UsageError
from grader.grading import Options, grade
from grader.reports.formats import FORMATS
from grader.selftest.conftest import half_written_archive, needs_sandbox


@pytest.fixture(scope="module")
def fixture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that AutoTest unpacks it to."""
    folder = tmp_path_factory.mktemp("codegrade")
    build_codegrade(folder / "codegrade.zip")
    with zipfile.ZipFile(folder / "codegrade.zip") as archive:
        archive.extractall(folder / "fixtures")
        for info in archive.infolist():
            (folder / "fixtures" / info.filename).chmod(info.external_attr >> 16)
    return folder / "fixtures"


def run(
    fixture: Path, student: Path, *, structured: bool = True, python: str = sys.executable
) -> tuple[int, str, str]:
    """Status, stdout, and what came to descriptor 3, which AutoTest has since its version 2."""
    points = student.parent / "points"
    points.write_text("", encoding="utf-8")
    call = [str(fixture / "run_autotest")]
    command = ["bash", "-c", f'exec "$@" 3> "{points}"', "bash", *call] if structured else call
    environment = {**os.environ, "GRADER_PYTHON": python}
    done = subprocess.run(command, cwd=student, env=environment, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, points.read_text(encoding="utf-8")


@pytest.fixture
def student(tmp_path: Path) -> Path:
    """The student's folder."""
    tmp_path.chmod(0o755)
    folder = tmp_path / "student"
    folder.mkdir()
    return folder


@pytest.mark.parametrize("structured", [True, False])
def test_points_go_where_autotest_reads_them(fixture: Path, student: Path, structured: bool) -> None:
    """To descriptor 3, and where there is none to the end of stdout, behind what the student reads."""
    (student / "submission.zip").write_bytes(b"hello")
    status, said, points = run(fixture, student, structured=structured)
    assert status == 0
    told = json.loads(points if structured else said.splitlines()[-1])
    assert told == {"tag": "points", "points": "0.00000000"}
    assert "problem: " in said
    assert "wrote " not in said
    assert ('"tag"' in said) is not structured


@pytest.mark.parametrize("broken", ["grader/grading/one.py", ""])
def test_a_fault_gives_no_points(fixture: Path, student: Path, broken: str) -> None:
    """The step fails, and says that it is not the student's fault."""
    if broken:
        before = (fixture / broken).read_text(encoding="utf-8")
        (fixture / broken).write_text("1 / 0", encoding="utf-8")
    try:
        status, said, points = run(fixture, student, python=sys.executable if broken else "/nowhere/python")
    finally:
        if broken:
            (fixture / broken).write_text(before, encoding="utf-8")
    assert (status, points) == (1, "")
    assert "not your fault" in said
    assert "Traceback" not in said


@needs_sandbox
@pytest.mark.thorough
def test_codegrade_gives_the_share_of_the_command(fixture: Path, student: Path) -> None:
    """From an archive."""
    archive = half_written_archive(student)
    assert run(fixture, student)[2] == FORMATS["codegrade"](grade(archive, Options()))


def test_an_archive_has_its_name(tmp_path: Path) -> None:
    """Else nothing is written."""
    for out in (tmp_path / "codegrade", tmp_path / "nowhere" / "codegrade.zip"):
        with pytest.raises(UsageError, match=r"must end in \.zip"):
            build_codegrade(out)
    assert list(tmp_path.iterdir()) == []
