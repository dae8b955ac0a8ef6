"""Grades what PrairieLearn put under /grade, and writes the results.json that it reads.

When the grader itself fails, the submission is not gradable: PrairieLearn gives no points and counts no attempt.
"""

from __future__ import annotations

import sys
from pathlib import Path

from grader.delivery.platforms.run import NOT_YOUR_FAULT, as_json, serve
from grader.files import write_atomically
from grader.model import Report
from grader.reports.formats import to_prairielearn


def main() -> int:
    """Grade the submission below the folder that is given."""
    root = Path(sys.argv[1])
    results = serve(root / "student", told, failed)
    (root / "results").mkdir(exist_ok=True)
    write_atomically(root / "results" / "results.json", results.text)
    return 0


def told(report: Report) -> str:
    """The report as results.json.

    Raises:
        GraderFault: the report has no score.
    """
    return as_json(to_prairielearn(report))


def failed(problem: str) -> str:
    """What is written when there is no grade. A student reads all of it, so the problem is not in it.

    >>> '"gradable": false' in failed("no disk")
    True
    """
    del problem
    return as_json({"gradable": False, "score": 0.0, "message": NOT_YOUR_FAULT, "format_errors": [NOT_YOUR_FAULT]})


if __name__ == "__main__":
    sys.exit(main())
