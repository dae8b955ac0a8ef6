"""Builds the archive to hand in: `python -m tests.submit [--out FILE.zip]`, and says what is in it."""

from __future__ import annotations

import argparse
import ast
import io
import os
import stat
import sys
import zipfile
from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from tests.files import write_whole
from tests.handin import CACHES, PACKAGE, Choice, HandInLimits, misleading, nested, shown

ROOT = Path(__file__).resolve().parents[1]
LIMITS = HandInLimits()
MOMENT = (1980, 1, 1, 0, 0, 0)
"""The time of every entry, so that the same work gives the same archive."""


@dataclass(slots=True)
class Contents:
    """What is handed in of assignment/, {path: content}, and a sentence for each that is left out."""

    files: dict[str, bytes] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)


def contents(root: Path = ROOT, limits: HandInLimits = LIMITS) -> Contents:
    """What goes into the archive: just what the grader takes of it, by the same list.

    Raises:
        ValueError: the grader would refuse it all: there is too much, or all of it lies too deep; the message says
            which.
        OSError: a file or folder can't be read.
    """
    found, choice, total = Contents(), Choice(limits), 0
    for path in _paths(root / PACKAGE):
        name = path.relative_to(root).as_posix()
        kind = _kind(path)
        fit = misleading(name, name.split("/")) or choice.unfit(name.split("/"), kind)
        if kind == "folder" and not fit:
            continue
        if why := fit or choice.clash(PurePosixPath(name)):
            found.left_out.append(f"{shown(name)}: {why}")
            continue
        if len(found.files) == limits.files:
            raise ValueError(limits.too_many)
        found.files[name] = _read(path, name, limits)
        total += len(found.files[name])
        if total > limits.total_mib << 20:
            raise ValueError(limits.too_much)
    if too_deep := nested(name.split("/") for name in found.files):
        raise ValueError(too_deep)
    return found


def _paths(folder: Path) -> list[Path]:
    """Files and folders, sorted; what is hidden is not entered, and links are not followed."""
    found: list[Path] = []
    for place, folders, files in os.walk(folder, onerror=_raise):
        found += [Path(place, name) for name in {*files, *folders} - CACHES]
        deep = len(Path(place).parts) - len(folder.parts) >= LIMITS.depth
        folders[:] = [each for each in folders if not (deep or each in CACHES or each.startswith("."))]
    return sorted(found)


def _raise(error: OSError) -> None:
    raise error


def _kind(path: Path) -> str:
    mode = path.lstat().st_mode
    if stat.S_ISREG(mode):
        return "file"
    return "folder" if stat.S_ISDIR(mode) else "link" if stat.S_ISLNK(mode) else "device"


def _read(path: Path, name: str, limits: HandInLimits) -> bytes:
    most = limits.file_mib << 20
    with path.open("rb") as source:
        content = source.read(most + 1)
    if len(content) > most:
        raise ValueError(limits.too_large(name))
    return content


def archived(files: Mapping[str, bytes], executable: Container[str] = ()) -> bytes:
    """A zip of these files, {path: content}. The same files give the same bytes."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in sorted(files.items()):
            entry = zipfile.ZipInfo(name, MOMENT)
            entry.external_attr = (0o100755 if name in executable else 0o100644) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return made.getvalue()


def write_zip(out: Path, files: Mapping[str, bytes], executable: Container[str] = ()) -> None:
    """Write that archive, all or nothing."""
    write_whole(out, archived(files, executable))


def not_written(source: str | bytes) -> list[str]:
    """Functions whose body is still that of the stub.

    >>> not_written("def f():\\n    raise NotImplementedError('Task 1.1')\\ndef g():\\n    return 1")
    ['f']
    """
    functions = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef))
    return [node.name for node in functions if _is_stub(node.body[-1])]


def _is_stub(last: ast.stmt) -> bool:
    return isinstance(last, ast.Raise) and "NotImplementedError" in ast.dump(last)


def build(out: Path, root: Path = ROOT) -> Contents:
    """Write the archive, all or nothing, and give what is in it and what is not.

    Raises:
        ValueError: there is no assignment/ with files, or too much in it, or a file is no Python; the message says
            which.
    """
    found = contents(root) if (root / PACKAGE).is_dir() else Contents()
    if not found.files:
        raise ValueError(f"no files in {root / PACKAGE}")
    for name, content in found.files.items():
        try:
            ast.parse(content)
        except SyntaxError as error:
            raise ValueError(f"{name} is not Python: {error.msg}, line {error.lineno}") from None
        except (ValueError, RecursionError, MemoryError) as error:
            raise ValueError(f"{name} is not Python: {error}") from None
    write_zip(out, found.files)
    return found


def _notes(files: Mapping[str, bytes]) -> list[str]:
    """What grading would miss; nothing where pytest is not installed, with which the harness goes."""
    try:
        from tests.harness.notes import notes
    except ImportError:
        return []
    return notes(files)


def main(arguments: list[str] | None = None, root: Path = ROOT) -> int:
    """Build it, and tell about it; exit status 2 when there is nothing to build."""
    parser = argparse.ArgumentParser(prog="python -m tests.submit", description="Builds the archive to hand in.")
    parser.add_argument("--out", type=Path, default=root / "submission.zip", metavar="FILE.zip")
    out: Path = parser.parse_args(arguments).out
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # names may hold letters that a terminal has not
    try:
        found = build(out, root)
    except (ValueError, OSError) as error:
        sys.stderr.write(f"nothing was written: {error}\n")
        return 2
    for name, content in found.files.items():
        missing = not_written(content)
        note = f"   not written: {', '.join(missing)}" if missing else ""
        sys.stdout.write(f"{len(content):>8,} bytes  {name}{note}\n")
    sys.stdout.write("".join(f"left out {each}\n" for each in found.left_out))
    sys.stdout.write("".join(f"note: {each}\n" for each in _notes(found.files)))
    sys.stdout.write(f"wrote {out}: {len(found.files)} files. Hand in this file.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
