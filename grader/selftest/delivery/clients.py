"""`make clients`: runs each platform's own reader on what is written for it, and prints whether they agree.

The readers are no part of this repository: `--checkouts DIR` holds a folder OWNER+NAME for each repository, a
clone, or its files with the commit in a file COMMIT. Where a reader or a language is missing, the row says so.
Readers in other languages are called by the programs in readers/, with `$PHP`, `$RUBY` (which needs activesupport)
and `$NODE` (whose `$NODE_PATH` needs @actions/core and typescript). CI runs none of this: it compares what is made
with what the readers accepted, in accepted/.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from grader.files import write_atomically
from grader.grading import Options, grade, shown
from grader.model import CheckResult, Report, Verdict
from grader.reports.formats import FORMATS
from grader.selftest.delivery import readers
from grader.selftest.delivery.readers import SAID, Missing

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


@dataclass(frozen=True, slots=True)
class Client:
    """A platform's reader: where its code is, the format that it reads, what is run, and how.

    Without a format it reads what `grader build` makes.
    """

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


CLIENTS = (
    Client(
        "classroom50",
        "mel-64/classroom50",
        "classroom50",
        "validate_result, result-v1.schema.json",
        readers.classroom50,
    ),
    Client("MarkUs", "MarkUsProject/markus-autotesting", "markus", "_create_test_group_result", readers.markus),
    Client("CodeGrade", "te5in/CodeGra.de", "codegrade", "_CustomOutput's expression", readers.codegrade),
    Client(
        "Moodle VPL",
        "jcrodriguez-dis/moodle-mod_vpl",
        "vpl",
        "find_proposedgrade, find_proposedcomment",
        readers.vpl,
    ),
    Client("GitLab", "gitlabhq/gitlabhq", "junit", "Parsers::Test::Junit, Reports::TestSuite", readers.gitlab),
    Client("Exercism", "exercism/website", "exercism", "Submission::TestRun#test_results", readers.exercism),
    Client("Autolab", "autolab/Autolab", "autolab", "parseAutoresult", readers.autolab),
    Client("PrairieLearn", "PrairieLearn/PrairieLearn", "prairielearn", "makeGradingResult", readers.prairielearn),
    Client(
        "GitHub's reporter",
        "classroom-resources/autograding-grading-reporter",
        "github-classroom",
        "NotifyClassroom",
        readers.reporter,
    ),
)


BUILDS = (
    Client("Autolab's import", "autolab/Autolab", "", "valid_asmt_tar", readers.autolab_import),
    Client(
        "PrairieLearn's course",
        "PrairieLearn/PrairieLearn",
        "",
        "its four JSON schemas",
        readers.prairielearn_course,
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
            client.read(folder, FORMATS[client.format](report) if client.format else "", shown(report))
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
    for client in (*CLIENTS, *BUILDS):
        version, said = agrees(client, options.checkouts.resolve(), reports)
        row = (f"{client.name} ({client.repository})", version[:12] or "-", client.reader, said)
        sys.stdout.write(f"| {' | '.join(row)} |\n")
        failed |= said.startswith("no:")
        if options.write and client.format and said == "yes":
            keep(client, version, FORMATS[client.format](few()))
    return int(failed)


def keep(client: Client, version: str, text: str) -> None:
    """Write what was accepted, and by what."""
    held = {"client": client.name, "repository": client.repository, "commit": version, "text": text}
    made = json.dumps(held, indent=1, ensure_ascii=False) + "\n"
    write_atomically(ACCEPTED / f"{client.format}.json", made)


if __name__ == "__main__":
    sys.exit(main())
