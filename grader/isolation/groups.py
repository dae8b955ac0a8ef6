"""Control groups: where one can be had, the kernel itself holds the memory of all processes of a sandbox together.

That counts what no look from outside does: buffers of sockets and pipes, mappings, watches, timers, folders and
names of files. Version 1 is taken where its memory controller is mounted and may be written to, version 2 where
that controller has been given to the children of our group, or of the group above. Elsewhere there is none.

Source: the kernel's documents admin-guide/cgroup-v1/memory.rst and admin-guide/cgroup-v2.rst.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

from grader.model import Limits

ROOM_MIB = 256
"""For what the kernel keeps for honest processes beside their memory and files."""

LIMIT = {1: "memory.limit_in_bytes", 2: "memory.max"}
SWAP = {1: "memory.memsw.limit_in_bytes", 2: "memory.swap.max"}
EVENTS = {1: "memory.oom_control", 2: "memory.events"}
PREFIX = "grader-"
REMOVE_S = 1.0


@dataclass(frozen=True, slots=True)
class Group:
    """A group of our own below `folder`'s parent, empty as long as nothing has been put into it."""

    folder: Path
    version: int

    def hold(self, pid: int, limits: Limits) -> None:
        """Put a process and all below it into the group, and bound what they take from now on.

        Raises:
            OSError: that is not allowed here after all.
        """
        process = psutil.Process(pid)
        for each in (process, *process.children(recursive=True)):
            with contextlib.suppress(ProcessLookupError):
                (self.folder / "cgroup.procs").write_text(str(each.pid), encoding="ascii")
        most = (limits.memory_mib + 2 * limits.disk_mib + ROOM_MIB) << 20
        (self.folder / LIMIT[self.version]).write_text(str(most), encoding="ascii")
        with contextlib.suppress(OSError):  # kernels without swap
            (self.folder / SWAP[self.version]).write_text(str(most if self.version == 1 else 0), encoding="ascii")

    def kills(self) -> int:
        """How many processes the kernel has killed here, since there was no more memory."""
        with contextlib.suppress(OSError, ValueError):
            for line in (self.folder / EVENTS[self.version]).read_text(encoding="ascii").splitlines():
                if line.startswith("oom_kill "):
                    return int(line.split()[1])
        return 0

    def remove(self) -> None:
        """Remove it, once its last process is gone. Never raises."""
        until = time.monotonic() + REMOVE_S
        while self.folder.exists() and time.monotonic() < until:
            with contextlib.suppress(OSError):
                self.folder.rmdir()
                return
            time.sleep(0.01)


def made() -> Group | None:
    """A new group; None where none can be had."""
    for parent, version in places():
        with contextlib.suppress(OSError):
            _remove_forgotten(parent)
            folder = parent / f"{PREFIX}{os.getpid()}-{secrets.token_hex(4)}"
            folder.mkdir()
            if (folder / LIMIT[version]).exists():
                return Group(folder, version)
            folder.rmdir()
    return None


def places(process: Path = Path("/proc/self")) -> Iterator[tuple[Path, int]]:
    """Folders below which a group that bounds memory may be made, each with its version, the likeliest first."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        own = dict(_own(process))
        for mount, root, version in _mounts(process):
            if version not in own:
                continue
            path = own[version].removeprefix(root.rstrip("/")).strip("/")
            for folder in dict.fromkeys((mount / path, (mount / path).parent, mount)):
                given = folder / "cgroup.subtree_control"
                if not folder.is_relative_to(mount) or not os.access(folder, os.W_OK):
                    continue
                if version == 1 or "memory" in given.read_text(encoding="ascii").split():
                    yield folder, version


def _own(process: Path) -> Iterator[tuple[int, str]]:
    """The group that a process is in: (version, path)."""
    for line in (process / "cgroup").read_text(encoding="utf-8").splitlines():
        _, controllers, path = line.split(":", 2)
        if not controllers:
            yield 2, path
        elif "memory" in controllers.split(","):
            yield 1, path


def _mounts(process: Path) -> Iterable[tuple[Path, str, int]]:
    """Where groups are mounted: (folder, the group that is its root, version)."""
    for line in (process / "mountinfo").read_text(encoding="utf-8").splitlines():
        before, _, after = line.partition(" - ")
        root, mount = before.split()[3:5]
        kind, _, options = after.split()[:3]
        if kind == "cgroup2":
            yield Path(mount), root, 2
        elif kind == "cgroup" and "memory" in options.split(","):
            yield Path(mount), root, 1


def _remove_forgotten(parent: Path) -> None:
    """Remove groups of graders that have been killed."""
    for folder in parent.glob(f"{PREFIX}*-*"):
        with contextlib.suppress(OSError, ValueError):
            if not psutil.pid_exists(int(folder.name.split("-")[1])):
                folder.rmdir()
