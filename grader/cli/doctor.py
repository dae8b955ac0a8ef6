"""The command `grader doctor`: what is here, and what that means for grading."""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from grader import __version__
from grader.cli.console import console
from grader.errors import UsageError
from grader.isolation import LADDER, bwrap_path, lowered, places, problem
from grader.reports import show

health = typer.Typer()
PACKAGES = ("pytest", "hypothesis", "regex", "numpy", "cbor2", "torch")


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor's: what was looked at, what is there, what it means. `ok` is None where neither."""

    topic: str
    here: str
    means: str
    ok: bool | None


def examine() -> Iterator[Finding]:
    """Look at this machine; grades a call of a tiny submission in a sandbox of each kind."""
    yield Finding("grader", __version__, f"Python {platform.python_version()} on {platform.platform()}", None)
    yield from _isolation()
    yield from _limits()
    cores = os.cpu_count() or 1
    yield Finding("processor", f"{cores} cores", "one submission uses up to two of them", None)
    yield _gpu()
    for package in PACKAGES:
        yield _package(package)


def _isolation() -> Iterator[Finding]:
    """Each backend's own test: a tiny submission is called in it, under the limits that the caller has."""
    means = {
        "bwrap": "namespaces: processes, files and network of its own",
        "uid": "for containers that refuse namespaces: a uid of its own, Landlock, a filter of system calls",
    }
    problems = {name: problem(name) for name in LADDER}
    for name, found in problems.items():
        here = (bwrap_path() or "") if name == "bwrap" else "works"
        others = any(other is None for other in problems.values())
        yield Finding(f"isolation {name}", found or here, means[name], None if found and others else not found)
    if all(problems.values()):
        yield Finding("isolation", "none works", "`grader grade` refuses, unless told --isolation none", False)


def _limits() -> Iterator[Finding]:
    """What a check gets less of here than the handout promises."""
    found = lowered()
    for low in found:
        means = "who loses a check by it gets no score, not a zero: start the grader with a higher hard limit"
        yield Finding("limit", low, means, False)
    group = next(places(), None)
    here = f"control group, version {group[1]}" if group else "no control group"
    means = "the kernel holds a check's memory" if group else "a check's memory is counted four times a second"
    yield Finding("memory", here, means, None)
    if not found:
        yield Finding("limits", "as promised", "a check may use all that the handout says", True)


def _gpu() -> Finding:
    nvidia = shutil.which("nvidia-smi")
    if nvidia is None:
        return Finding("GPU", "none", "`grader hardware` leaves out its checks on a GPU", None)
    asked = [nvidia, "--query-gpu=name,driver_version", "--format=csv,noheader"]
    said = subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip()
    return Finding("GPU", said or "nvidia-smi finds none", "for `grader hardware`; no task needs one", None)


def _root() -> bool:
    return getattr(os, "geteuid", lambda: 1)() == 0


def _autolab() -> Iterator[Finding]:
    """What a job of Tango's needs: make for its Makefile, autodriver around it, and root or namespaces."""
    for program, means in (("make", "a job is a Makefile"), ("autodriver", "Tango starts each job with it")):
        place = shutil.which(program)
        lines = "install it in the image" if program == "make" else "put its lines of Tango's Dockerfile on top"
        yield Finding(program, place or "not here", means if place else f"{means}: {lines}", place is not None)
    root = _root()
    spaces = problem("bwrap") is None
    means = "the sandbox works without it" if spaces else "the sandbox that works without namespaces needs it"
    more = (
        "" if root or spaces else ": let autograde use sudo, as the image of the Dockerfile's target autolab does"
    )
    yield Finding("root", "yes" if root else "no", means + more, root or spaces)


def _gradescope() -> Iterator[Finding]:
    """What Gradescope's machines have: a folder of theirs, and root."""
    there = Path("/autograder").is_dir()
    yield Finding("/autograder", "here" if there else "not here", "Gradescope runs the autograder in it", there)
    root = _root()
    yield Finding("root", "yes" if root else "no", "Gradescope runs the autograder as root", root)


def _prairielearn() -> Iterator[Finding]:
    """What PrairieLearn mounts."""
    there = Path("/grade").is_dir()
    yield Finding("/grade", "here" if there else "not here", "PrairieLearn puts question and answer there", there)


PLATFORMS = {"autolab": _autolab, "gradescope": _gradescope, "prairielearn": _prairielearn}
"""What each needs besides. They are asked where that platform grades: in its image, as its user."""


def _package(name: str) -> Finding:
    try:
        return Finding(name, version(name), "", True)
    except PackageNotFoundError:
        return Finding(name, "not installed", "run `make install`", False)


@health.command(name="doctor", epilog="Example: grader doctor --json")
def doctor_command(
    platform_: Annotated[
        str | None, typer.Option("--platform", help=f"Where {', '.join(PLATFORMS)} grades: what is missing there.")
    ] = None,
    json_: Annotated[bool, typer.Option("--json", help="Print the findings as JSON, for programs.")] = False,
) -> None:
    """Tell what isolation, GPU and versions are here, and what that means."""
    if platform_ is not None and platform_ not in PLATFORMS:
        raise UsageError(f"--platform {platform_!r} is none of {', '.join(PLATFORMS)}")
    table = Table("", "what", "here", "meaning")
    findings = [*examine(), *(PLATFORMS[platform_]() if platform_ else ())]
    if json_:
        typer.echo(json.dumps([asdict(finding) for finding in findings], indent=1))
    for finding in findings:
        mark = {True: "[green]ok[/]", False: "[red]no[/]", None: ""}[finding.ok]
        table.add_row(mark, finding.topic, finding.here, finding.means)
    if not json_:
        show(table, console)
    if any(finding.ok is False for finding in findings):
        raise typer.Exit(3)
