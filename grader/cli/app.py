"""The command `grader`.

Exit status 0: done, whatever the score; 2: wrong arguments; 3: it failed; 4: nothing could be graded; 130: Ctrl-C.
"""

from __future__ import annotations

import importlib
import io
import os
import signal
import sys
import traceback
from typing import Annotated, NoReturn

import typer
from rich.text import Text

from grader import __version__
from grader.cli.console import console, errors
from grader.errors import GraderError, NothingGraded, UsageError
from grader.reports import quoted
from tests.files import NoPlace

GROUPS = {
    "grade": "submissions",
    "doctor": "health",
    "course": "course",
    "proofs": "proofs",
    "cohort": "cohort",
    "course_file": "course_file",
}
"""Modules of commands, and what these are called there."""


def application(first: str = "") -> typer.Typer:
    """All commands; where the first word is `grade`, which platforms run for each submission, only what it needs.

    To import what the others need takes longer than many a grading.
    """
    app = typer.Typer(
        help="Grades submissions out of the reach of their authors.", no_args_is_help=True, add_completion=False
    )
    for module, name in GROUPS.items():
        if first != "grade" or module == first:
            app.add_typer(getattr(importlib.import_module(f"grader.cli.{module}"), name))
    app.callback(invoke_without_command=True)(version)
    return app


def version(show: Annotated[bool, typer.Option("--version", help="Print the version.")] = False) -> None:
    """Grade submissions out of the reach of their authors."""
    if show:
        console.print(__version__)
        raise typer.Exit


class Stopped(BaseException):
    """Ctrl-C. The library of the command line would turn its usual exception into the one word "Aborted."."""


def _stop() -> NoReturn:
    """Stop once; the folders and processes of ours are removed on the way out."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    raise Stopped


def main() -> None:
    """Run the command, and turn our errors into one sentence and an exit status."""
    _settle()
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))  # so that folders of ours are removed
    signal.signal(signal.SIGINT, lambda *_: _stop())
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # whatever letters a submission uses, it is told of
    try:
        application(*sys.argv[1:2])()
    except Stopped:
        kept = "what was graded before is kept" if "class" in sys.argv[1:2] else "no result was written"
        _tell(f"stopped by Ctrl-C; {kept}, and nothing is left running")
        sys.exit(128 + signal.SIGINT)
    except (UsageError, NoPlace) as error:
        _tell(str(error))
        sys.exit(2)
    except NothingGraded as error:
        _tell(str(error))
        sys.exit(4)
    except GraderError as error:
        _tell(str(error))
        sys.exit(3)
    except Exception as error:  # noqa: BLE001  -- whatever else happens is the grader's fault, and gives no score
        _tell(f"{traceback.format_exc()}\nit failed, and gave no score: {error!r}")
        sys.exit(3)


def _settle() -> None:
    """Start as usual, whatever we have been started with: streams that are closed, signals that are ignored."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # which is this very number, since those below are open
    if sys.platform != "win32":
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)  # else nobody hears how children have ended
        signal.pthread_sigmask(signal.SIG_SETMASK, [])


def _tell(text: str) -> None:
    """Print it behind our name; it may quote a submission, so none of it stands where a line begins."""
    errors.print(Text(f"grader:{quoted(text)[1:]}", style="red"), soft_wrap=True)
