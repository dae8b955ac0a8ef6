"""The folders that a check may write to: what is in them, how much that is, and how it goes away again.

With bubblewrap they are file systems in memory, of bounded size. Otherwise they are `folder`, made anew for
each check, and what the check's uid has put into the machine's /dev/shm.
"""

import contextlib
import os
import stat
import subprocess
from collections.abc import Iterator
from itertools import chain
from typing import Any

SHM = "/dev/shm"
AT_ONCE = 500
"""So many are removed by one program."""

DEEP = 2_000
"""Characters of a path; at 4,096 the kernel no longer takes one, and what lies below could not be counted."""


def folders(config: dict[str, Any]) -> tuple[str, str]:
    """Where a check works, and where it finds its input files."""
    return os.path.join(config["tmp"], "work"), os.path.join(config["tmp"], "inputs")


def open_to_all(config: dict[str, Any]) -> None:
    """Let the sandbox's own uid write; done while still root."""
    for folder in (config["tmp"], SHM):
        os.chmod(folder, 0o1777)


def empty(config: dict[str, Any]) -> bool:
    """Make the folders as they were at the start; False when something could not be removed."""
    clean = emptied(config, SHM)
    if config["check_uid"]:
        clean &= _removed(config["tmp"])
        with contextlib.suppress(OSError):  # when a check was the last to write there
            os.utime(SHM, (0, 0))
    else:
        clean &= emptied(config, config["tmp"])
        _plain(SHM)
        _plain(config["tmp"])
    if clean:  # else what is in the way may be a link to somewhere else
        for folder in (config["tmp"], *folders(config)):
            _make(folder, config)
    return clean


def over(config: dict[str, Any], limits: dict[str, int]) -> str:
    """Which limit is exceeded, as a few words; empty when none is."""
    files = size = 0
    if not config["check_uid"]:  # the size is bounded by the file system itself
        for folder in (config["tmp"], SHM):
            used = os.statvfs(folder)
            files += used.f_files - used.f_ffree
    else:
        everything = chain(_below(config, config["tmp"], SHM), _unlinked(config["check_uid"]))
        for path, status in everything:
            files += 1
            size += status.st_blocks * 512
            if len(path) > DEEP:
                return "folders nested too deep"
            if files > limits["files"]:
                break
    if files > limits["files"]:
        return f"more than {limits['files']:,} files written"
    return f"more than {limits['disk_mib']:,} MiB written to files" if size > limits["disk_mib"] << 20 else ""


def remove(config: dict[str, Any]) -> None:
    """Leave nothing behind, when the sandbox is a folder of the machine's."""
    if config["folder"]:
        empty(config)
        _removed(config["folder"])


def emptied(config: dict[str, Any], folder: str) -> bool:
    """Whether nothing of the check's is left in a folder, now that it has been removed."""
    return _removed(*_own(config, folder))


def _own(config: dict[str, Any], folder: str) -> Iterator[str]:
    """Entries of a folder; of the machine's /dev/shm only those of the check's uid."""
    with os.scandir(folder) as entries:
        for entry in entries:
            with contextlib.suppress(OSError):
                if not config["check_uid"] or entry.stat(follow_symlinks=False).st_uid == config["check_uid"]:
                    yield entry.path


def _below(config: dict[str, Any], *roots: str) -> Iterator[tuple[str, os.stat_result]]:
    """Everything of the check's uid below these folders, while it changes."""
    waiting = list(roots)
    while waiting:
        folder = waiting.pop()
        with contextlib.suppress(OSError), os.scandir(folder) as entries:
            for entry in entries:
                with contextlib.suppress(OSError):
                    found = entry.stat(follow_symlinks=False)
                    if found.st_uid != config["check_uid"]:
                        continue
                    yield entry.path, found
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)


def _unlinked(uid: int) -> list[tuple[str, os.stat_result]]:
    """Files without a name that are still open; with the check's uid, as root may not look everywhere."""
    seen: dict[int, tuple[str, os.stat_result]] = {}
    os.setegid(uid)
    os.seteuid(uid)
    try:
        for process in filter(str.isdigit, os.listdir("/proc")):
            with contextlib.suppress(OSError):
                for thread in _threads(process):
                    for opened in os.listdir(f"{thread}/fd"):
                        with contextlib.suppress(OSError):
                            found = os.stat(f"{thread}/fd/{opened}")
                            if stat.S_ISREG(found.st_mode) and not found.st_nlink:
                                seen[found.st_ino] = "", found
    finally:
        os.seteuid(0)
        os.setegid(0)
    return list(seen.values())


def _threads(process: str) -> list[str]:
    """Where to look for what a process has open: it itself, or one of its threads when the first has ended."""
    with contextlib.suppress(OSError):
        if os.listdir(f"/proc/{process}/fd"):
            return [f"/proc/{process}"]
    return [f"/proc/{process}/task/{thread}" for thread in os.listdir(f"/proc/{process}/task")]


def _removed(*paths: str) -> bool:
    """Remove them, however many, deep and locked; False when one is still there."""
    left = [path for path in paths if not _unlinked_now(path)]
    for command in (["rm", "-rf", "--"], ["chmod", "-R", "u+rwx", "--"], ["rm", "-rf", "--"]):
        for some in (left[n : n + AT_ONCE] for n in range(0, len(left), AT_ONCE)):
            subprocess.run([f"/bin/{command[0]}", *command[1:], *some], stderr=subprocess.DEVNULL, check=False)
        left = [path for path in left if os.path.lexists(path)]
    return not left


def _unlinked_now(path: str) -> bool:
    """Whether it is gone: a file at once, and an empty folder."""
    for remove in (os.unlink, os.rmdir):
        with contextlib.suppress(OSError):
            remove(path)
            return True
    return not os.path.lexists(path)


def _plain(folder: str) -> None:
    """Forget what a check can note on a folder itself: mode, times, attributes."""
    with contextlib.suppress(OSError):
        os.chmod(folder, 0o1777)
        os.utime(folder, (0, 0))
        for name in os.listxattr(folder):
            os.removexattr(folder, name)


def _make(folder: str, config: dict[str, Any]) -> None:
    if config["check_uid"]:
        os.mkdir(folder, 0o700)
        os.chown(folder, config["check_uid"], config["check_uid"], follow_symlinks=False)
    else:
        os.makedirs(folder, exist_ok=True)
