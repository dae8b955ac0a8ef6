"""The limits of a check, held in the submission's own process: for its author, who is told what grading would say.

They hold what is done by mistake. Code that means to get past them can; the grader's sandbox is another matter.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import Any, NoReturn

from tests.harness.outcomes import Stopped, Verdict

Places = Callable[[traceback.StackSummary], Sequence[str]]


@contextmanager
def seconds(wall_s: float, places: Places) -> Iterator[None]:
    """Stop the body after so many seconds, and tell at which lines it was; 0 is no limit.

    A timer of the system's interrupts much that waits in C, too. Where there is none, on Windows or beside the
    main thread, another thread does what it can.
    """
    if not wall_s:
        yield
        return

    def stopped(frame: FrameType | None) -> Stopped:
        where = places(traceback.extract_stack(frame)) if frame else ()
        return Stopped(Verdict.TIMEOUT, f"no answer within {wall_s:g} s", where)

    if hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread():
        yield from _by_signal(wall_s, stopped)
    else:
        yield from _by_thread(wall_s, stopped)


def _by_signal(wall_s: float, stopped: Callable[[FrameType | None], Stopped]) -> Iterator[None]:
    def stop(_: int, frame: FrameType | None) -> NoReturn:
        raise stopped(frame)

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, wall_s)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


class _TimeIsUp(BaseException):
    """What another thread throws into the one that hangs, since it can throw a class only."""


def _by_thread(wall_s: float, stopped: Callable[[FrameType | None], Stopped]) -> Iterator[None]:
    me = threading.get_ident()
    told: list[Stopped] = []

    def stop() -> None:
        told.append(stopped(sys._current_frames().get(me)))
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(me), ctypes.py_object(_TimeIsUp))

    timer = threading.Timer(wall_s, stop)
    timer.daemon = True
    timer.start()
    try:
        yield
    except _TimeIsUp:
        raise told[0] from None
    finally:
        timer.cancel()


@contextmanager
def exits() -> Iterator[None]:
    """Let `os._exit` in the body end the check alone, and no others. A child process still ends by it."""
    leave, me = os._exit, os.getpid()

    def instead(status: int) -> NoReturn:
        if os.getpid() != me:
            leave(status)
        raise Stopped(Verdict.CRASHED, f"it ended its process with status {status}, as os._exit does")

    os._exit = instead
    try:
        yield
    finally:
        os._exit = leave


@contextmanager
def printed(most: int) -> Iterator[None]:
    """Stop the body when it has printed so many bytes by `print`, or by `sys.stdout` and `sys.stderr`."""
    streams = sys.stdout, sys.stderr
    count = _Count(most)
    sys.stdout, sys.stderr = (_Counted(stream, count) for stream in streams)
    try:
        yield
    finally:
        sys.stdout, sys.stderr = streams


class _Count:
    def __init__(self, most: int) -> None:
        self.left = self.most = most

    def take(self, text: str) -> None:
        self.left -= len(text)
        if self.left < 0:
            raise Stopped(Verdict.OUTPUT, f"more than {self.most >> 10:,} KiB printed")


class _Counted:
    """A stream that counts what is written to it, and else is the one given."""

    def __init__(self, stream: Any, count: _Count) -> None:
        self._stream = stream
        self._count = count

    def write(self, text: str) -> int:
        """Write, and count."""
        self._count.take(text)
        return int(self._stream.write(text))

    def writelines(self, lines: Sequence[str]) -> None:
        """Write, and count."""
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


@contextmanager
def memory(most: int) -> Iterator[None]:
    """Refuse the body memory beyond so many bytes more than there are, where the system can (on Linux).

    What runs out of it gets a MemoryError.
    """
    taken = _address_space()
    if taken is None:
        yield
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    wanted = taken + most + _SPARE
    low = [limit for limit in (soft, hard) if limit != resource.RLIM_INFINITY]
    resource.setrlimit(resource.RLIMIT_AS, (min([wanted, *low]), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


_SPARE = 512 << 20
"""Addresses that libraries take and never use: stacks of threads, arenas."""


def _address_space() -> int | None:
    try:
        with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123  -- many times a check, and quick
            return int(file.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return None
