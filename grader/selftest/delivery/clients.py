"""`make clients`: runs each platform's own reader on what is written for it, and prints whether they agree.

The readers are no part of this repository: `--checkouts DIR` holds a folder OWNER+NAME for each repository, a
clone, or its files with the commit in a file COMMIT. Where a reader or a language is missing, the row says so.
Readers in other languages are called by the programs in readers/, with `$PHP`, `$RUBY` (which needs activesupport)
and `$NODE` (whose `$NODE_PATH` needs @actions/core and typescript). CI runs none of this: it compares what is made
with what the readers accepted, in accepted/.
"""

from __future__ import annotations

import argparse
import ast
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import regex

from grader.files import write_atomically
from grader.grading import Options, grade, shown
from grader.model import CheckResult, Report, Verdict
from grader.reports.formats import FORMATS

HERE = Path(__file__).parent
ACCEPTED = HERE / "accepted"
RUNNER = {
    "CLASSROOM": "cs",
    "ASSIGNMENT": "lm-basics",
    "SUBMISSION_TAG": "submit/2026-11-27T10-00-05Z-0a1b2c3",
    "COMMIT_URL": "https://host/cs/cs-lm-basics-ada/commit/0a1b2c3",
    "RELEASE_URL": "https://host/cs/cs-lm-basics-ada/releases/tag/submit",
    "REVIEW_URL": "https://host/cs/cs-lm-basics-ada/compare/1...2",
    "OWNER": "ada",
    "ASSIGNMENT_TYPE": "individual",
}
"""What classroom50's runner puts into the environment."""
VERDICTS = (Verdict.PASSED, Verdict.FAILED, Verdict.PASSED, Verdict.TIMEOUT, Verdict.NOT_WRITTEN)
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


@dataclass(frozen=True, slots=True)
class Client:
    """A platform's reader: where its code is, the format that it reads, what is run, and how."""

    name: str
    repository: str
    format: str
    reader: str
    read: Callable[[Path, str, Report], None]


def sample() -> Report:
    """All checks that there are: some passed, others were lost in several ways."""
    with tempfile.TemporaryDirectory(prefix="grader-") as folder:
        (Path(folder) / "submission.zip").write_bytes(b"no archive")
        report = grade(Path(folder) / "submission.zip", Options())
    checks = []
    for number, check in enumerate(report.checks):
        verdict = VERDICTS[number % len(VERDICTS)]
        points, message = (check.max_points, "") if verdict.earns else (0.0, SAID)
        checks.append(replace(check, verdict=verdict, points=points, message=message, wall_s=0.25))
    return replace(report, sha256="0" * 64, isolation="bwrap", checks=tuple(checks), problem=None)


def few() -> Report:
    """A report of one check of each kind, and of a hidden one."""
    kinds = (*dict.fromkeys(VERDICTS), Verdict.CRASHED)
    checks = tuple(
        CheckResult(
            id=f"{task}/check",
            task=task,
            title=f"A title with | and {kind.value.lower()}",
            verdict=kind,
            points=0.75 * kind.earns,
            max_points=0.75,
            message="" if kind.earns else SAID,
            hidden=kind is Verdict.TIMEOUT,
            wall_s=0.25,
        )
        for task, kind in zip(("1.1", "1.2", "2.1", "2.2", "3.1"), kinds, strict=True)
    )
    return Report("submission.zip", "0" * 64, "0.0.0", "bwrap", checks, None, ("left out: notes.txt",))


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
    command = os.environ.get(language.upper(), language)
    with tempfile.TemporaryDirectory(prefix="grader-") as scratch:
        file = Path(scratch) / "made"
        file.write_text(text, encoding="utf-8")
        call = [command, str(HERE / "readers" / program), str(folder), str(file)]
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
    import jsonschema

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


CLIENTS = (
    Client(
        "classroom50", "mel-64/classroom50", "classroom50", "validate_result, result-v1.schema.json", classroom50
    ),
    Client("MarkUs", "MarkUsProject/markus-autotesting", "markus", "_create_test_group_result", markus),
    Client("CodeGrade", "te5in/CodeGra.de", "codegrade", "_CustomOutput's expression", codegrade),
    Client("Moodle VPL", "jcrodriguez-dis/moodle-mod_vpl", "vpl", "find_proposedgrade, find_proposedcomment", vpl),
    Client("GitLab", "gitlabhq/gitlabhq", "junit", "Parsers::Test::Junit, Reports::TestSuite", gitlab),
    Client("Exercism", "exercism/website", "exercism", "Submission::TestRun#test_results", exercism),
    Client("Autolab", "autolab/Autolab", "autolab", "parseAutoresult", autolab),
    Client("PrairieLearn", "PrairieLearn/PrairieLearn", "prairielearn", "makeGradingResult", prairielearn),
    Client(
        "GitHub's reporter",
        "classroom-resources/autograding-grading-reporter",
        "github-classroom",
        "NotifyClassroom",
        reporter,
    ),
)


def commit(folder: Path) -> str:
    """What was checked out; or, where files were copied, what COMMIT says."""
    if (folder / "COMMIT").exists():
        return (folder / "COMMIT").read_text(encoding="utf-8").strip()
    call = ["git", "-C", str(folder), "rev-parse", "HEAD"]
    return subprocess.run(call, capture_output=True, text=True, check=True).stdout.strip()


def agrees(client: Client, checkouts: Path, reports: tuple[Report, ...]) -> tuple[str, str]:
    """The commit, and whether the reader agrees with each of the reports; or why not."""
    folder = checkouts / client.repository.replace("/", "+")
    if not folder.is_dir():
        return "", f"not run: no folder {folder.name}"
    try:
        for report in reports:
            client.read(folder, FORMATS[client.format](report), shown(report))
    except Missing as error:
        return commit(folder), f"not run: {error}"
    except Exception as error:  # noqa: BLE001  -- whatever it is, the row says it
        return commit(folder), f"no: {error!r}"
    return commit(folder), "yes"


def main() -> int:
    """Print a row for each client; the exit status is 1 when one disagrees."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checkouts", type=Path, required=True, metavar="DIR", help="folders OWNER+NAME")
    parser.add_argument("--write", action="store_true", help="keep what was accepted for CI to compare with")
    options = parser.parse_args()
    if not options.checkouts.is_dir():
        parser.error(f"no folder {str(options.checkouts)!r}; clone the platforms' code into it first")
    os.environ.update(RUNNER)
    reports, failed = (sample(), few()), False
    sys.stdout.write("| client | commit | what was run | agrees |\n|---|---|---|---|\n")
    for client in CLIENTS:
        version, said = agrees(client, options.checkouts.resolve(), reports)
        row = (f"{client.name} ({client.repository})", version[:12] or "-", client.reader, said)
        sys.stdout.write(f"| {' | '.join(row)} |\n")
        failed |= said.startswith("no:")
        if options.write and said == "yes":
            keep(client, version, FORMATS[client.format](few()))
    return int(failed)


def keep(client: Client, version: str, text: str) -> None:
    """Write what was accepted, and by what."""
    held = {"client": client.name, "repository": client.repository, "commit": version, "text": text}
    made = json.dumps(held, indent=1, ensure_ascii=False) + "\n"
    write_atomically(ACCEPTED / f"{client.format}.json", made)


if __name__ == "__main__":
    sys.exit(main())
