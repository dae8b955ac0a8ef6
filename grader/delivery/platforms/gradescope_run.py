"""Grades what Gradescope put under /autograder, and writes the results.json that it reads.

When the grader itself fails, there is no grade. Gradescope has no way to say so: the score of the attempt before
is written then, or 0 for a first one, with `grader_fault` in `extra_data` and a sentence that says what it is.
"""

from __future__ import annotations

import math
import sys
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from grader.delivery.platforms.run import as_json, read, serve, settings
from grader.files import write_atomically
from grader.model import Report
from grader.reports.formats import to_gradescope


def main() -> int:
    """Grade the submission below the folder that is given."""
    root = Path(sys.argv[1])
    metadata = read(root / "submission_metadata.json")
    results = serve(root / "submission", partial(told, metadata), partial(failed, metadata))
    write_atomically(root / "results" / "results.json", results.text)
    return 0


def told(metadata: dict[str, Any], report: Report) -> str:
    """The report as results.json, with the attempt and the lateness that Gradescope knows of.

    Raises:
        GraderFault: the report has no score.
    """
    results = to_gradescope(report)
    results["visibility"] = settings().get("visibility", results["visibility"])
    results["output"] = "\n".join([*when(metadata), results["output"]])
    return as_json(results)


def when(metadata: dict[str, Any]) -> list[str]:
    """Attempt and lateness, as sentences. Neither changes the score: that is Gradescope's to do.

    >>> when({"created_at": "2026-11-25T10:00:00Z", "previous_submissions": [{}],
    ...       "assignment": {"due_date": "2026-11-25T09:00:00Z"}})
    ['Attempt 2.', 'Handed in 1:00:00 after the due date.']
    """
    before = metadata.get("previous_submissions")
    said = [f"Attempt {len(before) + 1}."] if isinstance(before, list) else []
    assignment = metadata.get("assignment")
    due = assignment.get("due_date") if isinstance(assignment, dict) else None
    try:
        late = datetime.fromisoformat(str(metadata.get("created_at"))) - datetime.fromisoformat(str(due))
    except (ValueError, TypeError):
        return said
    return [*said, f"Handed in {late} after the due date."] if late.total_seconds() > 0 else said


def failed(metadata: dict[str, Any], problem: str) -> str:
    """What is written when there is no grade.

    >>> '"score": 7.5' in failed({"previous_submissions": [{"score": "7.5"}]}, "no disk")
    True
    """
    try:
        score = float(metadata["previous_submissions"][-1]["score"])
    except (KeyError, TypeError, ValueError, IndexError):
        score = 0.0
    score = score if math.isfinite(score) else 0.0
    kept = "The score is that of your attempt before." if score else "The 0 is no grade."
    said = f"The autograder failed, which is not your fault. {kept} It is going to be run again."
    results = {
        "score": score,
        "output": said,
        "output_format": "text",
        "stdout_visibility": "hidden",
        "extra_data": {"grader_fault": True, "problem": problem[:2000]},
    }
    return as_json(results)


if __name__ == "__main__":
    sys.exit(main())
