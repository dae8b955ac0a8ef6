"""From a release to a grade, by the commands that a student, an instructor and Gradescope run.

By default, with the packages of these tests, and one module filled in. With `--clean`, all modules are, and the
virtual environments are their own, which pip fills as the README and setup.sh say: `make delivery`. Then the wheel
is installed, too, and grades in a folder where nothing else of the project is.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from grader import __version__
from grader.files import PROJECT
from grader.reports import from_json
from grader.reports.formats import to_gradescope
from grader.selftest.conftest import needs_sandbox
from tests.harness.tasks import CHOSEN, TOTAL

pytestmark = needs_sandbox


@dataclass(frozen=True, slots=True)
class Desk:
    """Somebody's folder, and the Python that they use there."""

    folder: Path
    python: str

    def run(self, *arguments: str, status: int = 0) -> str:
        """Run Python there; it must end with this status."""
        # A clean environment is one without variables that change Python or pytest.
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PYTEST"))}
        done = subprocess.run(
            [self.python, *arguments],
            cwd=self.folder,
            env=kept,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout


def environment(folder: Path, clean: bool) -> str:
    """A Python with nothing installed, or ours."""
    if not clean:
        return sys.executable
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    return str(folder / "bin" / "python")


def pip(desk: Desk, clean: bool, *arguments: str) -> None:
    """Install with the versions that the project pins."""
    if clean:
        desk.run("-m", "pip", "install", "--quiet", "--constraint", str(PROJECT / "constraints.txt"), *arguments)


@pytest.mark.thorough  # two minutes; at each push, what is built for Gradescope grades a course's submission
def test_from_a_release_to_results(tmp_path: Path, pytestconfig: pytest.Config) -> None:
    """Released, filled in, handed in and graded on Gradescope: check by check what `grader grade` gives."""
    tmp_path.chmod(0o755)
    clean = bool(pytestconfig.getoption("--clean"))
    staff = Desk(PROJECT, sys.executable)
    staff.run("-m", "grader", "release", "--out", str(tmp_path / "course"), "--git")
    subprocess.run(["git", "clone", "-q", str(tmp_path / "course"), str(tmp_path / "mine")], check=True)

    student = Desk(tmp_path / "mine", environment(tmp_path / "student-venv", clean))
    pip(student, clean, "--editable", ".[torch]")
    for path in (PROJECT / "grader" / "reference").glob("*.py" if clean else "words.py"):
        shutil.copy(path, student.folder / "assignment")
    assert "passed" in student.run("-m", "pytest", "-q", status=0 if clean else 1)
    said = student.run("-m", "tests.submit")
    assert ("not written" in said) is not clean
    archive = student.folder / "submission.zip"

    staff.run("-m", "grader", "grade", str(archive), "--report", str(tmp_path / "report.json"))
    report = from_json(json.loads((tmp_path / "report.json").read_text(encoding="utf-8")))
    results = on_gradescope(tmp_path / "autograder", archive, staff, clean)
    direct = json.loads(json.dumps(to_gradescope(report)))
    assert results["tests"] == direct["tests"]
    assert len(direct["tests"]) == len(report.checks) > len(CHOSEN.tasks)
    written = [task for task in CHOSEN.tasks if clean or task == "1.1"]
    assert results["score"] == direct["score"] == sum(CHOSEN.tasks[task] for task in written)


def on_gradescope(root: Path, archive: Path, staff: Desk, clean: bool) -> dict[str, object]:
    """Build the autograder, lay it out as Gradescope does, and run it on what was handed in."""
    staff.run("-m", "grader", "build", "gradescope", "--out", str(root.parent / "autograder.zip"))
    for made, where in ((root.parent / "autograder.zip", "source"), (archive, "submission")):
        with zipfile.ZipFile(made) as packed:
            packed.extractall(root / where)
    grading = Desk(root / "source", environment(root / "venv", clean))
    pip(grading, clean, "--requirement", "requirements.txt")
    if clean:
        grading.run(*"-m pip install -q --require-hashes --no-deps -r sandbox-requirements.txt".split())
    else:
        (root / "venv" / "bin").mkdir(parents=True)
        (root / "venv" / "bin" / "python").write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
        (root / "venv" / "bin" / "python").chmod(0o755)
    script = ["bash", str(root / "source" / "run_autograder")]
    kept = {
        "AUTOGRADER_ROOT": str(root),
        "PATH": os.environ["PATH"],
        "PYTHONPATH": "" if clean else str(root / "source"),
    }
    subprocess.run(script, env=kept, check=True)
    data: dict[str, object] = json.loads((root / "results" / "results.json").read_text(encoding="utf-8"))
    return data


def test_an_installed_wheel_does_what_a_checkout_does(tmp_path: Path, pytestconfig: pytest.Config) -> None:
    """Built and installed by pip, it grades, releases and builds in a folder of its own."""
    if not pytestconfig.getoption("--clean"):
        pytest.skip("installs with pip, which takes minutes: `make delivery`")
    tmp_path.chmod(0o755)
    (tmp_path / "elsewhere").mkdir()
    desk = Desk(tmp_path / "elsewhere", environment(tmp_path / "venv", clean=True))
    desk.run("-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(tmp_path), str(PROJECT))
    [wheel] = tmp_path.glob("*.whl")
    pip(desk, True, f"{wheel}[grader]")
    needed = str(PROJECT / "sandbox-requirements.txt")
    desk.run("-m", "pip", "install", "--quiet", "--require-hashes", "--no-deps", "--requirement", needed)
    grader = Desk(desk.folder, str(tmp_path / "venv" / "bin" / "grader"))
    assert grader.run("--version").strip() == __version__
    assert "as promised" in grader.run("doctor")
    grader.run("specimen", "reference", "--out", "submission.zip")
    grader.run("grade", "submission.zip", "--report", "report.json")
    report = from_json(json.loads((desk.folder / "report.json").read_text(encoding="utf-8")))
    assert report.score == report.max_score == TOTAL
    grader.run("attacks", "reads_the_solution")
    grader.run("release", "--out", "course", "--git")
    for platform, out in (("gradescope", "a.zip"), ("autolab", "a.tar"), ("prairielearn", "a")):
        grader.run("build", platform, "--out", out)
    staff = Desk(PROJECT, sys.executable)
    staff.run("-m", "grader", "build", "gradescope", "--out", str(tmp_path / "b.zip"))
    assert (desk.folder / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
