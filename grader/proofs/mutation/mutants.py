"""Makes mutants of the reference: the same code with one small change each.

The changes are mutmut's, applied to libcst's tree, and one of our own: a condition that always or never holds.
What no check could see is left alone: annotations, docstrings, the wording of error messages, of which the handout
only says what they name, and `strict=`, which is an assertion of the reference's own.
"""

from __future__ import annotations

import ast
import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

import libcst as cst
from mutmut.mutation.mutators import mutation_operators

from grader.errors import UsageError
from grader.making import REFERENCE
from tests.harness.tasks import TASKS

STRICT = re.compile(r",? strict=\w+|, (?=\))")


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change of one module. `before` and `after` are the changed lines, without indentation.

    `ordinal` tells apart mutants that look alike: the same change in the same function. `code` is the module's
    whole text.
    """

    module: str
    function: str
    before: str
    after: str
    ordinal: int
    code: str

    @property
    def key(self) -> str:
        """What identifies the mutant, whatever line it stands on."""
        parts = (self.module, self.function, self.before, self.after, str(self.ordinal))
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]

    @property
    def diff(self) -> str:
        """The change as lines with - and +."""
        lines = [f"- {line}" for line in self.before.split("\n")] + [
            f"+ {line}" for line in self.after.split("\n")
        ]
        return "\n".join(lines)


def modules(reference: Path = REFERENCE) -> list[str]:
    """The modules that can be mutated, by name."""
    return sorted(path.stem for path in reference.glob("*.py") if path.stem != "__init__")


def tasks_of(module: str, reference: Path = REFERENCE) -> tuple[str, ...]:
    """The tasks whose solution a module is part of, by itself or because another module imports it.

    >>> tasks_of("_merging")
    ('1.2',)

    Raises:
        UsageError: there is no such module; the message names those that there are.
    """
    if module not in modules(reference):
        raise UsageError(f"no module {module!r} in the reference; there are {', '.join(modules(reference))}")
    users, more = {module}, True
    while more:
        found = {name for name in modules(reference) if _imports(reference / f"{name}.py") & users}
        more = not found <= users
        users |= found
    return tuple(task.id for task in TASKS.values() if task.module in users)


def _imports(path: Path) -> set[str]:
    """Modules beside this one that it imports."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level == 1:
            found |= {node.module} if node.module else {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("assignment."):
            found.add((node.module or "").split(".")[1])
    return found


def mutants(module: str, reference: Path = REFERENCE) -> list[Mutant]:
    """All mutants of a module, in the order of its text."""
    source = (reference / f"{module}.py").read_text(encoding="utf-8")
    tree, unchanged = cst.parse_module(source), ast.dump(ast.parse(source))
    collected = _Collector()
    tree.visit(collected)
    made: dict[str, Mutant] = {}
    seen: Counter[tuple[str, str, str]] = Counter()
    for function, node, changed in collected.found:
        code = _code(tree, node, changed)
        if code is None or code in made or ast.dump(ast.parse(code)) == unchanged:
            continue
        before, after = _changed(source, code)
        if STRICT.sub("", before) == STRICT.sub("", after):
            continue
        same = (function, before, after)
        made[code] = Mutant(module, function, before, after, seen[same], code)
        seen[same] += 1
    return list(made.values())


def _code(tree: cst.Module, node: cst.CSTNode, changed: cst.CSTNode) -> str | None:
    """The module with the changed node; None when that is no Python."""
    try:
        mutated = tree.deep_replace(node, changed)
        assert isinstance(mutated, cst.Module)
        compile(mutated.code, "mutant", "exec", dont_inherit=True)
    except (SyntaxError, ValueError, TypeError, cst.CSTValidationError):
        return None
    return mutated.code


def _changed(source: str, code: str) -> tuple[str, str]:
    """The lines that differ, before and after: all between what is common at the start and at the end."""
    old, new = source.splitlines(), code.splitlines()
    start = sum(1 for _ in takewhile(_same, zip(old, new, strict=False)))
    rest = min(len(old), len(new)) - start
    end = min(rest, sum(1 for _ in takewhile(_same, zip(reversed(old), reversed(new), strict=False))))
    before, after = (lines[start : len(lines) - end] for lines in (old, new))
    return "\n".join(line.strip() for line in before), "\n".join(line.strip() for line in after)


def _same(lines: tuple[str, str]) -> bool:
    return lines[0] == lines[1]


class _Collector(cst.CSTVisitor):
    """Walks a module, and notes each change with the function that it stands in."""

    def __init__(self) -> None:
        self.found: list[tuple[str, cst.CSTNode, cst.CSTNode]] = []
        self._inside: list[str] = []
        self._raising = 0

    def on_visit(self, node: cst.CSTNode) -> bool:
        if isinstance(node, (cst.Annotation, cst.Import, cst.ImportFrom, cst.Decorator)):
            return False
        if isinstance(node, (cst.FunctionDef, cst.ClassDef)):
            self._inside.append(node.name.value)
        self._raising += isinstance(node, cst.Raise)
        if not (self._raising and isinstance(node, cst.BaseString)):
            self.found += [(".".join(self._inside), node, changed) for changed in _changes(node)]
        return True

    def on_leave(self, original_node: cst.CSTNode) -> None:
        if isinstance(original_node, (cst.FunctionDef, cst.ClassDef)):
            self._inside.pop()
        self._raising -= isinstance(original_node, cst.Raise)


def _changes(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    for kind, operator in mutation_operators:
        if isinstance(node, kind):
            yield from operator(node)
    yield from _forced(node)


def _forced(node: cst.CSTNode) -> Iterable[cst.CSTNode]:
    """A condition that always holds, and one that never does; a loop that is never entered."""
    if isinstance(node, (cst.If, cst.CompIf)):
        return [node.with_changes(test=cst.Name(value)) for value in ("True", "False")]
    if isinstance(node, cst.While):
        return [node.with_changes(test=cst.Name("False"))]
    return []
