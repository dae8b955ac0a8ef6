"""GitHub's workflows, ours and the released one: actions by their commit, of versions that run on Node 24."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from grader import __version__
from grader.delivery import release
from grader.delivery.platforms import github_roster
from grader.delivery.platforms.github_roster import listed
from grader.files import PROJECT
from grader.proofs import specimen

FIRST = {
    "actions/attest": 3,
    "actions/checkout": 5,
    "actions/download-artifact": 7,
    "actions/setup-python": 6,
    "actions/upload-artifact": 6,
}
"""The first major version of each action that runs on Node 24, by its release notes; runners drop Node 20."""

FOLDERS = (PROJECT / ".github", PROJECT / "grader" / "delivery" / "student" / ".github")
WORKFLOWS = [path for folder in FOLDERS for path in sorted(folder.glob("workflows/*.yml"))]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: str(path.relative_to(PROJECT)))
def test_actions_are_pinned_and_young_enough(path: Path) -> None:
    """By the forty digits of a commit, with the version behind it."""
    used = re.findall(r"^ *(?:- )?uses: (.*)$", path.read_text("utf-8"), re.MULTILINE)
    assert used
    for each in used:
        named = re.fullmatch(r"(\S+)@[0-9a-f]{40} # v(\d+)\.\d+\.\d+", each)
        assert named, each
        assert int(named[2]) >= FIRST[named[1]], each


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The students' repository."""
    folder = tmp_path_factory.mktemp("released") / "course"
    release(folder)
    return folder


def steps(path: Path, job: str) -> dict[str, str]:
    """The scripts of a job's steps that have a name."""
    workflow = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    return {
        step["name"]: step["run"] for step in workflow["jobs"][job]["steps"] if "name" in step and "run" in step
    }


def run(script: str, folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a step's script as GitHub does, with a program `gh` that writes down what it is asked."""
    programs = folder / "programs"
    programs.mkdir(exist_ok=True)
    (programs / "gh").write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" >> {folder}/asked\n', encoding="utf-8")
    (programs / "gh").chmod(0o755)
    paths = f"{programs}{os.pathsep}{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    known = {"PATH": paths, "GITHUB_STEP_SUMMARY": str(folder / "summary.md"), "GITHUB_SHA": "abc123"}
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
        cwd=folder / "work",
        env={**os.environ, **known, **variables},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("name", "status", "state", "says"),
    [
        ("untouched", 0, "pending", "0/N points: N not run, 0 failed"),
        ("reference", 0, "success", "3/N points: N not run, 0 failed"),
        ("words_split_at_spaces", 1, "failure", "2/N points: N not run, 2 failed"),
    ],
)
def test_the_students_workflow_is_red_only_where_something_fails(
    released: Path, tmp_path: Path, name: str, status: int, state: str, says: str
) -> None:
    """Its summary has the board, and the commit a status that says how far one is."""
    shutil.copytree(released, tmp_path / "work", ignore=shutil.ignore_patterns("assignment"))
    specimen.compose(specimen.load(name), tmp_path / "work")
    scripts = steps(tmp_path / "work" / ".github" / "workflows" / "tests.yml", "tests")
    options = "--task 1.1"
    assert run(scripts["checks"], tmp_path, PYTEST_ADDOPTS=options).returncode == 0
    done = run(scripts["how far"], tmp_path, GITHUB_REPOSITORY="ann/lm-basics")
    assert done.returncode == status, done.stderr
    asked = (tmp_path / "asked").read_text(encoding="utf-8").splitlines()
    assert asked[:3] == ["api", "--silent", "repos/ann/lm-basics/statuses/abc123"]
    assert f"state={state}" in asked
    (description,) = [line for line in asked if line.startswith("description=")]
    without_sums = re.sub(r"/[1-9][\d.]* points: [1-9]\d* not run", "/N points: N not run", description)
    assert without_sums == f"description={says}"
    summary = (tmp_path / "summary.md").read_text(encoding="utf-8")
    assert re.search(r"^1\.1  Words and vocabularies.*\nall  ", summary, re.MULTILINE), summary
    if name == "untouched":
        assert run(scripts["checks"], tmp_path, PYTEST_ADDOPTS="--task 9.9").returncode > 1
        (tmp_path / "work" / "checks.txt").write_text("Fatal Python error\n", encoding="utf-8")
        done = run(scripts["how far"], tmp_path, GITHUB_REPOSITORY="ann/lm-basics")
        assert done.returncode == 1
        assert "::error::pytest ended before it printed its board" in done.stdout


@pytest.mark.parametrize(
    ("token", "summary", "asks"),
    [
        ("", "Score 94 of 100\n", []),
        (
            "t",
            "## Score 94 of 100\n",
            ["state=success", "description=Score 94 of 100", "body=@results/summary.md"],
        ),
        ("t", "", ["state=error", "description=not graded, which is no fault of yours"]),
    ],
)
def test_a_student_is_told_of_a_grade(tmp_path: Path, token: str, summary: str, asks: list[str]) -> None:
    """By a status and a comment on the commit that was graded, and only with a token for that."""
    student = tmp_path / "work" / "student"
    (tmp_path / "work" / "results").mkdir(parents=True)
    (tmp_path / "work" / "results" / "summary.md").write_text(summary, encoding="utf-8")
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@b", "-C", str(student)]
    subprocess.run(["git", "init", "-q", str(student)], check=True)
    subprocess.run([*git, "commit", "-q", "--allow-empty", "-m", "work"], check=True)
    scripts = steps(PROJECT / ".github" / "workflows" / "grade.yml", "grade")
    done = run(scripts["tell the student"], tmp_path, GH_TOKEN=token, REPOSITORY="ann/lm-basics")
    assert done.returncode == 0, done.stderr
    asked = (tmp_path / "asked").read_text(encoding="utf-8").splitlines() if token else []
    assert [line for line in asked if line.startswith(("state=", "description=", "body="))] == asks


def test_a_roster_is_graded_line_by_line(tmp_path: Path) -> None:
    """Each with an artifact of its own; what is no repository is named with its line."""
    roster = tmp_path / "roster.txt"
    roster.write_text(
        "# autumn\nann/lm-basics\nbob/lm-basics v1.0  # late\n\nann/lm-basics fix\nAnn/LM-basics\n",
        encoding="utf-8",
    )
    found = listed("", "main", str(roster))
    assert [(each["repository"], each["ref"]) for each in found] == [
        ("ann/lm-basics", "main"),
        ("bob/lm-basics", "v1.0"),
        ("ann/lm-basics", "fix"),
    ]
    names = [each["artifact"] for each in found]
    assert names == ["report-ann-lm-basics", "report-bob-lm-basics", "report-ann-lm-basics-5"]
    for wrong, says in (
        ("ann\n", "line 1 is not OWNER/NAME"),
        ("a/..\n", "line 1"),
        ("a/b -x\n", "line 1"),
        ("", "0 repositories"),
        ("a/b c d\n", "line 1"),
    ):
        roster.write_text(wrong, encoding="utf-8")
        with pytest.raises(ValueError, match=says):
            listed("", "main", str(roster))
    with pytest.raises(ValueError, match="can't be read"):
        listed("", "main", str(tmp_path / "none"))
    done = subprocess.run(
        [sys.executable, github_roster.__file__, "ann/lm-basics", "main", ""],
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout.removeprefix("students="))[0]["artifact"] == "report-ann-lm-basics"


def jobs() -> dict[str, Any]:
    """The jobs of the workflow that makes a release."""
    path = PROJECT / ".github" / "workflows" / "release.yml"
    read: dict[str, Any] = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    assert read["permissions"] == {}
    made: dict[str, Any] = read["jobs"]
    return made


def notes(tag: str) -> subprocess.CompletedProcess[str]:
    """What the workflow's own command says of a tag, in a Python that has nothing installed."""
    [line] = [step["run"] for step in jobs()["build"]["steps"] if "changelog.py" in step.get("run", "")]
    command = line.partition(" > ")[0].replace("python", f"{sys.executable} -I -S", 1)
    environment = {"GITHUB_REF_NAME": tag}
    return subprocess.run(
        ["bash", "-c", command], cwd=PROJECT, env=environment, capture_output=True, text=True, check=False
    )


def test_a_release_tells_what_the_changelog_does() -> None:
    """The newest section, for the tag of that version; another tag ends the workflow before anything is built."""
    told = notes(f"v{__version__}")
    assert told.returncode == 0
    assert told.stdout.startswith("**To upgrade a course:**")
    assert "\n## " not in told.stdout
    for tag in (__version__, "v0.0.1"):
        refused = notes(tag)
        assert refused.returncode == 1
        assert f"'v{__version__}'" in refused.stderr


def test_what_is_built_runs_without_the_right_to_publish() -> None:
    """The job that installs and builds may only read; the one that may write runs one command, and no checkout."""
    build, publish = jobs()["build"], jobs()["publish"]
    assert build["permissions"] == {"contents": "read"}
    assert [step["run"].split()[0] for step in publish["steps"] if "run" in step] == ["gh"]
    assert not [step for step in publish["steps"] if "checkout" in step.get("uses", "")]
