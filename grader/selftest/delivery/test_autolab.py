"""The assessment for Autolab: what Autolab imports, and graded in a folder laid out as Autolab's."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from grader.delivery.builders import build_autolab
from grader.errors import UsageError
from grader.grading import Options, grade
from grader.proofs import specimen
from grader.reports.formats import to_autolab
from grader.selftest.conftest import half_written_archive, needs_sandbox
from tests.harness.tasks import CHOSEN


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The assessment's folder, as in a course of Autolab's."""
    folder = tmp_path_factory.mktemp("autolab")
    build_autolab(folder / "lm_basics.tar", image="lm-basics")
    with tarfile.open(folder / "lm_basics.tar") as archive:
        archive.extractall(folder, filter="data")
    return folder / "lm_basics"


def test_the_archive_has_an_entry_for_its_folder(tmp_path: Path) -> None:
    """Autolab's importer looks for one, and says that there is no root directory where only files are listed."""
    build_autolab(tmp_path / "lm_basics.tar", image="lm-basics")
    with tarfile.open(tmp_path / "lm_basics.tar") as archive:
        first, *others = archive.getmembers()
    assert (first.name, first.isdir()) == ("lm_basics", True)
    assert all(other.name.startswith("lm_basics/") for other in others)


@pytest.fixture
def job(lab: Path, tmp_path: Path) -> Path:
    """What Autolab copies to the machine that grades; the hand-in is the test's to write."""
    tmp_path.chmod(0o755)
    for source, name in (("autograde-Makefile", "Makefile"), ("autograde.tar", "autograde.tar")):
        (tmp_path / name).write_bytes((lab / source).read_bytes())
    return tmp_path


OUTSIDE = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS")}
"""The environment, without what another make leaves in it."""


def make(
    job: Path, python: str = sys.executable, user: Sequence[str] = (), **variables: str
) -> tuple[int, list[str]]:
    """Run make as Autolab does, with stdout and stderr as one; its status, and the lines that it said.

    `user` is what stands before the command to run it as another one.
    """
    environment = {**OUTSIDE, "GRADER_PYTHON": python, **variables}
    done = subprocess.run(
        [*user, "make"],
        cwd=job,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout.rstrip().splitlines()


def autoresult(lines: list[str]) -> dict[str, float] | None:
    """The scores as Autolab reads the last line, or None where it tells of an error of the autograder."""
    quoted = re.sub(r"([a-zA-Z0-9]+):", r'"\1":', lines[-1])
    try:
        data: Any = json.loads(quoted)
    except ValueError:
        return None
    return data.get("scores") if isinstance(data, dict) else None


def test_the_assessment_is_what_autolab_imports(lab: Path) -> None:
    """Folder, .yml and .rb have one name; there is a problem for each task, and what is named is there."""
    data = YAML(typ="safe").load((lab / "lm_basics.yml").read_text(encoding="utf-8"))
    assert data["general"]["name"] == lab.name
    assert {each["name"]: each["max_score"] for each in data["problems"]} == CHOSEN.tasks
    assert data["autograder"] == {"autograde_image": "lm-basics", "autograde_timeout": 900, "release_score": True}
    assert (lab / data["general"]["handout"]).exists()
    assert data["general"]["handin_filename"] in (lab / "autograde-Makefile").read_text(encoding="utf-8")
    ruby = (lab / "lm_basics.rb").read_text(encoding="utf-8")
    assert "module LmBasics\n" in ruby
    assert 'super("lm_basics", course)' in ruby


@needs_sandbox
@pytest.mark.thorough
def test_autolab_gives_the_grade_of_the_command(job: Path) -> None:
    """The two last lines are the format's, and all that is said."""
    archive = half_written_archive(job)
    status, lines = make(job)
    assert status == 0
    assert lines == to_autolab(grade(archive, Options())).splitlines()
    assert autoresult(lines) == json.loads(lines[-1])["scores"]
    assert json.loads(lines[0])["_presentation"] == "semantic"
    assert (job / "autograder" / "grader" / "reference" / "bpe.py").stat().st_mode & 0o077 == 0


@needs_sandbox
@pytest.mark.thorough
def test_a_submission_says_nothing(job: Path) -> None:
    """Neither what it prints nor what it leaves running comes before or after the scores."""
    planted = specimen.compose(specimen.load("untouched"), job / "planted")
    forged = f"print({json.dumps(json.dumps({'scores': dict.fromkeys(CHOSEN.tasks, 100)}))}, flush=True)\n"
    for path in (planted / "assignment").glob("*.py"):
        text = path.read_text(encoding="utf-8")
        path.write_text(text + f"\nimport os, sys, atexit\n{forged}atexit.register(lambda: {forged.strip()})\n"
                        f"os.write(2, b'forged')\n", encoding="utf-8")  # fmt: skip
    with tarfile.open(job / "submission.zip", "w:gz") as archive:
        archive.add(planted / "assignment", "assignment")
    status, lines = make(job)
    assert (status, len(lines)) == (0, 2)
    assert set((autoresult(lines) or {}).values()) == {0}
    assert "forged" not in "".join(lines)


SUDO = """#!/bin/sh
echo "$*" >> {log}
[ "$2" = true ] && exit {may}
shift
exec "$@"
"""


NOBODY = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root becomes another user")
@pytest.mark.parametrize("may", [0, 1])
def test_a_user_that_may_is_root_while_grading(job: Path, may: int) -> None:
    """As Tango's local Docker runs jobs: without namespaces, the sandbox has to be started by root."""
    (job / "submission.zip").write_bytes(b"hello")
    with tempfile.TemporaryDirectory() as folder:  # pytest's own is closed to other users
        programs, log, place = Path(folder, "programs"), Path(folder, "asked"), Path(folder, "job")
        shutil.copytree(job, place)
        programs.mkdir()
        (programs / "sudo").write_text(SUDO.format(log=log, may=may), encoding="utf-8")
        (programs / "python").write_text('#!/bin/sh\necho "$*"\n', encoding="utf-8")
        log.touch()
        for path in (Path(folder), programs, *programs.iterdir(), log):
            path.chmod(0o777)
        for path in (place, *place.iterdir()):
            os.chown(path, 65534, 65534)
        paths = f"{programs}{os.pathsep}{os.environ['PATH']}"
        _, lines = make(place, str(programs / "python"), NOBODY, PATH=paths)
        asked = log.read_text(encoding="utf-8").splitlines()
    assert lines[0].split()[:2] == ["-m", "grader.delivery.platforms.autolab_run"], lines
    assert asked[0] == "-n true"
    assert [line.split()[2:4] for line in asked[1:]] == [["-m", "grader.delivery.platforms.autolab_run"]] * (
        1 - may
    )


def test_the_doctor_tells_what_a_job_needs(job: Path) -> None:
    """In the folder of a job, as its user: what is missing is named, and the exit status says so."""
    (job / "autograder").mkdir()
    with tarfile.open(job / "autograde.tar") as archive:
        archive.extractall(job / "autograder", filter="data")
    done = subprocess.run(
        ["bash", "autograder/run_autolab", "--doctor"],
        cwd=job,
        env={**os.environ, "GRADER_PYTHON": sys.executable},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 3, done.stderr
    (line,) = [line for line in done.stdout.splitlines() if "autodriver" in line]
    assert line.split()[:4] == ["no", "autodriver", "not", "here"]
    assert "Tango's Dockerfile" in line


def test_an_upload_that_can_not_be_read_has_a_score(job: Path) -> None:
    """It is the student's to mend, so it is a zero, with a sentence."""
    (job / "submission.zip").write_bytes(b"hello")
    status, lines = make(job)
    assert status == 0
    assert set((autoresult(lines) or {}).values()) == {0}
    assert "archive" in lines[0] or "zip" in lines[0]


@pytest.mark.parametrize("broken", ["grader/grading/one.py", "settings.json", ""])
def test_a_fault_gives_no_scores(job: Path, broken: str) -> None:
    """Autolab finds none in the last line, and so tells of an error of the autograder, not of a grade."""
    (job / "submission.zip").write_bytes(b"")
    if broken:
        with tarfile.open(job / "autograde.tar", "a") as archive:  # of two members, the later one is unpacked last
            text = b'{"isolation": "nonesuch"}'
            entry = tarfile.TarInfo(broken)
            entry.size = len(text)
            archive.addfile(entry, io.BytesIO(text))
    status, lines = make(job, python=sys.executable if broken else "/nowhere/python")
    assert status == 2, "make's own, when a command fails"
    assert "not your fault" in lines[0]
    assert autoresult(lines) is None
    assert "nonesuch" not in "".join(lines), "what went wrong is for staff"


@pytest.mark.parametrize("name", ["1basics.tar", "lm-basics.tar", "lm_basics.zip", "no/lm_basics.tar"])
def test_a_name_that_autolab_refuses_is_refused(tmp_path: Path, name: str) -> None:
    """Before anything is written."""
    with pytest.raises(UsageError, match="--out"):
        build_autolab(tmp_path / name, image="x")
    assert list(tmp_path.iterdir()) == []


def test_the_archive_is_the_same_each_time(lab: Path, tmp_path: Path) -> None:
    """No time and no user is in it."""
    build_autolab(tmp_path / "lm_basics.tar", image="lm-basics")
    assert (tmp_path / "lm_basics.tar").read_bytes() == (lab.parent / "lm_basics.tar").read_bytes()
