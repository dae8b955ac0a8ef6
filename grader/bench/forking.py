"""What a start from nothing costs: the same submissions graded in forks of a process that has imported everything.

python -m grader.bench.forking [repeats]
"""

from __future__ import annotations

import sys
import tempfile
from functools import partial
from pathlib import Path

from grader import grade as grading
from grader import specimen
from grader.bench import interleaved, show
from grader.forking import Runner
from grader.grade import PROJECT, Options, grade

TASKS = {"no tensors": ("5.5",), "tensors": ("3.5",), "all": ()}


def main(repeats: int = 5) -> None:
    """Measure gradings of one task and of all, without isolation."""
    forks = grading.RUNNER
    with tempfile.TemporaryDirectory() as folder:
        path = specimen.compose(specimen.load("reference"), Path(folder) / "reference")
        for name, tasks in TASKS.items():

            def run(runner: Runner | None, tasks: tuple[str, ...] = tasks) -> None:
                grading.RUNNER = runner or Runner(PROJECT, [])  # whose first run starts from nothing
                grade(path, Options(tasks, isolation="none"))

            for _ in range(2):  # the second starts the server
                run(forks)
            took = interleaved({"from nothing": partial(run, None), "in a fork": partial(run, forks)}, repeats)
            show(f"Grading the reference directly, {name}", f"medians of {repeats}, interleaved", took)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
