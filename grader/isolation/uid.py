"""The backend for where namespaces are refused, as in most containers: root gives each sandbox a uid of its own.

A check's process changes to that uid, may open only what Landlock lets it, makes no socket, and has the same
filter of system calls and the same limits as with bubblewrap. Its folder is on the machine's disk, belongs to
root, and is removed with the sandbox. The machine's processes are visible by number and command line to nobody
there, since /proc can't be opened but for its own part.

What differs from bubblewrap: names of files outside can be guessed with stat, though not opened; /tmp is elsewhere
(`TMPDIR` says where); there are no Unix sockets, so multiprocessing forks, and starts a fresh interpreter where
it is told to use its fork server.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import secrets
import shutil
import socket
import stat
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from grader.errors import GraderFault, IsolationUnavailable
from grader.files import PROJECT
from grader.isolation import packages, syscalls
from grader.isolation.inside import scratch
from grader.isolation.inside.confine import landlock_version
from grader.isolation.sandbox import END_S, INSIDE, Launch
from grader.model import Limits

UIDS = range(20_000, 40_000)
SPARE = 20_000
"""Added to a uid, it is one that nobody has: a killer's, so that whom it kills can't signal it."""

KILL = """
import os, sys
uid, spare = map(int, sys.argv[1:])
os.setgroups([]); os.setresgid(spare, spare, spare); os.setresuid(spare, uid, spare)
if os.getresuid() == (spare, uid, spare) and uid and spare: os.kill(-1, 9)
"""
SHM, DEVICES = "/dev/shm", ("null", "random", "urandom")  # noqa: S108  -- only what is its own
OF_ITSELF = "cmdline comm fd fdinfo io limits maps smaps smaps_rollup stat statm status".split()
"""What a check may read of itself: not `net`, which tells of the machine's sockets, nor `task`, which has it."""
KNOWN = (*(f"/proc/self/{name}" for name in OF_ITSELF), "/proc/cpuinfo")
"""What tells of the machine but how many processors it has: without that, the C library counts a check's own."""


def prepare(submission: Path, limits: Limits, allowed: tuple[str, ...]) -> Launch:
    """A sandbox under an unused uid.

    Raises:
        IsolationUnavailable: we are not root, or the kernel has no Landlock.
    """
    if sys.platform != "linux" or os.geteuid() != 0:
        raise IsolationUnavailable("only root can give a submission a uid of its own")
    if not landlock_version():
        raise IsolationUnavailable("this kernel has no Landlock (it needs Linux 5.13, and `landlock` in lsm=)")
    program = syscalls.program(unix_sockets=False)
    uid, unlock = take_uid()
    folder = Path(tempfile.mkdtemp(prefix="grader-sandbox-"))
    try:
        folder.chmod(0o755)
        return _launch(submission, limits, allowed, folder, uid, program, unlock)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        unlock()
        raise


def _launch(
    submission: Path,
    limits: Limits,
    allowed: tuple[str, ...],
    folder: Path,
    uid: int,
    program: bytes,
    unlock: Callable[[], None],
) -> Launch:
    python, prefixes = packages.interpreter()
    submission = _placed(submission, folder / "submission")
    files = packages.system(allowed)
    system = packages.SYSTEM if files is None else (*map(str, files.values()), *packages.LOCALES)
    read = [*system, "/etc/ld.so.cache", str(submission), str(folder / "site")]
    tmp = str(folder / "tmp")
    environment = {"HOME": f"{tmp}/work", "TMPDIR": tmp}
    for n, prefix in enumerate(prefixes):
        placed = _placed(prefix, folder / f"python{n}")
        read.append(str(placed))
        if placed != prefix and python.is_relative_to(prefix):
            python = placed / python.relative_to(prefix)
            environment["LD_LIBRARY_PATH"] = str(placed / "lib")
    (folder / "site").mkdir()
    (folder / "site").chmod(0o755)
    for name, path in packages.visible_paths(allowed).items():
        placed = _placed(path, folder / "site" / name)
        if placed == path:
            (folder / "site" / name).symlink_to(path)
            read.append(str(path))
    hidden = packages.hidden_folders(PROJECT)
    covered = [cover(Path(path), hidden) for path in read]
    config = {
        "supervisor_uid": 0,
        "check_uid": uid,
        "spare_uid": uid + SPARE,
        "processors": limits.processors,
        "submission": str(submission),
        "tmp": tmp,
        "folder": str(folder),
        "warm": packages.warm(allowed),
        "fork_server": False,
        "landlock": {
            "read": [path for paths, _ in covered for path in paths] + list(KNOWN),
            "enter": sorted({path for _, folders in covered for path in folders} & {sysconfig.get_path("stdlib")}),
            "write": [tmp, SHM],
            "devices": [f"/dev/{name}" for name in DEVICES],
        },
        "syscalls": program.hex(),
    }

    def release() -> None:
        with contextlib.suppress(GraderFault, subprocess.TimeoutExpired):  # then nobody is given this uid again
            end_uid(uid)
        subprocess.run(["/bin/rm", "-rf", "--", str(folder)], check=False)  # however deep a check has nested it
        unlock()

    return Launch([], python, (str(INSIDE.parent), f"{folder}/site"), config, lambda _: None, environment, release)


def take_uid() -> tuple[int, Callable[[], None]]:
    """An unprivileged uid that no sandbox and no user of this machine has, and how to give it back.

    A bound abstract socket is the lock: the kernel lets go of it with its process, and there is no file.

    Raises:
        IsolationUnavailable: there is none.
    """
    running = {uid for process in psutil.process_iter() for uid in _uids(process)}
    start = secrets.randbelow(len(UIDS))  # not by process id: containers of one machine have the same ones
    for uid in (*UIDS[start:], *UIDS[:start]):
        lock = None if {uid, uid + SPARE} & running or _named(uid) else locked(uid)
        if lock is not None:
            return uid, lock.close
    raise IsolationUnavailable(f"no uid is free from {UIDS.start} to {UIDS.stop}")


def locked(uid: int) -> socket.socket | None:
    """A lock on this uid; None when a sandbox has it."""
    lock = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    try:
        lock.bind(f"\0grader-uid-{uid}")
    except OSError:
        lock.close()
        return None
    return lock


def end_uid(uid: int) -> None:
    """Kill every process that has this uid, from within it, since then none is missed and no other is hit.

    What it has put into the machine's /dev/shm goes, too.

    Raises:
        GraderFault: one of them withstands.
    """
    until = time.monotonic() + END_S
    while any(uid in _uids(process) for process in psutil.process_iter()):
        if time.monotonic() > until:
            raise GraderFault(f"processes of uid {uid} can't be killed")
        subprocess.run(
            [sys.executable, "-I", "-S", "-c", KILL, str(uid), str(uid + SPARE)], check=False, timeout=END_S
        )
    scratch.emptied({"check_uid": uid}, SHM)


def _uids(process: psutil.Process) -> set[int]:
    """The uids of a process; none when it is gone."""
    try:
        dead = process.status() == psutil.STATUS_ZOMBIE and process.num_threads() < 2  # the first thread may be
        return set() if dead else set(process.uids())
    except psutil.Error:
        return set()


def _named(uid: int) -> bool:
    """Whether it is some user's, also one that is not listed."""
    try:
        pwd.getpwuid(uid)
    except KeyError:
        return False
    return True


def _placed(path: Path, copy: Path) -> Path:
    """The path itself when anybody can read it, else a copy by hard links that anybody can."""
    if all(parent.stat().st_mode & stat.S_IXOTH for parent in path.parents) and path.stat().st_mode & stat.S_IROTH:
        return path
    if path.is_file():
        _linked(str(path), str(copy))
    else:
        skip = shutil.ignore_patterns("site-packages", "dist-packages", "test", "tests", "include")
        shutil.copytree(path, copy, symlinks=True, ignore=skip, copy_function=_linked)
    return copy


def _linked(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:  # another file system
        shutil.copy2(source, target)


def cover(path: Path, hidden: list[Path]) -> tuple[list[str], list[str]]:
    """What to open so that all below path can be read but for the hidden folders, and folders that can be listed.

    >>> cover(Path("/nonesuch"), [Path("/elsewhere")])
    (['/nonesuch'], [])
    """
    path = path.resolve()
    if any(path.is_relative_to(folder) for folder in hidden) or not any(f.is_relative_to(path) for f in hidden):
        return [str(path)], []
    parts = [cover(entry, hidden) for entry in path.iterdir() if entry not in hidden and not entry.is_symlink()]
    return [p for paths, _ in parts for p in paths], [str(path), *(f for _, folders in parts for f in folders)]
