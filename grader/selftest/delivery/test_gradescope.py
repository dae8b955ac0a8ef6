"""The autograder for Gradescope, run in a folder laid out as Gradescope lays it out."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from grader.delivery.builders import build_gradescope
from grader.delivery.platforms.gradescope_run import when
from grader.errors import UsageError
from grader.files import PROJECT
from grader.grading import Options, grade
from grader.reports.formats import to_gradescope
from grader.selftest.conftest import half_written, needs_sandbox, problems


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """What /autograder holds, with the interpreter of these tests in place of what setup.sh installs."""
    tmp_path.chmod(0o755)
    folder = tmp_path / "autograder"
    build_gradescope(tmp_path / "autograder.zip")
    with zipfile.ZipFile(tmp_path / "autograder.zip") as archive:
        archive.extractall(folder / "source")
    (folder / "source" / "run_autograder").chmod(0o755)
    (folder / "venv" / "bin").mkdir(parents=True)
    (folder / "venv" / "bin" / "python").write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    (folder / "venv" / "bin" / "python").chmod(0o755)
    return folder


CONTAINER = (sys.executable, "-m", "grader.selftest.isolation.container")
"""Few privileges, and no namespaces: what Gradescope gives to its containers."""


def submit(root: Path, within: tuple[str, ...] = (), **metadata: Any) -> dict[str, Any]:
    """Run the autograder as Gradescope does, and read what it reads."""
    (root / "submission_metadata.json").write_text(json.dumps(metadata), encoding="utf-8")
    environment = {**os.environ, "AUTOGRADER_ROOT": str(root), "PYTHONPATH": str(root / "source")}
    done = subprocess.run(
        [*within, str(root / "source" / "run_autograder")],
        env=environment,
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    data: dict[str, Any] = json.loads((root / "results" / "results.json").read_text(encoding="utf-8"))
    return data


@needs_sandbox
@pytest.mark.thorough  # a minute each; at each push, attacks run in either sandbox, and a release is graded
@pytest.mark.parametrize("within", [pytest.param((), id="machine"), pytest.param(CONTAINER, id="container")])
def test_gradescope_gives_the_grade_of_the_command(root: Path, within: tuple[str, ...]) -> None:
    """Check by check, with attempt and lateness told; in a container that refuses namespaces, too."""
    if within and (problem := problems()["uid"]):
        pytest.skip(f"no sandbox works here without namespaces: {problem}")
    half_written(root / "submission")
    results = submit(
        root,
        within,
        created_at="2026-11-25T10:00:00.000000-08:00",
        previous_submissions=[{"score": "3.0"}],
        assignment={"due_date": "2026-11-25T09:00:00.000000-08:00"},
    )
    direct = to_gradescope(grade(root / "submission", Options()))
    assert results["extra_data"]["isolation"] == ("uid" if within else direct["extra_data"]["isolation"])
    assert results["score"] == direct["score"]
    assert results["tests"] == direct["tests"]
    assert results["output"].startswith("Attempt 2.\nHanded in 1:00:00 after the due date.\n")


@pytest.mark.parametrize(
    ("metadata", "said"),
    [
        ({"users": [{"assignment": {"due_date": "2026-11-26T09:00:00Z"}}]}, []),
        ({"users": [{"assignment": {"due_date": "2026-11-25T09:30:00Z"}}, {}]}, ["Handed in 0:30:00 after"]),
        ({"users": [{"assignment": {"due_date": None}}, 3, {"assignment": 4}]}, ["Handed in 1:00:00 after"]),
        ({"users": None}, ["Handed in 1:00:00 after"]),
        ({"users": [{"assignment": {"due_date": "2026-11-25T09:30:00"}}]}, []),
        ({"created_at": None}, []),
    ],
)
def test_an_extension_counts(metadata: dict[str, Any], said: list[str]) -> None:
    """Who was granted another due date is late from then on."""
    known = {"created_at": "2026-11-25T10:00:00Z", "assignment": {"due_date": "2026-11-25T09:00:00Z"}}
    told = when(known | metadata)
    assert [line.partition(" the due")[0] for line in told] == said


def test_an_upload_of_nothing_is_told(root: Path) -> None:
    """A submission without assignment/ gets a sentence."""
    (root / "submission").mkdir()
    (root / "submission" / "essay.txt").write_text("hello", encoding="utf-8")
    results = submit(root)
    assert results["score"] == 0
    assert "assignment" in results["output"]


@pytest.mark.parametrize("broken", ["source/grader/grading/one.py", "venv/bin/python"])
def test_results_are_written_when_everything_goes_wrong(root: Path, broken: str) -> None:
    """The grader can't even start, and the student reads that it is not their fault."""
    (root / "submission").mkdir()
    (root / broken).write_text("exit 1 (", encoding="utf-8")
    results = submit(root)
    assert "not your fault" in results["output"]
    assert results["extra_data"]["grader_fault"] is True
    assert "did not start" in results["extra_data"]["problem"]


def test_a_fault_keeps_the_score_of_the_attempt_before(root: Path) -> None:
    """It is no zero."""
    (root / "submission").mkdir()
    (root / "source" / "settings.json").write_text('{"isolation": "nonesuch"}', encoding="utf-8")
    broken = submit(root, previous_submissions=[{"score": "81.5"}])
    assert broken["extra_data"]["grader_fault"] is True
    assert "nonesuch" in broken["extra_data"]["problem"]
    assert broken["score"] == 81.5
    assert "your attempt before" in broken["output"]


def test_the_archive_is_the_same_each_time(tmp_path: Path) -> None:
    """Scripts are executable and at the top; tests of the grader and planted submissions stay here."""
    files = build_gradescope(tmp_path / "a.zip", visibility="after_due_date")
    build_gradescope(tmp_path / "b.zip", visibility="after_due_date")
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        assert archive.getinfo("run_autograder").external_attr >> 16 == 0o100755
        assert json.loads(archive.read("settings.json"))["visibility"] == "after_due_date"
    assert not any("specimens" in name or "selftest" in name for name in files)
    for out, visibility in ((tmp_path / "a.tar", "visible"), (tmp_path / "a.zip", "nobody")):
        with pytest.raises(UsageError):
            build_gradescope(out, visibility=visibility)


def test_scripts_are_shell(tmp_path: Path) -> None:
    """Bash reads both to the end."""
    build_gradescope(tmp_path / "a.zip")
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        archive.extractall(tmp_path)
    for name in ("setup.sh", "run_autograder"):
        subprocess.run(["/bin/bash", "-n", str(tmp_path / name)], check=True)
