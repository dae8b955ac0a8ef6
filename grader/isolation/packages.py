"""Which files a sandbox may see: the interpreter, and only the packages that a task allows.

A package that is not allowed is absent from the sandbox's file system, not merely blocked in `sys.modules`.
"""

from __future__ import annotations

import contextlib
import os
import sys
import sysconfig
from collections.abc import Iterator
from functools import cache
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement

from grader.errors import GraderFault
from grader.isolation.libraries import needed

SYSTEM = ("/usr", "/lib", "/lib32", "/lib64", "/bin", "/sbin")
"""Folders of the system; a sandbox may read all of them only where it can't be told what of them is needed."""

PROGRAMS = ("/bin/sh", "/bin/rm", "/bin/chmod")
"""Programs of the system's that a sandbox has: a shell, and what our own process there cleans up with."""

LOCALES = ("/usr/lib/locale/C.UTF-8", "/usr/lib/locale/C.utf8")

NEEDED = ("cbor2",)
"""What the worker itself imports."""


OTHERS = ("site-packages", "dist-packages")
"""Folders below the standard library's that a sandbox doesn't see."""

WITHOUT = ("_tkinter.", "nis.")
"""Modules that are linked with many libraries, and have no use in a sandbox: it has no screen and no network."""


@cache
def visible_paths(allowed: tuple[str, ...]) -> dict[str, Path]:
    """Top-level entries of these distributions and of what they require: {name in the sandbox: path here}.

    A requirement of a requirement that is not installed is left out.

    Raises:
        GraderFault: a distribution of these is not installed; the message names it.
    """
    found: dict[str, Path] = {}
    seen: set[str] = set()
    waiting = [*allowed, *NEEDED]
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        try:
            package = distribution(name)
        except PackageNotFoundError:
            if name in allowed:
                raise GraderFault(
                    f"{name!r} is allowed to submissions, and not installed: `make install`"
                ) from None
            continue
        found |= _top_level(package)
        waiting += [
            r.name for r in map(Requirement, package.requires or []) if not r.marker or r.marker.evaluate()
        ]
    return found


def _top_level(package: Distribution) -> dict[str, Path]:
    folder = Path(str(package.locate_file("")))
    names = {file.parts[0] for file in package.files or [] if file.parts[0] not in ("..", "__pycache__")}
    return {name: folder / name for name in names if (folder / name).exists()}


def interpreter() -> tuple[Path, list[Path]]:
    """The base interpreter, and the folders that it needs: its own, or the system's standard library."""
    python = Path(getattr(sys, "_base_executable", sys.executable)).resolve()
    prefixes = {Path(sys.base_prefix).resolve(), Path(sys.base_exec_prefix).resolve()}
    own = {prefix for prefix in prefixes if not prefix.is_relative_to("/usr")}
    return python, sorted(own or set(_libraries()))


def _libraries() -> list[Path]:
    """Folders of the standard library, also of its compiled part."""
    base = {"platbase": sys.base_exec_prefix, "installed_platbase": sys.base_exec_prefix}
    return [Path(sysconfig.get_path(name, vars=base)).resolve() for name in ("stdlib", "platstdlib")]


@cache
def system(allowed: tuple[str, ...]) -> dict[Path, Path] | None:
    """Files of the system's that the interpreter, these packages and a few programs need: {place: file}.

    None where that can't be told.
    """
    python, _ = interpreter()
    programs = [python, *map(Path, PROGRAMS)]
    modules = [path for folder in (*_libraries(), *visible_paths(allowed).values()) for path in _shared(folder)]
    libraries = needed([*programs, *modules])
    if not any("libc." in path.name for path in libraries):
        return None
    own = {path.parent.resolve() / path.name: path.resolve() for path in programs if path.exists()}
    return libraries | {path: file for path, file in own.items() if file.is_relative_to("/usr")}


def _shared(top: Path) -> Iterator[Path]:
    """Shared libraries below a folder; what is no folder is one."""
    if not top.is_dir() and ".so" in top.name:
        yield top
    for folder, folders, names in os.walk(top):
        folders[:] = [name for name in folders if name not in OTHERS]
        yield from (Path(folder, name) for name in names if ".so" in name and not name.startswith(WITHOUT))


@cache
def read_once(allowed: tuple[str, ...]) -> int:
    """Read all that a sandbox may read, and give how many bytes it was.

    Afterwards none of it is cold, so that a submission can't mark files for another by being the first that day to
    read them: neither the time that reading takes tells, nor when they were read.
    """
    _, prefixes = interpreter()
    files = list(map(str, (system(allowed) or {}).values()))
    for top in (*prefixes, *visible_paths(allowed).values()):
        for folder, folders, names in os.walk(top):
            folders[:] = [name for name in folders if name not in OTHERS]
            files += [f"{folder}/{name}" for name in names]
        files += [str(top)] if top.is_file() else []
    with open(os.devnull, "wb") as null:  # noqa: PTH123  -- of ten thousands of files, the quickest way counts
        return sum(_read(path, null.fileno()) for path in files)


def _read(path: str, null: int) -> int:
    """Have a file read to nowhere, without copying it, and give its size."""
    size = 0
    with contextlib.suppress(OSError):
        file = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        try:
            while count := os.sendfile(null, file, None, 1 << 30):
                size += count
        finally:
            os.close(file)
    return size


def hidden_folders(project: Path) -> list[Path]:
    """Folders below the visible ones that a submission must not see: other packages, and this project."""
    prefix = Path(sys.base_prefix).resolve()
    folders = {
        Path(sysconfig.get_path(name, vars={"base": str(prefix), "platbase": str(prefix)}))
        for name in ("purelib", "platlib")
    }
    folders |= set(Path("/usr/lib/python3").glob("dist-packages"))
    for lib in ("/usr/lib", "/usr/lib64", "/usr/local/lib", "/usr/local/lib64"):
        folders |= set(Path(lib).glob("python3*/*-packages"))
    visible = [prefix, Path("/usr")]
    folders |= {folder for folder in (project, Path(sys.prefix)) if any(folder.is_relative_to(v) for v in visible)}
    folders -= {prefix, Path("/usr")}
    return sorted(folder for folder in folders if folder.is_dir())


def warm(allowed: tuple[str, ...]) -> list[str]:
    """What a sandbox imports before the first check: all that is allowed but numpy, whose import is quick.

    >>> warm(("regex", "numpy", "torch"))
    ['regex', 'torch']
    """
    return [name for name in allowed if name != "numpy"]
