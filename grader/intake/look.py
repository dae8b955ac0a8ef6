"""Looks at a submission's code, in a process of its own: `look.py FOLDER` prints a JSON line a finding.

Parsing what others wrote can take minutes, gigabytes, or the process itself. So this one has little of each, for
the whole submission, and whoever started it reads what it has found until it ended. It imports nothing of ours.
"""

from __future__ import annotations

import ast
import json
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path

LOOK_S = 1
"""Of processor time, for all of the code together."""

MEMORY_MIB = 512
LARGE = 256 << 10
MOST = 200
"""Findings; more are not printed."""

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


def main() -> None:
    """Limit this process, then print what is found, the smallest files first: what is slow comes last."""
    if sys.platform == "linux":
        import resource

        for kind, most in (
            (resource.RLIMIT_CPU, LOOK_S),
            (resource.RLIMIT_AS, MEMORY_MIB << 20),
            (resource.RLIMIT_CORE, 0),
        ):
            _, hard = resource.getrlimit(kind)
            resource.setrlimit(kind, (most, most) if hard == resource.RLIM_INFINITY else (min(most, hard),) * 2)
    root = Path(sys.argv[1])
    printed = 0
    for path in sorted(root.rglob("*.py"), key=lambda path: (path.lstat().st_size, path)):
        for finding in found(path, path.relative_to(root).as_posix()):
            print(json.dumps(finding), flush=True)  # noqa: T201
            printed += 1
            if printed > MOST:
                return
    print(json.dumps("done"), flush=True)  # noqa: T201


def found(path: Path, name: str) -> Iterator[str]:
    """A sentence for each place of a file that uses one of these, or says why it was not looked at."""
    if path.is_file() and path.stat().st_size <= LARGE:
        yield from finds(path.read_bytes(), name)
    else:
        yield f"{name} is no file, or larger than {LARGE >> 10} KiB: not looked at"


def finds(source: bytes, name: str) -> Iterator[str]:
    """The same, of a file's content."""
    try:
        uses = sorted(set(_uses(_parsed(source))))
    except SyntaxError:
        return  # the checks say so
    except Exception as error:  # noqa: BLE001  -- whatever it holds, the look goes on
        yield f"{name} can't be looked at: {type(error).__name__}"
        return
    yield from (f"{name}:{line} {what}" for line, what in uses)


def _parsed(source: bytes) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the submission's, and nobody's here
        return ast.parse(source)


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
    parts = name.split(".")[:4]
    for known in (".".join(parts[: n + 1]) for n in range(len(parts))):
        if known in SOLVES:
            yield line, f"imports {known}, which solves a task"
        elif known in GRADES:
            yield line, f"imports {known}, which grades"
        elif known in REACHES:
            yield line, f"imports {known}"


if __name__ == "__main__":
    main()
