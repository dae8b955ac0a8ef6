"""Reads a submission, without running it, for what honest ones have no use for.

A help for whoever looks at it, and no defence: the sandbox contains what is found here, and what is not. Nothing
of it changes a score, and students are not shown it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

MOST = 20

SOLVES = frozenset(
    "tiktoken tokenizers sentencepiece transformers rustbpe minbpe bpeasy youtokentome gpt3_tokenizer blingfire "
    "torch.utils.flop_counter fvcore thop ptflops calflops torchinfo ml_dtypes".split()
)
"""Packages that solve a task. None of them is there when it is graded, but for what torch brings."""

GRADES = frozenset("pytest _pytest hypothesis grader tests conftest".split())
"""What grades; it is not there either."""

REACHES = frozenset("ctypes cffi gc socket subprocess signal atexit multiprocessing.connection pty mmap".split())
"""What reaches past the interpreter or the call; some honest code may."""

CALLS = frozenset(
    "os._exit os.fork os.kill os.abort os.system os.execv os.setuid sys._getframe sys.settrace sys.setprofile "
    "builtins.exec builtins.eval builtins.__import__ importlib.import_module".split()
)


def suspicions(root: Path) -> tuple[str, ...]:
    """A sentence for each place in `root` that uses one of these, at most 20."""
    found = []
    for path in sorted(root.rglob("*.py")):
        name = path.relative_to(root).as_posix()
        try:
            tree = ast.parse(path.read_text(encoding="utf-8", errors="replace"))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue  # the checks say so
        found += [f"{name}:{line} {what}" for line, what in sorted(set(_uses(tree)))]
    return tuple(found if len(found) <= MOST else [*found[:MOST], f"and {len(found) - MOST:,} more"])


def _uses(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield from _import(node.lineno, alias.name)
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            for name in (node.module, *(f"{node.module}.{alias.name}" for alias in node.names)):
                yield from _import(node.lineno, name)
        elif isinstance(node, ast.Call):
            called = ast.unparse(node.func) if isinstance(node.func, ast.Name | ast.Attribute) else ""
            if called in CALLS or f"builtins.{called}" in CALLS:
                yield node.lineno, f"calls {called}"


def _import(line: int, name: str) -> Iterator[tuple[int, str]]:
    parts = name.split(".")
    for known in (".".join(parts[: n + 1]) for n in range(len(parts))):
        if known in SOLVES:
            yield line, f"imports {known}, which solves a task"
        elif known in GRADES:
            yield line, f"imports {known}, which grades"
        elif known in REACHES:
            yield line, f"imports {known}"
