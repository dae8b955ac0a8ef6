"""Which files a sandbox may see: the interpreter, and only the packages that a task allows.

A package that is not allowed is absent from the sandbox's file system, not merely blocked in `sys.modules`.
"""

from __future__ import annotations

import sys
import sysconfig
from functools import cache
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement

from grader.errors import GraderFault

SYSTEM = ("/usr", "/lib", "/lib32", "/lib64", "/bin", "/sbin")
"""Folders of the system that a sandbox may read."""

NEEDED = ("cbor2",)
"""What the worker itself imports."""


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
    """The base interpreter, and the folders outside /usr that it needs."""
    python = Path(getattr(sys, "_base_executable", sys.executable)).resolve()
    prefixes = {Path(sys.base_prefix).resolve(), Path(sys.base_exec_prefix).resolve()}
    return python, sorted(prefix for prefix in prefixes if not prefix.is_relative_to("/usr"))


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
