"""Grades for a platform, which is told something whatever happens.

A platform's own module says how it is told of a report, and how of a failure. What is told when not even Python
starts, a build writes into the file `fault`; the platform's script puts that in place before it calls Python.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.course import Course
from grader.course import read as read_course
from grader.errors import GraderError
from grader.files import PROJECT
from grader.grading import Options, grade
from grader.model import Report
from grader.reports import json_text, quoted

NOT_YOUR_FAULT = "The autograder failed, which is not your fault. This is no grade: it is going to be run again."
NOT_STARTED = "the grader did not start, or was killed"
ARCHIVES = (".zip", ".tar.gz", ".tgz")


@dataclass(frozen=True, slots=True)
class Told:
    """The text for the platform, and why it tells of no grade, or None when it does."""

    text: str
    problem: str | None = None


def serve(handed_in: Path, told: Callable[[Report], str], failed: Callable[[str], str]) -> Told:
    """Grade, and put it into words; what goes wrong there is the grader's fault, and is told as that.

    The problem goes to stderr, too, which is for staff.
    """
    try:
        options = Options(isolation=settings().get("isolation", "auto"), course=course())
        return Told(told(grade(only_archive(handed_in), options)))
    except Exception as error:  # noqa: BLE001  -- whatever happens is the grader's fault
        problem = str(error) if isinstance(error, GraderError) else repr(error)
        sys.stderr.write(f"grader:{quoted(problem)[1:]}\n")
        return Told(failed(problem), problem)


def course() -> Course:
    """The course that this was built for: without a file, the whole assignment.

    Raises:
        UsageError: the file has a mistake.
    """
    file = PROJECT / "course.toml"
    return read_course(file, roster=False) if file.exists() else Course()


def settings() -> dict[str, Any]:
    """What the build was told to do."""
    return read(PROJECT / "settings.json")


def read(path: Path) -> dict[str, Any]:
    """A JSON object, or an empty one: without it grading goes on."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return data if isinstance(data, dict) else {}


def only_archive(handed_in: Path) -> Path:
    """The archive that is all there is in a folder; else what was given. Some platforms unpack, some don't."""
    inside = list(handed_in.iterdir()) if handed_in.is_dir() else []
    if len(inside) == 1 and inside[0].is_file() and inside[0].name.lower().endswith(ARCHIVES):
        return inside[0]
    return handed_in


def as_json(data: dict[str, Any]) -> str:
    r"""The text of a results file, which can be written whatever a submission is called.

    >>> as_json({"problem": "\udcff"})
    '{\n  "problem": "\\udcff"\n}\n'
    """
    return json_text(data)
