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
LISTED = Path("/proc/thread-self/children").exists()
"""Whether this kernel lists children."""

TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100
"""Of processor time in /proc, each second."""


def used_mib(pid: int) -> float:
    """Memory of a process and all below it, what they share counted once, and their page tables.

    What is mapped from files does not count.
    """
    return sum(map(_own_mib, below(pid)))


def exceeds(pid: int, mib: float) -> bool:
    """Whether `used_mib` is more than this.

    To say what processes share, the kernel walks through all their pages. It is asked only where the numbers that
    it has at hand don't tell: page tables alone may be too much, and all of it, counted whole, may be little.
    """
    pids = below(pid)
    if sum(_mib(each, "status", "VmPTE:", "RssAnon:", "RssShmem:") or 0.0 for each in pids) <= mib:
        return False
    return sum(_mib(each, "status", "VmPTE:") or 0.0 for each in pids) > mib or used_mib(pid) > mib


def below(pid: int) -> list[int]:
    """A process and all below it; none when it is gone.

    The kernel lists the children of each thread, which costs a hundredth of looking at all processes there are;
    one without such lists is asked for these.
    """
    if not LISTED:
        with contextlib.suppress(psutil.Error):
            process = psutil.Process(pid)
            return [pid, *(child.pid for child in process.children(recursive=True))]
        return []
    found: list[int] = []
    waiting = [pid]
    while waiting:
        parent = waiting.pop()
        with contextlib.suppress(OSError):
            for thread in _threads(parent):
                with contextlib.suppress(OSError):
                    waiting += map(int, _read(f"{thread}/children").split())
            found.append(parent)
    return found


def _threads(pid: int) -> list[str]:
    """Folders of a process's threads."""
    return [thread.path for thread in os.scandir(f"/proc/{pid}/task")]


def _read(path: str) -> bytes:
    """A file of /proc, whole."""
    file = os.open(path, os.O_RDONLY)
    try:
        parts = []
        while part := os.read(file, 1 << 16):
            parts.append(part)
        return b"".join(parts)
    finally:
        os.close(file)


def _own_mib(pid: int) -> float:
    """A process's share of memory that is anonymous or shared, and its page tables; 0 when it is gone.

    Where it may not be asked for its share, what it shares is counted whole.
    """
    share = _mib(pid, "smaps_rollup", "Pss_Anon:", "Pss_Shmem:")
    if share is None:
        share = _mib(pid, "status", "RssAnon:", "RssShmem:")
    return (share or 0.0) + (_mib(pid, "status", "VmPTE:") or 0.0)


def _mib(pid: int, file: str, *rows: str) -> float | None:
    """The sum of these rows of a file in /proc; None where it can't be read.

    Where a process's first thread has ended, the file has no such rows: then another thread's has.
    """
    for place in _places(pid):
        with contextlib.suppress(OSError):
            lines = _read(f"{place}/{file}").decode(errors="replace").splitlines()
            if found := [int(line.split()[1]) for line in lines if line.startswith(rows)]:
                return sum(found) / 1024
    return None


def _places(pid: int) -> Iterator[str]:
    """Folders that tell of a process: its own, and when its first thread is no more, those of all others."""
    process = f"/proc/{pid}"
    yield process
    with contextlib.suppress(OSError):
        if b"\nState:\tZ" in _read(f"{process}/status"):
            yield from _threads(pid)


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
    return next((waited_s for _, waited_s in _waits_of("/proc/thread-self")), 0.0)


def _ran_s(pid: int) -> float:
    """Processor time of a process and all below it, also of those that have ended and been waited for."""
    ran_s = 0.0
    for each in below(pid):
        with contextlib.suppress(OSError, ValueError):
            fields = _read(f"/proc/{each}/stat").rpartition(b")")[2].split()  # behind its name, which may hold all
            ran_s += sum(map(int, fields[11:15])) / TICKS
    return ran_s


def _waits_s(pid: int) -> Iterator[tuple[str, float]]:
    """How long each thread of a process and of all below it has waited for a processor, in all."""
    for each in below(pid):
        with contextlib.suppress(OSError):
            for thread in _threads(each):
                yield from _waits_of(thread)


def _waits_of(thread: str) -> Iterator[tuple[str, float]]:
    with contextlib.suppress(OSError, ValueError, IndexError):
        yield thread, int(_read(f"{thread}/schedstat").split()[1]) / 1e9
