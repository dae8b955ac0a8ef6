"""Cuts the students' stubs from the reference: docstrings and signatures stay, bodies go.

Modules and names that begin with an underscore are the solution's own, and leave no trace in the stubs.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection
from pathlib import Path
from typing import TypeGuard

from grader.errors import GraderFault
from grader.files import PROJECT
from tests.harness.contract import RETURNS
from tests.harness.tasks import TASKS

REFERENCE = PROJECT / "grader" / "reference"
Function = ast.FunctionDef | ast.AsyncFunctionDef


def build(reference: Path = REFERENCE, tasks: Collection[str] = tuple(TASKS)) -> dict[str, str]:
    """The text of every stub file: {file name: text}. A file that has nothing of these tasks is not among them.

    >>> "raise NotImplementedError" in build()["bpe.py"], "_merging" in build()["bpe.py"]
    (True, False)
    """
    modules = sorted(path for path in reference.glob("*.py") if _public(path.stem))
    cut = {path.name: stub(path.read_text(encoding="utf-8"), path.name, tasks) for path in modules}
    return {name: text for name, text in cut.items() if text}


def functions(tasks: Collection[str], reference: Path = REFERENCE) -> list[str]:
    """What these tasks ask for, as the contract names it.

    >>> functions(["1.2"])[:2], functions(["4.1"])
    (['bpe.train_bpe', 'bpe.Tokenizer'], ['flops.matmul_flops'])
    """
    of: dict[str, str] = {}
    for path in (each for each in reference.glob("*.py") if _public(each.stem)):
        for node in filter(_asked, ast.parse(path.read_text(encoding="utf-8")).body):
            of[f"{path.stem}.{node.name}"] = _task(ast.get_docstring(node), path.name, node.name)
    return [path for path in RETURNS if of[".".join(path.split(".")[:2])] in tasks]


def stub(source: str, file: str, tasks: Collection[str] = tuple(TASKS)) -> str:
    """One module as its stub, with what these tasks ask for; empty when that is nothing, and other tasks do."""
    tree, lines = ast.parse(source), source.splitlines()
    asked = {node: _task(ast.get_docstring(node), file, node.name) in tasks for node in filter(_asked, tree.body)}
    if asked and not any(asked.values()):
        return ""
    tree.body = [node for node in tree.body if not _asked(node) or asked[node]]
    parts = [_cut(node, lines, file) for node in tree.body]
    body = "\n\n\n".join(part for node, part in zip(tree.body, parts, strict=True) if part and _defines(node))
    imports = [node for node in tree.body if isinstance(node, (ast.Import, ast.ImportFrom))]
    kept = [text for node in imports if (text := _import(node, body, lines))]
    standard = [text for text in kept if not text.startswith("from __future__")]
    head = [_docstring(tree, lines), "\n".join(t for t in kept if t not in standard), "\n".join(standard)]
    text = "\n\n".join(part for part in head if part)
    return f"{text}\n\n\n{body}\n" if body else f"{text}\n"


def stale(assignment: Path, reference: Path = REFERENCE) -> list[str]:
    """Names of files in assignment/ that are not what `build` gives."""
    wanted = build(reference)
    have = {path.name: path.read_text(encoding="utf-8") for path in assignment.glob("*.py")}
    return sorted(name for name in wanted.keys() | have.keys() if wanted.get(name) != have.get(name))


def _defines(node: ast.stmt) -> TypeGuard[Function | ast.ClassDef]:
    return isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))


def _asked(node: ast.stmt) -> TypeGuard[Function | ast.ClassDef]:
    """Whether students write it."""
    return _defines(node) and _public(node.name)


def _cut(node: ast.stmt, lines: list[str], file: str) -> str:
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return _function(node, lines, file, node.name, ast.get_docstring(node)) if _public(node.name) else ""
    if not isinstance(node, ast.ClassDef) or not _public(node.name):
        return ""
    docstring_end = node.body[0].end_lineno or node.lineno
    parts = ["\n".join(lines[_first_line(node) - 1 : docstring_end])]
    for item in node.body[1:]:
        if isinstance(item, (ast.FunctionDef, ast.AsyncFunctionDef)) and _public(item.name):
            parts.append(_function(item, lines, file, f"{node.name}.{item.name}", ast.get_docstring(node)))
    return "\n\n".join(parts)


def _task(documentation: str | None, file: str, name: str) -> str:
    """The task that a docstring names, such as (Task 1.2.)."""
    found = re.search(r"\(Task (\d+\.\d+)\.\)", documentation or "")
    if found is None or found[1] not in TASKS or file != f"{TASKS[found[1]].module}.py":
        raise GraderFault(f"{name} in {file!r} needs its task in the docstring, as in (Task 1.2.), and in TASKS")
    return found[1]


def _function(node: Function, lines: list[str], file: str, name: str, documentation: str | None) -> str:
    first = node.body[0]
    documented = ast.get_docstring(node) is not None
    end = (first.end_lineno or first.lineno) if documented else first.lineno - 1
    task = _task(documentation, file, name)
    indent = " " * (node.col_offset + 4)
    body = f'{indent}raise NotImplementedError("Task {task}: {name} in assignment/{file}")'
    return "\n".join([*lines[_first_line(node) - 1 : end], body])


def _first_line(node: Function | ast.ClassDef) -> int:
    return min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])


def _import(node: ast.Import | ast.ImportFrom, body: str, lines: list[str]) -> str:
    """The import, cut to the names that the stubs use; empty when none is left."""
    if isinstance(node, ast.ImportFrom) and node.module == "__future__":
        return lines[node.lineno - 1]
    if isinstance(node, ast.ImportFrom) and node.level:
        return ""
    used = {n.id for n in ast.walk(ast.parse(body)) if isinstance(n, ast.Name)}
    names = [alias for alias in node.names if (alias.asname or alias.name).split(".")[0] in used]
    if not names:
        return ""
    if isinstance(node, ast.Import):
        return ast.unparse(ast.Import(names))
    return ast.unparse(ast.ImportFrom(node.module, names, 0))


def _docstring(tree: ast.Module, lines: list[str]) -> str:
    if ast.get_docstring(tree) is None:
        return ""
    return "\n".join(lines[: tree.body[0].end_lineno])


def _public(name: str) -> bool:
    return not name.startswith("_") or (name.startswith("__") and name.endswith("__"))
