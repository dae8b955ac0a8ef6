"""The limits of a check, held in the submission's own process: for its author, who is told what grading would say.

They hold what is done by mistake. Code that means to get past them can; the grader's sandbox is another matter.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from time import monotonic, sleep  # which a submission may replace in their module
from types import FrameType
from typing import Any, NoReturn

from tests.harness.outcomes import Stopped, Verdict

Places = Callable[[traceback.StackSummary], Sequence[str]]


@contextmanager
def _insisting(told: Sequence[BaseException]) -> Iterator[None]:
    """Raise the first of what was told when the body is left, even where the body caught it on the way."""
    try:
        yield
    finally:
        if told:
            raise told[0] from None


@contextmanager
def seconds(wall_s: float, places: Places, told_s: str) -> Iterator[None]:
    """Stop the body after so many seconds, and tell at which lines it was, and its limit as it is said; 0 is none.

    A timer of the system's interrupts much that waits in C, too. Where there is none, on Windows or beside the
    main thread, or it was taken away, another thread does what it can.
    """
    if not wall_s:
        yield
        return
    told: list[Stopped] = []

    def stopped(frame: FrameType | None) -> Stopped:
        where = places(traceback.extract_stack(frame)) if frame else ()
        told.append(Stopped(Verdict.TIMEOUT, f"no answer within {told_s}", where))
        return told[-1]

    by_signal = hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()
    timer = _by_signal(wall_s, stopped, told) if by_signal else nullcontext()
    end = monotonic() + wall_s
    with _insisting(told), timer, _by_thread(wall_s + by_signal * INSIST_S, stopped):
        try:
            yield
        finally:
            if not told and monotonic() > end:
                stopped(None)  # it has set the timer itself, for something of its own


INSIST_S, SOON_S, LOOK_EVERY_S = 1.0, 0.01, 0.1
"""What hangs is stopped again after so long, in case that it caught what stopped it; and then ever again so soon,
until that comes where nothing catches it. The thread looks so often whether it is time."""


@contextmanager
def _by_signal(
    wall_s: float, stopped: Callable[[FrameType | None], Stopped], told: Sequence[Stopped]
) -> Iterator[None]:
    def stop(_: int, frame: FrameType | None) -> None:
        if told:
            signal.setitimer(signal.ITIMER_REAL, SOON_S, SOON_S)
        if not told or frame is None or frame.f_code.co_filename not in _OURS:
            raise stopped(frame)

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, wall_s, INSIST_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


_OURS = (__file__, contextlib.__file__)
"""Who is there is leaving already."""


class _TimeIsUp(BaseException):
    """What another thread throws into the one that hangs, since it can throw a class only."""


ENOUGH = 10
"""So often a call is stopped by the thread, once every `INSIST_S`, before all is given up."""

give_up: list[Callable[[Stopped], object]] = []
"""What ends the whole run where a call catches whatever stops it; set by whoever runs checks of one's own code."""


@dataclass(slots=True)
class _Call:
    """What a thread does until when, what tells where it was then, and how often it was stopped."""

    thread: int
    until: float
    stopped: Callable[[FrameType | None], Stopped]
    times: int = 0


class _Watcher:
    """A thread that looks at the calls of others, one for all of them."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._call: _Call | None = None
        self._thread: threading.Thread | None = None

    def watch(self, call: _Call | None) -> _Call | None:
        """Look at this call from now on; give the one before."""
        if call and not (self._thread and self._thread.is_alive()):  # a fork has no threads
            self._turn = threading.Lock()
            self._thread = threading.Thread(target=self._look, daemon=True)
            self._thread.start()
        with self._turn:
            before, self._call = self._call, call
        return before

    def _look(self) -> None:
        while True:
            sleep(LOOK_EVERY_S)
            with self._turn:
                call = self._call
                if call and monotonic() > call.until:
                    call.until = monotonic() + INSIST_S
                    call.times += 1
                    where = call.stopped(sys._current_frames().get(call.thread))
                    if call.times > ENOUGH:
                        for end in give_up:
                            end(where)
                    _throw(call.thread, _TimeIsUp)


_WATCHER = _Watcher()


@contextmanager
def _by_thread(wall_s: float, stopped: Callable[[FrameType | None], Stopped]) -> Iterator[None]:
    me = threading.get_ident()
    before = _WATCHER.watch(_Call(me, monotonic() + wall_s, stopped))
    try:
        yield
    finally:
        _WATCHER.watch(before)
        _throw(me, None)  # one that has not been raised yet


def _throw(thread: int, kind: type[BaseException] | None) -> None:
    given = ctypes.py_object(kind) if kind else None
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), given)


@contextmanager
def interrupts() -> Iterator[None]:
    """Let Ctrl-C end the run, though the body may catch it; what it raises itself does not."""
    told: list[KeyboardInterrupt] = []

    def stop(_: int, frame: FrameType | None) -> NoReturn:
        del frame
        told.append(KeyboardInterrupt())
        raise told[-1]

    before = signal.getsignal(signal.SIGINT)
    if before is not signal.default_int_handler or threading.current_thread() is not threading.main_thread():
        yield
        return
    signal.signal(signal.SIGINT, stop)
    with _insisting(told):
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, before)


@contextmanager
def exits() -> Iterator[None]:
    """Let `os._exit` in the body end the check alone, and no others. A child process still ends by it."""
    leave, me = os._exit, os.getpid()
    told: list[Stopped] = []

    def instead(status: int) -> NoReturn:
        if os.getpid() != me:
            leave(status)
        told.append(Stopped(Verdict.CRASHED, f"it ended its process with status {status}, as os._exit does"))
        raise told[-1]

    os._exit = instead
    with _insisting(told):
        try:
            yield
        finally:
            os._exit = leave


def print_afresh(most: int) -> None:
    """Allow so many bytes of print from now on, in all bodies of `printed` together."""
    _PRINTING.left = _PRINTING.most = most
    _PRINTING.told.clear()


@contextmanager
def printed() -> Iterator[None]:
    """Stop the body when it has printed too much by `print`, or by `sys.stdout` and `sys.stderr`.

    A stream that it puts in their place lives on: its end would close the one below, which pytest needs.
    """
    streams = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = map(_Counted, streams)
    with _insisting(_PRINTING.told):
        try:
            yield
        finally:
            for each in (getattr(sys, "stdout", None), getattr(sys, "stderr", None)):
                if each is None or isinstance(each, _Counted):
                    continue
                _REPLACED.append(each)
                with suppress(Exception):
                    each.flush()
            sys.stdout, sys.stderr = streams


class _Printing:
    """What may still be printed: one for all streams, since a module keeps those that it took when imported."""

    def __init__(self) -> None:
        self.left = self.most = 0
        self.told: list[Stopped] = []

    def take(self, text: str) -> None:
        self.left -= len(text)
        if self.left < 0:
            self.told.append(Stopped(Verdict.OUTPUT, f"more than {self.most >> 10:,} KiB printed"))
            raise self.told[-1]


_PRINTING = _Printing()
_REPLACED: list[Any] = []


class _Counted:
    """A stream that counts what is written to it, and else is the one given, which pytest needs: it stays open."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write, and count."""
        _PRINTING.take(text)
        return int(self._stream.write(text))

    def writelines(self, lines: Sequence[str]) -> None:
        """Write, and count."""
        for line in lines:
            self.write(line)

    def close(self) -> None:
        """Write what is waiting."""
        self._stream.flush()

    def __enter__(self) -> _Counted:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

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
