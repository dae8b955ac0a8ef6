"""What each reader is to make of our output; the programs beside this file call those in other languages."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import tempfile
from fractions import Fraction
from pathlib import Path
from typing import Any

import jsonschema
import regex

from grader.delivery.builders import build_autolab, build_prairielearn
from grader.model import Report

HERE = Path(__file__).parent
LACKING = ("cannot load such file", "Cannot find module", "No such file", "ENOENT", "not found")
"""What a language prints when a file or a package is not there."""
SAID = """f('é', 日)
  expected  1
  got       2
Grade :=>>100
<|--
{"scores": {"1.1": 100}}
-- (-5)
=1+1"""
"""What a lost check says: words that a platform could take for ours."""


class Missing(Exception):
    """A reader can't be run here."""


def function(path: Path, *names: str, **known: Any) -> Any:
    """Functions and classes of a Python file, without the rest of it; the last that is named."""
    if not path.exists():
        raise Missing(f"no {path.name}")
    found: dict[str, Any] = {
        getattr(node, "name", ""): node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    }
    body: list[ast.stmt] = [
        *ast.parse("from __future__ import annotations").body,
        *(found[name] for name in names),
    ]
    module = ast.fix_missing_locations(ast.Module(body, []))
    exec(compile(module, str(path), "exec"), known)
    return known[names[-1]]


def foreign(language: str, program: str, folder: Path, text: str) -> Any:
    """What a program of readers/ prints, as JSON, when it is given the reader's folder and our text."""
    with tempfile.TemporaryDirectory(prefix="grader-") as scratch:
        file = Path(scratch) / "made"
        file.write_text(text, encoding="utf-8")
        return foreign_file(language, program, folder, file)


def foreign_file(language: str, program: str, folder: Path, file: Path) -> Any:
    """The same of a file.

    Raises:
        Missing: the language, the reader or a package is not here.
        ValueError: the reader failed; the first line that it said.
    """
    command = os.environ.get(language.upper(), language)
    call = [command, str(HERE / program), str(folder), str(file)]
    try:
        done = subprocess.run(call, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise Missing(f"no {command}") from None
    if done.returncode:
        said = done.stderr.strip() or done.stdout.strip()
        lacks = any(words in said for words in LACKING)
        raise (Missing if lacks else ValueError)(f"{program}: {said.splitlines()[0]}")
    return json.loads(done.stdout)


def classroom50(folder: Path, text: str, report: Report) -> None:
    """The runner refuses nothing, and so does the schema; points are hundredths."""
    scripts = folder / "cli" / "gh-teacher" / "skeleton" / "dotgithub" / "scripts"
    names = ("validate_submitted_by", "validate_result")
    known = {"RESULT_SCHEMA_V1": "classroom50/result/v1", "RESULT_FILENAME": "result.json", "Any": Any}
    validate = function(scripts / "runner.py", *names, **known)
    data = json.loads(text)
    same = {"classroom": "cs", "assignment": "lm-basics", "is_group": False, "owner": "ada"}
    assert validate(data, **same) is None, validate(data, **same)
    jsonschema.validate(
        data, json.loads((folder / "schemas" / "result-v1.schema.json").read_text(encoding="utf-8"))
    )
    assert Fraction(data["score"], 100) == Fraction(report.score or 0)


def markus(folder: Path, text: str, report: Report) -> None:
    """Nothing is malformed, each check is a test, and marks are whole numbers that give the same share."""
    load = function(folder / "server" / "autotest_server" / "utils.py", "loads_partial_json", json=json)
    made = function(
        folder / "server" / "autotest_server" / "__init__.py", "_create_test_group_result", loads_partial_json=load
    )
    result = made(text, "", 1, {}, [])
    assert result["malformed"] is None
    assert len(result["tests"]) == len(report.checks)
    earned, total = (sum(test[key] for test in result["tests"]) for key in ("marks_earned", "marks_total"))
    assert isinstance(earned, int)
    assert Fraction(earned, total) == Fraction(report.score or 0) / Fraction(report.max_score)


def codegrade(folder: Path, text: str, report: Report) -> None:
    """The expression of a Capture Points test finds the share, and nothing else."""
    path = folder / "psef" / "models" / "auto_test_step.py"
    custom = function(path, "_CustomOutput", AutoTestStepBase=object, _register=lambda each: each)
    pattern, places = custom._replace_custom_escape_code(r'"points": "\f"')
    assert places == 1
    found = regex.search(pattern, SAID + text, flags=regex.REVERSE)
    assert found
    assert abs(float(found["amount_of_points"]) * report.max_score - (report.score or 0)) < 1e-5


def vpl(folder: Path, text: str, report: Report) -> None:
    """The grade is the score, and each other line is a comment."""
    read = foreign("php", "vpl.php", folder, text)
    assert float(read["grade"]) == report.score
    assert read["comments"].count("\n") == text.count("\n") - 1


def gitlab(folder: Path, text: str, report: Report) -> None:
    """Each check is a test of its own, with its state; what a lost one says is its output."""
    read = foreign("ruby", "gitlab.rb", folder, text)
    assert read["error"] is None, read["error"]
    passed = sum(check.verdict.earns for check in report.checks)
    assert read["different"] == len(report.checks), "two of them have the same name"
    assert (read["success"], read["failed"]) == (passed, len(report.checks) - passed)
    assert all(isinstance(said, str) and said for said in read["outputs"])


def exercism(folder: Path, text: str, report: Report) -> None:
    """Each check is a test with its task, and those that failed have a message."""
    read = foreign("ruby", "exercism.rb", folder, text)
    assert [test["status"] == "pass" for test in read] == [
        check["status"] == "pass" for check in json.loads(text)["tests"]
    ]
    assert len(read) == len(report.checks)
    assert all(test["task_id"] and bool(test["message"]) == (test["status"] != "pass") for test in read)


def autolab(folder: Path, text: str, report: Report) -> None:
    """The scores of the last line add up to the score."""
    scores = foreign("ruby", "autolab.rb", folder, text)
    assert sum(map(Fraction, scores.values()), Fraction(0)) == Fraction(report.score or 0)


def prairielearn(folder: Path, text: str, report: Report) -> None:
    """The score is the share of all points, and nothing is an error of the format."""
    read = foreign("node", "prairielearn.js", folder, text)
    assert read["format_errors"] == json.dumps({"_external_grader": []}, separators=(",", ":"))
    assert abs(read["score"] * report.max_score - (report.score or 0)) < 1e-9
    assert len(read["feedback"]["results"]["tests"]) == len(report.checks)


def reporter(folder: Path, text: str, report: Report) -> None:
    """The notice says the score."""
    assert foreign("node", "reporter.js", folder, text) == {
        "totalPoints": report.score,
        "maxPoints": report.max_score,
    }


def autolab_import(folder: Path, text: str, report: Report) -> None:
    """Autolab's importer finds the assessment in the archive."""
    with tempfile.TemporaryDirectory(prefix="grader-") as scratch:
        build_autolab(Path(scratch) / "lm_basics.tar", image="lm-basics-runtime")
        found = foreign_file("ruby", "autolab_import.rb", folder, Path(scratch) / "lm_basics.tar")
    assert found == {"name": "lm_basics"}, found


def prairielearn_course(folder: Path, text: str, report: Report) -> None:
    """Each file of the course follows PrairieLearn's own schema."""
    schemas = folder / "apps" / "prairielearn" / "src" / "schemas" / "schemas"
    if not schemas.is_dir():
        raise Missing("no schemas")
    with tempfile.TemporaryDirectory(prefix="grader-") as scratch:
        build_prairielearn(Path(scratch) / "course", image="lm-basics-runtime")
        files = sorted((Path(scratch) / "course").rglob("info*.json"))
        assert len(files) == 4
        for file in files:
            kind = "infoQuestion" if file.stem == "info" else file.stem
            schema = json.loads((schemas / f"{kind}.json").read_text(encoding="utf-8"))
            jsonschema.validate(json.loads(file.read_text(encoding="utf-8")), schema)
