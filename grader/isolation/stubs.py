"""Spares a module that is a stub as we hand it out its process: what it answers is known.

Of a submission's file nothing is read but whether it is, byte for byte, our own; what that says is read off ours.
"""

from __future__ import annotations

import ast
import contextlib
import re
from collections.abc import Callable, Collection, Iterable
from functools import cache
from pathlib import Path
from typing import Any

from grader.errors import GraderFault
from grader.files import PROJECT
from grader.isolation.backend import IsolatedBackend
from tests.handin import PACKAGE
from tests.harness.outcomes import StudentError

KINDS = [kind.__name__ for kind in NotImplementedError.__mro__]
STUBS = PROJECT / "assignment"


def says(submission: Path, module: str) -> dict[str, str]:
    """What the functions of a module raise, {path: text}; none where it is not the stub that we hand out.

    A package that does anything before its modules, in `__init__.py`, may do something to them.
    """
    assignment = submission / PACKAGE
    with contextlib.suppress(OSError):
        names = [path.name for path in assignment.iterdir()]
        package, content = ((assignment / f"{name}.py").read_bytes() for name in ("__init__", module))
        given, texts = _stub(module)
        first = b"", (STUBS / "__init__.py").read_bytes()
        if is_stub("__init__", names, package, first) and is_stub(module, names, content, [given]):
            return texts
    return {}


def is_stub(module: str, names: Iterable[str], content: bytes, given: Collection[bytes]) -> bool:
    """Whether the file of a module is one of those that were given, whatever ends its lines.

    `names` are those of all in its folder, or the paths below that. A folder or a compiled file of the module's
    name would be imported in its place, so then it is none.

    >>> is_stub("bpe", ["bpe.py", "words.py"], b"a\\r\\n", [b"a\\n"])
    True
    >>> is_stub("bpe", ["bpe.py", "bpe/__init__.py"], b"a\\n", [b"a\\n"])
    False
    """
    alone = not any(re.split(r"[./]", name)[0] == module for name in names if name != f"{module}.py")
    return alone and content.replace(b"\r\n", b"\n") in given


@cache
def _stub(module: str) -> tuple[bytes, dict[str, str]]:
    """Our stub, and what its functions raise; nothing where somebody has written in it."""
    content = (STUBS / f"{module}.py").read_bytes()
    texts: dict[str, str] = {}
    for node in ast.parse(content).body:
        if isinstance(node, ast.FunctionDef):
            texts[f"{module}.{node.name}"] = _raised(node)
        elif isinstance(node, ast.ClassDef):
            inner = {each.name: _raised(each) for each in node.body if isinstance(each, ast.FunctionDef)}
            texts[f"{module}.{node.name}"] = inner.get("__init__", "")
            texts |= {f"{module}.{node.name}.{name}": text for name, text in inner.items()}
            if len(inner) < len(node.body) - 1:  # but for its docstring, there are functions alone
                return content, {}
        elif not _harmless(node):
            return content, {}
    return content, texts if all(texts.values()) else {}


def _raised(function: ast.FunctionDef) -> str:
    """The text of the NotImplementedError that is all a function does; empty where it does something else."""
    match function.body:
        case [*_, ast.Raise(exc=ast.Call(func=ast.Name("NotImplementedError"), args=[ast.Constant(str(text))]))]:
            return text if len(function.body) <= 2 else ""  # a docstring before it
    return ""


def _harmless(node: ast.stmt) -> bool:
    """Whether it is an import of what is not the student's, or a docstring."""
    if isinstance(node, ast.ImportFrom):
        return not node.level
    return isinstance(node, ast.Import) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))


class UntouchedBackend:
    """Answers for such a module, {path: text}; what else is asked for begins a process, as for any other.

    `inputs` is the folder where that finds its input files.
    """

    def __init__(self, said: dict[str, str], inputs: str, begin: Callable[[], IsolatedBackend]) -> None:
        self._said, self._inputs, self._begin = said, inputs, begin
        self._files: dict[str, bytes] = {}
        self.begun: IsolatedBackend | None = None

    def invoke(self, path: str, handle: int | None, args: list[Any], kwargs: dict[str, Any], keep: bool) -> Any:
        """Raise what the stub raises."""
        if self.begun is None and path in self._said:
            raise StudentError(KINDS, self._said[path], [])
        return self._process().invoke(path, handle, args, kwargs, keep)

    def pull(self, handle: int, count: int) -> tuple[list[Any], bool]:
        """Take items of an iterator."""
        return self._process().pull(handle, count)

    def used_mib(self) -> float | None:
        """The memory of all processes of the check."""
        return self._process().used_mib()

    def seconds(self) -> float:
        """The clock, for a check that measures how long answers take."""
        return self._process().seconds()

    def file(self, name: str, content: bytes) -> str:
        """Keep an input file until somebody can read it."""
        if self.begun or not self._inputs:
            return self._process().file(name, content)
        self._files[name] = content
        return f"{self._inputs}/{name}"

    def _process(self) -> IsolatedBackend:
        if self.begun is None:
            self.begun = self._begin()
            for name, content in self._files.items():
                if self.begun.file(name, content) != f"{self._inputs}/{name}":
                    raise GraderFault("an input file is not where it should be")
        return self.begun
