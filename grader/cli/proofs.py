"""The commands that prove checks and sandboxes: `grader calibrate`, `mutate`, `attacks` and `specimen`."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from grader.cli.console import console, need_folder, progress
from grader.errors import UsageError
from grader.files import write_atomically
from grader.isolation import LADDER, problem
from grader.proofs import Calibration, Trial, attacks, calibrate, differences, specimen
from grader.reports import calibration_html, mutation_html, points, show
from tests.harness.tasks import TASKS

proofs = typer.Typer()
Jobs = Annotated[int, typer.Option(min=1, help="How many at a time.")]
CPUS = os.cpu_count() or 1
ATTACKS_WIDE = 110
WIDE = 160
"""Columns that the matrix needs; a narrower terminal cuts its lines rather than its cells."""


@proofs.command(name="calibrate", epilog="Example: grader calibrate --fast --only timing_mean --only reference")
def calibrate_command(
    only: Annotated[list[str] | None, typer.Option(metavar="NAME", help="Only this specimen; repeatable.")] = None,
    fast: Annotated[
        bool, typer.Option("--fast", help="A mistake's own task, others' modules; attacks alone in the sandbox.")
    ] = False,
    isolation: Annotated[str, typer.Option(help="auto, bwrap, or none; attacks are always isolated.")] = "auto",
    html: Annotated[Path | None, typer.Option(metavar="FILE.html", help="Write the matrix as one page.")] = None,
    flaky: Annotated[
        int,
        typer.Option(metavar="N", min=0, help="Instead, grade the reference N times, under load, and compare."),
    ] = 0,
    examples: Annotated[
        int, typer.Option(metavar="N", help="Grade on property tests alone, with other random examples.")
    ] = 0,
    jobs: Jobs = CPUS,
) -> None:
    """Grade all planted submissions: correct ones must lose nothing, wrong ones the right points."""
    need_folder(html)
    if flaky:
        _tell_differences(flaky)
        return
    names = only or specimen.names()
    with progress("calibrating") as advance:
        result = calibrate(
            names,
            fast=fast,
            isolation="none" if fast else isolation,
            jobs=jobs,
            examples=examples,
            progress=advance,
        )
    _print_matrix(result)
    if html:
        write_atomically(html, calibration_html(result))
        console.print(f"wrote {html}", markup=False, highlight=False)
    for fault in result.faults:
        console.print(Text(fault, style="red"), soft_wrap=True)
    console.print(_summary(result))
    if result.faults:
        raise typer.Exit(1)


def _tell_differences(times: int) -> None:
    with progress("grading the reference") as advance:
        found = differences(times, advance)
    for line in found:
        console.print(Text(line, style="red"), soft_wrap=True)
    console.print(f"graded the reference {times} times in each mode, under load: {len(found)} differences")
    if found:
        raise typer.Exit(1)


def _print_matrix(result: Calibration) -> None:
    """Specimens by tasks: points lost, a dot for none, nothing where it was not graded."""
    table = Table("specimen", *TASKS, box=None, pad_edge=False, padding=(0, 1, 0, 0))
    for trial in result.trials:
        style = "red" if trial.faults else ""
        table.add_row(Text(trial.specimen.name, style=style), *(_cell(trial, task) for task in TASKS))
    wide = Console(width=max(console.width, WIDE), soft_wrap=True)
    wide.print(table)


def _cell(trial: Trial, task: str) -> str:
    lost = trial.lost_points(task)
    return "" if lost is None else points(lost) if lost else "[dim]·[/]"


def _summary(result: Calibration) -> str:
    wrong = result.of_kind("misconception")
    caught, named = sum(bool(trial.lost) for trial in wrong), sum(trial.naming is not None for trial in wrong)
    lost = sum(check.max_points for trial in result.of_kind("correct") for check in trial.lost)
    return (
        f"{len(result.of_kind('correct'))} correct ones lose {points(lost)} points; "
        f"{caught} of {len(wrong)} misconceptions are caught, {named} named; {len(result.faults)} faults"
    )


@proofs.command(name="mutate", epilog="Example: grader mutate --module words --resume mutants.jsonl")
def mutate_command(
    module: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Only this module of the reference; repeatable.")
    ] = None,
    resume: Annotated[
        Path | None, typer.Option(metavar="FILE.jsonl", help="Keep results here, and go on from them.")
    ] = None,
    html: Annotated[Path | None, typer.Option(metavar="FILE.html", help="Write the table as one page.")] = None,
    jobs: Jobs = CPUS,
) -> None:
    """Put one small mistake at a time into the reference, and see whether the checks catch it."""
    try:
        from grader.proofs.mutation import (
            campaign,  # they need mutmut, which is for development only
            modules,
        )
    except ModuleNotFoundError as error:
        raise UsageError(f"mutation testing needs {error.name}: python -m pip install '.[dev]'") from None
    need_folder(resume)
    need_folder(html)
    with progress("mutating") as advance:
        rows = campaign(module or modules(), resume, jobs, advance)
    table = Table("module", "mutants", "equivalent", "caught", "by time", "survived", "score")
    for row in rows:
        counts = (row.mutants, row.equivalent, row.caught, row.hung, len(row.survivors))
        table.add_row(row.module, *map(str, counts), f"{row.score:.1%}")
    for row in rows:
        for trial in row.survivors:
            console.print(Text(f"{trial.module}.{trial.function} {trial.outcome} {trial.by}\n{trial.diff}"))
    show(table, console)
    live, caught = sum(row.mutants - row.equivalent for row in rows), sum(row.caught for row in rows)
    console.print(f"mutation score {caught / live if live else 1:.1%}: {caught} of {live} caught")
    if html:
        write_atomically(html, mutation_html(rows))
        console.print(f"wrote {html}", markup=False, highlight=False)
    if caught < live:
        raise typer.Exit(1)


@proofs.command(name="attacks", epilog="Example: grader attacks clocks_patched --isolation bwrap")
def attacks_command(
    name: Annotated[list[str] | None, typer.Argument(help="Which ones; without it, all.")] = None,
    isolation: Annotated[
        str | None, typer.Option(help="In this sandbox only; else in each that works here.")
    ] = None,
) -> None:
    """Grade the planted attacks, and show what they gained and did: nothing, or exit status 1."""
    working = [isolation] if isolation else [each for each in LADDER if problem(each) is None]
    chosen = name or attacks.names()
    columns = ("attack", "sandbox", "points", "verdicts", "files", "net", "procs", "next", "faults", "busy s")
    table = Table(*columns, box=None, pad_edge=False)
    results = []
    with progress("attacking") as advance:
        for number, done in enumerate(attacks.attack_all(chosen, working), 1):
            advance(number, len(chosen) * len(working), done.name)
            results.append(done)
            points = f"{'none' if done.score is None else f'{done.score:g}'} of {done.most:g}"
            counts = [len(done.changed), done.connections, len(done.survivors)]
            following = "differs" if done.next_differs else "same"
            row = [done.name, done.isolation, points, " ".join(done.verdicts), *map(str, counts)]
            row += [following, str(done.faults), f"{done.busy_s:.1f}"]
            table.add_row(*row, style="" if done.withstood else "red")
    Console(width=max(console.width, ATTACKS_WIDE), soft_wrap=True).print(table)
    console.print(f"{len(chosen)} attacks in {', '.join(working)}: {_came_to(results)}", soft_wrap=True)
    if not all(done.withstood for done in results):
        raise typer.Exit(1)


def _came_to(results: Sequence[attacks.Attacked]) -> str:
    gained, did = sum(done.gained for done in results), sum(done.did for done in results)
    faults = sum(done.faults > 0 or done.score is None for done in results)
    longest = max(results, key=lambda done: done.busy_s)
    over_s = max(done.over_s for done in results)
    return (
        f"{gained} gained, {did} did something, {faults} made the grader fail; it was busy for "
        f"{longest.busy_s:.1f} s at most ({longest.name}), and {over_s:.1f} s longer than a limit"
    )


@proofs.command(name="specimen", epilog="Example: grader specimen timing_mean --out submission.zip")
def specimen_command(
    name: Annotated[str | None, typer.Argument(help="Which one; without it, list them.")] = None,
    out: Annotated[Path | None, typer.Option(metavar="FILE.zip", help="Write it as a submission.")] = None,
    plain: Annotated[bool, typer.Option("--plain", help="List their names alone, for scripts.")] = False,
) -> None:
    """List the planted submissions, or write one as an archive."""
    if name is None and plain:
        typer.echo("\n".join(specimen.names()))
        return
    if name is None:
        table = Table("name", "kind", "what it does")
        for each in map(specimen.load, specimen.names()):
            table.add_row(each.name, each.kind, each.sentence)
        show(table, console)
        return
    chosen = specimen.load(name)
    target = out or Path(f"{name}.zip")
    if target.suffix != ".zip":
        raise UsageError(f"--out {str(target)!r} must end in .zip")
    console.print(f"wrote {specimen.archive(chosen, target)}: {chosen.sentence}", markup=False, highlight=False)
