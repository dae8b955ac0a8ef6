"""Writes a file all or nothing: a reader sees the old one or the new one, never half. Devices and pipes stay."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import stat
import sys
import tempfile
from pathlib import Path

_LINKS = 40
"""Linux follows as many."""


class NoPlace(OSError):
    """Nothing can be written there; nothing was begun."""


def write_whole(path: Path, content: bytes) -> None:
    """Write a file: in the place of one, which keeps its mode and owner, or through what is no file.

    Links are followed, so that they stay; so do devices, pipes, and what is open here, such as /dev/stdout.

    Raises:
        NoPlace: the folder does not exist, or can't be written to, or there is a folder or a disk of that name.
        OSError: writing failed later; of a file, the old one is still there.
    """
    place = _place(path)
    state = _state(place)
    if isinstance(place, Path) and (state is None or stat.S_ISREG(state.st_mode)):
        _replace(place, content, state)
    else:
        _write_through(place, content)


def _place(path: Path) -> Path | int:
    """What the path means: the file behind its links, or the number of a file that is open here."""
    for _ in range(_LINKS):
        folder = Path(os.path.realpath(path.parent))
        path = folder / path.name
        if re.fullmatch(rf"/dev/fd|/proc/{os.getpid()}(/task/\d+)?/fd", str(folder)) and path.name.isdecimal():
            return int(path.name)
        if not path.is_symlink():
            return path
        path = folder / path.readlink()
    raise NoPlace(errno.ELOOP, os.strerror(errno.ELOOP), str(path))


def _state(place: Path | int) -> os.stat_result | None:
    """What is there; None when nothing is.

    Raises:
        NoPlace: a folder or a disk, or what can't be looked at.
    """
    try:
        state = os.stat(place)  # noqa: PTH116  -- a number, too
    except FileNotFoundError:
        return None
    except OSError as error:
        raise NoPlace(error.errno, error.strerror, str(place)) from None
    if stat.S_ISDIR(state.st_mode):
        raise NoPlace(errno.EISDIR, os.strerror(errno.EISDIR), str(place))
    if stat.S_ISBLK(state.st_mode):
        raise NoPlace(errno.EINVAL, "it is a disk", str(place))
    return state


def _write_through(place: Path | int, content: bytes) -> None:
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            stream.flush()  # so that the order is kept where these are meant
    try:
        flags = os.O_WRONLY | getattr(os, "O_BINARY", 0)
        handle = os.dup(place) if isinstance(place, int) else os.open(place, flags)
    except OSError as error:
        raise NoPlace(error.errno, error.strerror, str(place)) from None
    with os.fdopen(handle, "wb") as file:
        file.write(content)


def _replace(path: Path, content: bytes, old: os.stat_result | None) -> None:
    try:
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:40]}.")
    except OSError as error:
        raise NoPlace(error.errno, error.strerror, str(path)) from None
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if old is not None and hasattr(os, "chown"):
            with contextlib.suppress(OSError):  # only root gives files away
                os.chown(temporary, old.st_uid, old.st_gid)
        Path(temporary).chmod(0o666 & ~_umask() if old is None else stat.S_IMODE(old.st_mode))
        os.replace(temporary, path)  # noqa: PTH105  -- the idiom's own name
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
