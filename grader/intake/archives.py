"""Reads the members of a folder, a .zip or a .tar.gz one after the other, as untrusted input.

Nothing is extracted here, and no name is trusted: a member is a name, a kind and a stream of bytes, whose true
size shows only in reading it. Which of the two archives a file is, its content says, not its name.
"""

from __future__ import annotations

import errno
import io
import os
import stat
import struct
import tarfile
import time
import zipfile
import zlib
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO, Any, Self

from grader.errors import GraderFault, SubmissionError
from tests.handin import shown

BLOCK = 2**16
BAD_ARCHIVE = (
    zipfile.BadZipFile, zipfile.LargeZipFile, tarfile.TarError, zlib.error, struct.error, EOFError, OSError,
    RuntimeError, ValueError, ArithmeticError, LookupError, TypeError, AttributeError, AssertionError,
)  # fmt: skip
"""What the standard library's readers raise on damaged or exotic archives; caught around them alone."""

OURS = frozenset(
    {errno.EACCES, errno.EIO, errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.ENOSPC, errno.EPERM, errno.ESTALE}
)
"""A disk that fails, what has run out, and what whoever grades may not read."""

CENTRAL = b"PK\x01\x02"
"""Begins each entry of a zip's list of members."""

ENDS = 8
"""So often the end of a tar may be read; tarfile reads it once or twice."""

GZIP_PARTS = 1_000
"""One after the other in a file; a usual one has one."""

ENTRY_BYTES = 400
"""Mean bytes of an entry in a zip's list of members that we put up with; a usual one has about 100."""


@dataclass(frozen=True, slots=True)
class Member:
    """One entry: its name as given, "file" or "folder" or what else it is, and how to open it."""

    name: str
    kind: str
    open: Callable[[], IO[bytes]]

    def blocks(self) -> Iterator[bytes]:
        """The content, unpacked, by and by.

        Raises:
            SubmissionError: it can't be read, or is encrypted.
        """
        try:
            with self.open() as source:
                while block := source.read(BLOCK):
                    yield block
        except BAD_ARCHIVE as error:
            _ours(error)
            raise SubmissionError(f"{shown(self.name)} can't be read: {_said(error)}") from None


Members = Generator[Member, None, None]


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


class Clock:
    """The processor time that reading a submission may take, whatever makes it slow."""

    def __init__(self, limit_s: float) -> None:
        self._until = time.thread_time() + limit_s

    def check(self) -> None:
        """Go on.

        Raises:
            SubmissionError: the time is over.
        """
        if time.thread_time() > self._until:
            raise SubmissionError("it takes too long to unpack: pack assignment/ alone, as .zip")


class ArchiveFile(io.BufferedReader):
    """An archive's bytes, never many at once: zipfile reads a list of members, however long, in one go."""

    def __init__(self, path: Path, members: int, clock: Clock) -> None:
        super().__init__(path.open("rb", buffering=0))
        self.members = members
        self._clock = clock

    def read(self, size: int | None = -1, /) -> bytes:
        """As of any file.

        Raises:
            SubmissionError: these are more bytes, or more entries, than the list of so many members takes.
        """
        self._clock.check()
        if size is not None and size > max(self.members * ENTRY_BYTES, 2**20):
            raise SubmissionError(
                f"the archive's list of members is too long: {self.members:,} members are allowed"
            )
        data = super().read(size)
        if len(data) > self.members * len(CENTRAL) and data.count(CENTRAL) > self.members:
            raise SubmissionError(f"the archive has more than {self.members:,} members")
        return data


def folder_members(root: Path, enter: Callable[[PurePosixPath], bool]) -> Members:
    """What lies in a folder, sorted; folders are entered where `enter` says so, links never.

    Raises:
        SubmissionError: a folder can't be read.
    """
    try:
        for place, folders, files in os.walk(root, onerror=_raise):
            here = PurePosixPath(Path(place).relative_to(root))
            for name in sorted(files + folders):
                path = Path(place, name)
                yield Member(str(here / name), _kind(path.lstat().st_mode), partial(_open_plain, path))
            folders[:] = sorted(name for name in folders if enter(here / name))
    except OSError as error:
        _ours(error)
        raise SubmissionError(f"{root.name!r} can't be read: {_said(error)}") from None


def archive_members(file: ArchiveFile, name: str, raw: Budget) -> Members:
    """What lies in an archive, in its order. `raw` bounds the bytes unpacked from a tar, taken or not.

    Raises:
        SubmissionError: it is no archive, or a damaged one, or has too many members.
    """
    try:
        file.seek(0)
        zipped = file.peek(2)[:2] == b"\x1f\x8b"
        if zipped or not zipfile.is_zipfile(file):
            file.seek(0)
            yield from _tar(_Counted(_Gunzip(file) if zipped else file, raw))
        else:
            yield from _zip(file)
    except BAD_ARCHIVE as error:
        _ours(error)
        raise SubmissionError(
            f"{name!r} is neither a folder nor a sound .zip or .tar.gz: {_said(error)}"
        ) from None


def _ours(error: BaseException) -> None:
    """Raise what is this machine's failure, and says nothing of the submission."""
    if isinstance(error, OSError) and error.errno in OURS:
        raise GraderFault(f"a submission can't be read here: {error.strerror}") from None


def _said(error: BaseException) -> str:
    """What an error says, without paths of this machine; it may quote the archive."""
    text = (error.strerror if isinstance(error, OSError) else None) or str(error) or type(error).__name__
    return (text if text.isprintable() else ascii(text))[:160]


def _raise(error: OSError) -> None:
    raise error


def _open_plain(path: Path) -> IO[bytes]:
    return os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb")


def _zip(file: ArchiveFile) -> Iterator[Member]:
    with zipfile.ZipFile(file) as archive:
        if len(archive.infolist()) > file.members:
            raise SubmissionError(f"the archive has more than {file.members:,} members")
        for info in archive.infolist():
            mode = info.external_attr >> 16
            # filename ends at the first NUL, orig_filename does not. Some programs on Windows write backslashes.
            name = info.orig_filename.replace("\\", "/")
            kind = "folder" if name.endswith("/") else _kind(mode) if stat.S_IFMT(mode) else "file"
            yield Member(name, kind, partial(_unzipped, archive, info))


def _unzipped(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> IO[bytes]:
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        # zipfile unpacks a whole block of bzip2 or LZMA at once: gigabytes, before we could count them.
        raise NotImplementedError("its compression is not the usual one, deflate")
    return archive.open(info)


def _tar(stream: _Counted) -> Iterator[Member]:
    with tarfile.open(fileobj=stream, mode="r|", tarinfo=_header(), errorlevel=2) as archive:  # type: ignore[call-overload]
        while (info := archive.next()) is not None:
            archive.members = []  # it would remember every one, each with a copy of all global headers
            kinds = {"file": info.isreg(), "folder": info.isdir(), "link": info.issym() or info.islnk()}
            kind = next((kind for kind, holds in kinds.items() if holds), "device")
            yield Member(info.name, kind, partial(_extracted, archive, info))
    while stream.read(BLOCK):  # gzip's checksum comes last
        pass


def _extracted(archive: tarfile.TarFile, info: tarfile.TarInfo) -> IO[bytes]:
    stream = archive.extractfile(info)
    if stream is None:
        raise tarfile.ReadError("it has no content")
    return stream


def _header() -> type[tarfile.TarInfo]:
    """A kind of tar header that refuses what makes tarfile slow, large or silent."""
    # tarfile searches an extended header in time that grows with the square of its length.
    squares = Budget(2**30, "the archive's extended headers are too long: pack it without extended attributes")
    extended = {tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.SOLARIS_XHDTYPE}
    long_names = {tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK}

    class Header(tarfile.TarInfo):
        @classmethod
        def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> Self:
            try:
                header = super().frombuf(buf, encoding, errors)
            except (tarfile.InvalidHeaderError, tarfile.TruncatedHeaderError) as error:  # type: ignore[attr-defined]
                # Past the first member tarfile would take it for the archive's end.
                raise tarfile.ReadError(f"a damaged header ({error})") from None
            if header.size < 0 or header.type == tarfile.GNUTYPE_SPARSE:
                raise tarfile.ReadError("a sparse file, or one of negative size")
            if header.type in extended | long_names:
                squares.spend(header.size**2)
            return header

        def _no_sparse(self, *_: Any) -> None:
            # Maps of the holes are read into memory whole.
            raise tarfile.ReadError("a sparse file")

        _proc_gnusparse_00 = _proc_gnusparse_01 = _proc_gnusparse_10 = _no_sparse

    return Header


class _Gunzip:
    """What a gzip file holds. zlib reads its headers, which Python's own reader does byte by byte."""

    def __init__(self, file: ArchiveFile) -> None:
        self._file = file
        self._unpacker = zlib.decompressobj(wbits=31)
        self._data = b""
        self._parts = Budget(GZIP_PARTS - 1, f"the archive has more than {GZIP_PARTS:,} parts")

    def read(self, size: int) -> bytes:
        """Up to so many bytes; none at the end.

        Raises:
            EOFError: the file ends too early.
            zlib.error: it is damaged.
            SubmissionError: it has too many parts.
        """
        while True:
            if self._unpacker.eof and not self._next_part():
                return b""
            data = self._data or self._file.read(BLOCK)
            content = self._unpacker.decompress(data, size)
            self._data = self._unpacker.unconsumed_tail
            if content:
                return content
            if not data and not self._unpacker.eof:
                raise EOFError("the compressed data end too early")

    def _next_part(self) -> bool:
        """Begin to read what follows a part that has ended, after zeros that fill it up; False if nothing does."""
        data = self._unpacker.unused_data.lstrip(b"\0")
        while not data:
            block = self._file.read(BLOCK)
            if not block:
                return False
            data = block.lstrip(b"\0")
        self._parts.spend(1)
        self._unpacker, self._data = zlib.decompressobj(wbits=31), data
        return True


class _Counted:
    """A stream whose bytes are charged to a budget."""

    def __init__(self, stream: Any, budget: Budget) -> None:
        self._stream = stream
        self._budget = budget
        self._ends = 0

    def read(self, size: int) -> bytes:
        data: bytes = self._stream.read(size)
        self._ends += not data
        if self._ends > ENDS:
            # tarfile goes on to skip what a header has announced, for hours.
            raise EOFError("the archive ends too early")
        self._budget.spend(len(data))
        return data


def _kind(mode: int) -> str:
    if stat.S_ISREG(mode):
        return "file"
    if stat.S_ISDIR(mode):
        return "folder"
    return "link" if stat.S_ISLNK(mode) else "device"
