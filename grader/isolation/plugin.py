"""The grader's pytest plugin: backends from a sandbox, and results as JSON lines for the grader.

It runs in the trusted test process, which the grader starts for one submission.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import sys
import time
from collections.abc import Generator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from grader.errors import GraderFault
from grader.isolation import packages
from grader.isolation.backend import SandboxPool
from grader.isolation.forking import PARENT, end_with_parent
from grader.isolation.ladder import BACKENDS, INPUTS, LADDER
from grader.isolation.replay import Talks
from grader.isolation.stubs import UntouchedBackend, says
from tests.harness.checks import Check, Outcome
from tests.harness.expect import CALLS
from tests.harness.outcomes import Limits, Stopped
from tests.harness.plugin import CHECK
from tests.harness.student import Backend
from tests.harness.tasks import TASKS

POOL = pytest.StashKey[SandboxPool]()
TALKS = pytest.StashKey[Talks]()
STUBS = pytest.StashKey[dict[str, dict[str, str]]]()
SINCE = pytest.StashKey[float]()
"""How much processor time this process had taken when the check before had finished."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add --isolation and --results."""
    group = parser.getgroup("grader")
    group.addoption("--isolation", choices=BACKENDS, default="none", help="where the submission runs")
    group.addoption("--replay", metavar="DIR", help="where checks that were passed are kept, to be asked again")
    group.addoption("--check-seconds", type=float, metavar="S", help="no check may take longer than S seconds")
    group.addoption(
        "--results", metavar="FILE", help="append the plan and each result to FILE, a JSON object a line"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Prepare the sandbox; it starts with the first check. End with the grader, even when that is killed."""
    if sys.platform == "linux" and config.getoption("--results"):
        end_with_parent(int(os.environ.get(PARENT, os.getppid())))
    kind = LADDER.get(config.getoption("--isolation"))
    if kind and config.getoption("--submission"):
        config.stash[POOL] = SandboxPool(kind, Path(config.getoption("--submission")).resolve())
        if config.getoption("--replay"):
            config.stash[TALKS] = Talks(Path(config.getoption("--replay")))
    elif sys.platform == "linux" and not config.getoption("--results"):
        _read_before_forks()


def _read_before_forks() -> None:
    """Where runs are forks of this process, none of them has to read again what sandboxes see."""
    for allowed in {task.packages for task in TASKS.values()}:
        with contextlib.suppress(GraderFault):  # not installed: it is told where it is needed
            packages.read_once(allowed)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Kill the sandbox."""
    if POOL in config.stash:
        config.stash[POOL].close()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run public checks before hidden ones: what a hidden one leaves behind, no public one of this run can find.

    What comes from a public check reaches students in full. The plan, and so the report, keeps the order of tasks.
    """
    items.sort(key=lambda item: CHECK in item.stash and item.stash[CHECK].hidden)


def pytest_student_backend(
    config: pytest.Config, check: Check, scratch: Path
) -> AbstractContextManager[Backend] | None:
    """A fresh process in the sandbox for each check; None, so the direct one, without isolation."""
    del scratch
    return _opened(config, check) if POOL in config.stash else None


@contextlib.contextmanager
def _opened(config: pytest.Config, check: Check) -> Generator[Backend]:
    with config.stash[POOL].later(_limits(config, check), TASKS[check.task].packages) as begin:
        said = _says(config, check.task)
        inputs = INPUTS.get(config.getoption("--isolation"), "")
        yield UntouchedBackend(said, inputs, begin) if said else begin()


def _says(config: pytest.Config, task: str) -> dict[str, str]:
    """What the module of a task raises, where it is an untouched stub; looked at once: no check changes it."""
    module, found = TASKS[task].module, config.stash.setdefault(STUBS, {})
    if module not in found:
        found[module] = says(Path(config.getoption("--submission")), module)
    return found[module]


def _limits(config: pytest.Config, check: Check) -> Limits:
    most = config.getoption("--check-seconds") or check.limits.wall_s
    return dataclasses.replace(check.limits, wall_s=min(check.limits.wall_s, most))


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Spare a check that another submission has passed, if this one gives the same answers."""
    config = pyfuncitem.config
    if TALKS not in config.stash or CHECK not in pyfuncitem.stash:
        return None
    return config.stash[POOL].replayed(config.stash[TALKS], pyfuncitem.stash[CHECK].id) or None


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None]:
    """Look how a check ended; try one again that ended by time while other programs had the processor."""
    try:
        result = yield
        if POOL in item.config.stash and CHECK in item.stash:
            item.config.stash[POOL].finish()
            if TALKS in item.config.stash:
                item.config.stash[POOL].passed(item.config.stash[TALKS], item.stash[CHECK].id)
        return result
    except Stopped as stopped:
        if POOL not in item.config.stash:
            raise
        with item.config.stash[POOL].again(stopped) as again:
            if not again:
                raise
            _write(item.config, {"again": item.stash[CHECK].id})
            CALLS.clear()
            item.runtest()
            item.config.stash[POOL].finish()


def pytest_checks_planned(config: pytest.Config, checks: list[Check]) -> None:
    """Write the plan."""
    for check in checks:
        _write(config, {"plan": _record(check)})
        if POOL in config.stash and not _says(config, check.task):
            config.stash[POOL].foresee(TASKS[check.task].packages, _limits(config, check))
    config.stash[SINCE] = time.process_time()


def pytest_check_finished(config: pytest.Config, outcome: Outcome) -> None:
    """Write a result."""
    result = {"verdict": outcome.verdict.value, "message": outcome.message, "wall_s": outcome.wall_s}
    now = time.process_time()
    busy_s, config.stash[SINCE] = now - config.stash[SINCE], now
    _write(config, {"result": {"id": outcome.check.id, **result, "busy_s": busy_s}})


def _record(check: Check) -> dict[str, Any]:
    record = dataclasses.asdict(check)
    del record["limits"]
    return record


def _write(config: pytest.Config, line: dict[str, Any]) -> None:
    path = config.getoption("--results")
    if path:
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
