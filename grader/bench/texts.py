"""Texts to measure tokenizers on: generated English, documentation, Python, and letters without words."""

from __future__ import annotations

import random
import re
import sysconfig
from collections.abc import Iterator
from pathlib import Path

from grader.making import english

_DOCSTRING = re.compile(r'"""(.{40,}?)"""', re.DOTALL)


def documentation(n_bytes: int) -> str:
    """What the docstrings of the installed packages say, in a random order of files that stays the same."""
    return _cut((text for source in _sources() for text in _DOCSTRING.findall(source)), n_bytes)


def python(n_bytes: int) -> str:
    """Python code of the installed packages."""
    return _cut(_sources(), n_bytes)


def odd(n_bytes: int) -> dict[str, str]:
    """Texts that are one word each: a letter, two letters in turn, random letters. And an ordinary one."""
    letters = "".join(random.Random(1).choices("abcdefghijklmnopqrstuvwxyz", k=n_bytes))
    ordinary = english(n_bytes, seed=3)
    return {"ordinary": ordinary, "a": "a" * n_bytes, "ab": "ab" * (n_bytes // 2), "random letters": letters}


def _sources() -> Iterator[str]:
    folders = {sysconfig.get_path(name) for name in ("stdlib", "purelib", "platlib")}
    paths = sorted({path for folder in folders for path in Path(folder).rglob("*.py")})
    random.Random(1).shuffle(paths)
    return (path.read_text(encoding="utf-8", errors="replace") for path in paths)


def _cut(texts: Iterator[str], n_bytes: int) -> str:
    """Texts with blank lines between them, until there is enough."""
    taken: list[str] = []
    size = 0
    for text in texts:
        taken.append(text)
        size += len(text.encode()) + 2
        if size >= n_bytes:
            break
    return "\n\n".join(taken).encode()[:n_bytes].decode(errors="ignore")
