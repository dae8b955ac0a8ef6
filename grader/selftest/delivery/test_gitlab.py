"""GitLab's pipeline: valid, and its script writes the reports that it names."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Xml

import pytest
from ruamel.yaml import YAML

from grader.delivery.builders import build_gitlab
from grader.errors import UsageError


@pytest.fixture
def pipeline(tmp_path: Path) -> Path:
    """What `grader build gitlab` writes."""
    build_gitlab(tmp_path / "gitlab", image="registry.host/staff/grader:1")
    return tmp_path / "gitlab" / ".gitlab-ci.yml"


def job(pipeline: Path) -> dict[str, Any]:
    """The only job."""
    [(name, held)] = YAML(typ="safe").load(pipeline.read_text(encoding="utf-8")).items()
    assert name == "grade"
    return dict(held)


def test_gitlab_s_schema_takes_it(pipeline: Path) -> None:
    """The schema that GitLab publishes, as check-jsonschema holds it."""
    check = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.gitlab-ci", str(pipeline)]
    done = subprocess.run(check, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_a_merge_request_shows_what_the_script_writes(pipeline: Path, tmp_path: Path) -> None:
    """The report is kept whatever comes of the job; what staff alone may see is neither written nor kept."""
    held = job(pipeline)
    assert held["image"]["name"] == "registry.host/staff/grader:1"
    assert any("merge_request_event" in rule["if"] for rule in held["rules"])
    kept = held["artifacts"]
    assert (kept["when"], kept["reports"]) == ("always", {"junit": "junit.xml"})
    assert "--report" not in str(held["script"])
    project = tmp_path / "project"
    project.mkdir()
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    script = "\n".join(["set -e", *held["script"]])
    done = subprocess.run(["bash", "-c", script], cwd=project, env={**os.environ, "PATH": path}, check=False)
    assert done.returncode == 4, "a job in which nothing can be graded is red"
    assert {each.name for each in project.iterdir()} == {"junit.xml", *kept["paths"]}
    suites = Xml.parse(project / "junit.xml").getroot()
    assert int(suites.attrib["errors"]) == int(suites.attrib["tests"]) > 0, "nothing was handed in"


def test_a_folder_that_is_there_is_left_alone(pipeline: Path) -> None:
    """And its file is as it was."""
    before = pipeline.read_bytes()
    with pytest.raises(UsageError, match="not empty"):
        build_gitlab(pipeline.parent)
    assert pipeline.read_bytes() == before
