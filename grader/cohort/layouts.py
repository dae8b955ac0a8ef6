"""Reads what people have of a class: a Canvas, Gradescope or Moodle download, clones, plain folders and archives.

A download is recognized by its names alone, and what it says of a submitter is passed on as `Found.handles`: words
that are looked up in the roster. Nothing is guessed: what fits no pattern is a `Stray`, with a sentence.
"""

from __future__ import annotations

import re
import tempfile
import zipfile
import zlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from lzma import LZMAError
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from grader.errors import UsageError
from tests.handin import CACHES, PACKAGE

ARCHIVES = (".zip", ".tar.gz", ".tgz", ".tar")
METADATA = "submission_metadata.yml"
MOST_GIB = 64
"""A download may unpack to so much; 1 GiB is 2**30 bytes."""

CANVAS = re.compile(
    r"(?!(?:LATE_)?anon_)(?P<name>.*?)_(?P<late>LATE_)?(?P<user>\d+)_(?P<attachment>\d+)_(?P<file>.+)"
)
"""The name by which Canvas sorts, in small letters; its number of the user, and of the file. Of a group, it names
the group and the number of one member. Where it hides names, there is no number of a user.

Source: `lib/content_zipper.rb` of Canvas, 2026.
"""

MOODLE = re.compile(r"(?P<name>[^_]+)_(?P<user>\d+)_assignsubmission_(?P<by>file|onlinetext)(?:_(?P<file>.*))?")
"""The whole name, behind the group's name and "-" if there is one; the number of a participant in this assignment.

Source: `download_submissions` in `mod/assign/locallib.php` of Moodle.
"""

GRADESCOPE = re.compile(r"submission_\d+")


@dataclass(frozen=True, slots=True)
class Person:
    """Who a download says handed in: words to look up, the surest first, and what he or she is called."""

    handles: tuple[str, ...]
    name: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """A submission of one person, or of several together. `path` is what intake reads.

    `handed_in` is ISO 8601, empty when the download doesn't say; `late` is what the platform says of it.
    """

    label: str
    path: Path
    people: tuple[Person, ...]
    handed_in: str = ""
    late: bool = False


@dataclass(frozen=True, slots=True)
class Stray:
    """What is left out of a download, and why; `found` is the submission that it is, if a person says whose."""

    label: str
    why: str
    found: Found | None = None


@dataclass(frozen=True, slots=True)
class Layout:
    """What a folder or archive looks like, and what is in it."""

    kind: str
    found: tuple[Found, ...]
    strays: tuple[Stray, ...] = ()


@contextmanager
def opened(path: Path) -> Iterator[Path]:
    """The folder, or a temporary one with what the zip holds.

    Raises:
        UsageError: it is neither, or damaged, or too large.
    """
    if _is_folder(path):
        yield path
        return
    if not _is_file(path) or not zipfile.is_zipfile(path):
        raise UsageError(f"{str(path)!r} is neither a folder nor a .zip: give what the platform lets you download")
    with tempfile.TemporaryDirectory(prefix="grader-class-") as folder:
        try:
            with zipfile.ZipFile(path) as archive:
                if sum(info.file_size for info in archive.infolist()) > MOST_GIB << 30:
                    raise UsageError(f"{str(path)!r} unpacks to more than {MOST_GIB} GiB")
                archive.extractall(folder)  # what leads elsewhere stays inside, and links are files
        except (zipfile.BadZipFile, zlib.error, LZMAError, ValueError, RuntimeError, EOFError, OSError) as error:
            raise UsageError(f"{str(path)!r} can't be unpacked: {error}") from None
        yield Path(folder)


def read(folder: Path) -> Layout | None:
    """What the folder looks like, or None if like nothing that is known. One folder around all of it is opened.

    Raises:
        UsageError: its list of submissions can't be read.
    """
    for _ in range(2):
        inside = _inside(folder)
        for kind in (_gradescope, _moodle, _canvas):
            if layout := kind(folder, inside):
                return layout
        if len(inside) != 1 or not _is_folder(inside[0]) or _is_submission(inside[0]):
            break
        folder = inside[0]
    return _plain(folder, _inside(folder))


def looks_like_a_class(path: Path) -> str:
    """What a path that is no submission looks like, with how many submissions; empty if like nothing known.

    >>> looks_like_a_class(Path("/nowhere"))
    ''
    """
    if _is_folder(path) and _is_folder(path / PACKAGE):
        return ""
    try:
        with opened(path) as folder:
            layout = read(folder)
    except UsageError:
        return ""
    if layout is None or len(layout.found) < 2:
        return ""
    return f"{layout.kind} of {len(layout.found)} submissions"


def _listed(folder: Path) -> list[Path]:
    """What lies in a folder; nothing if it can't be read."""
    try:
        return sorted(path for path in folder.iterdir() if path.name not in CACHES)
    except OSError:
        return []


def _inside(folder: Path) -> list[Path]:
    """The same, without what is hidden."""
    return [path for path in _listed(folder) if not path.name.startswith(".")]


def _is_submission(path: Path) -> bool:
    """Whether it is an archive, or a folder with assignment/ in it, or in one folder further down."""
    if _is_folder(path):
        return path.name == PACKAGE or any(_is_folder(each / PACKAGE) for each in (path, *_inside(path)))
    return path.name.casefold().endswith(ARCHIVES)


def _is_folder(path: Path) -> bool:
    """Whether it is one, as far as that can be seen."""
    try:
        return path.is_dir()
    except OSError:
        return False


def _is_file(path: Path) -> bool:
    """The same of a file."""
    try:
        return path.is_file()
    except OSError:
        return False


def _stem(name: str) -> str:
    ending = next((ending for ending in ARCHIVES if name.casefold().endswith(ending)), "")
    return name[: len(name) - len(ending)]


def _gradescope(folder: Path, inside: Sequence[Path]) -> Layout | None:
    if not _is_file(folder / METADATA):
        return None
    listed = _submissions(folder / METADATA)
    found, strays = [], []
    for path in inside:
        if path.name == METADATA:
            continue
        told = listed.pop(path.name, None)
        named = told.get(":submitters") if told else None
        people = tuple(filter(None, map(_submitter, named if isinstance(named, list) else ())))
        one = Found(path.name, path, people, _moment(told.get(":created_at")) if told else "")
        if people:
            found.append(one)
        elif GRADESCOPE.fullmatch(path.name):
            strays.append(Stray(path.name, f"{METADATA} names nobody for it", one))
        else:
            strays.append(Stray(path.name, "it is no submission"))
    strays += [Stray(name, f"{METADATA} lists it, and its folder is missing") for name in listed]
    return Layout("a Gradescope export", tuple(found), tuple(strays))


def _submissions(path: Path) -> dict[str, dict[str, Any]]:
    """What Gradescope's list says of each folder, all as text: an id such as 0128 is no number.

    Its keys are Ruby's symbols, such as `:submitters`.
    """
    try:
        listed = YAML(typ="base", pure=True).load(path.read_text(encoding="utf-8-sig"))
    except (YAMLError, ValueError, RecursionError, OSError) as error:
        raise UsageError(f"{path.name} can't be read: {str(error).splitlines()[0]}") from None
    if not isinstance(listed, dict):
        raise UsageError(f"{path.name} lists no submissions")
    return {str(name): told for name, told in listed.items() if isinstance(told, dict)}


def _submitter(told: object) -> Person | None:
    if not isinstance(told, dict):
        return None
    sid, email, name = (str(told.get(key) or "") for key in (":sid", ":email", ":name"))
    handles = tuple(filter(None, (sid, email)))
    return Person(handles, name, email) if handles else None


def _moment(told: object) -> str:
    """A time as ISO 8601; empty if it is none.

    >>> _moment("2027-04-15 10:00:00 -0700"), _moment("2027-04-15 10:00:00.25 UTC"), _moment("soon"), _moment(None)
    ('2027-04-15T10:00:00-07:00', '2027-04-15T10:00:00.250000+00:00', '', '')
    """
    text = re.sub(r" ?(?:UTC|Z)$", "+00:00", str(told))
    text = re.sub(r"^(\S+) (\S+?) ?([+-]\d\d):?(\d\d)$", r"\1T\2\3:\4", text)
    try:
        return datetime.fromisoformat(text).isoformat()
    except ValueError:
        return ""


def _moodle(_: Path, inside: Sequence[Path]) -> Layout | None:
    return _by_user("a Moodle download", "moodle:", MOODLE, inside)


def _canvas(_: Path, inside: Sequence[Path]) -> Layout | None:
    return _by_user("a Canvas download", "canvas:", CANVAS, inside)


def _by_user(kind: str, prefix: str, pattern: re.Pattern[str], inside: Sequence[Path]) -> Layout | None:
    """A download whose names tell the user: as many of them as not, at least."""
    fits = {path: match for path in inside if (match := pattern.fullmatch(path.name))}
    if not fits or len(fits) * 2 < len(inside):
        return None
    of: dict[str, list[Path]] = defaultdict(list)
    for path, match in fits.items():
        of[match["user"]].append(path)
    found: list[Found] = []
    strays = [Stray(path.name, "its name is not like the others'") for path in inside if path not in fits]
    for user, paths in of.items():
        match = fits[paths[0]]
        person = Person((f"{prefix}{user}",), match["name"])
        late = any(bool(fits[path].groupdict().get("late")) for path in paths)
        archives = {
            path: Found(path.name, _only_archive(path), (person,), late=late)
            for path in paths
            if _is_folder(path) or path.name.casefold().endswith(ARCHIVES)
        }
        files = [path for path in archives if fits[path].groupdict().get("by") != "onlinetext"]
        if len(archives) == 1 or len(files) == 1:  # Moodle makes a folder of its own for what is typed in
            [taken, *_] = files or archives
            found.append(archives.pop(taken))
            strays += [Stray(p.name, f"{taken.name} is taken", archives.get(p)) for p in paths if p != taken]
        else:
            many, none = "more than one archive of the same user", "no .zip, .tar.gz or folder"
            strays += [Stray(p.name, many if p in archives else none, archives.get(p)) for p in paths]
    return Layout(kind, tuple(found), tuple(strays))


def _only_archive(path: Path) -> Path:
    """The archive that a user's folder holds, if it holds nothing else; else the folder."""
    inside = _inside(path) if _is_folder(path) else []
    return inside[0] if len(inside) == 1 and _is_file(inside[0]) and _is_submission(inside[0]) else path


def _plain(folder: Path, inside: Sequence[Path]) -> Layout | None:
    if _is_folder(folder / PACKAGE):
        return None
    if not any(_is_submission(_only_archive(path)) for path in inside):
        return None
    hidden = [path for path in _listed(folder) if path.name.startswith(".") and _is_submission(path)]
    found = {
        path: Found(path.name, _only_archive(path), (Person((_stem(path.name),)),))
        for path in (*inside, *hidden)
        if _is_folder(path) or _is_submission(path)  # intake says what others lack
    }
    strays = [Stray(path.name, "its name begins with a point", found.pop(path)) for path in hidden]
    strays += [Stray(path.name, "no folder, .zip or .tar.gz") for path in inside if path not in found]
    return Layout("a folder of submissions", tuple(found.values()), tuple(strays))
