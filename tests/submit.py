"""Builds the archive to hand in: `python -m tests.submit [--out FILE.zip]`, and says what is in it."""

from __future__ import annotations

import argparse
import ast
import os
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LEFT_OUT = {"__pycache__", ".DS_Store", ".ipynb_checkpoints"}
MOMENT = (1980, 1, 1, 0, 0, 0)
"""The time of every entry, so that the same work gives the same archive."""


def contents(root: Path = ROOT) -> list[Path]:
    """Files of assignment/ that go into the archive, sorted."""
    files = (path for path in (root / "assignment").rglob("*") if path.is_file() and not path.is_symlink())
    return sorted(path for path in files if not LEFT_OUT.intersection(path.relative_to(root).parts))


def not_written(source: str) -> list[str]:
    """Functions whose body is still that of the stub.

    >>> not_written("def f():\\n    raise NotImplementedError('Task 1.1')\\ndef g():\\n    return 1")
    ['f']
    """
    functions = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef))
    return [node.name for node in functions if _is_stub(node.body[-1])]


def _is_stub(last: ast.stmt) -> bool:
    return isinstance(last, ast.Raise) and "NotImplementedError" in ast.dump(last)


def build(out: Path, root: Path = ROOT) -> list[Path]:
    """Write the archive, all or nothing, and give what is in it.

    Raises:
        ValueError: there is no assignment/ with files, or a .py file is no Python; the message names it.
    """
    files = contents(root)
    if not files:
        raise ValueError(f"no files in {root / 'assignment'}")
    for path in files:
        if path.suffix == ".py":
            try:
                ast.parse(path.read_bytes())
            except (SyntaxError, ValueError) as error:
                raise ValueError(f"{path.relative_to(root)} is not Python: {error}") from None
    temporary = out.with_name(f".{out.name}.part")
    try:
        with zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in files:
                archive.writestr(zipfile.ZipInfo(path.relative_to(root).as_posix(), MOMENT), path.read_bytes())
        os.replace(temporary, out)  # noqa: PTH105  -- the idiom's own name
    finally:
        temporary.unlink(missing_ok=True)
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
    for path in files:
        missing = not_written(path.read_text(encoding="utf-8")) if path.suffix == ".py" else []
        note = f"   not written: {', '.join(missing)}" if missing else ""
        sys.stdout.write(f"{path.stat().st_size:>8,} bytes  {path.relative_to(root).as_posix()}{note}\n")
    sys.stdout.write(f"wrote {out}: {len(files)} files. Hand in this file.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
