"""The commands that write the course: `grader release`, `build`, `stubs` and `new-task`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from grader.cli.console import console
from grader.cli.course_file import OPTION, course_of
from grader.delivery import release
from grader.delivery.builders import GRADER_IMAGE, IMAGE, PLATFORMS, VISIBILITIES, build
from grader.errors import UsageError
from grader.files import write_atomically
from grader.making import new_task, stubs
from tests.harness.tasks import TASKS

course = typer.Typer()
OUTS = "FILE.zip for Gradescope and CodeGrade, FILE.tar for Autolab, else a new DIR"


@course.command(name="release", epilog="Example: grader release --out students --git")
def release_command(
    out: Annotated[Path, typer.Option(metavar="DIR", help="The folder to write.")],
    git: Annotated[
        bool, typer.Option("--git", help="Make it a git repository, or commit on top of the one that it is.")
    ] = False,
    course: Annotated[Path | None, OPTION] = None,
) -> None:
    """Write the students' repository, checked to hold nothing of the reference or of hidden checks."""
    files = release(out, git=git, course=course_of(course))
    console.print(f"wrote {len(files)} files to {out}; nothing of the reference or of hidden checks is in them")


@course.command(name="build", epilog="Example: grader build gradescope --out autograder.zip")
def build_command(
    platform: Annotated[str, typer.Argument(help=f"{', '.join(PLATFORMS)}.")],
    out: Annotated[Path, typer.Option(metavar="PATH", help=f"What to write: {OUTS}.")],
    visibility: Annotated[
        str, typer.Option(help=f"When Gradescope's students see results: {', '.join(VISIBILITIES)}.")
    ] = "visible",
    image: Annotated[
        str | None,
        typer.Option(
            help=f"The image to grade in: {IMAGE} on PrairieLearn and Autolab, on GitLab {GRADER_IMAGE}."
        ),
    ] = None,
    course: Annotated[Path | None, OPTION] = None,
) -> None:
    """Build what is uploaded to a platform."""
    files = build(platform, out, visibility=visibility, image=image, course=course_of(course))
    console.print(f"wrote {out}: {len(files)} files; {PLATFORMS[platform]}", markup=False, highlight=False)


@course.command(name="stubs", epilog="Example: grader stubs --check")
def stubs_command(
    out: Annotated[Path, typer.Option(help="The folder to write.")] = Path("assignment"),
    check: Annotated[bool, typer.Option("--check", help="Write nothing; fail when a stub is stale.")] = False,
) -> None:
    """Cut the students' stubs from the reference."""
    stale = stubs.stale(out)
    if check:
        if stale:
            raise UsageError(f"stale in {out}: {', '.join(stale)}; run `grader stubs`")
        return
    built = stubs.build()
    for name, text in built.items():
        write_atomically(out / name, text)
    changed = [name for name in stale if name in built]
    console.print(f"wrote {len(built)} stubs to {out}, {len(changed)} of them changed")
    if left := [name for name in stale if name not in built]:
        console.print(f"remove from {out} what the reference does not have: {', '.join(left)}")


@course.command(
    name="new-task", epilog="Example: grader new-task 1.6 count_bytes --points 2 --title 'Bytes of a text'"
)
def new_task_command(
    task: Annotated[str, typer.Argument(metavar="ID", help="Its number, such as 1.6.")],
    name: Annotated[str, typer.Argument(help="The function that it asks for, such as count_bytes.")],
    points: Annotated[int, typer.Option(min=1, help="What it is worth; half of it goes to hidden checks.")],
    title: Annotated[str, typer.Option(help="The title of its chapter.")],
    module: Annotated[
        str | None, typer.Option(help="The file of assignment/ that holds it; without it, a new one of its name.")
    ] = None,
) -> None:
    """Write a new, optional task: reference, stub, chapter, checks, specimens; then say what is left to write."""
    if module is None and name in {known.module for known in TASKS.values()}:
        raise UsageError(f"there is a module {name!r} already: say --module {name}, or choose another name")
    written = new_task.write(new_task.NewTask(task, name, module or name, title, points))
    for file in (*written.new, *written.changed):
        console.print(f"wrote {file}", markup=False, highlight=False)
    undo = f"git restore {' '.join(written.changed)} && git clean -fdq {' '.join(written.new)}"
    console.print(f"\nto take all of it back: {undo}", markup=False, highlight=False, soft_wrap=True)
    console.print("\nleft to write, each in the line that says WRITE:", markup=False, highlight=False)
    for place in new_task.left():
        console.print(place, markup=False, highlight=False, soft_wrap=True)
