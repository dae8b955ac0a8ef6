"""What is taken of assignment/, and how much: one list for `python -m tests.submit` and for the grader's intake.

Only Python's own files are taken, of names that show what they are: no keys and settings that happen to lie there,
nothing compiled. The rest is left out, with a few words that say why.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

PACKAGE = "assignment"
SUFFIX = ".py"
CACHES = frozenset({"__MACOSX", ".DS_Store", "__pycache__", ".ipynb_checkpoints"})
"""What systems and tools leave behind: left out without a word."""

NAME_BYTES = 255
PATH_BYTES = 1_000


@dataclass(frozen=True, slots=True)
class HandInLimits:
    """What a submission may hold; 1 MiB is 2**20 bytes. Held on bytes really read."""

    files: int = 2_000
    members: int = 20_000
    file_mib: int = 16
    total_mib: int = 64
    archive_mib: int = 256
    depth: int = 16
    cpu_s: float = 8.0
    """Of processor time for reading it, and one more for each 32 MiB that are handed in."""

    @property
    def too_many(self) -> str:
        """What is said of more files."""
        return f"{PACKAGE}/ has more than {self.files:,} files"

    @property
    def too_much(self) -> str:
        """What is said of more bytes together."""
        return f"{PACKAGE}/ unpacks to more than {self.total_mib} MiB"

    def too_large(self, name: str) -> str:
        """What is said of a larger file."""
        return f"{shown(name)} is larger than {self.file_mib} MiB"


class Choice:
    """Takes files one after the other, or says why not: what is taken already counts, since names may clash."""

    def __init__(self, limits: HandInLimits) -> None:
        self._limits = limits
        self._spelt: dict[str, tuple[PurePosixPath, bool]] = {}

    def unfit(self, parts: Sequence[str], kind: str) -> str:
        """Why a "file", "folder", "link" or "device" of assignment/ isn't taken, whatever else is; or nothing."""
        if any(part.startswith(".") for part in parts[1:]):
            return "its name, or its folder's, begins with a dot"
        if any(len(part.encode("utf-8", "replace")) > NAME_BYTES for part in parts):
            return f"a name of more than {NAME_BYTES} bytes"
        if len(parts) > self._limits.depth:
            return f"it lies more than {self._limits.depth} folders deep"
        if len("/".join(parts).encode("utf-8", "replace")) > PATH_BYTES:
            return f"a path of more than {PATH_BYTES:,} bytes"
        if kind in ("link", "device"):
            return "a link" if kind == "link" else "a device or pipe"
        return "" if kind == "folder" or parts[-1].endswith(SUFFIX) else f"only {SUFFIX} files are taken"

    def clash(self, target: PurePosixPath) -> str:
        """Why a fit file isn't taken beside the others; nothing when it is, and is remembered.

        Some disks could take it, or a folder of it, for another file.
        """
        wanted = {_folded(folder): (folder, False) for folder in target.parents} | {
            _folded(target): (target, True)
        }
        if _folded(target) in self._spelt or any(self._spelt.get(key, new) != new for key, new in wanted.items()):
            return "its name, or its folder's, is taken already, case aside"
        self._spelt |= wanted
        return ""


def misleading(name: str, parts: Sequence[str]) -> str:
    """Why a name can't be trusted to say where its file lies; empty when it can.

    >>> misleading("../a.py", ["..", "a.py"]), misleading("a.py", ["a.py"])
    ('it leads out of the submission', '')
    """
    if name.startswith("/") or (len(name) > 1 and name[1] == ":"):
        return "an absolute path"
    if ".." in parts:
        return "it leads out of the submission"
    if "\\" in name or not name.isprintable():
        return "its name holds a backslash or an unprintable character"
    return ""


def nested(files: Iterable[Sequence[str]]) -> str | None:
    """What is said of files, each the parts of its path, that all lie in a second assignment/ inside; else None.

    >>> nested([("assignment", "assignment", "bpe.py")])
    'assignment/ itself has no .py file, but assignment/assignment/ has: submit that folder alone'
    >>> nested([("assignment", "assignment", "bpe.py"), ("assignment", "words.py")]), nested([])
    (None, None)
    """
    inside = [parts[1] == PACKAGE and len(parts) > 2 for parts in files]
    twice = f"{PACKAGE}/{PACKAGE}/"
    sentence = f"{PACKAGE}/ itself has no {SUFFIX} file, but {twice} has: submit that folder alone"
    return sentence if inside and all(inside) else None


def shown(name: str) -> str:
    """A name from outside, quoted, in printable ASCII, and cut to 80 characters."""
    return ascii(name if len(name) <= 80 else f"{name[:77]}...")


def _folded(path: PurePosixPath) -> str:
    return unicodedata.normalize("NFC", str(path)).casefold()
