"""How many submissions a minute: a class's grading against loops of what people have without it.

python -m grader.bench.cohort [ROUNDS] [--task ID]...

In each round all ways grade the same submissions, one way after the other: (a) a loop of `python -m pytest`
over the same checks, in one process with the student's code, (b) a loop of `grader grade`, and
`grader class grade` with one job and with two. There are two classes: in one little is written, in the other all
is right.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from grader.bench import interleaved, show
from grader.cohort import add, opened
from grader.files import PROJECT
from grader.grading import pytest_args
from grader.proofs import classes

MANY = {
    "little is written": ("untouched", "half", "untouched", "half"),
    "right": ("reference", "correct_classes") * 2,
}


def _run(args: Sequence[str]) -> None:
    """Whatever the score; what doesn't end as it should stops the benchmark."""
    done = subprocess.run([sys.executable, "-m", *args], cwd=PROJECT, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1) or "error" in done.stderr:
        raise RuntimeError(done.stdout[-2000:] + done.stderr[-2000:])


def ways(folder: Path, what: Sequence[str], tasks: Sequence[str]) -> dict[str, Callable[[], object]]:
    """What is compared, on submissions that are written into the folder."""
    members = [classes.Member(n, "Ada Bell", each) for n, each in enumerate(what, 1)]
    download = classes.write(folder / "class", members, "clones")
    submissions = sorted(download.iterdir())
    chosen = [part for task in tasks for part in ("--task", task)]

    def a_loop_of_pytest() -> None:
        for each in submissions:
            _run(["pytest", "-p", "tests.harness.plugin", *pytest_args(tasks), "--submission", str(each)])

    def a_loop_of_grade() -> None:
        for each in submissions:
            _run(["grader", "grade", str(each), "--quiet", *chosen])

    def class_grade(jobs: int) -> Callable[[], None]:
        def run() -> None:
            with tempfile.TemporaryDirectory() as new:
                store = Path(new) / "class.db"
                with opened(store, new=True) as class_:
                    add(class_, [download])
                _run(["grader", "class", "grade", "--jobs", str(jobs), "--store", str(store), *chosen])

        return run

    return {
        "(a) a loop of pytest, nothing isolated": a_loop_of_pytest,
        "(b) a loop of grader grade": a_loop_of_grade,
        "grader class grade, 1 job": class_grade(1),
        "grader class grade, 2 jobs": class_grade(2),
    }


def main() -> None:
    """Print a table for each class."""
    parser = argparse.ArgumentParser(prog="python -m grader.bench.cohort")
    parser.add_argument("rounds", type=int, nargs="?", default=3)
    parser.add_argument("--task", action="append", default=[])
    given = parser.parse_args()
    for called, what in MANY.items():
        with tempfile.TemporaryDirectory(prefix="grader-bench-") as folder:
            taken = interleaved(ways(Path(folder), what, given.task), given.rounds)
        rates = ", ".join(f"{len(what) / seconds * 60:.1f}" for seconds in taken.values())
        show(f"{len(what)} submissions, {called}", f"submissions a minute: {rates}", taken)


if __name__ == "__main__":
    main()
