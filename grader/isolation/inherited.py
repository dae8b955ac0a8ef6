"""The kernel's limits that a check gets: what the handout promises, or less where this process has less itself.

A hard limit can't be raised again, so who starts the grader with a low one, as some platforms do, has lowered it
for every check. What is then lost by exceptions, crashes or time is put down to the grader, not to the student.
"""

from __future__ import annotations

import os
import resource
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import psutil

from grader.model import Limits, Verdict
from tests.harness.outcomes import StudentError

MIB = 1 << 20
ADDRESSES_MIB = 4096
"""Room for addresses beside the memory: an interpreter that has imported torch maps 0.6 GiB, threads map more."""

OURS = 3
"""Ours that count as the check's: the sandbox's first process, one that cleans up, a thread that tells hangs."""

NEVER_OURS = {"ArithmeticError", "AssertionError", "AttributeError", "LookupError", "NameError", "TypeError"}
NEVER_OURS |= {"NotImplementedError", "RecursionError", "SyntaxError", "ValueError"}
"""Exceptions that do not come of a limit of the kernel's."""

SUSPECT = {Verdict.CRASHED, Verdict.MEMORY, Verdict.TIMEOUT}
"""Verdicts that may come of one: a pool whose workers can't start waits for ever."""


@dataclass(frozen=True, slots=True)
class Promise:
    """A limit of the kernel's: its name, what it counts in words, its unit, and how many a check needs."""

    name: str
    words: str
    unit: int
    needs: Callable[[Limits], int]


PROMISES = (
    Promise("NOFILE", "open files", 1, lambda limits: limits.open_files),
    Promise("NPROC", "processes and threads", 1, lambda limits: limits.processes + OURS),
    Promise("FSIZE", "MiB in one file", MIB, lambda limits: limits.file_mib),
    Promise("DATA", "MiB of memory", MIB, lambda limits: limits.memory_mib),
    Promise("AS", "MiB of addresses", MIB, lambda limits: limits.memory_mib + ADDRESSES_MIB),
    Promise("STACK", "MiB of stack", MIB, lambda limits: limits.stack_mib),
    Promise("CPU", "seconds of processor time", 1, lambda limits: limits.cpu_s + 1),
)
NOTHING = ("MEMLOCK", "MSGQUEUE", "CORE")
"""Of these a check has none."""

FEW = {"SIGPENDING": 1_024}
"""Signals that wait, and with them timers: the kernel keeps memory for each."""


@dataclass(frozen=True, slots=True)
class Low:
    """A limit that is lower here than what a check needs, both in the unit of its words."""

    words: str
    here: int
    needed: int

    def __str__(self) -> str:
        return f"{self.here:,} {self.words} instead of {self.needed:,}"


def hard_limits() -> dict[str, int]:
    """What each limit may be raised to here, at most; of processes, what others of this user's leave."""
    hard = {promise.name: resource.getrlimit(_number(promise.name))[1] for promise in PROMISES}
    limited = {name: value for name, value in hard.items() if value != resource.RLIM_INFINITY}
    if "NPROC" in limited and os.geteuid():  # root gives each sandbox a user of its own
        limited["NPROC"] = max(limited["NPROC"] - _threads_of(os.getuid()), 0)
    return limited


def low(limits: Limits, hard: Mapping[str, int]) -> tuple[Low, ...]:
    """The limits that are lower than what such a check needs.

    >>> [str(each) for each in low(Limits(), {"NOFILE": 100, "CPU": 1000})]
    ['100 open files instead of 128']
    """
    return tuple(
        Low(promise.words, hard[promise.name] // promise.unit, promise.needs(limits))
        for promise in PROMISES
        if hard.get(promise.name, resource.RLIM_INFINITY) // promise.unit < promise.needs(limits)
        and promise.name in hard
    )


def lowered() -> tuple[str, ...]:
    """What this machine, or who has started this process, allows less of than a check is promised; in words."""
    return tuple(map(str, low(Limits(), hard_limits())))


def for_a_check(limits: Limits, hard: Mapping[str, int]) -> dict[str, int]:
    """The hard limit of each kind that a check's process sets for itself: what it needs, or all there is.

    >>> for_a_check(Limits(), {"NOFILE": 100})["NOFILE"], for_a_check(Limits(), {})["NOFILE"]
    (100, 128)
    """
    wanted = {promise.name: promise.needs(limits) * promise.unit for promise in PROMISES if promise.name != "AS"}
    few = {name: _lower(most, resource.getrlimit(_number(name))[1]) for name, most in FEW.items()}
    own = {name: min(value, hard.get(name, value)) for name, value in wanted.items()}
    return own | few | dict.fromkeys(NOTHING, 0)


def settle() -> None:
    """Let this process and all that it starts have what it may have, and threads a stack of the usual size."""
    for promise in PROMISES:
        number = _number(promise.name)
        hard = resource.getrlimit(number)[1]
        soft = _lower(Limits().stack_mib * MIB, hard) if promise.name == "STACK" else hard
        if promise.name == "CPU" and hard > 1:
            soft = hard - 1  # at the hard limit comes SIGKILL, which says nothing
        resource.setrlimit(number, (soft, hard))


def excuse(lows: Sequence[Low], verdict: Verdict | None, error: StudentError | None = None) -> str:
    """Why this end of a check is put down to low limits; empty when it is the submission's own."""
    may_be = verdict in SUSPECT or (error is not None and NEVER_OURS.isdisjoint(error.kinds))
    return f"this machine allows {', '.join(map(str, lows))}" if lows and may_be else ""


def _lower(one: int, other: int) -> int:
    return one if other == resource.RLIM_INFINITY else min(one, other)


def _number(name: str) -> int:
    return int(getattr(resource, f"RLIMIT_{name}"))


def _threads_of(uid: int) -> int:
    """How many threads a user has: that is what the kernel counts as processes."""
    count = 0
    for process in psutil.process_iter(["uids", "num_threads"]):
        uids, threads = process.info["uids"], process.info["num_threads"]
        count += threads if uids and threads and uids.real == uid else 0
    return count
