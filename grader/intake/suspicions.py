"""Reads a submission, without running it, for what honest ones have no use for.

A help for whoever looks at it, and no defence: the sandbox contains what is found here, and what is not. Nothing
of it changes a score, and students are not shown it.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator
from pathlib import Path

MOST = 20
LARGE = 256 << 10

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
        if not path.is_file() or path.stat().st_size > LARGE:
            found.append(f"{name} is no file, or larger than {LARGE >> 10} KiB: not looked at")
            continue
        try:
            found += [f"{name}:{line} {what}" for line, what in sorted(set(_uses(_parsed(path))))]
        except SyntaxError:
            continue  # the checks say so
        except Exception as error:  # noqa: BLE001  -- whatever it holds, grading goes on
            found.append(f"{name} can't be looked at: {type(error).__name__}")
    return tuple(found if len(found) <= MOST else [*found[:MOST], f"and {len(found) - MOST:,} more"])


def _parsed(path: Path) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the submission's, and nobody's here
        return ast.parse(path.read_bytes())


def _dotted(node: ast.expr) -> str:
    """The name `a.b.c` that is called; empty when it is no such name, or a longer one."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute) and len(parts) < 4:
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else ""


def _uses(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield from _import(node.lineno, alias.name)
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            for name in (node.module, *(f"{node.module}.{alias.name}" for alias in node.names)):
                yield from _import(node.lineno, name)
        elif isinstance(node, ast.Call):
            called = _dotted(node.func)
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
