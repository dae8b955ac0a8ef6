"""Builds the archive to hand in: `python -m tests.submit [--out FILE.zip]`, and says what is in it."""

from __future__ import annotations

import argparse
import ast
import os
import sys
import zipfile
from collections.abc import Container, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LEFT_OUT = {"__pycache__", ".DS_Store", ".ipynb_checkpoints"}
MOMENT = (1980, 1, 1, 0, 0, 0)
"""The time of every entry, so that the same work gives the same archive."""


def contents(root: Path = ROOT) -> dict[str, bytes]:
    """Files of assignment/ that go into the archive, sorted: {path: content}."""
    paths = (path for path in (root / "assignment").rglob("*") if path.is_file() and not path.is_symlink())
    named = {path.relative_to(root): path for path in sorted(paths)}
    kept = {name: path for name, path in named.items() if not LEFT_OUT.intersection(name.parts)}
    return {name.as_posix(): path.read_bytes() for name, path in kept.items()}


def write_zip(out: Path, files: Mapping[str, bytes], executable: Container[str] = ()) -> None:
    """Write an archive, all or nothing. The same files give the same bytes."""
    temporary = out.with_name(f".{out.name}.part")
    try:
        with zipfile.ZipFile(temporary, "w") as archive:
            for name, content in sorted(files.items()):
                entry = zipfile.ZipInfo(name, MOMENT)
                entry.external_attr = (0o100755 if name in executable else 0o100644) << 16
                entry.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(entry, content)
        os.replace(temporary, out)  # noqa: PTH105  -- the idiom's own name
    finally:
        temporary.unlink(missing_ok=True)


def not_written(source: str | bytes) -> list[str]:
    """Functions whose body is still that of the stub.

    >>> not_written("def f():\\n    raise NotImplementedError('Task 1.1')\\ndef g():\\n    return 1")
    ['f']
    """
    functions = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef))
    return [node.name for node in functions if _is_stub(node.body[-1])]


def _is_stub(last: ast.stmt) -> bool:
    return isinstance(last, ast.Raise) and "NotImplementedError" in ast.dump(last)


def build(out: Path, root: Path = ROOT) -> dict[str, bytes]:
    """Write the archive, all or nothing, and give what is in it.

    Raises:
        ValueError: there is no assignment/ with files, or a .py file is no Python; the message names it.
    """
    files = contents(root)
    if not files:
        raise ValueError(f"no files in {root / 'assignment'}")
    for name, content in files.items():
        if name.endswith(".py"):
            try:
                ast.parse(content)
            except (SyntaxError, ValueError) as error:
                raise ValueError(f"{name} is not Python: {error}") from None
    write_zip(out, files)
    return files


def main(arguments: list[str] | None = None, root: Path = ROOT) -> int:
    """Build it, and tell about it; exit status 2 when there is nothing to build."""
    parser = argparse.ArgumentParser(prog="python -m tests.submit", description="Builds the archive to hand in.")
    parser.add_argument("--out", type=Path, default=root / "submission.zip", metavar="FILE.zip")
    out: Path = parser.parse_args(arguments).out
    try:
        files = build(out, root)
    except (ValueError, OSError) as error:
        sys.stderr.write(f"nothing was written: {error}\n")
        return 2
    for name, content in files.items():
        missing = not_written(content) if name.endswith(".py") else []
        note = f"   not written: {', '.join(missing)}" if missing else ""
        sys.stdout.write(f"{len(content):>8,} bytes  {name}{note}\n")
    sys.stdout.write(f"wrote {out}: {len(files)} files. Hand in this file.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
