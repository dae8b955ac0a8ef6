"""Runs checks on mutants, each in a fork of a process that has imported everything already.

A start of pytest, Hypothesis and torch takes seconds, a fork of a process that has them takes milliseconds. The
reference is ours, so that mutants run in the direct mode; what a mutant may do wrong is to go on without end, or
to take all memory, and both are bounded.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import resource
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import hypothesis
import pytest
import torch

from grader.errors import GraderFault
from grader.grading import pytest_args
from grader.making import REFERENCE
from grader.proofs.mutation.mutants import Mutant
from tests.harness import plugin
from tests.harness.checks import Outcome
from tests.harness.outcomes import Verdict

MEMORY_BYTES = 8 * 2**30
SLOWER = 10
"""A mutant may take so many times as long as the reference, and `GRACE_S` more; then it hangs."""
GRACE_S = 10.0
POLL_S = 0.01


@dataclass(frozen=True, slots=True)
class Trial:
    """What became of a mutant: caught, hangs (which is caught too), survived, or fault (of the checks).

    `by` is the check that caught it.
    """

    key: str
    module: str
    function: str
    diff: str
    outcome: str
    by: str
    wall_s: float

    @property
    def caught(self) -> bool:
        """Whether the checks have seen the mistake."""
        return self.outcome in ("caught", "hangs")


class Watch:
    """A pytest plugin: runs the quick checks first, and those that have caught much; notes what they come to."""

    def __init__(self, order: dict[str, float]) -> None:
        self.order = order
        self.outcomes: list[Outcome] = []

    @pytest.hookimpl(trylast=True)
    def pytest_configure(self) -> None:
        """A failure is all that counts here, not its smallest example."""
        phases = (hypothesis.Phase.explicit, hypothesis.Phase.generate)
        usual = hypothesis.settings.get_profile("checks")
        hypothesis.settings.register_profile("trials", usual, phases=phases)
        hypothesis.settings.load_profile("trials")

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Sort the checks."""
        items.sort(key=lambda item: self.order.get(item.stash[plugin.CHECK].id, 0.0))

    def pytest_check_finished(self, outcome: Outcome) -> None:
        """Keep a result."""
        self.outcomes.append(outcome)


def run_checks(root: Path, tasks: tuple[str, ...], order: dict[str, float], *, first: bool) -> list[Outcome]:
    """Run the tasks' checks on the submission at root, in this process; `first` stops at the first lost one."""
    watch = Watch(order)
    args = [*pytest_args(tasks), "--basetemp", str(root / "pytest"), "--submission", str(root)]
    with silence():
        pytest.main([*args, *["-x"] * first], plugins=[plugin, watch])
    return watch.outcomes


@contextlib.contextmanager
def silence() -> Iterator[None]:
    """Nothing that pytest or a mutant prints is shown."""
    with (
        Path(os.devnull).open("w") as nowhere,
        contextlib.redirect_stdout(nowhere),
        contextlib.redirect_stderr(nowhere),
    ):
        yield


def place(root: Path, mutant: Mutant | None) -> Path:
    """Write the reference as a submission below root, with the mutant in its module's place."""
    shutil.copytree(REFERENCE, root / "assignment", ignore=shutil.ignore_patterns("__pycache__"))
    if mutant is not None:
        (root / "assignment" / f"{mutant.module}.py").write_text(mutant.code, encoding="utf-8")
    return root


class Trials:
    """Tries mutants of modules that serve the same tasks, `jobs` at a time.

    Making one runs the checks on the reference, which imports everything and tells how long each check takes.

    Raises:
        GraderFault: the reference itself loses a check.
    """

    def __init__(self, tasks: tuple[str, ...], jobs: int) -> None:
        self._tasks, self._jobs = tasks, jobs
        os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
        torch.set_num_threads(1)  # threads don't survive a fork, and who waits for them waits forever
        self._caught: Counter[str] = Counter()
        with tempfile.TemporaryDirectory(prefix="mutation-") as folder:
            outcomes = run_checks(place(Path(folder), None), tasks, {}, first=False)
        lost = [outcome.check.id for outcome in outcomes if not outcome.verdict.earns]
        if lost or not outcomes:
            raise GraderFault(f"the reference itself loses {', '.join(lost) or 'everything'}")
        self._took = {outcome.check.id: outcome.wall_s for outcome in outcomes}
        self._limit_s = GRACE_S + SLOWER * sum(self._took.values())
        gc.collect()
        gc.freeze()  # as in grader.isolation.forking

    def run(self, mutants: Iterable[Mutant], done: Callable[[Trial], None]) -> None:
        """Try each, and tell of each when it is done."""
        waiting, running = list(mutants)[::-1], dict[int, tuple[Mutant, float, Path]]()
        try:
            while waiting or running:
                while waiting and len(running) < self._jobs:
                    mutant = waiting.pop()
                    folder = Path(tempfile.mkdtemp(prefix="mutation-"))
                    running[self._start(mutant, folder)] = (mutant, time.monotonic(), folder)
                for pid in list(running):
                    mutant, began, folder = running[pid]
                    took = time.monotonic() - began
                    if took > self._limit_s:
                        os.killpg(pid, signal.SIGKILL)
                    if os.waitpid(pid, os.WNOHANG)[0]:
                        del running[pid]
                        done(self._result(mutant, folder, took))
                        shutil.rmtree(folder, ignore_errors=True)
                time.sleep(POLL_S)
        finally:
            for pid, (_, _, folder) in running.items():
                os.killpg(pid, signal.SIGKILL)
                os.waitpid(pid, 0)
                shutil.rmtree(folder, ignore_errors=True)

    def _start(self, mutant: Mutant, folder: Path) -> int:
        sys.stdout.flush()
        pid = os.fork()
        if pid == 0:
            self._child(mutant, folder)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.setpgid(pid, pid)  # here too, since nobody knows which of the two comes first
        return pid

    def _child(self, mutant: Mutant, folder: Path) -> NoReturn:
        """Run the checks and leave, whatever happens; the checks that catch most come first."""
        try:
            os.setpgid(0, 0)
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
            sys.dont_write_bytecode = True
            order = {check: took - 1000 * self._caught[check] for check, took in self._took.items()}
            outcomes = run_checks(place(folder, mutant), self._tasks, order, first=True)
            lines = [{"id": o.check.id, "verdict": o.verdict.value} for o in outcomes]
            (folder / "outcomes.json").write_text(json.dumps(lines), encoding="utf-8")
        finally:
            os._exit(0)

    def _result(self, mutant: Mutant, folder: Path, took: float) -> Trial:
        path = folder / "outcomes.json"
        outcomes = json.loads(path.read_text(encoding="utf-8")) if path.exists() else None
        outcome, by = _judged(outcomes, len(self._took))
        if by:
            self._caught[by] += 1
        return Trial(mutant.key, mutant.module, mutant.function, mutant.diff, outcome, by, round(took, 2))


def _judged(outcomes: list[dict[str, str]] | None, planned: int) -> tuple[str, str]:
    """Outcome and the check that it came from. A process that ended without a word has been killed."""
    if outcomes is None:
        return "hangs", ""
    lost = [(o["verdict"], o["id"]) for o in outcomes if not Verdict(o["verdict"]).earns]
    for verdict, check in lost:
        return ("fault" if verdict == Verdict.GRADER_FAULT.value else "caught"), check
    return ("survived" if len(outcomes) == planned else "fault"), ""
