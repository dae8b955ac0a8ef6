"""The isolated backend of the `student` fixture: calls go over a channel into a sandbox.

It holds the limits that only the outside can hold: seconds, bytes printed, bytes answered, and the memory of
all processes together. Anything that breaks them, or the protocol, ends the check with its verdict.
"""

from __future__ import annotations

import builtins
import contextlib
import inspect
import os
import select
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import cbor2

from grader.errors import GraderFault
from grader.isolation import inherited, packages, tensors, wire
from grader.isolation.sandbox import Backend, Sandbox
from grader.isolation.usage import Queue, exceeds, own_wait_s, used_mib
from grader.model import Limits, Verdict
from tests.harness.checks import GRADER_FAULT_TEXT
from tests.harness.direct import MOST_PLACES
from tests.harness.outcomes import Altered, NotPlain, Stopped, StudentError
from tests.harness.tasks import LIGHT

EXCEPTIONS = {name for name, kind in vars(builtins).items() if isinstance(kind, type)}
TICK_S = 0.05
MEMORY_EVERY_S, REST = 0.25, 3.0
"""Memory is counted so often, but less where that takes so long that it would keep us busy."""
AGAIN_S = 90.0
"""For all second tries of a submission's checks together: with those, too, grading ends in time."""
MOST_HANDLES = 1 << 31
MOST_PATH = 4_096
MOST_ARGUMENTS = 100
MOST_VALUES = 1 << 21
"""Of all answers of a check together; what a check does with them takes about a microsecond each."""

IN_VAIN = 2
"""So many second tries may fail."""

T = TypeVar("T")


class SandboxPool:
    """Keeps warmed sandboxes for a submission, one for each set of packages.

    Each check gets a fresh process in one of them.
    """

    def __init__(self, kind: Backend, submission: Path) -> None:
        self._kind = kind
        self._submission = submission
        self._sandboxes: dict[tuple[str, ...], Sandbox] = {}
        self._unloadable: dict[str, Stopped] = {}
        self._again_s = AGAIN_S
        self._in_vain = 0

    @contextmanager
    def check(self, limits: Limits, allowed: tuple[str, ...] = LIGHT) -> Iterator[IsolatedBackend]:
        """A backend for one check, in a sandbox that holds the allowed packages."""
        backend = self._begun(limits, allowed, lambda sandbox: IsolatedBackend(sandbox, limits, self._unloadable))
        self._running = backend, limits, allowed
        try:
            yield backend
        finally:
            backend.close()

    def finish(self) -> None:
        """Look how the running check's process ended, now that the check has all its answers.

        Raises:
            Stopped: it had died, or written what nobody asked for.
        """
        self._running[0].finish()

    @contextmanager
    def again(self, stopped: Stopped) -> Iterator[bool]:
        """Whether the running check is to be tried again, since it ended by time while others had the processor.

        Its clock stands still then while it waits for one, up to twice its limit. All second tries together have
        `AGAIN_S`, and when `IN_VAIN` of them have failed there are no more: who never ends, or lets its own
        processes wait for each other, gains little.
        """
        backend, limits, allowed = self._running
        patience_s = min(self._again_s - limits.wall_s, 2 * limits.wall_s)
        tries = patience_s >= 0 and self._in_vain < IN_VAIN
        if stopped.verdict is not Verdict.TIMEOUT or not tries or not backend.crowded:
            yield False
            return
        began = time.monotonic()
        backend.close()
        self._begun(limits, allowed, lambda sandbox: backend.begin(sandbox, patience_s))
        try:
            yield True
        except Stopped:
            self._in_vain += 1
            raise
        finally:
            self._again_s -= time.monotonic() - began

    def _begun(self, limits: Limits, allowed: tuple[str, ...], begin: Callable[[Sandbox], T]) -> T:
        """Begin a check in the sandbox that there is, or in a new one."""
        sandbox = self._sandboxes.pop(allowed, None)
        if sandbox is not None:
            with contextlib.suppress(OSError, GraderFault):  # it may die just now: then another is made
                if sandbox.alive:
                    begun = begin(sandbox)
                    self._sandboxes[allowed] = sandbox
                    return begun
            sandbox.close()
        packages.read_once(allowed)
        self._sandboxes[allowed] = Sandbox(self._kind, self._submission, limits, allowed)
        return begin(self._sandboxes[allowed])

    def close(self) -> None:
        """Kill the sandboxes."""
        for sandbox in self._sandboxes.values():
            sandbox.close()


class IsolatedBackend:
    """Carries the calls of one check; see `tests.harness.student.Backend`."""

    def __init__(self, sandbox: Sandbox, limits: Limits, unloadable: dict[str, Stopped]) -> None:
        self._unloadable = unloadable  # modules whose import never ended: not waited for again
        self._limits = limits
        self.begin(sandbox)

    def begin(self, sandbox: Sandbox, patience_s: float = 0.0) -> None:
        """Begin with a fresh process. So many seconds that it waits for a processor are not counted as its own."""
        self._sandbox = sandbox
        self._patience_s = patience_s
        self._patient = patience_s > 0
        self._loaded: set[str] = set()
        self._channel, theirs = socket.socketpair()
        self._channel.setblocking(False)
        self._output, output = os.pipe()
        os.set_blocking(self._output, False)
        self._unread = bytearray()
        self._printed = self._answered = self._values = 0
        self._spent_s = 0.0
        self._deadline = 0.0
        self._memory_at = 0.0
        self._looked_at, self._own_s = time.monotonic(), own_wait_s()
        self._stopped: Stopped | None = None
        self._ended = False
        self._where: tuple[str, ...] | None = None  # the running call tells it once, when its time is nearly up
        self._callbacks: list[Any] = []
        self._baseline = sandbox.baseline_mib
        self._queue = Queue(sandbox.process.pid)
        self._kills = sandbox.group.kills() if sandbox.group else 0
        self._low = inherited.low(self._limits, sandbox.hard)
        try:
            with theirs:
                sandbox.start(self._limits, theirs, output)
        except (OSError, GraderFault):
            self._channel.close()
            os.close(self._output)
            raise
        finally:
            os.close(output)

    def invoke(self, path: str, handle: int | None, args: list[Any], kwargs: dict[str, Any], keep: bool) -> Any:
        """Call a function or method of the submission."""
        if handle is None:
            self._load(path.split(".")[0])
        storages: list[tensors.Storage] = []
        args = [self._reference(arg, storages) for arg in args]
        kwargs = {name: self._reference(value, storages) for name, value in kwargs.items()}
        arguments = {"args": args, "kwargs": kwargs, "storages": tensors.contents(storages)}
        value = self._request("invoke", path=path, handle=handle, keep=keep, **arguments)
        if keep and not (type(value) is int and 0 <= value < MOST_HANDLES):
            raise self._broken("no handle")
        return value

    def pull(self, handle: int, count: int) -> tuple[list[Any], bool]:
        """Take items of an iterator of the submission."""
        value = self._request("pull", handle=handle, count=count)
        match value:
            case [list(items), bool(ended)] if len(items) <= count:
                return items, ended
        raise self._broken("no items")

    def used_mib(self) -> float:
        """The memory of all processes of the check."""
        return used_mib(self._sandbox.process.pid) - self._baseline

    def file(self, name: str, content: bytes) -> str:
        """Write an input file into the sandbox."""
        try:
            value = self._request("file", name=name, content=content)
        except (Stopped, StudentError, NotPlain) as error:
            if self._loaded or (isinstance(error, Stopped) and error.verdict is Verdict.GRADER_FAULT):
                raise
            raise self._fault(f"no input file could be written: {error}") from None
        if type(value) is not str or not 0 < len(value) <= MOST_PATH:
            raise self._broken("no path")
        return str(value)

    def finish(self) -> None:
        """End all processes of the check, whose last answer is there, if they have behaved until now.

        Raises:
            Stopped: the first one had died already, or something was written that nobody asked for.
        """
        if self._stopped or self._channel.fileno() < 0:
            return
        self._nothing_unasked()
        died = None
        with contextlib.suppress(GraderFault):
            died = self._sandbox.end()
        self._ended = True
        if died is not None:
            raise self._died(died)

    def close(self) -> None:
        """End all processes of the check. A sandbox that does not answer is killed, and a new one made later."""
        if self._channel.fileno() < 0:
            return
        self._channel.close()
        os.close(self._output)
        if self._sandbox.alive and not self._ended:
            with contextlib.suppress(GraderFault):
                self._sandbox.end()

    def _load(self, module: str) -> None:
        """Import a module of the submission, once for each check."""
        if module in self._unloadable:
            self._stopped = self._unloadable[module]
            raise self._stopped
        if module not in self._loaded:
            self._loaded.add(module)
            try:
                self._request("load", module=module)
            except Stopped as stopped:
                message = f"{stopped.message}, importing assignment/{module}.py"
                again = self._stop(stopped.verdict, message, stopped.where)
                if stopped.verdict is Verdict.TIMEOUT and (self._patient or not self.crowded):
                    self._unloadable[module] = again
                raise again from None

    def _reference(self, value: Any, storages: list[tensors.Storage]) -> Any:
        """Tensors cross by storage; iterators and functions as references, to be called back."""
        if "torch" in sys.modules and (isinstance(value, list) or tensors.is_tensor(value)):
            return tensors.tagged(value, storages)
        if not isinstance(value, Iterator) and not callable(value):
            return value
        self._callbacks.append(value)
        tag = wire.FEED if isinstance(value, Iterator) else wire.CALLBACK
        return cbor2.CBORTag(tag, len(self._callbacks) - 1)

    def _request(self, op: str, **arguments: Any) -> Any:
        if self._stopped:
            raise self._stopped
        self._nothing_unasked()
        started = time.monotonic()
        self._deadline = started + self._limits.wall_s - self._spent_s
        try:
            self._send({"op": op, "with": arguments, "left_s": self._deadline - started})
            while True:
                answer = self._receive()
                if set(answer) == {"where"} and self._where is None:
                    self._where = _places(answer["where"])
                elif set(answer) == {"callback", "args"}:
                    self._send(self._called_back(answer))
                else:
                    self._where = None
                    return self._value(answer)
        finally:
            self._spent_s += time.monotonic() - started

    def _value(self, answer: dict[str, Any]) -> Any:
        match answer:
            case {"ok": value, **rest} if not rest:
                return value
            case {"not_plain": str(text), **rest} if not rest:
                raise NotPlain(_line(text, 500))
            case {"altered": [int(place), str(text)], **rest} if not rest and 0 <= place < MOST_ARGUMENTS:
                raise Altered(place, _line(text, 200))
            case {"altered": [str(name), str(text)], **rest} if not rest:
                raise Altered(_line(name, 50), _line(text, 200))
            case {"error": [list(kinds), str(text), list(where)], **rest} if not rest:
                known = [kind for kind in kinds[:8] if type(kind) is str and kind in EXCEPTIONS]
                error = StudentError(known or ["Exception"], text[:2000], _places(where))
                if why := inherited.excuse(self._low, None, error):
                    raise self._fault(f"{why}; {error}")
                raise error
            case {"memory": True, **rest} if not rest:
                raise self._too_much_memory()
            case {"exit": str(code), **rest} if not rest:
                raise self._stop(Verdict.CRASHED, f"it ended its process: SystemExit({_line(code, 80)})")
        raise self._broken("an answer of no known form")

    def _called_back(self, request: dict[str, Any]) -> dict[str, Any]:
        reference, args = request["callback"], request["args"]
        if type(reference) is not int or not 0 <= reference < len(self._callbacks) or type(args) is not list:
            raise self._broken("an unknown call-back")
        target: Callable[..., Any] | Iterator[Any] = self._callbacks[reference]
        if isinstance(target, Iterator):
            try:
                return {"ok": next(target)}
            except StopIteration:
                return {"stop": True}
        try:
            inspect.signature(target).bind(*args)
        except TypeError as error:
            return {"type_error": str(error)}
        return {"ok": target(*args)}

    def _send(self, message: dict[str, Any]) -> None:
        data = memoryview(wire.frame(message))
        while data:
            try:
                data = data[self._channel.send(data) :]
            except BlockingIOError:
                self._wait(select.POLLOUT)
            except OSError:
                raise self._death() from None

    def _receive(self) -> dict[str, Any]:
        self._hold_limits()  # however soon it always answers
        try:
            size = wire.length(self._read(wire.HEADER.size), self._limits.answer_mib << 20)
            self._answered += size
            if self._answered > self._limits.answers_mib << 20:
                raise wire.WireError(f"answers of more than {self._limits.answers_mib:,} MiB together")
            message, values = wire.counted(self._read(size))
            self._values += values
            if self._values > MOST_VALUES:
                raise wire.WireError(f"answers of more than {MOST_VALUES:,} values together")
            return message
        except wire.WireError as error:
            raise self._broken(str(error)) from None

    def _read(self, size: int) -> bytes:
        """So many bytes of the channel; what has come behind them is kept."""
        while len(self._unread) < size:
            self._wait(select.POLLIN)
            try:
                part = self._channel.recv(1 << 20)
            except BlockingIOError:
                continue
            except OSError:
                part = b""
            if not part:
                raise self._death()
            self._unread += part
        data = bytes(self._unread[:size])
        del self._unread[:size]
        return data

    def _wait(self, event: int) -> None:
        """Until the channel is ready; meanwhile hold the limits."""
        poll = select.poll()
        poll.register(self._channel, event)
        poll.register(self._sandbox.control, select.POLLIN)
        poll.register(self._output, select.POLLIN)
        while True:
            ready = dict(poll.poll(TICK_S * 1000))
            if self._output in ready and not self._drain():
                poll.unregister(self._output)
            self._hold_limits()
            if ready.get(self._channel.fileno(), 0):
                return
            if self._sandbox.control.fileno() in ready:
                raise self._death()

    def _drain(self) -> bool:
        """Discard what was printed, but count it; False when nothing more can come."""
        try:
            printed = len(os.read(self._output, 1 << 20))
        except BlockingIOError:  # a submission can read what it has printed itself
            return True
        self._printed += printed
        if self._printed > self._limits.output_kib << 10:
            raise self._stop(Verdict.OUTPUT, f"more than {self._limits.output_kib:,} KiB printed")
        return printed > 0

    def _hold_limits(self) -> None:
        now = time.monotonic()
        if now > min(self._deadline, self._memory_at):
            self._wait_for_others(now)
        if now > self._deadline:
            raise self._stop(Verdict.TIMEOUT, f"no answer within {self._limits.wall_s:g} s", self._where or ())
        if now > self._memory_at:
            too_much = exceeds(self._sandbox.process.pid, self._baseline + self._limits.memory_mib)
            took_s = time.monotonic() - now
            self._memory_at = now + took_s + max(MEMORY_EVERY_S, REST * took_s)
            if too_much or self._killed():
                raise self._too_much_memory()

    def _wait_for_others(self, now: float) -> None:
        """Let the clock stand still while the check, or we, wait for a processor, as long as there is patience."""
        before, self._own_s = self._own_s, own_wait_s()
        given_s = min(self._queue.look() + self._own_s - before, now - self._looked_at, self._patience_s)
        self._looked_at = now
        self._patience_s -= given_s
        self._spent_s -= given_s
        self._deadline += given_s

    def _killed(self) -> bool:
        """Whether the kernel has killed one of the check's processes, since all together had too much memory."""
        return self._sandbox.group is not None and self._sandbox.group.kills() > self._kills

    @property
    def crowded(self) -> bool:
        """Whether others had the processor for so long that the check's time was hardly its own."""
        return self._queue.crowded(self._limits.wall_s)

    def _death(self) -> Stopped:
        """Why the check's process is no more."""
        try:
            status, over = self._sandbox.died()
        except GraderFault:
            return self._stop(Verdict.CRASHED, "it closed its channel to the grader, or its sandbox ended")
        return self._stop(Verdict.OUTPUT, over) if over else self._died(status)

    def _died(self, status: int) -> Stopped:
        """Why it ended with this status."""
        if status == -signal.SIGKILL and self._killed():
            return self._too_much_memory()
        if status == -signal.SIGXCPU:
            return self._stop(Verdict.TIMEOUT, f"more than {self._limits.cpu_s} s of processor time")
        if status < 0:
            return self._stop(Verdict.CRASHED, f"its process was killed by {_signal(-status)}")
        return self._stop(Verdict.CRASHED, f"it ended its process with status {status}, as os._exit does")

    def _nothing_unasked(self) -> None:
        """Nothing may wait on the channel while nothing is asked.

        Raises:
            Stopped: something does.
        """
        with contextlib.suppress(OSError):
            if self._unread or self._channel.recv(1, socket.MSG_PEEK):
                raise self._broken("an answer that nobody asked for")

    def _too_much_memory(self) -> Stopped:
        return self._stop(Verdict.MEMORY, f"more memory than the {self._limits.memory_mib:,} MiB allowed")

    def _broken(self, how: str) -> Stopped:
        return self._stop(Verdict.CRASHED, f"it broke the grader's protocol: {how}")

    def _stop(self, verdict: Verdict, message: str, where: Sequence[str] = ()) -> Stopped:
        if why := inherited.excuse(self._low, verdict):
            return self._fault(f"{why}; {message}")
        self._stopped = Stopped(verdict, message, where)
        return self._stopped

    def _fault(self, message: str) -> Stopped:
        """The end of a check by our own fault."""
        self._stopped = Stopped(Verdict.GRADER_FAULT, f"{GRADER_FAULT_TEXT}{_line(message, 1000)}")
        return self._stopped


def _signal(number: int) -> str:
    """A signal's name; those for real time have none.

    >>> _signal(9), _signal(40)
    ('SIGKILL', 'signal 40')
    """
    return signal.Signals(number).name if number in {*signal.Signals} else f"signal {number}"


def _places(where: Any) -> tuple[str, ...]:
    """Lines of a submission that it names itself, each as one line of bounded length."""
    return (
        tuple(_line(line, 200) for line in where[:MOST_PLACES] if type(line) is str) if type(where) is list else ()
    )


def _line(text: str, most: int) -> str:
    """Text of a submission's as one line of bounded length."""
    return "".join(character if character.isprintable() else " " for character in text[:most])
