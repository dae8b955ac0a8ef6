"""Writes your board as a web page: `python -m tests.page [--out board.html] [--task 1.2 ...]`.

It holds points and diagnoses of a run of the checks, and pictures of what your functions answer.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from tests.files import write_whole
from tests.harness import plan
from tests.harness.tasks import CHOSEN, TASKS
from tests.pages.document import document
from tests.pages.pictures import make
from tests.pages.run import SILENCE_S, Run, run

ROOT = Path(__file__).resolve().parents[1]


def main(arguments: Sequence[str] | None = None, root: Path = ROOT, silence_s: float = SILENCE_S) -> int:
    """Write the page, and print its path. Exit status 1: the page says why the run is not whole; 2: no page."""
    parser = argparse.ArgumentParser(prog="python -m tests.page", description="Writes the board as a web page.")
    parser.add_argument("--out", type=Path, default=root / "board.html", metavar="FILE.html")
    parser.add_argument(
        "--task", nargs="+", action="extend", choices=list(TASKS), metavar="ID", help="such as 1.2"
    )
    given = parser.parse_args(arguments)
    if not given.out.parent.is_dir():
        parser.error(f"there is no folder {given.out.parent}")
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # names may hold letters that a terminal has not
    tasks: list[str] = given.task or list(CHOSEN.tasks)
    options = [f"--task={task}" for task in given.task or ()]
    try:
        found = run(root, options, silence_s=silence_s, progress=_progress if sys.stderr.isatty() else None)
        page = document(
            found,
            plan.public(root / "tests"),
            make(root, tasks),
            handout=handout(root, given.out),
            made=f"{datetime.now():%Y-%m-%d %H:%M}",
        )
        write_whole(given.out, page.encode())
    except OSError as error:
        sys.stderr.write(f"nothing was written: {error}\n")
        return 2
    except KeyboardInterrupt:
        sys.stderr.write("stopped; nothing was written\n")
        return 2
    if found.problem:
        sys.stderr.write(f"{found.problem}\n")
    sys.stdout.write(f"wrote {given.out}\n")
    return 1 if found.problem else 0


def _progress(found: Run) -> None:
    end = "\n" if len(found.results) == found.planned else ""
    sys.stderr.write(f"\r{len(found.results)} of {found.planned} checks{end}")
    sys.stderr.flush()


def handout(root: Path, out: Path) -> str:
    """Where a link from the page to the handout leads.

    >>> handout(Path("course"), Path("course/pages/board.html"))
    '../handout.html'
    """
    there = root / "handout.html"
    try:
        return quote(Path(os.path.relpath(there, out.parent)).as_posix())
    except ValueError:  # on another disk
        return there.resolve().as_uri()


if __name__ == "__main__":
    sys.exit(main())
