"""The example course for PrairieLearn, and its question graded in a folder laid out as PrairieLearn's."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from grader.delivery.builders import build_prairielearn
from grader.errors import UsageError
from grader.grading import Options, grade
from grader.reports.formats import to_prairielearn
from grader.selftest.conftest import half_written_archive, needs_sandbox
from grader.selftest.reports.test_render import format_schema
from tests.harness.tasks import TOTAL

SCHEMAS = json.loads((Path(__file__).parent / "prairielearn.schema.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `grader build prairielearn` writes."""
    folder = tmp_path_factory.mktemp("prairielearn") / "course"
    build_prairielearn(folder, image="staff/lm-basics")
    return folder


@pytest.fixture
def root(course: Path, tmp_path: Path) -> Path:
    """What /grade holds."""
    tmp_path.chmod(0o755)
    folder = tmp_path / "grade"
    shutil.copytree(course / "questions" / "lm-basics" / "tests", folder / "tests")
    for each in ("student", "data", "serverFilesCourse"):
        (folder / each).mkdir()
    return folder


def submit(root: Path, python: str = sys.executable) -> dict[str, Any]:
    """Run the entrypoint as PrairieLearn does, and read what it reads."""
    environment = {**os.environ, "GRADE_ROOT": str(root), "GRADER_PYTHON": python}
    entrypoint = root / "tests" / "grade.sh"
    done = subprocess.run([str(entrypoint)], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    text = (root / "results" / "results.json").read_text(encoding="utf-8")
    data: dict[str, Any] = json.loads(text)
    jsonschema.validate(data, format_schema("prairielearn"), cls=jsonschema.Draft202012Validator)
    return data


def test_the_course_is_what_prairielearn_reads(course: Path) -> None:
    """Each JSON file stands where it is looked for, and has the fields that it must and may have."""
    wanted = {
        "infoCourse.json": "course",
        "courseInstances/Example/infoCourseInstance.json": "instance",
        "courseInstances/Example/assessments/lm-basics/infoAssessment.json": "assessment",
        "questions/lm-basics/info.json": "question",
    }
    found = {path.relative_to(course).as_posix() for path in course.rglob("info*.json")}
    assert found == set(wanted)
    data = {kind: json.loads((course / path).read_text(encoding="utf-8")) for path, kind in wanted.items()}
    for kind, each in data.items():
        jsonschema.validate(each, {**SCHEMAS, "$ref": f"#/$defs/{kind}"}, cls=jsonschema.Draft202012Validator)
    assert len({each["uuid"] for each in data.values()}) == len(data)
    assert data["question"]["topic"] in {topic["name"] for topic in data["course"]["topics"]}
    [zone] = data["assessment"]["zones"]
    [asked] = zone["questions"]
    assert (course / "questions" / asked["id"] / "info.json").exists()
    assert asked["autoPoints"] == TOTAL


def test_the_entrypoint_and_the_files_of_the_question_are_there(course: Path) -> None:
    """What info.json and question.html name exists, and the entrypoint can be run."""
    question = course / "questions" / "lm-basics"
    options = json.loads((question / "info.json").read_text(encoding="utf-8"))["externalGradingOptions"]
    assert options["image"] == "staff/lm-basics"
    entrypoint = question / Path(options["entrypoint"]).relative_to("/grade")
    assert os.access(entrypoint, os.X_OK)
    subprocess.run(["/bin/bash", "-n", str(entrypoint)], check=True)
    html = Elements((question / "question.html").read_text(encoding="utf-8"))
    assert html.open == []
    assert (question / "clientFilesQuestion" / html.found["pl-file-download"]["file-name"]).exists()
    assert html.found["pl-file-upload"] == {"file-names": "submission.zip"}
    assert "pl-external-grader-results" in html.found
    private = {path.parent for path in question.rglob("*") if path.name in ("reference", "hidden")}
    assert private == {question / "tests" / "grader"}, "PrairieLearn shows tests/ to nobody"


class Elements(HTMLParser):
    """Tags with their attributes, and those that are not closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.found: dict[str, dict[str, str]] = {}
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Remember it."""
        self.open.append(tag)
        self.found[tag] = {name: value or "" for name, value in attrs}

    def handle_endtag(self, tag: str) -> None:
        """It closes the last that is open."""
        assert self.open.pop() == tag


@needs_sandbox
@pytest.mark.thorough
def test_prairielearn_gives_the_grade_of_the_command(root: Path) -> None:
    """Check by check, from an archive that PrairieLearn does not unpack; what is left lies open to nobody."""
    archive = half_written_archive(root / "student")
    results = submit(root)
    direct = to_prairielearn(grade(archive, Options()))
    assert results["tests"] == direct["tests"]
    assert results["score"] == direct["score"]
    assert results["gradable"] is True
    assert (root / "tests" / "grader" / "reference" / "bpe.py").stat().st_mode & 0o077 == 0


def test_an_upload_that_can_not_be_read_costs_no_attempt(root: Path) -> None:
    """It is not gradable, with a sentence of what to do."""
    (root / "student" / "submission.zip").write_bytes(b"hello")
    results = submit(root)
    assert results["gradable"] is False
    assert results["format_errors"]
    assert "not your fault" not in str(results)


@pytest.mark.parametrize(
    "broken", ["grader/grading/one.py", "grader/delivery/platforms/prairielearn_run.py", "settings.json", ""]
)
def test_a_fault_costs_no_attempt(root: Path, broken: str) -> None:
    """Whether the grader can't start or can't grade, results are there, and give no score."""
    (root / "student" / "submission.zip").write_bytes(b"")
    if broken:
        (root / "tests" / broken).write_text('{"isolation": "nonesuch"}', encoding="utf-8")
    results = submit(root, python=sys.executable if broken else "/nowhere/python")
    assert results["gradable"] is False
    assert "not your fault" in results["format_errors"][0]
    assert "nonesuch" not in str(results), "what went wrong is for staff"


def test_a_course_that_is_there_is_left_alone(course: Path, tmp_path: Path) -> None:
    """And one that is built again is the same course."""
    with pytest.raises(UsageError, match="not empty"):
        build_prairielearn(course, image="x")
    build_prairielearn(tmp_path / "again", image="staff/lm-basics")
    texts = [
        {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
        for folder in (course, tmp_path / "again")
    ]
    assert texts[0] == texts[1]
    assert not list(tmp_path.glob(".again*"))


def test_the_schemas_refuse_what_prairielearn_refuses() -> None:
    """An unknown field, a timeout beyond its longest, a question without a topic."""
    good = {
        "uuid": "c3f0f8d2-6a0b-4d5e-9b59-0c4e0c4f3d11",
        "type": "v3",
        "title": "t",
        "topic": "t",
        "gradingMethod": "External",
        "externalGradingOptions": {"enabled": True, "image": "x", "timeout": 60},
    }
    validator = jsonschema.Draft202012Validator({**SCHEMAS, "$ref": "#/$defs/question"})
    assert validator.is_valid(good)
    for change in ({"colour": "blue"}, {"uuid": "1"}, {"externalGradingOptions": {"image": "x", "timeout": 601}}):
        assert not validator.is_valid({**good, **change}), change
    assert not validator.is_valid({key: value for key, value in good.items() if key != "topic"})
