"""Reads the members of a folder, a .zip or a .tar.gz one after the other, as untrusted input.

Nothing is extracted here, and no name is trusted: a member is a name, a kind and a stream of bytes, whose true
size shows only in reading it.
"""

from __future__ import annotations

import gzip
import os
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO, Any

from grader.errors import SubmissionError

BAD_ARCHIVE = (
    zipfile.BadZipFile, zipfile.LargeZipFile, tarfile.TarError, gzip.BadGzipFile, zlib.error, EOFError,
    NotImplementedError, RuntimeError, UnicodeDecodeError, ValueError, OSError, OverflowError,
)  # fmt: skip
"""What the standard library's readers raise on damaged, encrypted or exotic archives."""


@dataclass(frozen=True, slots=True)
class Member:
    """One entry: its name as given, "file" or "folder" or what else it is, and how to open it."""

    name: str
    kind: str
    open: Callable[[], IO[bytes]]


class Budget:
    """Counts down what may be read; going below zero is the submission's fault."""

    def __init__(self, left: int, sentence: str) -> None:
        self._left = left
        self._sentence = sentence

    def spend(self, amount: int) -> None:
        """Use up some.

        Raises:
            SubmissionError: there was not enough left.
        """
        self._left -= amount
        if self._left < 0:
            raise SubmissionError(self._sentence)


@contextmanager
def opened(path: Path, members: int, raw: Budget) -> Iterator[Iterator[Member]]:
    """The members of a folder or archive, in order. `raw` bounds the bytes unpacked from a compressed tar.

    Raises:
        SubmissionError: it is no archive, or a damaged one, or has more than so many members.
    """
    try:
        if path.is_dir():
            yield _folder(path)
        elif zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                if len(archive.infolist()) > members:
                    raise SubmissionError(f"the archive has more than {members:,} members")
                yield _zip(archive)
        else:
            with path.open("rb") as file:
                yield _tar(file, raw)
    except SubmissionError:
        raise
    except BAD_ARCHIVE as error:
        raise SubmissionError(
            f"{path.name!r} is neither a folder nor a readable .zip or .tar.gz: {error}"
        ) from None


def _folder(root: Path) -> Iterator[Member]:
    for place, folders, files in os.walk(root):
        folders.sort()
        for name in sorted(files + [f for f in folders if Path(place, f).is_symlink()]):
            path = Path(place, name)
            shown = path.relative_to(root).as_posix()
            yield Member(shown, _kind(path.lstat().st_mode), partial(_open_plain, path))


def _open_plain(path: Path) -> IO[bytes]:
    return os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb")


def _zip(archive: zipfile.ZipFile) -> Iterator[Member]:
    for info in archive.infolist():
        mode = info.external_attr >> 16
        kind = "folder" if info.filename.endswith("/") else _kind(mode) if stat.S_IFMT(mode) else "file"
        yield Member(info.filename, kind, partial(archive.open, info))


def _tar(file: IO[bytes], raw: Budget) -> Iterator[Member]:
    head = file.read(2)
    file.seek(0)
    stream: Any = _Counted(gzip.GzipFile(fileobj=file) if head == b"\x1f\x8b" else file, raw)
    with tarfile.open(fileobj=stream, mode="r|", errorlevel=2) as archive:
        for info in archive:
            kinds = {"file": info.isreg(), "folder": info.isdir(), "link": info.issym() or info.islnk()}
            kind = next((kind for kind, holds in kinds.items() if holds), "device")
            yield Member(info.name, kind, partial(_extracted, archive, info))


def _extracted(archive: tarfile.TarFile, info: tarfile.TarInfo) -> IO[bytes]:
    stream = archive.extractfile(info)
    if stream is None:
        raise SubmissionError(f"the archive's member {info.name!r} can't be read")
    return stream


class _Counted:
    """A stream whose bytes are charged to a budget."""

    def __init__(self, stream: Any, budget: Budget) -> None:
        self._stream = stream
        self._budget = budget

    def read(self, size: int) -> bytes:
        data: bytes = self._stream.read(size)
        self._budget.spend(len(data))
        return data


def _kind(mode: int) -> str:
    if stat.S_ISREG(mode):
        return "file"
    if stat.S_ISDIR(mode):
        return "folder"
    return "link" if stat.S_ISLNK(mode) else "device"
