"""classroom50's result.json. It knows whole numbers only, so scores are hundredths of points.

Classroom, assignment, tag and links are not in a report: classroom50's runner puts them into the environment. A
variable that is not set gives an empty text, which the runner refuses with a sentence that names the field.

Source: classroom50's schema result-v1, and its runner, which overwrites owner, type and time with what it knows.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import Any

from grader.model import Report
from grader.reports.formats.common import for_students, hundredths, name, scored
from grader.reports.text import one_line

VARIABLES = {
    "classroom": "CLASSROOM",
    "assignment": "ASSIGNMENT",
    "submission": "SUBMISSION_TAG",
    "commit": "COMMIT_URL",
    "release": "RELEASE_URL",
    "review": "REVIEW_URL",
}
"""Each field with the variable that holds it."""


@for_students
def to_classroom50(report: Report) -> dict[str, Any]:
    """A test for each check; scores in hundredths of points; the rest from the environment."""
    scored(report, "classroom50")
    tests: list[dict[str, Any]] = [
        {
            "test-name": name(check),
            "passed": check.verdict.earns,
            "score": hundredths(check.points),
            "max-score": hundredths(check.max_points),
        }
        for check in report.checks
    ]
    return {
        "schema": "classroom50/result/v1",
        **handed_in(os.environ),
        "score": sum(test["score"] for test in tests),
        "max-score": sum(test["max-score"] for test in tests),
        "tests": tests,
    }


def handed_in(environment: Mapping[str, str]) -> dict[str, str]:
    """What was handed in, by whom and when, as the runner's variables say it.

    The time is that of the tag, in UTC. Newer runners name the owner OWNER, older ones USERNAME.

    >>> told = handed_in({"SUBMISSION_TAG": "submit/2026-11-27T10-00-05Z-0a1b2c3", "USERNAME": "ada"})
    >>> told["owner"], told["assignment_type"], told["datetime"]
    ('ada', 'individual', '2026-11-27T10:00:05Z')
    """
    told = {field: one_line(environment.get(variable, "")) for field, variable in VARIABLES.items()}
    stamp = re.search(r"(\d{4}-\d\d-\d\d)T(\d\d)-(\d\d)-(\d\d)Z", told["submission"])
    return {
        **told,
        "owner": one_line(environment.get("OWNER") or environment.get("USERNAME", "")),
        "assignment_type": one_line(environment.get("ASSIGNMENT_TYPE") or "individual"),
        "datetime": "{}T{}:{}:{}Z".format(*stamp.groups()) if stamp else "",
    }
