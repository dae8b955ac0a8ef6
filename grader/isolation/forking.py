"""Runs pytest in forks of a process that has imported it, Hypothesis, torch and the checks already.

A start from nothing takes up to two seconds, a fork milliseconds. The first run starts from nothing, so that who
grades one submission imports no more than its tasks need; the others are forks of one server, where there is fork.
The server reads nothing of a submission's. It and its forks end with the grader, also when that is killed.
"""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import gc
import importlib.util
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import traceback
from collections.abc import Mapping, Sequence
from multiprocessing.connection import wait
from pathlib import Path
from typing import IO, NoReturn, Protocol

from grader.errors import GraderFault

PR_SET_PDEATHSIG = 1
PARENT = "GRADER_PID"
"""Tells a run whose child it is, so that it ends when that has."""
SERVE = "from grader.isolation.forking import main; main()"
READY = b"ready"
TICK_S = 0.02
START_S = 300.0
END_S = 10.0
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
"""Threads don't survive a fork, and who waits for one there waits forever."""


class Process(Protocol):
    """What a `subprocess.Popen` has, too."""

    def poll(self) -> int | None:
        """The exit status, or None while it runs."""

    def kill(self) -> None:
        """End it."""

    def wait(self) -> int:
        """Wait for its end, and give the exit status."""


class Runner:
    """Starts runs of pytest in a folder, from any thread.

    The server runs pytest with the arguments `warm` itself, and imports the `modules` that are installed.
    """

    def __init__(self, folder: Path, warm: Sequence[str], modules: Sequence[str] = ()) -> None:
        self._folder, self._warm = folder, [",".join(modules), *warm]
        self._lock = threading.Lock()
        self._runs = 0
        self._server: Server | None = None
        if sys.platform != "win32":
            os.register_at_fork(after_in_child=self._leave)

    def start(self, args: Sequence[str], log: IO[bytes], environment: Mapping[str, str]) -> Process:
        """Start one; what it prints goes to the log."""
        with self._lock:
            self._runs += 1
            if self._runs == 1 or sys.platform != "linux":
                command = [sys.executable, "-m", "pytest", *args]
                own = {**environment, PARENT: str(os.getpid())}
                return subprocess.Popen(
                    command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self._folder, env=own
                )
            if self._server:
                try:
                    return self._server.start(args, log, environment)
                except OSError:  # it has been killed
                    self._server.close()
            self._server = Server(self._folder, self._warm, environment)
            return self._server.start(args, log, environment)

    def serve(self) -> None:
        """Fork the first run, too: many are to come."""
        with self._lock:
            self._runs = max(self._runs, 1)

    def _leave(self) -> None:
        """In a fork of this process, the server is the parent's: it ends with that."""
        self._lock = threading.Lock()
        if self._server:
            self._server.leave()
            self._server = None

    def close(self) -> None:
        """End the server, if there is one, and its runs."""
        if self._server:
            self._server.close()

    @property
    def server_pid(self) -> int | None:
        """The server's process id, if there is one."""
        return self._server.process.pid if self._server else None


class Server:
    """A process of ours that has imported what runs need, and forks for each.

    Raises:
        GraderFault: it did not start; the message holds what it says itself.
    """

    def __init__(self, folder: Path, warm: Sequence[str], environment: Mapping[str, str]) -> None:
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs, tempfile.TemporaryFile() as log:
            self.process = subprocess.Popen(
                [sys.executable, "-c", SERVE, str(theirs.fileno()), *warm],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=folder,
                env={**environment, **ONE_THREAD},
                pass_fds=[theirs.fileno()],
            )
            atexit.register(self.close)
            theirs.close()
            if not wait([self._control], START_S) or self._control.recv(16) != READY:
                self.close()
                log.seek(0)
                said = log.read().decode(errors="replace").strip()
                raise GraderFault(f"the process that checks are forked from did not start: {said[-2000:]}")

    def start(self, args: Sequence[str], log: IO[bytes], environment: Mapping[str, str]) -> Fork:
        """Order a run."""
        ours, theirs = socket.socketpair()
        with tempfile.TemporaryFile() as order, theirs:
            order.write(json.dumps({"args": list(args), "environment": dict(environment)}).encode())
            order.flush()
            try:
                socket.send_fds(self._control, [b"run"], [order.fileno(), log.fileno(), theirs.fileno()])
            except OSError:
                ours.close()
                raise
        return Fork(ours, self.process)

    def close(self) -> None:
        """End it and its forks."""
        with contextlib.suppress(OSError):
            self._control.shutdown(socket.SHUT_RDWR)  # a fork of ours may hold it, too
        self.leave()
        try:
            self.process.wait(END_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def leave(self) -> None:
        """Have nothing to do with it any more."""
        atexit.unregister(self.close)
        self._control.close()


class Fork:
    """A run in a fork of the server, which tells of its end, and is told to kill it, over a channel."""

    def __init__(self, channel: socket.socket, server: subprocess.Popen[bytes]) -> None:
        self._channel, self._server = channel, server
        self._status: int | None = None
        self._told = False

    def poll(self) -> int | None:
        """The exit status, or None while it runs."""
        return self._ended(0)

    def kill(self) -> None:
        """End it."""
        self._told = True
        if self._status is None:
            with contextlib.suppress(OSError):
                self._channel.shutdown(socket.SHUT_WR)

    def wait(self) -> int:
        """Wait for its end, and give the exit status. A server that doesn't kill it when told is killed itself."""
        if self._ended(END_S if self._told else None) is None:
            self._server.kill()
            self._channel.close()
            self._status = -signal.SIGKILL
        assert self._status is not None
        return self._status

    def _ended(self, timeout_s: float | None) -> int | None:
        if self._status is None and wait([self._channel], timeout_s):
            said = self._channel.recv(16)
            self._status = int(said) if said else -signal.SIGKILL  # without a word: the server was killed itself
            self._channel.close()
        return self._status


def _serve(control: socket.socket) -> None:
    """Fork for each order, until nobody is left to give one."""
    control.send(READY)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # it is for the grader, which ends us by going
    running: dict[int, socket.socket] = {}
    while True:
        watched = [control, *running.values()]
        ready = wait(watched, TICK_S if running else None)
        for pid, channel in list(running.items()):
            if channel in ready:
                os.kill(pid, signal.SIGKILL)
            ended, status = os.waitpid(pid, 0 if channel in ready else os.WNOHANG)
            if ended:
                del running[pid]
                with channel, contextlib.suppress(OSError):
                    channel.send(str(os.waitstatus_to_exitcode(status)).encode())
        if control in ready:
            said, descriptors, _, _ = socket.recv_fds(control, 16, 3, socket.MSG_CMSG_CLOEXEC)
            if not said:
                break
            order, log, channel_fd = descriptors
            channel = socket.socket(fileno=channel_fd)
            server = os.getpid()
            try:
                pid = os.fork()
            except OSError as error:
                os.write(log, f"no fork: {error}\n".encode())
                channel.close()
            else:
                if pid == 0:
                    _run(order, log, server, [*watched, channel])
                running[pid] = channel
            os.close(order)
            os.close(log)
    for pid in running:
        os.kill(pid, signal.SIGKILL)


def _run(order: int, log: int, server: int, not_ours: Sequence[socket.socket]) -> NoReturn:
    """Be a process that runs pytest as ordered."""
    code = 1
    try:
        for each in not_ours:
            each.close()
        signal.signal(signal.SIGINT, signal.default_int_handler)
        end_with_parent(server)
        for standard in (1, 2):
            os.dup2(log, standard)
        os.close(log)
        with open(order, "rb") as file:
            file.seek(0)
            told = json.load(file)
        os.environ.clear()
        os.environ.update({**told["environment"], PARENT: str(server)})
        import pytest

        sys.argv = ["pytest", *told["args"]]
        code = int(pytest.main(told["args"]))
    except BaseException:  # noqa: BLE001  -- there is nobody else to tell
        traceback.print_exc()
    finally:
        with contextlib.suppress(Exception):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


def end_with_parent(parent: int) -> None:
    """Let the kernel kill this process when its parent ends; end now if that has happened already."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def main() -> None:
    """Be the server: import what runs need, and serve."""
    import pytest

    control, modules, *warm = sys.argv[1:]

    pytest.main(warm)
    for module in filter(None, modules.split(",")):
        if importlib.util.find_spec(module):
            importlib.import_module(module)
    gc.collect()
    gc.freeze()  # else each fork's first collection would copy the memory of all that was imported
    _serve(socket.socket(fileno=int(control)))
