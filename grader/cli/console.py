"""What the commands share: where they print, their progress bar, and a check of where they write to."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    TextColumn,
    TimeElapsedColumn,
)

from grader.errors import UsageError

console = Console(emoji=False)  # what is printed has places such as `file.py:100:`
console.soft_wrap = not console.is_terminal  # a log's line is as long as what it says
errors = Console(stderr=True, emoji=False)


@contextmanager
def progress(doing: str, *more: ProgressColumn) -> Iterator[Callable[[int, int, str], None]]:
    """A bar that goes away at the end; gives a function that is told how many are done, of how many, and which.

    `more` are columns before the name of the last one.

    Only a terminal shows it: in a log it would stay, whatever is said of colours there, and tell how long hidden
    checks took.
    """
    columns = (
        TextColumn(doing),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        *more,
        TextColumn("{task.fields[last]}"),
    )
    with Progress(*columns, console=errors, transient=True, disable=not sys.stderr.isatty()) as shown:
        bar = shown.add_task(doing, total=None, last="")
        yield lambda done, of, last: shown.update(bar, completed=done, total=of or None, last=last)


def need_folder(path: Path | None) -> None:
    """Refuse a file in a folder that does not exist, and a folder instead of a file, before any work is done.

    Raises:
        UsageError: there is no such folder, or it is one; the message names it.
    """
    if path is not None and path.is_dir():
        raise UsageError(f"{str(path)!r} is a folder: name a file in it, such as {str(path / 'report.html')!r}")
    if path is not None and not path.parent.is_dir():
        raise UsageError(f"no folder {str(path.parent)!r} to write {path.name!r} to; make it first")
