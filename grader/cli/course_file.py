"""The course file: `grader course check`, and where other commands look for it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from grader.cli.console import console, errors
from grader.course import Course, described, read
from grader.errors import UsageError
from grader.files import PROJECT
from tests.harness.tasks import in_points

course_file = typer.Typer(name="course", no_args_is_help=True)
HERE = PROJECT / "course.toml"
OPTION = typer.Option(
    metavar="FILE", help="The course file (default: course.toml in the checkout, if it is there)."
)


def course_of(file: Path | None, *, roster: bool = True, quiet: bool = False) -> Course:
    """The course of a file, or of the usual one, or the whole assignment; say which file it was.

    Raises:
        UsageError: it can't be read, or has mistakes.
    """
    file = file or usual()
    if file is None:
        return Course()
    course = read(file, roster=roster)
    if not quiet:
        count = len(course.points)
        said = f"by the course file {file}: {count} task{'s' * (count != 1)}, {in_points(course.total)}"
        errors.print(said, markup=False, highlight=False, soft_wrap=True)
    return course


def usual() -> Path | None:
    """The file that GRADER_COURSE names, none where that is empty; or else the checkout's own, if it is there."""
    named = os.environ.get("GRADER_COURSE", str(HERE) if HERE.exists() else "")
    return Path(named) if named else None


@course_file.callback(epilog="Example: grader course check course.toml")
def about() -> None:
    """See what the course file says: which tasks there are, what they are worth, and when they are due."""


@course_file.command(name="check", epilog="Example: grader course check course.toml")
def check_command(
    file: Annotated[Path | None, typer.Argument(metavar="FILE", help="The file (default: course.toml).")] = None,
) -> None:
    """Say in words what a course file means, or name each of its mistakes."""
    file = file or usual()
    if file is None:
        raise UsageError(
            f"there is no course file {str(HERE)!r}, so the course is the whole assignment; write one"
        )
    for sentence in described(read(file)):
        console.print(sentence, markup=False, highlight=False, soft_wrap=True)
