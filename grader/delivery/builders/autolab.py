"""An assessment for Autolab: a .tar to import, or the same as a folder of its courses."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from grader.course import USUAL, Course
from grader.delivery.builders.sources import SCRIPTS, TITLE, handout, sources
from grader.delivery.platforms.autolab_run import failed
from grader.delivery.platforms.run import NOT_STARTED
from grader.errors import UsageError
from grader.files import tar_of, write_atomically
from tests.harness.tasks import TASKS, plain

TIMEOUT_S = 900
"""Autolab's longest."""


def build_autolab(out: Path, *, image: str, course: Course = USUAL) -> list[str]:
    """Write the assessment, which has the archive's name, all or nothing; give its files.

    Raises:
        UsageError: `out` is no .tar or has no folder, or its name can't be an assessment's.
    """
    if out.suffix != ".tar" or not out.parent.is_dir():
        raise UsageError(f"--out {str(out)!r} must end in .tar, in a folder that exists")
    name = out.stem
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", name):
        raise UsageError(
            f"--out {out.name!r}: an assessment's name is letters, digits and _, and begins with a letter"
        )
    autograder = sources({}, failed(NOT_STARTED), course) | {
        "run_autolab": (SCRIPTS / "autolab" / "run_autolab").read_bytes()
    }
    files = {
        f"{name}.yml": yaml(assessment(name, image, course)).encode(),
        f"{name}.rb": config(name).encode(),
        "autograde-Makefile": (SCRIPTS / "autolab" / "autograde-Makefile").read_bytes(),
        "autograde.tar": tar_of(autograder, executable=("run_autolab",)),
        f"{name}-handout.zip": handout(course),
    }
    write_atomically(out, tar_of({f"{name}/{path}": content for path, content in files.items()}))
    return sorted(files)


def assessment(name: str, image: str, course: Course) -> dict[str, Any]:
    """What Autolab is to know of it. There is a problem for each task, with the task's number as its name."""
    count = len(course.points)
    return {
        "general": {
            "name": name,
            "display_name": course.title or TITLE,
            "description": f"{count} task{'s' * (count != 1)}, {plain(course.total)} points",
            "category_name": "Lab",
            "handin_filename": "submission.zip",
            "handin_directory": "handin",
            "handout": f"{name}-handout.zip",
            "max_submissions": -1,
            "max_grace_days": 0,
            "max_size": 16,
            "disable_handins": False,
            "has_svn": False,
        },
        "problems": [
            {"name": task, "description": TASKS[task].title, "max_score": points, "optional": False}
            for task, points in course.points.items()
        ],
        "autograder": {"autograde_image": image, "autograde_timeout": TIMEOUT_S, "release_score": True},
    }


def yaml(data: dict[str, Any]) -> str:
    """As YAML, which JSON is a part of: lists and mappings in blocks, their innermost values as JSON.

    >>> print(yaml({"general": {"name": "x"}, "problems": [{"name": "1.1"}]}), end="")
    general:
      name: "x"
    problems:
      - {"name": "1.1"}
    """
    lines = []
    for key, held in data.items():
        lines.append(f"{key}:")
        if isinstance(held, dict):
            lines += [f"  {name}: {json.dumps(value)}" for name, value in held.items()]
        else:
            lines += [f"  - {json.dumps(value)}" for value in held]
    return "\n".join([*lines, ""])


def config(name: str) -> str:
    """The Ruby module that Autolab wants; all its settings are in the .yml.

    >>> config("lm_basics").splitlines()[2]
    'module LmBasics'
    """
    module = "".join(part[:1].upper() + part[1:] for part in name.split("_"))
    return f"""require "AssessmentBase.rb"

module {module}
  include AssessmentBase

  def assessmentInitialize(course)
    super("{name}", course)
    @problems = []
  end
end
"""
