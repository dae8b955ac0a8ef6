"""How much memory a sandbox takes, as the outside sees it."""

from __future__ import annotations

import contextlib
from pathlib import Path

import psutil


def used_mib(pid: int) -> float:
    """Memory of a process and all below it, what they share counted once; without what is mapped from files."""
    try:
        process = psutil.Process(pid)
        return sum(map(_own_mib, [process, *process.children(recursive=True)]))
    except psutil.Error:
        return 0.0


def _own_mib(process: psutil.Process) -> float:
    """A process's share of memory that is anonymous or shared; 0 when it is gone.

    Where it may not be asked for its share, what it shares is counted whole.
    """
    for file, rows in (("smaps_rollup", ("Pss_Anon:", "Pss_Shmem:")), ("status", ("RssAnon:", "RssShmem:"))):
        with contextlib.suppress(OSError):
            lines = Path(f"/proc/{process.pid}/{file}").read_text(encoding="utf-8", errors="replace").splitlines()
            return sum(int(line.split()[1]) for line in lines if line.startswith(rows)) / 1024
    return 0.0
