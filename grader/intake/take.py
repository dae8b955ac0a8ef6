"""Takes in a submission: from an archive or folder to a clean `assignment/` of our own making.

Nothing of the submission is trusted: not its names, not its declared sizes, not its kinds of file. What can be
graded is copied byte by byte under names that were checked; the rest is left out, with a sentence that says so.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from grader.errors import GraderFault, SubmissionError, UsageError
from grader.intake.archives import (
    ArchiveFile,
    Budget,
    Clock,
    Member,
    Members,
    archive_members,
    folder_members,
)
from grader.model import Submission
from tests.handin import CACHES, PACKAGE, Choice, HandInLimits, misleading, nested, shown

IGNORED = CACHES | {".git"}
NOTES = 20
LEVELS = (2, 3)
"""Within so many names from the top `assignment` may stand: a further folder is looked into only if needed."""

NOTHING = ""
IntakeLimits = HandInLimits
LIMITS = IntakeLimits()


@dataclass(slots=True)
class _Taken:
    """What intake has found so far. `notes` has no sentence twice, in the order in which they were found.

    `seen` are folders that may be meant, but stand elsewhere, or are spelt another way.
    """

    choice: Choice
    levels: int
    notes: dict[str, None] = field(default_factory=dict)
    prefix: PurePosixPath | None = None
    beside: list[PurePosixPath] = field(default_factory=list)
    seen: dict[str, None] = field(default_factory=dict)


def intake(path: Path, into: Path, limits: IntakeLimits = LIMITS) -> Submission:
    """Copy the submission's `assignment/` to `into/assignment/`.

    `assignment/` stands at the top or inside one enclosing folder, or inside two if no other does; a folder of
    that name is taken itself. Files arrive with mode 0644, folders with 0755. `sha256` is empty when the archive
    is too large to be read, or nothing of a folder was taken.

    Raises:
        UsageError: path is no file or folder that can be read, or into/assignment is there already.
        GraderFault: a copy can't be written.
    """
    if not (path.is_file() or path.is_dir()):
        raise UsageError(f"no submission at {str(path)!r}: give a folder, a .zip or a .tar.gz")
    if os.path.lexists(into / PACKAGE):
        raise UsageError(f"{str(into / PACKAGE)!r} is there already: give an empty folder")
    name = path.name if path.name not in ("", "..") else path.resolve().name
    for levels in LEVELS:
        taken = _Taken(Choice(limits), levels)
        try:
            digest, problem = _taken_in(path, name, into, limits, taken)
        except BaseException:
            shutil.rmtree(into / PACKAGE, ignore_errors=True)
            raise
        if problem != NOTHING:
            break
    else:
        problem = _nothing(name, taken)
    if problem is None:
        problem = nested(path.relative_to(into).parts for path in (into / PACKAGE).rglob("*") if path.is_file())
    if problem:
        shutil.rmtree(into / PACKAGE, ignore_errors=True)
    notes = [*taken.notes, *_beside(taken)]
    if len(notes) > NOTES:
        notes = [*notes[:NOTES], f"and {len(notes) - NOTES:,} more"]
    return Submission(name, digest, None if problem else into, problem, tuple(notes))


def _nothing(name: str, taken: _Taken) -> str:
    """The sentence for a submission without `assignment/`: where something like it was seen, and what to do."""
    sentence = f"no {PACKAGE}/ with files in {name!r}, at its top or inside one folder"
    for place in taken.seen:
        folder = PurePosixPath(place)
        if folder.name != PACKAGE:
            return f"{sentence}; there is {shown(place)}: name it {PACKAGE}, in small letters"
        return f"{sentence}; there is {shown(place)}, too deep inside: submit that folder alone"
    return f"{sentence}; put the .py files into a folder {PACKAGE}/" if taken.beside else sentence


def _taken_in(path: Path, name: str, into: Path, limits: IntakeLimits, taken: _Taken) -> tuple[str, str | None]:
    """Copy everything; the sha256, and the problem if there is one, `NOTHING` if no `assignment/` was found."""
    if path.is_dir():
        outer = PACKAGE if name == PACKAGE and not path.is_symlink() and not _holds_package(path) else ""
        if name == PACKAGE and path.is_symlink() and not _holds_package(path):
            taken.notes[f"left out {shown(name)}: a link"] = None
        found = folder_members(
            path, lambda below: _worth_entering(PurePosixPath(outer, below), limits.depth, taken.levels)
        )
        problem = _copy(found, outer, into, limits, taken, Clock(limits.cpu_s + limits.total_mib / 32))
        return ("" if problem is not None else folder_sha256(into / PACKAGE)), problem
    try:
        clock = Clock(limits.cpu_s + path.stat().st_size / (32 << 20))
        file = ArchiveFile(path, limits.members, clock)
    except OSError as error:
        raise UsageError(f"can't read {str(path)!r}: {error.strerror}") from None
    with file:
        if os.fstat(file.fileno()).st_size > limits.archive_mib << 20:
            return "", f"{name!r} is larger than {limits.archive_mib} MiB"
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        raw = Budget(limits.archive_mib << 20, f"the archive unpacks to more than {limits.archive_mib} MiB")
        return digest, _copy(archive_members(file, name, raw), "", into, limits, taken, clock)


def _copy(found: Members, outer: str, into: Path, limits: IntakeLimits, taken: _Taken, clock: Clock) -> str | None:
    """Copy the members that are taken; the sentence why nothing can be graded, if so."""
    files = Budget(limits.files, limits.too_many)
    members = Budget(limits.members, f"the submission has more than {limits.members:,} members")
    folders = Budget(limits.files, f"{PACKAGE}/ has more than {limits.files:,} folders")
    total = Budget(limits.total_mib << 20, limits.too_much)
    try:
        with closing(found):
            for member in found:
                clock.check()
                members.spend(1)
                target = _checked(member, outer, taken)
                if target is not None:
                    files.spend(1)
                    folders.spend(sum(not (into / folder).is_dir() for folder in target.parents[:-2]))
                    alone = Budget(limits.file_mib << 20, limits.too_large(member.name))
                    _write(member, into, target, [alone, total])
    except SubmissionError as error:
        return str(error)
    return None if taken.prefix else NOTHING


def _checked(member: Member, outer: str, taken: _Taken) -> PurePosixPath | None:
    """Where the member goes, below `into`; None when it is not taken."""
    parts = [part for part in f"{outer}/{member.name}".split("/") if part not in ("", ".")]
    if IGNORED & set(parts):
        return None
    at = parts.index(PACKAGE) if PACKAGE in parts[: taken.levels] else None
    below = [] if at is None else parts[at:]
    problem = misleading(member.name, parts) or (taken.choice.unfit(below, member.kind) if below else "")
    if problem:
        taken.notes[f"left out {shown(member.name)}: {problem}"] = None
        return None
    if at is None and len(parts) <= 2 and member.kind == "file" and member.name.endswith(".py"):
        taken.beside.append(PurePosixPath(*parts))
    if at is None and len(taken.seen) < NOTES:
        folders = parts if member.kind == "folder" else parts[:-1]
        like = [n for n, part in enumerate(folders, start=1) if part.strip().casefold() == PACKAGE]
        taken.seen |= {"/".join(parts[:n]): None for n in like[:1]}
    if at is None or at == len(parts) - 1 or member.kind == "folder":
        return None
    prefix = PurePosixPath(*parts[:at])
    if taken.prefix not in (None, prefix):
        both = " and ".join(sorted(shown(str(p / PACKAGE)) for p in (taken.prefix, prefix) if p is not None))
        raise SubmissionError(f"two folders could be meant: {both}; submit one")
    taken.prefix = prefix
    target = PurePosixPath(*below)
    if problem := taken.choice.clash(target):
        taken.notes[f"left out {shown(member.name)}: {problem}"] = None
        return None
    return target


def _write(member: Member, into: Path, name: PurePosixPath, budgets: Sequence[Budget]) -> None:
    """Copy a member's bytes into a new file, spending the budgets on what is really there."""
    target = into / name
    try:
        into.mkdir(parents=True, exist_ok=True)
        for folder in reversed(name.parents[:-1]):
            if not (into / folder).is_dir():
                (into / folder).mkdir()
                (into / folder).chmod(0o755)  # whatever the umask: the sandbox has a uid of its own
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
        with os.fdopen(os.open(target, flags, 0o644), "wb") as out:
            os.fchmod(out.fileno(), 0o644)
            for block in member.blocks():
                for budget in budgets:
                    budget.spend(len(block))
                out.write(block)
    except OSError as error:  # blocks() has none: this is our disk
        raise GraderFault(f"can't write {str(target)!r}: {error.strerror}") from None


def _holds_package(path: Path) -> bool:
    return (path / PACKAGE).is_dir() and not (path / PACKAGE).is_symlink()


def _worth_entering(folder: PurePosixPath, depth: int, levels: int) -> bool:
    """Whether a submitted folder's folder can hold an assignment/, or is in one and can hold what is taken."""
    if (
        folder.name in IGNORED or len(folder.parts) > depth + 1
    ):  # os.walk ends with an error where they are too many
        return False
    hidden = PACKAGE in folder.parts[:-1] and folder.name.startswith(".")
    return not hidden and (len(folder.parts) < levels or PACKAGE in folder.parts[:levels])


def _beside(taken: _Taken) -> list[str]:
    names = sorted(path.name for path in taken.beside if taken.prefix in (None, path.parent))
    more = f", and {len(names) - 5:,} more" if len(names) > 5 else ""
    left_out = ", ".join(map(shown, names[:5]))
    return [f"only {PACKAGE}/ is graded; left out beside it: {left_out}{more}"] if names else []


def folder_sha256(folder: Path) -> str:
    """Of a folder's files, sorted: their paths, lengths and contents."""
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(folder).as_posix()}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()
