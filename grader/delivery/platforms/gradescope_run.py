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
    handed_in = _time(metadata.get("created_at"))
    try:
        due = _due(metadata)
        late = handed_in - due if handed_in and due else None
    except TypeError:  # one of them has no time zone
        return said
    return [*said, f"Handed in {late} after the due date."] if late and late.total_seconds() > 0 else said


def _due(metadata: dict[str, Any]) -> datetime | None:
    """When it is due: the latest of what the assignment says and of what those who hand in were granted.

    Raises:
        TypeError: some of these times have a time zone, and others none.
    """
    holders = [metadata, *_listed(metadata, "users")]
    granted = [holder.get("assignment") for holder in holders if isinstance(holder, dict)]
    times = [_time(each.get("due_date")) for each in granted if isinstance(each, dict)]
    return max((time for time in times if time), default=None)


def _listed(metadata: dict[str, Any], name: str) -> list[Any]:
    held = metadata.get(name)
    return held if isinstance(held, list) else []


def _time(text: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(str(text))
    except ValueError:
        return None


def failed(metadata: dict[str, Any], problem: str) -> str:
    """What is written when there is no grade: the last score that there is, since that of an attempt may be null.

    >>> '"score": 7.5' in failed({"previous_submissions": [{"score": "7.5"}, {"score": None}]}, "no disk")
    True
    """
    scores = [_score(attempt) for attempt in _listed(metadata, "previous_submissions")]
    score = next((each for each in reversed(scores) if each is not None), 0.0)
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


def _score(attempt: Any) -> float | None:
    try:
        score = float(attempt["score"])
    except (KeyError, TypeError, ValueError, IndexError):
        return None
    return score if math.isfinite(score) else None


if __name__ == "__main__":
    sys.exit(main())
