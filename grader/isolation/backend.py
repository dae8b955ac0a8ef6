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
from grader.isolation.replay import Step, Talk, Talks
from grader.isolation.sandbox import Backend, Sandbox
from grader.isolation.usage import Queue, exceeds, own_wait_s, used_mib
from grader.model import Limits, Verdict
from tests.harness.direct import MOST_PLACES
from tests.harness.outcomes import GRADER_FAULT_TEXT, Altered, NotPlain, Stopped, StudentError
from tests.harness.tasks import LIGHT

EXCEPTIONS = {name for name, kind in vars(builtins).items() if isinstance(kind, type)}
TICK_S = 0.05
MEMORY_EVERY_S, REST = 0.25, 3.0
"""Memory is counted so often, but less where that takes so long that it would keep us busy."""
AGAIN_S = 90.0
"""For all second tries of a submission's checks together: with those, too, grading ends in time."""
STUB = NotImplementedError.__name__
"""Who raises this has written nothing, whatever else it is."""

MOST_HANDLES = 1 << 31
MOST_PATH = 4_096
MOST_ARGUMENTS = 100
MOST_VALUES = 1 << 21
"""Of all answers of a check together; what a check does with them takes about a microsecond each."""

SLOWER = 4.0
"""So many times as long may a check take that is asked again at once; else it is run."""

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
        self._foreseen: dict[tuple[str, ...], Limits] = {}
        self._unloadable: dict[str, Stopped] = {}
        self._again_s = AGAIN_S
        self._in_vain = 0
        self._running: tuple[IsolatedBackend, Limits, tuple[str, ...]] | None = None

    def foresee(self, allowed: tuple[str, ...], limits: Limits) -> None:
        """Such a check is to come: its sandbox starts beside the first check, and is ready sooner."""
        self._foreseen.setdefault(allowed, limits)

    @contextmanager
    def check(self, limits: Limits, allowed: tuple[str, ...] = LIGHT) -> Iterator[IsolatedBackend]:
        """A backend for one check, in a sandbox that holds the allowed packages."""
        with self.later(limits, allowed) as begin:
            yield begin()

    @contextmanager
    def later(self, limits: Limits, allowed: tuple[str, ...] = LIGHT) -> Iterator[Callable[[], IsolatedBackend]]:
        """What begins such a backend, once, for a check that may need none."""
        self._running = None

        def begin() -> IsolatedBackend:
            backend = self._begun(limits, allowed, lambda each: IsolatedBackend(each, limits, self._unloadable))
            self._running = backend, limits, allowed
            return backend

        try:
            yield begin
        finally:
            if self._running:
                self._running[0].close()

    def replayed(self, talks: Talks, check: str) -> bool:
        """Whether the running check is passed as it was before; where nobody knows yet, note what is asked.

        Where it is not, the check has a fresh process again.
        """
        if self._running is None or not self._running[0].fresh or self._unloadable:
            return False
        backend, limits, allowed = self._running
        backend.fresh = False
        talk = talks.of(check)
        if talk is None:
            backend.talk = Talk()
        else:
            with contextlib.suppress(Stopped):  # what has ended it, a run tells in its own words
                if backend.replay(talk):
                    backend.finish()
                    return True
            backend.close()
            self._begun(limits, allowed, backend.begin)
        return False

    def passed(self, talks: Talks, check: str) -> None:
        """Keep what the running check asked, and was answered."""
        if self._running and (talk := self._running[0].talk):
            talks.keep(check, talk)

    def finish(self) -> None:
        """Look how the running check's process ended, now that the check has all its answers.

        Raises:
            Stopped: it had died, or written what nobody asked for.
        """
        if self._running:
            self._running[0].finish()

    @contextmanager
    def again(self, stopped: Stopped) -> Iterator[bool]:
        """Whether the running check is to be tried again, since it ended by time while others had the processor.

        Its clock stands still then while it waits for one, up to twice its limit. All second tries together have
        `AGAIN_S`, and when `IN_VAIN` of them have failed there are no more: who never ends, or lets its own
        processes wait for each other, gains little.
        """
        if self._running is None:
            yield False
            return
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
                    begun = begin(sandbox.ready())
                    self._sandboxes[allowed] = sandbox
                    return begun
            sandbox.close()
        sandbox = self._started(allowed, limits).ready()
        self._foreseen.pop(allowed, None)
        while self._foreseen:
            with contextlib.suppress(OSError, GraderFault):  # it is told where it is needed
                self._started(*self._foreseen.popitem())
        return begin(sandbox)

    def _started(self, allowed: tuple[str, ...], limits: Limits) -> Sandbox:
        packages.read_once(allowed)
        self._sandboxes[allowed] = Sandbox(self._kind, self._submission, limits, allowed)
        return self._sandboxes[allowed]

    def close(self) -> None:
        """Kill the sandboxes."""
        for sandbox in self._sandboxes.values():
            sandbox.close()


class IsolatedBackend:
    """Carries the calls of one check; see `tests.harness.student.Backend`."""

    def __init__(self, sandbox: Sandbox, limits: Limits, unloadable: dict[str, Stopped]) -> None:
        self.fresh = True
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
        self.talk: Talk | None = None  # where it is noted
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

    def replay(self, talk: Talk) -> bool:
        """Whether the same questions get the same answers again; whatever is wrong with them, the check tells."""
        self._deadline = time.monotonic() + min(self._limits.wall_s, 1.0 + SLOWER * talk.took_s)
        try:
            return all(map(self._answered_again, talk.steps))
        except (Stopped, NotPlain, Altered, wire.WireError):
            return False

    def _answered_again(self, step: Step) -> bool:
        """Whether what comes now is what came then; no question is there before the one before has its answer."""
        self._nothing_unasked()
        self._send_whole(step.question)
        for asked, got in step.calls:
            if self._frame(len(asked)) != asked:
                return False
            self._send_whole(got)
        if step.due is None:
            return self._frame(len(step.answer)) == step.answer
        try:
            self._value(wire.parse(self._frame()))
        except StudentError as error:
            return error.kind != STUB and error.is_due(*step.due)
        return False

    def _frame(self, size: int | None = None) -> bytes:
        """What comes next, if it has this size, or any that is allowed; else nothing."""
        self._hold_limits()
        announced = wire.length(self._read(wire.HEADER.size), self._limits.answer_mib << 20)
        return self._read(announced) if size in (None, announced) else b""

    def seconds(self) -> float:
        """The clock, for a check that measures how long answers take."""
        self._told_of_itself()
        return time.perf_counter()

    def _told_of_itself(self) -> None:
        """The check knows more now than answers."""
        if self.talk:
            self.talk.useless = True

    def used_mib(self) -> float:
        """The memory of all processes of the check."""
        self._told_of_itself()
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
        if self._stopped or self._ended or self._channel.fileno() < 0:
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
        calls: list[tuple[bytes, bytes]] = []
        try:
            self._send({"op": op, "with": arguments, "left_s": self._deadline - started})
            while True:
                answer = self._receive()
                if set(answer) == {"where"} and self._where is None:
                    self._where = _places(answer["where"])
                    self._told_of_itself()
                elif set(answer) == {"callback", "args"}:
                    asked, got = self._answer, wire.frame(self._called_back(answer))
                    self._send_whole(got)
                    calls.append((asked, got))
                else:
                    self._where = None
                    return self._noted(answer, {"op": op, "with": arguments, "left_s": self._limits.wall_s}, calls)
        finally:
            self._spent_s += time.monotonic() - started

    def _noted(self, answer: dict[str, Any], question: dict[str, Any], calls: list[tuple[bytes, bytes]]) -> Any:
        """The value of an answer; the step is noted, if it is to be."""
        if self.talk is None or self.talk.useless:
            return self._value(answer)
        self.talk.took_s = self._spent_s
        step = Step(wire.frame(question), calls, self._answer)
        try:
            value = self._value(answer)
        except StudentError as error:
            self.talk.add(step, error)
            raise
        except (NotPlain, Altered):
            self._told_of_itself()
            raise
        self.talk.add(step)
        return value

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
        self._send_whole(wire.frame(message))

    def _send_whole(self, frames: bytes) -> None:
        data = memoryview(frames)
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
            self._answer = self._read(size)
            message, values = wire.counted(self._answer)
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
