"""How to grade, and what of that decides a verdict, as one key: with the same key, none needs a second grading."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from grader.course import Course
from grader.files import PROJECT
from tests.handin import CACHES

CHECKS = ("tests", "grader/hidden")

ROOMS = ("hidden", "isolation", "grading", "intake", "reference", "oracle", "model.py")
DECIDE = ("tests", "fixtures", *(f"grader/{room}" for room in ROOMS))
"""Files and folders of the project."""

PACKAGES = ("cbor2", "hypothesis", "numpy", "pytest", "regex", "torch")


@dataclass(frozen=True, slots=True)
class Options:
    """How to grade. `tasks` empty means all of the course; `check_seconds` bounds each check's limit from above.

    `checks` are folders of this project. Another number of `examples` runs properties alone, on other random ones.
    `replay` is a folder where checks that were passed are kept, so that who gives the same answers is graded
    sooner. Whoever can write there can give points.
    The course says what checks are worth, and which examples its hidden ones draw; and, where it says something of
    them, how much is told of hidden checks, and how long a check may take, which `check_seconds` outweighs.
    """

    tasks: tuple[str, ...] = ()
    isolation: str = "auto"
    check_seconds: float | None = None
    checks: tuple[str, ...] = CHECKS
    examples: int = 0
    replay: Path | None = None
    course: Course = field(default_factory=Course)


@dataclass(frozen=True, slots=True)
class Settings:
    """How submissions are graded: the options, but for tasks, and a key for all that decides a verdict.

    What checks are worth decides none, and neither does what students are told of them.
    """

    options: Options
    isolation: str

    @property
    def told(self) -> dict[str, object]:
        """In words, as it is stored."""
        return {
            "checks": _checks_digest(),
            "isolation": self.isolation,
            "check_seconds": self.options.check_seconds or self.options.course.check_seconds,
            "seed": hashlib.sha256(self.options.course.seed.encode()).hexdigest()
            if self.options.course.seed
            else "",
            "folders": list(self.options.checks),
            "examples": self.options.examples,
            "python": platform.python_version(),
            **{name: _version(name) for name in PACKAGES},
        }

    @property
    def key(self) -> str:
        """SHA-256 of it."""
        return hashlib.sha256(json.dumps(self.told, sort_keys=True).encode()).hexdigest()


@cache
def _checks_digest() -> str:
    digest = hashlib.sha256()
    for path in sorted(_files()):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(PROJECT).as_posix()}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


def _files() -> Iterator[Path]:
    for name in DECIDE:
        place = PROJECT / name
        inside = [place] if place.is_file() else place.rglob("*")
        yield from (path for path in inside if path.is_file() and not CACHES & set(path.parts))


@cache
def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
