"""Has a submission's code looked at, without running it, for what honest ones have no use for.

A help for whoever looks at it, and no defence: the sandbox contains what is found here, and what is not. Nothing
of it changes a score, and students are not shown it. Whatever the code does to the look, grading goes on.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from grader.intake import look

MOST = 20
WALL_S = 10.0
"""The look has a second of processor time; on a busy machine that takes longer."""

OUTPUT = 1 << 18
LINE = 4_096
"""The longest path, and what is said of it."""


def suspicions(root: Path) -> tuple[str, ...]:
    """A sentence for each place in `root` that uses one of these, at most 20, and one if not all was looked at."""
    lines = [_finding(line) for line in _look(root).split(b"\n")[:-1]]
    whole = lines[-1:] == ["done"]
    found = sorted(filter(None, lines[:-1] if whole else lines), key=_place)
    if len(found) > MOST:
        found = [*found[:MOST], f"and {len(found) - MOST:,} more"]
    if not whole and len(lines) <= look.MOST:
        found = ["the code can't be looked at within the time and memory for that: look at it yourself", *found]
    return tuple(found)


def _place(finding: str) -> tuple[bool, str]:
    """What is found in a file stands before files that can't be looked at, of which there may be many."""
    return finding.endswith("looked at") or "can't be looked at: " in finding, finding.partition(":")[0]


def _look(root: Path) -> bytes:
    """What a process of little time and memory prints of the code."""
    command = [sys.executable, "-I", "-S", "-B", look.__file__, str(root)]
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.DEVNULL, cwd=root
        )
        try:
            process.wait(WALL_S)
        except subprocess.TimeoutExpired:
            pass
        finally:
            process.kill()
            process.wait()
        output.seek(0)
        return output.read(OUTPUT)


def _finding(line: bytes) -> str:
    """The text that a line holds; empty when it holds none, for whatever took the process over."""
    try:
        text = json.loads(line[:LINE])
    except (ValueError, RecursionError):
        return ""
    return text if isinstance(text, str) and text.isprintable() else ""
