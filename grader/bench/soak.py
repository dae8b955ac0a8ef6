"""Grades many submissions in a row, attacks among honest ones, and looks for what is left of them.

python -m grader.bench.soak [SUBMISSIONS] [SEED]

Honest ones must score exactly as alone; no process, descriptor or temporary file may be left, and memory is flat.
"""

from __future__ import annotations

import os
import random
import sys
import tempfile
from pathlib import Path

import psutil
from rich.console import Console
from rich.progress import track

from grader.grading import Options, grade
from grader.isolation import LADDER, problem
from grader.proofs import attacks, specimen

console = Console()
SHARE = 0.4
"""Of honest submissions among all."""


def left() -> dict[str, float]:
    """What this process and machine hold now."""
    temporary = list(Path(tempfile.gettempdir()).glob("grader-*"))
    return {
        "processes": len(attacks.children()),
        "descriptors": psutil.Process().num_fds(),
        "temporary folders": len(temporary),
        "files of sandboxes": len(attacks.seen()),
        "memory, MiB": round(psutil.Process().memory_info().rss / 2**20),
    }


def main(submissions: int = 200, seed: int = 0) -> int:
    """Grade them in an order that the seed decides; 1 when anything is left, or an honest score differs."""
    with tempfile.TemporaryDirectory(prefix="grader-soak-") as own:
        Path(own).chmod(0o755)
        os.environ["TMPDIR"] = tempfile.tempdir = own  # apart from what others are grading on this machine
        return _soak(submissions, seed)


def _soak(submissions: int, seed: int) -> int:
    chance = random.Random(seed)
    backends = [name for name in LADDER if problem(name) is None]
    names = attacks.names()
    wrong: list[str] = []
    first: dict[str, float] = {}
    for number in track(range(submissions), "grading", console=console):
        planted = specimen.load(chance.choice(names))
        options = Options(attacks.tasks_of(planted), chance.choice(backends), check_seconds=attacks.CHECK_S)
        if chance.random() < SHARE:
            if attacks.honest.__wrapped__(options) != attacks.honest(options):
                wrong.append(f"{number}: the honest one differs on {', '.join(options.tasks)}")
            continue
        with tempfile.TemporaryDirectory(prefix="grader-soak-") as folder:
            report = grade(specimen.archive(planted, Path(folder) / "s.zip"), options)
        lost = specimen.must_lose(planted, [check.id for check in report.checks])
        most = sum(check.max_points for check in report.checks if check.id not in lost)
        if report.score is None or report.score > most:
            wrong.append(f"{number}: {planted.name} got {report.score} of at most {most:g} ({options.isolation})")
        first = first or left()
    last = left()
    for name, before in first.items():
        console.print(f"{name:<20} {before:>8g} after the first, {last[name]:>8g} after the last")
        if last[name] > before * (1.2 if name.startswith("memory") else 1):
            wrong.append(f"{name} grew")
    for each in wrong:
        console.print(f"wrong: {each}", style="red", markup=False)
    console.print(f"{submissions} submissions, {len(wrong)} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:3])))
