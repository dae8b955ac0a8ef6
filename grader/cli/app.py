"""The command `grader`. Exit status 0: done, whatever the score; 2: wrong arguments; 3: the grader failed."""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from grader import __version__
from grader.cli import doctor
from grader.cli.console import console, errors, need_folder, progress
from grader.cli.proofs import proofs
from grader.delivery.builders import IMAGE, PLATFORMS, VISIBILITIES, build
from grader.delivery.repository import release
from grader.errors import GraderError, GraderFault, UsageError
from grader.files import write_atomically
from grader.grading.feedback import with_level
from grader.grading.one import Options, grade
from grader.isolation.choose import BACKENDS
from grader.making import stubs
from grader.model import Feedback, Report
from grader.proofs import specimen
from grader.reports.formats import FORMATS
from grader.reports.html import to_html
from grader.reports.json_report import to_json
from grader.reports.terminal import render

app = typer.Typer(
    help="Grades submissions out of the reach of their authors.", no_args_is_help=True, add_completion=False
)
app.add_typer(proofs)
ISOLATION = f"One of auto, {', '.join(BACKENDS)}; the last contains nothing, and can be abused."


@app.callback(invoke_without_command=True)
def version(show: Annotated[bool, typer.Option("--version", help="Print the version.")] = False) -> None:
    """Grade submissions out of the reach of their authors."""
    if show:
        console.print(__version__)
        raise typer.Exit


@app.command(name="grade")
def grade_command(
    submission: Annotated[Path, typer.Argument(help="A folder, .zip or .tar.gz that holds assignment/.")],
    report: Annotated[Path | None, typer.Option(metavar="FILE.json", help="Write the report as JSON.")] = None,
    html: Annotated[Path | None, typer.Option(metavar="FILE.html", help="Write it as one HTML page.")] = None,
    format_: Annotated[
        list[str] | None,
        typer.Option("--format", metavar="NAME=FILE", help=f"Write it for a platform: {', '.join(FORMATS)}."),
    ] = None,
    task: Annotated[list[str] | None, typer.Option(metavar="ID", help="Grade only this task; repeatable.")] = None,
    isolation: Annotated[str, typer.Option(help=ISOLATION)] = "auto",
    check_seconds: Annotated[
        float | None, typer.Option(help="Bound each check's time limit from above, in seconds.", min=0.1)
    ] = None,
    feedback: Annotated[
        Feedback | None,
        typer.Option(help="What all but the JSON report tell of hidden checks, instead of each's own level."),
    ] = None,
) -> None:
    """Grade one submission and show its report."""
    files: list[tuple[Path | None, Callable[[Report], str]]] = [(report, _json_text), (html, to_html)]
    outputs: list[Output] = [(to, make) for to, make in files if to]
    outputs += [_format(text) for text in format_ or []]
    for path, _ in outputs:
        need_folder(path)
    options = Options(tuple(task or ()), isolation, check_seconds)
    with progress("grading") as advance:
        result = grade(submission, options, advance)
    if feedback is not None:
        result = with_level(result, feedback)
    render(result, console)
    if result.score is None:
        _write([(to, make) for to, make in outputs if to in (report, html)])(result)
        raise GraderFault(NO_SCORE)
    _write(outputs)(result)


Output = tuple[Path, Callable[[Report], str]]
NO_SCORE = "no score was given; the checks that the grader failed in can be run again"


def _write(outputs: list[Output]) -> Callable[[Report], None]:
    def write(result: Report) -> None:
        for path, make in outputs:
            write_atomically(path, make(result))
            console.print(f"wrote {path}", markup=False, highlight=False)

    return write


def _format(text: str) -> Output:
    name, equals, file = text.partition("=")
    if not equals or not file or name not in FORMATS:
        raise UsageError(f"--format {text!r} is not NAME=FILE with NAME one of {', '.join(FORMATS)}")
    return Path(file), FORMATS[name]


def _json_text(result: Report) -> str:
    return json.dumps(to_json(result), indent=2, ensure_ascii=False) + "\n"


@app.command(name="hardware")
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
        write_atomically(record, json.dumps(recorder.record(), indent=1) + "\n")
        console.print(f"wrote {record}", markup=False, highlight=False)
    if submission:
        with progress("grading") as advance:
            result = grade(submission, Options(isolation=isolation, checks=("grader/hardware",)), advance)
        render(result, console)
        if result.score is None:
            raise GraderFault(NO_SCORE)


@app.command(name="doctor")
def doctor_command() -> None:
    """Tell what isolation, GPU and versions are here, and what that means."""
    table = Table("", "what", "here", "meaning")
    findings = list(doctor.examine())
    for finding in findings:
        mark = {True: "[green]ok[/]", False: "[red]no[/]", None: ""}[finding.ok]
        table.add_row(mark, finding.topic, finding.here, finding.means)
    console.print(table)
    if any(finding.ok is False for finding in findings):
        raise typer.Exit(3)


@app.command(name="release")
def release_command(
    out: Annotated[Path, typer.Option(metavar="DIR", help="The folder to write.")],
    git: Annotated[
        bool, typer.Option("--git", help="Make it a git repository, or commit on top of the one that it is.")
    ] = False,
) -> None:
    """Write the students' repository, checked to hold nothing of the reference or of hidden checks."""
    files = release(out, git=git)
    console.print(f"wrote {len(files)} files to {out}; nothing of the reference or of hidden checks is in them")


@app.command(name="build")
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


@app.command(name="stubs")
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


@app.command(name="specimen")
def specimen_command(
    name: Annotated[str | None, typer.Argument(help="Which one; without it, list them.")] = None,
    out: Annotated[Path | None, typer.Option(metavar="FILE.zip", help="Write it as a submission.")] = None,
) -> None:
    """List the planted submissions, or write one as an archive."""
    if name is None:
        table = Table("name", "kind", "what it does")
        for each in map(specimen.load, specimen.names()):
            table.add_row(each.name, each.kind, each.sentence)
        console.print(table)
        return
    chosen = specimen.load(name)
    target = out or Path(f"{name}.zip")
    if target.suffix != ".zip":
        raise UsageError(f"--out {str(target)!r} must end in .zip")
    console.print(f"wrote {specimen.archive(chosen, target)}: {chosen.sentence}", markup=False, highlight=False)


def main() -> None:
    """Run the command, and turn our errors into one sentence and an exit status."""
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))  # so that folders of ours are removed
    try:
        app()
    except UsageError as error:
        errors.print(f"grader: {error}", style="red", markup=False, highlight=False)
        sys.exit(2)
    except GraderError as error:
        errors.print(f"grader: {error}", style="red", markup=False, highlight=False)
        sys.exit(3)
    except Exception as error:  # noqa: BLE001  -- whatever else happens is the grader's fault, and gives no score
        errors.print_exception()
        errors.print(
            f"grader: it failed, and gave no score: {error!r}", style="red", markup=False, highlight=False
        )
        sys.exit(3)
