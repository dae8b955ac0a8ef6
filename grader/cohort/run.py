"""Grades what a store holds and has no result for: some at a time, each result written as it comes.

The work goes through `concurrent.futures`: a pool of threads here, each of which starts processes of its own, or
the executor of a Dask cluster. Whatever stops it, the next call goes on with what is left.
"""

from __future__ import annotations

import atexit
import json
import tempfile
import threading
import time
import zlib
from collections import defaultdict, deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor, wait
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from grader.cohort.collect import owners
from grader.cohort.store import Store
from grader.cohort.untouched import graded_once
from grader.course import USUAL
from grader.errors import GraderFault, UsageError
from grader.grading import RUNNER, Options, Settings, need_tasks
from grader.reports import to_json

TRIES = 3
"""So often is a submission graded in which the grader failed."""

LOCAL = "local"
"""Instead of an address: a cluster that is started here."""

AHEAD = 2
"""So many submissions wait for each that is being graded, so that memory doesn't grow with the class."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A submission that is to be graded: its digest, and the students whose it is."""

    digest: str
    students: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Done:
    """One that was. `score` is None after a fault, which `fault` tells; `tried` counts from 1.

    It took `wall_s`, of which its checks took `checks_s`.
    """

    waiting: Waiting
    score: float | None
    max_score: float
    fault: str
    tried: int
    wall_s: float
    checks_s: float


@dataclass(frozen=True, slots=True)
class Plan:
    """What a call is going to do: what waits, and how many need nothing."""

    settings: Settings
    tasks: tuple[str, ...]
    waiting: tuple[Waiting, ...]
    known: int


def plan(
    store: Store, settings: Settings, tasks: Sequence[str] = (), only: Sequence[str] = (), *, again: bool = False
) -> Plan:
    """What has no result by these settings; with `again`, all of it. Tasks empty means the course's, students all.

    Raises:
        UsageError: a student or task is unknown, or nothing was handed in.
    """
    known = {row["id"] for row in store.rows("SELECT DISTINCT id FROM students")}
    if unknown := sorted(set(only) - known):
        raise UsageError(f"no student {', '.join(map(repr, unknown))} in the store")
    of = {digest: _chosen(students, only) for digest, students in owners(store).items()}
    of = {digest: students for digest, students in of.items() if students}
    if not of:
        raise UsageError("nothing was handed in that can be graded: `grader class add` adds it")
    course = settings.options.course
    need_tasks(tasks, course)
    tasks = tuple(tasks) or (() if course.tasks == USUAL.tasks else course.tasks)
    wanted = set(tasks or USUAL.tasks)
    has: dict[str, set[str]] = defaultdict(set)
    for row in store.rows("SELECT digest, tasks, key FROM gradings WHERE fault IS NULL ORDER BY n"):
        those = set(row["tasks"].split() or USUAL.tasks)
        if row["key"] == settings.key:
            has[row["digest"]] |= those
        else:  # by other settings, and that counts since then
            has[row["digest"]] -= those
    there = set() if again else {digest for digest, held in has.items() if held >= wanted}
    waiting = [Waiting(digest, students) for digest, students in of.items() if digest not in there]
    return Plan(settings, tasks, tuple(waiting), len(of) - len(waiting))


def _chosen(students: tuple[str, ...], only: Sequence[str]) -> tuple[str, ...]:
    return tuple(student for student in students if student in only) if only else students


def _tasks(tasks: Sequence[str]) -> str:
    """Tasks as they are stored: empty for all."""
    return " ".join(sorted(set(tasks)))


def run(store: Store, planned: Plan, pool: Executor, at_once: int) -> Iterator[Done]:
    """Grade what is planned; each `Done` is in the store when it is given. Faults are tried again at the end."""
    if not planned.waiting:
        return
    began = datetime.now(UTC).isoformat(timespec="seconds")
    told = json.dumps(planned.settings.told, sort_keys=True)
    n = store.add("runs", began=began, key=planned.settings.key, settings=told, tasks=_tasks(planned.tasks))
    asked = planned.settings.options
    course = replace(asked.course, feedback=None)  # what may be told is asked when it is told
    options = replace(asked, tasks=planned.tasks, isolation=planned.settings.isolation, course=course)
    left = deque((waiting, 1) for waiting in planned.waiting)
    running: dict[Future[dict[str, Any]], tuple[Waiting, int]] = {}
    try:
        while left or running:
            while left and len(running) < at_once * AHEAD:
                waiting, tried = left.popleft()
                running[pool.submit(graded, store.archive(waiting.digest), waiting.digest, options)] = (
                    waiting,
                    tried,
                )
            ended, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in ended:
                waiting, tried = running.pop(future)
                done = _keep(store, n, planned, waiting, tried, _result(future, planned.settings.told))
                if done.fault and tried < TRIES:
                    left.append((waiting, tried + 1))
                yield done
    finally:
        for future in running:
            future.cancel()


def _result(future: Future[dict[str, Any]], told: Mapping[str, object]) -> dict[str, Any]:
    """What came out; a fault and no score if a worker has died or grades by something else than is told here."""
    nothing: dict[str, Any] = {"report": None, "wall_s": 0.0}
    try:
        result = future.result()
    except Exception as error:  # noqa: BLE001  -- whatever it is
        return nothing | {"fault": f"{type(error).__name__}: {error}"}
    if other := [name for name, value in told.items() if result["told"].get(name) != value]:
        same = "give all workers the same version of the grader and its packages"
        return nothing | {"fault": f"a worker has other {', '.join(other)}: {same}"}
    return result


def _keep(store: Store, n: int, planned: Plan, waiting: Waiting, tried: int, result: dict[str, Any]) -> Done:
    report = result["report"]
    score, most = (report["score"], report["max_score"]) if report else (None, 0.0)
    store.add(
        "gradings",
        run=n,
        digest=waiting.digest,
        key=planned.settings.key,
        tasks=_tasks(planned.tasks),
        fault=result["fault"] or None,
        score=score,
        wall_s=round(result["wall_s"], 3),
        report=zlib.compress(json.dumps(report).encode()) if report else None,
    )
    checks_s = sum(check["wall_s"] for check in report["checks"]) if report else 0.0
    return Done(waiting, score, most, result["fault"], tried, result["wall_s"], checks_s)


class Stopped(Exception):
    """The pool is being closed."""


_STOP = threading.Event()


def graded(content: bytes, digest: str, options: Options) -> dict[str, Any]:
    """Grade an archive, wherever this runs: what came out, and by what, in plain data."""
    began = time.monotonic()
    told = Settings(options, options.isolation).told
    RUNNER.serve()
    options = replace(options, replay=_passed())
    with tempfile.TemporaryDirectory(prefix="grader-class-") as folder:
        path = Path(folder) / f"{digest[:12]}.zip"
        path.write_bytes(content)
        try:
            report = graded_once(path, options, _go_on)
        except (GraderFault, Stopped) as error:
            fault = str(error) or "stopped"
            return {"fault": fault, "report": None, "wall_s": time.monotonic() - began, "told": told}
    faults = [check.id for check in report.checks if check.verdict.name == "GRADER_FAULT"]
    fault = f"the grader failed in {', '.join(faults)}" if faults else ""
    return {"fault": fault, "report": to_json(report), "wall_s": time.monotonic() - began, "told": told}


@cache
def _passed() -> Path:
    """Where checks that were passed are kept, as long as this process lives."""
    folder = tempfile.TemporaryDirectory(prefix="grader-passed-")
    atexit.register(folder.cleanup)
    return Path(folder.name)


def _go_on(*_: object) -> None:
    if _STOP.is_set():
        raise Stopped


@contextmanager
def local_pool(jobs: int) -> Iterator[Executor]:
    """So many at a time, on this machine; on the way out, what is running is ended."""
    _STOP.clear()
    pool = ThreadPoolExecutor(jobs, thread_name_prefix="grading")
    try:
        yield pool
    except BaseException:
        _STOP.set()
        RUNNER.close()
        raise
    finally:
        pool.shutdown(cancel_futures=True)


@contextmanager
def cluster_pool(address: str, jobs: int) -> Iterator[tuple[Executor, int]]:
    """The executor of a Dask cluster, and how many it grades at once; "local" starts one here.

    Raises:
        UsageError: Dask isn't installed, or no scheduler answers.
    """
    try:
        from distributed import Client, LocalCluster
    except ImportError:
        raise UsageError("--cluster needs Dask: pip install 'lm-basics-assignment[cluster]'") from None
    with ExitStack() as stack:
        scheduler: object = address
        if address == LOCAL:
            cluster = LocalCluster(n_workers=jobs, threads_per_worker=1, dashboard_address=":0")
            scheduler = stack.enter_context(cluster)
        try:
            client = stack.enter_context(Client(scheduler, timeout=20))
        except (OSError, ValueError) as error:
            raise UsageError(f"no Dask scheduler at {address!r}: {error}") from None
        yield client.get_executor(pure=False), max(1, sum(client.nthreads().values()))
