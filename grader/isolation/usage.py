"""How much memory and processor time a sandbox takes, as the outside sees it."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

import psutil

from grader.model import Limits

LONG, ENOUGH = 0.15, 0.8
"""Parts of a check's time: waiting so long is much, and who has had so much of all processors has had enough."""

PROCESSORS = min(Limits().processors, os.cpu_count() or 1)


def used_mib(pid: int) -> float:
    """Memory of a process and all below it, what they share counted once, and their page tables.

    What is mapped from files does not count.
    """
    return sum(map(_own_mib, _all(pid)))


def exceeds(pid: int, mib: float) -> bool:
    """Whether `used_mib` is more than this.

    To say what processes share, the kernel walks through all their pages. It is asked only where the numbers that
    it has at hand don't tell: page tables alone may be too much, and all of it, counted whole, may be little.
    """
    pids = [process.pid for process in _all(pid)]
    if sum(_mib(each, "status", "VmPTE:", "RssAnon:", "RssShmem:") or 0.0 for each in pids) <= mib:
        return False
    return sum(_mib(each, "status", "VmPTE:") or 0.0 for each in pids) > mib or used_mib(pid) > mib


def _all(pid: int) -> list[psutil.Process]:
    """A process and all below it; none when it is gone."""
    try:
        process = psutil.Process(pid)
        return [process, *process.children(recursive=True)]
    except psutil.Error:
        return []


def _own_mib(process: psutil.Process) -> float:
    """A process's share of memory that is anonymous or shared, and its page tables; 0 when it is gone.

    Where it may not be asked for its share, what it shares is counted whole.
    """
    share = _mib(process.pid, "smaps_rollup", "Pss_Anon:", "Pss_Shmem:")
    if share is None:
        share = _mib(process.pid, "status", "RssAnon:", "RssShmem:")
    return (share or 0.0) + (_mib(process.pid, "status", "VmPTE:") or 0.0)


def _mib(pid: int, file: str, *rows: str) -> float | None:
    """The sum of these rows of a file in /proc; None where it can't be read.

    Where a process's first thread has ended, the file has no such rows: then another thread's has.
    """
    for place in _places(pid):
        with contextlib.suppress(OSError):
            lines = (place / file).read_text(encoding="utf-8", errors="replace").splitlines()
            if found := [int(line.split()[1]) for line in lines if line.startswith(rows)]:
                return sum(found) / 1024
    return None


def _places(pid: int) -> Iterator[Path]:
    """Folders that tell of a process: its own, and when its first thread is no more, those of all others."""
    process = Path(f"/proc/{pid}")
    yield process
    with contextlib.suppress(OSError):
        if "\nState:\tZ" in (process / "status").read_text(encoding="utf-8", errors="replace"):
            yield from (process / "task").iterdir()


class Queue:
    """How long a sandbox's processes have run since this was made, and how long others kept them from it.

    Who waits in the queue wants to run, and who sleeps does not wait. But processes of one sandbox make each other
    wait, too: so no more counts than others have run meanwhile, on all processors of ours together. Processes that
    are there at the beginning are ours, and don't count. Where the kernel tells of no queue, nobody waits.
    """

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._before = _ran_s(pid)
        self._ours = {task for task, _ in _waits_s(pid)}
        self._waited_s: dict[str, float] = {}
        self._sum_s = 0.0
        self._others_s = _busy_s() - self._before

    def look(self) -> float:
        """Look again, which is to be done often, since processes end; the seconds that have been added."""
        added_s = 0.0
        theirs = [(task, waited_s) for task, waited_s in _waits_s(self._pid) if task not in self._ours]
        for task, waited_s in theirs:
            added_s += max(waited_s - self._waited_s.get(task, 0.0), 0.0)
            self._waited_s[task] = waited_s
        before, self._others_s = self._others_s, _busy_s() - _ran_s(self._pid)
        added_s = min(added_s, max(self._others_s - before, 0.0))
        self._sum_s += added_s
        return added_s

    def crowded(self, wall_s: float) -> bool:
        """Whether others have kept it from running for a good part of these seconds."""
        had_s = _ran_s(self._pid) - self._before
        return self._sum_s >= LONG * wall_s and had_s < ENOUGH * PROCESSORS * wall_s


def _busy_s() -> float:
    """How long the processors that we may use have been busy, in all, or were taken by other machines."""
    try:
        times = psutil.cpu_times(percpu=True)
        ours = [times[n] for n in os.sched_getaffinity(0) if n < len(times)]
    except (OSError, psutil.Error):
        return 0.0
    names = ("user", "nice", "system", "irq", "softirq", "steal")
    return sum(getattr(each, name, 0.0) for each in ours for name in names)


def own_wait_s() -> float:
    """How long this thread of ours has waited for a processor: meanwhile an answer may wait for us."""
    return next((waited_s for _, waited_s in _waits_of(Path("/proc/thread-self"))), 0.0)


def _ran_s(pid: int) -> float:
    """Processor time of a process and all below it, also of those that have ended and been waited for."""
    ran_s = 0.0
    for each in _all(pid):
        with contextlib.suppress(psutil.Error):
            ran_s += sum(each.cpu_times()[:4])
    return ran_s


def _waits_s(pid: int) -> Iterator[tuple[str, float]]:
    """How long each thread of a process and of all below it has waited for a processor, in all."""
    for each in _all(pid):
        for thread in Path(f"/proc/{each.pid}/task").glob("*"):
            yield from _waits_of(thread)


def _waits_of(thread: Path) -> Iterator[tuple[str, float]]:
    with contextlib.suppress(OSError, ValueError, IndexError):
        yield str(thread), int((thread / "schedstat").read_text(encoding="utf-8").split()[1]) / 1e9
