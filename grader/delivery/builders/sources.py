"""What every platform's autograder holds: the project without its own tests, and what it needs installed."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from grader.course import USUAL, Course
from grader.delivery.platforms.requirements import requirements
from grader.delivery.repository import release
from grader.files import PROJECT
from tests.submit import write_zip

TITLE = "Language models from scratch: the basics"
SCRIPTS = PROJECT / "grader" / "delivery" / "platforms"
LEFT_OUT = {"__pycache__", "selftest", "specimens", "bench", "student", "installed.py"}


def sources(settings: dict[str, str], fault: str, course: Course = USUAL) -> dict[str, bytes]:
    """{path: content} of the project, of `settings.json`, and of what is told before anything has been graded.

    The course file is among them: what is built grades by it.

    >>> sorted(name for name in sources({}, "no grade") if "/" not in name)[:3]
    ['constraints.txt', 'fault', 'pyproject.toml']
    """
    files = {
        path.relative_to(PROJECT).as_posix(): path.read_bytes()
        for folder in ("grader", "tests", "fixtures")
        for path in sorted((PROJECT / folder).rglob("*"))
        if path.is_file() and not LEFT_OUT.intersection(path.relative_to(PROJECT).parts)
    }
    for each in ("pyproject.toml", "constraints.txt", "sandbox-requirements.txt"):
        files[each] = (PROJECT / each).read_bytes()
    needed = requirements((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
    files["requirements.txt"] = "".join(f"{line}\n" for line in needed).encode()
    files["settings.json"] = json.dumps({"isolation": "auto", **settings}).encode()
    files["fault"] = fault.encode()
    if course.file:
        files["course.toml"] = course.file.read_bytes()
    return files


def handout(course: Course = USUAL) -> bytes:
    """The students' repository as a .zip."""
    with tempfile.TemporaryDirectory(prefix="grader-") as folder:
        made = Path(folder) / "course"
        named = {f"lm-basics/{name}": (made / name).read_bytes() for name in release(made, course=course)}
        write_zip(Path(folder) / "handout.zip", named)
        return (Path(folder) / "handout.zip").read_bytes()
