"""A running sandbox, whatever it is made of. Its first process is ours, and starts a fresh one for each check."""

from __future__ import annotations

import dataclasses
import json
import os
import socket
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cbor2
import psutil

from grader.errors import GraderFault, IsolationUnavailable
from grader.isolation import groups, inherited, usage
from grader.model import Limits
from tests.harness.tasks import LIGHT

INSIDE = Path(__file__).with_name("inside")
START_S = 60.0
END_S = 10.0
DEATH_S = 0.5
"""So long after its channel a process may live, before it counts as one that has closed it."""
ENVIRONMENT = {
    "PATH": "/usr/bin:/bin",
    "LANG": "C.UTF-8",
    "PYTHONHASHSEED": "0",  # the same submission gets the same score every time
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
}


def nothing() -> None:
    """Give nothing back."""


@dataclass(frozen=True, slots=True)
class Launch:
    """How a sandbox is started.

    `before` is what stands before the interpreter on the command line, `config` what `inside/worker.py` reads,
    `path` where it finds itself and the allowed packages, `kill` what to do when its first process does not end by
    itself, `release` what to give back when nothing is left of it, `files` what it reads as it starts.
    """

    before: list[str]
    python: Path
    path: tuple[str, str]
    config: dict[str, Any]
    kill: Callable[[int], None]
    environment: dict[str, str] = field(default_factory=dict)
    release: Callable[[], None] = nothing
    files: tuple[int, ...] = ()


Backend = Callable[[Path, Limits, tuple[str, ...]], Launch]
"""Prepares a sandbox for a submission. Raises IsolationUnavailable when it can't."""


class Sandbox:
    """One running sandbox; takes orders over `control`, once it is ready.

    Raises:
        IsolationUnavailable: the sandbox can't be set up here; the message holds what it says itself.
    """

    def __init__(
        self, backend: Backend, submission: Path, limits: Limits, allowed: tuple[str, ...] = LIGHT
    ) -> None:
        self._closed = self._ready = False
        self._limits = limits
        inherited.settle()
        self.hard = inherited.hard_limits()
        self._launch = backend(submission, limits, allowed)
        self.group = groups.made()
        self.control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._log = tempfile.TemporaryFile()  # noqa: SIM115  -- closed with the sandbox
        try:
            with theirs:
                self.process = self._started(theirs.fileno())
        except OSError:
            self._launch.release()
            self._without_group()
            raise
        finally:
            for file in self._launch.files:
                os.close(file)

    def ready(self) -> Sandbox:
        """This sandbox, when it has imported what checks may use; it starts to do that by itself.

        Raises:
            IsolationUnavailable: as above.
        """
        if self._ready:
            return self
        try:
            self._expect("ready", START_S)
        except GraderFault:
            self._log.seek(0)
            said = self._log.read(20_000).decode(errors="replace").strip()
            self.close()
            raise IsolationUnavailable(f"no sandbox can be set up here: {said[-2000:] or 'no answer'}") from None
        self.baseline_mib = usage.used_mib(self.process.pid)
        if self.group:
            try:
                self.group.hold(self.process.pid, self._limits)
            except (OSError, psutil.Error):
                self._without_group()
        self._ready = True
        return self

    def start(self, limits: Limits, channel: socket.socket, output: int) -> None:
        """Start a fresh process for a check, which gets these two and nothing else.

        Raises:
            GraderFault: it could not be made ready for the submission; nothing of that has been read.
        """
        hard = inherited.for_a_check(limits, self.hard)
        order = cbor2.dumps({"op": "start", "limits": dataclasses.asdict(limits), "hard": hard})
        socket.send_fds(self.control, [order], [channel.fileno(), output])
        answer = self._answer(START_S)
        if "started" not in answer:
            raise GraderFault(f"a check could not be started: {answer.get('wrong')}")

    def end(self) -> int | None:
        """End the check with all its processes; the exit status its first one had, if it was dead already.

        Raises:
            GraderFault: the sandbox gave no answer, or could not be cleaned. It has been killed.
        """
        died: int | None = None
        try:
            self.control.send(cbor2.dumps({"op": "end"}))
            while True:
                answer = self._answer(END_S)
                if "died" in answer:
                    died = answer["died"]
                if "ended" in answer:
                    if answer["ended"] is not True:
                        raise GraderFault("the sandbox could not be cleaned")
                    return died
        except (GraderFault, OSError) as error:
            self.close()
            raise GraderFault(f"the sandbox did not end its check: {error}") from None

    def died(self) -> tuple[int, str]:
        """Exit status of the check's first process, and which limit it was over; when `control` is readable."""
        answer = self._answer(DEATH_S)
        status, over = answer.get("died"), answer.get("over", "")
        if type(status) is not int or type(over) is not str:
            raise GraderFault("the sandbox broke the protocol")
        return status, over

    def close(self) -> None:
        """Kill everything in the sandbox, and leave nothing of it. Never raises.

        The first process sees the end of `control`, ends the others and itself, as it does when we are killed.
        """
        if self._closed:
            return
        self._closed = True
        self.control.close()
        self._log.close()
        self._launch.kill(self.process.pid)
        try:
            self.process.wait(timeout=END_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._launch.release()
        self._without_group()

    def _without_group(self) -> None:
        if self.group:
            self.group.remove()
        self.group = None

    @property
    def alive(self) -> bool:
        """Whether it can take another check."""
        return not self._closed and self.process.poll() is None

    def _started(self, control: int) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            command(self._launch, control),
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=self._log,
            pass_fds=[control, *self._launch.files],
            env=environment(self._launch),
            cwd="/",
            start_new_session=True,
        )

    def _expect(self, key: str, timeout_s: float) -> None:
        if key not in self._answer(timeout_s):
            raise GraderFault("the sandbox broke the protocol")

    def _answer(self, timeout_s: float) -> dict[str, Any]:
        self.control.settimeout(timeout_s)
        try:
            data = self.control.recv(65536)
        except OSError as error:
            raise GraderFault(f"no answer from the sandbox ({type(error).__name__})") from None
        if not data:
            raise GraderFault("the sandbox is gone")
        answer = cbor2.loads(data)
        if not isinstance(answer, dict):
            raise GraderFault("the sandbox broke the protocol")
        return answer


def command(launch: Launch, control: int) -> list[str]:
    """What is run: the interpreter without site-packages, user's packages, and byte code."""
    config = json.dumps({**launch.config, "control": control})
    return [*launch.before, str(launch.python), "-s", "-S", "-P", "-B", "-m", "inside.worker", config]


def environment(launch: Launch) -> dict[str, str]:
    """All variables that the sandbox has."""
    return {**ENVIRONMENT, **launch.environment, "PYTHONPATH": os.pathsep.join(launch.path)}
