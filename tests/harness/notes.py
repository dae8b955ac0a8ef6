"""What grading would not take, or not find, in assignment/: said before anything is handed in."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from pathlib import PurePosixPath

from tests.harness.contract import RETURNS
from tests.harness.tasks import TASKS, TENSORS

MODULES = dict.fromkeys(task.module for task in TASKS.values())


def notes(files: Mapping[str, bytes]) -> list[str]:
    """A sentence for each thing that would be missed; `files` are those of assignment/, {path: content}.

    >>> notes({"assignment/words.py": b""})[0]
    'words.py has no split_words, for task 1.1'
    >>> notes({"assignment/words.py": b"import pandas"})[0]
    'words.py imports pandas, which is not there when it is graded'
    """
    found: list[str] = []
    for path, content in sorted(files.items()):
        name = PurePosixPath(path).relative_to("assignment").as_posix()
        try:
            tree = ast.parse(content)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue  # is told where it is imported
        found += _imports(name, tree)
        if name == "__init__.py" and tree.body[bool(ast.get_docstring(tree)) :]:
            found.append("__init__.py is not empty: it is imported for each task, whose packages differ")
        if name.removesuffix(".py") in MODULES:
            found += _functions(name, tree)
    there = {PurePosixPath(path).name for path in files}
    found += [f"{module}.py is missing, for {_of(module)}" for module in MODULES if f"{module}.py" not in there]
    return found


def _of(module: str) -> str:
    tasks = [task.id for task in TASKS.values() if task.module == module]
    return f"task{'s' * (len(tasks) > 1)} {', '.join(tasks)}"


def _imports(name: str, tree: ast.Module) -> Iterator[str]:
    packages = [task.packages for task in TASKS.values() if f"{task.module}.py" == name] or [TENSORS]
    allowed = {*sys.stdlib_module_names, "assignment", *packages[0]}
    for package in dict.fromkeys(_imported(tree)):
        if package not in allowed:
            yield f"{name} imports {package}, which is not there when it is graded"


def _imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (each.name.split(".")[0] for each in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            yield node.module.split(".")[0]


def _functions(name: str, tree: ast.Module) -> Iterator[str]:
    there, starred = set[str](), False
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            there.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            there.add(node.id)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            there.update(each.asname or each.name for each in node.names)
            starred = starred or any(each.name == "*" for each in node.names)
    for wanted in dict.fromkeys(_wanted(name.removesuffix(".py"))):
        if wanted not in there and not starred:
            near = get_close_matches(wanted, there, 1)
            of = _of(name.removesuffix(".py"))
            yield f"{name} has no {wanted}, for {of}" + (f"; it has {near[0]}" if near else "")


def _wanted(module: str) -> Iterable[str]:
    return (path.split(".")[1] for path in RETURNS if path.startswith(f"{module}."))
