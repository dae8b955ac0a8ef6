"""Grades a hand-in as Autolab's autograder, and prints what Autolab reads: the two last lines of stdout.

When the grader itself fails, no line of scores is printed and the exit status is 1. Autolab then tells of an error
of the autograder, with what was printed; scores that the submission had already, it keeps. Students read stdout.
"""

from __future__ import annotations

import sys
from pathlib import Path

from grader.delivery.platforms.run import NOT_YOUR_FAULT, serve
from grader.reports.formats import to_autolab


def main() -> int:
    """Grade the archive that is given."""
    results = serve(Path(sys.argv[1]), to_autolab, failed)
    sys.stdout.buffer.write(results.text.encode())
    sys.stdout.flush()
    return 0 if results.problem is None else 1


def failed(problem: str) -> str:
    """What is printed when there is no grade.

    >>> "scores" in failed("no disk")
    False
    """
    del problem
    return f"{NOT_YOUR_FAULT}\n"


if __name__ == "__main__":
    sys.exit(main())
