"""The commands that write what leaves the course: `grader release`, `grader build` and `grader stubs`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from grader.cli.console import console
from grader.delivery import release
from grader.delivery.builders import IMAGE, PLATFORMS, VISIBILITIES, build
from grader.errors import UsageError
from grader.files import write_atomically
from grader.making import stubs

course = typer.Typer()


@course.command(name="release")
def release_command(
    out: Annotated[Path, typer.Option(metavar="DIR", help="The folder to write.")],
    git: Annotated[
        bool, typer.Option("--git", help="Make it a git repository, or commit on top of the one that it is.")
    ] = False,
) -> None:
    """Write the students' repository, checked to hold nothing of the reference or of hidden checks."""
    files = release(out, git=git)
    console.print(f"wrote {len(files)} files to {out}; nothing of the reference or of hidden checks is in them")


@course.command(name="build")
def build_command(
    platform: Annotated[str, typer.Argument(help=f"{', '.join(PLATFORMS)}.")],
    out: Annotated[Path, typer.Option(metavar="PATH", help="FILE.zip, a new DIR, FILE.tar: in that order.")],
    visibility: Annotated[
        str, typer.Option(help=f"When Gradescope's students see results: {', '.join(VISIBILITIES)}.")
    ] = "visible",
    image: Annotated[str, typer.Option(help="The image that PrairieLearn and Autolab grade in.")] = IMAGE,
) -> None:
    """Build what is uploaded to a platform."""
    files = build(platform, out, visibility=visibility, image=image)
    console.print(f"wrote {out}: {len(files)} files; {PLATFORMS[platform]}", markup=False, highlight=False)


@course.command(name="stubs")
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
    for name, text in stubs.build().items():
        write_atomically(out / name, text)
    console.print(f"wrote {len(stubs.build())} stubs to {out}, {len(stale)} of them changed")
