"""What grading would not take, or not find, in assignment/: said before anything is handed in."""

from __future__ import annotations

import ast
import sys
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from difflib import get_close_matches
from pathlib import Path, PurePosixPath

from tests.harness.contract import RETURNS
from tests.harness.tasks import LIGHT, TASKS

NOT_THERE = ("ImportError", "ModuleNotFoundError", "Exception", "BaseException")
NOT_WHEN_GRADED = ("TYPE_CHECKING", "find_spec", "'__main__'")
"""Conditions that are false when a submission is graded, or look first."""

MODULES = dict.fromkeys(task.module for task in TASKS.values())


def notes(files: Mapping[str, bytes]) -> list[str]:
    """A sentence for each thing that would be missed; `files` are those of assignment/, {path: content}.

    >>> notes({"assignment/words.py": b""})[0]
    'words.py has no split_words, for task 1.1'
    >>> notes({"assignment/words.py": b"import pandas"})[0]
    'words.py imports pandas, which is not there when it is graded'
    """
    found: list[str] = []
    trees = _trees(files)
    imports = {name: _Imports(name, tree) for name, tree in trees.items()}
    for name, tree in trees.items():
        found += _foreign(name, imports)
        if name == "__init__.py" and not all(map(_says_nothing, tree.body)):
            found.append("__init__.py is not empty: it is imported for each task, whose packages differ")
        if name.removesuffix(".py") in MODULES:
            found += _functions(name, tree)
    there = [f"assignment/{module}.py" for module in MODULES]
    found += [
        f"{PurePosixPath(path).name} is missing, for {_of(PurePosixPath(path).stem)}"
        for path in there
        if path not in files
    ]
    return found


def untouched(assignment: Path, task: str) -> str:
    """What the stub of a task about tensors says, if no function of its file is written; or else an empty text.

    To import torch takes longer than all stubs do, and tells nothing about them.

    >>> untouched(Path("away"), "2.2")
    ''
    """
    module = TASKS[task].module
    if TASKS[task].packages == LIGHT:
        return ""
    with suppress(OSError, SyntaxError, ValueError, RecursionError, MemoryError):
        tree = ast.parse((assignment / f"{module}.py").read_bytes())
        said = {node.name: _says(node) for node in tree.body if isinstance(node, ast.FunctionDef)}
        wanted = [said.get(name, "") for name in _wanted(module)]
        return next((text for text in wanted if f" {task}:" in text), "") if all(wanted) else ""
    return ""


def _says(function: ast.FunctionDef) -> str:
    """What a stub raises; an empty text where a function has another body."""
    match function.body:
        case [
            ast.Expr(),
            ast.Raise(exc=ast.Call(func=ast.Name("NotImplementedError"), args=[ast.Constant(str(text))])),
        ]:
            return text
    return ""


def modules_of(changed: Collection[str], files: Mapping[str, bytes]) -> list[str]:
    """Modules of tasks that are among some files of assignment/, or import them, by way of others, too.

    >>> modules_of(["_a.py"], {"assignment/words.py": b"from ._a import f", "assignment/_a.py": b""})
    ['words']
    """
    imports = {name: _Imports(name, tree) for name, tree in _trees(files).items()}
    return [module for module in MODULES if _reached(f"{module}.py", imports) & {*changed}]


def _trees(files: Mapping[str, bytes]) -> dict[str, ast.Module]:
    """The files below assignment/ that are Python; what is wrong with others is told where they are imported."""
    trees: dict[str, ast.Module] = {}
    for path, content in sorted(files.items()):
        with suppress(SyntaxError, ValueError, RecursionError, MemoryError):
            trees[PurePosixPath(path).relative_to("assignment").as_posix()] = ast.parse(content)
    return trees


def _says_nothing(node: ast.stmt) -> bool:
    """Whether a line of __init__.py runs the same for each task: a docstring, `__all__`, a future import."""
    if isinstance(node, ast.ImportFrom):
        return node.module == "__future__"
    if isinstance(node, (ast.Assign, ast.AnnAssign)):
        return isinstance(node.value, (ast.Constant, ast.List, ast.Tuple))
    return isinstance(node, ast.Pass) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))


def _of(module: str) -> str:
    tasks = [task.id for task in TASKS.values() if task.module == module]
    return f"task{'s' * (len(tasks) > 1)} {', '.join(tasks)}"


class _Imports:
    """What a file imports: packages, and files beside it. What it could do without is left out."""

    def __init__(self, name: str, tree: ast.Module) -> None:
        modules: list[str] = []
        below = [*name.split("/")[:-1]]
        for node in _needed(tree):
            if isinstance(node, ast.Import):
                modules += (each.name for each in node.names)
            elif isinstance(node, ast.ImportFrom):
                up = below[: len(below) + 1 - node.level] if node.level else []
                start = ".".join(
                    [*(["assignment"] if node.level else []), *up, *([node.module] if node.module else [])]
                )
                modules += [
                    start,
                    *(f"{start}.{each.name}" for each in node.names if start.startswith("assignment")),
                ]
        packages = dict.fromkeys(module.split(".")[0] for module in modules)
        self.packages = [
            package for package in packages if package not in (*sys.stdlib_module_names, "assignment")
        ]
        self.files = {file for module in modules if module for file in _files_of(module)}


def _files_of(module: str) -> Iterator[str]:
    """The files that may be a module of assignment/, or are read on the way to it.

    >>> [*_files_of("assignment.a.b")]
    ['a.py', 'a/__init__.py', 'a/b.py', 'a/b/__init__.py']
    """
    path = ""
    for name in module.removeprefix("assignment.").split("."):
        path += name
        yield f"{path}.py"
        path += "/"
        yield f"{path}__init__.py"


def _needed(tree: ast.Module) -> Iterator[ast.AST]:
    """All nodes but those for type checkers alone, and those that may fail to import."""
    return _walk(tree, _needed_below)


def _needed_below(node: ast.AST) -> Iterable[ast.AST]:
    if isinstance(node, ast.If) and "version_info" in ast.dump(node.test):
        return ()
    if isinstance(node, ast.If) and any(word in ast.dump(node.test) for word in NOT_WHEN_GRADED):
        return node.orelse
    if isinstance(node, (ast.Try, ast.TryStar)) and any(_forgives(handler.type) for handler in node.handlers):
        return [*node.handlers, *node.orelse, *node.finalbody]
    if isinstance(node, ast.With) and any("'suppress'" in ast.dump(item) for item in node.items):
        return ()
    return ast.iter_child_nodes(node)


def _walk(tree: ast.Module, below: Callable[[ast.AST], Iterable[ast.AST]]) -> Iterator[ast.AST]:
    """All nodes that are reached from the top, from one to those below it."""
    waiting = deque[ast.AST]([tree])
    while waiting:
        node = waiting.popleft()
        yield node
        waiting += below(node)


def _forgives(kinds: ast.expr | None) -> bool:
    """Whether these kinds of exceptions, all without any, are of an import that fails."""
    named = ast.dump(kinds) if kinds else ""
    return not kinds or any(f"'{kind}'" in named for kind in NOT_THERE)


def _foreign(name: str, imports: Mapping[str, _Imports]) -> Iterator[str]:
    """Packages that are not there for the tasks which import this file, by way of others, too."""
    for package in imports[name].packages:
        for module, task in {task.module: task for task in TASKS.values()}.items():
            if package not in task.packages and name in _reached(f"{module}.py", imports):
                graded = "it" if name == f"{module}.py" else f"{module}.py"
                yield f"{name} imports {package}, which is not there when {graded} is graded"
                break


def _reached(name: str, imports: Mapping[str, _Imports]) -> set[str]:
    reached, waiting = set[str](), [name]
    while waiting:
        file = waiting.pop()
        if file not in reached:
            reached.add(file)
            waiting += imports[file].files if file in imports else ()
    return reached


def _functions(name: str, tree: ast.Module) -> Iterator[str]:
    there, starred = set[str](), False
    for node in _of_the_module(tree):
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


def _of_the_module(tree: ast.Module) -> Iterator[ast.AST]:
    """All nodes but those within functions and classes, whose names are their own."""
    closed = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
    return _walk(tree, lambda node: () if isinstance(node, closed) else ast.iter_child_nodes(node))


def _wanted(module: str) -> Iterable[str]:
    return (path.split(".")[1] for path in RETURNS if path.startswith(f"{module}."))
