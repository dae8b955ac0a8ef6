"""GitHub's workflows, ours and the released one: actions by their commit, of versions that run on Node 24."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from grader.files import PROJECT

FIRST = {"actions/checkout": 5, "actions/setup-python": 6, "actions/upload-artifact": 6}
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
