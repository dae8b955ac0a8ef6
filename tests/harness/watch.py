"""`pytest --watch`: runs checks again whenever a file of assignment/ changes, those of its tasks alone."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from tests.harness import notes
from tests.harness.tasks import TASKS

T = TypeVar("T")

PAUSE_S = 0.3
CLEAR = "\x1b[H\x1b[2J\x1b[3J"
"""Goes to the top left of a terminal, and wipes it and what has scrolled away."""


def watch(root: Path, arguments: Sequence[str]) -> int:
    """Run pytest with the arguments, and again with each change, until Ctrl-C; give the last run's exit status.

    Outcomes of tasks that don't run again stay on the board.
    """
    folder, status, changed = root / "assignment", 0, list[str]()
    with tempfile.TemporaryDirectory() as kept:
        command = [sys.executable, "-m", "pytest", *arguments, "--once", f"--board={Path(kept, 'board.json')}"]
        try:
            while True:
                seen = _times(folder)
                if sys.stdout.isatty():
                    _say(CLEAR)
                tasks = tasks_of(changed, folder)
                status = subprocess.run(
                    [*command, *(f"--changed={task}" for task in tasks)], check=False
                ).returncode
                _say("watch  assignment/ is watched; Ctrl-C ends\n")
                changed = _wait(folder, seen)
        except KeyboardInterrupt:
            _say("\n")
            return status


def tasks_of(changed: Sequence[str], folder: Path) -> list[str]:
    """The tasks that files of a folder belong to, by what imports them, too; all where that is none.

    >>> tasks_of(["views.py"], Path("assignment"))
    ['3.1', '3.3', '3.4', '3.5']
    """
    files = {f"assignment/{path}": content for path, content in _each(folder, Path.read_bytes).items()}
    modules = notes.modules_of(changed, files)
    return [task.id for task in TASKS.values() if task.module in modules]


def _say(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


def _wait(folder: Path, before: dict[str, int]) -> list[str]:
    """Wait for a change, and until no more follows; give the paths of the files."""
    now = before
    while now == before or now != (now := _times(folder)):
        time.sleep(PAUSE_S)
        now = _times(folder) if now == before else now
    return [name for name in before.keys() | now.keys() if before.get(name) != now.get(name)]


def _times(folder: Path) -> dict[str, int]:
    """When each file was written last, by its path; one that goes away meanwhile is not there."""
    return _each(folder, lambda path: path.stat().st_mtime_ns)


def _each(folder: Path, look: Callable[[Path], T]) -> dict[str, T]:
    """What is found at each Python file of a folder, by its path there."""
    found = dict[str, T]()
    for path in folder.rglob("*.py"):
        with suppress(OSError):  # it has gone, or is none: a folder, or an editor's mark
            found[path.relative_to(folder).as_posix()] = look(path)
    return found
