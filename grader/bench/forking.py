"""What a start from nothing costs: the same submissions graded in forks of a process that has imported everything.

python -m grader.bench.forking [repeats]
"""

from __future__ import annotations

import sys
import tempfile
from functools import partial
from pathlib import Path

from grader.bench import interleaved, show
from grader.files import PROJECT
from grader.grading import RUNNER, Options, grade
from grader.isolation import Runner
from grader.proofs import specimen

TASKS = {"no tensors": ("5.5",), "tensors": ("3.5",), "all": ()}


def main(repeats: int = 5) -> None:
    """Measure gradings of one task and of all, without isolation."""
    with tempfile.TemporaryDirectory() as folder:
        path = specimen.compose(specimen.load("reference"), Path(folder) / "reference")
        for _ in range(2):  # the second starts the server
            run(path, ("5.5",), RUNNER)
        for name, tasks in TASKS.items():
            took = interleaved(
                {"from nothing": partial(run, path, tasks), "in a fork": partial(run, path, tasks, RUNNER)},
                repeats,
            )
            show(f"Grading the reference directly, {name}", f"medians of {repeats}, interleaved", took)


def run(path: Path, tasks: tuple[str, ...], runner: Runner | None = None) -> None:
    """Grade by this runner, or by a new one, whose first run starts from nothing."""
    grade(path, Options(tasks, isolation="none"), runner=runner or Runner(PROJECT, []))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
