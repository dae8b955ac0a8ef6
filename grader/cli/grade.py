"""The commands that grade a submission: `grader grade` and `grader hardware`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated

import typer

from grader.cli.console import console, need_folder, progress
from grader.cli.course_file import OPTION, course_of
from grader.course import Course
from grader.errors import GraderFault, NothingGraded, UsageError
from grader.files import write_atomically
from grader.grading import Options, grade, with_level
from grader.isolation import BACKENDS
from grader.model import Feedback, Report
from grader.reports import json_text, one_line, render, to_html, to_json
from grader.reports.formats import FORMATS, SAY_FAULTS

submissions = typer.Typer()
ISOLATION = f"One of auto, {', '.join(BACKENDS)}; the last contains nothing, and can be abused."
Output = tuple[Path, Callable[[Report], str]]
NO_SCORE = "no score was given; the checks that the grader failed in can be run again"


@submissions.command(name="grade", epilog="Example: grader grade submission.zip --html report.html")
def grade_command(
    submission: Annotated[Path, typer.Argument(help="A folder, .zip or .tar.gz that holds assignment/.")],
    report: Annotated[Path | None, typer.Option(metavar="FILE.json", help="Write the report as JSON.")] = None,
    html: Annotated[Path | None, typer.Option(metavar="FILE.html", help="Write it as one HTML page.")] = None,
    format_: Annotated[
        list[str] | None,
        typer.Option("--format", metavar="NAME=FILE", help=f"Write it for a platform: {', '.join(FORMATS)}."),
    ] = None,
    task: Annotated[list[str] | None, typer.Option(metavar="ID", help="Grade only this task; repeatable.")] = None,
    part: Annotated[
        list[str] | None, typer.Option(metavar="N", help="Grade only this part, such as 1; repeatable.")
    ] = None,
    course: Annotated[Path | None, OPTION] = None,
    isolation: Annotated[str, typer.Option(help=ISOLATION)] = "auto",
    check_seconds: Annotated[
        float | None, typer.Option(help="Bound each check's time limit from above, in seconds.", min=0.1)
    ] = None,
    passed: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="Keep checks that are passed in DIR; who gives the same answers is graded sooner."
        ),
    ] = None,
    feedback: Annotated[
        Feedback | None,
        typer.Option(help="What all but the JSON report tell of hidden checks, instead of each's own level."),
    ] = None,
    staff: Annotated[
        bool, typer.Option("--staff", help="Show what only staff may see: all of hidden checks, and suspicions.")
    ] = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Print nothing but errors: what is wanted goes into files.")
    ] = False,
) -> None:
    """Grade one submission and show its report."""
    files: list[tuple[Path | None, Callable[[Report], str]]] = [(report, _json_text), (html, to_html)]
    outputs: list[Output] = [(to, make) for to, make in files if to]
    outputs += [_format(text) for text in format_ or []]
    for path, _ in outputs:
        need_folder(path)
    by = course_of(course, roster=False, quiet=quiet)
    tasks = (*(task or ()), *tasks_of(part or (), by))
    options = Options(tasks, isolation, check_seconds, replay=passed, course=by)
    with progress("grading") as advance:
        result = grade(submission, options, advance)
    if feedback is not None:
        result = with_level(result, feedback)
    if result.score is None:
        outputs = [(to, make) for to, make in outputs if make in WITHOUT_SCORE]
    try:  # first: whoever reads the terminal may go away in the middle
        for path, make in outputs:
            write_atomically(path, make(result))
    finally:
        if not quiet:
            render(result, console, staff=staff)
    for path, _ in outputs:
        if not quiet:
            console.print(f"wrote {one_line(str(path))}", markup=False, highlight=False, soft_wrap=True)
    if result.score is None:
        raise GraderFault(NO_SCORE)
    if result.problem is not None:
        from grader.cohort import looks_like_a_class  # with all that a class needs, and one grading doesn't

        looks = looks_like_a_class(submission)
        class_ = f"; it looks like {looks}, which `grader class add` reads" if looks else ""
        raise NothingGraded(f"nothing was graded: {result.problem}{class_}")


def tasks_of(parts: Sequence[str], course: Course) -> list[str]:
    """The course's tasks of these parts.

    Raises:
        UsageError: there is no such part.
    """
    known = sorted({task.partition(".")[0] for task in course.tasks}, key=int)
    for part in parts:
        if part not in known:
            raise UsageError(f"--part {part!r} is no part of the course, which has {', '.join(known)}")
    return [task for task in course.tasks if task.partition(".")[0] in parts]


def _format(text: str) -> Output:
    name, equals, file = text.partition("=")
    if not equals or not file or name not in FORMATS:
        raise UsageError(f"--format {text!r} is not NAME=FILE with NAME one of {', '.join(FORMATS)}")
    return Path(file), FORMATS[name]


def _json_text(result: Report) -> str:
    return json_text(to_json(result))


WITHOUT_SCORE = (_json_text, to_html, *(FORMATS[name] for name in SAY_FAULTS))
"""What is written after a fault of the grader's, too."""


@submissions.command(name="hardware", epilog="Example: grader hardware submission.zip")
def hardware_command(
    submission: Annotated[Path | None, typer.Argument(help="A folder or archive that holds assignment/.")] = None,
    record: Annotated[
        Path | None, typer.Option(metavar="FILE.json", help="Record this machine's own timings.")
    ] = None,
    isolation: Annotated[str, typer.Option(help=ISOLATION)] = "auto",
) -> None:
    """Check a submission's timing on this machine's GPU and CPU, and record what the machine does."""
    from grader.hardware import machines  # they import torch, which takes seconds
    from grader.hardware import record as recorder

    if submission is None and record is None:
        raise UsageError("nothing to do: give a SUBMISSION, or --record FILE.json")
    if record:
        need_folder(record)
    if why := machines.why_no_gpu():
        console.print(f"checks on a GPU are skipped: {why}", markup=False, highlight=False)
    if record:
        write_atomically(record, recorder.json_lines(recorder.record()))
        console.print(f"wrote {record}", markup=False, highlight=False)
    if submission:
        with progress("grading") as advance:
            result = grade(submission, Options(isolation=isolation, checks=("grader/hardware",)), advance)
        render(result, console)
        if result.score is None:
            raise GraderFault(NO_SCORE)
