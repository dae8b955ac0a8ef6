"""Grades the reference again and again, with the processors busy, and compares the reports but for times."""

from __future__ import annotations

import multiprocessing
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from grader.grading import Options, grade
from grader.model import Report
from grader.proofs import specimen

MODES = ("none", "auto")
"""Directly, and in the strongest sandbox that there is here."""


def differences(times: int, progress: Callable[[int, int, str], None] = lambda *_: None) -> list[str]:
    """What is not the same in each of so many gradings in each mode, every other one under load.

    The first grading is the measure, and must itself lose nothing.
    """
    found: list[str] = []
    with tempfile.TemporaryDirectory(prefix="flaky-") as folder:
        archive = specimen.archive(specimen.load("reference"), Path(folder) / "reference.zip")
        first: dict[str, tuple[str, str, float]] | None = None
        for n in range(times * len(MODES)):
            mode, loaded = MODES[n % len(MODES)], n // len(MODES) % 2 == 1
            progress(n, times * len(MODES), f"{mode}{', under load' if loaded else ''}")
            with busy(loaded):
                seen = _seen(grade(archive, Options(isolation=mode)))
            first = seen if first is None else first
            where = f"run {n // len(MODES) + 1}, isolation {mode}{', under load' if loaded else ''}"
            found += [
                f"{where}: {check} is {seen.get(check)}" for check in first if seen.get(check) != first[check]
            ]
            found += [
                f"{where}: {check} {verdict}" for check, (verdict, _, _) in seen.items() if verdict != "PASSED"
            ]
    return found


def _seen(report: Report) -> dict[str, tuple[str, str, float]]:
    return {check.id: (check.verdict.value, check.message, check.points) for check in report.checks}


@contextmanager
def busy(loaded: bool) -> Iterator[None]:
    """Twice as many processes as processors compute, while the body runs."""
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=_spin, daemon=True) for _ in range(2 * (os.cpu_count() or 1) * loaded)]
    for process in processes:
        process.start()
    try:
        yield
    finally:
        for process in processes:
            process.kill()
            process.join()


def _spin() -> None:
    number = 1
    while True:
        number = (number * 6364136223846793005 + 1442695040888963407) % 2**64
