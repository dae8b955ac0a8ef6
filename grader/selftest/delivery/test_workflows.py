"""GitHub's workflows, ours and the released one: actions by their commit, of versions that run on Node 24."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from grader import __version__
from grader.files import PROJECT

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
    used = [line.split("uses:")[1].strip() for line in path.read_text("utf-8").splitlines() if "uses:" in line]
    assert used
    for each in used:
        named = re.fullmatch(r"(\S+)@[0-9a-f]{40} # v(\d+)\.\d+\.\d+", each)
        assert named, each
        assert int(named[2]) >= FIRST[named[1]], each


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
