"""How much memory a sandbox takes, as the outside sees it."""

from __future__ import annotations

import contextlib
from pathlib import Path

import psutil


def used_mib(pid: int) -> float:
    """Memory of a process and all below it, what they share counted once, and their page tables.

    What is mapped from files does not count.
    """
    try:
        process = psutil.Process(pid)
        return sum(map(_own_mib, [process, *process.children(recursive=True)]))
    except psutil.Error:
        return 0.0


def _own_mib(process: psutil.Process) -> float:
    """A process's share of memory that is anonymous or shared, and its page tables; 0 when it is gone.

    Where it may not be asked for its share, what it shares is counted whole.
    """
    share = _mib(process.pid, "smaps_rollup", "Pss_Anon:", "Pss_Shmem:")
    if share is None:
        share = _mib(process.pid, "status", "RssAnon:", "RssShmem:")
    return (share or 0.0) + (_mib(process.pid, "status", "VmPTE:") or 0.0)


def _mib(pid: int, file: str, *rows: str) -> float | None:
    """The sum of these rows of a file in /proc; None where it can't be read."""
    with contextlib.suppress(OSError):
        lines = Path(f"/proc/{pid}/{file}").read_text(encoding="utf-8", errors="replace").splitlines()
        return sum(int(line.split()[1]) for line in lines if line.startswith(rows)) / 1024
    return None
