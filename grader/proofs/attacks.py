"""Grades planted attacks, and looks for what they may have done beside losing their points."""

from __future__ import annotations

import contextlib
import ctypes
import os
import select
import socket
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import psutil

from grader.errors import GraderFault, UsageError
from grader.files import PROJECT
from grader.grading import RUNNER, Busy, Options, grade
from grader.isolation import UIDS, locked
from grader.model import Verdict
from grader.proofs import specimen
from tests.harness.tasks import TASKS

PR_SET_CHILD_SUBREAPER = 36
CHECK_S = 8.0
QUICK_S = 2.0
"""Enough for each honest check of a task that takes milliseconds."""
OVER_S = 2.0
"""So much longer than a check's limit may trusted processes be at work on it."""

PORT, ABSTRACT, SOCKET = 49321, "\0grader-canary", Path("/tmp/grader-canary.sock")  # noqa: S108  -- to be found
WATCHED = ("/", "/etc", "/root", "/home", "/usr/lib", "/tmp", "/var/tmp", "/run", "/dev/shm")  # noqa: S108
Seen = dict[str, tuple[int, int, int, int]]


@dataclass(frozen=True, slots=True)
class Attacked:
    """What an attack came to: `most` is what its honest part earns. All else is to be nothing at all.

    `busy_s` is how long trusted processes were at work on it, and `over_s` by how much more than a check's limit.
    """

    name: str
    isolation: str
    score: float | None
    most: float
    verdicts: tuple[str, ...]
    changed: tuple[str, ...]
    connections: int
    survivors: tuple[str, ...]
    next_differs: tuple[str, ...]
    faults: int
    busy_s: float
    over_s: float

    @property
    def gained(self) -> bool:
        """Whether it got more points than its honest part earns."""
        return self.score is not None and self.score > self.most

    @property
    def did(self) -> bool:
        """Whether there is anything that it did."""
        return bool(self.changed or self.connections or self.survivors or self.next_differs)

    @property
    def withstood(self) -> bool:
        """Whether it got just its honest points, did nothing, and neither stopped the grader nor kept it busy.

        Who lost some of those was stopped by something else, and shows nothing.
        """
        return self.score == self.most and not (self.did or self.faults) and self.over_s <= OVER_S


def names() -> list[str]:
    """All planted attacks."""
    return [name for name in specimen.names() if specimen.load(name).kind == "attack"]


def attack(name: str, isolation: str, *, follow: bool = True) -> Attacked:
    """Grade an attack on the tasks of its modules, then (if told to follow) an honest submission; compare.

    Raises:
        GraderFault: this isolation does not work here.
    """
    planted = specimen.load(name)
    tasks = tasks_of(planted)
    options = Options(tasks, isolation, check_seconds=QUICK_S if tasks == ("5.5",) else CHECK_S)
    with tempfile.TemporaryDirectory(prefix="grader-attack-") as folder, canary() as connections:
        alone = honest(options) if follow else []
        before, running = seen(), children()
        busy: list[Busy] = []
        report = grade(specimen.archive(planted, Path(folder) / "attack.zip"), options, told=busy.append)
        survivors = children() - running
        changed = differences(before, seen())
        after = honest.__wrapped__(options) if follow else []
        lost = specimen.must_lose(planted, [check.id for check in report.checks])
        return Attacked(
            name,
            isolation,
            report.score,
            sum(check.max_points for check in report.checks if check.id not in lost),
            tuple(sorted({check.verdict.value for check in report.checks if check.id in lost})),
            tuple(changed),
            connections(),
            tuple(sorted(f"{process.pid} {process.name()}" for process in survivors)),
            tuple(one for one, other in zip(alone, after, strict=True) if one != other),
            sum(check.verdict is Verdict.GRADER_FAULT for check in report.checks),
            busy[0].all_s,
            busy[0].over_s(options.check_seconds or CHECK_S),
        )


def attack_all(chosen: Sequence[str], isolations: Sequence[str]) -> Iterator[Attacked]:
    """Each attack in each isolation, several at a time, in order.

    Raises:
        UsageError: there is no such attack; the message lists those that there are.
    """
    for name in chosen:
        if name not in names():
            raise UsageError(f"no attack {name!r}; there are {', '.join(names())}")
    pairs = [(name, isolation) for name in chosen for isolation in isolations]
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        running = [pool.submit(attack, *pair) for pair in pairs]
        try:
            for future in running:
                yield future.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def tasks_of(planted: specimen.Specimen) -> tuple[str, ...]:
    """The tasks of the modules that a specimen changes."""
    return tuple(task.id for task in TASKS.values() if task.module in planted.modules)


@cache
def honest(options: Options) -> list[str]:
    """What an honest submission gets: its report but for times.

    Raises:
        GraderFault: it got no score.
    """
    with tempfile.TemporaryDirectory(prefix="grader-honest-") as folder:
        report = grade(specimen.archive(specimen.load("reference"), Path(folder) / "honest.zip"), options)
    if report.score is None:
        raise GraderFault("an honest submission got no score")
    return [f"{check.id} {check.verdict} {check.points:g} {check.message}" for check in report.checks]


def seen() -> Seen:
    """Files of this project, and those of sandboxes' uids in folders that matter."""
    found: Seen = {}
    for folder, folders, files in os.walk(PROJECT):
        folders[:] = [name for name in folders if not name.startswith(".") and name != "__pycache__"]
        found |= {path: _state(Path(path)) for path in (f"{folder}/{name}" for name in (*folders, *files))}
    for folder in WATCHED:
        for path in Path(folder).glob("*"):
            with contextlib.suppress(OSError):
                if _abandoned(path.lstat().st_uid):
                    found[str(path)] = _state(path)
    return found


def _abandoned(uid: int) -> bool:
    """Whether it is a uid for sandboxes, and none has it now: others may be grading on this machine."""
    lock = locked(uid) if uid in UIDS else None
    if lock is not None:
        lock.close()
    return lock is not None


def differences(before: Seen, after: Seen) -> list[str]:
    """Paths that were added, removed or changed."""
    return sorted(path for path in before.keys() | after.keys() if before.get(path) != after.get(path))


def _state(path: Path) -> tuple[int, int, int, int]:
    try:
        status = path.lstat()
    except OSError:
        return (0, 0, 0, 0)
    folder = path.is_dir()
    return status.st_ino, status.st_mode, 0 if folder else status.st_size, 0 if folder else status.st_mtime_ns


def children() -> set[psutil.Process]:
    """Live processes below this one, to which orphans come once it has asked for them."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    ours = RUNNER.server_pid
    return {each for each in psutil.Process().children(recursive=True) if each.pid != ours and _lives(each)}


def _lives(process: psutil.Process) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@contextlib.contextmanager
def canary() -> Iterator[Callable[[], int]]:
    """Listens where an attack may try to connect to; gives a function that counts who did."""
    made: list[socket.socket] = []
    heard: list[socket.socket] = []
    for family, kind, address in (
        (socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", PORT)),
        (socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", PORT)),
        (socket.AF_UNIX, socket.SOCK_STREAM, ABSTRACT),
        (socket.AF_UNIX, socket.SOCK_STREAM, str(SOCKET)),
    ):
        made.append(socket.socket(family, kind))
        with contextlib.suppress(OSError):  # another run listens there already
            made[-1].bind(address)
            if kind == socket.SOCK_STREAM:
                made[-1].listen(64)
            if address == str(SOCKET):
                SOCKET.chmod(0o777)
            heard.append(made[-1])
    try:
        yield lambda: len(select.select(heard, [], [], 0)[0])
    finally:
        if any(each.getsockname() == str(SOCKET) for each in heard):
            SOCKET.unlink(missing_ok=True)
        for each in made:
            each.close()
