"""Which shared libraries programs need: a sandbox is shown these, and no others of the system's.

It reads what the linker would: a file's interpreter, the names of what it needs, and where the system has these.

Source: elf(5) and ld.so(8).
"""

from __future__ import annotations

import mmap
import re
import struct
import subprocess
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

PT_LOAD, PT_DYNAMIC, PT_INTERP = 1, 2, 3
DT_NEEDED, DT_STRTAB = 1, 5
ALWAYS = ("libgcc_s.so.1",)
"""The C library opens it by itself, when a thread ends."""


def needed(programs: Iterable[Path]) -> dict[Path, Path]:
    """What these and all that they need is linked with: {where it is looked for: the file itself}.

    What the system's linker does not know, such as libraries that a package brings along, is left out.
    """
    known = installed()
    found: dict[Path, Path] = {}
    waiting = [*programs, *(known[name] for name in ALWAYS if name in known)]
    found |= {path: path.resolve() for path in waiting if path in known.values()}
    while waiting:
        for name in linked(waiting.pop()):
            path = known.get(name) or (Path(name) if name.startswith("/") else None)
            if path is not None and path not in found and path.exists():
                found[path] = path.resolve()
                waiting.append(path)
    return {path.parent.resolve() / path.name: real for path, real in found.items()}


@cache
def installed() -> dict[str, Path]:
    """Where the system's linker finds each library; of several kinds of processors, the first is ours."""
    try:
        said = subprocess.run(["/sbin/ldconfig", "-p"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return {}
    found: dict[str, Path] = {}
    for name, kind, path in re.findall(r"^\s(\S+) \((.*)\) => (\S+)$", said, re.MULTILINE):
        if "x32" not in kind and ("64" in kind or struct.calcsize("P") == 4):
            found.setdefault(name, Path(path))
    return found


def linked(path: Path) -> list[str]:
    """Names of what one file needs, and the path of its interpreter; none when it is no such file.

    >>> linked(Path("/dev/null"))
    []
    """
    try:
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            return list(_linked(data)) if data[:6] == b"\x7fELF\x02\x01" else []
    except (OSError, struct.error, ValueError):
        return []


def _linked(data: mmap.mmap) -> Iterator[str]:
    """Segments first, then the entries of the dynamic one, whose strings lie at an address in another segment."""
    at, size, count = struct.unpack_from("<Q14xHH", data, 32)
    segments = [
        struct.unpack_from("<II4Q", data, at + n * size) for n in range(count)
    ]  # type flags offset addr - size
    for kind, _, offset, _, _, length in segments:
        if kind == PT_INTERP:
            yield _text(data, offset)
        if kind == PT_DYNAMIC:
            entries = list(struct.iter_unpack("<qQ", data[offset : offset + length // 16 * 16]))
            strings = next(value for tag, value in entries if tag == DT_STRTAB)
            loads = [s for s in segments if s[0] == PT_LOAD and s[3] <= strings < s[3] + s[5]]
            for tag, value in entries:
                if tag == DT_NEEDED and loads:
                    yield _text(data, strings - loads[0][3] + loads[0][2] + value)


def _text(data: mmap.mmap, at: int) -> str:
    return data[at : data.find(b"\0", at)].decode()
