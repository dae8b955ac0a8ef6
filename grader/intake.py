"""Takes in a submission: from an archive or folder to a clean `assignment/` of our own making.

Nothing of the submission is trusted: not its names, not its declared sizes, not its kinds of file. What can be
graded is copied byte by byte under names that were checked; the rest is left out, with a sentence that says so.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from grader.archives import BAD_ARCHIVE, Budget, Member, opened
from grader.errors import SubmissionError, UsageError
from grader.model import Submission

PACKAGE = "assignment"
IGNORED = frozenset({"__MACOSX", ".git", ".DS_Store", "__pycache__"})
NOTES = 20
BLOCK = 2**16


@dataclass(frozen=True, slots=True)
class IntakeLimits:
    """What a submission may hold; 1 MiB is 2**20 bytes. Held on bytes really read."""

    files: int = 2_000
    members: int = 20_000
    file_mib: int = 16
    total_mib: int = 64
    archive_mib: int = 256
    depth: int = 16


@dataclass(slots=True)
class _Taken:
    """What intake has found so far."""

    notes: list[str] = field(default_factory=list)
    prefix: PurePosixPath | None = None
    names: set[str] = field(default_factory=set)
    beside: list[str] = field(default_factory=list)


def intake(path: Path, into: Path, limits: IntakeLimits = IntakeLimits()) -> Submission:
    """Copy the submission's `assignment/` to `into/assignment/`.

    `assignment/` stands at the top or inside one enclosing folder; a folder of that name is taken itself.

    Raises:
        UsageError: there is nothing at path.
    """
    if not path.exists():
        raise UsageError(f"no submission at {str(path)!r}: give a folder, a .zip or a .tar.gz")
    taken = _Taken()
    problem: str | None = None
    digest = ""
    try:
        if path.is_file():
            digest = _file_sha256(path, limits)
        _copy(path, into, limits, taken)
    except SubmissionError as error:
        problem = str(error)
        shutil.rmtree(into / PACKAGE, ignore_errors=True)
    digest = digest or _folder_sha256(into / PACKAGE)
    notes = [*taken.notes, *_beside(taken)]
    if len(notes) > NOTES:
        notes = [*notes[:NOTES], f"and {len(notes) - NOTES:,} more"]
    return Submission(path.name, digest, None if problem else into, problem, tuple(notes))


def _copy(path: Path, into: Path, limits: IntakeLimits, taken: _Taken) -> None:
    files = Budget(limits.files, f"{PACKAGE}/ has more than {limits.files:,} files")
    members = Budget(limits.members, f"the submission has more than {limits.members:,} members")
    total = Budget(limits.total_mib << 20, f"{PACKAGE}/ unpacks to more than {limits.total_mib} MiB")
    raw = Budget(limits.archive_mib << 20, f"the archive unpacks to more than {limits.archive_mib} MiB")
    outer = PACKAGE if path.is_dir() and path.name == PACKAGE else ""
    with opened(path, limits.members, raw) as found:
        for member in found:
            members.spend(1)
            name = _checked(member, outer, limits, taken)
            if name is None:
                continue
            files.spend(1)
            one = Budget(limits.file_mib << 20, f"{member.name!r} is larger than {limits.file_mib} MiB")
            _write(member, into.joinpath(*name.parts), [one, total])
    if taken.prefix is None:
        raise SubmissionError(f"no {PACKAGE}/ with files in {path.name!r}, at its top or inside one folder")


def _checked(member: Member, outer: str, limits: IntakeLimits, taken: _Taken) -> PurePosixPath | None:
    """Where the member goes, below `into`; None when it is not taken."""
    parts = [part for part in f"{outer}/{member.name}".split("/") if part not in ("", ".")]
    if IGNORED & set(parts):
        return None
    problem = _hostile(member, parts, limits)
    if problem:
        taken.notes.append(f"left out {_shown(member.name)}: {problem}")
        return None
    at = parts.index(PACKAGE) if PACKAGE in parts[:2] else None
    if at is None and len(parts) <= 2 and member.name.endswith(".py"):
        taken.beside.append(parts[-1])
    if at is None or at == len(parts) - 1 or member.kind == "folder":
        return None
    prefix = PurePosixPath(*parts[:at]) if at else PurePosixPath()
    if taken.prefix not in (None, prefix):
        both = " and ".join(sorted(repr(str(p / PACKAGE)) for p in (taken.prefix, prefix) if p is not None))
        raise SubmissionError(f"two folders could be meant: {both}; submit one")
    taken.prefix = prefix
    name = PurePosixPath(*parts[at:])
    if str(name).casefold() in taken.names:
        taken.notes.append(f"left out {_shown(member.name)}: the same name, but for case, is there already")
        return None
    taken.names.add(str(name).casefold())
    return name


def _hostile(member: Member, parts: Sequence[str], limits: IntakeLimits) -> str:
    """Why a member is not taken whatever it holds; empty when nothing is wrong with it."""
    name = member.name
    if name.startswith("/") or (len(name) > 1 and name[1] == ":"):
        return "an absolute path"
    if ".." in parts:
        return "it leads out of the submission"
    if "\\" in name or not name.isprintable():
        return "its name holds a backslash or an unprintable character"
    if any(len(part.encode("utf-8", "surrogatepass")) > 255 for part in parts):
        return "a name of more than 255 bytes"
    if len(parts) > limits.depth:
        return f"it lies more than {limits.depth} folders deep"
    if member.kind == "link":
        return "a link"
    return "a device or pipe" if member.kind == "device" else ""


def _write(member: Member, target: Path, budgets: Sequence[Budget]) -> None:
    """Copy a member's bytes into a new file, spending the budgets on what is really there."""
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o755)
    try:
        with (
            member.open() as source,
            os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o644), "wb") as out,
        ):
            while block := source.read(BLOCK):
                for budget in budgets:
                    budget.spend(len(block))
                out.write(block)
    except BAD_ARCHIVE as error:
        raise SubmissionError(f"{member.name!r} can't be read from the archive: {error}") from None


def _beside(taken: _Taken) -> list[str]:
    if not taken.beside:
        return []
    names = ", ".join(map(_shown, sorted(taken.beside)[:5]))
    return [f"only {PACKAGE}/ is graded; left out beside it: {names}"]


def _shown(name: str) -> str:
    return ascii(name if len(name) <= 80 else f"{name[:77]}...")


def _file_sha256(path: Path, limits: IntakeLimits) -> str:
    if path.stat().st_size > limits.archive_mib << 20:
        raise SubmissionError(f"{path.name!r} is larger than {limits.archive_mib} MiB")
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _folder_sha256(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(folder).as_posix()}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()
