"""How many submissions a minute: a class's grading against loops of what people have without it.

python -m grader.bench.cohort [ROUNDS] [--task ID]... [--only NAME]... [--otter COMMAND]

In each round all ways grade the same submissions, one way after the other: (a) a loop of `python -m pytest`
over the same checks, in one process with the student's code, (b) a loop of `grader grade`, and
`grader class grade` with one job and with two. There are two classes: in one little is written, in the other all
is right. Then a class of 10, of 50 and of 200 shows how time and memory grow, on one task, and one of all kinds of
students what a submission costs on average: processor seconds, and bytes of the store.

With `--otter`, the command of otter-grader from an environment of its own, ten trivial checks are graded by a loop
of `otter run`, too, beside ten checks of ours.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from math import log
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from statistics import linear_regression

from grader.bench import interleaved, memory, show
from grader.cohort import add, opened
from grader.files import PROJECT
from grader.grading import pytest_args
from grader.proofs import classes

MANY = {
    "little": ("untouched", "half") * 8,
    "right": ("reference", "correct_classes") * 4,
}
"""Classes in which little is written, and all is right: enough that starting counts little."""

GROWTH = (10, 50, 200)
SAMPLE = 20
TEN_CHECKS = ("3.1", "4.1")
"""Together they have ten checks."""

A_CHECK = """OK_FORMAT = True
case = {{"code": "{prompt} f{n}(2)\\n{twice}", "hidden": False}}
test = {{"name": "q{n}", "points": 1, "suites": [{{"type": "doctest", "scored": True, "cases": [case]}}]}}
"""


def _run(args: Sequence[str], folder: Path = PROJECT) -> None:
    """Whatever the score; what doesn't end as it should stops the benchmark."""
    done = subprocess.run(args, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1) or "error" in done.stderr:
        raise RuntimeError(done.stdout[-2000:] + done.stderr[-2000:])


def _python(*args: str) -> list[str]:
    return [sys.executable, "-m", *args]


def _download(folder: Path, what: Sequence[str]) -> Path:
    return classes.write(folder, [classes.Member(n, "Ada Bell", each) for n, each in enumerate(what, 1)], "clones")


def _chosen(tasks: Sequence[str]) -> list[str]:
    return [part for task in tasks for part in ("--task", task)]


def class_grade(download: Path, jobs: int, tasks: Sequence[str]) -> Callable[[], None]:
    """A call of `grader class grade` on a new store, and what comes before it."""

    def run() -> None:
        with tempfile.TemporaryDirectory() as new:
            store = Path(new) / "class.db"
            with opened(store, new=True) as class_:
                add(class_, [download])
            _run(_python("grader", "class", "grade", "--jobs", str(jobs), "--store", str(store), *_chosen(tasks)))

    return run


def ways(folder: Path, what: Sequence[str], tasks: Sequence[str]) -> dict[str, Callable[[], object]]:
    """What is compared, on submissions that are written into the folder."""
    download = _download(folder / "class", what)
    submissions = sorted(download.iterdir())

    def a_loop_of_pytest() -> None:
        for each in submissions:
            _run(_python("pytest", "-p", "tests.harness.plugin", *pytest_args(tasks), "--submission", str(each)))

    def a_loop_of_grade() -> None:
        for each in submissions:
            _run(_python("grader", "grade", str(each), "--quiet", *_chosen(tasks)))

    return {
        "(a) a loop of pytest, nothing isolated": a_loop_of_pytest,
        "(b) a loop of grader grade": a_loop_of_grade,
        "grader class grade, 1 job": class_grade(download, 1, tasks),
        "grader class grade, 2 jobs": class_grade(download, 2, tasks),
    }


def ways_with_otter(folder: Path, otter: Path, many: int) -> dict[str, Callable[[], object]]:
    """Ten checks that ask next to nothing, by otter and by us."""
    (folder / "tests").mkdir()
    code = ""
    for n in range(1, 11):
        (folder / "tests" / f"q{n}.py").write_text(
            A_CHECK.format(n=n, twice=2 * n, prompt=">" * 3), encoding="utf-8"
        )
        code += f"def f{n}(x):\n    return {n} * x\n"
    (folder / "submission.py").write_text(code, encoding="utf-8")
    _run([str(otter), "generate", "-t", "tests", "-o", "autograder.zip"], folder)
    download = _download(folder / "class", ["reference"] * many)

    def a_loop_of_otter() -> None:
        for _ in range(many):
            _run([str(otter), "run", "-a", "autograder.zip", "submission.py"], folder)
            if '"score": 1.0' not in (folder / "results.json").read_text(encoding="utf-8"):
                raise RuntimeError("otter gave no points")

    return {
        "a loop of otter run": a_loop_of_otter,
        "grader class grade, 1 job": class_grade(download, 1, TEN_CHECKS),
        "grader class grade, 2 jobs": class_grade(download, 2, TEN_CHECKS),
    }


def growth(many: int, tasks: Sequence[str]) -> tuple[float, float]:
    """Seconds that a class of so many takes, and the most MiB (2**20 bytes) of the command and its processes."""
    with tempfile.TemporaryDirectory(prefix="grader-bench-") as folder:
        store, most = Path(folder) / "class.db", 0
        with opened(store, new=True) as class_:
            add(class_, [_download(Path(folder) / "class", ["reference"] * many)])
        command = _python("grader", "class", "grade", "--jobs", "2", "--store", str(store), *_chosen(tasks))
        began = time.monotonic()
        with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as run:
            while run.poll() is None:
                most = max(most, memory(run.pid))
                time.sleep(0.5)
        if run.returncode:
            raise RuntimeError(f"grader class grade ended with {run.returncode}")
        return time.monotonic() - began, most / 2**20


def cost(many: int, tasks: Sequence[str]) -> tuple[float, float, float]:
    """What a submission of a class with all kinds of students takes: seconds, those of a processor, KiB stored."""
    with tempfile.TemporaryDirectory(prefix="grader-bench-") as folder:
        store = Path(folder) / "class.db"
        class_ = [member for member in classes.members(2 * many) if member.what not in ("missing", "bare")][:many]
        with opened(store, new=True) as new:
            add(new, [classes.write(Path(folder) / "class", class_, "clones")])
        began, before = time.monotonic(), getrusage(RUSAGE_CHILDREN)
        _run(_python("grader", "class", "grade", "--jobs", "2", "--store", str(store), *_chosen(tasks)))
        took_s, after = time.monotonic() - began, getrusage(RUSAGE_CHILDREN)
        busy_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        return took_s / many, busy_s / many, store.stat().st_size / many / 2**10


def main() -> None:
    """Print a table for each class, and how time and memory grow."""
    parser = argparse.ArgumentParser(prog="python -m grader.bench.cohort")
    parser.add_argument("rounds", type=int, nargs="?", default=3)
    parser.add_argument("--task", action="append", default=[])
    parser.add_argument("--only", action="append", choices=[*MANY, "growth", "otter", "cost"], default=[])
    parser.add_argument("--otter", type=Path)
    given = parser.parse_args()
    for called, what in MANY.items():
        if not given.only or called in given.only:
            with tempfile.TemporaryDirectory(prefix="grader-bench-") as folder:
                _compare(called, len(what), interleaved(ways(Path(folder), what, given.task), given.rounds))
    if given.otter and (not given.only or "otter" in given.only):
        with tempfile.TemporaryDirectory(prefix="grader-bench-") as folder:
            taken = interleaved(ways_with_otter(Path(folder), given.otter.absolute(), 4), given.rounds)
        _compare("ten trivial checks", 4, taken)
    if not given.only or "growth" in given.only:
        found = {many: growth(many, given.task or ["1.1"]) for many in GROWTH}
        for many, (seconds, mib) in found.items():
            sys.stdout.write(f"{many} submissions: {seconds:.1f} s, at most {mib:,.0f} MiB\n")
        slope, _ = linear_regression([log(n) for n in found], [log(seconds) for seconds, _ in found.values()])
        sys.stdout.write(f"time grows as the number of submissions to the power of {slope:.2f}\n")
    if not given.only or "cost" in given.only:
        took_s, busy_s, kib = cost(SAMPLE, given.task)
        said = f"{took_s:.1f} s with 2 jobs, {busy_s:.1f} s of a processor, {kib:.0f} KiB of the store"
        sys.stdout.write(f"on average, each of {SAMPLE} submissions of a class of all kinds takes {said}\n")


def _compare(called: str, many: int, taken: dict[str, float]) -> None:
    rates = ", ".join(f"{many / seconds * 60:.1f}" for seconds in taken.values())
    show(f"{many} submissions, {called}", f"submissions a minute: {rates}", taken)


if __name__ == "__main__":
    main()
